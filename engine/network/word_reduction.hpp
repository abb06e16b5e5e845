#pragma once
/// Identities of inverses, as rules on words.
///
/// From inv(S)*S = I for S = c1*w1 + c2*w2 + ... follows, for each word of S that may be taken as the leading one,
///
///     inv(S)*w1 = (I - c2*inv(S)*w2 - ...)/c1          w1*inv(S) = (I - c2*w2*inv(S) - ...)/c1
///
/// Push-through, Woodbury, and what holds between an inverse of a sum and its terms, are consequences: they are found by
/// completing these rules where they overlap.
/// Source: definition of the inverse; completion as by Knuth and Bendix, for noncommutative polynomials by Mora.

#include "network/words.hpp"

namespace dvec {

/// lead = rest, used from left to right.
struct WordRule {
  std::vector<TermId> lead;
  WordSum rest;
};

/// The rules of the letter inv(S) (or its transpose) with the word `lead` of S as the leading one. Requires: `lead` is
/// a word of `inverted`, and not the identity.
[[nodiscard]] std::vector<WordRule> rules_of_inverse(TermId letter, const WordSum& inverted, const Word& lead);

/// The rules used as long as one applies. Nothing past `max_steps` uses or kMaxWords words.
[[nodiscard]] std::optional<WordSum> reduced(WordSum sum, std::span<const WordRule> rules, std::size_t max_steps = 200);

/// Both terms, names put in, with every product and sum inside reduced by the completed rules of all inverses (and of
/// orthogonal and idempotent matrices) that occur in either. Equal results mean equal terms wherever both are defined.
/// Budgets bound the completion: with fewer rules fewer equalities are seen, never a wrong one.
[[nodiscard]] std::pair<TermId, TermId> with_inverses_reduced(TermPool& pool, TermId a, TermId b, const TermMap& definitions);

}  // namespace dvec
