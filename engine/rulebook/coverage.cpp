#include "rulebook/coverage.hpp"

#include <set>

namespace dvec {

std::vector<std::string> rules_used(const Trace& trace) {
  std::set<std::string> names;
  for (const Step& s : trace.steps)
    if (s.kind != StepKind::IndexForm && s.kind != StepKind::Exact && !s.rule.empty()) names.insert(s.rule);
  return {names.begin(), names.end()};
}

}  // namespace dvec
