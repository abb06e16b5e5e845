/// 2,000 random programs: every answer is right by the oracle, or refused with a reason.

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdlib>
#include <set>

#include "all_rows.hpp"
#include "generator.hpp"
#include "isolate.hpp"
#include "shrink.hpp"

using namespace dvec;
using namespace dvec::property;
using dvec::test::RuleSession;

namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// Counts, and what a reader wants to see of them.
struct Tally {
  std::map<Outcome, std::size_t> outcomes;
  std::map<std::string, std::size_t> reasons;
  std::map<std::string, std::size_t> productions;
  std::size_t derivatives = 0, zero = 0;
  std::size_t later = 0;  ///< of those refused: for a later version
  double slowest = 0;
  std::uint64_t slowest_seed = 0;

  void productions_of(const Expr& e) {
    ++productions[e.production];
    for (const Expr& a : e.args) productions_of(a);
  }
  [[nodiscard]] std::size_t of(Outcome v) const {
    const auto at = outcomes.find(v);
    return at == outcomes.end() ? 0 : at->second;
  }
  void print() const {
    for (const auto& [v, n] : outcomes) std::printf("%6zu %s\n", n, word(v));
    std::printf("%6zu derivatives judged, %zu of them zero\n", derivatives, zero);
    for (const auto& [why, n] : reasons) std::printf("%6zu   %s\n", n, why.c_str());
    std::printf("slowest: seed %llu, %.2f s\n", static_cast<unsigned long long>(slowest_seed), slowest);
  }
};

Finding examined(RuleSession& session, const Specimen& s, const Limits& limits = {}) {
  const std::string head = preamble(s), derive = derive_of(s);
  return isolated([&] { return examine(session, head, derive, s.seed % 20 == 0); }, limits);
}

/// Seeds one after the other; failures are made smaller and reported.
Tally run(std::uint64_t first, std::uint64_t count, std::size_t most_reports) {
  RuleSession session;
  Tally tally;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const Specimen s = Generator(seed, readable_rows()).specimen();
    for (const Request& r : s.requests)
      for (const Expr& a : r.args) tally.productions_of(a);
    for (const Let& l : s.lets) tally.productions_of(l.body);
    const auto start = std::chrono::steady_clock::now();
    const Finding f = examined(session, s);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (seconds > tally.slowest) tally.slowest = seconds, tally.slowest_seed = seed;
    ++tally.outcomes[f.outcome];
    tally.derivatives += static_cast<std::size_t>(f.derivatives);
    tally.zero += static_cast<std::size_t>(f.zero);
    if (f.outcome == Outcome::Refused || f.outcome == Outcome::Unjudged) ++tally.reasons[std::string(word(f.outcome)) + ": " + f.detail];
    if (f.outcome == Outcome::Refused && f.detail.starts_with("E-LATER-01")) ++tally.later;
    if (harmless(f.outcome)) continue;
    if (most_reports == 0) continue;
    --most_reports;
    const Specimen small = shrunk(s, [&](const Specimen& c) { return examined(session, c).outcome == f.outcome; });
    const std::string why = examined(session, small).detail;
    std::printf("---- seed %llu: %s\n%s  %s\n", static_cast<unsigned long long>(seed), word(f.outcome), text_of(small).c_str(), why.c_str());
    std::fflush(stdout);
  }
  return tally;
}

}  // namespace

TEST_CASE("every row of the grammar is read, or said to be for a later version") {
  for (const Production& row : all_rows()) {
    const std::string code = refusal(row);
    INFO(row.name << ": " << code);
    CHECK((code.empty() || code == "E-LATER-01" || (row.name == "matrix^size" && code == "E-SHAPE-05")));
  }
}

TEST_CASE("every operator and function of the language occurs in the random programs") {
  const RuleSession session;
  std::set<std::string> names;
  for (const std::string& n : primitive_names()) names.insert(n);
  for (const std::string& n : session.book.vocabulary().names()) names.insert(n);
  for (std::size_t f = 0; f < session.pool.functions.size(); ++f) names.insert(session.pool.functions[FunctionId(f)].name);
  std::erase_if(names, [](const std::string& n) { return std::isalpha(static_cast<unsigned char>(n[0])) == 0; });  // of rules
  std::string all;
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) all += text_of(Generator(seed, readable_rows()).specimen());
  const auto occurs = [&](const std::string& n) {
    const auto letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    for (std::size_t at = all.find(n); at != std::string::npos; at = all.find(n, at + 1))
      if (!letter(all[at + n.size()]) && (at == 0 || !letter(all[at - 1]))) return true;
    return false;
  };
  for (const std::string& n : names) {
    INFO(n);
    CHECK(occurs(n));
  }
}

TEST_CASE("2,000 random programs: no answer is wrong, nothing crashes, little is refused") {
  const Tally tally = run(1, 2000, 10);
  tally.print();
  for (const auto& [v, n] : tally.outcomes) {
    INFO(word(v) << ": " << n);
    CHECK(harmless(v));
  }
  CHECK(tally.later <= 60);
  CHECK(tally.of(Outcome::Refused) - tally.later <= 20);
  CHECK(tally.of(Outcome::Unjudged) <= 20);
}

TEST_CASE("random programs, as many as one likes", "[.hunt]") {
  // DVEC_SEED=100000 DVEC_COUNT=10000 test_property [.hunt]
  const Tally tally = run(from_environment("DVEC_SEED", 10000), from_environment("DVEC_COUNT", 1000), from_environment("DVEC_REPORTS", 1000));
  tally.print();
  for (const auto& [name, n] : tally.productions) std::printf("%6zu %s\n", n, name.c_str());
}

TEST_CASE("the texts of random programs", "[.show]") {
  const std::uint64_t first = from_environment("DVEC_SEED", 1), count = from_environment("DVEC_COUNT", 1);
  for (std::uint64_t seed = first; seed < first + count; ++seed)
    std::printf("%s%s", text_of(Generator(seed, readable_rows()).specimen()).c_str(), count == 1 ? "" : "====\n");
}
