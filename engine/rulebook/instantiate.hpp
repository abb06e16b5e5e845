#pragma once
/// Templates of rules with terms and sizes put in.

#include <optional>

#include "rulebook/rule.hpp"
#include "rulebook/trace.hpp"

namespace dvec {

/// The template with every bound symbol, size and function replaced at once.
/// Requires: every pattern symbol and size of the template is bound, to terms of the shapes that the sizes give.
[[nodiscard]] TermId instantiate(TermPool& pool, TermId pattern, const Bindings& bindings);

/// f^(order) entrywise: by its formula for a primitive function, by name for opaque and defined ones.
[[nodiscard]] TermId apply_derivative(TermPool& pool, FunctionId f, int order, TermId argument);

/// Binds symbol to term, and through the shapes the sizes that the symbol's shape names. False when that contradicts an
/// earlier binding.
[[nodiscard]] bool bind(TermPool& pool, SymbolId symbol, TermId term, Bindings& bindings);

/// Binds the sizes that a pattern's shape names. False when that contradicts an earlier binding.
[[nodiscard]] bool bind(TermPool& pool, Shape pattern, Shape actual, Bindings& bindings);

/// Bindings under which `pattern` is `term`, if there are any. Products in patterns may stand for longer ones in terms:
/// A*B matches a*b*c with A = a, B = b*c (first split that fits). Requires attributes named by the rule's variables.
[[nodiscard]] std::optional<Bindings> match(TermPool& pool, TermId pattern, TermId term);

}  // namespace dvec
