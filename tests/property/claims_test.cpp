/// Claims about random programs: what dvec derives is claimed and true; twice that is false, unless it is zero.

#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "all_rows.hpp"
#include "generator.hpp"
#include "isolate.hpp"
#include "tests/run_dvec.hpp"

using namespace dvec;
using namespace dvec::property;
using dvec::test::run_dvec;
using dvec::test::RuleSession;

namespace {

/// The program with claims in the place of what it derives; empty where it is refused.
std::string with_claims(RuleSession& session, const Specimen& s) {
  const SourceText source("random.dv", text_of(s));
  const Result<Program> program = read_program(source, session.book.vocabulary(), session.pool);
  if (!program) return "";
  const Result<Answers> answers = dvec::derive(*program, session.book, session.pool);
  // Of nested derivatives the last is what was asked for; one request keeps them apart.
  if (!answers || s.requests.size() != 1) return "";
  const Printed text = printed(session.pool, *program, *answers);
  std::string out = preamble(s);
  for (const std::string& line : text.lines) out += "let " + line + "\n";
  const std::string asked = text_of(s.requests[0]), answer = "(" + text.answers.back() + ")";
  return out + "claim \"right\": " + asked + " == " + answer + "\nclaim \"twice\": " + asked + " == 2*" + answer + "\nclaim \"zero\": " + answer +
         " == 0*" + answer + "\n";
}

}  // namespace

TEST_CASE("what dvec derives of random programs is decided as true, and twice that as false") {
  RuleSession session;
  int decided = 0;
  for (std::uint64_t seed = 5001; seed <= 5150; ++seed) {
    const Specimen s = Generator(seed, readable_rows()).specimen();
    const std::string text = isolated([&] { return Finding{Outcome::Right, with_claims(session, s)}; }).detail;
    if (text.empty()) continue;
    INFO("seed " << seed << "\n" << text);
    const dvec::test::Run run = run_dvec({"check", "-", "--format", "json"}, text);
    const nlohmann::json got = nlohmann::json::parse(run.out, nullptr, false);
    REQUIRE_FALSE(got.is_discarded());
    CHECK(run.status != 4);
    std::map<std::string, std::string> verdicts;
    for (const auto& c : got["claims"]) verdicts[c["label"]] = c["verdict"];
    if (verdicts.size() != 3 || verdicts["right"] == "undecided") continue;
    ++decided;
    CHECK(verdicts["right"] == "true");
    CHECK(verdicts["twice"] != (verdicts["zero"] == "true" ? "false" : "true"));
  }
  CHECK(decided >= 80);
}
