#pragma once
/// Minus signs taken into a bracket: -A*(x-y) is A*(y-x).

#include "term/term_pool.hpp"

namespace dvec {

/// An equal term with fewer minus signs: a product with a negative coefficient takes it into a sum among its factors, where
/// that sum has a negative term to spare and stands nowhere else.
[[nodiscard]] TermId absorb_signs(TermPool& pool, TermId term);

}  // namespace dvec
