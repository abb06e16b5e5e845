/// dvec derive: the derivatives that a program asks for, in closed form.

#include "cli/make_report.hpp"
#include "cli/verbs.hpp"
#include "cli/writers.hpp"

namespace dvec::cli {

Response derive_verb(const Options& options) {
  Session session(RuleSelection::Differentiation);
  Result<Program> program = read_input(session, options);
  if (!program) return refuse(session, program.errors(), options);
  if (program->derive.empty())
    return refuse(session, {error_at("E-USE-02", {}, "the program derives nothing: it has no `derive`; --wrt NAME asks for one")}, options);
  Result<Report> report = make_report(session, std::move(*program), options, Tracing::Sweeps);
  if (!report) return refuse(session, report.errors(), options);
  return {write(session, *report, options), "", status_of(*report)};
}

}  // namespace dvec::cli
