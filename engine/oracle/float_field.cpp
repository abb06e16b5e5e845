#include "oracle/float_field.hpp"

#include <quadmath.h>

#include <cmath>

#include "oracle/keyed_hash.hpp"
#include "oracle/undefined.hpp"

namespace dvec {

template <>
struct FloatMath<double> {
  static double parse(const char* s) { return std::strtod(s, nullptr); }
  static double exp(double x) { return std::exp(x); }
  static double expm1(double x) { return std::expm1(x); }
  static double log(double x) { return std::log(x); }
  static double log1p(double x) { return std::log1p(x); }
  static double sqrt(double x) { return std::sqrt(x); }
  static double cbrt(double x) { return std::cbrt(x); }
  static double pow(double x, double y) { return std::pow(x, y); }
  static double sin(double x) { return std::sin(x); }
  static double cos(double x) { return std::cos(x); }
  static double tan(double x) { return std::tan(x); }
  static double sinh(double x) { return std::sinh(x); }
  static double cosh(double x) { return std::cosh(x); }
  static double tanh(double x) { return std::tanh(x); }
  static double atan(double x) { return std::atan(x); }
  static double erf(double x) { return std::erf(x); }
  static double lgamma(double x) { return std::lgamma(x); }
  static constexpr double negligible = 2e-15;
};

template <>
struct FloatMath<Quad> {
  static Quad parse(const char* s) { return strtoflt128(s, nullptr); }
  static Quad exp(Quad x) { return expq(x); }
  static Quad expm1(Quad x) { return expm1q(x); }
  static Quad log(Quad x) { return logq(x); }
  static Quad log1p(Quad x) { return log1pq(x); }
  static Quad sqrt(Quad x) { return sqrtq(x); }
  static Quad cbrt(Quad x) { return cbrtq(x); }
  static Quad pow(Quad x, Quad y) { return powq(x, y); }
  static Quad sin(Quad x) { return sinq(x); }
  static Quad cos(Quad x) { return cosq(x); }
  static Quad tan(Quad x) { return tanq(x); }
  static Quad sinh(Quad x) { return sinhq(x); }
  static Quad cosh(Quad x) { return coshq(x); }
  static Quad tanh(Quad x) { return tanhq(x); }
  static Quad atan(Quad x) { return atanq(x); }
  static Quad erf(Quad x) { return erfq(x); }
  static Quad lgamma(Quad x) { return lgammaq(x); }
  static constexpr double negligible = 1e-22;  // random points: what is smaller is rounding
};

template <class T>
T FloatField<T>::rational(const Rational& r) const {
  // Words that the type holds exactly; longer numbers are read from their digits.
  constexpr std::int64_t kExact = std::int64_t{1} << 53;
  if (const auto w = r.words(); w && w->first < kExact && w->first > -kExact && w->second < kExact)
    return static_cast<T>(w->first) / static_cast<T>(w->second);
  return FloatMath<T>::parse(r.numerator().c_str()) / FloatMath<T>::parse(r.denominator().c_str());
}

template <class T>
T FloatField<T>::pi() const {
  static const T value = FloatMath<T>::parse("3.14159265358979323846264338327950288419716939937510");
  return value;
}

template <class T>
T FloatField<T>::inverse(T a) const {
  if (a == 0) throw Undefined("a division by zero");
  return rounded(1 / a);
}

template <class T>
double FloatField<T>::negligible_pivot(double scale) const {
  return scale * FloatMath<T>::negligible;
}

template <class T>
T FloatField<T>::power(T a, const Rational& exponent) const {
  if (const auto k = exponent.to_int64()) {
    if (*k < 0 && a == 0) throw Undefined("a division by zero");
    if (*k >= -64 && *k <= 64) {
      T out = 1, base = *k < 0 ? 1 / a : a;
      for (std::int64_t i = *k < 0 ? -*k : *k; i > 0; i >>= 1) {
        if (i & 1) out *= base;
        base *= base;
      }
      return rounded(out);
    }
    return rounded(FloatMath<T>::pow(a, rational(exponent)));
  }
  if (a < 0) throw OffDomain("a root of a negative number");
  if (a == 0 && exponent.is_negative()) throw Undefined("a division by zero");
  if (exponent == Rational(1, 2)) return rounded(FloatMath<T>::sqrt(a));
  if (exponent == Rational(-1, 2)) return rounded(1 / FloatMath<T>::sqrt(a));
  return rounded(FloatMath<T>::pow(a, rational(exponent)));
}

template <class T>
T FloatField<T>::power_by(T a, T exponent) const {
  const T out = FloatMath<T>::pow(a, exponent);
  if (!is_finite(out)) throw OffDomain("a power without a value");
  return rounded(out);
}

namespace {

/// psi^(k)(x), k = 0, 1, 2, for x > 0: recurrence up to x >= 30, then the asymptotic series.
/// Source: Abramowitz & Stegun, 6.3.18, 6.4.11-6.4.13.
template <class T>
T digamma_family(int k, T x) {
  if (!(x > 0)) throw OffDomain("psi of a number that is not positive");
  // Bernoulli numbers B_2, B_4, ...
  static const Rational bernoulli[] = {{1, 6},   {-1, 30},      {1, 42},       {-1, 30},        {5, 66},       {-691, 2730}, {7, 6},
                                       {-3617, 510}, {43867, 798}, {-174611, 330}, {854513, 138}, {-236364091, 2730}, {8553103, 6}};
  const FloatField<T> f;
  T shift = 0;
  while (x < 30) {
    shift += k == 0 ? -1 / x : k == 1 ? 1 / (x * x) : -2 / (x * x * x);
    x += 1;
  }
  T sum = k == 0 ? FloatMath<T>::log(x) - 1 / (2 * x) : k == 1 ? 1 / x + 1 / (2 * x * x) : -1 / (x * x) - 1 / (x * x * x);
  T power = 1;
  for (int j = 1; j <= 13; ++j) {
    power /= x * x;
    const T b = f.rational(bernoulli[j - 1]), two_j = 2 * j;
    sum += k == 0 ? -b * power / two_j : k == 1 ? b * power / x : -b * power * (two_j + 1) / (x * x);
  }
  return sum + shift;
}

}  // namespace

template <class T>
T FloatField<T>::primitive(Primitive f, T x) const {
  using M = FloatMath<T>;
  switch (f) {
    case Primitive::Exp: return rounded(M::exp(x));
    case Primitive::Log:
      if (!(x > 0)) throw OffDomain("the log of a number that is not positive");
      return rounded(M::log(x));
    case Primitive::Sqrt:
      if (x < 0) throw OffDomain("a root of a negative number");
      return rounded(M::sqrt(x));
    case Primitive::Sin: return rounded(M::sin(x));
    case Primitive::Cos: return rounded(M::cos(x));
    case Primitive::Tan: return rounded(M::tan(x));
    case Primitive::Sinh: return rounded(M::sinh(x));
    case Primitive::Cosh: return rounded(M::cosh(x));
    case Primitive::Tanh: return rounded(M::tanh(x));
    case Primitive::Atan: return rounded(M::atan(x));
    case Primitive::Abs: return x < 0 ? -x : x;
    case Primitive::Sign: return sign(x);
    case Primitive::Step: return x > 0 ? 1 : 0;
    case Primitive::Relu: return x > 0 ? x : 0;
    case Primitive::Sigmoid: return rounded(x < 0 ? M::exp(x) / (1 + M::exp(x)) : 1 / (1 + M::exp(-x)));
    case Primitive::Softplus: return rounded(x > 0 ? x + M::log1p(M::exp(-x)) : M::log1p(M::exp(x)));
    case Primitive::Erf: return rounded(M::erf(x));
    case Primitive::Gammaln:
      if (!(x > 0)) throw OffDomain("gammaln of a number that is not positive");
      return rounded(M::lgamma(x));
    case Primitive::Psi: return rounded(digamma_family<T>(0, x));
  }
  throw Bug("unknown elementwise function");
}

template <class T>
T FloatField<T>::polygamma(int k, T a) const {
  return rounded(digamma_family<T>(k, a));
}

template <class T>
T FloatField<T>::opaque(std::uint64_t name, int order, T t) const {
  if (opaque_ == Opaque::Refused) throw Unsupported("a function without a body has no value on data");
  const T w = rational(Rational(13, 10)), c = static_cast<T>(to_unit(name) * 3);
  T factor = 1;
  for (int j = 0; j < order; ++j) factor *= w;
  const T angle = w * t + c + order * pi() / 2;
  T out = factor * FloatMath<T>::sin(angle);
  const T cubic = rational(Rational(1, 10)), slope = rational(Rational(2, 5));
  switch (order) {
    case 0: out += cubic * t * t * t + slope * t; break;
    case 1: out += 3 * cubic * t * t + slope; break;
    case 2: out += 6 * cubic * t; break;
    case 3: out += 6 * cubic; break;
    default: break;
  }
  return rounded(out);
}

template <class T>
T FloatField<T>::draw(Draw kind, std::uint64_t key) const {
  // Twice 53 bits, so that quadruple precision is used.
  const T moved = 1 + nudge_.part * (2 * static_cast<T>(to_unit(scramble(key ^ scramble(nudge_.key)))) - 1);
  const T u = static_cast<T>(to_unit(scramble(key))) + static_cast<T>(to_unit(scramble(key ^ 0x5bd1e995ULL))) / 9007199254740992.0;
  const T frac = u >= 1 ? u - 1 : u;
  switch (kind) {
    case Draw::Any: {
      const T centred = 2 * frac - 1;
      return moved * (centred + (centred < 0 ? -rational(Rational(1, 4)) : rational(Rational(1, 4))));
    }
    case Draw::Positive: return moved * (frac + rational(Rational(1, 4)));
    case Draw::Unit: return moved * (frac * rational(Rational(4, 5)) + rational(Rational(1, 10)));
    case Draw::Sign: return frac < rational(Rational(1, 2)) ? -1 : 1;
    case Draw::Integer: return static_cast<T>(2 + static_cast<int>(static_cast<double>(frac) * 4));
  }
  throw Bug("unknown kind of draw");
}

template class FloatField<double>;
template class FloatField<Quad>;

}  // namespace dvec
