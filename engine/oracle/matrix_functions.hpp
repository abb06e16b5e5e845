#pragma once
/// Pseudo-inverses, Cholesky factors and functions of square matrices, for Taylor series over any arithmetic.
///
/// Products, inverses and square roots of series are all that is used, so a derivative needs no formula of its own: what
/// a rule says of it is compared with the same algorithm run on a matrix that moves.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "oracle/series.hpp"

namespace dvec {

template <class P>
class MatrixFunctions {
 public:
  using V = typename P::Value;

  /// Both are kept by reference.
  MatrixFunctions(const P& policy, const SeriesAlgebra<P>& algebra) : k_(policy), a_(algebra) {}

  /// Moore-Penrose inverse of an m x n series whose rank is that of its first coefficient; Undefined where the rank changes.
  /// In floats what is left after elimination and is negligible beside the largest entry, times the order, counts as zero.
  Series<V> pseudo_inverse(const Series<V>& a) const;

  /// Lower L with L*L' = (A+A')/2: for a symmetric A the Cholesky factor, and by the entries of a free A the derivative of
  /// what depends on its symmetric part. The diagonal of L is positive; over a prime field: square.
  /// Throws OffDomain where a pivot is not positive, Undefined where it is zero.
  Series<V> cholesky(const Series<V>& a) const;

  /// f(A) for args = {A}; for args = {A, E1, ..., Ek} the k-th derivative of f at A along E1, ..., Ek. All n x n.
  /// Power: A^exponent in any arithmetic. The others, principal values, in floats only; Unsupported elsewhere.
  /// Throws OffDomain where A has an eigenvalue on the closed negative axis (logarithm, square root).
  Series<V> function(PrimaryFunction f, std::int64_t exponent, std::span<const Series<V>* const> args) const;

 private:
  /// Rows and columns of a largest nonsingular submatrix, by complete pivoting.
  struct Pivots {
    std::vector<std::size_t> rows, cols;
  };
  [[nodiscard]] Pivots pivots(Matrix<V> a) const;

  [[nodiscard]] Series<V> product(const Series<V>& a, const Series<V>& b) const {
    return a_.convolve(a, b, [&](const Matrix<V>& x, const Matrix<V>& y) { return a_.product(x, y); });
  }
  [[nodiscard]] Series<V> combination(const Rational& c, const Series<V>& a, const Rational& d, const Series<V>& b) const {
    const Rational both[] = {c, d};
    return a_.linear_combination({&a, &b}, both);
  }
  [[nodiscard]] Series<V> scaled(const Rational& c, const Series<V>& a) const {
    const V factor = k_.rational(c);
    return a_.map(a, [&](const Matrix<V>& m) { return a_.scaled(factor, m); });
  }
  [[nodiscard]] Series<V> transposed(const Series<V>& a) const {
    return a_.map(a, [](const Matrix<V>& m) { return m.transposed(); });
  }
  [[nodiscard]] Series<V> identity(std::size_t n) const {
    Matrix<V> m = a_.zeros(n, n);
    for (std::size_t i = 0; i < n; ++i) m(i, i) = k_.one();
    return a_.constant(std::move(m));
  }
  /// The largest entry of all coefficients.
  [[nodiscard]] double largest(const Series<V>& a) const {
    double most = 0;
    for (const Matrix<V>& m : a) most = std::max(most, largest(m));
    return most;
  }
  [[nodiscard]] double largest(const Matrix<V>& m) const {
    double most = 0;
    for (const V& v : m) {
      if (!k_.is_finite(v)) throw Undefined("a value that is not finite");
      most = std::max(most, k_.pivot_weight(v));
    }
    return most;
  }
  /// The greatest sum of a column.
  [[nodiscard]] double norm(const Matrix<V>& m) const {
    double most = 0;
    for (std::size_t j = 0; j < m.cols(); ++j) {
      double sum = 0;
      for (std::size_t i = 0; i < m.rows(); ++i) sum += k_.pivot_weight(m(i, j));
      most = std::max(most, sum);
    }
    return most;
  }

  [[nodiscard]] Series<V> moved_along(const Series<V>& a, const Series<V>& e) const;
  [[nodiscard]] Series<V> apply(PrimaryFunction f, std::int64_t exponent, const Series<V>& a) const;
  [[nodiscard]] Series<V> power(const Series<V>& a, std::int64_t exponent) const;
  [[nodiscard]] Series<V> exponential(const Series<V>& a) const;
  [[nodiscard]] Series<V> square_root(const Series<V>& a) const;
  [[nodiscard]] Series<V> logarithm(const Series<V>& a) const;

  // None of these depends on the precision of the floats: sums end when a term is nothing beside the sum in any of them.
  static constexpr double kNothing = 1e-45;      ///< below the rounding of 113 bits
  static constexpr double kNear = 1.0 / 16;      ///< norms at which series converge fast
  static constexpr double kConverging = 1e-8;    ///< changes from which on an iteration converges until rounding stops it
  static constexpr double kRankChanges = 1e-9;   ///< a coefficient off the column or row space is off by far more
  static constexpr int kHalvings = 200, kTerms = 400, kIterations = 50;

  const P& k_;
  const SeriesAlgebra<P>& a_;
};

// --- pinv ----------------------------------------------------------------------------------------------------------------

template <class P>
auto MatrixFunctions<P>::pivots(Matrix<V> a) const -> Pivots {
  Pivots out;
  const double negligible = k_.negligible_pivot(static_cast<double>(std::max(a.rows(), a.cols())) * largest(a));
  std::vector<std::size_t> rows(a.rows()), cols(a.cols());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = i;
  for (std::size_t j = 0; j < cols.size(); ++j) cols[j] = j;
  while (!rows.empty() && !cols.empty()) {
    std::size_t r = 0, c = 0;
    double best = -1;
    for (std::size_t j = 0; j < cols.size(); ++j)
      for (std::size_t i = 0; i < rows.size(); ++i)
        if (const double w = k_.pivot_weight(a(rows[i], cols[j])); w > best) best = w, r = i, c = j;
    if (!(best > negligible)) break;
    const std::size_t row = rows[r], col = cols[c];
    out.rows.push_back(row);
    out.cols.push_back(col);
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(r));
    cols.erase(cols.begin() + static_cast<std::ptrdiff_t>(c));
    const V pivot = k_.inverse(a(row, col));
    for (const std::size_t i : rows) {
      const V f = k_.multiply(a(i, col), pivot);
      for (const std::size_t j : cols) a(i, j) = k_.subtract(a(i, j), k_.multiply(f, a(row, j)));
    }
  }
  return out;
}

/// With pivots in rows I and columns J a matrix of constant rank is B*C, B = A(:,J) and C = inv(A(I,J))*A(I,:); then
/// pinv(A) = C'*inv(C*C') * inv(B'*B)*B'.
template <class P>
auto MatrixFunctions<P>::pseudo_inverse(const Series<V>& a) const -> Series<V> {
  const Pivots at = pivots(a[0]);
  const auto part = [&](const std::vector<std::size_t>* rows, const std::vector<std::size_t>* cols) {
    return a_.map(a, [&](const Matrix<V>& m) {
      Matrix<V> out = a_.zeros(rows ? rows->size() : m.rows(), cols ? cols->size() : m.cols());
      for (std::size_t j = 0; j < out.cols(); ++j)
        for (std::size_t i = 0; i < out.rows(); ++i) out(i, j) = m(rows ? (*rows)[i] : i, cols ? (*cols)[j] : j);
      return out;
    });
  };
  Series<V> b, c, rest = a;
  if (!at.rows.empty()) {
    b = part(nullptr, &at.cols);
    c = product(a_.inverse(part(&at.rows, &at.cols)), part(&at.rows, nullptr));
    rest = combination(Rational(1), a, Rational(-1), product(b, c));
  }
  const double allowed = P::kOrdered ? kRankChanges * largest(a) : 0;
  for (std::size_t k = 1; k < rest.size(); ++k)
    if (largest(rest[k]) > allowed) throw Undefined("the rank of a matrix under pinv changes");
  if (at.rows.empty()) return a_.constant(a_.zeros(a[0].cols(), a[0].rows()));
  const Series<V> bt = transposed(b), ct = transposed(c);
  return product(product(ct, a_.inverse(product(c, ct))), product(a_.inverse(product(bt, b)), bt));
}

// --- chol ----------------------------------------------------------------------------------------------------------------

/// Column by column: l(j,j)^2 = s(j,j) - l(j,1)^2 - ... - l(j,j-1)^2, and so below the diagonal.
template <class P>
auto MatrixFunctions<P>::cholesky(const Series<V>& a) const -> Series<V> {
  const std::size_t n = a[0].rows();
  const Series<V> s = combination(Rational(1, 2), a, Rational(1, 2), transposed(a));
  std::vector<Series<V>> l(n * n);  // 1x1 each; empty above the diagonal
  const auto left = [&](std::size_t i, std::size_t j) {
    Series<V> entry = a_.map(s, [&](const Matrix<V>& m) { return Matrix<V>(1, 1, m(i, j)); });
    for (std::size_t k = 0; k < j; ++k) entry = combination(Rational(1), entry, Rational(-1), product(l[i * n + k], l[j * n + k]));
    return entry;
  };
  std::size_t length = 1;
  for (std::size_t j = 0; j < n; ++j) {
    const Series<V> square = left(j, j);
    // Cancelled but for rounding, whatever the scale of this row.
    if (!(k_.pivot_weight(square[0][0]) > k_.negligible_pivot(k_.pivot_weight(s[0](j, j))))) throw Undefined("chol of a matrix that is not definite");
    l[j * n + j] = a_.power(square, Rational(1, 2));
    const Series<V> inverse = a_.inverse(l[j * n + j]);
    for (std::size_t i = j + 1; i < n; ++i) l[i * n + j] = product(left(i, j), inverse);
    for (std::size_t i = j; i < n; ++i) length = std::max(length, l[i * n + j].size());
  }
  Series<V> out(length, a_.zeros(n, n));
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j <= i; ++j)
      for (std::size_t k = 0; k < l[i * n + j].size(); ++k) out[k](i, j) = l[i * n + j][k][0];
  return out;
}

// --- functions of matrices -----------------------------------------------------------------------------------------------

/// f of [A, E; 0, A] has the derivative of f at A along E above its diagonal. Repeated, with E on the diagonal of all
/// blocks, the corner has the mixed derivative: E1, E2, ... are independent directions whose squares vanish.
template <class P>
auto MatrixFunctions<P>::function(PrimaryFunction f, std::int64_t exponent, std::span<const Series<V>* const> args) const -> Series<V> {
  const Series<V>& a = *args[0];
  if constexpr (P::kOrdered)
    if (f == PrimaryFunction::Logarithm || f == PrimaryFunction::SquareRoot) {
      // An odd number of negative eigenvalues: found out before the iterations try.
      V det = k_.one();
      a_.inverse(a[0], &det);
      if (k_.sign(det) < 0) throw OffDomain("a matrix with a negative eigenvalue");
    }
  if (args.size() == 1) return apply(f, exponent, a);
  const std::size_t n = a[0].rows();
  Series<V> x = a;
  for (const Series<V>* e : args.subspan(1)) x = moved_along(x, *e);
  return a_.map(apply(f, exponent, x), [&](const Matrix<V>& m) {
    Matrix<V> corner = a_.zeros(n, n);
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t i = 0; i < n; ++i) corner(i, j) = m(i, m.cols() - n + j);
    return corner;
  });
}

/// [A, I ⊗ E; 0, A].
template <class P>
auto MatrixFunctions<P>::moved_along(const Series<V>& a, const Series<V>& e) const -> Series<V> {
  const std::size_t order = a[0].rows(), n = e[0].rows();
  Series<V> out;
  for (std::size_t k = 0; k < std::max(a.size(), e.size()); ++k) {
    Matrix<V> m = a_.zeros(2 * order, 2 * order);
    if (k < a.size())
      for (std::size_t j = 0; j < order; ++j)
        for (std::size_t i = 0; i < order; ++i) m(i, j) = m(order + i, order + j) = a[k](i, j);
    if (k < e.size())
      for (std::size_t block = 0; block < order; block += n)
        for (std::size_t j = 0; j < n; ++j)
          for (std::size_t i = 0; i < n; ++i) m(block + i, order + block + j) = e[k](i, j);
    out.push_back(std::move(m));
  }
  return out;
}

template <class P>
auto MatrixFunctions<P>::apply(PrimaryFunction f, std::int64_t exponent, const Series<V>& a) const -> Series<V> {
  if (f == PrimaryFunction::Power) return power(a, exponent);
  if constexpr (P::kOrdered) {
    switch (f) {
      case PrimaryFunction::Exponential: return exponential(a);
      case PrimaryFunction::Logarithm: return logarithm(a);
      case PrimaryFunction::SquareRoot: return square_root(a);
      case PrimaryFunction::Power: break;
    }
    throw Bug("unknown function of matrices");
  } else {
    throw Unsupported(std::string(name(f)) + " of a matrix has no meaning in exact arithmetic");
  }
}

template <class P>
auto MatrixFunctions<P>::power(const Series<V>& a, std::int64_t exponent) const -> Series<V> {
  Series<V> out = identity(a[0].rows());
  if (exponent == 0) return out;
  Series<V> base = exponent < 0 ? a_.inverse(a) : a;
  auto left = exponent < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(exponent) : static_cast<std::uint64_t>(exponent);
  for (;; base = product(base, base)) {
    if (left & 1U) out = product(out, base);
    left >>= 1U;
    if (left == 0) return out;
  }
}

/// exp(A) = exp(A/2^s)^(2^s), the inner one by its power series.
template <class P>
auto MatrixFunctions<P>::exponential(const Series<V>& a) const -> Series<V> {
  int halvings = 0;
  Rational factor(1);
  for (double size = norm(a[0]); size > kNear; size /= 2, ++halvings) {
    if (halvings > kHalvings || !(size <= std::numeric_limits<double>::max())) throw Undefined("expm of a matrix that is too large");
    factor *= Rational(1, 2);
  }
  const Series<V> x = scaled(factor, a);
  Series<V> out = identity(a[0].rows()), term = out;
  for (int j = 1; j <= kTerms; ++j) {
    term = scaled(Rational(1, j), product(term, x));
    out = combination(Rational(1), out, Rational(1), term);
    if (largest(term) <= kNothing * largest(out)) break;
  }
  for (int j = 0; j < halvings; ++j) out = product(out, out);
  return out;
}

/// X -> (X + inv(Y))/2, Y -> (Y + inv(X))/2 from A and I: to the square root and its inverse.
/// Source: Denman & Beavers (1976).
template <class P>
auto MatrixFunctions<P>::square_root(const Series<V>& a) const -> Series<V> {
  const Rational half(1, 2);
  Series<V> x = a, y = identity(a[0].rows());
  double before = std::numeric_limits<double>::infinity();
  for (int step = 0; step < kIterations; ++step) {
    Series<V> inverse_x, inverse_y;
    try {
      inverse_x = a_.inverse(x);
      inverse_y = a_.inverse(y);
    } catch (const Undefined&) {
      if (step == 0) throw;
      break;  // iterates of anything else than a negative eigenvalue never become singular
    }
    Series<V> next = combination(half, x, half, inverse_y);
    y = combination(half, y, half, inverse_x);
    const double change = largest(combination(Rational(1), next, Rational(-1), x)) / std::max(largest(next), std::numeric_limits<double>::min());
    x = std::move(next);
    if (change == 0 || (before <= kConverging && change >= before)) return x;
    before = change;
  }
  throw OffDomain("a matrix with an eigenvalue on the negative axis, or too near");
}

/// log(A) = 2^s log(A^(1/2^s)), and near the identity log(Y) = 2 (Z + Z^3/3 + Z^5/5 + ...), Z = (Y-I)*inv(Y+I).
template <class P>
auto MatrixFunctions<P>::logarithm(const Series<V>& a) const -> Series<V> {
  const Series<V> one = identity(a[0].rows());
  Series<V> y = a, away = combination(Rational(1), y, Rational(-1), one);
  Rational factor(2);
  for (int roots = 0; norm(away[0]) > kNear; ++roots) {
    if (roots > kHalvings) throw Undefined("logm of a matrix that is too large");
    y = square_root(y);
    away = combination(Rational(1), y, Rational(-1), one);
    factor *= Rational(2);
  }
  const Series<V> z = product(away, a_.inverse(combination(Rational(1), y, Rational(1), one))), square = product(z, z);
  Series<V> out = z, term = z;
  for (int j = 3; j <= kTerms; j += 2) {
    term = product(term, square);
    out = combination(Rational(1), out, Rational(1, j), term);
    if (largest(term) <= kNothing * largest(out)) break;
  }
  return scaled(factor, out);
}

}  // namespace dvec
