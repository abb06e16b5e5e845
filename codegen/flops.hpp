#pragma once
/// How much a plan computes, as a polynomial in the sizes.

#include "codegen/kernel_plan.hpp"

namespace dvec {

/// Additions, multiplications, divisions and function values, each counted once; 2 m k n for a product of m×k and k×n;
/// leading terms for factorisations, solves and inverses.
[[nodiscard]] Dim flops_of(const KernelPlan& plan, const Instruction& instruction, DimTable& dims);

}  // namespace dvec
