#pragma once
/// The column-wise Kronecker product, which terms write with ⊗, ones and an entrywise product.

#include <optional>

#include "term/term_pool.hpp"

namespace dvec {

/// Columns: (A⊗1) ⊙ (1⊗B), A m×n, B p×n, whose column j is A(:,j)⊗B(:,j). Rows: (A⊗1') ⊙ (1'⊗B), the same of rows.
/// Source: definition.
struct KhatriRao {
  TermId a, b;
  bool of_rows = false;
};

/// The term read as a Khatri-Rao product of two matrices. Nothing for another term, and where a column is all there is: that
/// is a plain ⊗.
[[nodiscard]] std::optional<KhatriRao> khatri_rao(const TermPool& pool, TermId t);

/// The term of a product of columns, (m*p)×n.
[[nodiscard]] TermId khatri_rao(TermPool& pool, TermId a, TermId b);

}  // namespace dvec
