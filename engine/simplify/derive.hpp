#pragma once
/// From a program to its answers: sweep, simplify, name what is shared.

#include "calculus/derivation.hpp"
#include "rulebook/rule_book.hpp"
#include "support/result.hpp"

namespace dvec {

/// How much is recorded of the way to the answers.
enum class Tracing {
  All,     ///< every step; those of simplification justified one by one, by index form or by exact evaluation
  Sweeps,  ///< the steps of differentiation only: for answers that are checked as a whole and shown without their steps
};

/// Every derivative that the program asks for, in closed form, with its trace. The answers do not depend on `tracing`.
/// Linear in the size of the program, for programs of layers that are alike.
/// Errors: what calculus refuses (E-DIFF-..., E-IDENT-...), at the place of the derivative in the source.
[[nodiscard]] Result<Answers> derive(const Program& program, const RuleBook& book, TermPool& pool, Tracing tracing = Tracing::All);

}  // namespace dvec
