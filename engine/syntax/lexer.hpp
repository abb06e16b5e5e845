#pragma once
/// Text to tokens.

#include <cstdint>
#include <vector>

#include "support/diagnostic.hpp"
#include "support/source_text.hpp"

namespace dvec {

// clang-format off
enum class TokenKind : std::uint8_t {
  Number, Name, Label,                                                     // 1e-3  X  "text"
  Plus, Minus, Star, Slash, Backslash, DotStar, DotSlash, DotBackslash, Caret, DotCaret, Kron,
  Prime,                                                                   // ' .' ᵀ
  Less, LessEqual, Greater, GreaterEqual, Equal, NotEqual,                 // Equal is ==
  Assign, Comma, Colon, Open, Close, OpenSquare, CloseSquare,
  Line,                                                                    // a line break that may end a statement
  Semicolon,
  Stray,                                                                   // what is no token; already reported
  End,
};
// clang-format on

struct Token {
  TokenKind kind = TokenKind::End;
  bool spaced = false;  ///< white space, or a line break, stands before it
  bool first_on_line = false;
  Span span;
};

/// "`+`", "a name", "the end of the line": for messages.
[[nodiscard]] std::string describe(TokenKind kind, std::string_view text);

/// The tokens of a part of a text, the last one End. Comments and continued lines are gone; a Line token stands where a
/// line ends that does not go on by itself (in an operator, a comma, an open bracket, or `...`).
/// Errors are appended: E-PARSE-01 (bytes that are no UTF-8 text), E-PARSE-02 (a character of no meaning), E-PARSE-03
/// (a label without end).
[[nodiscard]] std::vector<Token> tokenize(const SourceText& source, Span range, Diagnostics& errors);

}  // namespace dvec
