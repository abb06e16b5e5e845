#pragma once
/// Answers with everything put in, and how large they are.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "syntax/program.hpp"

namespace dvec::cli {

/// Definitions of names, in dependency order: a program's lets, and lines of answers.
using Definitions = std::vector<Binding>;

/// Those of `definitions` that occur in the term, directly or through others, in order.
[[nodiscard]] Definitions used(const TermPool& pool, const Definitions& definitions, std::span<const TermId> terms);

/// The term with every definition put in: declared variables only. Functions with a body are put in by their formulas,
/// and so are derivatives of the rule book's functions; f', f'' of opaque functions stay.
/// Nothing where the text would pass 100,000 characters, or where some derivative has no formula.
[[nodiscard]] std::optional<std::string> expanded(TermPool& pool, const Definitions& definitions, TermId term);

/// The same as a term; nothing where it is too large to be written out.
[[nodiscard]] std::optional<TermId> expanded_term(TermPool& pool, const Definitions& definitions, TermId term);

/// Functions with a body, and derivatives of the rule book's functions, by their formulas; stop(E) is E.
[[nodiscard]] TermId with_formulas(TermPool& pool, TermId term);

/// Distinct operator nodes of an expression: names, numbers and ones/eye/zeros/K/D/L are free, equal subexpressions
/// count once.
[[nodiscard]] std::int64_t operations(const std::string& expression);

}  // namespace dvec::cli
