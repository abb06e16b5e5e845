/// dvec emit: a kernel that computes what a program derives and outputs.

#include <filesystem>

#include <fmt/format.h>

#include "cli/make_report.hpp"
#include "cli/verbs.hpp"
#include "codegen/emit_eigen.hpp"
#include "codegen/emit_selftest.hpp"
#include "codegen/lower.hpp"

namespace dvec::cli {

Response emit_verb(const Options& options) {
  Session session(RuleSelection::Differentiation);
  Result<Program> program = read_input(session, options);
  if (!program) return refuse(session, program.errors(), options);
  if (options.target != "eigen" && options.target != "selftest" && options.target != "plan") {
    Diagnostic d = error_at("E-USE-06", {}, fmt::format("there is no target {}", options.target));
    d.detail.push_back("The targets are eigen (a kernel), selftest (a program that tests it), plan (what they are printed from).");
    return refuse(session, {d}, options);
  }
  const Result<Report> report = make_report(session, std::move(*program), options, Tracing::Sweeps);  // nothing unchecked is emitted
  if (!report) return refuse(session, report.errors(), options);

  const bool from_file = !options.expression && options.file != "-";
  const std::string stem = from_file ? std::filesystem::path(options.file).stem().string() : "kernel";
  const std::string name = options.name.empty() ? stem : options.name;
  const Result<KernelPlan> plan = lower(report->program, report->answers, session.pool, {name});
  if (!plan) return refuse(session, plan.errors(), options);
  EmitOptions how;
  how.source_name = from_file ? std::filesystem::path(options.file).filename().string() : session.source->name();
  how.header_name = options.header.empty() ? name + ".hpp" : options.header;
  const std::string text = options.target == "eigen"      ? emit_eigen(*plan, how)
                           : options.target == "selftest" ? emit_selftest(*plan, how)
                                                          : print(*plan);
  return {text, "", status_of(*report)};
}

}  // namespace dvec::cli
