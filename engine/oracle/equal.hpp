#pragma once
/// Are two terms equal? Is this the derivative? Judged by evaluation at random points, never by rules or calculus.
///
/// First in exact arithmetic over a 61-bit prime field (two primes, several shapes), which bounds the error of `Equal`;
/// where that does not apply, or where its refusal proves nothing (sign, log, nested exp), in 113-bit floats.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "oracle/matrix.hpp"
#include "oracle/schedule.hpp"
#include "term/term_pool.hpp"

namespace dvec {

enum class Comparison {
  Equal,
  Different,    ///< a witness was found, or exact arithmetic refutes
  Undefined,    ///< no point was found at which both sides have values
  Unsupported,  ///< a stated limit, or an operation without a meaning here; `reason` says which
};

enum class Method {
  Field,  ///< exact arithmetic modulo primes
  Float,  ///< floats of 113 bits
};

struct EqualOptions {
  std::uint64_t seed = 1;
  int shapes = 3;   ///< different sizes to try
  int trials = 3;   ///< points at each; more where signs are at stake
  /// Sizes that the context allows (n > m, n >= 2); all when empty.
  std::function<bool(const DimValues&)> admissible;
  bool floats = true;   ///< may fall back to floats
  bool witness = true;  ///< look for a small counterexample when the sides differ
};

/// Values at which two sides differ, in doubles.
struct Witness {
  DimValues sizes;
  std::vector<std::pair<std::string, Matrix<double>>> values;  ///< of the variables, in order of name
  std::string functions;  ///< what stood for opaque functions: "a(t) = t^2"; may be empty
  Matrix<double> left, right;
};

/// The sizes that were tried; shared by the answers to many questions that were put together.
class TriedSizes {
 public:
  void add(DimValues sizes) {
    auto more = std::make_shared<std::vector<DimValues>>(*all_);
    more->push_back(std::move(sizes));
    all_ = std::move(more);
  }
  [[nodiscard]] std::size_t size() const { return all_->size(); }
  [[nodiscard]] bool empty() const { return all_->empty(); }
  [[nodiscard]] const DimValues& front() const { return all_->front(); }
  [[nodiscard]] const DimValues& operator[](std::size_t i) const { return (*all_)[i]; }
  [[nodiscard]] auto begin() const { return all_->begin(); }
  [[nodiscard]] auto end() const { return all_->end(); }

 private:
  std::shared_ptr<const std::vector<DimValues>> all_ = std::make_shared<std::vector<DimValues>>();
};

struct Equality {
  Comparison outcome = Comparison::Unsupported;
  Method method = Method::Field;
  int trials = 0;                  ///< points at which both sides had values
  TriedSizes sizes;                ///< each once
  int error_bits = 0;              ///< Field, Equal: the probability of a wrong "equal" is at most 2^-bits; 0: no bound known
  double worst_relative_error = 0; ///< Float
  std::int64_t items = 0;          ///< evaluated in all, points without values included
  std::string reason;              ///< one line: why unsupported, what was assumed
  std::optional<Witness> witness;

  [[nodiscard]] bool equal() const { return outcome == Comparison::Equal; }
};

/// left == right for all values of their variables at which both are defined?
/// Lets are evaluated from their definitions (in order: later ones may use earlier ones); a let that has none, a
/// direction, and a pattern are free. Requires: equal shapes.
[[nodiscard]] Equality are_equal(const TermPool& pool, TermId left, TermId right,
                                 std::span<const Definition> definitions = {}, const EqualOptions& options = {});

/// `differential` == d/de of(v1 + e s1, v2 + e s2, ...) at e = 0, for pairs (variable, slot) of equal shape?
/// This is the soundness of an operator's block: of = f(A,B), differential linear in dA and dB.
[[nodiscard]] Equality differential_equals(const TermPool& pool, TermId of, TermId differential,
                                           std::span<const std::pair<SymbolId, SymbolId>> slots,
                                           std::span<const Definition> definitions = {}, const EqualOptions& options = {});

/// Which derivative by a structured variable is meant (docs/conventions.md).
enum class Reading {
  Structured,     ///< projected on the structure
  Entries,        ///< by each free entry, in the variable's shape
  Unconstrained,  ///< all entries independent
  Stacked,        ///< by each free entry, stacked: grad(F, vech(X))
};

enum class DerivativeForm { Gradient, Jacobian, Hessian, Differential };

struct DerivativeQuestion {
  DerivativeForm form = DerivativeForm::Gradient;
  TermId of;                        ///< F or phi
  SymbolId wrt;                     ///< X: a variable, or a let that is taken as independent
  TermId candidate;                 ///< what is said to be the derivative
  Reading reading = Reading::Unconstrained;
  std::optional<TermId> direction;  ///< Differential: V
};

/// Is `candidate` the derivative? By Taylor coefficients along random directions, through all lets:
///   gradient      d phi[H] == <candidate, H>
///   Jacobian      vec dF[H] == candidate * vec H
///   Hessian       d2 phi[H,H] == (vec H)' candidate vec H, and candidate symmetric
///   differential  dF[V] == candidate
/// with H in the tangent space of the variable's structure, and the candidate (each row of a Jacobian or Hessian) in the
/// structure, unless unconstrained. Entries is a reading of gradients.
[[nodiscard]] Equality derivative_equals(const TermPool& pool, const DerivativeQuestion& question,
                                         std::span<const Definition> definitions = {}, const EqualOptions& options = {});

/// The same for many at once.
[[nodiscard]] std::vector<Equality> derivatives_equal(const TermPool& pool, std::span<const DerivativeQuestion> questions,
                                                      std::span<const Definition> definitions = {},
                                                      const EqualOptions& options = {});

}  // namespace dvec
