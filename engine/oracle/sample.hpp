#pragma once
/// Points: sizes that tell indices apart, entries that respect a variable's attributes. All from a seed.

#include <array>

#include "oracle/evaluate.hpp"

namespace dvec {

/// Sizes for a round. Round 0, 1, ...: pairwise distinct and at least 2 where the budget allows; the last of `rounds`
/// has a 1 among them. Nothing when no admissible choice was found.
[[nodiscard]] std::optional<DimValues> draw_sizes(const Schedule& schedule, int round, int rounds, std::uint64_t seed,
                                                  const std::function<bool(const DimValues&)>& admissible);

/// How an entry of a variable is drawn.
[[nodiscard]] inline Draw entry_kind(Attribute a) {
  if (has(a, Attribute::Integer)) return Draw::Integer;
  if (has(a, Attribute::Sign)) return Draw::Sign;
  if (has(a, Attribute::Unit)) return Draw::Unit;
  if (has(a, Attribute::Positive)) return Draw::Positive;
  return Draw::Any;
}

/// A random matrix with a variable's attributes. `key` names the variable and the trial.
template <class P>
Matrix<typename P::Value> draw_matrix(const P& k, Attribute a, std::size_t rows, std::size_t cols, std::uint64_t key) {
  using V = typename P::Value;
  if (rows * cols > kMaxEntries) throw LimitReached("a variable with more than 400000 entries");
  Matrix<V> m(rows, cols, k.zero());
  for (std::size_t i = 0; i < m.size(); ++i) m[i] = k.draw(entry_kind(a), combine(key, i));
  if (rows != cols) return m;
  const std::size_t n = rows;
  const auto keep = [&](auto&& wanted) {
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t i = 0; i < n; ++i)
        if (!wanted(i, j)) m(i, j) = k.zero();
  };
  const auto product = [&](const Matrix<V>& x, const Matrix<V>& y, bool transpose_y) {
    Matrix<V> out(n, n, k.zero());
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        for (std::size_t l = 0; l < n; ++l)
          out(i, j) = k.add(out(i, j), k.multiply(x(i, l), transpose_y ? y(j, l) : y(l, j)));
    return out;
  };
  // Householder reflections: I - 2vv'/v'v, rational in v.
  const auto orthogonal = [&] {
    Matrix<V> q(n, n, k.zero());
    for (std::size_t i = 0; i < n; ++i) q(i, i) = k.one();
    for (std::uint64_t reflection = 0; reflection < 3; ++reflection) {
      if (reflection == 2 && key % 2 == 0) break;  // both determinants occur
      V norm = k.zero();
      std::vector<V> v;
      for (std::size_t i = 0; i < n; ++i) {
        v.push_back(k.draw(Draw::Any, combine(key, 1000 + reflection * 100 + i)));
        norm = k.add(norm, k.multiply(v[i], v[i]));
      }
      const V two = k.multiply(k.integer(2), k.inverse(norm));
      Matrix<V> h(n, n, k.zero());
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
          h(i, j) = k.subtract(i == j ? k.one() : k.zero(), k.multiply(two, k.multiply(v[i], v[j])));
      q = product(q, h, false);
    }
    return q;
  };
  if (has(a, Attribute::Diagonal)) keep([](std::size_t i, std::size_t j) { return i == j; });
  if (has(a, Attribute::Lower)) keep([](std::size_t i, std::size_t j) { return i >= j; });
  if (has(a, Attribute::Upper)) keep([](std::size_t i, std::size_t j) { return i <= j; });
  if (has(a, Attribute::Lower) || has(a, Attribute::Upper))
    for (std::size_t i = 0; i < n; ++i) m(i, i) = k.draw(Draw::Positive, combine(key, 5000 + i));
  if (has(a, Attribute::Symmetric))
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t i = 0; i < j; ++i) m(i, j) = m(j, i);
  if (has(a, Attribute::Skew))
    for (std::size_t j = 0; j < n; ++j) {
      m(j, j) = k.zero();
      for (std::size_t i = 0; i < j; ++i) m(i, j) = k.negate(m(j, i));
    }
  if (has(a, Attribute::Spd)) {
    m = product(m, m, true);
    for (std::size_t i = 0; i < n; ++i) m(i, i) = k.add(m(i, i), k.one());
  }
  if (has(a, Attribute::Orthogonal)) m = orthogonal();
  if (has(a, Attribute::Idempotent)) {
    const Matrix<V> q = orthogonal();
    const std::size_t rank = n == 1 ? 1 : 1 + key % (n - 1);
    Matrix<V> first(n, n, k.zero());
    for (std::size_t j = 0; j < rank; ++j)
      for (std::size_t i = 0; i < n; ++i) first(i, j) = q(i, j);
    m = product(first, first, true);
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
    if (has(a, Attribute::Symmetric) || has(a, Attribute::Spd) || has(a, Attribute::Idempotent))
      structure = structure | Attribute::Symmetric;
  }
  return draw_matrix(k, structure, rows, cols, combine(key, 77));
}

}  // namespace dvec
