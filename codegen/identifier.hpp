#pragma once
/// Names of a program as identifiers of C++ and its kin: ASCII, not reserved, unique.

#include <set>
#include <string>
#include <string_view>

namespace dvec {

/// Letters, digits and single underscores, beginning with a letter: Greek letters by their English names, other signs as
/// an underscore. "grad(R,γ)" gives "grad_R_gamma"; a text without any word character gives "x".
[[nodiscard]] std::string identifier(std::string_view text);

/// Gives each name once; keywords, and what emitted code uses for itself, are taken from the start.
class Names {
 public:
  Names();
  /// The identifier of `wish`, followed by an underscore when it is reserved, by _2, _3, ... when it is taken.
  std::string unique(std::string_view wish);
  /// Nobody else gets this name.
  void take(const std::string& name) { taken_.insert(name); }

 private:
  std::set<std::string, std::less<>> reserved_;
  std::set<std::string, std::less<>> taken_;
};

}  // namespace dvec
