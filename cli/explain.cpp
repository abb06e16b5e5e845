/// dvec explain: the same as derive, with every step.

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cli/make_report.hpp"
#include "cli/narrate.hpp"
#include "cli/verbs.hpp"
#include "cli/writers.hpp"
#include "network/index_form.hpp"
#include "rulebook/replay.hpp"

namespace dvec::cli {

namespace {

/// Definitions of these names, fully put in: what an index form is compared under.
TermMap definitions_of(TermPool& pool, std::span<const SymbolId> names, const Definitions& all) {
  TermMap out;
  for (const Binding& b : all)
    if (std::ranges::count(names, b.name) > 0) out[pool.symbol(b.name)] = b.value;
  return out;
}

/// Replays every step, by judges that know index forms and exact evaluation. Throws Bug when a step does not follow.
std::string verdict(Session& session, const Report& report, const Narration& narration, const Options& options) {
  TermPool& pool = session.pool;
  const Definitions all = definitions_of_steps(pool, report);
  ReplayOptions judges;
  judges.same_index_form = [&](TermId before, TermId after, std::span<const SymbolId> unfolded) {
    return same_index_form(pool, before, after, definitions_of(pool, unfolded, all)) == SameForm::Yes;
  };
  judges.equal_values = [&](TermId before, TermId after, std::span<const SymbolId>) {
    EqualOptions how;
    how.seed = options.seed;
    return are_equal(pool, before, after, definitions(all), how).outcome != Comparison::Different;
  };
  judges.definition = [&](SymbolId name) {
    const auto at = std::ranges::find(all, name, &Binding::name);
    return at == all.end() ? TermId() : at->value;
  };
  const Trace trace{steps_of(narration)};
  const ReplayVerdict v = replay(trace, session.book, pool, judges);
  const std::size_t steps = trace.steps.size();
  switch (v.outcome) {
    case ReplayOutcome::Proved: return fmt::format("proved: all {} steps follow, for all sizes\n", steps);
    case ReplayOutcome::Incomplete:
      return fmt::format("incomplete: all {} steps follow, but {} of them only by exact evaluation at random points\n", steps, v.trusted);
    case ReplayOutcome::Broken: throw Bug(fmt::format("step {} of the derivation does not follow: {}", v.step + 1, v.reason));
  }
  return "";
}

}  // namespace

Response explain_verb(const Options& options) {
  Session session;
  Result<Program> program = read_input(session, options);
  if (!program) return refuse(session, program.errors(), options);
  if (program->derive.empty())
    return refuse(session, {error_at("E-USE-02", {}, "the program derives nothing: it has no `derive`; --wrt NAME asks for one")}, options);
  Result<Report> report = make_report(session, std::move(*program), options, Tracing::All);
  if (!report) return refuse(session, report.errors(), options);
  const Narration narration = narration_of(session, *report);
  return {narrate(session, *report, narration, options) + "\n" + verdict(session, *report, narration, options), "", status_of(*report)};
}

}  // namespace dvec::cli
