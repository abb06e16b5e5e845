#pragma once
/// Softmax, log-sum-exp, sigmoid and softplus, known by what they are made of. The normal form has exponentials and their
/// sums in the place of a softmax, so that all ways to write one are one; readings fold them back.

#include <optional>

#include "network/monomial.hpp"
#include "term/traverse.hpp"

namespace dvec {

/// Z when the term is exp(Z); a name is what `names` defines it to be.
[[nodiscard]] std::optional<TermId> exponent_of(const TermPool& pool, TermId term, const TermMap* names);

/// sum(exp(Z),2), of each row, when `across`; else sum(exp(Z),1).
struct SumOfExponentials {
  TermId exponent;
  bool across = false;
  friend bool operator==(const SumOfExponentials&, const SumOfExponentials&) = default;
};
[[nodiscard]] std::optional<SumOfExponentials> sum_of_exponentials(const TermPool& pool, TermId term, const TermMap* names);
[[nodiscard]] TermId sums(TermPool& pool, const SumOfExponentials& of);
/// Does the factor stand for the sums that belong to the entries exp(Z)[i,j] of `exponential`?
[[nodiscard]] bool belongs(const TermPool& pool, const Factor& sum, const Factor& exponential, const TermMap* names);

/// u when the term is 1+exp(u).
[[nodiscard]] std::optional<TermId> one_plus_exponential(const TermPool& pool, TermId term, const TermMap* names);
/// -u, each term of a sum with its sign turned.
[[nodiscard]] TermId negated(TermPool& pool, TermId u);

/// What an elementwise function of a known argument is worth: log(softmax(Z)) = Z - logsumexp(Z), log(sum(exp(Z))) =
/// logsumexp(Z), exp(Z - logsumexp(Z)) = softmax(Z), log(1+exp(u)) = softplus(u). Nothing: the function stays.
[[nodiscard]] std::optional<TermId> known_value(TermPool& pool, TermId apply, const TermMap* names);

/// The argument without what is added to whole rows (columns), and that, as a column (row): softmax does not see it,
/// logsumexp passes it on.
struct Shifted {
  TermId rest, shift;  ///< not valid: nothing is left, nothing is added
};
[[nodiscard]] Shifted shifted(TermPool& pool, TermId argument, bool across);

/// exp(Z)[i,j] over its sum becomes softmax(Z)[i,j], in every monomial.
void fold_softmax(TermPool& pool, Network& network, const TermMap* names);

}  // namespace dvec
