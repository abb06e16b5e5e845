#pragma once
/// The search for a way between two terms: best first, from both ends at once.

#include <functional>
#include <queue>
#include <span>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "rulebook/rewrite.hpp"

namespace dvec {

/// A name and the value that may be written for it.
struct NamedValue {
  SymbolId name;
  TermId value;
};

/// How one plain term became the next.
struct Move {
  StepKind kind = StepKind::IndexForm;  ///< Identity, Definition; IndexForm: a gap
  const Rule* rule = nullptr;
  SymbolId name;
  Bindings bindings;
  TermId place;
};

/// moves[i] leads from states[i] to states[i+1].
struct Path {
  std::vector<TermId> states;
  std::vector<Move> moves;
  [[nodiscard]] bool closed() const;
};

class TwoEndedSearch {
 public:
  TwoEndedSearch(TermPool& pool, PlainWriter& writer, Rewriter& rewriter, std::span<const NamedValue> names)
      : pool_(pool), writer_(writer), rewriter_(rewriter), names_(names) {}

  /// From one plain term to another. A path with a gap where the ends did not meet: between the two that look most alike.
  [[nodiscard]] Path run(TermId from, TermId to);

 private:
  struct Visit {
    TermId term;
    std::size_t parent = 0;
    int depth = 0;
    int distance = 0;
    Move move;  ///< from the parent, or to it on the way back
  };
  struct End {
    std::vector<Visit> visits;
    std::unordered_map<TermId, std::size_t> seen;
    std::priority_queue<std::tuple<int, std::size_t>, std::vector<std::tuple<int, std::size_t>>, std::greater<>> open;
    TermId target;
  };

  int distance(TermId t, TermId target);
  bool expand(End& here, const End& there, bool onward);
  void consider(End& here, std::size_t parent, TermId place, TermId at, Move move);
  void by_names(End& here, std::size_t parent, TermId place);
  const std::vector<TermId>& inside(TermId t);
  Path joined(const End& front, std::size_t f, const End& back, std::size_t b) const;

  TermPool& pool_;
  PlainWriter& writer_;
  Rewriter& rewriter_;
  std::span<const NamedValue> names_;
  std::unordered_map<TermId, std::vector<TermId>> inside_;
};

}  // namespace dvec
