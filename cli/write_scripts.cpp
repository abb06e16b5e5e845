/// Octave and NumPy: the derivatives as something to run.

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "cli/result_name.hpp"
#include "cli/writers.hpp"
#include "term/print_numpy.hpp"
#include "term/print_octave.hpp"
#include "term/traverse.hpp"

namespace dvec::cli {

namespace {

/// What a script needs: definitions in order, with functions put in by their formulas, and what they rest on.
struct Script {
  Definitions definitions;
  std::vector<std::pair<std::string, TermId>> results;
  std::vector<TermId> terms;  ///< all of them
  std::vector<SymbolId> variables;
  std::map<std::string, std::string> sizes;             ///< "N": "X.rows", from a variable's shape
  std::vector<std::string> open_sizes;                  ///< sizes that no variable's shape states by itself
  std::set<std::pair<std::string, int>> opaque;         ///< functions and orders that are called
};

Script collect(Session& session, const Report& report) {
  TermPool& pool = session.pool;
  Script s;
  for (const ResultView& r : report.results) s.results.emplace_back(result_name(r), with_formulas(pool, r.term));
  for (const auto& [name, term] : s.results) s.terms.push_back(term);
  s.definitions = used(pool, report.definitions, s.terms);
  for (Binding& b : s.definitions) {
    b.value = with_formulas(pool, b.value);
    s.terms.push_back(b.value);
  }
  std::set<std::string> needed;
  std::set<SymbolId> met;
  for (const TermId t : reachable(pool, s.terms)) {
    const Node& n = pool[t];
    if (n.op == Op::Symbol) met.insert(n.symbol);
    if (n.op == Op::Apply && pool.functions[n.function].kind == ElementFunction::Kind::Opaque)
      s.opaque.insert({pool.functions[n.function].name, n.order});
    for (const Dim d : {n.first, n.second, n.shape.rows, n.shape.cols})
      if (d.valid() && is_leaf(n.op) && n.op != Op::Symbol)
        needed.insert(pool.dims.symbols(d).begin(), pool.dims.symbols(d).end());
    if (n.op == Op::Reshape || n.op == Op::MatrixFunction)
      for (const Dim d : {n.shape.rows, n.shape.cols}) needed.insert(pool.dims.symbols(d).begin(), pool.dims.symbols(d).end());
  }
  for (const SymbolId v : report.program.variables) {
    if (!met.contains(v)) continue;
    s.variables.push_back(v);
    const Symbol& x = pool.symbols[v];
    for (const auto& [d, side] : {std::pair{x.shape.rows, "rows"}, std::pair{x.shape.cols, "cols"}})
      if (const auto symbol = pool.dims.as_symbol(d); symbol && needed.contains(*symbol))
        s.sizes.try_emplace(*symbol, x.name + "." + side);
  }
  for (const std::string& n : needed)
    if (!s.sizes.contains(n)) s.open_sizes.push_back(n);
  return s;
}

/// "X.rows" in the words of a language.
std::string size_of(const std::string& where, const std::string& rows, const std::string& cols, const auto& name) {
  const std::size_t dot = where.rfind('.');
  const bool is_rows = where.substr(dot + 1) == "rows";
  return fmt::format(fmt::runtime(is_rows ? rows : cols), name(where.substr(0, dot)));
}

}  // namespace

std::string write_octave(Session& session, const Report& report) {
  const TermPool& pool = session.pool;
  const Script s = collect(session, report);
  std::string out = fmt::format("% Written by dvec {}. In the workspace: ", DVEC_VERSION);
  std::vector<std::string> given;
  for (const SymbolId v : s.variables) given.push_back(pool.symbols[v].name);
  for (const std::string& n : s.open_sizes) given.push_back(n);
  for (const auto& [f, order] : s.opaque) given.push_back(octave_function(f, order));
  out += given.empty() ? "nothing.\n" : fmt::format("{}.\n", fmt::join(given, ", "));
  for (const auto& [f, order] : s.opaque)
    if (order > 0) out += fmt::format("% {} is the derivative of order {} of {}.\n", octave_function(f, order), order, f);
  for (const std::string& helper : octave_helpers(pool, s.terms)) out += helper + "\n";
  const auto same = [](const std::string& n) { return n; };
  for (const auto& [n, where] : s.sizes) out += fmt::format("{} = {};\n", n, size_of(where, "rows({})", "columns({})", same));
  for (const Binding& b : s.definitions) out += fmt::format("{} = {};\n", pool.symbols[b.name].name, print_octave(pool, b.value));
  for (const auto& [name, term] : s.results) out += fmt::format("{} = {};\n", name, print_octave(pool, term));
  return out;
}

std::string write_numpy(Session& session, const Report& report) {
  const TermPool& pool = session.pool;
  const Script s = collect(session, report);
  const std::vector<std::string> helpers = numpy_helpers(pool, s.terms);
  std::string out = fmt::format("\"\"\"Derivatives, written by dvec {}. Every argument is a two-dimensional array, or a number.\"\"\"\n", DVEC_VERSION);
  const bool needs_math = std::ranges::any_of(helpers, [](const std::string& h) { return h.find("math.") != std::string::npos; });
  out += needs_math ? "import math\n\nimport numpy as np\n" : "import numpy as np\n";
  const bool needs_scipy = std::ranges::any_of(s.terms, [&](TermId root) {
    return std::ranges::any_of(reachable(pool, root), [&](TermId t) { return pool[t].op == Op::MatrixFunction; });
  });
  if (needs_scipy) out += "import scipy.linalg\n";
  for (const std::string& helper : helpers) out += "\n\n" + helper + "\n";

  std::vector<std::string> parameters;
  for (const SymbolId v : s.variables) parameters.push_back(numpy_name(pool.symbols[v].name));
  for (const std::string& n : s.open_sizes) parameters.push_back(numpy_name(n));
  for (const auto& [f, order] : s.opaque) parameters.push_back(numpy_function(f, order));
  out += fmt::format("\n\ndef derivatives({}):\n", fmt::join(parameters, ", "));
  for (const auto& [f, order] : s.opaque)
    if (order > 0) out += fmt::format("    # {} is the derivative of order {} of {}\n", numpy_function(f, order), order, f);
  for (const auto& [n, where] : s.sizes)
    out += fmt::format("    {} = {}\n", numpy_name(n), size_of(where, "{}.shape[0]", "{}.shape[1]", numpy_name));
  for (const Binding& b : s.definitions)
    out += fmt::format("    {} = {}\n", numpy_name(pool.symbols[b.name].name), print_numpy(pool, b.value));
  out += "    return {\n";
  for (const auto& [name, term] : s.results) out += fmt::format("        \"{}\": {},\n", name, print_numpy(pool, term));
  return out + "    }\n";
}

}  // namespace dvec::cli
