#include "term/greek.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dvec {

std::optional<std::string_view> greek_letter(std::string_view name) {
  using Row = std::pair<std::string_view, std::string_view>;
  static constexpr std::array letters = {
      Row{"alpha", "α"}, Row{"beta", "β"},   Row{"gamma", "γ"}, Row{"delta", "δ"}, Row{"epsilon", "ε"}, Row{"zeta", "ζ"},
      Row{"eta", "η"},   Row{"theta", "θ"},  Row{"iota", "ι"},  Row{"kappa", "κ"}, Row{"lambda", "λ"},  Row{"mu", "μ"},
      Row{"nu", "ν"},    Row{"xi", "ξ"},     Row{"pi", "π"},    Row{"rho", "ρ"},   Row{"sigma", "σ"},   Row{"tau", "τ"},
      Row{"upsilon", "υ"}, Row{"phi", "φ"},  Row{"chi", "χ"},   Row{"psi", "ψ"},   Row{"omega", "ω"},   Row{"Gamma", "Γ"},
      Row{"Delta", "Δ"}, Row{"Theta", "Θ"},  Row{"Lambda", "Λ"}, Row{"Xi", "Ξ"},   Row{"Pi", "Π"},      Row{"Sigma", "Σ"},
      Row{"Upsilon", "Υ"}, Row{"Phi", "Φ"},  Row{"Psi", "Ψ"},   Row{"Omega", "Ω"}};
  const auto found = std::ranges::find(letters, name, &Row::first);
  if (found == letters.end()) return std::nullopt;
  return found->second;
}

NameParts name_parts(const std::string& name) {
  NameParts parts{name, "", ""};
  if (const std::size_t cut = name.find('_'); cut != std::string::npos && cut > 0 && cut + 1 < name.size()) {
    parts.stem = name.substr(0, cut);
    parts.subscript = name.substr(cut + 1);
  } else {
    std::size_t digits = name.size();
    while (digits > 0 && name[digits - 1] >= '0' && name[digits - 1] <= '9') --digits;
    if (digits > 0) {
      parts.stem = name.substr(0, digits);
      parts.subscript = name.substr(digits);
    }
  }
  for (const std::string_view accent : {"hat", "bar", "tilde", "dot"}) {
    const std::string& s = parts.stem;
    if (s.size() <= accent.size() || !s.ends_with(accent)) continue;
    const std::string base = s.substr(0, s.size() - accent.size());
    if (base.size() == 1 || greek_letter(base)) {
      parts.stem = base;
      parts.accent = accent;
    }
  }
  return parts;
}

}  // namespace dvec
