#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

#include "oracle/keyed_hash.hpp"
#include "oracle/prime_field.hpp"

using namespace dvec;

TEST_CASE("the table of primes is what the search finds, and has the properties that the arithmetic needs") {
  for (std::size_t i = 0; i < prime_pairs().size(); ++i) {
    const PrimePair pair = prime_pairs()[i];
    CHECK(pair == find_prime_pair(i));
    CHECK(is_prime(pair.p));
    CHECK(is_prime(pair.q));
    CHECK((pair.p - 1) % pair.q == 0);
    CHECK(pair.p % 8 == 7);
    CHECK((pair.p - 1) % 3 != 0);
    const Modulus m(pair.p);
    CHECK(m.power(m.enter(pair.g), pair.q) == m.one());
    CHECK(m.enter(pair.g) != m.one());
  }
}

TEST_CASE("primality is decided rightly for small numbers, squares of primes and Carmichael numbers") {
  int primes = 0;
  for (std::uint64_t n = 0; n < 1000; ++n) primes += is_prime(n) ? 1 : 0;
  CHECK(primes == 168);
  for (const std::uint64_t n : {561ULL, 1105ULL, 1373653ULL, 25326001ULL, 3215031751ULL, 1000000016000000063ULL}) CHECK_FALSE(is_prime(n));
  CHECK(is_prime(2305843009213693951ULL));
}

TEST_CASE("field operations agree with plain modular arithmetic") {
  const PrimePair pair = prime_pairs()[0];
  const PrimeField f(pair, 7, PrimeField::Exponents::Used);
  const auto a = f.integer(-5), b = f.rational(Rational(3, 7));
  CHECK(f.residue(f.add(a, f.integer(5))) == 0);
  CHECK(f.residue(f.multiply(b, f.integer(7))) == 3);
  CHECK(f.residue(f.multiply(b, f.inverse(b))) == 1);
  CHECK_THROWS_AS(f.inverse(f.zero()), Undefined);
}

TEST_CASE("roots are multiplicative on squares, cube roots are unique") {
  const PrimeField f(prime_pairs()[1], 3, PrimeField::Exponents::Unused);
  const auto x = f.draw(Draw::Positive, 1), y = f.draw(Draw::Positive, 2);
  const auto root = [&](const PrimeField::Value& v) { return f.power(v, Rational(1, 2)); };
  CHECK(f.equal(f.multiply(root(x), root(y)), root(f.multiply(x, y))));
  CHECK(f.equal(f.multiply(root(x), root(x)), x));
  CHECK_THROWS_AS(root(f.negate(x)), Undefined);
  const auto c = f.power(x, Rational(1, 3));
  CHECK(f.equal(f.multiply(c, f.multiply(c, c)), x));
}

TEST_CASE("sin and cos lie on the circle, and their parities are right") {
  const PrimeField f(prime_pairs()[2], 11, PrimeField::Exponents::Unused);
  const auto x = f.draw(Draw::Any, 5);
  const auto s = f.primitive(Primitive::Sin, x), c = f.primitive(Primitive::Cos, x);
  CHECK(f.equal(f.add(f.multiply(s, s), f.multiply(c, c)), f.one()));
  CHECK(f.equal(f.primitive(Primitive::Sin, f.negate(x)), f.negate(s)));
  CHECK(f.equal(f.primitive(Primitive::Cos, f.negate(x)), c));
}

TEST_CASE("many inverses at once are those one by one, with exponents too, and a zero among them is refused") {
  for (const auto exponents : {PrimeField::Exponents::Unused, PrimeField::Exponents::Used}) {
    const PrimeField f(prime_pairs()[3], 5, exponents);
    std::vector<PrimeField::Value> values;
    for (std::uint64_t k = 0; k < 11; ++k) values.push_back(f.draw(Draw::Any, k));
    values[4].q = PrimeField::kAbsent;  // no exponent of its own
    std::vector<PrimeField::Value> inverted = values;
    f.invert(inverted);
    for (std::size_t k = 0; k < values.size(); ++k) {
      CHECK(inverted[k].p == f.inverse(values[k]).p);
      CHECK(inverted[k].q == f.inverse(values[k]).q);
    }
    values[7] = f.zero();
    CHECK_THROWS_AS(f.invert(values), Undefined);
  }
}

TEST_CASE("many roots at once are those one by one, and those that are none are named") {
  const PrimeField f(prime_pairs()[4], 6, PrimeField::Exponents::Unused);
  for (const std::int64_t order : {2, 3, 4}) {
    std::vector<PrimeField::Value> values;
    for (std::uint64_t k = 0; k < 19; ++k) values.push_back(f.draw(Draw::Any, k));
    std::vector<PrimeField::Value> roots = values;
    std::vector<std::size_t> off;
    f.take_roots(roots, order, off);
    for (std::size_t k = 0; k < values.size(); ++k) {
      const auto root = f.root_if(values[k], order);
      CHECK(root.has_value() == (std::ranges::find(off, k) == off.end()));
      if (root) CHECK(roots[k].p == root->p);
    }
    CHECK(off.empty() == (order == 3));
  }
}
