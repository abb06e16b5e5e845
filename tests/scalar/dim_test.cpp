#include <catch2/catch.hpp>

#include "scalar/dim.hpp"

using namespace dvec;

TEST_CASE("sizes are equal when their polynomials are") {
  DimTable t;
  const Dim m = t.symbol("m"), n = t.symbol("n"), one = t.one();
  CHECK(t.multiply(m, n) == t.multiply(n, m));
  CHECK(t.subtract(t.multiply(t.add(n, one), t.subtract(n, one)), t.multiply(n, n)) == t.constant(-1));
  CHECK(t.add(m, n) != t.multiply(m, n));
}

TEST_CASE("sizes print in one order, whatever order they were made in") {
  DimTable a, b;
  const auto make = [](DimTable& t, bool reversed) {
    const Dim first = t.symbol(reversed ? "n" : "m"), second = t.symbol(reversed ? "m" : "n");
    return t.text(t.subtract(t.add(t.multiply(first, second), t.symbol("p")), t.one()));
  };
  CHECK(make(a, false) == make(b, true));
  CHECK(make(a, false) == "m*n+p-1");
}

TEST_CASE("half of n(n+1) is a size with a fraction in its coefficients") {
  DimTable t;
  const Dim n = t.symbol("n");
  const Dim tri = t.scale(Rational(1, 2), t.multiply(n, t.add(n, t.one())));
  CHECK(t.evaluate(tri, {{"n", 4}}) == 10);
  CHECK_FALSE(t.evaluate(tri, {{"m", 4}}));
}

TEST_CASE("a monomial has its symbols as factors, a sum only itself") {
  DimTable t;
  const Dim m = t.symbol("m"), n = t.symbol("n");
  CHECK(t.factors(t.multiply(m, t.multiply(n, n))) == std::vector{m, n, n});
  CHECK(t.factors(t.add(m, n)) == std::vector{t.add(m, n)});
  CHECK(t.factors(t.one()).empty());
}
