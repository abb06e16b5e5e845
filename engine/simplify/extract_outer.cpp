/// Networks with duplication or elimination matrices at their ends: one side of D and of L is a pair of indices, which no
/// reading with two indices at a time has. They are taken off, the rest is read, and they are multiplied on again.

#include <algorithm>
#include <array>

#include "simplify/cost.hpp"
#include "simplify/extract.hpp"
#include "simplify/orient.hpp"

namespace dvec {

namespace {

bool of_vech(const Node& n) { return n.op == Op::Duplication || n.op == Op::Elimination; }

/// A monomial without a matrix at its end: what is left, and the indices that end it now.
struct Peeled {
  TermId matrix;  ///< as it stands on the left; not valid: none was there
  IndexList end;
  bool pair = false;  ///< of a duplication matrix: its two indices may change places
};

bool within(const IndexList& list, const IndexList& of) {
  return std::ranges::all_of(list, [&](Index i) { return std::ranges::find(of, i) != of.end(); });
}

/// Do the indices occur in this factor only?
bool only_there(const Monomial& m, std::size_t factor, const IndexList& list) {
  const auto is_in = [&](Index i) { return std::ranges::find(list, i) != list.end(); };
  for (std::size_t k = 0; k < m.factors.size(); ++k)
    if (k != factor && (std::ranges::any_of(m.factors[k].rows, is_in) || std::ranges::any_of(m.factors[k].cols, is_in))) return false;
  return std::ranges::none_of(m.equal, [&](const auto& e) { return is_in(e.first) || is_in(e.second); });
}

IndexList turned(const IndexList& list) { return {list.rbegin(), list.rend()}; }

void rename(Monomial& m, const IndexList& from, const IndexList& to) {
  const auto in = [&](Index& i) {
    for (std::size_t k = 0; k < from.size(); ++k)
      if (i == from[k]) {
        i = to[k];
        return;
      }
  };
  for (Factor& f : m.factors) {
    for (Index& i : f.rows) in(i);
    for (Index& i : f.cols) in(i);
  }
  for (auto& [a, b] : m.equal) {
    in(a);
    in(b);
  }
}

Peeled peel(TermPool& pool, Monomial& m, const IndexList& end) {
  for (std::size_t k = 0; k < m.factors.size(); ++k) {
    const Factor f = m.factors[k];
    const Node& n = pool[f.atom];
    if (!of_vech(n) || !f.exponent.is_one()) continue;
    const bool both_ways = n.op == Op::Duplication;
    const bool from_rows = f.rows == end || (both_ways && f.rows == turned(end));
    if (!from_rows && f.cols != end) continue;
    const IndexList inner = from_rows ? f.cols : f.rows;
    const bool diagonal = inner.size() == 2 && inner[0] == inner[1];
    if (!within(inner, m.bound) || diagonal || !only_there(m, k, end)) continue;
    m.factors.erase(m.factors.begin() + static_cast<std::ptrdiff_t>(k));
    std::erase_if(m.bound, [&](Index i) { return std::ranges::find(inner, i) != inner.end(); });
    return {from_rows ? f.atom : pool.transpose(f.atom), inner, both_ways && inner.size() == 2};
  }
  return {{}, end, false};
}

}  // namespace

bool Extractor::has_outer(const Network& network) const {
  return std::ranges::any_of(network.terms, [&](const Monomial& m) {
    return std::ranges::any_of(m.factors, [&](const Factor& f) { return of_vech(pool_[f.atom]); });
  });
}

TermId Extractor::outer(const Network& network, Shape shape) {
  struct Group {
    TermId left, right;
    Network rest;
  };
  std::vector<Group> groups;
  for (const Monomial& whole : network.terms) {
    Monomial m = whole;
    const Peeled left = peel(pool_, m, network.rows), right = peel(pool_, m, network.cols);
    if (!left.matrix.valid() && !right.matrix.valid() && has_outer({{}, {}, {m}})) return {};
    auto group = std::ranges::find_if(groups, [&](const Group& g) { return g.left == left.matrix && g.right == right.matrix; });
    if (group == groups.end()) {
      // The group's own names for the new ends; the old ends stay where nothing was taken off.
      Network rest{network.rows, network.cols, {}};
      if (left.matrix.valid()) rest.rows = fresh_like(left.end);
      if (right.matrix.valid()) rest.cols = fresh_like(right.end);
      groups.push_back({left.matrix, right.matrix, std::move(rest)});
      group = std::prev(groups.end());
    }
    // D*vec(A) = D*vec(A'): of the orders of its pairs, the one that reads shortest.
    Monomial best;
    TermId shortest;
    for (const bool turn_rows : {false, true})
      for (const bool turn_cols : {false, true}) {
        if ((turn_rows && !left.pair) || (turn_cols && !right.pair)) continue;
        Monomial candidate = m;
        if (left.matrix.valid()) rename(candidate, turn_rows ? turned(left.end) : left.end, group->rest.rows);
        if (right.matrix.valid()) rename(candidate, turn_cols ? turned(right.end) : right.end, group->rest.cols);
        const Network one{group->rest.rows, group->rest.cols, {candidate}};
        const TermId t = extract(one, {size(one.rows), size(one.cols)});
        if (!t.valid()) return {};
        const auto key = [&](TermId u) { return cost(pool_, u); };
        if (!shortest.valid() || key(t) < key(shortest) || (key(t) == key(shortest) && pool_.compare(t, shortest) < 0)) {
          shortest = t;
          best = candidate;
        }
      }
    group->rest.terms.push_back(std::move(best));
  }
  std::vector<TermId> sum;
  for (Group& g : groups) {
    collect(space_, g.rest, [this](TermId t) { return name(t); }, symmetric_);
    const TermId inside = extract(g.rest, {size(g.rest.rows), size(g.rest.cols)});
    if (!inside.valid()) return {};
    std::vector<TermId> factors;
    if (g.left.valid()) factors.push_back(g.left);
    factors.push_back(inside);
    if (g.right.valid()) factors.push_back(flipped(g.right));
    sum.push_back(product(factors));
  }
  if (sum.empty()) return pool_.zeros(shape);
  return pool_.sum(sum, std::vector<Rational>(sum.size(), Rational(1)));
}

/// The factors' product, with a coefficient or scalar of the middle one in front.
TermId Extractor::product(const std::vector<TermId>& factors) {
  std::vector<TermId> plain;
  Rational coefficient(1);
  TermId scalar = pool_.number(1);
  for (TermId f : factors) {
    for (bool again = true; again;) {
      const Node n = pool_[f];
      again = true;
      if (n.op == Op::Sum && n.args.size() == 1) {
        coefficient *= n.numbers[0];
        f = n.args[0];
      } else if (n.op == Op::Scale) {
        scalar = pool_.hadamard(scalar, n.args[0]);
        f = n.args[1];
      } else if (n.op == Op::Vec && pool_[n.args[0]].op == Op::Scale) {
        scalar = pool_.hadamard(scalar, pool_[n.args[0]].args[0]);
        f = pool_.vec(pool_[n.args[0]].args[1]);
      } else if (n.op == Op::Vec && pool_[n.args[0]].op == Op::Sum && pool_[n.args[0]].args.size() == 1) {
        coefficient *= pool_[n.args[0]].numbers[0];
        f = pool_.vec(pool_[n.args[0]].args[0]);
      } else {
        again = false;
      }
    }
    plain.push_back(f);
  }
  return pool_.times(coefficient, pool_.scale(scalar, pool_.matmul(plain)));
}

IndexList Extractor::fresh_like(const IndexList& list) {
  IndexList out;
  for (const Index i : list) out.push_back(space_.fresh(space_.dim(i)));
  return out;
}

}  // namespace dvec
