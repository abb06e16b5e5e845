#pragma once
/// The known name that somebody probably meant.

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dvec {

/// The candidate nearest to a name: at most a third of its letters inserted, left out, changed or swapped with their
/// neighbour (one for names of three letters or less); a change of case alone counts least. Ties go to the first.
[[nodiscard]] std::optional<std::string> nearest(std::string_view name, std::span<const std::string> candidates);

}  // namespace dvec
