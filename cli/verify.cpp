#include "cli/verify.hpp"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

namespace dvec::cli {

namespace {

DerivativeForm form_of(DerivativeKind kind) {
  switch (kind) {
    case DerivativeKind::Gradient: return DerivativeForm::Gradient;
    case DerivativeKind::Jacobian: return DerivativeForm::Jacobian;
    case DerivativeKind::Hessian: return DerivativeForm::Hessian;
    case DerivativeKind::Differential: return DerivativeForm::Differential;
  }
  throw Bug("unknown kind of derivative");
}

Reading reading_of(const Derivative& d) {
  if (d.by_vech) return Reading::Stacked;
  switch (d.convention) {
    case Convention::Structured: return Reading::Structured;
    case Convention::Entries: return Reading::Entries;
    case Convention::Unconstrained: return Reading::Unconstrained;
  }
  throw Bug("unknown convention");
}

std::string counted(std::size_t n, const char* what) { return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s"); }

CheckView view(const Equality& e) {
  CheckView v;
  v.method = e.method == Method::Field ? "exact" : "numeric";
  v.points = e.trials;
  v.worst_relative_error = e.worst_relative_error;
  v.ok = e.equal();
  if (!v.ok) {
    v.detail = e.reason.empty() ? "no point was found at which it could be evaluated" : e.reason;
    return v;
  }
  std::string where = "at random points";
  if (!e.sizes.empty() && !e.sizes.front().empty()) where += " in " + counted(e.sizes.size(), "size");
  constexpr int enough = 100;  // more says nothing to a reader; JSON has the number of points
  if (e.method == Method::Float)
    v.detail = fmt::format("in 113-bit floats {}, relative error {:.0e}", where, e.worst_relative_error);
  else if (e.error_bits > 0)
    v.detail = fmt::format("exactly, {}, error probability below 2^-{}", where, std::min(e.error_bits, enough));
  else
    v.detail = "exactly, " + where;
  return v;
}

std::optional<Rational> size_value(const TermPool& pool, TermId t, const DimValues& sizes) {
  const Node& n = pool[t];
  if (n.op == Op::Number) return n.numbers[0];
  if (n.op == Op::Size) return pool.dims.evaluate_exact(n.first, sizes);
  return std::nullopt;
}

}  // namespace

std::function<bool(const DimValues&)> admissible_sizes(const TermPool& pool, const Program& program) {
  std::vector<Assumption> about_sizes;
  const auto is_size = [&](TermId t) { return pool[t].op == Op::Number || pool[t].op == Op::Size; };
  for (const Assumption& a : program.assumptions)
    if (is_size(a.left) && is_size(a.right)) about_sizes.push_back(a);
  if (about_sizes.empty()) return {};
  return [&pool, about_sizes](const DimValues& sizes) {
    for (const Assumption& a : about_sizes) {
      const auto l = size_value(pool, a.left, sizes), r = size_value(pool, a.right, sizes);
      if (!l || !r) continue;
      const bool holds = a.relation == ">"    ? *l > *r
                         : a.relation == ">=" ? *l >= *r
                         : a.relation == "<"  ? *l < *r
                         : a.relation == "<=" ? *l <= *r
                         : a.relation == "==" ? *l == *r
                                              : !(*l == *r);
      if (!holds) return false;
    }
    return true;
  };
}

std::vector<Definition> with_meanings(std::vector<Definition> all, const Answers& answers) {
  std::unordered_map<SymbolId, TermId> meanings;
  for (const Derivation& d : answers.derivations)
    if (d.meaning.valid()) meanings[d.request.result] = d.meaning;
  for (Definition& definition : all)
    if (const auto meaning = meanings.find(definition.name); meaning != meanings.end()) definition.value = meaning->second;
  return all;
}

std::vector<CheckView> check_derivatives(Session& session, const Program& program, const Answers& answers,
                                         const Definitions& all, const Options& options) {
  std::vector<DerivativeQuestion> questions;
  for (const Derivation& d : answers.derivations) {
    DerivativeQuestion q;
    q.form = form_of(d.request.kind);
    q.of = d.request.of;
    q.wrt = d.request.wrt;
    q.candidate = d.result;
    q.reading = reading_of(d.request);
    q.direction = d.request.direction;
    questions.push_back(q);
  }
  EqualOptions how;
  how.seed = options.seed;
  how.admissible = admissible_sizes(session.pool, program);
  std::vector<CheckView> views;
  const auto judged = derivatives_equal(session.pool, questions, with_meanings(definitions(all), answers), how);
  for (std::size_t k = 0; k < judged.size(); ++k) {
    if (judged[k].outcome == Comparison::Different)
      throw Bug(fmt::format("the derivative {} fails its check: {}", session.pool.symbols[answers.derivations[k].request.result].name,
                            judged[k].reason));
    views.push_back(view(judged[k]));
  }
  return views;
}

}  // namespace dvec::cli
