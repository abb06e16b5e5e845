#pragma once
/// Shorter terms by what is known of inverses.
///
///     inv(S)*A, S = A+B          I - inv(S)*B, and the other way round
///     inv(I+A*B)*A               A*inv(I+B*A)                            push-through
///     inv(B)*inv(I+A*inv(B))     inv(B+A)                                an inverse takes in its neighbour
///     D - D*U*inv(E+V*D*U)*V*D   inv(inv(D)+U*inv(E)*V)                  Woodbury, read backwards
///     I - M - M' + M'*M          (I-M)'*(I-M)
///     X'*e, e = y-X*inv(X'*X)*X'*y                 0                     with the names put in
///
/// A search over these moves, shortest first; what it finds is only proposed: the simplifier chooses by cost, and every
/// step is judged like any other.

#include <functional>
#include <set>
#include <vector>

#include "network/word_reduction.hpp"

namespace dvec {

class InverseAlgebra {
 public:
  /// `definitions`: the values of names. `folded`: the term with names for what has one; costs are compared so.
  InverseAlgebra(TermPool& pool, const Properties& properties, const TermMap& definitions, std::function<TermId(TermId)> folded)
      : pool_(pool), words_(pool, properties), definitions_(definitions), folded_(std::move(folded)) {}

  /// Equal terms that may be shorter, the most promising first; few. None where nothing is inverted.
  [[nodiscard]] std::vector<TermId> alternatives(TermId term);

  /// The cost of the term where no name hides an inverse.
  [[nodiscard]] std::int64_t written_out_cost(TermId term);

  /// A name of the program has got its value. Names in the value have theirs.
  void define(TermId name);
  void forget(TermId name);

 private:
  [[nodiscard]] bool inverts(TermId term);
  [[nodiscard]] TermId with_inverting_names_put_in(TermId term);
  void rewrite(TermId term, std::vector<TermId>& out);
  [[nodiscard]] std::vector<TermId> shortest(TermId term);
  [[nodiscard]] bool may_be_inverted(TermId letter, const WordSum& sum);
  void moves(const WordSum& sum, std::vector<WordSum>& out);
  void use_definitions_of_inverses(const WordSum& sum, std::vector<WordSum>& out);
  void use_names(const WordSum& sum, std::vector<WordSum>& out);
  void take_in_neighbours(const WordSum& sum, std::vector<WordSum>& out);
  void push_through(const WordSum& sum, std::vector<WordSum>& out);
  void gather(const WordSum& sum, std::vector<WordSum>& out);
  void factor(const WordSum& sum, std::vector<WordSum>& out);
  [[nodiscard]] bool inverts_other_sizes(TermId term, TermId than);

  TermPool& pool_;
  WordAlgebra words_;
  const TermMap& definitions_;
  std::function<TermId(TermId)> folded_;
  std::unordered_map<TermId, bool> inverting_;
  /// For names of sums with an inverse in them, such as P = W - W*X*inv(X'*W*X)*X'*W: what a word of the sum is by the name.
  std::vector<std::pair<TermId, std::vector<WordRule>>> named_;
};

}  // namespace dvec
