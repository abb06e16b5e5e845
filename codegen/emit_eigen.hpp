#pragma once
/// A kernel plan as a C++17 header that includes nothing but Eigen and the standard library. It decides nothing.

#include <string>

#include "codegen/kernel_plan.hpp"

namespace dvec {

struct EmitOptions {
  std::string source_name;  ///< "03_batchnorm.dv", for the banner; no path
  std::string header_name;  ///< "03_batchnorm.hpp": what the self-test includes
};

/// Same plan, same bytes. The text compiles without warnings under -Wall -Wextra -Wpedantic -Wshadow.
/// Requires: verify(plan) has nothing to say.
[[nodiscard]] std::string emit_eigen(const KernelPlan& plan, const EmitOptions& options);

}  // namespace dvec
