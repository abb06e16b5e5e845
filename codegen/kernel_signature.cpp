#include "codegen/kernel_signature.hpp"

namespace dvec {

std::vector<KernelSize> kernel_sizes(const KernelPlan& plan) {
  const DimTable& dims = plan.pool->dims;
  std::vector<KernelSize> out;
  for (std::size_t i = 0; i < plan.dims.size(); ++i) {
    KernelSize size{plan.dims[i], plan.dim_names[i], {}, true};
    for (const ValueId a : plan.arguments) {
      const Shape s = plan[a].shape;
      const bool rows = dims.as_symbol(s.rows) == plan.dims[i], cols = dims.as_symbol(s.cols) == plan.dims[i];
      if (!rows && !cols) continue;
      size.argument = a;
      size.by_rows = rows;
      break;
    }
    out.push_back(std::move(size));
  }
  return out;
}

std::string cpp_type(const KernelPlan& plan, Shape s) {
  const Dim one = plan.pool->dims.one();
  if (s.cols == one) return s.rows == one ? "Scalar" : "Column";
  return s.rows == one ? "Row" : "Matrix";
}

std::string function_type(const std::string& function_name) { return "Function_" + function_name; }

}  // namespace dvec
