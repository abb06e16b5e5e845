#pragma once
/// A derivative that a program asks for, as the oracle is asked about it.

#include <algorithm>

#include "oracle/equal.hpp"
#include "syntax/program.hpp"

namespace dvec::test {

/// What the program assumes about sizes: `assume n >= m`.
inline std::function<bool(const DimValues&)> admissible(const TermPool& pool, const Program& program) {
  return [&pool, &program](const DimValues& sizes) {
    return std::ranges::none_of(program.assumptions, [&](const Assumption& a) {
      const auto value = [&](TermId t) -> std::optional<Rational> {
        const Node& n = pool[t];
        return n.op == Op::Number ? std::optional(n.numbers[0]) : n.op == Op::Size ? pool.dims.evaluate_exact(n.first, sizes) : std::nullopt;
      };
      const auto l = value(a.left), r = value(a.right);
      return l && r && ((a.relation == ">" && *l <= *r) || (a.relation == ">=" && *l < *r));
    });
  };
}

/// Is `candidate` the derivative? By its definition, under the convention that is asked for.
inline DerivativeQuestion question_of(const Derivative& d, TermId candidate) {
  DerivativeQuestion q;
  switch (d.kind) {
    case DerivativeKind::Gradient: q.form = DerivativeForm::Gradient; break;
    case DerivativeKind::Jacobian: q.form = DerivativeForm::Jacobian; break;
    case DerivativeKind::Hessian: q.form = DerivativeForm::Hessian; break;
    case DerivativeKind::Differential: q.form = DerivativeForm::Differential; break;
  }
  q.of = d.of;
  q.wrt = d.wrt;
  q.candidate = candidate;
  q.reading = d.by_vech                                 ? Reading::Stacked
              : d.convention == Convention::Structured ? Reading::Structured
              : d.convention == Convention::Entries    ? Reading::Entries
                                                       : Reading::Unconstrained;
  return q;
}

}  // namespace dvec::test
