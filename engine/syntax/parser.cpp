#include "syntax/parser.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "syntax/expression_parser.hpp"

namespace dvec {

namespace {

constexpr std::size_t kLargestText = std::size_t{1} << 24;  // bytes

class Parser {
 public:
  Parser(const SourceText& source, Span range, const ParseOptions& options)
      : options_(options), tokens_(source, tokens(source, range)), expressions_(tokens_, tree_, errors_, options_) {
    tree_.source = &source;
  }

  Result<SyntaxTree> program() {
    while (tokens_.kind() != TokenKind::End && errors_.size() < options_.error_limit) {
      if (tokens_.accept(TokenKind::Line) || tokens_.accept(TokenKind::Semicolon)) continue;
      tokens_.begin_statement();
      if (!statement()) tokens_.skip_statement();
    }
    return finish();
  }

  Result<SyntaxTree> expression() {
    skip_lines();
    tree_.root = expressions_.parse();
    if (tree_.root.valid()) end_of_text("the expression");
    return finish();
  }

  Result<SyntaxTree> claim() {
    skip_lines();
    const Span begin = tokens_.current().span;
    if (tokens_.at_name("claim")) tokens_.take();
    ClaimStatement claim;
    if (claim_rest(claim)) {
      if (end_of_text("the claim")) tree_.statements.push_back({cover(begin, tokens_.last()), std::move(claim)});
    }
    return finish();
  }

  Result<SyntaxTree> variables() {
    skip_lines();
    const Span begin = tokens_.current().span;
    VarStatement var;
    if (variable_list(var) && end_of_text("the declaration"))
      tree_.statements.push_back({cover(begin, tokens_.last()), std::move(var)});
    return finish();
  }

 private:
  std::vector<Token> tokens(const SourceText& source, Span range) {
    if (source.text().size() > kLargestText) {
      errors_.push_back(error_at("E-PARSE-13", {}, fmt::format("a text may have {} bytes, not more", kLargestText)));
      return {Token{}};
    }
    return tokenize(source, range, errors_);
  }

  Result<SyntaxTree> finish() {
    if (errors_.empty()) return std::move(tree_);
    std::stable_sort(errors_.begin(), errors_.end(),
                     [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
    if (errors_.size() > options_.error_limit) errors_.resize(options_.error_limit);
    return std::move(errors_);
  }

  void skip_lines() {
    while (tokens_.accept(TokenKind::Line)) {
    }
  }

  bool end_of_text(const char* what) {
    skip_lines();
    if (tokens_.kind() == TokenKind::End) return true;
    return leftover(what);
  }

  /// Something stands where a statement should be over.
  bool leftover(const char* what) {
    const Token here = tokens_.current();
    const Span before = tokens_.last();
    const std::string_view text = tokens_.text(here);
    if (here.kind == TokenKind::Close || here.kind == TokenKind::CloseSquare) {
      expressions_.fail("E-PARSE-07", here.span, fmt::format("`{}` closes no bracket", text));
    } else if (here.kind == TokenKind::Number || here.kind == TokenKind::Name || here.kind == TokenKind::Open) {
      const std::string_view left = tokens_.source().slice(before);
      expressions_.fail("E-PARSE-08", here.span,
                        fmt::format("an operator is missing between `{}` and `{}`", left, text),
                        here.kind == TokenKind::Open ? "" : fmt::format("{}*{}", left, text));
    } else if (here.kind == TokenKind::Assign) {
      expressions_.fail("E-PARSE-08", here.span, fmt::format("`=` cannot stand here; {} should end", what));
    } else if (here.kind == TokenKind::Equal || here.kind == TokenKind::NotEqual) {
      expressions_.fail("E-PARSE-08", here.span, fmt::format("`{}` stands in claims and assumptions only", text));
    } else {
      expressions_.fail("E-PARSE-08", here.span,
                        fmt::format("{} should end before {}", what, describe(here.kind, text)));
    }
    return false;
  }

  bool statement() {
    const Token word = tokens_.current();
    const std::string_view text = tokens_.text(word);
    if (word.kind != TokenKind::Name || !is_statement_word(text)) return no_statement(word);
    tokens_.take();
    Statement statement;
    bool good = false;
    if (text == "dim")
      good = dims(statement.what.emplace<DimStatement>());
    else if (text == "var")
      good = variable_list(statement.what.emplace<VarStatement>());
    else if (text == "function")
      good = function(statement.what.emplace<FunctionStatement>());
    else if (text == "let")
      good = let(statement.what.emplace<LetStatement>());
    else if (text == "derive")
      good = expression_list(statement.what.emplace<DeriveStatement>().items);
    else if (text == "output")
      good = expression_list(statement.what.emplace<OutputStatement>().items);
    else if (text == "claim")
      good = claim_rest(statement.what.emplace<ClaimStatement>());
    else
      good = assume(statement.what.emplace<AssumeStatement>());
    if (!good) return false;
    statement.span = cover(word.span, tokens_.last());
    const TokenKind next = tokens_.kind();
    if (next != TokenKind::Line && next != TokenKind::Semicolon && next != TokenKind::End)
      return leftover("the statement");
    tree_.statements.push_back(std::move(statement));
    return true;
  }

  bool no_statement(const Token& word) {
    std::string repair;
    if (word.kind == TokenKind::Name && tokens_.ahead(1).kind == TokenKind::Assign)
      repair = fmt::format("let {} =", tokens_.text(word));
    expressions_.fail("E-PARSE-04", word.span,
                      "a statement begins with dim, var, function, let, derive, claim, output or assume",
                      std::move(repair));
    return false;
  }

  bool dims(DimStatement& dims) {
    do {
      DimDeclaration item;
      if (!spelled(item.name, "the name of a size")) return false;
      if (tokens_.accept(TokenKind::Assign) && !expression(item.value)) return false;
      dims.items.push_back(std::move(item));
    } while (tokens_.accept(TokenKind::Comma));
    return true;
  }

  bool spelled(Spelled& name, const char* what) {
    if (tokens_.kind() != TokenKind::Name) {
      expressions_.fail_here("E-PARSE-05", what);
      return false;
    }
    const Token token = tokens_.take();
    name = {std::string(tokens_.text(token)), token.span};
    return true;
  }

  bool expression(SyntaxId& into) {
    into = expressions_.parse();
    return into.valid();
  }

  bool expect(TokenKind kind, const char* what) {
    if (tokens_.accept(kind)) return true;
    expressions_.fail_here("E-PARSE-06", what);
    return false;
  }

  bool variable_list(VarStatement& var) {
    do {
      VariableDeclaration item;
      if (!spelled(item.name, "the name of a variable")) return false;
      if (tokens_.kind() == TokenKind::Open && !sizes(item)) return false;
      while (tokens_.kind() == TokenKind::Name) {
        const Token word = tokens_.take();
        item.attributes.push_back({std::string(tokens_.text(word)), word.span});
      }
      var.items.push_back(std::move(item));
    } while (tokens_.accept(TokenKind::Comma));
    return true;
  }

  bool sizes(VariableDeclaration& item) {
    const Span open = tokens_.take().span;
    const bool before = tokens_.within_round(true);
    bool good = expression(item.rows);
    if (good && tokens_.accept(TokenKind::Comma)) good = expression(item.cols);
    if (good && !tokens_.accept(TokenKind::Close)) {
      if (tokens_.kind() == TokenKind::Comma)
        expressions_.fail("E-PARSE-08", tokens_.current().span, "a shape has one size or two");
      else
        expressions_.fail("E-PARSE-07", open, "this bracket is not closed");
      good = false;
    }
    tokens_.within_round(before);
    return good;
  }

  bool function(FunctionStatement& function) {
    if (!spelled(function.name, "the name of a function")) return false;
    if (!tokens_.accept(TokenKind::Open)) return true;
    Spelled parameter;
    if (!spelled(parameter, "the name of the argument")) return false;
    function.parameter = parameter;
    if (tokens_.kind() == TokenKind::Comma) {
      expressions_.fail("E-PARSE-08", tokens_.current().span,
                        "an elementwise function has one argument; with several it is a `let`");
      return false;
    }
    return expect(TokenKind::Close, "`)`") && expect(TokenKind::Assign, "`=` and the body of the function") &&
           expression(function.body);
  }

  bool let(LetStatement& let) {
    if (!spelled(let.name, "the name of the intermediate")) return false;
    if (tokens_.accept(TokenKind::Open)) {
      do {
        Spelled parameter;
        if (!spelled(parameter, "the name of an argument")) return false;
        for (const Spelled& other : let.parameters)
          if (other.name == parameter.name) {
            expressions_.fail("E-NAME-02", parameter.span, fmt::format("`{}` is an argument already", parameter.name));
            return false;
          }
        let.parameters.push_back(std::move(parameter));
      } while (tokens_.accept(TokenKind::Comma));
      if (!expect(TokenKind::Close, "`)`")) return false;
    }
    return expect(TokenKind::Assign, "`=`") && expression(let.value);
  }

  bool expression_list(std::vector<SyntaxId>& list) {
    do {
      SyntaxId item;
      if (!expression(item)) return false;
      list.push_back(item);
    } while (tokens_.accept(TokenKind::Comma));
    return true;
  }

  bool claim_rest(ClaimStatement& claim) {
    if (tokens_.kind() == TokenKind::Label) {
      const std::string_view quoted = tokens_.text(tokens_.take());
      claim.label = std::string(quoted.substr(1, quoted.size() - 2));
      if (!expect(TokenKind::Colon, "`:` after the label")) return false;
    }
    if (!expression(claim.left)) return false;
    const Token relation = tokens_.current();
    if (relation.kind != TokenKind::Equal && relation.kind != TokenKind::NotEqual) {
      if (relation.kind == TokenKind::Assign)
        expressions_.fail("E-PARSE-10", relation.span, "a claim compares with `==` or `!=`", "==");
      else
        expressions_.fail_here("E-PARSE-10", "`==` or `!=`");
      return false;
    }
    tokens_.take();
    claim.negated = relation.kind == TokenKind::NotEqual;
    if (!expression(claim.right)) return false;
    return !tokens_.at_name("expect") || expected(claim);
  }

  /// expect true | false | ill-typed | undecided
  bool expected(ClaimStatement& claim) {
    tokens_.take();
    Spelled verdict;
    if (!spelled(verdict, "true, false, ill-typed or undecided")) return false;
    if (verdict.name == "ill" && tokens_.kind() == TokenKind::Minus) {
      tokens_.take();
      if (tokens_.kind() == TokenKind::Name) verdict.span = cover(verdict.span, tokens_.take().span);
      verdict.name = std::string(tokens_.source().slice(verdict.span));
    }
    for (const std::string_view known : {"true", "false", "ill-typed", "undecided"})
      if (verdict.name == known) {
        claim.expected = std::move(verdict);
        return true;
      }
    expressions_.fail("E-PARSE-11", verdict.span, "a claim is expected to be true, false, ill-typed or undecided");
    return false;
  }

  bool assume(AssumeStatement& assume) {
    if (!expression(assume.left)) return false;
    const Token relation = tokens_.current();
    if (relation.kind == TokenKind::Equal || relation.kind == TokenKind::NotEqual) {
      tokens_.take();
      assume.relation = relation.kind == TokenKind::Equal ? "==" : "!=";
      return expression(assume.right);
    }
    // The other relations are operators of expressions: take the outermost one apart.
    const SyntaxNode& node = tree_[assume.left];
    const bool comparison = node.kind == SyntaxKind::Binary && !node.bracketed &&
                            (node.op == Operator::Less || node.op == Operator::LessEqual ||
                             node.op == Operator::Greater || node.op == Operator::GreaterEqual);
    if (!comparison) {
      expressions_.fail_here("E-PARSE-10", "one of > >= < <= == !=");
      return false;
    }
    assume.relation = text(node.op);
    assume.right = node.args[1];
    assume.left = node.args[0];
    return true;
  }

  const ParseOptions options_;
  Diagnostics errors_;
  SyntaxTree tree_;
  TokenStream tokens_;
  ExpressionParser expressions_;
};

}  // namespace

Result<SyntaxTree> parse_program(const SourceText& source, const ParseOptions& options) {
  return Parser(source, whole(source), options).program();
}

Result<SyntaxTree> parse_expression(const SourceText& source, Span range, const ParseOptions& options) {
  return Parser(source, range, options).expression();
}

Result<SyntaxTree> parse_claim(const SourceText& source, Span range, const ParseOptions& options) {
  return Parser(source, range, options).claim();
}

Result<SyntaxTree> parse_variables(const SourceText& source, Span range, const ParseOptions& options) {
  return Parser(source, range, options).variables();
}

}  // namespace dvec
