#include "cli/make_report.hpp"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "cli/verify.hpp"
#include "term/term_print.hpp"
#include "term/traverse.hpp"

namespace dvec::cli {

namespace {

/// Text that nobody could read is not written.
constexpr std::uint64_t kLongest = 1'000'000;

void require_readable(const TermPool& pool, TermId t, const std::string& name) {
  if (pool[t].weight > kLongest)
    throw LimitReached(fmt::format("the closed form of {} has more than {} symbols", name, kLongest));
}

const char* word(DerivativeKind kind) {
  switch (kind) {
    case DerivativeKind::Gradient: return "gradient";
    case DerivativeKind::Jacobian: return "jacobian";
    case DerivativeKind::Hessian: return "hessian";
    case DerivativeKind::Differential: return "differential";
  }
  return "";
}

/// Which derivative a name is.
using DerivativePlaces = std::unordered_map<SymbolId, std::size_t>;

/// The index of the derivative that a term is, or nothing.
std::optional<std::size_t> derivative_at(const TermPool& pool, const DerivativePlaces& places, TermId t) {
  if (pool[t].op != Op::Symbol) return std::nullopt;
  const auto at = places.find(pool[t].symbol);
  if (at == places.end()) return std::nullopt;
  return at->second;
}

ResultView view(TermPool& pool, const Report& report, const DerivativePlaces& places, TermId asked, const TermMap& results) {
  ResultView v;
  v.term = substitute(pool, asked, results);
  v.shape = pool.shape(asked);
  const std::optional<std::size_t> k = derivative_at(pool, places, asked);
  if (!k) {
    v.kind = "expression";
    v.title = v.of = print(pool, asked);
    return v;
  }
  const Derivation& d = report.answers.derivations[*k];
  v.kind = word(d.request.kind);
  v.title = pool.symbols[d.request.result].name;
  v.of = print(pool, d.request.of);
  v.wrt = pool.symbols[d.request.wrt].name;
  v.wrt_name = d.request.wrt;
  if (pool[d.request.of].op == Op::Symbol && !derivative_at(pool, places, d.request.of)) v.of_name = pool[d.request.of].symbol;
  v.notes = d.notes;
  v.check = report.checks.at(*k);
  return v;
}

}  // namespace

Definitions in_order(const TermPool& pool, const Program& program, const Answers& answers) {
  Definitions all = program.lets;
  all.insert(all.end(), answers.lines.begin(), answers.lines.end());
  for (const Derivation& d : answers.derivations) all.push_back({d.request.result, d.result, {}});
  std::unordered_map<SymbolId, std::size_t> where;
  for (std::size_t i = 0; i < all.size(); ++i) where[all[i].name] = i;

  Definitions out;
  std::vector<bool> entered(all.size(), false), placed(all.size(), false);
  for (std::size_t first = 0; first < all.size(); ++first) {
    std::vector<std::size_t> open{first};
    while (!open.empty()) {
      const std::size_t i = open.back();
      if (entered[i]) {
        open.pop_back();
        if (!placed[i]) out.push_back(all[i]);
        placed[i] = true;
        continue;
      }
      entered[i] = true;
      for (const SymbolId s : symbols_of(pool, all[i].value))
        if (const auto at = where.find(s); at != where.end() && !entered[at->second]) open.push_back(at->second);
    }
  }
  return out;
}

Result<Report> make_report(Session& session, Program program, const Options& options, Tracing tracing) {
  TermPool& pool = session.pool;
  Report report;
  report.program = std::move(program);
  DVEC_TRY(answers, derive(report.program, session.book, pool, tracing));
  report.answers = std::move(answers);

  const Definitions all = in_order(pool, report.program, report.answers);
  report.checks = check_derivatives(session, report.program, report.answers, all, options);

  DerivativePlaces places;
  for (std::size_t k = 0; k < report.program.derivatives.size(); ++k) places.try_emplace(report.program.derivatives[k].result, k);
  // In what is shown, derivatives that others build on are written out.
  TermMap results;
  for (const Binding& b : all) {
    const TermId value = substitute(pool, b.value, results);
    require_readable(pool, value, pool.symbols[b.name].name);
    if (places.contains(b.name))
      results[pool.symbol(b.name)] = value;
    else
      report.definitions.push_back({b.name, value, b.span});
  }
  for (Binding& line : report.answers.lines) line.value = substitute(pool, line.value, results);
  for (const TermId asked : report.program.derive) report.results.push_back(view(pool, report, places, asked, results));
  return report;
}

Status status_of(const Report& report) {
  Status out = Status::Done;
  for (const CheckView& c : report.checks)
    if (!c.ok) out = worse(out, Status::Undecided);
  for (const ClaimView& c : report.claims) {
    if (c.expected.empty()) {
      if (c.verdict == "false" || c.verdict == "ill-typed") out = worse(out, Status::Refuted);
      if (c.verdict == "undecided") out = worse(out, Status::Undecided);
    } else if (c.expected != c.verdict) {
      out = worse(out, c.verdict == "undecided" ? Status::Undecided : Status::Refuted);
    }
  }
  return out;
}

}  // namespace dvec::cli
