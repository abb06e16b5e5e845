#pragma once
/// All ways in which a side of a rule fits a term. What is found is a proposal: whoever uses it puts the bindings in and
/// looks whether the instance is there (`replacements`), so nothing rests on this search being right, or complete.

#include <functional>
#include <optional>
#include <span>

#include "rulebook/plain.hpp"
#include "rulebook/trace.hpp"

namespace dvec {

class PatternSearch {
 public:
  PatternSearch(TermPool& pool, PlainWriter& writer) : pool_(pool), writer_(writer) {}

  using Found = std::function<void(const Bindings&)>;
  /// Proposes bindings under which the pattern is the plain term, or a part of it (a run of factors, some terms of a
  /// sum). Products in patterns stand for longer ones; A' fits every term, with A its transpose; scalars in front of a
  /// product may belong to one of its variables. Stops after a fixed number of trials.
  void propose(TermId pattern, TermId term, const Found& found);

 private:
  struct List;
  void fit(TermId pattern, TermId term, const Bindings& b, const Found& next);
  void fit_arguments(std::span<const TermId> patterns, std::span<const TermId> terms, const Bindings& b, const Found& next);
  void runs(Op op, std::span<const TermId> patterns, std::span<const TermId> factors, TermId scalar, bool open, const Bindings& b,
            const Found& next);
  void factors(std::vector<TermId> patterns, std::vector<TermId> terms, TermId scalar, bool open, const Bindings& b, const Found& next);
  void terms(const List& patterns, const List& terms, std::optional<Rational> ratio, bool open, const Bindings& b, const Found& next);
  void scaled(TermId pattern, TermId term, const Bindings& b, const Found& next);
  [[nodiscard]] bool variable(TermId pattern) const;
  [[nodiscard]] bool sizes(Dim pattern, Dim actual, Bindings& b);
  TermId product(Op op, std::span<const TermId> factors);

  TermPool& pool_;
  PlainWriter& writer_;
  int trials_ = 0;
};

}  // namespace dvec
