#include "rulebook/chain.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "rulebook/chain_search.hpp"
#include "rulebook/instantiate.hpp"
#include "rulebook/replacement.hpp"
#include "term/traverse.hpp"

namespace dvec {

namespace {

constexpr int kDeepest = 12;               ///< levels of common context that are set aside
constexpr std::size_t kLargest = 400;      ///< nodes of a term that is looked at

}  // namespace

bool Path::closed() const {
  return std::ranges::none_of(moves, [](const Move& m) { return m.kind == StepKind::IndexForm; });
}

bool Chain::closed() const {
  return std::ranges::none_of(steps, [](const Step& s) { return s.kind == StepKind::IndexForm; });
}

ChainFinder::ChainFinder(const RuleBook& book, TermPool& pool)
    : pool_(pool), book_(book), writer_(pool), rewriter_(book, pool, writer_) {}

Chain ChainFinder::find(TermId before, TermId after, std::span<const NamedValue> names) {
  Chain out;
  if (before == after) return out;
  if (reachable(pool_, std::array{before, after}).size() > kLargest) {
    out.steps.push_back({StepKind::IndexForm, "", "", before, after, {}, {}, {}, {}});
    return out;
  }
  names_.clear();
  for (const NamedValue& n : names) names_.push_back({n.name, writer_.plain(n.value)});
  const TermId from = writer_.plain(before), to = writer_.plain(after);
  if (from == to) {
    out.steps = notation(before, after);
    return out;
  }
  Path path = with_names(from, to);
  const TermId named = path.states.back();
  Path rest = solve(named, to, kDeepest);
  if (!rest.closed())
    if (Path whole = search(named, to); whole.closed()) rest = std::move(whole);
  path.states.insert(path.states.end(), rest.states.begin() + 1, rest.states.end());
  path.moves.insert(path.moves.end(), rest.moves.begin(), rest.moves.end());
  for (std::size_t i = 0; i < path.moves.size(); ++i) {
    const Move& m = path.moves[i];
    Step s{m.kind, m.rule ? m.rule->name : "", "", path.states[i], path.states[i + 1], {}, {}, m.bindings, {}};
    if (m.kind == StepKind::Definition) {
      s.rule = "definition";
      s.unfolded = {m.name};
    }
    s.place = m.place;
    out.steps.push_back(std::move(s));
  }
  out.steps.front().before = before;
  out.steps.back().after = after;
  return out;
}

/// Values whose names the other end uses are named first, the latest names before those that they are made of. Where a name
/// is a power of something, another power of it is made one of the name's value first.
Path ChainFinder::with_names(TermId from, TermId to) {
  Path out{{from}, {}};
  const auto put = [&](TermId place, TermId at, Move move) {
    const TermId state = out.states.back(), next = writer_.plain(place == state ? at : substitute(pool_, state, {{place, at}}));
    if (next == state) return false;
    out.states.push_back(next);
    out.moves.push_back(std::move(move));
    return true;
  };
  const auto by_name = [&](const NamedValue& n) {
    const std::vector<TermId> nodes = reachable(pool_, out.states.back());
    for (std::size_t i = nodes.size(); i-- > 0;)
      for (const TermId at : replacements(writer_, pool_, nodes[i], n.value, pool_.symbol(n.name)))
        if (put(nodes[i], at, {StepKind::Definition, nullptr, n.name, {}, nodes[i]})) return true;
    return false;
  };
  const auto by_power = [&](const NamedValue& n) {
    const Node value = pool_[n.value];
    if (value.op != Op::Power) return false;
    for (const TermId place : reachable(pool_, out.states.back())) {
      const Node p = pool_[place];
      if (p.op != Op::Power || place == n.value || p.args[0] != value.args[0]) continue;
      for (const Rewriting& r : rewriter_.at(place)) {
        if (!(r.rule->two_way || r.left_to_right) || std::ranges::count(reachable(pool_, r.at), n.value) == 0) continue;
        if (put(place, r.at, {StepKind::Identity, r.rule, {}, r.bindings, place})) return true;
      }
    }
    return false;
  };
  constexpr int kPlaces = 4;  // of one name
  for (auto n = names_.rbegin(); n != names_.rend(); ++n) {
    if (is_leaf(pool_[n->value].op) || !occurs(pool_, n->name, to)) continue;
    for (int i = 0; i < kPlaces && (by_name(*n) || by_power(*n)); ++i) {}
  }
  return out;
}

/// Numbers, scalars, factors and terms that both have are set aside, then arguments that are equal.
Path ChainFinder::solve(TermId from, TermId to, int depth) {
  if (from == to) return {{from}, {}};
  if (depth == 0) return search(from, to);
  const auto inside = [&](TermId f, TermId t, const std::function<TermId(TermId)>& context) {
    return lifted(solve(f, t, depth - 1), context);
  };
  // Scalars in front.
  auto pf = writer_.parts(from), pt = writer_.parts(to);
  PlainWriter::Parts common{Rational(1), {}, {}};
  if (!pool_.is_scalar(from) || pf.scalars.size() + pt.scalars.size() > 2) {
    for (std::size_t i = pf.scalars.size(); i-- > 0;) {
      const auto at = std::ranges::find(pt.scalars, pf.scalars[i]);
      if (at == pt.scalars.end()) continue;
      common.scalars.push_back(*at);
      pt.scalars.erase(at);
      pf.scalars.erase(pf.scalars.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  if (pf.number == pt.number) {
    common.number = pf.number;
    pf.number = pt.number = Rational(1);
  }
  if (!common.scalars.empty() || !common.number.is_one()) {
    const TermId f = writer_.join(pf), t = writer_.join(pt);
    if (f != from && pool_.shape(f) == pool_.shape(from))
      return inside(f, t, [this, common](TermId s) {
        auto front = common;
        front.core = pool_.number(Rational(1));
        return pool_.scale(writer_.join(front), s);
      });
  }
  const Node f = pool_[from], t = pool_[to];
  if (f.op != t.op || f.shape != t.shape) return search(from, to);
  switch (f.op) {
    case Op::MatMul: case Op::Kron: {
      std::size_t head = 0, tail = 0;
      while (head < f.args.size() && head < t.args.size() && f.args[head] == t.args[head]) ++head;
      while (tail + head < f.args.size() && tail + head < t.args.size() && f.args[f.args.size() - 1 - tail] == t.args[t.args.size() - 1 - tail]) ++tail;
      const auto fm = f.args.subspan(head, f.args.size() - head - tail), tm = t.args.subspan(head, t.args.size() - head - tail);
      const auto product = [this, op = f.op](std::span<const TermId> p) { return op == Op::MatMul ? pool_.matmul(p) : pool_.kron(p); };
      Path by_pairs;
      const auto whole = [&, head, tail](std::span<const TermId> middle) {
        std::vector<TermId> all(f.args.begin(), f.args.begin() + static_cast<std::ptrdiff_t>(head));
        all.insert(all.end(), middle.begin(), middle.end());
        all.insert(all.end(), f.args.end() - static_cast<std::ptrdiff_t>(tail), f.args.end());
        return product(all);
      };
      if (fm.size() > 1 && fm.size() == tm.size() && pairwise(fm, tm, whole, depth, by_pairs)) return by_pairs;
      if (head + tail > 0 && !fm.empty() && !tm.empty()) {
        const TermId fs = product(fm), ts = product(tm);
        if (pool_.shape(fs) == pool_.shape(ts)) return inside(fs, ts, [&](TermId s) { return whole(std::array{s}); });
      }
      return search(from, to);
    }
    case Op::Hadamard: {
      std::vector<TermId> shared, ff, tt(t.args.begin(), t.args.end());
      for (const TermId a : f.args) {
        const auto at = std::ranges::find(tt, a);
        if (at == tt.end()) {
          ff.push_back(a);
        } else {
          shared.push_back(a);
          tt.erase(at);
        }
      }
      if (shared.empty() || ff.empty() || tt.empty()) return search(from, to);
      return inside(pool_.hadamard(ff), pool_.hadamard(tt), [&](TermId s) { return pool_.hadamard(pool_.hadamard(shared), s); });
    }
    case Op::Sum: {
      if (f.args.size() < 2 || t.args.size() < 2) return search(from, to);
      const auto rest = [&](const Node& n, const Node& other, bool shared) {
        std::vector<TermId> terms;
        std::vector<Rational> numbers;
        for (std::size_t i = 0; i < n.args.size(); ++i) {
          const auto at = std::ranges::find(other.args, n.args[i]);
          const bool in_both = at != other.args.end() && other.numbers[static_cast<std::size_t>(at - other.args.begin())] == n.numbers[i];
          if (in_both != shared) continue;
          terms.push_back(n.args[i]);
          numbers.push_back(n.numbers[i]);
        }
        return terms.empty() ? TermId() : pool_.sum(terms, numbers);
      };
      const TermId both = rest(f, t, true), ff = rest(f, t, false), tt = rest(t, f, false);
      if (!both.valid() || !ff.valid() || !tt.valid()) return search(from, to);
      return inside(writer_.plain(ff), writer_.plain(tt), [this, both](TermId s) { return pool_.add(both, s); });
    }
    default: break;
  }
  if (f.args.size() != t.args.size() || f.args.empty() || pool_.rebuild(from, t.args) != to) return search(from, to);
  Path by_pairs;
  if (pairwise(f.args, t.args, [&](std::span<const TermId> args) { return pool_.rebuild(from, args); }, depth, by_pairs)) return by_pairs;
  return search(from, to);
}

/// Argument by argument, where all their ways are found.
bool ChainFinder::pairwise(std::span<const TermId> from, std::span<const TermId> to,
                           const std::function<TermId(std::span<const TermId>)>& whole, int depth, Path& out) {
  for (std::size_t i = 0; i < from.size(); ++i)
    if (pool_.shape(from[i]) != pool_.shape(to[i])) return false;
  const bool single = std::ranges::count_if(from, [&](const TermId& a) { return a != to[static_cast<std::size_t>(&a - from.data())]; }) == 1;
  std::vector<TermId> now(from.begin(), from.end());
  out = {{writer_.plain(whole(now))}, {}};
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from[i] == to[i]) continue;
    Path part = solve(from[i], to[i], depth - 1);
    if (!single && !part.closed()) return false;
    part = lifted(std::move(part), [&](TermId s) {
      std::vector<TermId> args = now;
      args[i] = s;
      return whole(args);
    });
    out.states.insert(out.states.end(), part.states.begin() + 1, part.states.end());
    out.moves.insert(out.moves.end(), part.moves.begin(), part.moves.end());
    now[i] = to[i];
  }
  return true;
}

Path ChainFinder::lifted(Path path, const std::function<TermId(TermId)>& context) {
  for (TermId& s : path.states) s = writer_.plain(context(s));
  for (std::size_t i = path.moves.size(); i-- > 0;) {
    if (path.states[i] != path.states[i + 1]) continue;
    path.states.erase(path.states.begin() + static_cast<std::ptrdiff_t>(i));
    path.moves.erase(path.moves.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return path;
}

Path ChainFinder::search(TermId from, TermId to) { return TwoEndedSearch(pool_, writer_, rewriter_, names_).run(from, to); }

/// Two writings of one formula: a step by the rule about writing that is at the largest place.
std::vector<Step> ChainFinder::notation(TermId before, TermId after) {
  PatternSearch patterns(pool_, writer_);
  Step step{StepKind::IndexForm, "", "", before, after, {}, {}, {}, {}};
  const auto look = [&](const Rule& r, TermId side, TermId place) {
    if (!has_root_of(pool_, place, side)) return;
    patterns.propose(side, place, [&](const Bindings& b) {
      if (!step.rule.empty() || b.terms.size() != r.variables.size() || b.dims.size() != r.dims.size()) return;
      const TermId from = writer_.plain(instantiate(pool_, side, b));
      if (replacements(writer_, pool_, writer_.plain(place), from, from).empty()) return;
      step.kind = StepKind::Identity;
      step.rule = r.name;
      step.bindings = b;
    });
  };
  const std::vector<TermId> nodes = reachable(pool_, before);
  for (std::size_t i = nodes.size(); i-- > 0;) {
    for (const Rule* r : rewriter_.notation()) {
      look(*r, r->form, nodes[i]);
      if (r->two_way && step.rule.empty()) look(*r, r->to, nodes[i]);
      if (!step.rule.empty()) return {std::move(step)};
    }
  }
  return {std::move(step)};
}

}  // namespace dvec
