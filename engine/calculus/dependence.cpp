#include "calculus/dependence.hpp"

#include <algorithm>

namespace dvec {

Dependence::Dependence(const TermPool& pool, const Program& program, std::span<const SymbolId> wrt)
    : pool_(pool), active_(wrt.begin(), wrt.end()) {
  for (const Binding& b : program.lets)
    if (!active_.contains(b.name) && changes(b.value)) active_.insert(b.name);
}

std::unordered_map<TermId, bool> Dependence::nodes(TermId root) const {
  std::unordered_map<TermId, bool> out;
  for (const TermId t : reachable(pool_, root)) {
    const Node& n = pool_[t];
    if (n.op == Op::Symbol)
      out[t] = active_.contains(n.symbol);
    else
      out[t] = n.op != Op::Stop && std::ranges::any_of(n.args, [&](TermId a) { return out.at(a); });
  }
  return out;
}

}  // namespace dvec
