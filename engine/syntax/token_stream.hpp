#pragma once
/// The parser's view of the tokens: where line breaks count, and which words begin a statement.

#include <string_view>
#include <vector>

#include "support/diagnostic.hpp"
#include "syntax/lexer.hpp"

namespace dvec {

class TokenStream {
 public:
  TokenStream(const SourceText& source, std::vector<Token> tokens) : source_(source), tokens_(std::move(tokens)) {}

  /// The token at hand. Inside round brackets line breaks do not count, unless the next line begins a statement.
  [[nodiscard]] const Token& current();
  [[nodiscard]] TokenKind kind() { return current().kind; }
  /// The token `count` places after the one at hand, line breaks counted.
  [[nodiscard]] const Token& ahead(int count);
  [[nodiscard]] bool at_name(std::string_view name) { return kind() == TokenKind::Name && text(current()) == name; }
  Token take();
  /// Takes the token if it is of this kind.
  bool accept(TokenKind kind);
  [[nodiscard]] Span last() const { return last_; }  ///< place of the token taken last
  [[nodiscard]] std::string_view text(const Token& token) const { return source_.slice(token.span); }
  [[nodiscard]] const SourceText& source() const { return source_; }

  /// Does a statement begin at the token at hand, at the beginning of its line?
  [[nodiscard]] bool at_statement() { return current().first_on_line && begins_statement(at_); }
  /// Sets how line breaks are read; returns the former setting.
  bool within_round(bool inside);
  /// Marks the token at hand as the first of a statement.
  void begin_statement();
  /// Goes to the end of the statement that was begun, or of what may have been meant as one: where a bracket is open,
  /// to the next line that certainly begins another.
  void skip_statement();

 private:
  [[nodiscard]] bool begins_statement(std::size_t at) const;

  const SourceText& source_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t statement_ = 0;  ///< its first token
  Span last_;
  bool round_ = false;
};

/// dim, var, function, let, derive, claim, output, assume.
[[nodiscard]] bool is_statement_word(std::string_view word);

}  // namespace dvec
