#pragma once
/// Is a term linear (homogeneous of degree one) in its slots taken together?

#include <span>

#include "term/term_pool.hpp"

namespace dvec {

[[nodiscard]] bool is_linear(const TermPool& pool, TermId term, std::span<const SymbolId> slots);

}  // namespace dvec
