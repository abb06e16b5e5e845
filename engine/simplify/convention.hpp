#pragma once
/// Gradients by structured variables: which derivative is meant, and what is said about it.

#include <string>
#include <vector>

#include "support/result.hpp"
#include "syntax/program.hpp"

namespace dvec {

/// From G, the gradient that treats all entries as independent, to the derivative that was asked for.
/// structured: G projected on the structure; entries: the derivative by each free entry; unconstrained: G.
/// `notes` gets one line that names the convention when the variable has structure.
/// Errors: E-LATER-01 for projections on triangles, which need an operator that is not of this version.
/// Source: docs/conventions.md.
[[nodiscard]] Result<TermId> apply_convention(TermPool& pool, const Derivative& request, TermId gradient,
                                              std::vector<std::string>& notes);

}  // namespace dvec
