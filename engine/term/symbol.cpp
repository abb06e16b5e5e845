#include "term/symbol.hpp"

#include <array>

namespace dvec {

namespace {

struct Row {
  std::string_view text;
  Attribute attribute;
};

constexpr std::array kRows = {
    Row{"symmetric", Attribute::Symmetric},     Row{"spd", Attribute::Spd},
    Row{"diagonal", Attribute::Diagonal},       Row{"lower", Attribute::Lower},
    Row{"upper", Attribute::Upper},             Row{"skew", Attribute::Skew},
    Row{"orthogonal", Attribute::Orthogonal},   Row{"idempotent", Attribute::Idempotent},
    Row{"nonsingular", Attribute::Nonsingular}, Row{"constant", Attribute::Constant},
    Row{"positive", Attribute::Positive},       Row{"unit", Attribute::Unit},
    Row{"sign", Attribute::Sign},               Row{"integer", Attribute::Integer},
};

}  // namespace

std::optional<Attribute> attribute_named(std::string_view text) {
  for (const Row& row : kRows)
    if (row.text == text) return row.attribute;
  return std::nullopt;
}

std::string text(Attribute set) {
  std::string out;
  for (const Row& row : kRows)
    if (has(set, row.attribute)) out += (out.empty() ? "" : " ") + std::string(row.text);
  return out;
}

}  // namespace dvec
