#pragma once
/// A plan as a C++17 header on Eigen 3.4. No decisions: the same plan gives the same bytes.

#include <string>

#include "codegen/kernel_plan.hpp"

namespace dvec {

struct EmitOptions {
  std::string source_name = "kernel.dv";   ///< for the banner: a file name without its folder
  std::string header_name = "kernel.hpp";  ///< what the self-test includes
};

[[nodiscard]] std::string emit_eigen(const KernelPlan& plan, const EmitOptions& options = {});

}  // namespace dvec
