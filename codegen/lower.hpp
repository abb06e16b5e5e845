#pragma once
/// Terms to a plan: what is asked for, in an order and a form that a machine computes fast.

#include <string>

#include "calculus/derivation.hpp"
#include "codegen/kernel_plan.hpp"
#include "support/result.hpp"

namespace dvec {

struct LowerOptions {
  std::string name = "kernel";  ///< of the program ("03_batchnorm"): the plan's name is the identifier made of it
};

/// The plan of everything that the program derives, the objectives of its gradients, and its outputs; intermediates are
/// shared, and nothing else is computed. The plan verifies.
/// Requires: `answers` are those of `program`; both from `pool`, which outlives the plan.
/// Errors: E-EMIT-01 when there is nothing to compute.
[[nodiscard]] Result<KernelPlan> lower(const Program& program, const Answers& answers, TermPool& pool,
                                       const LowerOptions& options = {});

}  // namespace dvec
