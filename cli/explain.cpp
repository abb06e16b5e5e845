/// dvec explain: the same as derive, with every step.

#include "cli/make_report.hpp"
#include "cli/narrate.hpp"
#include "cli/verbs.hpp"
#include "cli/writers.hpp"

namespace dvec::cli {

Response explain_verb(const Options& options) {
  Session session;
  Result<Program> program = read_input(session, options);
  if (!program) return refuse(session, program.errors(), options);
  if (program->derive.empty())
    return refuse(session, {error_at("E-USE-02", {}, "the program derives nothing: it has no `derive`; --wrt NAME asks for one")}, options);
  Result<Report> report = make_report(session, std::move(*program), options);
  if (!report) return refuse(session, report.errors(), options);
  return {narrate(session, *report, options), "", status_of(*report)};
}

}  // namespace dvec::cli
