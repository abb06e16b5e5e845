#pragma once
/// One side of an identity put for the other, at one node: the notion of "at one place" that steps are checked by.

#include <vector>

#include "rulebook/plain.hpp"

namespace dvec {

/// What the plain term `place` becomes when `from` in it becomes `to` (plain terms of one shape), once for each way in
/// which `from` is there: as the node itself, a run of a product's or Kronecker product's factors, some factors of an
/// entrywise product, some terms of a sum; each up to a scalar factor. Empty when it is not there.
[[nodiscard]] std::vector<TermId> replacements(PlainWriter& writer, TermPool& pool, TermId place, TermId from, TermId to);

/// Has the node the operator of a rule's side at its root? A multiple by a number counts as one by a scalar.
[[nodiscard]] bool has_root_of(const TermPool& pool, TermId place, TermId side);

}  // namespace dvec
