#pragma once
/// From a program to its answers: sweep, simplify, name what is shared.

#include "calculus/derivation.hpp"
#include "rulebook/rule_book.hpp"
#include "support/result.hpp"

namespace dvec {

/// Every derivative that the program asks for, in closed form, with its trace.
/// Errors: what calculus refuses (E-DIFF-..., E-IDENT-...), at the place of the derivative in the source.
[[nodiscard]] Result<Answers> derive(const Program& program, const RuleBook& book, TermPool& pool);

}  // namespace dvec
