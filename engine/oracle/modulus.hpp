#pragma once
/// Arithmetic modulo an odd prime below 2^62, in Montgomery form: the residue a is kept as a * 2^64 mod m.
/// Source: Montgomery (1985), Modular multiplication without trial division.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace dvec {

__extension__ using Word128 = unsigned __int128;

class Modulus {
 public:
  constexpr explicit Modulus(std::uint64_t m) : m_(m) {
    std::uint64_t inverse = m;  // Newton: doubles the number of right bits; m is its own inverse mod 8
    for (int i = 0; i < 5; ++i) inverse *= 2 - m * inverse;
    negative_inverse_ = ~inverse + 1;
    one_ = static_cast<std::uint64_t>((Word128{1} << 64) % m);
    square_ = static_cast<std::uint64_t>(Word128{one_} * one_ % m);
  }

  [[nodiscard]] constexpr std::uint64_t prime() const { return m_; }
  [[nodiscard]] constexpr std::uint64_t one() const { return one_; }

  /// Into and out of Montgomery form.
  /// (of any word: the product with a residue is below 2^64 m).
  [[nodiscard]] constexpr std::uint64_t enter(std::uint64_t a) const { return multiply(a, square_); }
  [[nodiscard]] constexpr std::uint64_t leave(std::uint64_t a) const { return reduce(a); }

  [[nodiscard]] constexpr std::uint64_t add(std::uint64_t a, std::uint64_t b) const {
    const std::uint64_t s = a + b;
    return s >= m_ ? s - m_ : s;
  }
  [[nodiscard]] constexpr std::uint64_t subtract(std::uint64_t a, std::uint64_t b) const { return a >= b ? a - b : a + m_ - b; }
  [[nodiscard]] constexpr std::uint64_t negate(std::uint64_t a) const { return a == 0 ? 0 : m_ - a; }
  [[nodiscard]] constexpr std::uint64_t multiply(std::uint64_t a, std::uint64_t b) const { return reduce(Word128{a} * b); }
  [[nodiscard]] constexpr std::uint64_t power(std::uint64_t a, std::uint64_t exponent) const {
    std::uint64_t out = one_;
    for (; exponent != 0; exponent >>= 1) {
      if (exponent & 1U) out = multiply(out, a);
      a = multiply(a, a);
    }
    return out;
  }
  /// All of them to one power: the products of different ones do not wait for each other.
  constexpr void raise_all(std::span<std::uint64_t> all, std::uint64_t exponent) const {
    constexpr std::size_t kAtOnce = 8;
    for (; !all.empty(); all = all.subspan(std::min(all.size(), kAtOnce))) {
      const std::span<std::uint64_t> now = all.first(std::min(all.size(), kAtOnce));
      std::array<std::uint64_t, kAtOnce> base{};
      std::ranges::copy(now, base.begin());
      std::ranges::fill(now, one_);
      for (std::uint64_t left = exponent; left != 0; left >>= 1)
        for (std::size_t i = 0; i < now.size(); ++i) {
          if (left & 1U) now[i] = multiply(now[i], base[i]);
          base[i] = multiply(base[i], base[i]);
        }
    }
  }
  /// Of a non-zero residue, by Fermat.
  [[nodiscard]] constexpr std::uint64_t inverse(std::uint64_t a) const { return power(a, m_ - 2); }

 private:
  [[nodiscard]] constexpr std::uint64_t reduce(Word128 t) const {
    const std::uint64_t q = static_cast<std::uint64_t>(t) * negative_inverse_;
    const auto r = static_cast<std::uint64_t>((t + Word128{q} * m_) >> 64);
    return r >= m_ ? r - m_ : r;
  }

  std::uint64_t m_;
  std::uint64_t negative_inverse_ = 0;
  std::uint64_t one_ = 0;
  std::uint64_t square_ = 0;
};

/// Deterministic for all 64-bit numbers (Miller-Rabin with the first twelve primes as bases).
[[nodiscard]] bool is_prime(std::uint64_t n);
/// a with a*b = 1 mod m, or 0 when gcd(b, m) > 1; any m < 2^63.
[[nodiscard]] std::uint64_t inverse_modulo(std::uint64_t b, std::uint64_t m);

}  // namespace dvec
