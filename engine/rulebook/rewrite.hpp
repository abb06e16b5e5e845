#pragma once
/// What the identities of the rule book make of a term, at one node.

#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "rulebook/pattern.hpp"
#include "rulebook/rule_book.hpp"

namespace dvec {

/// A use of an identity: one of its sides, with the bindings, is at the node; the other side put there gives `at`.
struct Rewriting {
  const Rule* rule = nullptr;
  bool left_to_right = true;
  Bindings bindings;
  TermId at;
};

class Rewriter {
 public:
  Rewriter(const RuleBook& book, TermPool& pool, PlainWriter& writer);

  /// All uses at this plain node that are found, each of another result, at most some tens. Both directions, also of rules
  /// that are written for one. Remembered by node.
  [[nodiscard]] const std::vector<Rewriting>& at(TermId place);

  /// Rules that only say where scalars and transposes are written: those with one plain writing on both sides.
  [[nodiscard]] std::span<const Rule* const> notation() const { return notation_; }

 private:
  void use(const Rule& rule, bool left_to_right, TermId place, std::vector<Rewriting>& out);

  TermPool& pool_;
  PlainWriter& writer_;
  PatternSearch patterns_;
  std::map<Op, std::vector<std::pair<const Rule*, bool>>> by_root_;
  std::vector<const Rule*> notation_;
  std::unordered_map<TermId, std::vector<Rewriting>> memo_;
};

}  // namespace dvec
