#pragma once
/// Declared names: variables, lets, directions, pattern variables of rules.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "support/id.hpp"
#include "support/source_text.hpp"
#include "term/shape.hpp"

namespace dvec {

struct SymbolTag;
using SymbolId = Id<SymbolTag>;

/// Attributes of LANGUAGE.md section 2, as bits.
enum class Attribute : std::uint32_t {
  None = 0,
  Symmetric = 1u << 0,
  Spd = 1u << 1,
  Diagonal = 1u << 2,
  Lower = 1u << 3,
  Upper = 1u << 4,
  Skew = 1u << 5,
  Orthogonal = 1u << 6,
  Idempotent = 1u << 7,
  Nonsingular = 1u << 8,
  Constant = 1u << 9,
  Positive = 1u << 10,
  Unit = 1u << 11,
  Sign = 1u << 12,
  Integer = 1u << 13,
};
[[nodiscard]] constexpr Attribute operator|(Attribute a, Attribute b) {
  return static_cast<Attribute>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
[[nodiscard]] constexpr bool has(Attribute set, Attribute one) {
  return (static_cast<std::uint32_t>(set) & static_cast<std::uint32_t>(one)) != 0;
}
/// The attribute with this name in programs ("spd"), if there is one.
[[nodiscard]] std::optional<Attribute> attribute_named(std::string_view text);
/// Names of the attributes in a set, in the order of the table, separated by spaces.
[[nodiscard]] std::string text(Attribute set);

enum class SymbolKind : std::uint8_t {
  Variable,   ///< `var`
  Let,        ///< `let`, or an adjoint that was given a line of its own: it stands for a term
  Direction,  ///< dX, V in d(F,X,V), and the upstream adjoint of a rule: free, linear
  Pattern,    ///< a variable of a rule
};

struct Symbol {
  std::string name;
  SymbolKind kind = SymbolKind::Variable;
  Shape shape;
  Attribute attributes = Attribute::None;
  Span declared;  ///< in the program's source; empty for names that dvec made
};

/// Names may repeat between kinds of use (rules have their own variables); `add` always makes a new symbol.
class SymbolTable {
 public:
  SymbolId add(Symbol symbol) {
    symbols_.push_back(std::move(symbol));
    return SymbolId(symbols_.size() - 1);
  }
  [[nodiscard]] const Symbol& operator[](SymbolId id) const { return symbols_.at(id.value); }
  [[nodiscard]] std::size_t size() const { return symbols_.size(); }

 private:
  std::deque<Symbol> symbols_;  ///< references stay valid
};

}  // namespace dvec
