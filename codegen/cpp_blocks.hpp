#pragma once
/// What a kernel asks of its sizes before it reads or writes blocks.

#include <string>

#include "codegen/kernel_plan.hpp"

namespace dvec {

/// Statements that throw std::invalid_argument where the sizes leave no room for a slice or a block; each once.
[[nodiscard]] std::string room_for_blocks(const KernelPlan& plan);

}  // namespace dvec
