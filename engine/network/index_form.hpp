#pragma once
/// Are two terms the same sum of monomials, entry by entry, for all sizes?

#include "network/property.hpp"

namespace dvec {

enum class SameForm { Yes, No, Unknown };

/// Compares index forms with the names in `definitions` put in and sums inside expanded. `No` means only that the normal
/// forms differ; `Unknown` that a limit was reached or composite indices do not line up.
[[nodiscard]] SameForm same_index_form(TermPool& pool, TermId a, TermId b, const TermMap& definitions,
                                       std::size_t max_terms = 400);

}  // namespace dvec
