/// Identities of inverses, certified for all sizes; and what only looks like one.

#include <catch2/catch.hpp>

#include "network/index_form.hpp"
#include "network/property.hpp"
#include "tests/term_builder.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

bool same(Expr a, Expr b) { return same_index_form(a.b->pool, a.id, b.id, {}) == SameForm::Yes; }

}  // namespace

TEST_CASE("an inverse of a sum and its terms") {
  Builder b;
  const Expr A = b.var("A", "n", "n"), B = b.var("B", "n", "n"), I = b.eye("n");
  CHECK(same(inv(A + B) * A, I - inv(A + B) * B));
  CHECK_FALSE(same(inv(A + B) * A, I + inv(A + B) * B));
  CHECK_FALSE(same(inv(A + B) * A, I - B * inv(A + B)));
  CHECK(same(A * inv(A + B) * B, B * inv(A + B) * A));
  CHECK(same(inv(inv(A) + inv(B)), A * inv(A + B) * B));
  CHECK(same(inv(A) - inv(B), inv(A) * (B - A) * inv(B)));
}

TEST_CASE("push-through, with the sizes that it needs") {
  Builder b;
  const Expr A = b.var("A", "m", "n"), B = b.var("B", "n", "m");
  CHECK(same(inv(b.eye("m") + A * B) * A, A * inv(b.eye("n") + B * A)));
  CHECK_FALSE(same(inv(b.eye("m") + A * B) * A, A * inv(b.eye("n") - B * A)));
  const Expr s = b.var("s", "1", "1"), X = b.var("X", "N", "p");
  CHECK(same(T(X) * inv(X * T(X) + s * b.eye("N")), inv(T(X) * X + s * b.eye("p")) * T(X)));
}

TEST_CASE("Woodbury's identity, and not with its sign turned") {
  Builder b;
  const Expr A = b.var("A", "n", "n"), U = b.var("U", "n", "k"), C = b.var("C", "k", "k"), V = b.var("V", "k", "n");
  const Expr correction = inv(A) * U * inv(inv(C) + V * inv(A) * U) * V * inv(A);
  CHECK(same(inv(A + U * C * V), inv(A) - correction));
  CHECK_FALSE(same(inv(A + U * C * V), inv(A) + correction));
}

TEST_CASE("Hua's identity") {
  Builder b;
  const Expr A = b.var("A", "n", "n"), B = b.var("B", "n", "n");
  CHECK(same(A - inv(inv(A) + inv(inv(B) - A)), A * B * A));
}

TEST_CASE("projectors: idempotent, and zero on what they project away") {
  Builder b;
  const Expr X = b.var("X", "n", "p"), W = b.var("W", "n", "n", Attribute::Spd), I = b.eye("n");
  const Expr P = X * inv(T(X) * X) * T(X), Q = X * inv(T(X) * W * X) * T(X) * W;
  CHECK(same(P * P, P));
  CHECK(same((I - P) * (I - P), I - P));
  CHECK(same(P * X, X));
  CHECK(same((I - Q) * Q, P - P));
  CHECK_FALSE(same(T(Q) * Q, Q));
}

TEST_CASE("Cayley's factors commute") {
  Builder b;
  const Expr X = b.var("X", "n", "n"), I = b.eye("n");
  CHECK(same((I - X) * inv(I + X), inv(I + X) * (I - X)));
  CHECK(same((I - X) * inv(I + X), 2 * inv(I + X) - I));
}

TEST_CASE("determinants and inverses of structured matrices") {
  Builder b;
  const Expr v = b.var("v", "n", "1", Attribute::Positive), A = b.var("A", "n", "n"), B = b.var("B", "q", "q");
  CHECK(same(inv(diag(v)), diag(pow(v, Rational(-1)))));
  CHECK(same(inv(kron(A, B)), kron(inv(A), inv(B))));
  const auto logdet = [&](Expr x) { return Expr{&b, b.pool.logdet(x.id)}; };
  CHECK(same(logdet(kron(A, B)), b.size("q") * logdet(A) + b.size("n") * logdet(B)));
  CHECK_FALSE(same(logdet(kron(A, B)), b.size("n") * logdet(A) + b.size("q") * logdet(B)));
  CHECK(same(logdet(inv(A)), -logdet(A)));
}

TEST_CASE("what is known of matrices from their build") {
  Builder b;
  const TermMap none;
  const Properties p(b.pool, none);
  const Expr S = b.var("S", "n", "n", Attribute::Spd), X = b.var("X", "n", "p"), s = b.var("s", "1", "1", Attribute::Positive),
             t = b.var("t", "1", "1"), v = b.var("v", "p", "1", Attribute::Positive), A = b.var("A", "n", "n"),
             L = b.var("L", "n", "n", Attribute::Lower), Q = b.var("Q", "n", "n", Attribute::Orthogonal);
  CHECK(p.positive_definite((T(X) * X + s * b.eye("p")).id));
  CHECK_FALSE(p.positive_definite((T(X) * X + t * b.eye("p")).id));
  CHECK(p.positive_semidefinite((T(X) * X).id));
  CHECK_FALSE(p.positive_definite((T(X) * X).id));
  CHECK(p.positive_definite((T(X) * S * X + diag(v)).id));
  CHECK(p.positive_definite(inv(S + X * T(X)).id));
  CHECK(p.positive_definite(kron(S, diag(v)).id));
  CHECK_FALSE(p.positive_definite((S - b.eye("n")).id));
  CHECK(p.positive_definite((Q * S * T(Q)).id));
  CHECK_FALSE(p.positive_definite((A * S * T(A)).id));
  CHECK(p.symmetric(((s * T(X)) * X).id));
  CHECK(p.lower_triangular((L * inv(L) + b.eye("n")).id));
  CHECK(p.upper_triangular(T(L).id));
  CHECK_FALSE(p.lower_triangular((L * T(L)).id));
  CHECK(p.diagonal((diag(v) * inv(diag(v))).id));
  CHECK(p.orthogonal((Q * T(Q)).id));
  const Expr P = X * inv(T(X) * X) * T(X);
  CHECK(p.idempotent(P.id));
  CHECK(p.idempotent((b.eye("n") - P).id));
  CHECK_FALSE(p.idempotent((b.eye("n") + P).id));
  CHECK(p.nonsingular((S * Q).id));
  CHECK_FALSE(p.nonsingular((S * A).id));
}
