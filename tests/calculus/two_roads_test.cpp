/// A gradient comes by the adjoint sweep, a Jacobian by vec forms. Both roads must arrive at one place, and be right.

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>

#include "calculus/adjoint.hpp"
#include "calculus/identify.hpp"
#include "oracle/equal.hpp"
#include "term/term_print.hpp"
#include "tests/rule_session.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

constexpr const char* kNames = "dim m, n, q\n"
                               "var A(m,n), X(n,q), B(q,m), C(m,q), S(n,n), x(n), y(n), z(1,q), s, P(n,q) positive\n"
                               "function f\n"
                               "function g(t) = t/(1+t^2)\n";

bool apart(const DimValues& sizes) {
  std::vector<std::int64_t> seen;
  for (const auto& [name, value] : sizes) {
    if (value < 2 || std::ranges::find(seen, value) != seen.end()) return false;
    seen.push_back(value);
  }
  return true;
}

/// Program lets and the lets that the sweep made.
std::vector<Definition> all(const Program& p, const std::vector<Binding>& more) {
  std::vector<Definition> out = definitions(p.lets);
  for (const Binding& b : more) out.push_back({b.name, b.value});
  return out;
}

struct Case {
  const char* wrt;
  const char* lets;
  const char* phi;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> table = {
      {"X", "", "trace(A*X*B)"},
      {"X", "let Z = A*X\nlet W = Z.*C\n", "sum(W.*Z)"},
      {"X", "let Z = A*X\n", "sum(f(Z).*C) + sum(f'(Z))"},
      {"X", "", "sum(g(X)) + sum(exp(X).*X) + sum(tanh(A*X).*C)"},
      {"X", "", "trace(kron(X, A)*kron(B*A, X)*kron(S, B))"},
      {"x", "", "sum(kron(x, A)*kron(y', ones(n,1))*X)"},
      {"S", "let T = inv(S)\n", "x'*T*y + sum(T*X)"},
      {"S", "", "det(S) + logdet(S*S')"},
      {"A", "let M = A*X*B + eye(m)\n", "logdet(M) + trace(inv(M))"},
      {"X", "let Z = A*X\n", "sum(sum(Z,1).^2) + sum(sum(Z,2).^3)"},
      {"X", "let Z = A*X\n", "sum(diag(z)*X'*y) + diagvec(X*X')'*y + trace(Z*diag(z)*Z')"},
      {"P", "", "sum(P.^(1/2)) + sum(log(P)) + normF(P)"},
      {"s", "let T = s*A\n", "trace(T*X*B) + s^3 + sum(T)/s"},
      {"z", "let Z = (A*X).*(ones(m,1)*z)\n", "sum(var(Z,1,1)) + sum(Z.*C)"},
      {"X", "let Z = stop(A*X)\n", "sum(Z.*(A*X).*C)"},
      {"X", "let R = reshape(X, q, n)\n", "sum(R*A'*C) + vec(X)'*vec(R')"},
  };
  return table;
}

}  // namespace

TEST_CASE("vec of the gradient is the transpose of the Jacobian, and both are the derivative") {
  for (const Case& c : cases()) {
    RuleSession t;
    const Program p = t.read(std::string(kNames) + c.lets + "let phi = " + c.phi + "\noutput phi, " + c.wrt);
    INFO(c.wrt << " in " << c.lets << c.phi);
    const TermId phi = p.outputs[0];
    const SymbolId x = t.pool[p.outputs[1]].symbol;
    Templates templates(t.pool, t.book);
    Trace trace;
    const AdjointProgram sweep = adjoint_sweep(p, phi, std::array{x}, templates, t.pool, trace);
    const ForwardProgram forward = jacobian(p, phi, x, templates, t.pool, trace);
    const TermId gradient = sweep.gradients[0];
    REQUIRE(t.pool.shape(gradient) == t.pool.symbols[x].shape);

    std::vector<Definition> values = all(p, sweep.adjoints);
    for (const Binding& b : forward.bindings) values.push_back({b.name, b.value});
    EqualOptions options;
    options.admissible = apart;
    const Equality same = are_equal(t.pool, t.pool.vec(gradient), t.pool.transpose(forward.result), values, options);
    INFO("the two roads: " << same.reason);
    CHECK(same.outcome == Comparison::Equal);

    DerivativeQuestion question;
    question.of = phi;
    question.wrt = x;
    question.candidate = gradient;
    const Equality right = derivative_equals(t.pool, question, values, options);
    INFO("the derivative: " << right.reason);
    CHECK(right.outcome == Comparison::Equal);

    question.candidate = t.pool.times(Rational(2), gradient);
    CHECK(derivative_equals(t.pool, question, values, options).outcome == Comparison::Different);
  }
}

TEST_CASE("the differential in a direction is the Jacobian times the direction") {
  for (const char* f : {"A*X*B", "kron(X, A)", "f(X)'", "X*inv(X'*X)", "diagvec(X*X')", "sum(X,1)", "X.*(y*z)"}) {
    RuleSession t;
    const Program p = t.read(std::string(kNames) + "var V(n,q)\nlet F = " + f + "\noutput F, X, V");
    INFO(f);
    const SymbolId x = t.pool[p.outputs[1]].symbol;
    Templates templates(t.pool, t.book);
    Trace trace;
    const ForwardProgram D = jacobian(p, p.outputs[0], x, templates, t.pool, trace);
    const ForwardProgram d = differential(p, p.outputs[0], x, p.outputs[2], templates, t.pool, trace);
    std::vector<Definition> values = all(p, D.bindings);
    for (const Binding& b : d.bindings) values.push_back({b.name, b.value});
    EqualOptions options;
    options.admissible = [](const DimValues& sizes) {  // X'*X is singular when n < q
      return apart(sizes) && (!sizes.contains("n") || !sizes.contains("q") || sizes.at("n") > sizes.at("q"));
    };
    const Equality same =
        are_equal(t.pool, t.pool.vec(d.result), t.pool.matmul(D.result, t.pool.vec(p.outputs[2])), values, options);
    INFO(same.reason);
    CHECK(same.outcome == Comparison::Equal);
  }
}

TEST_CASE("what is inside stop counts as constant, what is outside does not") {
  RuleSession t;
  const Program p = t.read("dim n\nvar x(n), y(n)\nlet a = sum(stop(x).*x)\nlet b = sum(stop(x).*y)\noutput a, b");
  Templates templates(t.pool, t.book);
  Trace trace;
  const SymbolId x = p.variables[0];
  CHECK(print(t.pool, adjoint_sweep(p, p.outputs[0], std::array{x}, templates, t.pool, trace).gradients[0]) ==
        "stop(x)");
  const TermId none = adjoint_sweep(p, p.outputs[1], std::array{x}, templates, t.pool, trace).gradients[0];
  CHECK(none == t.pool.zeros(t.pool.symbols[x].shape));
}

TEST_CASE("a gradient by a let takes the let as independent") {
  RuleSession t;
  const Program p =
      t.read("dim m, n\nvar X(m,n), b(n)\nlet Z = X*b\nlet phi = Z'*Z + sum(Z.*(X*b))\noutput phi, Z, X*b + 2*Z");
  Templates templates(t.pool, t.book);
  Trace trace;
  const SymbolId z = t.pool[p.outputs[1]].symbol;
  const AdjointProgram sweep = adjoint_sweep(p, p.outputs[0], std::array{z}, templates, t.pool, trace);
  const Equality e = are_equal(t.pool, sweep.gradients[0], p.outputs[2],
                               sweep.adjoints.empty() ? std::vector<Definition>{} : definitions(sweep.adjoints));
  CHECK(e.outcome == Comparison::Equal);
}

TEST_CASE("a variable that the objective does not contain has gradient zero") {
  RuleSession t;
  const Program p = t.read("dim m, n\nvar X(m,n), Y(n,m)\nlet phi = sum(X)\noutput phi");
  Templates templates(t.pool, t.book);
  Trace trace;
  CHECK(adjoint_sweep(p, p.outputs[0], std::array{p.variables[1]}, templates, t.pool, trace).gradients[0] ==
        t.pool.zeros(t.pool.symbols[p.variables[1]].shape));
}
