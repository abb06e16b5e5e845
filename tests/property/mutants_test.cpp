/// The examination can fail: answers that are changed a little are not taken for right.

#include <catch2/catch.hpp>

#include "all_rows.hpp"
#include "generator.hpp"
#include "isolate.hpp"

using namespace dvec;
using namespace dvec::property;
using dvec::test::RuleSession;

namespace {

struct Mutant {
  std::string how;
  TermId term;
};

/// Sign, factor, transpose, a term dropped, a factor doubled: all that keep the shape.
std::vector<Mutant> mutants(TermPool& pool, TermId t) {
  std::vector<Mutant> out = {{"sign", pool.negate(t)}, {"factor", pool.times(Rational(3, 2), t)}};
  if (pool.shape(t).rows == pool.shape(t).cols && !pool.is_scalar(t)) out.push_back({"transpose", pool.transpose(t)});
  for (const TermId at : reachable(pool, std::array{t})) {
    const Node n = pool[at];
    if (n.op == Op::Sum && n.args.size() > 1) {
      const std::vector<TermId> args(n.args.begin() + 1, n.args.end());
      const std::vector<Rational> numbers(n.numbers.begin() + 1, n.numbers.end());
      out.push_back({"dropped term", substitute(pool, t, {{at, pool.sum(args, numbers)}})});
    }
    if (n.op == Op::Power) out.push_back({"power", substitute(pool, t, {{at, pool.power(n.args[0], n.numbers[0] + Rational(1))}})});
    if (n.op == Op::Apply) out.push_back({"derivative mark", substitute(pool, t, {{at, pool.apply(n.function, n.order + 1, n.args[0])}})});
  }
  return out;
}

struct Count {
  int refused = 0, equal = 0, taken = 0;
};

/// One program's mutants; `taken` are those that pass though they differ in value from the answer.
Count count(RuleSession& session, const Specimen& s) {
  TermPool& pool = session.pool;
  Count out;
  const SourceText source("random.dv", text_of(s));
  const Result<Program> program = read_program(source, session.book.vocabulary(), pool);
  if (!program) return out;
  const Result<Answers> answers = dvec::derive(*program, session.book, pool);
  if (!answers) return out;
  const Result<Reread> again = read_again(pool, session.book, preamble(s), derive_of(s), printed(pool, *program, *answers));
  if (!again) return out;
  const EqualOptions how = examination(pool, again->program);
  for (std::size_t k = 0; k < again->candidates.size(); ++k) {
    const DerivativeQuestion right = question_of(again->program.derivatives[k], again->candidates[k]);
    if (!derivative_equals(pool, right, again->definitions, how).equal()) continue;
    for (const Mutant& m : mutants(pool, again->candidates[k])) {
      DerivativeQuestion q = right;
      q.candidate = m.term;
      const Comparison judged = derivative_equals(pool, q, again->definitions, how).outcome;
      if (judged == Comparison::Different) ++out.refused;
      if (judged != Comparison::Equal) continue;
      const bool same = are_equal(pool, m.term, right.candidate, again->definitions, how).equal();
      ++(same ? out.equal : out.taken);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("of random programs' answers with one change, none passes that has another value") {
  RuleSession session;
  Count all;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    const Specimen s = Generator(seed, readable_rows()).specimen();
    const Finding f = isolated([&] {
      const Count c = count(session, s);
      return Finding{Outcome::Right, std::to_string(c.taken), c.refused, c.equal};
    });
    INFO("seed " << seed << "\n" << text_of(s));
    CHECK(f.outcome == Outcome::Right);
    CHECK(f.detail == "0");
    all.refused += f.derivatives;
    all.equal += f.zero;
  }
  std::printf("%d mutants refused, %d of the same value\n", all.refused, all.equal);
  CHECK(all.refused >= 400);
}
