#pragma once
/// Why a simplified term may stand for the raw one.

#include "rulebook/trace.hpp"
#include "simplify/simplify.hpp"

namespace dvec {

/// The step from `before` to `after`: the same index form where that can be shown (for all sizes), exact evaluation at
/// random points otherwise. Throws Bug when the two differ: nothing wrong is ever passed on.
[[nodiscard]] Step justify(TermPool& pool, TermId before, TermId after, std::span<const Binding> bindings,
                           const std::string& subject);

}  // namespace dvec
