#pragma once
/// What an emitted kernel takes, and where it learns the sizes from.

#include <string>
#include <vector>

#include "codegen/kernel_plan.hpp"

namespace dvec {

struct KernelSize {
  std::string symbol;  ///< of the program
  std::string name;    ///< in the kernel
  ValueId argument;    ///< its number of rows or columns is the size; not valid: the size is an argument of its own
  bool by_rows = true;
};

/// Parallel to plan.dims.
[[nodiscard]] std::vector<KernelSize> kernel_sizes(const KernelPlan& plan);

/// "Matrix", "Column", "Row" or "Scalar".
[[nodiscard]] std::string cpp_type(const KernelPlan& plan, Shape shape);

/// The name of the template parameter for an opaque function.
[[nodiscard]] std::string function_type(const std::string& function_name);

}  // namespace dvec
