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
