#pragma once
/// Sizes: polynomials with rational coefficients in size symbols (positive integers), interned.
/// Equality of ids is equality of polynomials. Source of the normal form: GiNaC's expand.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scalar/rational.hpp"
#include "support/id.hpp"

namespace dvec {

struct DimTag;
using Dim = Id<DimTag>;

/// Values for size symbols, by name.
using DimValues = std::map<std::string, std::int64_t, std::less<>>;

class DimTable {
 public:
  DimTable();
  ~DimTable();
  DimTable(const DimTable&) = delete;
  DimTable& operator=(const DimTable&) = delete;

  // Sizes are interned: a new one changes nothing that was there.
  [[nodiscard]] Dim one() const { return one_; }
  [[nodiscard]] Dim constant(std::int64_t value) const;
  [[nodiscard]] Dim symbol(std::string_view name) const;
  [[nodiscard]] Dim add(Dim a, Dim b) const;
  [[nodiscard]] Dim subtract(Dim a, Dim b) const;
  [[nodiscard]] Dim multiply(Dim a, Dim b) const;
  [[nodiscard]] Dim scale(const Rational& c, Dim a) const;
  /// n*(n+1)/2, the entries of a triangle.
  [[nodiscard]] Dim triangle(Dim n) const { return scale(Rational(1, 2), multiply(n, add(n, one()))); }
  /// Puts sizes in the place of symbols, all at once.
  [[nodiscard]] Dim substitute(Dim in, const std::vector<std::pair<std::string, Dim>>& by) const;
  [[nodiscard]] Dim substitute(Dim in, const std::string& symbol, Dim by) const { return substitute(in, {{symbol, by}}); }

  [[nodiscard]] std::optional<std::int64_t> as_constant(Dim d) const;
  /// The value as an exact number when the size is constant (sizes under construction may be fractions: n*(n+1)/2).
  [[nodiscard]] std::optional<Rational> as_number(Dim d) const;
  [[nodiscard]] std::optional<std::string> as_symbol(Dim d) const;
  /// Value when every symbol has one and the result is an integer.
  [[nodiscard]] std::optional<std::int64_t> evaluate(Dim d, const DimValues& values) const;
  [[nodiscard]] std::optional<Rational> evaluate_exact(Dim d, const DimValues& values) const;
  /// Writes products and sums of sizes in this order of their symbols, which otherwise is by name; other symbols come after
  /// these. Ids stay what they are, texts change.
  void order_symbols(const std::vector<std::string>& names) const;
  /// Sizes in the order of their keys are in an order in which names count only for symbols that have been given no place.
  [[nodiscard]] const std::string& key(Dim d) const;

  /// Names that occur, sorted.
  [[nodiscard]] const std::vector<std::string>& symbols(Dim d) const;
  /// Primitive factors of a monomial with coefficient 1 (m*n*n gives m, n, n; 1 gives nothing); any other size is its
  /// own single factor. Sorted as in the text.
  [[nodiscard]] std::vector<Dim> factors(Dim d) const;
  /// "N", "m*n", "n-1", "n^2+n": deterministic, in the language of programs.
  [[nodiscard]] const std::string& text(Dim d) const;
  /// True when the text needs brackets as a factor (it is a sum).
  [[nodiscard]] bool is_sum(Dim d) const;

 private:
  struct Store;  ///< hides GiNaC
  std::unique_ptr<Store> store_;
  Dim one_;
};

}  // namespace dvec
