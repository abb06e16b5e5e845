#include <catch2/catch.hpp>

#include "network/index_form.hpp"
#include "simplify/cost.hpp"
#include "simplify/simplify.hpp"
#include "tests/term_builder.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

/// Simplifies, checks that the index form is kept and that simplifying again changes nothing; gives the text.
std::string simple(Expr e, const std::vector<Binding>& lets = {}) {
  Simplifier s(e.b->pool, lets);
  const TermId once = s.simplify(e.id);
  CHECK(same_index_form(e.b->pool, e.id, once, s.definitions()) == SameForm::Yes);
  CHECK(print(e.b->pool, s.simplify(once)) == print(e.b->pool, once));
  return print(e.b->pool, once);
}

}  // namespace

TEST_CASE("what all terms share is taken out, from the left, from the right and entry by entry") {
  Builder b;
  const Expr A = b.var("A", "m", "n"), B = b.var("B", "n", "q"), Y = b.var("Y", "m", "q"), x = b.var("x", "n", "1"),
             v = b.var("v", "m", "1");
  CHECK(simple(T(A) * A * B - T(A) * Y) == "A'*(A*B-Y)");
  CHECK(simple(2 * (T(A) * (A * x)) - 2 * (T(A) * v)) == "2*A'*(A*x-v)");
  const Expr C = b.var("C", "n", "n");
  CHECK(simple(C * x + T(C) * x) == "(C+C')*x");
  CHECK(simple((Y % (v * b.ones("1", "q"))) - (A * B) % (v * b.ones("1", "q"))) == "(Y-A*B).*(v*ones(1,q))");
}

TEST_CASE("vec, kron, K and trace disappear where an index form without them exists") {
  Builder b;
  const Expr A = b.var("A", "m", "n"), X = b.var("X", "n", "n"), B = b.var("B", "n", "q");
  CHECK(simple(kron(T(B), A) * vec(X)) == "vec(A*X*B)");
  CHECK(simple(kron(b.eye("q"), A) * vec(B)) == "vec(A*B)");
  CHECK(simple(trace(kron(X, X))) == "trace(X)^2");
}

TEST_CASE("Jacobians keep their Kronecker structure") {
  Builder b;
  const Expr A = b.var("A", "m", "n"), B = b.var("B", "n", "q"), Y = b.var("Y", "m", "q");
  CHECK(simple(kron(T(B), A)) == "kron(B',A)");
  CHECK(simple(diag(vec(Y)) * kron(T(B), A)) == "diag(vec(Y))*kron(B',A)");
  CHECK(simple(vec(A) * T(vec(B))) == "vec(A)*vec(B)'");
}

TEST_CASE("the batch-normalised layer's gradient becomes the compact form in the user's names") {
  Builder b;
  std::vector<Binding> lets;
  const auto let = [&](const char* name, Expr value) {
    const Shape s = b.pool.shape(value.id);
    const SymbolId symbol = b.pool.symbols.add({name, SymbolKind::Let, s, Attribute::None, {}});
    lets.push_back({symbol, value.id, {}});
    return Expr{&b, b.pool.symbol(symbol)};
  };
  const Expr X = b.var("X", "N", "p1"), G1 = b.var("G1", "p1", "p2"), gamma = b.var("gamma", "1", "p2"),
             dB = b.var("dB", "N", "p2");
  const Expr one = b.ones("N", "1"), N = b.size("N"), below = N - b.number(1);
  const Expr Z = let("Z", X * G1);
  const Expr mean = sum1(Z) / N;
  const Expr mu = let("mu", mean);
  const Expr C = Z - one * mean, var = sum1(pow(C, 2)) / below;
  const Expr sd = let("sd", pow(var, Rational(1, 2)));
  let("Zhat", (Z - one * mu) % pow(one * sd, -1));
  // As a sweep leaves it: every path written out.
  const Expr dZhat = kron(gamma, one) % dB;
  const Expr dsd = -sum1(dZhat % (Z - one * mu) % pow(one * sd, -2));
  const Expr dmu = -sum1(dZhat % pow(one * sd, -1));
  const Expr dvar = dsd % (b.number(Rational(1, 2)) * pow(var, Rational(-1, 2)));
  const Expr dC = ((2 * C) % (one * dvar)) / below;
  const Expr dZ = dZhat % pow(one * sd, -1) + one * (dmu / N) + dC + one * (-sum1(dC) / N);
  CHECK(simple(dZ, lets) ==
        "(dB-ones(N,1)*sum(dB,1)/N-Zhat.*(ones(N,1)*sum(dB.*Zhat,1))/(N-1)).*(ones(N,1)*(gamma./sd))");
  CHECK(simple(T(X) * dZ, lets) ==
        "X'*(dB-ones(N,1)*sum(dB,1)/N-Zhat.*(ones(N,1)*sum(dB.*Zhat,1))/(N-1))*diag(gamma./sd)");
}

TEST_CASE("a column sum that is zero by the definitions of names is dropped, another is not") {
  Builder b;
  const Expr Z = b.var("Z", "N", "p");
  const Expr one = b.ones("N", "1");
  const SymbolId c = b.declare("C", "N", "p", Attribute::None, SymbolKind::Let);
  const Expr C{&b, b.pool.symbol(c)}, w = b.var("w", "p", "1");
  const std::vector<Binding> centred{{c, (Z - one * (sum1(Z) / b.size("N"))).id, {}}};
  const std::vector<Binding> shifted{{c, (Z - one * sum1(Z)).id, {}}};
  CHECK(simple(Z * w + one * (sum1(C) * w), centred) == "Z*w");
  CHECK(simple(Z * w + one * (sum1(C) * w), shifted) != "Z*w");
}

TEST_CASE("what a matrix is declared to be is used: orthogonal, idempotent, lower") {
  Builder b;
  const auto is = [&](const char* name, Attribute a) {
    const Dim n = b.pool.dims.symbol("n");
    return Expr{&b, b.pool.symbol(b.pool.symbols.add({name, SymbolKind::Variable, {n, n}, a, {}}))};
  };
  const Expr Q = is("Q", Attribute::Orthogonal), P = is("P", Attribute::Idempotent), L = is("L", Attribute::Lower);
  const Expr A = b.var("A", "n", "n"), x = b.var("x", "n", "1");
  CHECK(simple(A * T(Q) * Q * x) == "A*x");
  CHECK(simple(A * Q * T(Q) * x) == "A*x");
  CHECK(simple(A * Q * Q * x) == "A*Q*Q*x");
  CHECK(simple(A * P * P * x) == "A*P*x");
  CHECK(simple(A * P * T(P) * x) == "A*P*P'*x");
  CHECK(simple(Expr{&b, b.pool.inverse(Q.id)} * x) == "Q'*x");
  CHECK(simple(Expr{&b, b.pool.tril(L.id)} * x) == "L*x");
}
