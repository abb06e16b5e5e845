#include "syntax/lexer.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include <fmt/format.h>

namespace dvec {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

struct Spelling {
  std::string_view text;
  TokenKind kind;
};

/// Longest first among those with a common beginning.
// clang-format off
constexpr std::array kSpellings = {
    Spelling{".**", TokenKind::DotCaret}, Spelling{"**", TokenKind::Caret},        Spelling{".*", TokenKind::DotStar},
    Spelling{"./", TokenKind::DotSlash},  Spelling{".\\", TokenKind::DotBackslash}, Spelling{".^", TokenKind::DotCaret},
    Spelling{".'", TokenKind::Prime},     Spelling{"<=", TokenKind::LessEqual},    Spelling{">=", TokenKind::GreaterEqual},
    Spelling{"==", TokenKind::Equal},     Spelling{"!=", TokenKind::NotEqual},     Spelling{"~=", TokenKind::NotEqual},
    Spelling{"+", TokenKind::Plus},       Spelling{"-", TokenKind::Minus},         Spelling{"*", TokenKind::Star},
    Spelling{"/", TokenKind::Slash},      Spelling{"\\", TokenKind::Backslash},    Spelling{"^", TokenKind::Caret},
    Spelling{"'", TokenKind::Prime},      Spelling{"<", TokenKind::Less},          Spelling{">", TokenKind::Greater},
    Spelling{"=", TokenKind::Assign},     Spelling{",", TokenKind::Comma},         Spelling{":", TokenKind::Colon},
    Spelling{"(", TokenKind::Open},       Spelling{")", TokenKind::Close},         Spelling{"[", TokenKind::OpenSquare},
    Spelling{"]", TokenKind::CloseSquare}, Spelling{";", TokenKind::Semicolon},
    Spelling{"⊙", TokenKind::DotStar},    Spelling{"∘", TokenKind::DotStar},       Spelling{"⊗", TokenKind::Kron},
    Spelling{"ᵀ", TokenKind::Prime},      Spelling{"⊤", TokenKind::Prime},         Spelling{"′", TokenKind::Prime},
    Spelling{"−", TokenKind::Minus},      Spelling{"·", TokenKind::Star},          Spelling{"≤", TokenKind::LessEqual},
    Spelling{"≥", TokenKind::GreaterEqual}, Spelling{"≠", TokenKind::NotEqual},
};
// clang-format on

/// Ranges of code points beyond ASCII that may stand in a name: letters, marks, subscripts. Symbols and
/// punctuation (×, ÷, general punctuation, arrows, operators, box drawing, CJK punctuation, private use) may not.
bool is_letter(char32_t c) {
  if (c < 0xAA || c == 0xAB || c == 0xBB || c == 0xD7 || c == 0xF7) return false;
  if (c < 0xC0) return c == 0xAA || c == 0xB5 || c == 0xBA;
  if (c == 0x1D40 || c == 0x37E || c == 0x387) return false;  // ᵀ, Greek punctuation
  if (c >= 0x2000 && c <= 0x206F) return false;               // general punctuation
  if (c >= 0x2070 && c <= 0x207F) return false;               // superscripts
  if (c >= 0x2080 && c <= 0x209F) return true;                // subscripts
  if (c >= 0x20A0 && c <= 0x20FF) return c >= 0x20D0;         // combining marks for symbols, not currencies
  if (c >= 0x2100 && c <= 0x214F) return true;                // ℝ, ℓ
  if (c >= 0x2150 && c <= 0x2BFF) return false;               // arrows, operators, shapes
  if (c >= 0x3000 && c <= 0x3004) return false;
  if (c >= 0x3008 && c <= 0x3020) return false;
  if (c >= 0xE000 && c <= 0xF8FF) return false;  // private use
  if (c >= 0xFE00 && c <= 0xFE0F) return false;  // variation selectors
  if (c == 0xFEFF || (c >= 0xFFF0 && c <= 0xFFFF)) return false;
  if (c >= 0x1F000 && c <= 0x1FAFF) return false;  // pictographs
  return c < 0xE0000;
}

class Lexer {
 public:
  Lexer(const SourceText& source, Span range, Diagnostics& errors)
      : text_(source.text()), at_(range.begin), end_(std::min<std::size_t>(range.end, text_.size())), errors_(errors) {}

  std::vector<Token> run() {
    if (at_ == 0 && looking_at("\xEF\xBB\xBF")) at_ = 3;  // byte order mark
    while (at_ < end_) next();
    push(TokenKind::End, end_, end_);
    return std::move(tokens_);
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const { return at_ + ahead < end_ ? text_[at_ + ahead] : '\0'; }
  [[nodiscard]] bool looking_at(std::string_view s) const {
    return std::string_view(text_).substr(at_, std::min(s.size(), end_ - at_)) == s;
  }

  void push(TokenKind kind, std::size_t begin, std::size_t end) {
    tokens_.push_back({kind, spaced_, first_, {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)}});
    spaced_ = first_ = false;
  }

  void next() {
    const char c = peek();
    if (c == ' ' || c == '\t' || c == '\r') {
      spaced_ = true;
      ++at_;
    } else if (c == '#' || c == '%') {
      skip_line();
    } else if (c == '\n') {
      line_break();
    } else if (looking_at("...")) {
      skip_line();
      if (at_ < end_) ++at_;
      spaced_ = true;
    } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
      number();
    } else if (c == '"') {
      label();
    } else if (!spelling() && !name()) {
      stray();
    }
  }

  void skip_line() {
    while (at_ < end_ && text_[at_] != '\n') ++at_;
  }

  void line_break() {
    const std::size_t begin = at_++;
    const bool counts = !tokens_.empty() && tokens_.back().kind != TokenKind::Line && !goes_on(tokens_.back().kind);
    if (counts) push(TokenKind::Line, begin, begin + 1);
    spaced_ = first_ = true;
  }

  /// Does a line that ends in this token go on?
  static bool goes_on(TokenKind last) {
    // clang-format off
    switch (last) {
      case TokenKind::Plus: case TokenKind::Minus: case TokenKind::Star: case TokenKind::Slash: case TokenKind::Backslash:
      case TokenKind::DotStar: case TokenKind::DotSlash: case TokenKind::DotBackslash: case TokenKind::Caret:
      case TokenKind::DotCaret: case TokenKind::Kron: case TokenKind::Less: case TokenKind::LessEqual:
      case TokenKind::Greater: case TokenKind::GreaterEqual: case TokenKind::Equal: case TokenKind::NotEqual:
      case TokenKind::Assign: case TokenKind::Comma: case TokenKind::Colon: case TokenKind::Open:
      case TokenKind::OpenSquare: return true;
      case TokenKind::Number: case TokenKind::Name: case TokenKind::Label: case TokenKind::Prime: case TokenKind::Close:
      case TokenKind::CloseSquare: case TokenKind::Line: case TokenKind::Semicolon: case TokenKind::Stray:
      case TokenKind::End: return false;
    }
    // clang-format on
    return false;
  }

  /// Digits, a point that does not begin an operator (2./x is 2 ./ x), an exponent.
  void number() {
    const std::size_t begin = at_;
    const auto digits = [&] {
      while (is_digit(peek())) ++at_;
    };
    digits();
    if (peek() == '.' &&
        !(peek(1) == '*' || peek(1) == '/' || peek(1) == '\\' || peek(1) == '^' || peek(1) == '\'' || peek(1) == '.')) {
      ++at_;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
      if (is_digit(peek(1 + sign))) {
        at_ += 1 + sign;
        digits();
      }
    }
    push(TokenKind::Number, begin, at_);
  }

  void label() {
    const std::size_t begin = at_++;
    while (at_ < end_ && text_[at_] != '"' && text_[at_] != '\n') ++at_;
    if (peek() == '"') {
      ++at_;
      push(TokenKind::Label, begin, at_);
      return;
    }
    errors_.push_back(error_at("E-PARSE-03", place(begin, at_), "this label has no closing quote"));
    push(TokenKind::Stray, begin, at_);
  }

  bool spelling() {
    for (const Spelling& s : kSpellings) {
      if (!looking_at(s.text)) continue;
      push(s.kind, at_, at_ + s.text.size());
      at_ += s.text.size();
      return true;
    }
    return false;
  }

  bool name() {
    const std::size_t begin = at_;
    while (at_ < end_) {
      const char c = peek();
      if (is_ascii_letter(c) || (at_ > begin && is_digit(c))) {
        ++at_;
        continue;
      }
      if (static_cast<unsigned char>(c) < 0x80) break;
      const auto [code, length] = code_point();
      if (length == 0 || !is_letter(code)) break;
      at_ += length;
    }
    if (at_ == begin) return false;
    push(TokenKind::Name, begin, at_);
    return true;
  }

  struct CodePoint {
    char32_t code = 0;
    std::size_t length = 0;  ///< 0: not valid UTF-8
  };

  [[nodiscard]] CodePoint code_point() const {
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(peek(k)); };
    const unsigned char lead = byte(0);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : (lead & 0xF0) == 0xE0       ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (length == 0 || at_ + length > end_) return {};
    char32_t code = length == 1 ? lead : lead & (0xFFu >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
      if ((byte(k) & 0xC0) != 0x80) return {};
      code = (code << 6) | (byte(k) & 0x3Fu);
    }
    const char32_t least = length == 2 ? 0x80 : length == 3 ? 0x800 : length == 4 ? 0x10000 : 0;
    if (code < least || (code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF) return {};
    return {code, length};
  }

  /// What is no token. A run of such bytes is one error.
  void stray() {
    const std::size_t begin = at_;
    const CodePoint first = code_point();
    const bool valid = first.length > 0 && first.code != 0;
    if (valid) {
      at_ += first.length;
      if (first.code == 0xA0 || (first.code >= 0x2000 && first.code <= 0x200F) || first.code == 0x3000) {
        spaced_ = true;  // a space of another kind
        return;
      }
      errors_.push_back(error_at("E-PARSE-02", place(begin, at_), message(first.code, begin)));
    } else {
      while (at_ < end_ && text_[at_] != '\n') {
        const CodePoint here = code_point();
        if (here.length > 0 && here.code != 0) break;
        ++at_;
      }
      errors_.push_back(error_at("E-PARSE-01", place(begin, at_), "the text is not UTF-8 here"));
    }
    push(TokenKind::Stray, begin, at_);
  }

  [[nodiscard]] std::string message(char32_t code, std::size_t begin) const {
    const std::string_view written = std::string_view(text_).substr(begin, at_ - begin);
    if (code < 0x20 || code == 0x7F)
      return fmt::format("a control character (code {}) has no meaning here", static_cast<unsigned>(code));
    if (code == '&' || code == '|' || code == '!' || code == '~')
      return fmt::format("`{}` is not part of the language: there are no logical values", written);
    if (code == '{' || code == '}' || code == '@')
      return fmt::format("`{}` is not part of the language: there are matrices and functions declared by name only",
                         written);
    return fmt::format("`{}` has no meaning here", written);
  }

  static Span place(std::size_t begin, std::size_t end) {
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  }

  const std::string& text_;
  std::size_t at_;
  std::size_t end_;
  Diagnostics& errors_;
  std::vector<Token> tokens_;
  bool spaced_ = false;
  bool first_ = true;
};

}  // namespace

std::vector<Token> tokenize(const SourceText& source, Span range, Diagnostics& errors) {
  return Lexer(source, range, errors).run();
}

std::string describe(TokenKind kind, std::string_view text) {
  switch (kind) {
    case TokenKind::Line: return "the end of the line";
    case TokenKind::End: return "the end of the text";
    case TokenKind::Label: return "a label";
    case TokenKind::Stray: return "this";
    default: return fmt::format("`{}`", text);
  }
}

}  // namespace dvec
