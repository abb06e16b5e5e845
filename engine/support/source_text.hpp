#pragma once
/// A text with a name and a line index; places in it are half-open byte ranges.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dvec {

/// Half-open byte range [begin, end) in one SourceText. The empty range at 0 stands for "no place".
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  [[nodiscard]] bool empty() const { return begin == end; }
  friend bool operator==(const Span&, const Span&) = default;
};

/// Smallest span that covers both.
[[nodiscard]] Span cover(Span a, Span b);

/// 1-based line and column; columns count code points, not bytes.
struct Place {
  std::size_t line = 1;
  std::size_t column = 1;
};

class SourceText {
 public:
  SourceText(std::string name, std::string text);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string_view slice(Span span) const;
  [[nodiscard]] Place place(std::uint32_t offset) const;
  /// The text of a 1-based line, without its line break.
  [[nodiscard]] std::string_view line(std::size_t number) const;
  /// Offset of the first byte that is not valid UTF-8 (or is NUL), or npos.
  [[nodiscard]] std::size_t first_invalid_byte() const;

 private:
  std::string name_;
  std::string text_;
  std::vector<std::uint32_t> line_starts_;
};

/// Number of code points in a UTF-8 text.
[[nodiscard]] std::size_t code_points(std::string_view text);

}  // namespace dvec
