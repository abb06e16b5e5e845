#pragma once
/// Jacobians by the first identification theorem: vec dF = DF vec dX identifies DF. And dF itself, in a direction.

#include "calculus/templates.hpp"
#include "syntax/program.hpp"

namespace dvec {

/// Derivatives of lets that lie between X and F, each a let of its own (D_<let>, or d_<let> for differentials), in the
/// order of computation, and the result in terms of these. Raw: not simplified.
struct ForwardProgram {
  std::vector<Binding> bindings;
  TermId result;
};

/// D F(X). Shapes: F is m×n, X is p×q; the result is mn×pq, rows ordered as vec F, columns as vec X.
/// X may be a let, taken as independent. stop(E) counts as constant.
/// Source: Magnus & Neudecker (2019), 5.8 and 9.5.
[[nodiscard]] ForwardProgram jacobian(const Program& program, TermId f, SymbolId x, Templates& templates, TermPool& pool,
                                      Trace& trace);

/// dF at X in direction V. Shapes: V has X's shape; the result has F's.
[[nodiscard]] ForwardProgram differential(const Program& program, TermId f, SymbolId x, TermId direction, Templates& templates,
                                          TermPool& pool, Trace& trace);

}  // namespace dvec
