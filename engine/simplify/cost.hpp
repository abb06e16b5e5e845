#pragma once
/// The size of a formula: distinct operator nodes, each subexpression counted once, as the printed text has them.

#include <cstdint>

#include "term/term_pool.hpp"

namespace dvec {

[[nodiscard]] std::int64_t cost(const TermPool& pool, TermId term);

/// Operators that the node itself adds to what its arguments cost.
[[nodiscard]] std::int64_t node_cost(const TermPool& pool, TermId term);

}  // namespace dvec
