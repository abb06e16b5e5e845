#include "rulebook/chain_search.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "rulebook/replacement.hpp"
#include "term/traverse.hpp"

namespace dvec {

namespace {

constexpr int kExpansions = 40;            ///< terms whose rewritings are looked at, on each side
constexpr std::size_t kVisits = 1500;      ///< terms that are kept, on each side
constexpr int kDeepest = 5;                ///< steps from either end
constexpr std::size_t kGrowth = 30;        ///< nodes that a term on the way may have more than the larger end

}  // namespace

const std::vector<TermId>& TwoEndedSearch::inside(TermId t) {
  const auto [at, fresh] = inside_.try_emplace(t);
  if (fresh) {
    for (const TermId n : reachable(pool_, t))
      if (!is_leaf(pool_[n].op)) at->second.push_back(n);
  }
  return at->second;
}

/// Nodes that only one of them has, and operators that one has more of.
int TwoEndedSearch::distance(TermId t, TermId target) {
  const std::vector<TermId> a = inside(t), b = inside(target);
  std::array<int, 64> operators{};
  int different = 0;
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      ++i, ++j;
    } else if (j == b.size() || (i < a.size() && a[i] < b[j])) {
      ++operators[static_cast<std::size_t>(pool_[a[i++]].op)], ++different;
    } else {
      --operators[static_cast<std::size_t>(pool_[b[j++]].op)], ++different;
    }
  }
  for (const int o : operators) different += 2 * std::abs(o);
  return different;
}

Path TwoEndedSearch::run(TermId from, TermId to) {
  End front, back;
  const auto start = [&](End& end, TermId t, TermId target) {
    end.target = target;
    end.visits.push_back({t, 0, 0, distance(t, target), {}});
    end.seen[t] = 0;
    end.open.emplace(end.visits[0].distance, 0);
  };
  start(front, from, to);
  start(back, to, from);
  for (int round = 0; round < kExpansions; ++round) {
    if (front.open.empty() && back.open.empty()) break;
    if (expand(front, back, true)) return joined(front, front.visits.size() - 1, back, back.seen.at(front.visits.back().term));
    if (expand(back, front, false)) return joined(front, front.seen.at(back.visits.back().term), back, back.visits.size() - 1);
  }
  // The nearest to the other end, and what is nearest to that.
  const auto nearest = [&](const End& end, TermId target) {
    std::size_t best = 0;
    int least = distance(end.visits[0].term, target);
    for (std::size_t i = 1; i < end.visits.size(); ++i)
      if (const int d = distance(end.visits[i].term, target); d < least) best = i, least = d;
    return best;
  };
  const std::size_t f = nearest(front, to), b = nearest(back, front.visits[f].term);
  const int gap = distance(front.visits[f].term, back.visits[b].term);
  if (3 * gap > 2 * front.visits[0].distance) return joined(front, 0, back, 0);
  return joined(front, f, back, b);
}

/// Looks at the most promising term of one end. True when its last new one is known to the other end.
bool TwoEndedSearch::expand(End& here, const End& there, bool onward) {
  if (here.open.empty() || here.visits.size() > kVisits) return false;
  const std::size_t at = std::get<1>(here.open.top());
  here.open.pop();
  if (here.visits[at].depth >= kDeepest) return false;
  const TermId term = here.visits[at].term;
  const std::vector<TermId> known = inside(here.target);
  for (const TermId place : inside(term)) {
    if (place != term && std::ranges::binary_search(known, place)) continue;
    const auto arrived = [&] { return there.seen.contains(here.visits.back().term); };
    for (const Rewriting& r : rewriter_.at(place)) {
      if (!r.rule->two_way && r.left_to_right != onward) continue;
      const std::size_t before = here.visits.size();
      consider(here, at, place, r.at, {StepKind::Identity, r.rule, {}, r.bindings, onward ? place : r.at});
      if (here.visits.size() > before && arrived()) return true;
    }
    const std::size_t before = here.visits.size();
    by_names(here, at, place);
    for (std::size_t i = before; i < here.visits.size(); ++i) {
      if (!there.seen.contains(here.visits[i].term)) continue;
      here.visits.resize(i + 1);
      return true;
    }
  }
  return false;
}

void TwoEndedSearch::consider(End& here, std::size_t parent, TermId place, TermId at, Move move) {
  const TermId term = here.visits[parent].term;
  const TermId next = writer_.plain(place == term ? at : substitute(pool_, term, {{place, at}}));
  if (here.seen.contains(next)) return;
  if (inside(next).size() > std::max(inside(here.target).size(), inside(here.visits[0].term).size()) + kGrowth) return;
  here.seen[next] = here.visits.size();
  here.visits.push_back({next, parent, here.visits[parent].depth + 1, distance(next, here.target), std::move(move)});
  here.open.emplace(here.visits.back().distance + here.visits.back().depth, here.visits.size() - 1);
}

/// A value where its name may stand, or a name that the target does not use.
void TwoEndedSearch::by_names(End& here, std::size_t parent, TermId place) {
  for (const NamedValue& n : names_) {
    const TermId name = pool_.symbol(n.name);
    const auto move = [&] { return Move{StepKind::Definition, nullptr, n.name, {}, {}}; };
    for (const TermId at : replacements(writer_, pool_, place, n.value, name)) consider(here, parent, place, at, move());
    if (std::ranges::count(pool_[place].args, name) > 0 && !occurs(pool_, n.name, here.target)) {
      const TermId put_in = writer_.plain(substitute(pool_, place, {{name, n.value}}));
      consider(here, parent, place, put_in, move());
    }
  }
}

Path TwoEndedSearch::joined(const End& front, std::size_t f, const End& back, std::size_t b) const {
  Path out;
  std::vector<std::size_t> way;
  for (std::size_t i = f; i != 0; i = front.visits[i].parent) way.push_back(i);
  out.states.push_back(front.visits[0].term);
  for (std::size_t i = way.size(); i-- > 0;) {
    out.states.push_back(front.visits[way[i]].term);
    out.moves.push_back(front.visits[way[i]].move);
  }
  if (front.visits[f].term != back.visits[b].term) {
    out.states.push_back(back.visits[b].term);
    out.moves.emplace_back();
  }
  for (std::size_t i = b; i != 0; i = back.visits[i].parent) {
    out.states.push_back(back.visits[back.visits[i].parent].term);
    out.moves.push_back(back.visits[i].move);
  }
  return out;
}

}  // namespace dvec
