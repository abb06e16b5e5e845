#pragma once
/// What inverses, determinants and diagonals of structured matrices are.
///
///     inv(diag(v)) = diag(1./v)      logdet(diag(v)) = sum(log(v)), v positive      diag(diagvec(D)) = D, D diagonal
///     inv(s*A) = inv(A)/s            logdet(inv(A)) = -logdet(A)                    det(s*A) = s^n*det(A)
///     inv(kron(A,B)) = kron(inv(A),inv(B))      logdet(kron(A,B)) = q*logdet(A) + n*logdet(B), A n×n, B q×q

#include "network/property.hpp"

namespace dvec {

/// The node with what its argument's structure gives used once; the node itself where that gives nothing.
/// Requires: its arguments have been treated.
/// Source: definition of the inverse and of the determinant; of a Kronecker product, Magnus & Neudecker 2019, 2.4.
[[nodiscard]] TermId by_structure(TermPool& pool, const Properties& properties, TermId node);

}  // namespace dvec
