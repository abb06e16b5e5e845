#pragma once
/// Sizes as C++ expressions over integers.

#include <map>
#include <string>

#include "codegen/kernel_plan.hpp"

namespace dvec {

/// `size` in the identifiers of `names` (by size symbol): "N - 1", "N * p2", "(n * n + n) / 2". The value of a size is an
/// integer, so that the division is exact.
[[nodiscard]] std::string cpp_size(const DimTable& dims, Dim size, const std::map<std::string, std::string>& names);
/// The same, closed: in brackets unless it is a name or a number.
[[nodiscard]] std::string cpp_size_factor(const DimTable& dims, Dim size, const std::map<std::string, std::string>& names);

[[nodiscard]] std::map<std::string, std::string> dim_identifiers(const KernelPlan& plan);

}  // namespace dvec
