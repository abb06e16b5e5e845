/// dvec check: every derivative against evaluation at random points; every claim decided.

#include "cli/claims.hpp"
#include "cli/make_report.hpp"
#include "cli/verbs.hpp"
#include "cli/writers.hpp"

namespace dvec::cli {

Response check_verb(const Options& options) {
  Session session(RuleSelection::Differentiation);
  Result<Program> program = read_input(session, options);
  if (!program) return refuse(session, program.errors(), options);
  const Tracing tracing = program->claims.empty() ? Tracing::Sweeps : Tracing::All;  // claims may rest on the steps
  Result<Report> report = make_report(session, std::move(*program), options, tracing);
  if (!report) return refuse(session, report.errors(), options);
  judge_claims(session, *report, options);
  const std::string text = options.format == Format::Text ? write_check_text(session, *report, options) : write(session, *report, options);
  return {text, ill_typed_text(session, *report), status_of(*report)};
}

}  // namespace dvec::cli
