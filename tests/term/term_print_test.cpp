#include <catch2/catch.hpp>

#include "tests/term_builder.hpp"

using namespace dvec;
using namespace dvec::test;

TEST_CASE("brackets are printed where Octave needs them, or a reader would") {
  Builder b;
  const Expr A = b.var("A", "m", "n"), B = b.var("B", "m", "n"), C = b.var("C", "n", "m"), s = b.var("s", "1", "1");
  CHECK(text((A + B) * C) == "(A+B)*C");
  CHECK(text(T(A * C)) == "(A*C)'");
  CHECK(text(T(A) * B) == "A'*B");
  CHECK(text(A - (-B)) == "A+B");
  CHECK(text(-(A % B)) == "-A.*B");
  CHECK(text((A % B) * C) == "(A.*B)*C");
  CHECK(text(A / s) == "A/s");
  CHECK(text((2 * A) / (s * b.size("m"))) == "2*A/(s*m)");
  CHECK(text(A % pow(B, Rational(-1))) == "A./B");
  CHECK(text(pow(B, Rational(-1, 2))) == "1./sqrt(B)");
  CHECK(text(pow(s, Rational(-3, 2)) * A) == "A/s^1.5");
  CHECK(text(pow(A, Rational(-2))) == "1./A.^2");
}

TEST_CASE("positive terms of a sum come first, and a lone negative term has its sign in front") {
  Builder b;
  const Expr A = b.var("A", "m", "n"), B = b.var("B", "m", "n");
  CHECK(text(B - 2 * A) == "B-2*A");
  CHECK(text(-A - B) == "-A-B");
}

TEST_CASE("the root of x'*x is printed as a norm, the root of another form is not") {
  Builder b;
  const Expr x = b.var("x", "n", "1"), a = b.var("a", "n", "1"), A = b.var("A", "m", "n");
  CHECK(text(pow(T(x - a) * (x - a), Rational(1, 2))) == "norm2(x-a)");
  CHECK(text(x / pow(T(x) * x, Rational(3, 2))) == "x/norm2(x)^3");
  CHECK(text(pow(sum(pow(A, 2)), Rational(1, 2))) == "normF(A)");
  CHECK(text(pow(T(x) * a, Rational(1, 2))) == "sqrt(x'*a)");
}
