/// Traces of whole programs replay; a trace with one change does not.

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "calculus/adjoint.hpp"
#include "calculus/identify.hpp"
#include "network/index_form.hpp"
#include "oracle/equal.hpp"
#include "rulebook/coverage.hpp"
#include "rulebook/replay.hpp"
#include "simplify/derive.hpp"
#include "term/term_print.hpp"
#include "tests/rule_session.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

std::string example(const std::string& name) {
  std::ifstream in(std::string(DVEC_SOURCE_DIR) + "/examples/" + name + ".dv");
  std::ostringstream text;
  text << in.rdbuf();
  REQUIRE_FALSE(text.str().empty());
  return text.str();
}

/// The judges as the program has them: index forms of the network layer, values of the oracle.
ReplayOptions judges(TermPool& pool, const std::vector<Binding>& bindings) {
  const auto definitions_of = [&pool, bindings](std::span<const SymbolId> names) {
    TermMap out;
    for (const Binding& b : bindings)
      if (std::ranges::find(names, b.name) != names.end()) out[pool.symbol(b.name)] = b.value;
    return out;
  };
  ReplayOptions out;
  out.same_index_form = [&pool, definitions_of](TermId before, TermId after, std::span<const SymbolId> unfolded) {
    return same_index_form(pool, before, after, definitions_of(unfolded)) == SameForm::Yes;
  };
  out.equal_values = [&pool, bindings](TermId before, TermId after, std::span<const SymbolId> unfolded) {
    std::vector<Definition> values;
    for (const Binding& b : bindings)
      if (std::ranges::find(unfolded, b.name) != unfolded.end()) values.push_back({b.name, b.value});
    return are_equal(pool, before, after, values).equal();
  };
  return out;
}

/// A raw sweep: every step is by a block.
Trace sweep(RuleSession& t, const Program& program) {
  Templates templates(t.pool, t.book);
  Trace trace;
  std::vector<SymbolId> wrt;
  for (const Derivative& d : program.derivatives)
    if (d.kind == DerivativeKind::Gradient) wrt.push_back(d.wrt);
  (void)adjoint_sweep(program, program.derivatives.at(0).of, wrt, templates, t.pool, trace);
  return trace;
}

constexpr const char* kProgram =
    "dim m, n, q\n"
    "var A(m,n), B(n,q), C(m,q), v(q), S(m,m)\n"
    "function f\n"
    "let Z = A*B\n"
    "let W = f(Z).*C + 2*Z\n"
    "let phi = sum(inv(S)*W*v) + logdet(S) + trace(Z'*S*W) + sum(sum(W,1).^3) + trace(kron(v*v',S))\n"
    "derive grad(phi, A), grad(phi, B), grad(phi, C), grad(phi, v), grad(phi, S)\n";

}  // namespace

TEST_CASE("each step of a sweep is proved by the rule book alone") {
  RuleSession t;
  const Trace trace = sweep(t, t.read(kProgram));
  REQUIRE(trace.steps.size() > 30);
  const ReplayVerdict v = replay(trace, t.book, t.pool);
  INFO("step " << v.step << ": " << v.reason);
  CHECK(v.outcome == ReplayOutcome::Proved);
  CHECK(v.trusted == 0);
}

TEST_CASE("vec forms and differentials are proved by the rule book alone") {
  RuleSession t;
  const Program p = t.read(
      "dim m, n, q\nvar A(m,n), B(n,q), X(n,n), V(n,n)\nfunction f\nlet Y = A*X*B\nlet F = kron(Y, f(X')) \noutput F");
  Templates templates(t.pool, t.book);
  for (const bool jacobian_wanted : {true, false}) {
    Trace trace;
    const SymbolId x = p.variables[2];
    if (jacobian_wanted)
      (void)jacobian(p, p.outputs[0], x, templates, t.pool, trace);
    else
      (void)differential(p, p.outputs[0], x, t.pool.symbol(p.variables[3]), templates, t.pool, trace);
    REQUIRE(trace.steps.size() > 4);
    const ReplayVerdict v = replay(trace, t.book, t.pool);
    INFO("step " << v.step << ": " << v.reason);
    CHECK(v.outcome == ReplayOutcome::Proved);
  }
}

TEST_CASE("the traces of the examples replay") {
  for (const char* name :
       {"01_least_squares", "02_plain_network", "03_batchnorm", "04_batchnorm_eps", "05_batchnorm_backward",
        "06_batchnorm_train", "07_batchnorm_test", "08_kronecker_jacobian", "09_stop_gradient"}) {
    RuleSession t;
    const Program program = t.read(example(name));
    const auto answers = derive(program, t.book, t.pool);
    REQUIRE(answers);
    std::vector<Binding> bindings = program.lets;
    bindings.insert(bindings.end(), answers->lines.begin(), answers->lines.end());
    std::vector<const Trace*> traces{&answers->line_trace};
    for (const Derivation& d : answers->derivations) traces.push_back(&d.trace);
    const ReplayOptions options = judges(t.pool, bindings);
    std::size_t exact = 0, trusted = 0;
    for (const Trace* trace : traces) {
      for (const Step& s : trace->steps) exact += s.kind == StepKind::Exact ? 1 : 0;
      const ReplayVerdict v = replay(*trace, t.book, t.pool, options);
      INFO(name << ", step " << v.step << ": " << v.reason);
      CHECK(v.outcome != ReplayOutcome::Broken);
      trusted += v.trusted;
    }
    INFO(name);
    CHECK(trusted == exact);  // what a block narrates is proved
  }
}

TEST_CASE("traces of Jacobians, mixed derivatives and Hessians replay") {
  RuleSession t;
  const Program program = t.read("dim m, n, q\nvar A(m,n), X(n,q), b(q), x(n), S(n,n)\nfunction f\n"
                                 "let F = kron(f(A*X)*b, X)\nlet phi = sum(f(A*x)) + x'*S*x\n"
                                 "derive jac(F, X), hess(phi, x), jac(grad(phi, x), S)");
  const auto answers = derive(program, t.book, t.pool);
  REQUIRE(answers);
  for (const Derivation& d : answers->derivations) {
    const ReplayVerdict v = replay(d.trace, t.book, t.pool);
    INFO("step " << v.step << ": " << v.reason);
    CHECK(v.outcome != ReplayOutcome::Broken);
    CHECK(v.trusted == static_cast<std::size_t>(std::ranges::count_if(d.trace.steps, [](const Step& s) {
            return s.kind == StepKind::IndexForm || s.kind == StepKind::Exact;
          })));
  }
}

TEST_CASE("a step whose result is tampered with is broken, wherever it stands") {
  RuleSession t;
  const Trace good = sweep(t, t.read(kProgram));
  for (std::size_t i = 0; i < good.steps.size(); ++i) {
    const TermId after = good.steps[i].after;
    for (const TermId w : {t.pool.negate(after), t.pool.times(Rational(2), after), t.pool.zeros(t.pool.shape(after))}) {
      Trace bad = good;
      bad.steps[i].after = w;
      const ReplayVerdict v = replay(bad, t.book, t.pool);
      INFO("step " << i << " by " << good.steps[i].rule << ": " << print(t.pool, w) << " for " << print(t.pool, after));
      REQUIRE(v.outcome == ReplayOutcome::Broken);
      CHECK(v.step == i);
    }
  }
}

TEST_CASE("a step by another rule's name is broken") {
  RuleSession t;
  const Trace good = sweep(t, t.read(kProgram));
  for (std::size_t i = 0; i < good.steps.size(); ++i) {
    if (good.steps[i].kind == StepKind::Accumulate) continue;
    for (const char* other : {"arithmetic/stop", "trace/cyclic", "no/such-rule"}) {
      Trace bad = good;
      bad.steps[i].rule = other;
      CHECK(replay(bad, t.book, t.pool).outcome == ReplayOutcome::Broken);
    }
  }
}

TEST_CASE("a step with swapped bindings is broken") {
  RuleSession t;
  const Program p = t.read("dim n\nvar A(n,n), B(n,n)\nlet phi = trace(A*B)\nderive grad(phi, A)");
  const Trace good = sweep(t, p);
  const auto product = std::ranges::find_if(good.steps, [](const Step& s) { return s.rule == "arithmetic/product"; });
  REQUIRE(product != good.steps.end());
  Trace bad = good;
  Step& s = bad.steps[static_cast<std::size_t>(product - good.steps.begin())];
  REQUIRE(s.bindings.terms.size() >= 2);
  std::swap(s.bindings.terms[0].second, s.bindings.terms[1].second);
  const ReplayVerdict v = replay(bad, t.book, t.pool);
  CHECK(v.outcome == ReplayOutcome::Broken);
  CHECK(v.reason == "arithmetic/product with its bindings is about B*A, not A*B");
}

TEST_CASE("an upstream adjoint that no step left is refused") {
  RuleSession t;
  const Program p = t.read("dim n\nvar A(n,n), B(n,n)\nlet phi = trace(A*B)\nderive grad(phi, A)");
  Trace bad = sweep(t, p);
  for (Step& s : bad.steps)
    if (s.rule == "arithmetic/product") {
      s.upstream = t.pool.symbol(p.variables[1]);
      s.after = t.pool.matmul(s.upstream, t.pool.transpose(s.upstream));  // what the rule says of it
    }
  const ReplayVerdict v = replay(bad, t.book, t.pool);
  CHECK(v.outcome == ReplayOutcome::Broken);
  CHECK(v.reason == "the upstream adjoint B was not left by an earlier step");
}

TEST_CASE("a sum of contributions that lacks one is broken") {
  RuleSession t;
  const Trace good = sweep(t, t.read(kProgram));
  const auto at = std::ranges::find_if(good.steps, [](const Step& s) { return s.kind == StepKind::Accumulate; });
  REQUIRE(at != good.steps.end());
  Trace bad = good;
  Step& s = bad.steps[static_cast<std::size_t>(at - good.steps.begin())];
  s.bindings.terms.pop_back();
  CHECK(replay(bad, t.book, t.pool).outcome == ReplayOutcome::Broken);
}

TEST_CASE("another form of the same adjoint is trusted, not proved") {
  RuleSession t;
  const Program p = t.read("dim n\nvar A(n,n), B(n,n)\nlet phi = trace(A*B)\nderive grad(phi, A)");
  Trace other = sweep(t, p);
  for (Step& s : other.steps)
    if (s.rule == "arithmetic/product") {  // trace(A*B) sends B' to A: here (B*I + 0)' written as vec and back
      const Shape shape = t.pool.shape(s.after);
      s.after = t.pool.transpose(t.pool.reshape(t.pool.vec(t.pool.symbol(p.variables[1])), shape));
    }
  const ReplayVerdict v = replay(other, t.book, t.pool);
  INFO(v.reason);
  CHECK(v.outcome == ReplayOutcome::Incomplete);
  CHECK(v.trusted == 1);
}

TEST_CASE("steps without a rule are trusted without a judge, and judged with one") {
  RuleSession t;
  const Program p = t.read("dim m, n\nvar A(m,n), B(n,m)\noutput trace(A*B), trace(B*A), trace(A*B)*2");
  Trace trace;
  Step s;
  s.before = p.outputs[0];
  s.after = p.outputs[1];
  trace.steps.push_back(s);
  CHECK(replay(trace, t.book, t.pool).outcome == ReplayOutcome::Incomplete);
  const ReplayOptions options = judges(t.pool, {});
  CHECK(replay(trace, t.book, t.pool, options).outcome == ReplayOutcome::Proved);
  trace.steps[0].after = p.outputs[2];
  CHECK(replay(trace, t.book, t.pool, options).outcome == ReplayOutcome::Broken);
  trace.steps[0].kind = StepKind::Exact;
  CHECK(replay(trace, t.book, t.pool, options).outcome == ReplayOutcome::Broken);
  trace.steps[0].after = p.outputs[1];
  CHECK(replay(trace, t.book, t.pool, options).outcome == ReplayOutcome::Incomplete);
}

TEST_CASE("an identity is used in its directions only, and under its attributes") {
  RuleSession t;
  const Program p =
      t.read("dim n\nvar S(n,n) symmetric, A(n,n), B(n,n)\noutput A*S', A*S, A*B', A*B, vec(A+B), vec(A)+vec(B)");
  const auto step = [&](const std::string& rule, TermId before, TermId after, std::vector<TermId> values) {
    Trace trace;
    Step s;
    s.kind = StepKind::Identity;
    s.rule = rule;
    s.before = before;
    s.after = after;
    const Rule& r = t.rule(rule);
    for (std::size_t i = 0; i < values.size(); ++i) s.bindings.terms.emplace_back(r.variables[i], values[i]);
    for (const std::string& d : r.dims) s.bindings.dims.emplace_back(d, t.pool.dims.symbol("n"));
    trace.steps.push_back(s);
    return replay(trace, t.book, t.pool).outcome;
  };
  const TermId S = t.pool.symbol(p.variables[0]), A = t.pool.symbol(p.variables[1]), B = t.pool.symbol(p.variables[2]);
  const auto& o = p.outputs;
  CHECK(step("transpose/of-symmetric", o[0], o[1], {S}) == ReplayOutcome::Proved);
  CHECK(step("transpose/of-symmetric", o[1], o[0], {S}) == ReplayOutcome::Broken);  // =>
  CHECK(step("transpose/of-symmetric", o[2], o[3], {B}) == ReplayOutcome::Broken);  // B is not symmetric
  CHECK(step("vec/of-sum", o[4], o[5], {A, B}) == ReplayOutcome::Proved);
  CHECK(step("vec/of-sum", o[5], o[4], {A, B}) == ReplayOutcome::Proved);  // <=>
}

TEST_CASE("coverage names the blocks that a trace used, once each") {
  RuleSession t;
  const Trace trace =
      sweep(t, t.read("dim m, n\nvar A(m,n), x(n)\nlet phi = sum(A*x) + sum(A)\nderive grad(phi, A), grad(phi, x)"));
  CHECK(rules_used(trace) == std::vector<std::string>{"arithmetic/product", "arithmetic/sum", "reduce/total"});
}
