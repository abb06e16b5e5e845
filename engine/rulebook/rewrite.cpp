#include "rulebook/rewrite.hpp"

#include <algorithm>

#include "rulebook/instantiate.hpp"
#include "rulebook/replacement.hpp"
#include "term/traverse.hpp"

namespace dvec {

namespace {

constexpr std::size_t kUsesOfRule = 12;  ///< at one node, in one direction

/// A side that says nothing about the form of a term cannot be looked for: a variable, a leaf, a multiple.
bool can_be_found(const TermPool& pool, TermId side) {
  const Node& n = pool[side];
  return !is_leaf(n.op) && !(n.op == Op::Sum && n.args.size() == 1);
}

bool is_variable(const TermPool& pool, TermId side) { return pool[side].op == Op::Symbol; }

}  // namespace

Rewriter::Rewriter(const RuleBook& book, TermPool& pool, PlainWriter& writer) : pool_(pool), writer_(writer), patterns_(pool, writer) {
  for (const Rule& r : book.rules()) {
    if (r.kind != RuleKind::Identity) continue;
    if (writer.plain(r.form) == writer.plain(r.to)) {
      if (!is_variable(pool, r.form)) notation_.push_back(&r);
      continue;
    }
    if (can_be_found(pool, r.form)) by_root_[pool[r.form].op].emplace_back(&r, true);
    if (can_be_found(pool, r.to)) by_root_[pool[r.to].op].emplace_back(&r, false);
  }
}

const std::vector<Rewriting>& Rewriter::at(TermId place) {
  if (const auto known = memo_.find(place); known != memo_.end()) return known->second;
  std::vector<Rewriting> out;
  const Op op = pool_[place].op;
  const auto rules = by_root_.find(op == Op::Power ? Op::PowerBy : op);
  if (rules != by_root_.end())
    for (const auto& [rule, left_to_right] : rules->second) use(*rule, left_to_right, place, out);
  if (op == Op::Power)
    if (const auto more = by_root_.find(Op::Power); more != by_root_.end())
      for (const auto& [rule, left_to_right] : more->second) use(*rule, left_to_right, place, out);
  return memo_[place] = std::move(out);
}

void Rewriter::use(const Rule& rule, bool left_to_right, TermId place, std::vector<Rewriting>& out) {
  const TermId side = left_to_right ? rule.form : rule.to, other = left_to_right ? rule.to : rule.form;
  std::vector<Bindings> proposals;
  patterns_.propose(side, place, [&](const Bindings& b) {
    if (proposals.size() < kUsesOfRule && b.terms.size() == rule.variables.size() && b.dims.size() == rule.dims.size())
      proposals.push_back(b);
  });
  for (Bindings& b : proposals) {
    const TermId from = writer_.plain(instantiate(pool_, side, b)), to = writer_.plain(instantiate(pool_, other, b));
    if (pool_.shape(from) != pool_.shape(to)) continue;
    for (const TermId result : replacements(writer_, pool_, place, from, to)) {
      if (result == place || std::ranges::any_of(out, [&](const Rewriting& r) { return r.at == result; })) continue;
      out.push_back({&rule, left_to_right, b, result});
    }
  }
}

}  // namespace dvec
