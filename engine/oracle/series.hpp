#pragma once
/// Matrices whose entries are polynomials in e, truncated: A(e) = A0 + A1 e + A2 e^2, over any arithmetic.

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "oracle/coefficients.hpp"
#include "oracle/keyed_hash.hpp"
#include "oracle/matrix.hpp"
#include "oracle/primitive.hpp"
#include "oracle/undefined.hpp"
#include "term/term_pool.hpp"

namespace dvec {

class PrimeField;

template <class P>
class SeriesAlgebra {
 public:
  using V = typename P::Value;

  SeriesAlgebra(const P& policy, int order, std::size_t max_entries)
      : k_(policy), order_(order), max_entries_(max_entries) {}

  [[nodiscard]] static bool has(const Series<V>& a, int k) { return static_cast<std::size_t>(k) < a.size(); }
  [[nodiscard]] int top(const Series<V>& a) const { return static_cast<int>(a.size()) - 1; }
  Matrix<V> zeros(std::size_t r, std::size_t c) const {
    if (r * c > max_entries_) throw LimitReached("a matrix with more than " + std::to_string(max_entries_) + " entries");
    return Matrix<V>(r, c, k_.zero());
  }

  // Plain matrices.
  void add_to(Matrix<V>& a, const Matrix<V>& b) const {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = k_.add(a[i], b[i]);
  }
  Matrix<V> scaled(const V& s, const Matrix<V>& a) const {
    Matrix<V> out = a;
    for (V& v : out) v = k_.multiply(s, v);
    return out;
  }
  Matrix<V> product(const Matrix<V>& a, const Matrix<V>& b) const;
  Matrix<V> entrywise(const Matrix<V>& a, const Matrix<V>& b) const {
    Matrix<V> out = a;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = k_.multiply(out[i], b[i]);
    return out;
  }
  Matrix<V> kron(const Matrix<V>& a, const Matrix<V>& b) const;
  V trace(const Matrix<V>& a) const {
    V s = k_.zero();
    for (std::size_t i = 0; i < a.rows(); ++i) s = k_.add(s, a(i, i));
    return s;
  }
  /// inv(a) and det(a) by elimination.
  Matrix<V> inverse(const Matrix<V>& a, V* det) const;

  // Series.
  template <class Bilinear>
  Series<V> convolve(const Series<V>& a, const Series<V>& b, const Bilinear& f) const;
  template <class Linear>
  Series<V> map(const Series<V>& a, const Linear& f) const {
    const std::size_t length = std::min(a.size(), static_cast<std::size_t>(order_) + 1);
    Series<V> out;
      for (std::size_t k = 0; k < length; ++k) out.push_back(f(a[k]));
    return out;
  }
  Series<V> constant(Matrix<V> a) const { return Series<V>(std::move(a)); }
  Series<V> scalar(V v) const { return Series<V>(Matrix<V>(1, 1, v)); }
  Series<V> linear_combination(const std::vector<const Series<V>*>& a, std::span<const Rational> c) const;
  Series<V> inverse(const Series<V>& a) const;
  Series<V> determinant(const Series<V>& a, bool log) const;
  /// f entrywise, given f and its derivatives at an entry.
  template <class F>
  Series<V> apply(const Series<V>& a, const F& f) const;
  /// Entries off the domain are put into `off`, by number, where one is given; the value is none then.
  Series<V> power(const Series<V>& a, const Rational& q, std::vector<std::size_t>* off = nullptr) const;
  Series<V> power_by(const Series<V>& a, const Series<V>& e) const;
  Series<V> function(const TermPool& pool, FunctionId f, int order, const Series<V>& a) const;
  Series<V> body(const TermPool& pool, const ScalarExpr& e, const Series<V>& x) const;

 private:
  Series<V> field_power(const Series<V>& a, std::int64_t n, std::int64_t d, const std::vector<V>& factors,
                        std::vector<std::size_t>* off) const;
  /// f entrywise, given f and its derivatives at all entries.
  Series<V> composed(const Series<V>& a, std::vector<Matrix<V>> f) const;

  const P& k_;
  int order_;
  std::size_t max_entries_;
};

// --- plain matrices ----------------------------------------------------------------------------------------------------

template <class P>
auto SeriesAlgebra<P>::product(const Matrix<V>& a, const Matrix<V>& b) const -> Matrix<V> {
  Matrix<V> out = zeros(a.rows(), b.cols());
  for (std::size_t j = 0; j < b.cols(); ++j)
    for (std::size_t l = 0; l < a.cols(); ++l) {
      const V& s = b(l, j);
      if (k_.is_zero(s)) continue;
      for (std::size_t i = 0; i < a.rows(); ++i) out(i, j) = k_.add(out(i, j), k_.multiply(a(i, l), s));
    }
  return out;
}

template <class P>
auto SeriesAlgebra<P>::kron(const Matrix<V>& a, const Matrix<V>& b) const -> Matrix<V> {
  Matrix<V> out = zeros(a.rows() * b.rows(), a.cols() * b.cols());
  for (std::size_t j = 0; j < a.cols(); ++j)
    for (std::size_t i = 0; i < a.rows(); ++i)
      for (std::size_t q = 0; q < b.cols(); ++q)
        for (std::size_t p = 0; p < b.rows(); ++p) out(i * b.rows() + p, j * b.cols() + q) = k_.multiply(a(i, j), b(p, q));
  return out;
}

template <class P>
auto SeriesAlgebra<P>::inverse(const Matrix<V>& input, V* det) const -> Matrix<V> {
  const std::size_t n = input.rows();
  Matrix<V> a = input, out = zeros(n, n);
  for (std::size_t i = 0; i < n; ++i) out(i, i) = k_.one();
  V d = k_.one();
  double scale = 0;
  for (const V& v : a) scale = std::max(scale, k_.pivot_weight(v));
  for (std::size_t c = 0; c < n; ++c) {
    std::size_t best = c;
    for (std::size_t r = c + 1; r < n; ++r)
      if (k_.pivot_weight(a(r, c)) > k_.pivot_weight(a(best, c))) best = r;
    if (k_.pivot_weight(a(best, c)) <= k_.negligible_pivot(scale)) throw Undefined("a singular matrix");
    if (best != c) {
      for (std::size_t j = 0; j < n; ++j) {
        std::swap(a(best, j), a(c, j));
        std::swap(out(best, j), out(c, j));
      }
      d = k_.negate(d);
    }
    d = k_.multiply(d, a(c, c));
    const V pivot = k_.inverse(a(c, c));
    for (std::size_t j = 0; j < n; ++j) {
      a(c, j) = k_.multiply(a(c, j), pivot);
      out(c, j) = k_.multiply(out(c, j), pivot);
    }
    for (std::size_t r = 0; r < n; ++r) {
      if (r == c || k_.is_zero(a(r, c))) continue;
      const V f = a(r, c);
      for (std::size_t j = 0; j < n; ++j) {
        a(r, j) = k_.subtract(a(r, j), k_.multiply(f, a(c, j)));
        out(r, j) = k_.subtract(out(r, j), k_.multiply(f, out(c, j)));
      }
    }
  }
  if (det) *det = d;
  return out;
}

// --- series ------------------------------------------------------------------------------------------------------------

template <class P>
template <class Bilinear>
auto SeriesAlgebra<P>::convolve(const Series<V>& a, const Series<V>& b, const Bilinear& f) const -> Series<V> {
  Series<V> out;
  const int last = std::min(order_, top(a) + top(b));
  for (int k = 0; k <= last; ++k) {
    std::optional<Matrix<V>> sum;
    for (int i = std::max(0, k - top(b)); i <= std::min(k, top(a)); ++i) {
      Matrix<V> part = f(a[static_cast<std::size_t>(i)], b[static_cast<std::size_t>(k - i)]);
      if (sum)
        add_to(*sum, part);
      else
        sum = std::move(part);
    }
    out.push_back(std::move(*sum));
  }
  return out;
}

template <class P>
auto SeriesAlgebra<P>::linear_combination(const std::vector<const Series<V>*>& a, std::span<const Rational> c) const -> Series<V> {
  std::size_t length = 0;
  for (const Series<V>* s : a) length = std::max(length, s->size());
  length = std::min(length, static_cast<std::size_t>(order_) + 1);
  Series<V> out;
  for (std::size_t k = 0; k < length; ++k) {
    Matrix<V> sum = zeros((*a[0])[0].rows(), (*a[0])[0].cols());
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (k >= a[i]->size()) continue;
      const Matrix<V>& term = (*a[i])[k];
      if (c[i].is_one()) {
        add_to(sum, term);
        continue;
      }
      const V factor = k_.rational(c[i]);
      for (std::size_t e = 0; e < sum.size(); ++e) sum[e] = k_.add(sum[e], k_.multiply(factor, term[e]));
    }
    out.push_back(std::move(sum));
  }
  return out;
}

/// X A = I order by order: X_k = -X_0 (A_1 X_{k-1} + ... + A_k X_0).
template <class P>
auto SeriesAlgebra<P>::inverse(const Series<V>& a) const -> Series<V> {
  Series<V> x(inverse(a[0], nullptr));
  if (a.size() == 1) return x;
  for (int k = 1; k <= order_; ++k) {
    Matrix<V> sum = zeros(a[0].rows(), a[0].cols());
    for (int j = 1; j <= std::min(k, top(a)); ++j)
      add_to(sum, product(a[static_cast<std::size_t>(j)], x[static_cast<std::size_t>(k - j)]));
    x.push_back(scaled(k_.integer(-1), product(x[0], sum)));
  }
  return x;
}

/// log|det| from tr(inv(A0) A1), tr(inv(A0) A2) - tr((inv(A0) A1)^2)/2; det as its exponential times det A0.
template <class P>
auto SeriesAlgebra<P>::determinant(const Series<V>& a, bool log) const -> Series<V> {
  V d = k_.one();
  if ((a.size() == 1 || order_ == 0) && !log) {
    try {
      inverse(a[0], &d);
    } catch (const Undefined&) {
      d = k_.zero();
    }
    return scalar(d);
  }
  const Matrix<V> x = inverse(a[0], &d);
  std::vector<V> l;
  if (a.size() > 1 && order_ >= 1) l.push_back(trace(product(x, a[1])));
  if (a.size() > 1 && order_ >= 2) {
    const Matrix<V> r = product(x, a[1]);
    V second = k_.multiply(k_.rational(Rational(-1, 2)), trace(product(r, r)));
    if (has(a, 2)) second = k_.add(second, trace(product(x, a[2])));
    l.push_back(second);
  }
  Series<V> out;
  if (log) {
    out.push_back(Matrix<V>(1, 1, k_.primitive(Primitive::Log, k_.primitive(Primitive::Abs, d))));
    for (const V& v : l) out.push_back(Matrix<V>(1, 1, v));
    return out;
  }
  out.push_back(Matrix<V>(1, 1, d));
  if (!l.empty()) out.push_back(Matrix<V>(1, 1, k_.multiply(d, l[0])));
  if (l.size() > 1) {
    const V half = k_.multiply(k_.rational(Rational(1, 2)), k_.multiply(l[0], l[0]));
    out.push_back(Matrix<V>(1, 1, k_.multiply(d, k_.add(l[1], half))));
  }
  return out;
}

// f(a0 + a1 e + a2 e^2) = f + f' a1 e + (f' a2 + f'' a1^2 / 2) e^2.
template <class P>
template <class F>
auto SeriesAlgebra<P>::apply(const Series<V>& a, const F& f) const -> Series<V> {
  Series<V> out(std::min<std::size_t>(a.size() == 1 ? 1 : static_cast<std::size_t>(order_) + 1, static_cast<std::size_t>(order_) + 1),
                zeros(a[0].rows(), a[0].cols()));
  for (std::size_t i = 0; i < a[0].size(); ++i) {
    out[0][i] = f(0, a[0][i]);
    if (out.size() < 2) continue;
    const V first = f(1, a[0][i]);
    out[1][i] = k_.multiply(first, a[1][i]);
    if (out.size() < 3) continue;
    const V half = k_.multiply(k_.rational(Rational(1, 2)), f(2, a[0][i]));
    V second = k_.multiply(half, k_.multiply(a[1][i], a[1][i]));
    if (has(a, 2)) second = k_.add(second, k_.multiply(first, a[2][i]));
    out[2][i] = second;
  }
  return out;
}

template <class P>
auto SeriesAlgebra<P>::function(const TermPool& pool, FunctionId f, int order, const Series<V>& a) const -> Series<V> {
  const ElementFunction& e = pool.functions[f];
  switch (e.kind) {
    case ElementFunction::Kind::Opaque: {
      const std::uint64_t name = hash_text(e.name);
      return apply(a, [&](int k, const V& x) { return k_.opaque(name, order + k, x); });
    }
    case ElementFunction::Kind::Defined: return body(pool, pool.functions.formula(f, order), a);
    case ElementFunction::Kind::Primitive: {
      const auto primitive = primitive_named(e.name);
      if (!primitive) throw Unsupported("no reference meaning of " + e.name);
      return apply(a, [&](int k, const V& x) {
        if (order + k == 0) return k_.primitive(*primitive, x);
        if (order + k > 2) throw Unsupported("a third derivative of " + e.name);
        return primitive_derivative(k_, *primitive, order + k, x);
      });
    }
  }
  throw Bug("unknown kind of elementwise function");
}

template <class P>
auto SeriesAlgebra<P>::body(const TermPool& pool, const ScalarExpr& e, const Series<V>& x) const -> Series<V> {
  using Kind = ScalarExpr::Kind;
  const std::size_t r = x[0].rows(), c = x[0].cols();
  switch (e.kind) {
    case Kind::Number: return constant(Matrix<V>(r, c, k_.rational(e.number)));
    case Kind::Pi: return constant(Matrix<V>(r, c, k_.pi()));
    case Kind::Argument: return x;
    case Kind::Add: {
      std::vector<Series<V>> parts;
      for (const ScalarExpr& a : e.args) parts.push_back(body(pool, a, x));
      std::vector<const Series<V>*> pointers;
      for (const Series<V>& p : parts) pointers.push_back(&p);
      return linear_combination(pointers, std::vector<Rational>(parts.size(), Rational(1)));
    }
    case Kind::Multiply: {
      Series<V> out = body(pool, e.args[0], x);
      for (std::size_t i = 1; i < e.args.size(); ++i)
        out = convolve(out, body(pool, e.args[i], x), [&](const Matrix<V>& a, const Matrix<V>& b) { return entrywise(a, b); });
      return out;
    }
    case Kind::Power:
      if (e.args[1].kind == Kind::Number) return power(body(pool, e.args[0], x), e.args[1].number);
      return power_by(body(pool, e.args[0], x), body(pool, e.args[1], x));
    case Kind::Call: return function(pool, e.function, e.order, body(pool, e.args[0], x));
  }
  throw Bug("unknown kind of scalar expression");
}

}  // namespace dvec

#include "oracle/series_powers.hpp"
