#pragma once
/// softmax and logsumexp along columns or rows, from their definitions, for Taylor series over any arithmetic.

#include <algorithm>
#include <utility>

#include "oracle/series.hpp"

namespace dvec {

enum class Along { Columns, Rows };

template <class P>
class ExponentialSums {
 public:
  using V = typename P::Value;

  /// Both are kept by reference.
  ExponentialSums(const P& policy, const SeriesAlgebra<P>& algebra) : k_(policy), a_(algebra) {}

  /// exp(A) over the sums of its columns, or rows; A's shape.
  Series<V> softmax(const Series<V>& a, Along along) const {
    const Series<V> up = exponentials(a, largest(a[0], along));
    const Series<V> share = spread(a_.power(sums(up, along), Rational(-1)), a[0]);
    return a_.convolve(up, share, [&](const Matrix<V>& x, const Matrix<V>& y) { return a_.entrywise(x, y); });
  }

  /// log of the sums of exp(A): a row of the columns', a column of the rows'.
  Series<V> log_sum(const Series<V>& a, Along along) const {
    const Matrix<V> shift = largest(a[0], along);
    Series<V> out = a_.apply(sums(exponentials(a, shift), along), [&](int order, const V& x) {
      return order == 0 ? k_.primitive(Primitive::Log, x) : primitive_derivative(k_, Primitive::Log, order, x);
    });
    if (!shift.empty()) a_.add_to(out[0], shift);
    return out;
  }

 private:
  /// The largest entry of each column, or row: what keeps exponentials of floats finite. Nothing where there is no order.
  [[nodiscard]] Matrix<V> largest(const Matrix<V>& m, Along along) const {
    Matrix<V> out;
    if constexpr (P::kOrdered) {
      out = along == Along::Columns ? Matrix<V>(1, m.cols()) : Matrix<V>(m.rows(), 1);
      for (std::size_t j = 0; j < m.cols(); ++j)
        for (std::size_t i = 0; i < m.rows(); ++i) {
          V& most = out[along == Along::Columns ? j : i];
          const bool first = along == Along::Columns ? i == 0 : j == 0;
          most = first ? m(i, j) : std::max(most, m(i, j));
        }
    }
    return out;
  }

  /// exp(A - shift), the shift standing still.
  [[nodiscard]] Series<V> exponentials(const Series<V>& a, const Matrix<V>& shift) const {
    const auto up = [&](int, const V& x) { return k_.primitive(Primitive::Exp, x); };
    if (shift.empty()) return a_.apply(a, up);
    Series<V> moved = a;
    a_.add_to(moved[0], a_.scaled(k_.integer(-1), spread({shift}, a[0])[0]));
    return a_.apply(moved, up);
  }

  [[nodiscard]] Series<V> sums(const Series<V>& a, Along along) const {
    return a_.map(a, [&](const Matrix<V>& m) {
      Matrix<V> out = along == Along::Columns ? a_.zeros(1, m.cols()) : a_.zeros(m.rows(), 1);
      for (std::size_t j = 0; j < m.cols(); ++j)
        for (std::size_t i = 0; i < m.rows(); ++i) {
          V& sum = out[along == Along::Columns ? j : i];
          sum = k_.add(sum, m(i, j));
        }
      return out;
    });
  }

  /// A row over all rows, or a column over all columns, of a matrix of this shape.
  [[nodiscard]] Series<V> spread(const Series<V>& v, const Matrix<V>& like) const {
    return a_.map(v, [&](const Matrix<V>& m) {
      Matrix<V> out = a_.zeros(like.rows(), like.cols());
      for (std::size_t j = 0; j < like.cols(); ++j)
        for (std::size_t i = 0; i < like.rows(); ++i) out(i, j) = m(m.rows() == 1 ? 0 : i, m.cols() == 1 ? 0 : j);
      return out;
    });
  }

  const P& k_;
  const SeriesAlgebra<P>& a_;
};

}  // namespace dvec
