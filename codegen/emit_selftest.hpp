#pragma once
/// A program that holds an emitted kernel against central differences of its own objective.

#include <string>

#include "codegen/emit_eigen.hpp"

namespace dvec {

/// A main() that includes the kernel's header and, in long double, at sizes 2, 3, 5, 7 assigned pairwise distinct to the
/// size symbols, compares every entry of every derivative with differences. It exits with 1 when one disagrees.
[[nodiscard]] std::string emit_selftest(const KernelPlan& plan, const EmitOptions& options);

}  // namespace dvec
