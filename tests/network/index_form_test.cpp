#include <catch2/catch.hpp>

#include "network/index_form.hpp"
#include "tests/term_builder.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

SameForm same(Expr a, Expr b, const TermMap& definitions = {}) {
  return same_index_form(a.b->pool, a.id, b.id, definitions);
}

}  // namespace

TEST_CASE("vec of a triple product is (B' ⊗ A) vec X, and not (A ⊗ B') vec X") {
  Builder b;
  const Expr A = b.var("A", "m", "n"), X = b.var("X", "n", "p"), B = b.var("B", "p", "m");
  CHECK(same(vec(A * X * B), kron(T(B), A) * vec(X)) == SameForm::Yes);
  const Expr C = b.var("C", "n", "n"), D = b.var("D", "n", "n"), Y = b.var("Y", "n", "n");
  CHECK(same(vec(C * Y * D), kron(C, T(D)) * vec(Y)) == SameForm::No);
}

TEST_CASE("K(m,n) stacks the transpose, and K(n,m) does not") {
  Builder b;
  const Expr A = b.var("A", "m", "n");
  CHECK(same(b.K("m", "n") * vec(A), vec(T(A))) == SameForm::Yes);
  CHECK(same(b.K("n", "m") * vec(A), vec(T(A))) != SameForm::Yes);
}

TEST_CASE("commutation matrices turn a Kronecker product round") {
  Builder b;
  const Expr A = b.var("A", "m", "n"), B = b.var("B", "p", "q");
  CHECK(same(b.K("p", "m") * kron(A, B) * b.K("n", "q"), kron(B, A)) == SameForm::Yes);
  CHECK(same(b.K("m", "p") * kron(A, B), kron(B, A) * b.K("q", "n")) != SameForm::Yes);
}

TEST_CASE("mixed product, trace as inner product of vecs, diagonal of a product") {
  Builder b;
  const Expr A = b.var("A", "m", "n"), B = b.var("B", "p", "q"), C = b.var("C", "n", "r"), D = b.var("D", "q", "s");
  CHECK(same(kron(A, B) * kron(C, D), kron(A * C, B * D)) == SameForm::Yes);
  const Expr E = b.var("E", "m", "n");
  CHECK(same(trace(T(A) * E), T(vec(A)) * vec(E)) == SameForm::Yes);
  CHECK(same(diagvec(A * T(E)), sum2(A % E)) == SameForm::Yes);
  CHECK(same(diagvec(A * T(E)), sum2(A % A)) == SameForm::No);
}

TEST_CASE("sums distribute, coefficients and sizes are counted exactly") {
  Builder b;
  const Expr A = b.var("A", "n", "n"), B = b.var("B", "n", "n");
  CHECK(same((A + B) * (A - B), A * A - A * B + B * A - B * B) == SameForm::Yes);
  CHECK(same((A + B) * (A - B), A * A - B * B) == SameForm::No);
  CHECK(same(b.ones("1", "n") * b.ones("n", "m"), b.size("n") * b.ones("1", "m")) == SameForm::Yes);
}

TEST_CASE("an inverse cancels its matrix on either side, and only that") {
  Builder b;
  const Expr A = b.var("A", "n", "n"), B = b.var("B", "n", "m"), C = b.var("C", "n", "n");
  CHECK(same(inv(A) * A * B, B) == SameForm::Yes);
  CHECK(same(A * inv(A), b.eye("n")) == SameForm::Yes);
  CHECK(same(inv(A) * C * B, B) == SameForm::No);
  CHECK(same(inv(T(A)) * T(A) * B, B) == SameForm::Yes);
}

TEST_CASE("a symmetric matrix is its transpose, another is not") {
  Builder b;
  const Expr S = b.var("S", "n", "n", Attribute::Symmetric), A = b.var("A", "n", "n"), x = b.var("x", "n", "1");
  CHECK(same(T(x) * S, T(S * x)) == SameForm::Yes);
  CHECK(same(T(x) * A, T(A * x)) == SameForm::No);
  CHECK(same(inv(S) * x, T(inv(S)) * x) == SameForm::Yes);
}

TEST_CASE("the square root of a square is not the thing itself, unless it is never negative") {
  Builder b;
  const Expr s = b.var("s", "1", "1"), t = b.var("t", "1", "1", Attribute::Positive);
  CHECK(same(pow(s % s, Rational(1, 2)), s) == SameForm::No);
  CHECK(same(pow(t % t, Rational(1, 2)), t) == SameForm::Yes);
}

TEST_CASE("regular graphs with the same parameters are told apart, and a relabelled one is recognised") {
  // The 6-cycle against two triangles: every vertex has degree two in both.
  Builder b;
  const Expr S = b.var("S", "n", "n", Attribute::Symmetric);
  const Expr triangle = trace(S * S * S);
  CHECK(same(trace(S * S * S * S * S * S), triangle * triangle) == SameForm::No);
  CHECK(same(trace(S * S * S * S * S * S), trace(T(S) * S * T(S) * S * S * S)) == SameForm::Yes);
}

TEST_CASE("names are put in where their definitions are given") {
  Builder b;
  const Expr X = b.var("X", "N", "p");
  const Expr mu{&b, b.pool.symbol(b.declare("mu", "1", "p", Attribute::None, SymbolKind::Let))};
  const Expr mean = sum1(X) / b.size("N");
  CHECK(same(mu, mean) == SameForm::No);
  CHECK(same(mu, mean, {{mu.id, mean.id}}) == SameForm::Yes);
}

TEST_CASE("an entry is not the sum of all entries") {
  Builder b;
  const Expr p = b.var("p", "n", "1"), q = b.var("q", "n", "1");
  CHECK(same(sum(p) * q, p % q) == SameForm::No);
  CHECK(same(sum(p) * q, q * sum(p)) == SameForm::Yes);
}
