#include "cli/claims.hpp"

#include "check/claim_check.hpp"
#include "cli/make_report.hpp"
#include "cli/verify.hpp"

namespace dvec::cli {

void judge_claims(Session& session, Report& report, const Options& options) {
  const std::vector<Claim>& claims = report.program.claims;
  if (claims.empty()) return;
  EqualOptions how;
  how.seed = options.seed;
  how.admissible = admissible_sizes(session.pool, report.program);
  const std::vector<Definition> all = with_meanings(definitions(in_order(session.pool, report.program, report.answers)), report.answers);
  const std::vector<ClaimVerdict> verdicts = check_claims(session.pool, report.program, all, how, &report.answers);
  for (std::size_t i = 0; i < claims.size(); ++i) {
    const ClaimVerdict& v = verdicts.at(i);
    ClaimView c;
    c.label = claims[i].label;
    c.verdict = text(v.verdict);
    if (claims[i].expected) c.expected = text(*claims[i].expected);
    c.certificate = v.certificate;
    c.error_bound = v.error_bound;
    c.reason = v.reason;
    c.repair = v.repair;
    c.text = claims[i].text;
    c.witness = v.witness;
    c.ill_typed = claims[i].ill_typed;
    c.span = claims[i].span;
    report.claims.push_back(std::move(c));
  }
}

std::string ill_typed_text(const Session& session, const Report& report) {
  std::string out;
  for (const ClaimView& c : report.claims)
    if (c.expected != c.verdict && session.source) out += render(c.ill_typed, *session.source);
  return out;
}

}  // namespace dvec::cli
