/// Ways between equal terms: short, each step checked by the replayer, and none where there is none.

#include <catch2/catch.hpp>

#include <algorithm>

#include "rulebook/chain.hpp"
#include "rulebook/replay.hpp"
#include "tests/rule_session.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

constexpr const char* kNames =
    "dim m, n, p\n"
    "var A(m,n), B(n,p), C(m,n), D(n,p), x(m), y(n), z(n), v(1,n), S(n,n) symmetric, s, t\n"
    "let W = C.*(ones(m,1)*v)\n"
    "let r = sqrt(x'*x)\n";

struct Finding : RuleSession {
  Program program;
  TermId before, after;
  Chain chain;

  Finding(const std::string& from, const std::string& to) {
    program = read(std::string(kNames) + "output " + from + ", " + to + "\n");
    before = program.outputs[0];
    after = program.outputs[1];
    std::vector<NamedValue> names;
    for (const Binding& b : program.lets) names.push_back({b.name, b.value});
    chain = ChainFinder(book, pool).find(before, after, names);
  }
  [[nodiscard]] std::vector<std::string> rules() const {
    std::vector<std::string> out;
    for (const Step& s : chain.steps) out.push_back(s.rule);
    return out;
  }
  [[nodiscard]] ReplayOutcome replayed(const std::vector<Step>& steps) {
    ReplayOptions options;
    options.definition = [this](SymbolId name) {
      const auto at = std::ranges::find(program.lets, name, &Binding::name);
      return at == program.lets.end() ? TermId() : at->value;
    };
    Trace trace;
    trace.steps = steps;
    return replay(trace, book, pool, options).outcome;
  }
};

using Rules = std::vector<std::string>;

}  // namespace

TEST_CASE("one identity is one step") {
  CHECK(Finding("C*B + C*D", "C*(B + D)").rules() == Rules{"arithmetic/distributive-left"});
  CHECK(Finding("2*C*B - 6*C*D", "2*C*(B - 3*D)").rules() == Rules{"arithmetic/distributive-left"});
  CHECK(Finding("(C*B)'*x", "B'*C'*x").rules() == Rules{"transpose/of-product"});
  CHECK(Finding("A.*(ones(m,1)*v) + C", "A*diag(v) + C").rules() == Rules{"hadamard/column-scaling"});
  CHECK(Finding("ones(1,m)*(s*A)", "s*sum(A,1)").rules() == Rules{"reduce/column-sums-as-product"});
  CHECK(Finding("kron(B',C)*vec(S)*s", "s*vec(C*S*B)").rules() == Rules{"vec/of-triple-product"});
}

TEST_CASE("scalars and double transposes are a step of their own only where nothing else happens") {
  CHECK(Finding("C*(2*s*B)", "2*s*(C*B)").rules() == Rules{"scalar/out-of-right-factor"});
  CHECK(Finding("C''*y", "C*y").rules() == Rules{"transpose/twice"});
  CHECK(Finding("C''*B + (s*C)*(t*D) - (s*t)*(C*D)", "C*B").chain.closed());
}

TEST_CASE("a value is told to be the name that it has") {
  Finding f("A - (ones(m,1)*v).*C", "A - W");
  REQUIRE(f.chain.steps.size() == 1);
  CHECK(f.chain.steps[0].kind == StepKind::Definition);
  CHECK(f.replayed(f.chain.steps) == ReplayOutcome::Proved);
}

TEST_CASE("another power of what a name is a power of is told in two steps") {
  Finding f("B'*diag(y)*(x'*x)^(-0.5)", "B'*diag(y)/r");
  CHECK(f.chain.closed());
  CHECK(f.rules() == Rules{"hadamard/reciprocal-of-power", "definition"});
  CHECK(f.replayed(f.chain.steps) == ReplayOutcome::Proved);
}

TEST_CASE("every step of a way replays, and a step to another term does not") {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"C*B + C*D - A*B", "C*D - (A - C)*B"},
           {"ones(1,m)*(A.*(ones(m,1)*v))", "sum(A,1).*v"},
           {"sum(A.*(x*y'))*s", "s*(x'*A*y)"},
           {"trace(S*(y*z'))", "z'*S*y"},
           {"(A*S*y)'*x", "y'*S*A'*x"},
           {"diag(y)*(z.*y)", "z.*y.^2"},
           {"y''*z' + (-y''*z')'", "y*z' - z*y'"},
       }) {
    Finding f(from, to);
    INFO(from << " = " << to);
    REQUIRE(f.chain.closed());
    CHECK(f.chain.steps.front().before == f.before);
    CHECK(f.chain.steps.back().after == f.after);
    for (std::size_t i = 1; i < f.chain.steps.size(); ++i) CHECK(f.chain.steps[i].before == f.chain.steps[i - 1].after);
    CHECK(f.chain.steps.size() <= 6);
    CHECK(f.replayed(f.chain.steps) == ReplayOutcome::Proved);
    for (Step wrong : f.chain.steps) {
      wrong.after = f.pool.times(Rational(2), wrong.after);
      CHECK(f.replayed({wrong}) == ReplayOutcome::Broken);
    }
  }
}

TEST_CASE("between different terms there is no way") {
  CHECK_FALSE(Finding("C*B + C*D", "C*(B - D)").chain.closed());
  CHECK_FALSE(Finding("A.*(ones(m,1)*v)", "C*diag(v)").chain.closed());
  CHECK_FALSE(Finding("2*A", "3*A").chain.closed());
}

TEST_CASE("a definition is used for its own name only, and where it is known") {
  Finding f("A - (ones(m,1)*v).*C", "A - W");
  Step s = f.chain.steps.at(0);
  CHECK(replay({{s}}, f.book, f.pool).outcome == ReplayOutcome::Broken);
  s.before = f.pool.add(f.before, f.before);
  CHECK(f.replayed({s}) == ReplayOutcome::Broken);
}

TEST_CASE("an identity under a condition is used where the condition is known to hold") {
  CHECK(Finding("trace(S*y*z')", "trace(S'*y*z')").chain.closed());
  Finding open("y'*(A'*A)*z", "z'*(A'*A)*y");
  CHECK(open.chain.closed());
}
