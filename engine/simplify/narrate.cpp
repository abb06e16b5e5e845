#include "simplify/narrate.hpp"

#include <algorithm>
#include <set>

#include "rulebook/replay.hpp"
#include "simplify/justify.hpp"
#include "term/traverse.hpp"

namespace dvec {

namespace {

constexpr std::size_t kSearches = 160;  ///< simplifications that a way is looked for

bool by_certificate(const Step& s) { return s.kind == StepKind::IndexForm || s.kind == StepKind::Exact; }

}  // namespace

/// Definitions of the names that either side speaks of, or that the step rests on.
std::vector<NamedValue> Narrating::names_of(const Step& s) const {
  std::set<SymbolId> wanted(s.unfolded.begin(), s.unfolded.end());
  for (const TermId t : {s.before, s.after})
    for (const SymbolId n : symbols_of(pool_, t)) wanted.insert(n);
  std::vector<NamedValue> out;
  for (const Binding& b : bindings_)
    if (wanted.contains(b.name)) out.push_back({b.name, b.value});
  return out;
}

/// The step told by a chain; empty when what the chain leaves open has no certificate as good as the step's own.
std::vector<Step> Narrating::told(const Step& step, Chain chain) {
  for (Step& s : chain.steps) {
    s.subject = step.subject;
    if (s.kind != StepKind::IndexForm) continue;
    if (chain.steps.size() == 1) return {};
    Step closing = justify(pool_, s.before, s.after, bindings_, step.subject);
    if (closing.kind == StepKind::Exact && step.kind == StepKind::IndexForm) return {};
    s = std::move(closing);
  }
  return follows(chain) ? std::move(chain.steps) : std::vector<Step>{};
}

/// Does every step by a rule or a definition replay? Certificates are as good as their judges.
bool Narrating::follows(const Chain& chain) const {
  ReplayOptions options;
  options.definition = [this](SymbolId name) {
    const auto at = std::ranges::find(bindings_, name, &Binding::name);
    return at == bindings_.end() ? TermId() : at->value;
  };
  return replay({chain.steps}, book_, pool_, options).outcome != ReplayOutcome::Broken;
}

std::vector<Told> Narrating::tell(const Trace& trace) {
  std::vector<Told> out;
  for (const Step& step : trace.steps) {
    out.push_back({step, {}});
    if (!by_certificate(step)) continue;
    std::vector<Step>& by = out.back().by;
    if (++searches_ <= kSearches) by = told(step, finder_.find(step.before, step.after, names_of(step)));
    ++(by.empty() ? figures_.by_certificate : std::ranges::any_of(by, by_certificate) ? figures_.in_part : figures_.by_rules);
  }
  return out;
}

}  // namespace dvec
