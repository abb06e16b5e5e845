#pragma once
/// Gradients by a reverse sweep over the program's bindings.

#include "calculus/templates.hpp"
#include "syntax/program.hpp"

namespace dvec {

/// Adjoints of lets, each a let of its own named d<objective>_d<let>, in the order of computation; gradients in terms of
/// the program's names and these. Raw: not simplified.
struct AdjointProgram {
  std::vector<Binding> adjoints;
  std::vector<TermId> gradients;  ///< parallel to the variables asked for
};

/// Gradients of a scalar by variables or by lets, all entries independent. A let is taken as independent in its own
/// gradient only: asking for it changes no other gradient of the sweep.
/// Shapes: the objective is 1×1; each gradient has its variable's shape.
/// Linear in the size of the program. stop(E) counts as constant.
/// Source: Magnus & Neudecker (2019), 5.8 for the identification, 8.2 for the rules.
[[nodiscard]] AdjointProgram adjoint_sweep(const Program& program, TermId objective, std::span<const SymbolId> wrt,
                                           Templates& templates, TermPool& pool, Trace& trace);

}  // namespace dvec
