#include "simplify/named_runs.hpp"

#include <algorithm>

#include "simplify/orient.hpp"

namespace dvec {

/// The value's factors in order, and those of its transpose where an inverse is among them, with the first one as key.
std::vector<std::pair<TermId, NamedRuns::Run>> NamedRuns::runs_of(TermId name, TermId value) {
  const Node whole = pool_[value];
  const bool negative = whole.op == Op::Sum && whole.args.size() == 1 && whole.numbers[0] == Rational(-1);
  const TermId product = negative ? whole.args[0] : value;
  const Node n = pool_[product];
  const std::vector<TermId> factors(n.args.begin(), n.args.end());
  const auto signed_name = [&](TermId t) { return negative ? pool_.negate(t) : t; };
  std::vector<std::pair<TermId, Run>> out;
  if (n.op == Op::MatMul) {
    out.push_back({factors[0], {factors, name, signed_name(name)}});
    // Of products without an inverse the transpose is rarely met as one run.
    if (std::ranges::none_of(factors, [this](TermId f) { return pool_[f].op == Op::Inverse; })) return out;
    const auto symmetric = [this](TermId t) { return properties_.symmetric(t); };
    std::vector<TermId> turned;
    for (auto f = factors.rbegin(); f != factors.rend(); ++f) turned.push_back(flip(pool_, *f, symmetric));
    if (turned != factors) out.push_back({turned[0], {turned, name, signed_name(flip(pool_, name, symmetric))}});
  } else if (n.op == Op::Hadamard && pool_.is_scalar(product)) {
    out.push_back({factors[0], {factors, name, signed_name(name)}});
  }
  return out;
}

void NamedRuns::define(TermId name, TermId value) {
  for (auto& [key, run] : runs_of(name, value)) (pool_.is_scalar(run.name) && pool_[value].op != Op::MatMul ? scalars_ : chains_)[key].push_back(run);
}

void NamedRuns::forget(TermId name, TermId value) {
  for (const auto& [key, run] : runs_of(name, value))
    for (auto* table : {&chains_, &scalars_})
      if (const auto at = table->find(key); at != table->end()) std::erase_if(at->second, [name](const Run& r) { return r.name == name; });
}

TermId NamedRuns::fold(TermId term) {
  if (chains_.empty() && scalars_.empty()) return term;
  return transform(pool_, term, [this](TermId t) {
    const Op op = pool_[t].op;
    if (op == Op::MatMul) return fold_chain(t);
    return op == Op::Hadamard && pool_.is_scalar(t) ? fold_scalars(t) : t;
  });
}

TermId NamedRuns::fold_chain(TermId t) {
  std::vector<TermId> factors(pool_[t].args.begin(), pool_[t].args.end());
  bool negative = false, changed = false;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const auto at = chains_.find(factors[i]);
    if (at == chains_.end()) continue;
    const Run* longest = nullptr;
    for (const Run& r : at->second)
      if (r.factors.size() <= factors.size() - i && (!longest || r.factors.size() > longest->factors.size()) &&
          std::equal(r.factors.begin(), r.factors.end(), factors.begin() + static_cast<std::ptrdiff_t>(i)))
        longest = &r;
    if (!longest) continue;
    const Node n = pool_[longest->instead];
    const bool sign = n.op == Op::Sum;
    factors.erase(factors.begin() + static_cast<std::ptrdiff_t>(i) + 1, factors.begin() + static_cast<std::ptrdiff_t>(i + longest->factors.size()));
    factors[i] = sign ? n.args[0] : longest->instead;
    negative = negative != sign;
    changed = true;
  }
  if (!changed) return t;
  const TermId product = pool_.matmul(factors);
  return negative ? pool_.negate(product) : product;
}

TermId NamedRuns::fold_scalars(TermId t) {
  std::vector<TermId> factors(pool_[t].args.begin(), pool_[t].args.end());
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const auto at = scalars_.find(factors[i]);
    if (at == scalars_.end()) continue;
    for (const Run& r : at->second) {
      std::vector<TermId> rest = factors;
      const bool inside = std::ranges::all_of(r.factors, [&](TermId f) {
        const auto found = std::ranges::find(rest, f);
        if (found == rest.end()) return false;
        rest.erase(found);
        return true;
      });
      if (!inside) continue;
      rest.push_back(r.instead);
      return pool_.hadamard(rest);
    }
  }
  return t;
}

}  // namespace dvec
