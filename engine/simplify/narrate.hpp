#pragma once
/// Simplifications told by the rules of the rule book, where they can tell them.

#include <span>
#include <vector>

#include "rulebook/chain.hpp"
#include "syntax/program.hpp"

namespace dvec {

/// A step of a derivation and how it is told: by itself, or by steps that lead from its `before` to its `after`.
struct Told {
  Step step;
  std::vector<Step> by;  ///< empty: the step stands by itself
};

/// How the simplifications of a derivation were told.
struct TellingFigures {
  std::size_t by_rules = 0;      ///< by identities and definitions from end to end
  std::size_t in_part = 0;       ///< with a certificate for what no rule was found for
  std::size_t by_certificate = 0;
};

/// Takes the simplifications of traces apart: into identities of the rule book and definitions of names, one place at a time;
/// what they leave open keeps its certificate (index form, exact evaluation). The work for one step is bounded, and so is
/// the number of steps: when derivations are very long the later ones keep their certificates.
/// Promise: every step replays under the judges under which the trace did.
class Narrating {
 public:
  /// `bindings`: definitions of all names in the traces, in the order of computation.
  Narrating(TermPool& pool, const RuleBook& book, std::span<const Binding> bindings) : pool_(pool), book_(book), finder_(book, pool), bindings_(bindings) {}

  [[nodiscard]] std::vector<Told> tell(const Trace& trace);
  [[nodiscard]] const TellingFigures& figures() const { return figures_; }

 private:
  std::vector<NamedValue> names_of(const Step& step) const;
  std::vector<Step> told(const Step& step, Chain chain);
  bool follows(const Chain& chain) const;

  TermPool& pool_;
  const RuleBook& book_;
  ChainFinder finder_;
  std::span<const Binding> bindings_;
  TellingFigures figures_;
  std::size_t searches_ = 0;
};

}  // namespace dvec
