#pragma once
/// Matrices written out: every entry as a scalar term in the entries of the variables.

#include <map>
#include <string>
#include <vector>

#include "oracle/matrix.hpp"
#include "support/result.hpp"
#include "term/term_pool.hpp"

namespace dvec::cli {

class Entries {
 public:
  /// Sizes must be known for every size symbol that occurs. Variables get entries x11, x12, ... (x1, x2 for vectors);
  /// opaque names keep their case where two would come to be called the same.
  Entries(TermPool& pool, const DimValues& sizes, const std::vector<SymbolId>& variables);

  /// Throws LimitReached past 10,000 entries, for determinants and inverses past 5×5, and for what has no closed form.
  [[nodiscard]] Matrix<TermId> of(TermId term);

 private:
  using Grid = Matrix<TermId>;
  Grid compute(TermId t);
  Grid variable(SymbolId s);
  Grid inverse(const Grid& a);
  TermId determinant(const Grid& a);
  Grid product(const Grid& a, const Grid& b);
  Grid duplication(std::size_t n, bool both);
  Grid cholesky(const Grid& a);
  Grid power(const Grid& a, std::int64_t exponent);
  Grid power_along(std::vector<Grid> args, std::int64_t exponent);
  TermId product(TermId a, TermId b) { return pool_.hadamard(a, b); }
  TermId sum(const std::vector<TermId>& terms);
  [[nodiscard]] std::size_t size(Dim d) const;

  TermPool& pool_;
  DimValues sizes_;
  std::map<SymbolId, std::string> stems_;
  std::map<TermId, Grid> known_;
};

}  // namespace dvec::cli
