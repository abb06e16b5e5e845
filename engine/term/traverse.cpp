#include "term/traverse.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace dvec {

std::vector<TermId> reachable(const TermPool& pool, std::span<const TermId> roots) {
  std::unordered_set<TermId> seen;
  std::vector<TermId> stack, out;
  const auto visit = [&](TermId t) {
    if (seen.insert(t).second) {
      stack.push_back(t);
      out.push_back(t);
    }
  };
  for (const TermId r : roots) visit(r);
  while (!stack.empty()) {
    const TermId t = stack.back();
    stack.pop_back();
    for (const TermId a : pool[t].args) visit(a);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<TermId> reachable(const TermPool& pool, TermId root) { return reachable(pool, std::array{root}); }

namespace {

TermId rebuilt(TermPool& pool, TermId t, const TermMap& done) {
  std::vector<TermId> args;
  for (const TermId a : pool[t].args) args.push_back(done.at(a));
  return pool.rebuild(t, args);
}

}  // namespace

TermId substitute(TermPool& pool, TermId term, const TermMap& by) {
  TermMap done;
  for (const TermId t : reachable(pool, term)) {
    const auto replaced = by.find(t);
    done[t] = replaced != by.end() ? replaced->second : rebuilt(pool, t, done);
  }
  return done.at(term);
}

TermId substitute(TermPool& pool, TermId term, SymbolId symbol, TermId by) {
  return substitute(pool, term, {{pool.symbol(symbol), by}});
}

TermId transform(TermPool& pool, TermId term, const std::function<TermId(TermId)>& visit) {
  TermMap done;
  for (const TermId t : reachable(pool, term)) done[t] = visit(rebuilt(pool, t, done));
  return done.at(term);
}

bool occurs(const TermPool& pool, SymbolId symbol, TermId in) {
  return std::ranges::any_of(reachable(pool, in), [&](TermId t) {
    return pool[t].op == Op::Symbol && pool[t].symbol == symbol;
  });
}

std::vector<SymbolId> symbols_of(const TermPool& pool, TermId term) {
  std::vector<SymbolId> out;
  for (const TermId t : reachable(pool, term))
    if (pool[t].op == Op::Symbol) out.push_back(pool[t].symbol);
  std::sort(out.begin(), out.end(), [&](SymbolId a, SymbolId b) {
    return std::pair(pool.symbols[a].name, a) < std::pair(pool.symbols[b].name, b);
  });
  return out;
}

}  // namespace dvec
