#include "simplify/justify.hpp"

#include <algorithm>
#include <set>

#include "network/index_form.hpp"
#include "oracle/equal.hpp"
#include "support/result.hpp"
#include "term/term_print.hpp"

namespace dvec {

namespace {

constexpr std::size_t kNamesAsAtoms = 200, kNamesPutIn = 120;

/// Lets that the terms use, directly or through each other.
std::vector<SymbolId> names_used(const TermPool& pool, TermId a, TermId b, std::span<const Binding> bindings) {
  std::set<SymbolId> used;
  const auto take = [&](TermId t) {
    for (const SymbolId s : symbols_of(pool, t)) used.insert(s);
  };
  take(a);
  take(b);
  for (auto it = bindings.rbegin(); it != bindings.rend(); ++it)
    if (used.contains(it->name)) take(it->value);
  std::vector<SymbolId> out;
  for (const Binding& d : bindings)
    if (used.contains(d.name)) out.push_back(d.name);
  return out;
}

}  // namespace

Step justify(TermPool& pool, TermId before, TermId after, std::span<const Binding> bindings, const std::string& subject) {
  Step step;
  step.subject = subject;
  step.before = before;
  step.after = after;
  step.kind = StepKind::IndexForm;
  step.rule = "same index form";
  if (same_index_form(pool, before, after, {}, kNamesAsAtoms) == SameForm::Yes) return step;
  step.unfolded = names_used(pool, before, after, bindings);
  TermMap definitions;
  for (const Binding& b : bindings)
    if (std::ranges::find(step.unfolded, b.name) != step.unfolded.end()) definitions[pool.symbol(b.name)] = b.value;
  if (same_index_form(pool, before, after, definitions, kNamesPutIn) == SameForm::Yes) return step;
  step.kind = StepKind::Exact;
  step.rule = "equal in exact evaluation";
  std::vector<Definition> values;
  for (const Binding& b : bindings)
    if (definitions.contains(pool.symbol(b.name))) values.push_back({b.name, b.value});
  const Equality equality = are_equal(pool, before, after, values);
  if (equality.outcome == Comparison::Different)
    throw Bug("a simplification changed the value of " + subject + ": " + print(pool, before) + " into " + print(pool, after));
  if (!equality.equal()) step.rule = "not decided by exact evaluation: " + equality.reason;
  return step;
}

}  // namespace dvec
