#pragma once
/// The elementwise functions that the oracle knows by itself, and their first two derivatives: written here a second
/// time, on purpose. The oracle judges the rule book's element blocks and must not read them.
///
/// A policy P is an arithmetic: PrimeField, FloatField<T>, RationalField. It has a type Value and
///   zero() one() integer(k) rational(q) pi()  add subtract multiply negate inverse  is_zero(a)  sign(a)
///   power(a, q)  power_by(a, e)  primitive(f, a)  polygamma(k, a)  opaque(name, order, a)  draw(kind, key)
/// Operations throw Undefined or Unsupported.

#include <cstdint>
#include <optional>
#include <string_view>

#include "scalar/rational.hpp"
#include "support/result.hpp"
#include "oracle/undefined.hpp"

namespace dvec {

enum class Primitive : std::uint8_t {
  Exp, Log, Sqrt, Sin, Cos, Tan, Sinh, Cosh, Tanh, Atan, Abs, Sign, Step, Relu, Sigmoid, Softplus, Erf, Gammaln, Psi,
};
[[nodiscard]] std::optional<Primitive> primitive_named(std::string_view name);

/// What a drawn entry must satisfy.
enum class Draw : std::uint8_t { Any, Positive, Unit, Sign, Integer };

/// f'(x) for order 1, f''(x) for order 2. At kinks the conventions of docs/conventions.md: 0.
template <class P>
typename P::Value primitive_derivative(const P& k, Primitive f, int order, const typename P::Value& x) {
  using V = typename P::Value;
  require(order == 1 || order == 2, "derivatives of primitives are tabulated to the second order");
  const auto at = [&](Primitive g) { return k.primitive(g, x); };
  const auto times = [&](std::int64_t c, const V& a) { return k.multiply(k.integer(c), a); };
  const auto square = [&](const V& a) { return k.multiply(a, a); };
  const bool first = order == 1;
  switch (f) {
    case Primitive::Exp: return at(f);
    case Primitive::Log: return first ? k.inverse(x) : k.negate(square(k.inverse(x)));
    case Primitive::Sqrt: {
      const V r = k.inverse(times(2, at(f)));  // 1/(2 sqrt x); second: -1/(4 x sqrt x)
      return first ? r : k.negate(k.multiply(r, k.inverse(times(2, x))));
    }
    case Primitive::Sin: return first ? at(Primitive::Cos) : k.negate(at(f));
    case Primitive::Cos: return k.negate(first ? at(Primitive::Sin) : at(f));
    case Primitive::Tan: {
      const V t = at(f), d = k.add(k.one(), square(t));
      return first ? d : times(2, k.multiply(t, d));
    }
    case Primitive::Sinh: return first ? at(Primitive::Cosh) : at(f);
    case Primitive::Cosh: return first ? at(Primitive::Sinh) : at(f);
    case Primitive::Tanh: {
      const V t = at(f), d = k.subtract(k.one(), square(t));
      return first ? d : times(-2, k.multiply(t, d));
    }
    case Primitive::Atan: {
      const V d = k.inverse(k.add(k.one(), square(x)));
      return first ? d : times(-2, k.multiply(x, square(d)));
    }
    case Primitive::Abs: return first ? at(Primitive::Sign) : k.zero();
    case Primitive::Sign: return k.zero();
    case Primitive::Step: return k.zero();
    case Primitive::Relu: return first ? at(Primitive::Step) : k.zero();
    case Primitive::Sigmoid: {
      const V s = at(f), d = k.multiply(s, k.subtract(k.one(), s));
      return first ? d : k.multiply(d, k.subtract(k.one(), times(2, s)));
    }
    case Primitive::Softplus: {
      const V s = at(Primitive::Sigmoid);
      return first ? s : k.multiply(s, k.subtract(k.one(), s));
    }
    case Primitive::Erf: {
      const V root = k.power(k.pi(), Rational(-1, 2));
      const V d = times(2, k.multiply(root, k.primitive(Primitive::Exp, k.negate(square(x)))));
      return first ? d : times(-2, k.multiply(x, d));
    }
    case Primitive::Gammaln: return first ? at(Primitive::Psi) : k.polygamma(1, x);
    case Primitive::Psi: return k.polygamma(order, x);
  }
  throw Bug("unknown elementwise function");
}

}  // namespace dvec
