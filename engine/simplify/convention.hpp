#pragma once
/// Derivatives by structured variables: which one is meant, and what is said about it.

#include <string>
#include <vector>

#include "syntax/program.hpp"

namespace dvec {

/// structured: G projected on the structure; entries: the derivative by each free entry; unconstrained: G. By vech, a
/// column of length n(n+1)/2. Adds the note that names the structure and the convention.
/// Source: Magnus & Neudecker 2019, 3.8 (duplication).
[[nodiscard]] TermId apply_convention(TermPool& pool, const Derivative& request, TermId g, std::vector<std::string>& notes);

/// vec(X) = M*vech(X): the duplication matrix of a symmetric X, the transposed elimination matrix of a lower triangular
/// one; n² × n(n+1)/2.
[[nodiscard]] TermId free_entries(TermPool& pool, SymbolId x);

/// The M for which a Jacobian under the request's convention is J*M and a Hessian M'*H*M. Not valid where that is J or H.
[[nodiscard]] TermId convention_matrix(TermPool& pool, const Derivative& request, std::vector<std::string>& notes);

}  // namespace dvec
