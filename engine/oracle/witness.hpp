#pragma once
/// Small counterexamples in doubles.

#include "oracle/equal.hpp"

namespace dvec {

/// Small sizes and, where attributes allow it, whole entries at which the two sides differ, if a short search finds any.
[[nodiscard]] std::optional<Witness> find_witness(const TermPool& pool, TermId left, TermId right,
                                                  std::span<const Definition> definitions, const EqualOptions& options);

}  // namespace dvec
