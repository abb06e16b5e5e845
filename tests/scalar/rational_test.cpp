#include <catch2/catch.hpp>

#include "scalar/rational.hpp"

using dvec::Rational;

TEST_CASE("decimals are read exactly") {
  CHECK(Rational::parse("0.25") == Rational(1, 4));
  CHECK(Rational::parse("1e-5") == Rational(1, 100000));
  CHECK(Rational::parse("3.5E+2") == Rational(350));
  CHECK_FALSE(Rational::parse("1.2.3"));
  CHECK_FALSE(Rational::parse("e5"));
  CHECK_FALSE(Rational::parse("1e999999999999"));
}

TEST_CASE("arithmetic leaves machine words without losing a digit, and comes back") {
  Rational product(1);
  for (int k = 1; k <= 40; ++k) product *= Rational(k);
  CHECK(product.text() == "815915283247897734345611269596115894272000000000");
  for (int k = 40; k >= 1; --k) product *= Rational(1, k);
  CHECK(product == Rational(1));
  CHECK(product.to_int64() == 1);
  CHECK((Rational(INT64_MAX) + Rational(1)).text() == "9223372036854775808");
  CHECK(-(Rational(INT64_MAX) + Rational(1)) < Rational(0));
}

TEST_CASE("the greatest common divisor of fractions divides both to integers") {
  CHECK(gcd(Rational(2, 3), Rational(4, 9)) == Rational(2, 9));
  CHECK(gcd(Rational(0), Rational(-5)) == Rational(5));
}

TEST_CASE("roots are exact or absent") {
  CHECK(exact_root(Rational(9, 4), 2) == Rational(3, 2));
  CHECK_FALSE(exact_root(Rational(2), 2));
  CHECK_FALSE(exact_root(Rational(-4), 2));
}

TEST_CASE("a fraction has an image in a prime field unless its denominator vanishes there") {
  CHECK(Rational(1, 2).modulo(7) == 4);
  CHECK(Rational(-1).modulo(7) == 6);
  CHECK_FALSE(Rational(1, 7).modulo(7));
}

TEST_CASE("large integers become the nearest double") {
  CHECK(Rational::parse("1e300")->to_double() == 1e300);
  CHECK(Rational(1, 3).to_double() == 1.0 / 3.0);
}
