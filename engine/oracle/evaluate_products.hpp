#pragma once
/// Products of matrices in an evaluation. Included by oracle/evaluate.hpp, whose class it completes.

#include <algorithm>
#include <utility>

#include "oracle/evaluate.hpp"

namespace dvec {

/// Multiplied from the narrower end; ⊗, K, D, L, I and its slices, diag and 1 that stand still are applied, never written out.
template <class P>
auto Evaluation<P>::chain(std::size_t slot) -> Series<V> {
  const auto args = schedule_->args(slot);
  const SeriesAlgebra<P>& a = algebra(slot);
  const bool from_right = cols(slot) < rows(slot);
  const auto at = [&](std::size_t i) { return args[from_right ? args.size() - 1 - i : i]; };
  Series<V> made;
  for (std::size_t i = 1; i < args.size(); ++i) {
    const std::size_t factor = at(i);
    const Series<V>& out = i == 1 ? dense(at(0)) : made;
    if (unwritten(factor, followed(slot)))
      made = a.map(out, [&](const Matrix<V>& m) {
        return from_right ? applied(factor, false, m) : applied(factor, true, m.transposed()).transposed();
      });
    else
      made = a.convolve(out, dense(factor), [&](const Matrix<V>& m, const Matrix<V>& f) {
        return from_right ? a.product(f, m) : a.product(m, f);
      });
  }
  return made;
}

template <class P>
bool Evaluation<P>::unwritten(std::size_t slot, bool followed, int depth) const {
  constexpr int kDeepest = 8;
  if ((*schedule_)[slot].wanted_dense || depth > kDeepest) return false;
  for (const std::uint32_t a : schedule_->args(slot)) {
    const Series<V>& value = value_at(*schedule_, values_, a);
    if ((followed && value.size() > 1) || (value.empty() && !unwritten(a, followed, depth + 1))) return false;
  }
  return true;
}

template <class P>
auto Evaluation<P>::applied(std::size_t slot, bool transposed, const Matrix<V>& m) -> Matrix<V> {
  const Node& n = schedule_->node(slot);
  if ((*schedule_)[slot].wanted_dense) return resting_.product(transposed ? dense(slot)[0].transposed() : dense(slot)[0], m);
  const std::size_t rows = transposed ? this->cols(slot) : this->rows(slot), cols = m.cols();
  const auto args = schedule_->args(slot);
  if (n.op == Op::Eye) return m;
  if (n.op == Op::Transpose) return applied(args[0], !transposed, m);
  if (n.op == Op::Kron) return kron_applied(slot, transposed, m);
  Matrix<V> out = resting_.zeros(rows, cols);
  if (n.op == Op::Ones) {
    for (std::size_t j = 0; j < cols; ++j) {
      V sum = k_.zero();
      for (std::size_t i = 0; i < m.rows(); ++i) sum = k_.add(sum, m(i, j));
      for (std::size_t i = 0; i < rows; ++i) out(i, j) = sum;
    }
    return out;
  }
  if (n.op == Op::Diag) {
    const Matrix<V>& d = dense(args[0])[0];
    for (std::size_t j = 0; j < cols; ++j)
      for (std::size_t i = 0; i < rows; ++i) out(i, j) = k_.multiply(d[i], m(i, j));
    return out;
  }
  if (n.op == Op::Selection) {
    const std::size_t first = first_selected(slot, transposed ? m.rows() : rows) - 1;
    for (std::size_t j = 0; j < cols; ++j)
      for (std::size_t i = 0; i < std::min(rows, m.rows()); ++i)
        if (transposed)
          out(i, j) = m(first + i, j);
        else
          out(first + i, j) = m(i, j);
    return out;
  }
  if (n.op == Op::Duplication || n.op == Op::Elimination) {
    const bool both = n.op == Op::Duplication, to_triangle = both == transposed;
    for_triangle(checked(layout_->first(slot)), [&](std::size_t at, std::size_t below, std::size_t above) {
      for (std::size_t j = 0; j < cols; ++j) {
        const bool pair = both && below != above;
        if (to_triangle) {
          out(at, j) = pair ? k_.add(m(below, j), m(above, j)) : m(below, j);
        } else {
          out(below, j) = m(at, j);
          if (pair) out(above, j) = m(at, j);
        }
      }
    });
    return out;
  }
  require(n.op == Op::Commutation, "only structured factors are applied unwritten");
  // K(p,q) vec A = vec A' for A p x q; its transpose is K(q,p).
  const std::size_t p = checked(transposed ? layout_->second(slot) : layout_->first(slot)),
                    q = checked(transposed ? layout_->first(slot) : layout_->second(slot));
  for (std::size_t j = 0; j < cols; ++j)
    for (std::size_t r = 0; r < p; ++r)
      for (std::size_t c = 0; c < q; ++c) out(r * q + c, j) = m(c * p + r, j);
  return out;
}

/// (A1 ⊗ ... ⊗ Ak) M, one factor after the other along its own index.
template <class P>
auto Evaluation<P>::kron_applied(std::size_t slot, bool transposed, Matrix<V> m) -> Matrix<V> {
  std::size_t before = 1;  // rows of the factors that are done
  for (const std::uint32_t factor : schedule_->args(slot)) {
    const std::size_t out_rows = transposed ? cols(factor) : rows(factor), in_rows = transposed ? rows(factor) : cols(factor);
    const std::size_t behind = m.rows() / (before * in_rows);
    Matrix<V> gathered = resting_.zeros(in_rows, before * behind * m.cols());
    for (std::size_t j = 0; j < m.cols(); ++j)
      for (std::size_t b = 0; b < before; ++b)
        for (std::size_t i = 0; i < in_rows; ++i)
          for (std::size_t c = 0; c < behind; ++c)
            gathered(i, (j * before + b) * behind + c) = m((b * in_rows + i) * behind + c, j);
    const Matrix<V> done = applied(factor, transposed, gathered);
    Matrix<V> next = resting_.zeros(before * out_rows * behind, m.cols());
    for (std::size_t j = 0; j < m.cols(); ++j)
      for (std::size_t b = 0; b < before; ++b)
        for (std::size_t i = 0; i < out_rows; ++i)
          for (std::size_t c = 0; c < behind; ++c)
            next((b * out_rows + i) * behind + c, j) = done(i, (j * before + b) * behind + c);
    m = std::move(next);
    before *= out_rows;
  }
  return m;
}

}  // namespace dvec
