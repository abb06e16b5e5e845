#pragma once
/// Which factors carry a transpose: decided by dynamic programming over (node, transposed or not).

#include <functional>

#include "term/term_pool.hpp"

namespace dvec {

/// An equal term with the fewest printed operators that transposition alone can reach: (A'B)' = B'A, scalars read from
/// either side, f(A)' against f(A'). Names are never looked into.
[[nodiscard]] TermId orient(TermPool& pool, TermId term, const std::function<bool(TermId)>& symmetric);

/// t', with a transpose of a transpose, of a symmetric term, of ones and of diag removed; coefficients and scalars stay outside,
/// nothing else is pushed inside.
[[nodiscard]] TermId flip(TermPool& pool, TermId t, const std::function<bool(TermId)>& symmetric);

}  // namespace dvec
