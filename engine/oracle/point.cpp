#include "oracle/point.hpp"

#include "support/result.hpp"

namespace dvec {

PointPlan::PointPlan(const Schedule& s, const PointQuestion& q) : schedule(s), question(q), moves(s.size(), false) {
  for (const Motion& m : q.motions) {
    given = given || m.direction.has_value();
    gauged = gauged || m.gauge.has_value();
    const std::uint32_t slot = s.slot(m.name);
    if (slot == Schedule::kNone) continue;
    moves[slot] = true;
    require(motions.emplace(slot, &m).second, "a name moves in one direction");
  }
  followed = s.needed_for(q.followed);
  under_definite = under_definite_functions(s);

  std::unordered_map<std::string, std::uint64_t> namesakes;
  const SymbolTable& symbols = s.pool().symbols;
  std::vector<SymbolId> names;
  for (const std::uint32_t slot : s.variables()) names.push_back(s.node(slot).symbol);
  for (const Motion& m : q.motions) {
    names.push_back(m.name);
    if (m.slot) names.push_back(*m.slot);
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const SymbolId name : names)
    keys[name] = combine(hash_text(symbols[name].name), namesakes[symbols[name].name]++);
}

std::uint64_t PointPlan::key(SymbolId s) const { return keys.at(s); }

}  // namespace dvec
