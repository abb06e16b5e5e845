#pragma once
/// What is known of a term by its looks: the conditions under which a rule may be used.

#include "term/term_pool.hpp"

namespace dvec {

/// Does the term have the attributes that a rule's variable asks for? Read off declarations and off the form: A'*A, inv(S),
/// sums and multiples of symmetric terms are symmetric; products and inverses of lower triangular terms are so. Nonsingular is not asked: it is a condition that the answer carries.
[[nodiscard]] bool known_to_be(const TermPool& pool, TermId t, Attribute wanted);

}  // namespace dvec
