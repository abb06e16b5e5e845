#pragma once
/// Points: sizes that tell indices apart, entries that respect a variable's attributes. All from a seed.

#include <array>
#include <vector>

#include "oracle/evaluate.hpp"

namespace dvec {

/// Sizes for a round. Round 0, 1, ...: pairwise distinct and at least 2 where the budget allows; the last of `rounds`
/// has a 1 among them. Nothing when no admissible choice was found.
[[nodiscard]] std::optional<Layout> draw_sizes(const Schedule& schedule, int round, int rounds, std::uint64_t seed,
                                               const std::function<bool(const DimValues&)>& admissible);

/// How an entry of a variable is drawn.
[[nodiscard]] inline Draw entry_kind(Attribute a) {
  if (has(a, Attribute::Integer)) return Draw::Integer;
  if (has(a, Attribute::Sign)) return Draw::Sign;
  if (has(a, Attribute::Unit)) return Draw::Unit;
  if (has(a, Attribute::Positive)) return Draw::Positive;
  return Draw::Any;
}

/// Slots of the variables on which an argument of chol, logm or sqrtm depends. Empty when none of these occurs.
[[nodiscard]] std::vector<bool> under_definite_functions(const Schedule& schedule);

/// Is each entry drawn for itself, whatever the others are?
[[nodiscard]] inline bool has_free_entries(Attribute a) {
  for (const Attribute tied : {Attribute::Symmetric, Attribute::Spd, Attribute::Diagonal, Attribute::Lower, Attribute::Upper,
                               Attribute::Skew, Attribute::Orthogonal, Attribute::Idempotent})
    if (has(a, tied)) return false;
  return true;
}

/// May a multiple of the identity be added to a variable with these attributes?
[[nodiscard]] inline bool may_be_dominant(Attribute a) {
  return entry_kind(a) != Draw::Integer && entry_kind(a) != Draw::Sign && entry_kind(a) != Draw::Unit && !has(a, Attribute::Skew) &&
         !has(a, Attribute::Orthogonal) && !has(a, Attribute::Idempotent);
}

/// Adds so much to the diagonal of a matrix of drawn entries, which are at most 5/4 in size, that it dominates: the symmetric
/// part is definite and no eigenvalue is near the other half of the plane.
template <class P>
void make_dominant(const P& k, Matrix<typename P::Value>& m, int sign) {
  const auto added = k.rational(Rational(5 * sign * static_cast<std::int64_t>(m.rows()), 4));
  for (std::size_t i = 0; i < m.rows(); ++i) m(i, i) = k.add(m(i, i), added);
}

/// A product of Householder reflections I - 2vv'/v'v, rational in the v: of either determinant.
template <class P>
Matrix<typename P::Value> draw_orthogonal(const P& k, std::size_t n, std::uint64_t key) {
  using V = typename P::Value;
  const SeriesAlgebra<P> algebra(k, 0, kMaxEntries);
  Matrix<V> q;
  const std::uint64_t reflections = 2 + key % 2;
  for (std::uint64_t r = 0; r < reflections; ++r) {
    V norm = k.zero();
    std::vector<V> v;
    for (std::size_t i = 0; i < n; ++i) {
      v.push_back(k.draw(Draw::Any, combine(combine(key, 1000 + r), i)));
      norm = k.add(norm, k.multiply(v[i], v[i]));
    }
    const V two = k.multiply(k.integer(2), k.inverse(norm));
    Matrix<V> h(n, n, k.zero());
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t i = 0; i < n; ++i)
        h(i, j) = k.subtract(i == j ? k.one() : k.zero(), k.multiply(two, k.multiply(v[i], v[j])));
    q = r == 0 ? std::move(h) : algebra.product(q, h);
  }
  return q;
}

/// U inv(W'U) W' of some rank from 1 to n-1 (n, for n = 1): the projector on the columns of U along the kernel of W'.
/// With W = U it is symmetric.
template <class P>
Matrix<typename P::Value> draw_idempotent(const P& k, std::size_t n, bool symmetric, std::uint64_t key) {
  using V = typename P::Value;
  const SeriesAlgebra<P> algebra(k, 0, kMaxEntries);
  const std::size_t rank = n == 1 ? 1 : 1 + key % (n - 1);
  Matrix<V> u(n, rank, k.zero()), w(n, rank, k.zero());
  for (std::size_t i = 0; i < u.size(); ++i) {
    u[i] = k.draw(Draw::Any, combine(key, 2000 + i));
    w[i] = symmetric ? u[i] : k.draw(Draw::Any, combine(key, 90000 + i));
  }
  const Matrix<V> wt = w.transposed();
  return algebra.product(algebra.product(u, algebra.inverse(algebra.product(wt, u), nullptr)), wt);
}

/// A random matrix with a variable's attributes. `key` names the variable and the trial.
template <class P>
Matrix<typename P::Value> draw_matrix(const P& k, Attribute a, std::size_t rows, std::size_t cols, std::uint64_t key) {
  using V = typename P::Value;
  if (rows * cols > kMaxEntries) throw LimitReached("a variable with too many entries");
  if (has(a, Attribute::Orthogonal)) {
    // With rows != cols: orthonormal columns, or rows.
    const Matrix<V> q = draw_orthogonal(k, std::max(rows, cols), key);
    Matrix<V> part(rows, cols, k.zero());
    for (std::size_t j = 0; j < cols; ++j)
      for (std::size_t i = 0; i < rows; ++i) part(i, j) = q(i, j);
    return part;
  }
  if (has(a, Attribute::Idempotent) && rows == cols)
    return draw_idempotent(k, rows, has(a, Attribute::Symmetric), key);
  Matrix<V> m(rows, cols, k.zero());
  for (std::size_t i = 0; i < m.size(); ++i) m[i] = k.draw(entry_kind(a), combine(key, i));
  if (rows != cols) return m;
  const std::size_t n = rows;
  const auto keep = [&](auto&& wanted) {
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t i = 0; i < n; ++i)
        if (!wanted(i, j)) m(i, j) = k.zero();
  };
  const bool lower = has(a, Attribute::Lower), upper = has(a, Attribute::Upper);
  if (has(a, Attribute::Diagonal)) keep([](std::size_t i, std::size_t j) { return i == j; });
  if (lower) keep([](std::size_t i, std::size_t j) { return i >= j; });
  if (upper) keep([](std::size_t i, std::size_t j) { return i <= j; });
  if (has(a, Attribute::Symmetric))
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t i = 0; i < j; ++i) m(i, j) = m(j, i);
  if (has(a, Attribute::Skew))
    for (std::size_t j = 0; j < n; ++j) {
      m(j, j) = k.zero();
      for (std::size_t i = 0; i < j; ++i) m(i, j) = k.negate(m(j, i));
    }
  if (has(a, Attribute::Spd)) {
    // MM' is positive definite in floats; in the field its determinant is a square. Floats are kept off the singular.
    m = SeriesAlgebra<P>(k, 0, kMaxEntries).product(m, m.transposed());
    if constexpr (P::kOrdered)
      for (std::size_t i = 0; i < n; ++i) m(i, i) = k.add(m(i, i), k.one());
  }
  return m;
}

/// A random direction: anything, or within the structure that the attributes name.
template <class P>
Matrix<typename P::Value> draw_direction(const P& k, Attribute a, bool in_structure, std::size_t rows, std::size_t cols,
                                         std::uint64_t key) {
  Attribute structure = Attribute::None;
  if (in_structure) {
    for (const Attribute s : {Attribute::Diagonal, Attribute::Lower, Attribute::Upper, Attribute::Skew})
      if (has(a, s)) structure = structure | s;
    if (has(a, Attribute::Symmetric) || has(a, Attribute::Spd))
      structure = structure | Attribute::Symmetric;
  }
  return draw_matrix(k, structure, rows, cols, combine(key, 77));
}

}  // namespace dvec
