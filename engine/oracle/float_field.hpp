#pragma once
/// Floats as a policy of the evaluator: double for values on data, 113 bits (libquadmath) for judging.

#include <cstdint>
#include <type_traits>

#include "oracle/keyed_hash.hpp"
#include "oracle/primitive.hpp"
#include "scalar/rational.hpp"

namespace dvec {

__extension__ using Quad = __float128;

/// Mathematical functions of one float type.
template <class T>
struct FloatMath;

template <class T>
class FloatField {
 public:
  static constexpr bool kOrdered = true;
  using Value = T;
  enum class Opaque { StandIn, Refused };

  /// What is drawn is moved by less than `part` of itself, and sums and products of quadruple precision by less than
  /// `rounding`; by how much depends on the key. What moves by much then is rounding itself.
  /// Source: the random rounding of CESTAC, Vignes (1993).
  struct Nudge {
    Value part = 0;
    Value rounding = 0;
    std::uint64_t key = 0;
  };

  explicit FloatField(Opaque opaque = Opaque::Refused, Nudge nudge = {}) : opaque_(opaque), nudge_(nudge) {}

  [[nodiscard]] Value zero() const { return 0; }
  [[nodiscard]] Value one() const { return 1; }
  [[nodiscard]] Value integer(std::int64_t k) const { return static_cast<T>(k); }
  [[nodiscard]] Value rational(const Rational& r) const;
  [[nodiscard]] Value pi() const;
  [[nodiscard]] Value add(Value a, Value b) const { return rounded(a + b); }
  [[nodiscard]] Value subtract(Value a, Value b) const { return rounded(a - b); }
  [[nodiscard]] Value multiply(Value a, Value b) const { return rounded(a * b); }
  [[nodiscard]] Value negate(Value a) const { return -a; }
  [[nodiscard]] Value inverse(Value a) const;
  [[nodiscard]] bool is_zero(Value a) const { return a == 0; }
  [[nodiscard]] bool is_finite(Value a) const { return a - a == 0; }
  [[nodiscard]] int sign(Value a) const { return a > 0 ? 1 : a < 0 ? -1 : 0; }
  [[nodiscard]] double pivot_weight(Value a) const { return static_cast<double>(a < 0 ? -a : a); }
  /// Below it a pivot counts as zero, relative to the largest entry.
  [[nodiscard]] double negligible_pivot(double scale) const;
  [[nodiscard]] Value power(Value a, const Rational& exponent) const;
  [[nodiscard]] bool has_power(Value a, const Rational& exponent) const { return a >= 0 || exponent.is_integer(); }
  [[nodiscard]] Value power_by(Value a, Value exponent) const;
  [[nodiscard]] Value primitive(Primitive f, Value a) const;
  /// psi^(k), k = 1, 2.
  [[nodiscard]] Value polygamma(int k, Value a) const;
  /// A fixed smooth function for each name with its true derivatives: sin(1.3 t + c) + 0.1 t^3 + 0.4 t.
  [[nodiscard]] Value opaque(std::uint64_t name, int order, Value a) const;
  [[nodiscard]] Value draw(Draw kind, std::uint64_t key) const;
  /// The same field, nudged.
  [[nodiscard]] FloatField nudged(Nudge nudge) const { return FloatField(opaque_, nudge); }

 private:
  [[nodiscard]] Value rounded(Value a) const {
    if constexpr (!std::is_same_v<T, double>)
      if (nudge_.rounding != 0) return a + a * nudge_.rounding * (2 * static_cast<T>(to_unit(scramble(nudge_.key + ++operations_))) - 1);
    return a;
  }

  Opaque opaque_;
  Nudge nudge_;
  mutable std::uint64_t operations_ = 0;  ///< that were rounded at random: each by a number of its own
};

extern template class FloatField<double>;
extern template class FloatField<Quad>;

}  // namespace dvec
