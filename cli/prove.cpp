/// dvec prove: is a claim true?

#include "cli/claims.hpp"
#include "cli/make_report.hpp"
#include "cli/verbs.hpp"
#include "cli/writers.hpp"
#include "syntax/elaborate.hpp"

namespace dvec::cli {

Response prove_verb(const Options& options) {
  Session session(RuleSelection::Differentiation);
  session.source = std::make_unique<SourceText>("<claim>", options.expression.value_or(""));
  Result<Program> program = read_claim(*session.source, session.book.vocabulary(), session.pool);
  if (!program) return refuse(session, program.errors(), options);
  Result<Report> report = make_report(session, std::move(*program), options, Tracing::All);
  if (!report) return refuse(session, report.errors(), options);
  judge_claims(session, *report, options);
  return {write(session, *report, options), ill_typed_text(session, *report), status_of(*report)};
}

}  // namespace dvec::cli
