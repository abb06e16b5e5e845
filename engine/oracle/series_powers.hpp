#pragma once
/// Powers of the entries of a series. Included by oracle/series.hpp, whose class it completes.

#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "oracle/series.hpp"

namespace dvec {

/// d^k x^q = q (q-1) ... x^(q-k); the factor is 0 from some k on for a natural q.
template <class P>
auto SeriesAlgebra<P>::power(const Series<V>& a, const Rational& q, std::vector<std::size_t>* off) const -> Series<V> {
  std::vector<Rational> exponents;
  std::vector<V> factors;
  Rational factor(1), exponent = q;
  for (int k = 0; k <= order_; ++k) {
    exponents.push_back(exponent);
    factors.push_back(k_.rational(factor));
    factor *= exponent;
    exponent += Rational(-1);
  }
  if constexpr (!P::kOrdered)
    if (const auto w = q.words(); w && (w->first < 0 || w->second != 1)) return field_power(a, w->first, w->second, factors, off);
  if (off != nullptr && !q.is_integer()) {
    for (std::size_t i = 0; i < a[0].size(); ++i)
      if (!k_.has_power(a[0][i], q)) off->push_back(i);
    if (!off->empty()) return {};
  }
  return apply(a, [&](int k, const V& x) {
    const auto i = static_cast<std::size_t>(k);
    if (k_.is_zero(factors[i])) return k_.zero();
    if (exponents[i].is_zero()) return factors[i];
    const V p = k_.power(x, exponents[i]);
    return k == 0 ? p : k_.multiply(factors[i], p);
  });
}

/// x^(n/d), n/d no natural number: one root and one inverse for all of x^(n/d), x^(n/d - 1), ... by f^(k) = factor x^(n/d) x^-k.
template <class P>
auto SeriesAlgebra<P>::field_power(const Series<V>& a, std::int64_t n, std::int64_t d, const std::vector<V>& factors,
                                   std::vector<std::size_t>* off) const -> Series<V> {
  Matrix<V> root = a[0];
  std::vector<std::size_t> without;
  if (d != 1) {
    if constexpr (std::is_same_v<P, PrimeField>) {
      k_.take_roots(root.entries(), d, without);
    } else {
      for (std::size_t i = 0; i < root.size(); ++i)
        if (const auto r = k_.root_if(root[i], d))
          root[i] = *r;
        else
          without.push_back(i);
    }
  }
  if (!without.empty()) {
    if (off == nullptr) throw OffDomain("the root of a non-square");
    *off = std::move(without);
    return {};
  }
  Matrix<V> inverse;
  if (n < 0 || (order_ > 0 && a.size() > 1)) {
    inverse = root;
    k_.invert(inverse.entries());
  }
  const auto raised = [&](Matrix<V> m, std::int64_t e) {
    if (e != 1)
      for (V& v : m) v = k_.power(v, Rational(e));
    return m;
  };
  std::vector<Matrix<V>> derivatives{n < 0 ? raised(inverse, -n) : raised(root, n)};
  if (order_ > 0 && a.size() > 1) {
    const Matrix<V> reciprocal = raised(inverse, d);
    Matrix<V> power = derivatives[0];
    for (std::size_t k = 1; k <= static_cast<std::size_t>(order_); ++k) {
      power = entrywise(power, reciprocal);
      derivatives.push_back(scaled(factors[k], power));
    }
  }
  return composed(a, std::move(derivatives));
}

template <class P>
auto SeriesAlgebra<P>::composed(const Series<V>& a, std::vector<Matrix<V>> f) const -> Series<V> {
  Series<V> out;
  out.push_back(std::move(f[0]));
  if (f.size() > 1) out.push_back(entrywise(f[1], a[1]));
  if (f.size() > 2) {
    out.push_back(scaled(k_.rational(Rational(1, 2)), entrywise(f[2], entrywise(a[1], a[1]))));
    if (has(a, 2)) add_to(out[2], entrywise(f[1], a[2]));
  }
  return out;
}

template <class P>
auto SeriesAlgebra<P>::power_by(const Series<V>& a, const Series<V>& e) const -> Series<V> {
  const auto exponent = [&](std::size_t i) -> const V& { return e[0].size() == 1 ? e[0][0] : e[0][i]; };
  if (e.size() == 1) {
    Series<V> out(a.size() == 1 ? 1 : static_cast<std::size_t>(order_) + 1, zeros(a[0].rows(), a[0].cols()));
    for (std::size_t i = 0; i < a[0].size(); ++i) {
      const V q = exponent(i), q1 = k_.subtract(q, k_.one());
      const V x = a[0][i];
      out[0][i] = k_.power_by(x, q);
      if (out.size() < 2) continue;
      const V first = k_.multiply(q, k_.power_by(x, q1));
      out[1][i] = k_.multiply(first, a[1][i]);
      if (out.size() < 3) continue;
      const V q2 = k_.subtract(q1, k_.one());
      const V half = k_.multiply(k_.rational(Rational(1, 2)), k_.multiply(q, k_.multiply(q1, k_.power_by(x, q2))));
      V second = k_.multiply(half, k_.multiply(a[1][i], a[1][i]));
      if (has(a, 2)) second = k_.add(second, k_.multiply(first, a[2][i]));
      out[2][i] = second;
    }
    return out;
  }
  // The exponent varies: x^q = exp(q log x), the value itself by its own name.
  const Series<V> l = apply(a, [&](int order, const V& x) {
    return order == 0 ? k_.primitive(Primitive::Log, x) : primitive_derivative(k_, Primitive::Log, order, x);
  });
  const auto spread = [&](const Matrix<V>& m) {
    return m.size() == 1 && a[0].size() > 1 ? Matrix<V>(a[0].rows(), a[0].cols(), m[0]) : m;
  };
  const Series<V> m = convolve(map(e, spread), l, [&](const Matrix<V>& x, const Matrix<V>& y) { return entrywise(x, y); });
  Series<V> out(zeros(a[0].rows(), a[0].cols()));
  for (std::size_t i = 0; i < a[0].size(); ++i) out[0][i] = k_.power_by(a[0][i], exponent(i));
  if (has(m, 1)) out.push_back(entrywise(out[0], m[1]));
  if (has(m, 2)) {
    Matrix<V> second = scaled(k_.rational(Rational(1, 2)), entrywise(m[1], m[1]));
    add_to(second, m[2]);
    out.push_back(entrywise(out[0], second));
  }
  return out;
}

}  // namespace dvec
