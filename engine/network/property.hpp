#pragma once
/// What is known of a term from declared attributes, assumptions and its build. `true` is a fact for all sizes; `false`
/// says nothing. Sources of the closure rules: definitions, but for the Hadamard product of definite matrices (Schur).

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <unordered_set>

#include "term/traverse.hpp"

namespace dvec {

class Properties {
 public:
  /// `definitions`: symbols of lets to their values, looked into when a let itself is asked about.
  Properties(const TermPool& pool, const TermMap& definitions) : pool_(&pool), definitions_(&definitions) {}

  [[nodiscard]] bool symmetric(TermId t) const;
  [[nodiscard]] bool nonnegative(TermId t) const;

  /// Every entry is greater than 0.
  [[nodiscard]] bool positive(TermId t) const { return known(Fact::Positive, t); }
  /// No entry off the diagonal (above it, below it) differs from 0; square or not.
  [[nodiscard]] bool diagonal(TermId t) const { return known(Fact::Diagonal, t); }
  [[nodiscard]] bool lower_triangular(TermId t) const { return known(Fact::Lower, t); }
  [[nodiscard]] bool upper_triangular(TermId t) const { return known(Fact::Upper, t); }
  /// Symmetric with x'*A*x > 0 for x != 0: spd, sums with psd terms, diag(v) of positive v, inverses, A ⊗ B, A.*B, ...
  [[nodiscard]] bool positive_definite(TermId t) const { return known(Fact::Definite, t); }
  /// Symmetric with x'*A*x >= 0: besides, X'*X, A*S*A', symmetric idempotents.
  [[nodiscard]] bool positive_semidefinite(TermId t) const { return known(Fact::Semidefinite, t); }
  /// A'*A = A*A' = I.
  [[nodiscard]] bool orthogonal(TermId t) const { return known(Fact::Orthogonal, t); }
  /// A*A = A: declared, I - P, and projectors A*inv(B*A)*B.
  [[nodiscard]] bool idempotent(TermId t) const { return known(Fact::Idempotent, t); }
  /// Square, and inverted somewhere in the term's build, or invertible by one of the facts above.
  [[nodiscard]] bool nonsingular(TermId t) const { return known(Fact::Nonsingular, t); }

  /// `assume s > 0`: from now on every entry of t is taken as positive.
  void assume_positive(TermId t) { assumed_positive_.insert(t); }

 private:
  enum class Fact : std::uint8_t { Positive, Diagonal, Lower, Upper, Definite, Semidefinite, Orthogonal, Idempotent, Nonsingular };
  [[nodiscard]] bool known(Fact fact, TermId t) const;
  [[nodiscard]] bool found(Fact fact, TermId t) const;
  [[nodiscard]] bool is_positive(const Node& n) const;
  [[nodiscard]] bool is_banded(Fact fact, const Node& n) const;
  [[nodiscard]] bool is_definite(bool strictly, const Node& n) const;
  [[nodiscard]] bool is_congruence(bool strictly, const Node& n) const;
  [[nodiscard]] bool is_orthogonal(const Node& n) const;
  [[nodiscard]] bool is_idempotent(const Node& n) const;
  [[nodiscard]] bool is_nonsingular(TermId t) const;

  [[nodiscard]] bool symmetric(TermId t, int depth) const;
  [[nodiscard]] bool nonnegative(TermId t, int depth) const;
  [[nodiscard]] bool transposes(TermId a, TermId b) const;
  [[nodiscard]] TermId without_scalars(TermId t) const;

  const TermPool* pool_;
  const TermMap* definitions_;
  mutable std::unordered_map<TermId, bool> symmetric_memo_, nonnegative_memo_;
  mutable std::unordered_map<std::uint64_t, bool> fact_memo_;  ///< by term and fact
  std::unordered_set<TermId> assumed_positive_;
};

}  // namespace dvec
