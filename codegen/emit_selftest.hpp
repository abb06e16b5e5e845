#pragma once
/// A program that holds an emitted kernel's gradients against central differences of its own objective.

#include <string>

#include "codegen/emit_eigen.hpp"

namespace dvec {

/// C++17 text with a main that includes `options.header_name`. Exit status: 0 when every entry of every gradient agrees, 1
/// when one does not. A program without gradients says so and returns 0.
[[nodiscard]] std::string emit_selftest(const KernelPlan& plan, const EmitOptions& options = {});

}  // namespace dvec
