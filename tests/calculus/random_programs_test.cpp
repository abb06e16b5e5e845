/// Gradients and Jacobians of random programs with names between, all variables and lets asked for in one sweep.

#include <catch2/catch.hpp>

#include <array>
#include <random>

#include "calculus/adjoint.hpp"
#include "calculus/identify.hpp"
#include "oracle/equal.hpp"
#include "term/term_print.hpp"
#include "tests/rule_session.hpp"

using namespace dvec;
using dvec::test::RuleSession;

namespace {

/// Lets L1, L2, ... of X's shape, each of the one before and of any, that end in a scalar R.
std::string random_program(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::string> known = {"X", "C"};
  std::string text = "dim m, n\nvar X(m,n), C(m,n), S(m,m), u(m), v(n)\nfunction a\n";
  const std::size_t lets = 2 + random() % 4;
  for (std::size_t k = 1; k <= lets; ++k) {
    const std::string newest = k == 1 ? "X" : known.back(), other = known[random() % known.size()];
    const std::array forms = {newest + ".*" + other,
                              newest + " + 2*" + other,
                              "a(" + newest + ").*" + other,
                              "S*" + newest,
                              newest + " - " + other + " + X",
                              newest + "*v*v'",
                              newest + " - ones(m,1)*mean(" + newest + ",1)",
                              "diag(u)*" + newest,
                              newest + "*" + other + "'*C",
                              "inv(eye(m) + " + newest + "*" + other + "')*" + newest,
                              "u*sum(" + newest + ".*" + other + ",1)",
                              "stop(" + newest + ").*" + other + " + " + newest};
    const std::string name = "L" + std::to_string(k);
    text += "let " + name + " = " + forms[random() % forms.size()] + "\n";
    known.push_back(name);
  }
  const std::array ends = {"sum(" + known.back() + ".*C)", "trace(" + known.back() + "'*X)",
                           "u'*" + known.back() + "*v"};
  return text + "let R = " + ends[random() % ends.size()] + "\n";
}

bool apart(const DimValues& sizes) {
  return sizes.at("m") != sizes.at("n") && sizes.at("m") >= 2 && sizes.at("n") >= 2 && sizes.at("m") < 8 &&
         sizes.at("n") < 8;
}

std::vector<Definition> with(const std::vector<Binding>& lets, const std::vector<Binding>& lines) {
  std::vector<Definition> out = definitions(lets);
  for (const Binding& b : lines) out.push_back({b.name, b.value});
  return out;
}

}  // namespace

TEST_CASE("random programs: every gradient of one sweep is the derivative, by variables and by lets") {
  int not_zero = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const std::string text = random_program(seed);
    INFO("seed " << seed << "\n" << text);
    RuleSession session;
    TermPool& pool = session.pool;
    const Program program = session.read(text);
    const TermId objective = pool.symbol(program.lets.back().name);
    std::vector<SymbolId> wrt = program.variables;
    for (const Binding& b : program.lets) wrt.push_back(b.name);

    Templates templates(pool, session.book);
    Trace trace;
    const AdjointProgram sweep = adjoint_sweep(program, objective, wrt, templates, pool, trace);
    const std::vector<Definition> values = with(program.lets, sweep.adjoints);
    EqualOptions options;
    options.admissible = apart;
    options.shapes = 2;
    options.trials = 2;
    options.witness = false;
    for (std::size_t k = 0; k < wrt.size(); ++k) {
      DerivativeQuestion question;
      question.of = objective;
      question.wrt = wrt[k];
      question.candidate = sweep.gradients[k];
      const Equality right = derivative_equals(pool, question, values, options);
      INFO("by " << pool.symbols[wrt[k]].name << ": " << print(pool, sweep.gradients[k]) << "\n" << right.reason);
      CHECK(right.outcome == Comparison::Equal);
      CHECK(right.trials > 0);
      if (pool[sweep.gradients[k]].op == Op::Zeros) continue;
      ++not_zero;
      question.candidate = pool.times(Rational(2), sweep.gradients[k]);
      CHECK(derivative_equals(pool, question, values, options).outcome == Comparison::Different);
    }
  }
  CHECK(not_zero >= 150);
}

TEST_CASE("random programs: the Jacobian of the last matrix is the derivative") {
  for (std::uint64_t seed = 101; seed <= 130; ++seed) {
    const std::string text = random_program(seed);
    INFO("seed " << seed << "\n" << text);
    RuleSession session;
    TermPool& pool = session.pool;
    const Program program = session.read(text);
    const TermId last = pool.symbol(program.lets[program.lets.size() - 2].name);
    const SymbolId x = program.variables[0];
    Templates templates(pool, session.book);
    Trace trace;
    const ForwardProgram forward = jacobian(program, last, x, templates, pool, trace);
    EqualOptions options;
    options.admissible = apart;
    options.shapes = 1;
    options.trials = 2;
    options.witness = false;
    DerivativeQuestion question;
    question.form = DerivativeForm::Jacobian;
    question.of = last;
    question.wrt = x;
    question.candidate = forward.result;
    const std::vector<Definition> values = with(program.lets, forward.bindings);
    const Equality right = derivative_equals(pool, question, values, options);
    INFO(right.reason);
    CHECK(right.outcome == Comparison::Equal);
    question.candidate = pool.negate(forward.result);
    CHECK(derivative_equals(pool, question, values, options).outcome == Comparison::Different);
  }
}
