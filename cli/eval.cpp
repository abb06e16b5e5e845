/// dvec eval: values of what a program derives and outputs, on CSV data, by the reference interpreter.

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "check/interpret.hpp"
#include "cli/make_report.hpp"
#include "cli/result_name.hpp"
#include "cli/verbs.hpp"
#include "cli/writers.hpp"
#include "syntax/spelling.hpp"
#include "term/term_print.hpp"

namespace dvec::cli {

namespace {

struct Wanted {
  std::vector<std::string> names;
  std::vector<TermId> terms;
  void add(const std::string& name, TermId term) {
    if (std::ranges::count(names, name) > 0) return;
    names.push_back(name);
    terms.push_back(term);
  }
};

/// Objectives of gradients, outputs, and what --show names.
Result<Wanted> wanted_values(TermPool& pool, const Report& report, const Options& options) {
  Wanted out;
  for (const ResultView& r : report.results)
    if (r.of_name.valid() && r.kind == "gradient") out.add(r.of, pool.symbol(r.of_name));
  for (const TermId t : report.program.outputs) out.add(print(pool, t), t);
  std::vector<std::string> known;
  for (const std::string& name : options.show) {
    TermId found;
    for (const SymbolId v : report.program.variables)
      if (pool.symbols[v].name == name) found = pool.symbol(v);
    for (const Binding& b : report.definitions)
      if (pool.symbols[b.name].name == name) found = pool.symbol(b.name);
    if (!found.valid()) {
      for (const Binding& b : report.definitions) known.push_back(pool.symbols[b.name].name);
      Diagnostic d = error_at("E-USE-01", {}, fmt::format("there is nothing called {} to show", name));
      d.repair = nearest(name, known).value_or("");
      return d;
    }
    out.add(name, found);
  }
  return out;
}

Diagnostics write_values(const Report& report, const std::string& directory) {
  std::error_code why;
  std::filesystem::create_directories(directory, why);
  if (why) return {error_at("E-FILE-03", {}, fmt::format("the directory {} cannot be made: {}", directory, why.message()))};
  const auto write_one = [&](const std::string& name, const Matrix<double>& value) {
    return write_csv(std::filesystem::path(directory) / (name + ".csv"), value);
  };
  for (const ResultView& r : report.results)
    if (Diagnostics failed = write_one(result_name(r), *r.value); !failed.empty()) return failed;
  for (const auto& [name, value] : report.values)
    if (Diagnostics failed = write_one(file_name(name), value); !failed.empty()) return failed;
  return {};
}

}  // namespace

Response eval_verb(const Options& options) {
  Session session(RuleSelection::Differentiation);
  Result<Program> program = read_input(session, options);
  if (!program) return refuse(session, program.errors(), options);
  const Result<DataSet> data = read_data(session.pool, *program, options.data);
  if (!data) return refuse(session, data.errors(), options);
  Result<Report> report = make_report(session, std::move(*program), options, Tracing::Sweeps);
  if (!report) return refuse(session, report.errors(), options);
  const Result<Wanted> wanted = wanted_values(session.pool, *report, options);
  if (!wanted) return refuse(session, wanted.errors(), options);

  std::vector<TermId> terms;
  for (const ResultView& r : report->results) terms.push_back(r.term);
  terms.insert(terms.end(), wanted->terms.begin(), wanted->terms.end());
  Result<std::vector<Matrix<double>>> values = interpret(session.pool, terms, definitions(report->definitions), *data);
  if (!values) return refuse(session, values.errors(), options);
  std::size_t k = 0;
  for (ResultView& r : report->results) r.value = std::move((*values)[k++]);
  for (const std::string& name : wanted->names) report->values.emplace_back(name, std::move((*values)[k++]));

  if (!options.out.empty())
    if (const Diagnostics failed = write_values(*report, options.out); !failed.empty()) return refuse(session, failed, options);
  return {write(session, *report, options), "", status_of(*report)};
}

}  // namespace dvec::cli
