#include <catch2/catch.hpp>

#include "oracle/equal.hpp"
#include "tests/term_builder.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

Comparison compare(Expr a, Expr b) { return are_equal(a.b->pool, a.id, b.id).outcome; }

FunctionId primitive(Builder& b, const char* name) {
  if (const auto known = b.pool.functions.find(name)) return *known;
  return b.pool.functions.add({name, ElementFunction::Kind::Primitive, {}, {}, "", ""});
}
Expr f(const char* name, Expr x) { return {x.b, x.b->pool.apply(primitive(*x.b, name), 0, x.id)}; }

Equality derivative(Expr phi, Expr x, Expr candidate, DerivativeForm form = DerivativeForm::Gradient,
                    Reading reading = Reading::Unconstrained) {
  const TermPool& pool = phi.b->pool;
  return derivative_equals(pool, {form, phi.id, pool[x.id].symbol, candidate.id, reading, {}});
}

}  // namespace

TEST_CASE("an identity of vec and ⊗ is accepted with its error bound, its neighbours are refused") {
  Builder b;
  const Expr A = b.var("A", "m", "n"), X = b.var("X", "n", "p"), B = b.var("B", "p", "q");
  const Equality e = are_equal(b.pool, vec(A * X * B).id, (kron(T(B), A) * vec(X)).id);
  CHECK(e.equal());
  CHECK(e.method == Method::Field);
  CHECK(e.error_bits >= 100);
  CHECK(e.sizes.size() >= 2);
  const Expr S = b.var("S", "n", "n"), R = b.var("R", "n", "n"), Y = b.var("Y", "n", "n");
  CHECK(compare(vec(S * Y * R), kron(S, T(R)) * vec(Y)) == Comparison::Different);
}

TEST_CASE("the wrong commutation matrix is refused: sizes are pairwise distinct") {
  Builder b;
  const Expr A = b.var("A", "m", "n");
  CHECK(compare(b.K("m", "n") * vec(A), vec(T(A))) == Comparison::Equal);
  CHECK(compare(b.K("n", "m") * vec(A), vec(T(A))) == Comparison::Different);
}

TEST_CASE("what holds for 1x1 and 2x2 only is refused") {
  Builder b;
  const Expr A = b.var("A", "n", "n"), B = b.var("B", "n", "n");
  CHECK(compare(A * B, B * A) == Comparison::Different);
  // Cayley and Hamilton at n = 2.
  const Expr det{&b, b.pool.det(A.id)};
  CHECK(compare(A * A - trace(A) * A + det * b.eye("n"), A - A) == Comparison::Different);
}

TEST_CASE("exp is a homomorphism, roots of squares are absolute values, sigmoid and tanh know each other") {
  Builder b;
  const Expr x = b.var("x", "n", "1"), y = b.var("y", "n", "1"), p = b.var("p", "n", "1", Attribute::Positive);
  CHECK(compare(f("exp", x + y), f("exp", x) % f("exp", y)) == Comparison::Equal);
  CHECK(compare(f("exp", x + y), f("exp", x) + f("exp", y)) == Comparison::Different);
  CHECK(compare(pow(x % x, Rational(1, 2)), x) == Comparison::Different);
  CHECK(compare(pow(x % x, Rational(1, 2)), f("abs", x)) == Comparison::Equal);
  CHECK(compare(pow(p % p, Rational(1, 2)), p) == Comparison::Equal);
  CHECK(compare(2 * f("sigmoid", 2 * x) - b.ones("n", "1"), f("tanh", x)) == Comparison::Equal);
  CHECK(compare(2 * f("sigmoid", x) - b.ones("n", "1"), f("tanh", x)) == Comparison::Different);
  CHECK(compare(f("relu", x) - f("relu", -x), x) == Comparison::Equal);
  CHECK(compare(f("relu", x), x % f("step", x)) == Comparison::Equal);
}

TEST_CASE("where the field proves nothing, floats of 113 bits decide") {
  Builder b;
  const Expr p = b.var("p", "n", "1", Attribute::Positive), q = b.var("q", "n", "1", Attribute::Positive);
  const Equality e = are_equal(b.pool, f("log", p % q).id, (f("log", p) + f("log", q)).id);
  CHECK(e.equal());
  CHECK(e.method == Method::Float);
  CHECK(e.worst_relative_error < 1e-30);
  CHECK(compare(f("log", p + q), f("log", p) + f("log", q)) == Comparison::Different);
}

TEST_CASE("inverses: push-through is accepted, a missing transpose is not; a singular side has no value") {
  Builder b;
  const Expr A = b.var("A", "m", "n"), B = b.var("B", "n", "m");
  CHECK(compare(inv(b.eye("m") + A * B) * A, A * inv(b.eye("n") + B * A)) == Comparison::Equal);
  CHECK(compare(inv(b.eye("m") + A * B) * A, A * inv(b.eye("n") + T(A) * T(B))) == Comparison::Different);
  const Expr N = inv(A * T(A) - A * T(A));
  CHECK(compare(N, N + N) == Comparison::Undefined);
}

TEST_CASE("attributes shape the points") {
  Builder b;
  const Expr S = b.var("S", "n", "n", Attribute::Symmetric), Q = b.var("Q", "n", "n", Attribute::Orthogonal),
             P = b.var("P", "n", "n", Attribute::Idempotent), K = b.var("K", "n", "n", Attribute::Skew),
             D = b.var("D", "n", "n", Attribute::Diagonal), A = b.var("A", "n", "n");
  CHECK(compare(S, T(S)) == Comparison::Equal);
  CHECK(compare(A, T(A)) == Comparison::Different);
  CHECK(compare(T(Q) * Q, b.eye("n")) == Comparison::Equal);
  CHECK(compare({&b, b.pool.det(Q.id)}, b.number(1)) == Comparison::Different);
  CHECK(compare(P * P, P) == Comparison::Equal);
  CHECK(compare(P, b.eye("n")) == Comparison::Different);
  CHECK(compare(K, -T(K)) == Comparison::Equal);
  CHECK(compare(D, diag(diagvec(D))) == Comparison::Equal);
}

TEST_CASE("a gradient is accepted and each of its mutants refused") {
  Builder b;
  const Expr A = b.var("A", "m", "n"), x = b.var("x", "n", "1"), y = b.var("y", "m", "1");
  const FunctionId a = b.pool.functions.add({"a", ElementFunction::Kind::Opaque, {}, {}, "", ""});
  const auto apply = [&](int order, Expr e) { return Expr{&b, b.pool.apply(a, order, e.id)}; };
  const Expr phi = T(y) * apply(0, A * x);
  CHECK(derivative(phi, x, T(A) * (y % apply(1, A * x))).equal());
  CHECK_FALSE(derivative(phi, x, -(T(A) * (y % apply(1, A * x)))).equal());       // a sign
  CHECK_FALSE(derivative(phi, x, T(A) * (y % apply(0, A * x))).equal());          // a for a'
  CHECK_FALSE(derivative(phi, x, T(A) * (y % apply(1, y))).equal());              // a' elsewhere
  CHECK_FALSE(derivative(phi, x, T(A) * y).equal());                              // a lost factor
  CHECK_FALSE(derivative(phi, x, T(A) * (y % apply(1, A * x)) + x).equal());      // a term too many
  CHECK_FALSE(derivative(phi, A, apply(1, A * x) * T(x)).equal());                // y lost
  CHECK(derivative(phi, A, (y % apply(1, A * x)) * T(x)).equal());
}

TEST_CASE("the gradient by a variable that does not occur is zero and nothing else") {
  Builder b;
  const Expr x = b.var("x", "n", "1"), z = b.var("z", "m", "1");
  CHECK(derivative(T(x) * x, z, z - z).equal());
  CHECK_FALSE(derivative(T(x) * x, z, b.ones("m", "1")).equal());
}

TEST_CASE("Jacobians and Hessians are judged along random directions") {
  Builder b;
  const Expr A = b.var("A", "n", "n"), x = b.var("x", "n", "1"), X = b.var("X", "m", "n"), B = b.var("B", "n", "q");
  CHECK(derivative(X * B, X, kron(T(B), b.eye("m")), DerivativeForm::Jacobian).equal());
  CHECK_FALSE(derivative(X * B, X, kron(b.eye("m"), T(B)) - kron(b.eye("m"), T(B)) + 2 * kron(T(B), b.eye("m")), DerivativeForm::Jacobian).equal());
  CHECK(derivative(T(X), X, b.K("m", "n"), DerivativeForm::Jacobian).equal());
  CHECK_FALSE(derivative(T(X), X, b.K("n", "m"), DerivativeForm::Jacobian).equal());
  const Expr phi = T(x) * A * x;
  CHECK(derivative(phi, x, A + T(A), DerivativeForm::Hessian).equal());
  CHECK_FALSE(derivative(phi, x, 2 * A, DerivativeForm::Hessian).equal());  // the same form, not symmetric
  CHECK_FALSE(derivative(phi, x, A, DerivativeForm::Hessian).equal());
}

TEST_CASE("the three readings of a derivative by a symmetric matrix are told apart") {
  Builder b;
  const Expr S = b.var("S", "n", "n", Attribute::Symmetric), A = b.var("A", "n", "n");
  const Expr phi = trace(A * S);
  const Expr G = T(A), half = b.number(Rational(1, 2));
  const Expr structured = half * (G + T(G)), entries = G + T(G) - diag(diagvec(G));
  const auto ok = [&](Expr c, Reading r) { return derivative(phi, S, c, DerivativeForm::Gradient, r).equal(); };
  CHECK(ok(structured, Reading::Structured));
  CHECK(ok(entries, Reading::Entries));
  CHECK(ok(G, Reading::Unconstrained));
  CHECK_FALSE(ok(G, Reading::Structured));
  CHECK_FALSE(ok(structured, Reading::Entries));
  CHECK_FALSE(ok(entries, Reading::Structured));
  CHECK_FALSE(ok(structured, Reading::Unconstrained));
}

TEST_CASE("differentials of inverse, determinant and log determinant are exact") {
  Builder b;
  const SymbolId a = b.declare("A", "n", "n"), da = b.declare("dA", "n", "n", Attribute::None, SymbolKind::Direction);
  const Expr A{&b, b.pool.symbol(a)}, dA{&b, b.pool.symbol(da)};
  const auto ok = [&](Expr of, Expr d) {
    return differential_equals(b.pool, of.id, d.id, std::array{std::pair{a, da}}).equal();
  };
  const Expr det{&b, b.pool.det(A.id)}, logdet{&b, b.pool.logdet(A.id)};
  CHECK(ok(inv(A), -(inv(A) * dA * inv(A))));
  CHECK_FALSE(ok(inv(A), inv(A) * dA * inv(A)));
  CHECK_FALSE(ok(inv(A), -(inv(A) * T(dA) * inv(A))));
  CHECK(ok(det, det * trace(inv(A) * dA)));
  CHECK_FALSE(ok(det, trace(inv(A) * dA)));
  CHECK(ok(logdet, trace(inv(A) * dA)));
}

TEST_CASE("stop has a value and no derivative") {
  Builder b;
  const Expr x = b.var("x", "n", "1");
  const Expr stopped{&b, b.pool.stop(x.id)};
  CHECK(compare(stopped, x) == Comparison::Equal);
  CHECK(derivative(T(stopped) * x, x, x).equal());
  CHECK_FALSE(derivative(T(stopped) * x, x, 2 * x).equal());
}

TEST_CASE("a refuted equality comes with a small point at which both sides are shown") {
  Builder b;
  const Expr A = b.var("A", "m", "n");
  const Equality e = are_equal(b.pool, (T(A) * A).id, (2 * (T(A) * A)).id);
  REQUIRE(e.witness);
  CHECK(e.witness->left != e.witness->right);
  for (const auto& [name, value] : e.witness->sizes) CHECK(value <= 3);
}

TEST_CASE("the same seed gives the same judgement, another seed another point") {
  Builder b;
  const Expr A = b.var("A", "m", "n");
  const Equality one = are_equal(b.pool, (T(A) * A).id, (2 * (T(A) * A)).id), two = are_equal(b.pool, (T(A) * A).id, (2 * (T(A) * A)).id);
  REQUIRE(one.witness);
  REQUIRE(two.witness);
  CHECK(one.witness->left == two.witness->left);
  EqualOptions other;
  other.seed = 5;
  const Equality three = are_equal(b.pool, (T(A) * A).id, (2 * (T(A) * A)).id, {}, other);
  REQUIRE(three.witness);
  CHECK(three.witness->values != one.witness->values);
}

TEST_CASE("what would need too large a matrix at every choice of sizes is not attempted") {
  Builder b;
  Expr K = kron(b.var("A", "a1", "b1"), b.var("B", "a2", "b2"));
  for (int n = 3; n <= 12; ++n) {
    const std::string i = std::to_string(n);
    K = kron(K, b.var("C" + i, "a" + i, "b" + i));
  }
  const Equality e = are_equal(b.pool, K.id, (K + K).id);
  CHECK(e.outcome == Comparison::Undefined);
  CHECK_FALSE(e.reason.empty());
}

TEST_CASE("a Gram matrix that is singular at some sizes is judged at others only, in floats too") {
  Builder b;
  const Expr X = b.var("X", "n", "q");
  const Expr G = inv(T(X) * X);
  CHECK(compare(X * G * T(X) * X, X) == Comparison::Equal);
  CHECK(compare(f("atan", X * G), f("atan", X * T(G))) == Comparison::Equal);
}
