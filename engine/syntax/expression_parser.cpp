#include "syntax/expression_parser.hpp"

#include <utility>

#include <fmt/format.h>

namespace dvec {

namespace {

constexpr int kComparison = 1, kRange = 2, kSum = 3, kProduct = 4;

struct Infix {
  int level = 0;  ///< 0: the token is no infix operator
  Operator op = Operator::Add;
};

Infix infix(TokenKind kind) {
  switch (kind) {
    case TokenKind::Less: return {kComparison, Operator::Less};
    case TokenKind::LessEqual: return {kComparison, Operator::LessEqual};
    case TokenKind::Greater: return {kComparison, Operator::Greater};
    case TokenKind::GreaterEqual: return {kComparison, Operator::GreaterEqual};
    case TokenKind::Colon: return {kRange, Operator::Range};
    case TokenKind::Plus: return {kSum, Operator::Add};
    case TokenKind::Minus: return {kSum, Operator::Subtract};
    case TokenKind::Star: return {kProduct, Operator::Times};
    case TokenKind::Slash: return {kProduct, Operator::Divide};
    case TokenKind::Backslash: return {kProduct, Operator::LeftDivide};
    case TokenKind::DotStar: return {kProduct, Operator::EntryTimes};
    case TokenKind::DotSlash: return {kProduct, Operator::EntryDivide};
    case TokenKind::DotBackslash: return {kProduct, Operator::EntryLeftDivide};
    case TokenKind::Kron: return {kProduct, Operator::Kronecker};
    default: return {};
  }
}

bool is_power(TokenKind kind) { return kind == TokenKind::Caret || kind == TokenKind::DotCaret; }
bool is_sign(TokenKind kind) { return kind == TokenKind::Plus || kind == TokenKind::Minus; }
bool begins_operand(TokenKind kind) {
  return kind == TokenKind::Number || kind == TokenKind::Name || kind == TokenKind::Open ||
         kind == TokenKind::OpenSquare;
}

/// Counts how deep the parser is, for one frame.
class Nesting {
 public:
  explicit Nesting(int& depth) : depth_(depth) { ++depth_; }
  ~Nesting() { --depth_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

 private:
  int& depth_;
};

}  // namespace

const char* text(Operator op) {
  switch (op) {
    case Operator::Add: return "+";
    case Operator::Subtract: return "-";
    case Operator::Times: return "*";
    case Operator::Divide: return "/";
    case Operator::LeftDivide: return "\\";
    case Operator::EntryTimes: return ".*";
    case Operator::EntryDivide: return "./";
    case Operator::EntryLeftDivide: return ".\\";
    case Operator::Power: return "^";
    case Operator::EntryPower: return ".^";
    case Operator::Kronecker: return "⊗";
    case Operator::Less: return "<";
    case Operator::LessEqual: return "<=";
    case Operator::Greater: return ">";
    case Operator::GreaterEqual: return ">=";
    case Operator::Range: return ":";
  }
  return "?";
}

SyntaxId ExpressionParser::fail(const char* code, Span span, std::string message, std::string repair) {
  if (tokens_.kind() == TokenKind::Stray) return {};
  Diagnostic d = error_at(code, span, std::move(message));
  d.repair = std::move(repair);
  errors_.push_back(std::move(d));
  return {};
}

SyntaxId ExpressionParser::fail_here(const char* code, const std::string& expected) {
  const Token here = tokens_.current();
  Span at = here.span;
  if (here.kind == TokenKind::Line || here.kind == TokenKind::End) at = {tokens_.last().end, tokens_.last().end};
  if (tokens_.at_statement())  // the line before is not complete
    return fail(code, tokens_.last(),
                fmt::format("{} should follow `{}`", expected, tokens_.source().slice(tokens_.last())));
  return fail(code, at, fmt::format("{} should stand here, not {}", expected, describe(here.kind, tokens_.text(here))));
}

SyntaxId ExpressionParser::add(SyntaxNode node) {
  tree_.nodes.push_back(std::move(node));
  return SyntaxId(tree_.nodes.size() - 1);
}

SyntaxId ExpressionParser::parse() { return binary(kComparison); }

bool ExpressionParser::separates() {
  if (!in_block_) return false;
  const Token& here = tokens_.current();
  return here.spaced && is_sign(here.kind) && !tokens_.ahead(1).spaced;
}

SyntaxId ExpressionParser::binary(int least) {
  SyntaxId left = prefixed();
  if (!left.valid()) return left;
  for (;;) {
    const Infix operation = infix(tokens_.kind());
    if (operation.level == 0 || operation.level < least || separates()) return left;
    const Token mark = tokens_.take();
    const SyntaxId right = operation.level == kProduct ? prefixed() : binary(operation.level + 1);
    if (!right.valid()) return right;
    SyntaxNode node;
    node.kind = SyntaxKind::Binary;
    node.op = operation.op;
    node.mark = mark.span;
    node.span = cover(span(left), span(right));
    node.args = {left, right};
    left = add(std::move(node));
  }
}

SyntaxId ExpressionParser::prefixed() {
  if (!is_sign(tokens_.kind())) return postfixed();
  const Nesting nesting(depth_);
  const Token mark = tokens_.take();
  if (depth_ > options_.depth_limit)
    return fail("E-PARSE-09", mark.span,
                fmt::format("expressions may be nested {} deep, not deeper", options_.depth_limit));
  const SyntaxId operand = prefixed();
  if (!operand.valid()) return operand;
  SyntaxNode node;
  node.kind = SyntaxKind::Unary;
  node.op = mark.kind == TokenKind::Minus ? Operator::Subtract : Operator::Add;
  node.mark = mark.span;
  node.span = cover(mark.span, span(operand));
  node.args = {operand};
  return add(std::move(node));
}

SyntaxId ExpressionParser::postfixed() {
  SyntaxId left = primary();
  while (left.valid()) {
    const Token here = tokens_.current();
    SyntaxNode node;
    node.mark = here.span;
    if (here.kind == TokenKind::Prime && !(in_block_ && here.spaced)) {
      tokens_.take();
      node.kind = SyntaxKind::Transpose;
      node.args = {left};
      node.span = cover(span(left), here.span);
    } else if (is_power(here.kind)) {
      tokens_.take();
      const SyntaxId right = exponent();
      if (!right.valid()) return right;
      node.kind = SyntaxKind::Binary;
      node.op = here.kind == TokenKind::Caret ? Operator::Power : Operator::EntryPower;
      node.args = {left, right};
      node.span = cover(span(left), span(right));
    } else if (here.kind == TokenKind::Open && !(in_block_ && here.spaced)) {
      tokens_.take();
      node.kind = SyntaxKind::Index;
      node.args = {left};
      if (!arguments(here.span, node.args)) return {};
      node.span = cover(span(left), tokens_.last());
    } else {
      return left;
    }
    left = add(std::move(node));
  }
  return left;
}

/// As in Octave, an exponent may have signs, and takes no ' or ^ with it: a^-b' is (a^(-b))'.
SyntaxId ExpressionParser::exponent() {
  const Nesting nesting(depth_);
  if (!is_sign(tokens_.kind())) return primary();
  const Token mark = tokens_.take();
  if (depth_ > options_.depth_limit)
    return fail("E-PARSE-09", mark.span,
                fmt::format("expressions may be nested {} deep, not deeper", options_.depth_limit));
  const SyntaxId operand = exponent();
  if (!operand.valid()) return operand;
  SyntaxNode node;
  node.kind = SyntaxKind::Unary;
  node.op = mark.kind == TokenKind::Minus ? Operator::Subtract : Operator::Add;
  node.mark = mark.span;
  node.span = cover(mark.span, span(operand));
  node.args = {operand};
  return add(std::move(node));
}

SyntaxId ExpressionParser::primary() {
  const Nesting nesting(depth_);
  const Token here = tokens_.current();
  if (depth_ > options_.depth_limit)
    return fail("E-PARSE-09", here.span,
                fmt::format("expressions may be nested {} deep, not deeper", options_.depth_limit));
  if (here.kind == TokenKind::Number) {
    tokens_.take();
    SyntaxNode node;
    node.kind = SyntaxKind::Number;
    node.text = std::string(tokens_.text(here));
    node.span = node.mark = here.span;
    return add(std::move(node));
  }
  if (here.kind == TokenKind::Name && !tokens_.at_statement()) return name();
  if (here.kind == TokenKind::Open) return bracketed();
  if (here.kind == TokenKind::OpenSquare) {
    const bool lone_name = tokens_.ahead(1).kind == TokenKind::Name && tokens_.ahead(2).kind == TokenKind::CloseSquare;
    return options_.slots && lone_name ? slot() : block();
  }
  return fail_here("E-PARSE-06", tokens_.last().empty() ? "an expression" : "an operand");
}

/// A name; a call name(args); a call of a derivative name'(args).
SyntaxId ExpressionParser::name() {
  const Token token = tokens_.take();
  SyntaxNode node;
  node.kind = SyntaxKind::Name;
  node.text = std::string(tokens_.text(token));
  node.span = node.mark = token.span;

  int primes = 0;
  while (tokens_.ahead(primes).kind == TokenKind::Prime && !tokens_.ahead(primes).spaced) ++primes;
  const Token open = tokens_.ahead(primes);
  if (open.kind != TokenKind::Open || (in_block_ && open.spaced)) return add(std::move(node));
  for (int k = 0; k < primes; ++k) tokens_.take();
  tokens_.take();
  node.kind = SyntaxKind::Call;
  node.primes = primes;
  if (!arguments(open.span, node.args)) return {};
  node.span = cover(token.span, tokens_.last());
  return add(std::move(node));
}

bool ExpressionParser::close(TokenKind kind, Span open) {
  if (tokens_.accept(kind)) return true;
  const Token here = tokens_.current();
  if (begins_operand(here.kind) && !tokens_.at_statement())
    fail("E-PARSE-08", here.span, fmt::format("an operator or a comma is missing before `{}`", tokens_.text(here)));
  else if (here.kind == TokenKind::Equal || here.kind == TokenKind::NotEqual || here.kind == TokenKind::Assign)
    fail("E-PARSE-08", here.span, fmt::format("`{}` cannot stand inside brackets", tokens_.text(here)));
  else
    fail("E-PARSE-07", open, "this bracket is not closed");
  return false;
}

bool ExpressionParser::arguments(Span open, std::vector<SyntaxId>& args) {
  const bool round = tokens_.within_round(true);
  const bool block = std::exchange(in_block_, false);
  const auto leave = [&](bool good) {
    tokens_.within_round(round);
    in_block_ = block;
    return good;
  };
  if (tokens_.accept(TokenKind::Close)) return leave(true);
  for (;;) {
    if (tokens_.kind() == TokenKind::Colon) {
      SyntaxNode node;
      node.kind = SyntaxKind::Colon;
      node.span = node.mark = tokens_.take().span;
      args.push_back(add(std::move(node)));
    } else {
      const SyntaxId argument = parse();
      if (!argument.valid()) return leave(false);
      args.push_back(argument);
    }
    if (!tokens_.accept(TokenKind::Comma)) return leave(close(TokenKind::Close, open));
  }
}

SyntaxId ExpressionParser::bracketed() {
  const Token open = tokens_.take();
  const bool round = tokens_.within_round(true);
  const bool block = std::exchange(in_block_, false);
  const SyntaxId inner = parse();
  const bool good = inner.valid() && close(TokenKind::Close, open.span);
  tokens_.within_round(round);
  in_block_ = block;
  if (!good) return {};
  SyntaxNode& node = tree_.nodes[inner.value];
  node.bracketed = true;
  node.span = cover(open.span, tokens_.last());
  return inner;
}

/// [A, B; C, D]: elements end at a comma or, as in Octave, at white space; rows at a semicolon or a line break.
SyntaxId ExpressionParser::block() {
  const Token open = tokens_.take();
  const bool round = tokens_.within_round(false);
  const bool outer = std::exchange(in_block_, true);
  SyntaxNode node;
  node.kind = SyntaxKind::Block;
  node.mark = open.span;
  std::uint32_t in_row = 0;
  bool good = true;
  for (;;) {
    const TokenKind kind = tokens_.kind();
    if (kind == TokenKind::Semicolon || kind == TokenKind::Line) {
      tokens_.take();
      if (in_row > 0) node.rows.push_back(in_row);
      in_row = 0;
    } else if (kind == TokenKind::Comma && in_row > 0) {
      tokens_.take();
    } else if (begins_operand(kind) || is_sign(kind)) {
      const SyntaxId element = parse();
      good = element.valid();
      if (!good) break;
      node.args.push_back(element);
      ++in_row;
    } else {
      good = close(TokenKind::CloseSquare, open.span);
      break;
    }
  }
  tokens_.within_round(round);
  in_block_ = outer;
  if (!good) return {};
  if (in_row > 0) node.rows.push_back(in_row);
  node.span = cover(open.span, tokens_.last());
  return add(std::move(node));
}

/// [X] in a rule: a name alone in square brackets.
SyntaxId ExpressionParser::slot() {
  const Token open = tokens_.take();
  if (tokens_.kind() != TokenKind::Name) return fail_here("E-PARSE-05", "the name of a slot");
  SyntaxNode node;
  node.kind = SyntaxKind::Slot;
  const Token token = tokens_.take();
  node.text = std::string(tokens_.text(token));
  node.mark = token.span;
  if (!close(TokenKind::CloseSquare, open.span)) return {};
  node.span = cover(open.span, tokens_.last());
  return add(std::move(node));
}

}  // namespace dvec
