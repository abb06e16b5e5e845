#pragma once
/// Definitions as they are swept through: how a let happens to be written makes no difference to what is derived.

#include "syntax/program.hpp"

namespace dvec {

/// The lets, each equal to what it was: numbers stand before products, and transposes where they are fewest ((B*A)' and A'*B',
/// (-m)*1' and -(m*1') are one definition each). Nothing is distributed, and no name is looked into.
[[nodiscard]] std::vector<Binding> plain_definitions(TermPool& pool, std::span<const Binding> lets);

}  // namespace dvec
