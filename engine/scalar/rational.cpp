#include "scalar/rational.hpp"

#include <cln/integer.h>
#include <cln/integer_io.h>
#include <cln/modinteger.h>
#include <cln/rational.h>
#include <cln/rational_io.h>
#include <cln/real.h>
#include <cln/float.h>
#include <cln/dfloat.h>

#include <cctype>
#include <functional>
#include <numeric>
#include <sstream>

#include "support/result.hpp"

namespace dvec {

struct Rational::Big {
  cln::cl_RA value;
};

namespace {

__extension__ using Wide = __int128;

constexpr Wide kMax = INT64_MAX;

bool fits(Wide v) { return v <= kMax && v >= -kMax; }

Wide wide_gcd(Wide a, Wide b) {
  if (a < 0) a = -a;
  if (b < 0) b = -b;
  while (b != 0) {
    const Wide r = a % b;
    a = b;
    b = r;
  }
  return a;
}

cln::cl_I integer(std::int64_t v) { return cln::cl_I(static_cast<long>(v)); }

bool fits(const cln::cl_I& v) { return v <= integer(INT64_MAX) && v >= -integer(INT64_MAX); }

std::string digits(const cln::cl_I& v) {
  std::ostringstream out;
  out << v;
  return out.str();
}

}  // namespace

Rational::Rational(std::int64_t num, std::int64_t den) {
  require(den != 0, "rational with denominator 0");
  *this = Rational(num) / Rational(den);
}

Rational::Rational(const Big& value) {
  const cln::cl_I n = cln::numerator(value.value), d = cln::denominator(value.value);
  if (fits(n) && fits(d)) {
    num_ = cln::cl_I_to_long(n);
    den_ = cln::cl_I_to_long(d);
  } else {
    big_ = std::make_shared<const Big>(value);
  }
}

Rational::Big Rational::big() const {
  if (big_) return *big_;
  return Big{integer(num_) / integer(den_)};
}

std::optional<Rational> Rational::parse(std::string_view text) {
  std::string mantissa;
  std::int64_t exponent = 0;
  std::size_t i = 0;
  bool seen_digit = false;
  for (; i < text.size() && std::isdigit(static_cast<unsigned char>(text[i])); ++i, seen_digit = true)
    mantissa += text[i];
  if (i < text.size() && text[i] == '.')
    for (++i; i < text.size() && std::isdigit(static_cast<unsigned char>(text[i])); ++i, seen_digit = true) {
      mantissa += text[i];
      --exponent;
    }
  if (!seen_digit || mantissa.size() > 4000) return std::nullopt;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    bool negative = false;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) negative = text[i++] == '-';
    if (i == text.size()) return std::nullopt;
    std::int64_t e = 0;
    for (; i < text.size() && std::isdigit(static_cast<unsigned char>(text[i])); ++i) {
      e = e * 10 + (text[i] - '0');
      if (e > 4000) return std::nullopt;
    }
    exponent += negative ? -e : e;
  }
  if (i != text.size()) return std::nullopt;
  constexpr std::size_t kWord = 18;  // digits that a machine word holds
  if (exponent == 0 && mantissa.size() <= kWord) {
    std::int64_t small = 0;
    for (const char c : mantissa) small = small * 10 + (c - '0');
    return Rational(small);
  }
  cln::cl_I m = 0;
  for (const char c : mantissa) m = m * 10 + (c - '0');
  const cln::cl_RA scale = cln::expt(cln::cl_RA(10), static_cast<long>(exponent < 0 ? -exponent : exponent));
  return Rational(Big{exponent < 0 ? cln::cl_RA(m) / scale : cln::cl_RA(m) * scale});
}

bool Rational::is_integer() const { return big_ ? cln::denominator(big_->value) == 1 : den_ == 1; }
bool Rational::is_negative() const { return big_ ? cln::minusp(big_->value) : num_ < 0; }

std::optional<std::int64_t> Rational::to_int64() const {
  if (big_ || den_ != 1) return std::nullopt;
  return num_;
}

double Rational::to_double() const {
  constexpr std::int64_t kExact = std::int64_t{1} << 53;
  if (!big_ && num_ > -kExact && num_ < kExact && den_ < kExact)
    return static_cast<double>(num_) / static_cast<double>(den_);
  return cln::double_approx(big().value);
}

std::string Rational::numerator() const { return big_ ? digits(cln::numerator(big_->value)) : std::to_string(num_); }
std::string Rational::denominator() const { return big_ ? digits(cln::denominator(big_->value)) : std::to_string(den_); }

std::string Rational::text() const { return is_integer() ? numerator() : numerator() + "/" + denominator(); }

std::optional<std::uint64_t> Rational::modulo(std::uint64_t prime) const {
  const cln::cl_modint_ring ring = cln::find_modint_ring(cln::cl_I(static_cast<unsigned long>(prime)));
  const Big value = big();
  const cln::cl_MI d = ring->canonhom(cln::denominator(value.value));
  if (cln::zerop(d)) return std::nullopt;
  const cln::cl_I image = ring->retract(ring->canonhom(cln::numerator(value.value)) * cln::recip(d));
  return static_cast<std::uint64_t>(cln::cl_I_to_ulong(image));
}

Rational Rational::inverse() const { return Rational(1) / *this; }

std::size_t Rational::hash() const {
  if (big_) return std::hash<std::string>{}(text());
  return std::hash<std::int64_t>{}(num_) * 31 + std::hash<std::int64_t>{}(den_);
}

namespace {

/// num/den reduced, when both fit; nothing otherwise.
std::optional<std::pair<std::int64_t, std::int64_t>> reduced(Wide num, Wide den) {
  const Wide g = wide_gcd(num, den);
  if (g > 1) {
    num /= g;
    den /= g;
  }
  if (den < 0) {
    num = -num;
    den = -den;
  }
  if (!fits(num) || !fits(den)) return std::nullopt;
  return std::pair{static_cast<std::int64_t>(num), static_cast<std::int64_t>(den)};
}

}  // namespace

Rational operator+(const Rational& a, const Rational& b) {
  if (!a.big_ && !b.big_) {
    // |num| and den are below 2^63, so each product is below 2^126 and the sum below 2^127.
    if (const auto r = reduced(Wide(a.num_) * b.den_ + Wide(b.num_) * a.den_, Wide(a.den_) * b.den_)) {
      Rational out(r->first);
      out.den_ = r->second;
      return out;
    }
  }
  return Rational(Rational::Big{a.big().value + b.big().value});
}

Rational operator*(const Rational& a, const Rational& b) {
  if (!a.big_ && !b.big_) {
    if (const auto r = reduced(Wide(a.num_) * b.num_, Wide(a.den_) * b.den_)) {
      Rational out(r->first);
      out.den_ = r->second;
      return out;
    }
  }
  return Rational(Rational::Big{a.big().value * b.big().value});
}

Rational operator/(const Rational& a, const Rational& b) {
  require(!b.is_zero(), "rational division by zero");
  if (!a.big_ && !b.big_) {
    if (const auto r = reduced(Wide(a.num_) * b.den_, Wide(a.den_) * b.num_)) {
      Rational out(r->first);
      out.den_ = r->second;
      return out;
    }
  }
  return Rational(Rational::Big{a.big().value / b.big().value});
}

Rational Rational::operator-() const { return Rational(0) - *this; }
Rational operator-(const Rational& a, const Rational& b) { return a + b * Rational(-1); }

bool operator==(const Rational& a, const Rational& b) { return (a <=> b) == std::strong_ordering::equal; }

std::strong_ordering operator<=>(const Rational& a, const Rational& b) {
  if (!a.big_ && !b.big_) {
    const Wide left = Wide(a.num_) * b.den_, right = Wide(b.num_) * a.den_;
    return left < right ? std::strong_ordering::less
           : left > right ? std::strong_ordering::greater : std::strong_ordering::equal;
  }
  const int c = cln::compare(a.big().value, b.big().value);
  return c < 0 ? std::strong_ordering::less : c > 0 ? std::strong_ordering::greater : std::strong_ordering::equal;
}

Rational power(const Rational& base, std::int64_t exponent) {
  require(exponent >= 0 || !base.is_zero(), "negative power of zero");
  const std::size_t length = base.numerator().size() + base.denominator().size();
  const std::int64_t count = exponent < 0 ? -exponent : exponent;
  if (!(base == Rational(1) || base == Rational(-1) || base.is_zero()) &&
      (count > 100000 || length * static_cast<std::size_t>(count) > 100000))
    throw LimitReached("a rational power with more than 100000 digits");
  Rational result(1), square = exponent < 0 ? base.inverse() : base;
  for (std::int64_t k = count; k > 0; k >>= 1) {
    if (k & 1) result *= square;
    if (k > 1) square *= square;
  }
  return result;
}

std::optional<Rational> exact_root(const Rational& base, std::int64_t k) {
  if (k < 2 || base.is_negative()) return std::nullopt;
  std::istringstream num(base.numerator()), den(base.denominator());
  cln::cl_I n, d, rn, rd;
  num >> n;
  den >> d;
  const cln::cl_I kk(static_cast<long>(k));
  if (!cln::rootp(n, kk, &rn) || !cln::rootp(d, kk, &rd)) return std::nullopt;
  const auto as_rational = [](const cln::cl_I& v) { return *Rational::parse(digits(v)); };
  return as_rational(rn) / as_rational(rd);
}

Rational gcd(const Rational& a, const Rational& b) {
  if (a.is_zero()) return b.abs();
  if (b.is_zero()) return a.abs();
  // gcd(a, b) = gcd(a/b, 1) · |b|, and gcd(n/d, 1) = 1/d for a reduced fraction n/d.
  const Rational ratio = a / b;
  return b.abs() / *Rational::parse(ratio.denominator());
}

}  // namespace dvec
