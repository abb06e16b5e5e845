#include <catch2/catch.hpp>

#include "oracle/equal.hpp"
#include "tests/term_builder.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

FunctionId primitive(Builder& b, const char* name) {
  if (const auto known = b.pool.functions.find(name)) return *known;
  return b.pool.functions.add({name, ElementFunction::Kind::Primitive, {}, {}, "", ""});
}
Expr f(const char* name, Expr x) { return {x.b, x.b->pool.apply(primitive(*x.b, name), 0, x.id)}; }
Expr root(Expr x) { return pow(x, Rational(1, 2)); }
Equality ask(Expr a, Expr b) { return are_equal(a.b->pool, a.id, b.id); }
Comparison compare(Expr a, Expr b) { return ask(a, b).outcome; }

Equality gradient(Expr phi, Expr x, Expr candidate, std::vector<Definition> lets = {}, Reading reading = Reading::Unconstrained) {
  const TermPool& pool = phi.b->pool;
  return derivative_equals(pool, {DerivativeForm::Gradient, phi.id, pool[x.id].symbol, candidate.id, reading, {}}, lets);
}

}  // namespace

// What the field refuses without proving anything by it: signs of sums, functional equations that its oracles lack.

TEST_CASE("addition formulas of sin and cos are not refuted") {
  Builder b;
  const Expr x = b.var("x", "n", "1"), y = b.var("y", "n", "1");
  CHECK(compare(f("sin", x + y), f("sin", x) % f("cos", y) + f("cos", x) % f("sin", y)) == Comparison::Equal);
  CHECK(compare(f("sin", x + y), f("sin", x) % f("cos", y) - f("cos", x) % f("sin", y)) == Comparison::Different);
}

TEST_CASE("the root of the square of a positive sum is the sum") {
  Builder b;
  const Expr p = b.var("p", "n", "1", Attribute::Positive), q = b.var("q", "n", "1", Attribute::Positive);
  CHECK(compare(root((p + q) % (p + q)), p + q) == Comparison::Equal);
  CHECK(compare(root((p - q) % (p - q)), p - q) == Comparison::Different);
}

TEST_CASE("exponentials within exponentials are not refuted") {
  Builder b;
  const Expr x = b.var("x", "n", "1"), y = b.var("y", "n", "1"), p = b.var("p", "n", "1", Attribute::Positive);
  CHECK(compare(f("exp", f("exp", x + y)), f("exp", f("exp", x) % f("exp", y))) == Comparison::Equal);
  CHECK(compare(f("exp", f("exp", x + y)), f("exp", f("exp", x) + f("exp", y))) == Comparison::Different);
  CHECK(compare(f("exp", root(p) % root(p)), f("exp", p)) == Comparison::Equal);
  CHECK(compare(f("exp", root(p)), f("exp", p)) == Comparison::Different);
}

TEST_CASE("in floats, too, what is zero on both sides is equal") {
  Builder b;
  const Expr X = b.var("X", "n", "p");
  const Expr L = f("atan", X);
  const Expr centred = L - b.ones("n", "n") * L / b.size("n");
  CHECK(compare(sum1(centred) + sum1(f("log", b.ones("n", "p"))), sum1(X) - sum1(X)) == Comparison::Equal);
  const Expr p = b.var("p", "n", "1", Attribute::Positive), q = b.var("q", "n", "1", Attribute::Positive);
  CHECK(compare(f("log", p % q) - f("log", p), f("log", q)) == Comparison::Equal);
  CHECK(compare(f("log", p % q) - f("log", p) - f("log", q), p - p) == Comparison::Equal);
  CHECK(compare(f("log", p % q) - f("log", p) - f("log", q), b.number(Rational(1, 1000000)) * p) == Comparison::Different);
}

TEST_CASE("elementwise roots and logs of matrices with entries of either sign are judged where they are defined") {
  Builder b;
  const Expr A = b.var("A", "m", "n"), B = b.var("B", "n", "p");
  CHECK(compare(root(A) % root(A), A) == Comparison::Equal);
  CHECK(compare(root(A) % root(A), 2 * A) == Comparison::Different);
  CHECK(compare(f("log", A) + f("log", A), f("log", A % A)) == Comparison::Equal);
  CHECK(compare(root(A * B) % root(A * B), A * B) == Comparison::Equal);
  // x and the root of y: the sign of x is still at stake.
  CHECK(compare(root(A % A) % root(A + A % A), A % root(A + A % A)) != Comparison::Equal);
}

TEST_CASE("no error bound is stated where none is known") {
  Builder b;
  const Expr x = b.var("x", "n", "n");
  Expr y = x;
  for (int k = 0; k < 70; ++k) y = y * y - x;  // degree 2^70
  const Equality e = ask(y + x, x + y + x - x);
  CHECK(e.equal());
  CHECK(e.error_bits == 0);
}

TEST_CASE("a let that is differentiated by keeps its value: only its motion is its own") {
  Builder b;
  const Expr X = b.var("X", "m", "n"), w = b.var("w", "n", "1");
  const SymbolId z = b.declare("z", "m", "1", Attribute::None, SymbolKind::Let);
  const Expr Z{&b, b.pool.symbol(z)};
  const std::vector<Definition> lets{{z, (X * w).id}};
  const Expr phi = T(Z) * Z;
  CHECK(gradient(phi, Z, 2 * Z, lets).equal());
  CHECK(gradient(phi, Z, 2 * X * w, lets).equal());
  CHECK_FALSE(gradient(phi, Z, 3 * X * w, lets).equal());
}

TEST_CASE("an idempotent matrix need not be symmetric") {
  Builder b;
  const Expr P = b.var("P", "n", "n", Attribute::Idempotent);
  CHECK(compare(P * P, P) == Comparison::Equal);
  CHECK(compare(P, T(P)) == Comparison::Different);
}

TEST_CASE("products of ⊗, K and I larger than any stored matrix are applied to what they multiply") {
  Builder b;
  const Expr A = b.var("A", "m", "n"), B = b.var("B", "p", "q");
  const Expr lhs = vec(kron(A, B));
  const Expr rhs = kron(kron(b.eye("n"), b.K("q", "m")), b.eye("p")) * kron(vec(A), vec(B));
  const Equality e = ask(lhs, rhs);
  CHECK(e.equal());
  bool distinct = false;
  for (const DimValues& s : e.sizes) {
    std::vector<std::int64_t> v;
    for (const auto& [name, value] : s) v.push_back(value);
    std::sort(v.begin(), v.end());
    distinct = distinct || (v.front() >= 2 && std::adjacent_find(v.begin(), v.end()) == v.end());
  }
  CHECK(distinct);
  CHECK(compare(lhs, kron(kron(b.eye("n"), b.K("m", "q")), b.eye("p")) * kron(vec(A), vec(B))) == Comparison::Different);
}

TEST_CASE("in floats what is small beside other values is told apart from what is zero but for rounding") {
  Builder b;
  const Expr p = b.var("p", "n", "1", Attribute::Positive), q = b.var("q", "n", "1", Attribute::Positive);
  const Expr tiny = b.number(*Rational::parse("1e-40"));
  CHECK(compare(tiny * f("log", p), 2 * (tiny * f("log", p))) == Comparison::Different);
  CHECK(compare(tiny * f("log", p % q), tiny * f("log", p) + tiny * f("log", q)) == Comparison::Equal);
  // Noise of constants: no entry moves it.
  const Expr two = b.number(2), noise = f("exp", two) * f("exp", -two) - b.number(1);
  CHECK(compare(noise * f("log", p), noise * f("log", q)) == Comparison::Equal);
  const Expr more = f("log", b.number(6)) - f("log", two) - f("log", b.number(3));
  CHECK(compare(more * p, more * q) == Comparison::Equal);
}

TEST_CASE("the derivative of what has no value is not refuted by a ratio of rounding errors") {
  Builder b;
  const Expr A = b.var("A", "p", "p"), s = b.var("s", "1", "1");
  const Expr nothing = b.eye("p") - A * inv(A);
  const Expr phi{&b, b.pool.logdet(((s + b.number(1)) * nothing).id)};
  CHECK(gradient(phi, s, s - s).outcome != Comparison::Different);
  CHECK(gradient(phi, s, s - s).outcome != Comparison::Equal);
}
