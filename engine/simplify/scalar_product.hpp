#pragma once
/// Products of scalars: a coefficient, and each scalar once with its power.

#include <map>
#include <vector>

#include "term/term_pool.hpp"

namespace dvec {

struct ScalarProduct {
  Rational coefficient{1};
  std::map<TermId, Rational> powers;  ///< never to the power 0

  ScalarProduct& operator*=(const ScalarProduct& other);
};

/// A scalar term taken apart at its top: products, powers and coefficients; anything else is one scalar.
[[nodiscard]] ScalarProduct scalar_product(const TermPool& pool, TermId scalar);

/// The product as a scalar term, without its coefficient.
[[nodiscard]] TermId powers_term(TermPool& pool, const ScalarProduct& product);

/// product * t, the coefficient outermost.
[[nodiscard]] TermId scaled(TermPool& pool, const ScalarProduct& product, TermId t);

/// c*t, with c multiplied into each term where t is a sum.
[[nodiscard]] TermId multiplied_through(TermPool& pool, const Rational& c, TermId t);

/// What all products have: of each scalar the power nearest to zero where all signs agree; of the coefficients a common
/// magnitude, and the sign where all are negative. It is divided out of each.
[[nodiscard]] ScalarProduct take_common(std::vector<ScalarProduct*> products);

}  // namespace dvec
