#pragma once
/// Exact arithmetic modulo a 61-bit prime in which square roots, exp, signs and opaque functions have consistent images.
///
/// A value carries residues mod p and mod q, with p = k*q + 1: an argument of exp is read mod q, its exponential
/// g^z mod p has g of order q, so exp(x+y) = exp(x)*exp(y) holds by arithmetic.
/// p = 7 mod 8, and 3, 5, ..., 13 are squares mod p: "positive" means square, the root of a square is the root that is
/// itself a square, small integers are positive, -1 is not, and the quadratic character is multiplicative like the sign.
/// Source: DeMillo & Lipton (1978), Zippel (1979), Schwartz (1980) for the test; Gonnet (1984) for exponents mod q.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "oracle/modulus.hpp"
#include "oracle/primitive.hpp"
#include "scalar/rational.hpp"

namespace dvec {

/// p = k*q + 1, both prime, p = 7 mod 8; g has order q mod p.
struct PrimePair {
  std::uint64_t p, q, g;
  friend bool operator==(const PrimePair&, const PrimePair&) = default;
};

/// The pair that a search from this start finds (tens of milliseconds at the worst).
[[nodiscard]] PrimePair find_prime_pair(std::uint64_t start);
/// Pairs found by find_prime_pair(0), (1), ...; kept as a table, which a test finds again.
[[nodiscard]] std::span<const PrimePair> prime_pairs();

class PrimeField {
 public:
  static constexpr bool kOrdered = false;  ///< no order: positive is square, and sums of squares need not be
  static constexpr std::uint64_t kAbsent = ~std::uint64_t{0};

  /// In Montgomery form. q is kAbsent where no exponential is to be taken.
  struct Value {
    std::uint64_t p = 0;
    std::uint64_t q = kAbsent;
  };
  enum class Exponents { Unused, Used };

  PrimeField(const PrimePair& pair, std::uint64_t seed, Exponents exponents);

  [[nodiscard]] const Modulus& modulus() const { return p_; }
  [[nodiscard]] std::uint64_t residue(const Value& a) const { return p_.leave(a.p); }

  [[nodiscard]] Value zero() const { return {0, exponents_ ? 0 : kAbsent}; }
  [[nodiscard]] Value one() const { return {p_.one(), exponents_ ? q_.one() : kAbsent}; }
  [[nodiscard]] Value integer(std::int64_t k) const;
  [[nodiscard]] Value rational(const Rational& r) const;
  [[nodiscard]] Value pi() const { return pi_; }

  [[nodiscard]] Value add(const Value& a, const Value& b) const {
    return {p_.add(a.p, b.p), both(a, b) ? q_.add(a.q, b.q) : kAbsent};
  }
  [[nodiscard]] Value subtract(const Value& a, const Value& b) const {
    return {p_.subtract(a.p, b.p), both(a, b) ? q_.subtract(a.q, b.q) : kAbsent};
  }
  [[nodiscard]] Value multiply(const Value& a, const Value& b) const {
    return {p_.multiply(a.p, b.p), both(a, b) ? q_.multiply(a.q, b.q) : kAbsent};
  }
  [[nodiscard]] Value negate(const Value& a) const { return {p_.negate(a.p), a.q == kAbsent ? kAbsent : q_.negate(a.q)}; }
  [[nodiscard]] Value inverse(const Value& a) const;
  /// Inverts all of them by one inversion: the inverse of the product of all, and three multiplications for each.
  /// Throws Undefined where one is zero. Source: Montgomery (1987), Speeding the Pollard and elliptic curve methods.
  void invert(std::span<Value> values) const;
  [[nodiscard]] bool is_zero(const Value& a) const { return a.p == 0; }
  [[nodiscard]] bool equal(const Value& a, const Value& b) const { return a.p == b.p; }
  [[nodiscard]] bool is_finite(const Value&) const { return true; }
  /// The quadratic character mod p: 1, -1, 0.
  [[nodiscard]] int sign(const Value& a) const;
  /// Weight of a as a pivot: anything but zero serves.
  [[nodiscard]] double pivot_weight(const Value& a) const { return a.p == 0 ? 0 : 1; }
  [[nodiscard]] double negligible_pivot(double) const { return 0; }

  /// Roots of even order of squares only (Undefined otherwise), of odd order where they are unique (Unsupported
  /// otherwise).
  [[nodiscard]] Value power(const Value& a, const Rational& exponent) const;
  /// a^(1/order), order >= 2; nothing where `power` would be off its domain.
  [[nodiscard]] std::optional<Value> root_if(const Value& a, std::int64_t order) const;
  /// `root_if` of all of them, in their places; puts those that have none into `off`, by number.
  void take_roots(std::span<Value> values, std::int64_t order, std::vector<std::size_t>& off) const;
  /// False where `power` would be off its domain; cheaper than to find out by an exception.
  [[nodiscard]] bool has_power(const Value& a, const Rational& exponent) const;
  /// For exponents that are small integers; Unsupported otherwise.
  [[nodiscard]] Value power_by(const Value& a, const Value& exponent) const;
  [[nodiscard]] Value primitive(Primitive f, const Value& a) const;
  [[nodiscard]] Value polygamma(int k, const Value& a) const;
  [[nodiscard]] Value opaque(std::uint64_t name, int order, const Value& a) const;

  [[nodiscard]] Value draw(Draw kind, std::uint64_t key) const;

 private:
  [[nodiscard]] static bool both(const Value& a, const Value& b) { return a.q != kAbsent && b.q != kAbsent; }
  /// A residue that depends on the key only, uniform.
  [[nodiscard]] static std::uint64_t uniform(const Modulus& m, std::uint64_t key);
  /// A random function of the value, separately mod p and mod q.
  [[nodiscard]] Value oracle(std::uint64_t name, const Value& a) const;
  /// The residue mod q of a root or an exponential: a random function of the value, none where exponentials are not wanted.
  [[nodiscard]] std::uint64_t oracle_exponent(const Value& a) const;
  [[nodiscard]] Value odd_oracle(std::uint64_t name, const Value& a) const;
  [[nodiscard]] Value log(const Value& a) const;
  [[nodiscard]] Value exp(const Value& a) const;
  [[nodiscard]] std::optional<Value> square_root_if(const Value& a) const;
  [[nodiscard]] Value half_angle(const Value& a) const;
  [[nodiscard]] Value raise(const Value& a, std::int64_t exponent) const;
  [[nodiscard]] Value signed_by(int sign, const Value& a) const;
  [[nodiscard]] Value divide(const Value& a, const Value& b) const { return multiply(a, inverse(b)); }

  Modulus p_, q_;
  std::uint64_t g_;  ///< in Montgomery form
  std::uint64_t seed_;
  bool exponents_;
  Value pi_;
};

}  // namespace dvec
