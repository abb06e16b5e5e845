#include <unordered_set>

#include <fmt/format.h>

#include "cli/writers.hpp"
#include "term/print_latex.hpp"

namespace dvec::cli {

namespace {

/// \frac{\partial R}{\partial \gamma}, or nothing where there are no names.
std::string left_side(const ResultView& r, const TermPool& pool) {
  if (!r.of_name.valid() || !r.wrt_name.valid()) return "";
  const std::string of = latex_name(r.of), wrt = latex_name(r.wrt);
  const auto stacked = [&](const std::string& name, SymbolId s) {
    return pool.symbols[s].shape.cols == pool.dims.one() ? name : "\\operatorname{vec} " + name;
  };
  if (r.kind == "gradient") return "\\frac{\\partial " + of + "}{\\partial " + wrt + "}";
  if (r.kind == "jacobian")
    return "\\frac{\\partial " + stacked(of, r.of_name) + "}{\\partial \\left(" + stacked(wrt, r.wrt_name) + "\\right)^\\top}";
  return "";
}

}  // namespace

std::string write_latex(Session& session, const Report& report) {
  TermPool& pool = session.pool;
  std::vector<TermId> roots;
  for (const ResultView& r : report.results) roots.push_back(r.term);
  std::string out = "\\begin{align*}\n";
  std::unordered_set<SymbolId> lines;
  for (const Binding& b : report.answers.lines) lines.insert(b.name);
  for (const Binding& b : used(pool, report.definitions, roots))
    if (lines.contains(b.name))
      out += fmt::format("  {} &= {} \\\\\n", latex_name(pool.symbols[b.name].name), print_latex(pool, b.value));
  for (std::size_t i = 0; i < report.results.size(); ++i) {
    const ResultView& r = report.results[i];
    out += fmt::format("  {} &= {}{}\n", left_side(r, pool), print_latex(pool, r.term), i + 1 < report.results.size() ? " \\\\" : "");
  }
  return out + "\\end{align*}\n";
}

}  // namespace dvec::cli
