#pragma once
/// Expressions by precedence climbing. From loose to tight: comparisons; a:b; + -; * / \ .* ./ .\ ⊗; signs; ^ .^ ' and
/// the brackets of a call or an index.

#include "syntax/parser.hpp"
#include "syntax/token_stream.hpp"

namespace dvec {

class ExpressionParser {
 public:
  ExpressionParser(TokenStream& tokens, SyntaxTree& tree, Diagnostics& errors, const ParseOptions& options)
      : tokens_(tokens), tree_(tree), errors_(errors), options_(options) {}

  /// The expression that begins at the current token. Not valid after an error, which has been reported.
  SyntaxId parse();

  /// Reports an error, unless the lexer has already spoken about this token. Returns the id that is not valid.
  SyntaxId fail(const char* code, Span span, std::string message, std::string repair = {});
  /// Reports that the current token is not what should stand here.
  SyntaxId fail_here(const char* code, const std::string& expected);

 private:
  SyntaxId binary(int least);
  SyntaxId prefixed();
  SyntaxId postfixed();
  SyntaxId exponent();
  SyntaxId primary();
  SyntaxId name();
  SyntaxId bracketed();
  SyntaxId block();
  SyntaxId slot();
  /// Arguments and the closing bracket; the opening one has been taken.
  bool arguments(Span open, std::vector<SyntaxId>& args);
  bool close(TokenKind kind, Span open);
  [[nodiscard]] bool separates();  ///< inside a block: does white space end the element here?
  SyntaxId add(SyntaxNode node);
  [[nodiscard]] Span span(SyntaxId id) const { return tree_[id].span; }

  TokenStream& tokens_;
  SyntaxTree& tree_;
  Diagnostics& errors_;
  const ParseOptions& options_;
  int depth_ = 0;
  bool in_block_ = false;
};

}  // namespace dvec
