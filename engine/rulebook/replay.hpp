#pragma once
/// The checker of a trace. It believes nothing that a step says: the rule is looked up by name, its instance must be at
/// the node, and what the step concludes is found again from the rule's text.

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "rulebook/rule_book.hpp"
#include "rulebook/trace.hpp"

namespace dvec {

/// Judges of steps that no rule narrates. Given before, after and the names whose definitions may be put in.
using StepJudge = std::function<bool(TermId before, TermId after, std::span<const SymbolId> unfolded)>;

struct ReplayOptions {
  StepJudge same_index_form;  ///< of the layer that knows index forms; without it, such steps are trusted
  std::function<TermId(SymbolId)> definition;  ///< a name's value, not set where it has none; without it, steps by definitions are broken
  StepJudge equal_values;     ///< exact evaluation; its steps stay trusted, but broken when it says no
};

enum class ReplayOutcome {
  Proved,      ///< every step follows, for all sizes
  Incomplete,  ///< every step follows, but `trusted` of them only by evaluation at random points
  Broken,      ///< a step does not follow
};

struct ReplayVerdict {
  ReplayOutcome outcome = ReplayOutcome::Proved;
  std::size_t trusted = 0;
  std::size_t step = 0;  ///< Broken: which ...
  std::string reason;    ///< ... and why
};

/// What is checked, by kind of step:
///   Differential, Adjoint, VecForm  the block's form, with the bindings, is `before` (or a run of its factors);
///                                   `after` is what the linear blocks make of the block's differential, found again here
///   Adjoint                         besides, the upstream is 1, a named line, or what an earlier step left
///   Accumulate                      `after` is the sum of the recorded contributions, each left by an earlier step
///   Identity                        `after` is `before` with one side of the identity put for the other at one place, up
///                                   to where scalars and double transposes are written
///   Definition                      the same with a name and its value
///   IndexForm, Exact                by the judges
/// Shares no code with calculus.
[[nodiscard]] ReplayVerdict replay(const Trace& trace, const RuleBook& book, TermPool& pool,
                                   const ReplayOptions& options = {});

}  // namespace dvec
