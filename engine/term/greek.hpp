#pragma once
/// Greek letters by their English names, and names taken apart for typesetting.

#include <optional>
#include <string>
#include <string_view>

namespace dvec {

/// "gamma" gives "γ". Letters that look like Latin ones (omicron, capital Alpha) are not in the table.
[[nodiscard]] std::optional<std::string_view> greek_letter(std::string_view name);

/// "G12" is the stem "G" with the subscript "12"; "x_out" the stem "x" with "out"; "Zhat" has the accent "hat".
struct NameParts {
  std::string stem;
  std::string accent;     ///< "hat", "bar", "tilde", "dot", or empty
  std::string subscript;  ///< may be empty
};
[[nodiscard]] NameParts name_parts(const std::string& name);

}  // namespace dvec
