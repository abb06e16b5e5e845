#pragma once
/// From one term to an equal one by identities, one place at a time.

#include <functional>
#include <span>
#include <vector>

#include "rulebook/chain_search.hpp"

namespace dvec {

/// A way from before to after: each step starts where the one before it arrived, and what lies between is written plainly.
/// Steps of kind Identity are by a rule, of kind Definition by a name's definition. A step of kind IndexForm is a gap: no
/// rule was found for it, and the caller closes it otherwise.
struct Chain {
  std::vector<Step> steps;
  [[nodiscard]] bool closed() const;
};

class ChainFinder {
 public:
  ChainFinder(const RuleBook& book, TermPool& pool);

  /// A short way from `before` to `after`. What both have in common is set aside, the rest is searched from both ends.
  /// Requires: equal terms of one shape. Always ends: the number of terms that are looked at is bounded.
  [[nodiscard]] Chain find(TermId before, TermId after, std::span<const NamedValue> names);

 private:
  using Context = std::function<TermId(TermId)>;
  using Whole = std::function<TermId(std::span<const TermId>)>;

  Path with_names(TermId from, TermId to);
  Path solve(TermId from, TermId to, int depth);
  Path search(TermId from, TermId to);
  bool pairwise(std::span<const TermId> from, std::span<const TermId> to, const Whole& whole, int depth, Path& out);
  Path lifted(Path path, const Context& context);
  std::vector<Step> notation(TermId before, TermId after);

  TermPool& pool_;
  const RuleBook& book_;
  PlainWriter writer_;
  Rewriter rewriter_;
  std::vector<NamedValue> names_;
};

}  // namespace dvec
