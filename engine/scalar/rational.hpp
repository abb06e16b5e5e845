#pragma once
/// Exact rational numbers: machine words while they fit, CLN beyond.

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dvec {

class Rational {
 public:
  Rational() = default;
  Rational(std::int64_t value) : num_(value) {}
  Rational(std::int64_t num, std::int64_t den);  ///< den != 0
  /// "12", "0.25", "1e-5", "3.5E+2". Nothing when the text is no number or its exponent passes ±4000.
  static std::optional<Rational> parse(std::string_view decimal);

  [[nodiscard]] bool is_zero() const { return !big_ && num_ == 0; }
  [[nodiscard]] bool is_one() const { return !big_ && num_ == 1 && den_ == 1; }
  [[nodiscard]] bool is_integer() const;
  [[nodiscard]] bool is_negative() const;
  [[nodiscard]] std::optional<std::int64_t> to_int64() const;  ///< when integral and it fits
  [[nodiscard]] double to_double() const;                      ///< nearest
  /// Numerator and positive denominator, reduced, when both are machine words.
  [[nodiscard]] std::optional<std::pair<std::int64_t, std::int64_t>> words() const {
    if (big_) return std::nullopt;
    return std::pair(num_, den_);
  }
  [[nodiscard]] std::string numerator() const;                 ///< decimal digits, with sign
  [[nodiscard]] std::string denominator() const;               ///< decimal digits, positive
  /// "3", "-1/2".
  [[nodiscard]] std::string text() const;
  /// Image in the field of `prime` elements (prime < 2^62); nothing when the denominator vanishes there.
  [[nodiscard]] std::optional<std::uint64_t> modulo(std::uint64_t prime) const;
  [[nodiscard]] Rational abs() const { return is_negative() ? -*this : *this; }
  [[nodiscard]] Rational inverse() const;                ///< of a non-zero number
  [[nodiscard]] std::size_t hash() const;

  friend Rational operator+(const Rational& a, const Rational& b);
  friend Rational operator-(const Rational& a, const Rational& b);
  friend Rational operator*(const Rational& a, const Rational& b);
  friend Rational operator/(const Rational& a, const Rational& b);  ///< b != 0
  Rational operator-() const;
  Rational& operator+=(const Rational& b) { return *this = *this + b; }
  Rational& operator*=(const Rational& b) { return *this = *this * b; }
  friend bool operator==(const Rational& a, const Rational& b);
  friend std::strong_ordering operator<=>(const Rational& a, const Rational& b);

 private:
  struct Big;
  Rational(const Big& value);
  [[nodiscard]] Big big() const;

  std::int64_t num_ = 0;
  std::int64_t den_ = 1;
  std::shared_ptr<const Big> big_;  ///< set only when num/den do not fit
};

/// base^exponent for an integer exponent (base != 0 when it is negative); throws LimitReached past 10^5 digits.
[[nodiscard]] Rational power(const Rational& base, std::int64_t exponent);
/// The exact k-th root if there is one (k >= 2, base >= 0).
[[nodiscard]] std::optional<Rational> exact_root(const Rational& base, std::int64_t k);
/// Greatest common divisor of numerators over least common multiple of denominators; positive; 0 for 0, 0.
[[nodiscard]] Rational gcd(const Rational& a, const Rational& b);

}  // namespace dvec
