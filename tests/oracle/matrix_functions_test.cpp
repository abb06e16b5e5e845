#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

#include "oracle/equal.hpp"
#include "oracle/float_field.hpp"
#include "oracle/matrix_functions.hpp"
#include "oracle/prime_field.hpp"
#include "tests/term_builder.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

Expr pinv(Expr a) { return {a.b, a.b->pool.pseudo_inverse(a.id)}; }
Expr chol(Expr a) { return {a.b, a.b->pool.cholesky(a.id)}; }
Expr tril(Expr a) { return {a.b, a.b->pool.tril(a.id)}; }
Expr call(PrimaryFunction f, std::vector<Expr> args, Dim exponent = {}) {
  std::vector<TermId> ids;
  for (const Expr& a : args) ids.push_back(a.id);
  return {args[0].b, args[0].b->pool.matrix_function(f, exponent, ids)};
}
Expr expm(Expr a) { return call(PrimaryFunction::Exponential, {a}); }
Expr logm(Expr a) { return call(PrimaryFunction::Logarithm, {a}); }
Expr sqrtm(Expr a) { return call(PrimaryFunction::SquareRoot, {a}); }
Expr mpower(Expr a, int k) { return call(PrimaryFunction::Power, {a}, a.b->pool.dims.constant(k)); }
Expr mpower(Expr a, const char* k) { return call(PrimaryFunction::Power, {a}, a.b->dim(k)); }

Equality ask(Expr a, Expr b) { return are_equal(a.b->pool, a.id, b.id); }
Comparison compare(Expr a, Expr b) { return ask(a, b).outcome; }

/// Is `candidate` the differential of `of` when A moves along E?
Equality differential(Expr of, Expr A, Expr E, Expr candidate) {
  const TermPool& pool = of.b->pool;
  const std::pair<SymbolId, SymbolId> slot{pool[A.id].symbol, pool[E.id].symbol};
  return differential_equals(pool, of.id, candidate.id, std::span(&slot, 1));
}

using Doubles = FloatField<double>;
const Doubles kDoubles;

Matrix<double> matrix(std::size_t rows, std::size_t cols, std::initializer_list<double> by_columns) {
  Matrix<double> m(rows, cols);
  std::size_t i = 0;
  for (const double v : by_columns) m[i++] = v;
  return m;
}

Matrix<double> value(PrimaryFunction f, const Matrix<double>& a, std::int64_t exponent = 0) {
  const SeriesAlgebra<Doubles> algebra(kDoubles, 0, 10000);
  const Series<double> s{a};
  const Series<double>* args[] = {&s};
  return MatrixFunctions<Doubles>(kDoubles, algebra).function(f, exponent, args)[0];
}

double distance(const Matrix<double>& a, const Matrix<double>& b) {
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
  return worst;
}

Matrix<double> combined(const Matrix<double>& a, double c, const Matrix<double>& b) {
  Matrix<double> out = a;
  for (std::size_t i = 0; i < a.size(); ++i) out[i] += c * b[i];
  return out;
}

}  // namespace

// --- pinv ----------------------------------------------------------------------------------------------------------------

TEST_CASE("a pseudo-inverse satisfies the four equations of Moore and Penrose, and is exact") {
  Builder b;
  const Expr A = b.var("A", "m", "n"), B = b.var("B", "p", "q");
  const auto penrose = [&](Expr a) {
    const Expr x = pinv(a);
    const Equality e = ask(a * x * a, a);
    CHECK(e.equal());
    CHECK(e.method == Method::Field);
    CHECK(e.error_bits >= 100);
    CHECK(compare(x * a * x, x) == Comparison::Equal);
    CHECK(compare(T(a * x), a * x) == Comparison::Equal);
    CHECK(compare(T(x * a), x * a) == Comparison::Equal);
  };
  penrose(A);
  penrose(A * b.ones("n", "1") * b.ones("1", "q") * T(B));  // rank one
  penrose(A - A * b.ones("n", "n") / b.size("n"));           // rank n-1 at most
}

TEST_CASE("a wide matrix has a right inverse only, a tall one a left inverse only") {
  Builder b;
  const Expr A = b.var("A", "m", "n");
  CHECK(compare(A * pinv(A), b.eye("m")) == Comparison::Different);
  CHECK(compare(pinv(A) * A, b.eye("n")) == Comparison::Different);
  EqualOptions tall;
  tall.admissible = [](const DimValues& s) { return s.at("m") > s.at("n"); };
  CHECK(are_equal(b.pool, (pinv(A) * A).id, b.eye("n").id, {}, tall).equal());
  CHECK(are_equal(b.pool, pinv(A).id, (inv(T(A) * A) * T(A)).id, {}, tall).equal());
  // (A*B)+ is not B+ * A+.
  const Expr B = b.var("B", "n", "p");
  CHECK(compare(pinv(A * B), pinv(B) * pinv(A)) == Comparison::Different);
}

TEST_CASE("the differential of a pseudo-inverse has three terms where the rank is constant") {
  Builder b;
  const Expr A = b.var("A", "m", "n"), E = b.var("E", "m", "n");
  const Expr X = pinv(A);
  const Expr first = -(X * E * X), second = X * T(X) * T(E) * (b.eye("m") - A * X), third = (b.eye("n") - X * A) * T(E) * T(X) * X;
  CHECK(differential(X, A, E, first + second + third).equal());
  CHECK_FALSE(differential(X, A, E, first + second).equal());
  CHECK_FALSE(differential(X, A, E, first + third).equal());
  // A product of rank one that moves along its factor stays of rank one.
  const Expr u = b.var("u", "m", "1"), v = b.var("v", "1", "n"), du = b.var("w", "m", "1");
  const Expr G = u * v, Y = pinv(G), dG = du * v;
  CHECK(differential(Y, u, du, -(Y * dG * Y) + Y * T(Y) * T(dG) * (b.eye("m") - G * Y) + (b.eye("n") - Y * G) * T(dG) * T(Y) * Y).equal());
}

TEST_CASE("a pseudo-inverse has no derivative where the rank changes") {
  const SeriesAlgebra<Doubles> algebra(kDoubles, 1, 10000);
  const MatrixFunctions<Doubles> f(kDoubles, algebra);
  const Matrix<double> low = matrix(2, 2, {1, 2, 2, 4}), off = matrix(2, 2, {0, 1, 0, 0}), along = matrix(2, 2, {1, 2, 5, 10});
  CHECK_THROWS_AS(f.pseudo_inverse({low, off}), Undefined);
  CHECK_NOTHROW(f.pseudo_inverse({low, along}));
  CHECK(distance(f.pseudo_inverse({low, along})[0], matrix(2, 2, {1 / 25.0, 2 / 25.0, 2 / 25.0, 4 / 25.0})) < 1e-14);
  CHECK(distance(f.pseudo_inverse({matrix(2, 3, {0, 0, 0, 0, 0, 0})})[0], matrix(3, 2, {0, 0, 0, 0, 0, 0})) == 0);
}

// --- chol ----------------------------------------------------------------------------------------------------------------

TEST_CASE("a Cholesky factor is lower triangular and its square is the matrix") {
  Builder b;
  const Expr A = b.var("A", "n", "n", Attribute::Spd), S = b.var("S", "n", "n", Attribute::Symmetric), X = b.var("X", "n", "n");
  for (const Expr& a : {A, S, X * T(X) + b.eye("n"), A + b.eye("n")}) {
    CHECK(compare(chol(a) * T(chol(a)), a) == Comparison::Equal);
    CHECK(compare(chol(a), tril(chol(a))) == Comparison::Equal);
    CHECK(compare(T(chol(a)) * chol(a), a) == Comparison::Different);
  }
  // Of a matrix that is not symmetric it is that of its symmetric part.
  CHECK(compare(chol(X) * T(chol(X)), b.number(Rational(1, 2)) * (X + T(X))) == Comparison::Equal);
  CHECK(compare(chol(X) * T(chol(X)), X) == Comparison::Different);
}

TEST_CASE("the differential of a Cholesky factor is L times a lower triangle with half its diagonal") {
  Builder b;
  const Expr A = b.var("A", "n", "n", Attribute::Spd), E = b.var("E", "n", "n", Attribute::Symmetric), F = b.var("F", "n", "n");
  const Expr L = chol(A), half = b.number(Rational(1, 2));
  const auto candidate = [&](Expr e) {
    const Expr inner = inv(L) * e * T(inv(L));
    return L * (tril(inner) - half * diag(diagvec(inner)));
  };
  CHECK(differential(L, A, E, candidate(E)).equal());
  CHECK_FALSE(differential(L, A, E, L * tril(inv(L) * E * T(inv(L)))).equal());
  CHECK(differential(L, A, F, candidate(half * (F + T(F)))).equal());
  CHECK_FALSE(differential(L, A, F, candidate(F)).equal());
}

TEST_CASE("a matrix that is not definite has no Cholesky factor") {
  const SeriesAlgebra<Doubles> algebra(kDoubles, 0, 10000);
  const MatrixFunctions<Doubles> f(kDoubles, algebra);
  CHECK(distance(f.cholesky({matrix(2, 2, {4, 2, 2, 10})})[0], matrix(2, 2, {2, 1, 0, 3})) == 0);
  CHECK_THROWS_AS(f.cholesky({matrix(2, 2, {1, 2, 2, 1})}), OffDomain);
  CHECK_THROWS_AS(f.cholesky({matrix(2, 2, {1, 2, 2, 4})}), Undefined);
}

TEST_CASE("functions of composite arguments find points at which they are defined") {
  Builder b;
  const Expr A = b.var("A", "n", "n"), B = b.var("B", "n", "n"), X = b.var("X", "m", "n"), p = b.var("p", "n", "1", Attribute::Positive);
  for (const Expr& a : {A + B, A - B, -A, T(X) * X + B, X * diag(p) * T(X) + b.eye("m"), A * B * T(A), 2 * A - b.eye("n")}) {
    CAPTURE(text(a));
    CHECK(compare(chol(a) * T(chol(a)), b.number(Rational(1, 2)) * (a + T(a))) == Comparison::Equal);
    CHECK(compare(sqrtm(a) * sqrtm(a), a) == Comparison::Equal);
    CHECK(compare(expm(logm(a)), a) == Comparison::Equal);
    CHECK(compare(expm(logm(a)), T(a) + b.number(Rational(1, 1000)) * a) == Comparison::Different);
  }
}

TEST_CASE("functions of matrices with attributes find points at which they are defined") {
  for (const Attribute a : {Attribute::Symmetric, Attribute::Spd, Attribute::Diagonal, Attribute::Lower, Attribute::Upper, Attribute::Positive,
                            Attribute::Nonsingular, Attribute::Orthogonal}) {
    Builder b;
    const Expr A = b.var("A", "n", "n", a);
    CAPTURE(static_cast<unsigned>(a));
    CHECK(compare(sqrtm(A) * sqrtm(A), A) == Comparison::Equal);
    CHECK(compare(expm(logm(A)), A) == Comparison::Equal);
    CHECK(compare(pinv(A), inv(A)) == Comparison::Equal);
  }
  Builder b;
  const Expr P = b.var("P", "n", "n", Attribute::Idempotent), K = b.var("K", "n", "n", Attribute::Skew);
  CHECK(compare(expm(P), b.eye("n") + b.number(Rational(171828, 100000)) * P) == Comparison::Different);
  CHECK(compare(expm(K) * T(expm(K)), b.eye("n")) == Comparison::Equal);
  CHECK(compare(P * pinv(P) * P, P) == Comparison::Equal);
  CHECK(compare(pinv(P), P) == Comparison::Different);
}

TEST_CASE("gradients pass through chol, pinv and functions of matrices") {
  Builder b;
  const auto gradient = [&](Expr phi, Expr x, Expr candidate, Reading reading = Reading::Unconstrained) {
    return derivative_equals(b.pool, {DerivativeForm::Gradient, phi.id, b.pool[x.id].symbol, candidate.id, reading, {}}).equal();
  };
  const auto det = [&](Expr a) { return Expr{&b, b.pool.det(a.id)}; };
  const Expr S = b.var("S", "n", "n", Attribute::Spd), A = b.var("A", "n", "n");
  const Expr half = b.number(Rational(1, 2));
  // det chol(S) is the root of det S.
  CHECK(gradient(det(chol(S)), S, (half * det(chol(S))) * inv(S), Reading::Structured));
  CHECK_FALSE(gradient(det(chol(S)), S, det(chol(S)) * inv(S), Reading::Structured));
  CHECK(gradient(trace(expm(A)), A, T(expm(A))));
  CHECK_FALSE(gradient(trace(expm(A)), A, expm(A)));
  CHECK(gradient(trace(mpower(A, 4)), A, 4 * T(mpower(A, 3))));
  CHECK(gradient(trace(sqrtm(S)), S, half * inv(sqrtm(S)), Reading::Structured));
  CHECK(gradient(trace(logm(A)), A, T(inv(A))));
}

// --- second coefficients ---------------------------------------------------------------------------------------------------

namespace {

/// Is every coefficient of the difference zero, or rounding?
template <class P>
bool vanish(const P& k, const SeriesAlgebra<P>& algebra, const Series<typename P::Value>& a, const Series<typename P::Value>& b) {
  const Rational signs[] = {Rational(1), Rational(-1)};
  for (const auto& m : algebra.linear_combination({&a, &b}, signs))
    for (const auto& v : m)
      if (P::kOrdered ? k.pivot_weight(v) > 1e-25 : !k.is_zero(v)) return false;
  return true;
}

template <class P>
Series<typename P::Value> drawn_series(const P& k, std::size_t rows, std::size_t cols, std::uint64_t key) {
  Series<typename P::Value> out(3, Matrix<typename P::Value>(rows, cols, k.zero()));
  for (std::size_t c = 0; c < 3; ++c)
    for (std::size_t i = 0; i < rows * cols; ++i) out[c][i] = k.draw(Draw::Any, combine(combine(key, c), i));
  return out;
}

template <class P>
void second_coefficients(const P& k, std::uint64_t key) {
  using V = typename P::Value;
  const SeriesAlgebra<P> algebra(k, 2, 10000);
  const MatrixFunctions<P> functions(k, algebra);
  const auto times = [&](const Series<V>& a, const Series<V>& b) {
    return algebra.convolve(a, b, [&](const Matrix<V>& x, const Matrix<V>& y) { return algebra.product(x, y); });
  };
  const auto transposed = [&](const Series<V>& a) { return algebra.map(a, [](const Matrix<V>& m) { return m.transposed(); }); };
  // Rank 2 in 4 x 3, moving in both factors; and full rank.
  const Series<V> low = times(drawn_series(k, 4, 2, key), drawn_series(k, 2, 3, key + 1)), full = drawn_series(k, 3, 5, key + 2);
  for (const Series<V>& a : {low, full}) {
    const Series<V> x = functions.pseudo_inverse(a);
    REQUIRE(x.size() == 3);
    CHECK(vanish(k, algebra, times(times(a, x), a), a));
    CHECK(vanish(k, algebra, times(times(x, a), x), x));
    CHECK(vanish(k, algebra, transposed(times(a, x)), times(a, x)));
    CHECK(vanish(k, algebra, transposed(times(x, a)), times(x, a)));
  }
  Series<V> l = drawn_series(k, 3, 3, key + 3);
  for (Matrix<V>& m : l)
    for (std::size_t j = 0; j < 3; ++j)
      for (std::size_t i = 0; i < j; ++i) m(i, j) = k.zero();
  for (std::size_t i = 0; i < 3; ++i) l[0](i, i) = k.draw(Draw::Positive, combine(key, i));
  CHECK(vanish(k, algebra, functions.cholesky(times(l, transposed(l))), l));
}

}  // namespace

TEST_CASE("coefficients to the second order satisfy what defines pinv and chol, in the field and in floats") {
  for (std::uint64_t key = 100; key < 105; ++key) {
    second_coefficients(PrimeField(prime_pairs()[0], key, PrimeField::Exponents::Unused), key);
    second_coefficients(FloatField<Quad>(), key);
  }
}

// --- powers --------------------------------------------------------------------------------------------------------------

TEST_CASE("powers of a matrix are exact, negative ones too, along directions by the product rule") {
  Builder b;
  const Expr A = b.var("A", "n", "n"), E = b.var("E", "n", "n"), F = b.var("F", "n", "n");
  const Dim three = b.pool.dims.constant(3), minus = b.pool.dims.constant(-1);
  const Equality e = ask(mpower(A, 5), A * A * A * A * A);
  CHECK(e.equal());
  CHECK(e.method == Method::Field);
  CHECK(e.error_bits >= 100);
  CHECK(compare(mpower(A, 5), A * A * A * A) == Comparison::Different);
  CHECK(compare(mpower(A, -2) * A * A, b.eye("n")) == Comparison::Equal);
  CHECK(compare(mpower(A, "k") * A, A * mpower(A, "k")) == Comparison::Equal);
  CHECK(compare(mpower(A, "k") * E, E * mpower(A, "k")) == Comparison::Different);
  CHECK(compare(call(PrimaryFunction::Power, {A, E}, three), E * A * A + A * E * A + A * A * E) == Comparison::Equal);
  CHECK(compare(call(PrimaryFunction::Power, {A, E}, three), 3 * A * A * E) == Comparison::Different);
  CHECK(compare(call(PrimaryFunction::Power, {A, E}, minus), -(inv(A) * E * inv(A))) == Comparison::Equal);
  const Expr X = inv(A);
  CHECK(compare(call(PrimaryFunction::Power, {A, E, F}, minus), X * E * X * F * X + X * F * X * E * X) == Comparison::Equal);
  CHECK(compare(call(PrimaryFunction::Power, {A, E, F}, minus), 2 * X * E * X * F * X) == Comparison::Different);
}

// --- expm, logm, sqrtm ---------------------------------------------------------------------------------------------------

TEST_CASE("expm is its power series, and a rotation is the exponential of a skew matrix") {
  const Matrix<double> a = matrix(3, 3, {0.1, -0.2, 0.05, 0.3, 0.02, -0.1, 0.07, 0.11, -0.15});
  const SeriesAlgebra<Doubles> algebra(kDoubles, 0, 10000);
  Matrix<double> sum = matrix(3, 3, {1, 0, 0, 0, 1, 0, 0, 0, 1}), term = sum;
  for (int j = 1; j < 20; ++j) {
    term = algebra.scaled(1.0 / j, algebra.product(term, a));
    algebra.add_to(sum, term);
  }
  CHECK(distance(value(PrimaryFunction::Exponential, a), sum) < 1e-14);  // each squaring may double the rounding
  const double t = 2.5;
  CHECK(distance(value(PrimaryFunction::Exponential, matrix(2, 2, {0, t, -t, 0})),
                 matrix(2, 2, {std::cos(t), std::sin(t), -std::sin(t), std::cos(t)})) < 1e-14);
  CHECK(std::abs(value(PrimaryFunction::Exponential, matrix(1, 1, {3}))[0] / std::exp(3.0) - 1) < 1e-14);
  // Nilpotent: the series ends.
  CHECK(distance(value(PrimaryFunction::Exponential, matrix(2, 2, {0, 0, 7, 0})), matrix(2, 2, {1, 0, 7, 1})) < 1e-14);
}

TEST_CASE("logm and sqrtm take principal values and refuse the negative axis") {
  // An upper triangle with one eigenvalue: sqrt [4 1; 0 4] = [2 1/4; 0 2], log = [log 4, 1/4; 0, log 4].
  const Matrix<double> jordan = matrix(2, 2, {4, 0, 1, 4});
  CHECK(distance(value(PrimaryFunction::SquareRoot, jordan), matrix(2, 2, {2, 0, 0.25, 2})) < 1e-13);
  CHECK(distance(value(PrimaryFunction::Logarithm, jordan), matrix(2, 2, {std::log(4.0), 0, 0.25, std::log(4.0)})) < 1e-13);
  const double t = 2.5;  // below pi
  CHECK(distance(value(PrimaryFunction::Logarithm, matrix(2, 2, {std::cos(t), std::sin(t), -std::sin(t), std::cos(t)})),
                 matrix(2, 2, {0, t, -t, 0})) < 1e-13);
  for (const PrimaryFunction f : {PrimaryFunction::SquareRoot, PrimaryFunction::Logarithm}) {
    CHECK_THROWS_AS(value(f, matrix(1, 1, {-2})), OffDomain);
    CHECK_THROWS_AS(value(f, matrix(2, 2, {-1, 0, 0.5, -2})), OffDomain);
    CHECK_THROWS_AS(value(f, matrix(2, 2, {1, 2, 2, 4})), Undefined);
  }
}

TEST_CASE("expm(A+B) is expm(A)*expm(B) for matrices that commute and for no others") {
  Builder b;
  const Expr A = b.var("A", "n", "n"), B = b.var("B", "n", "n");
  const Equality e = ask(expm(A + A * A), expm(A) * expm(A * A));
  CHECK(e.equal());
  CHECK(e.method == Method::Float);
  CHECK(e.error_bits == 0);
  CHECK(compare(expm(A + B), expm(A) * expm(B)) == Comparison::Different);
  CHECK(compare(expm(-A), inv(expm(A))) == Comparison::Equal);
  CHECK(compare(expm(T(A)), T(expm(A))) == Comparison::Equal);
  CHECK(compare({&b, b.pool.logdet(expm(A).id)}, trace(A)) == Comparison::Equal);
}

TEST_CASE("expm undoes logm, sqrtm squared is the matrix") {
  Builder b;
  const Expr A = b.var("A", "n", "n"), P = b.var("P", "n", "n", Attribute::Spd), B = b.var("B", "n", "n");
  for (const Expr& a : {A, P, A * P}) {
    const Equality e = ask(expm(logm(a)), a);
    CHECK(e.equal());
    CHECK(e.worst_relative_error < 1e-27);
    CHECK(compare(sqrtm(a) * sqrtm(a), a) == Comparison::Equal);
    CHECK(compare(sqrtm(a) * sqrtm(a), 2 * a) == Comparison::Different);
  }
  CHECK(compare(logm(P * P), 2 * logm(P)) == Comparison::Equal);
  CHECK(compare(logm(inv(P)), -logm(P)) == Comparison::Equal);
  CHECK(compare(sqrtm(A * B), sqrtm(A) * sqrtm(B)) == Comparison::Different);
  CHECK(compare(logm(A * B), logm(A) + logm(B)) == Comparison::Different);
}

TEST_CASE("a function along a direction is its differential, also twice") {
  Builder b;
  const Expr A = b.var("A", "n", "n"), E = b.var("E", "n", "n"), F = b.var("F", "n", "n"), G = b.var("G", "n", "n");
  for (const PrimaryFunction f : {PrimaryFunction::Exponential, PrimaryFunction::Logarithm, PrimaryFunction::SquareRoot}) {
    CAPTURE(name(f));
    CHECK(differential(call(f, {A}), A, E, call(f, {A, E})).equal());
    CHECK_FALSE(differential(call(f, {A}), A, E, call(f, {A, T(E)})).equal());
    CHECK(differential(call(f, {A, E}), A, F, call(f, {A, E, F})).equal());
    CHECK(differential(call(f, {A, E}), E, G, call(f, {A, G})).equal());
    CHECK(compare(call(f, {A, E, F}), call(f, {A, F, E})) == Comparison::Equal);
  }
  // sqrtm: E = S dS + dS S.
  const Expr S = sqrtm(A), dS = call(PrimaryFunction::SquareRoot, {A, E});
  CHECK(compare(S * dS + dS * S, E) == Comparison::Equal);
  CHECK(compare(2 * S * dS, E) == Comparison::Different);
  // tr expm(A) moves by tr(expm(A) E), of which the matrix itself knows nothing.
  CHECK(differential(trace(expm(A)), A, E, trace(expm(A) * E)).equal());
  CHECK_FALSE(differential(expm(A), A, E, expm(A) * E).equal());
}

TEST_CASE("second coefficients agree with differences") {
  const Matrix<double> a = matrix(3, 3, {3, 0.2, -0.1, 0.4, 2.5, 0.3, -0.2, 0.6, 4}), e = matrix(3, 3, {0.5, 1, -1, 0.3, 0.2, 0.7, -0.4, 1.1, 0.6});
  const SeriesAlgebra<Doubles> algebra(kDoubles, 2, 10000);
  const MatrixFunctions<Doubles> functions(kDoubles, algebra);
  const Series<double> moving{a, e, Matrix<double>(3, 3, 0)};
  const Series<double>* args[] = {&moving};
  const double h = 1e-3;
  for (const PrimaryFunction f :
       {PrimaryFunction::Exponential, PrimaryFunction::Logarithm, PrimaryFunction::SquareRoot, PrimaryFunction::Power}) {
    CAPTURE(name(f));
    const Series<double> s = functions.function(f, -3, args);
    REQUIRE(s.size() == 3);
    const Matrix<double> here = value(f, a, -3), before = value(f, combined(a, -h, e), -3), after = value(f, combined(a, h, e), -3);
    CHECK(distance(s[0], here) < 1e-12);
    const double size = std::max(1.0, distance(here, Matrix<double>(3, 3, 0)));
    // Central differences err by h^2 times a third or fourth derivative, and by rounding over h^2.
    for (std::size_t i = 0; i < 9; ++i) {
      CHECK(std::abs(s[1][i] - (after[i] - before[i]) / (2 * h)) < 1e-4 * size);
      CHECK(std::abs(2 * s[2][i] - (after[i] - 2 * here[i] + before[i]) / (h * h)) < 1e-4 * size);
    }
  }
}
