#pragma once
/// From a program and its answers to a kernel plan.

#include "calculus/derivation.hpp"
#include "codegen/kernel_plan.hpp"
#include "support/result.hpp"

namespace dvec {

struct LowerOptions {
  std::string name = "kernel";  ///< of the kernel: its namespace. "03_batchnorm" becomes batchnorm
  /// Sizes at which orders of evaluation are compared; a size symbol that is not here gets a default by its place in the
  /// program's declarations: 1000 for the first, then 20, 23, 26, ... up to 50.
  DimValues reference_sizes = {};
};

/// The plan of a kernel that computes, together: the objective of each derivative that is asked for, the program's
/// outputs, and what its `derive` statements ask for. Equal values are computed once, also where one is used transposed.
/// Requires: `answers` is for `program`; both live in `pool`, which outlives the plan.
/// Errors: E-EMIT-01 when nothing is asked for; E-EMIT-02 for what cannot be emitted (the derivative of a function without
/// a formula).
[[nodiscard]] Result<KernelPlan> lower(const Program& program, const Answers& answers, TermPool& pool,
                                       const LowerOptions& options = {});

}  // namespace dvec
