#pragma once
/// One reference meaning of every operator, for any arithmetic, with Taylor coefficients along one direction.
///
/// Each value is a polynomial in e, truncated: A(e) = A0 + A1 e + A2 e^2. Order 0 is plain evaluation, order 1 dual
/// numbers, order 2 reaches second derivatives. stop(E) drops the coefficients behind the first.

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "oracle/matrix_functions.hpp"
#include "oracle/schedule.hpp"
#include "oracle/series.hpp"
#include "oracle/softmax.hpp"

namespace dvec {

/// Entries that a single matrix may have, unless said otherwise.
inline constexpr std::size_t kMaxEntries = 400000;

/// The value of the variable at a slot, given its shape at these sizes.
template <class V>
using Inputs = std::function<Series<V>(std::uint32_t slot, std::size_t rows, std::size_t cols)>;

/// What is off its domain: the entries of a matrix, or the matrix as a whole.
struct OffEntries {
  std::size_t rows = 0, cols = 0;    ///< of the matrix
  std::vector<std::size_t> entries;  ///< in the order of vec; none: it is not known which
};

/// How an evaluation may be steered; all may be empty.
template <class V>
struct Steering {
  /// By slot: the names that move, lets included, and what changes their series.
  std::vector<bool> moves = {};
  std::function<void(std::uint32_t slot, Series<V>&)> move = {};
  /// By slot: where Taylor coefficients behind the first are wanted. Empty: everywhere.
  std::vector<bool> followed = {};
  /// The store has the values of this very point: they hold where coefficients are not wanted.
  bool resumed = false;
  /// Told when an item is off its domain: the slot of a variable before it that was drawn again, from which evaluation
  /// resumes; nothing when it should fail.
  std::function<std::optional<std::uint32_t>(std::uint32_t slot, const OffEntries&)> redraw = {};
};

/// The value at a slot, where a let has that of its definition.
template <class V>
const Series<V>& value_at(const Schedule& schedule, const std::vector<Series<V>>& values, std::uint32_t slot) {
  while (values[slot].empty() && schedule[slot].definition != Schedule::kNone) slot = schedule[slot].definition;
  return values[slot];
}

template <class P>
class Evaluation {
 public:
  using V = typename P::Value;

  Evaluation(const P& policy, int order, std::size_t max_entries = kMaxEntries)
      : k_(policy), moving_(policy, order, max_entries), resting_(policy, 0, max_entries) {}

  /// Values by slot of the schedule, of all items that are wanted dense; to be read by `value_at`. `store` is what an
  /// evaluation of this schedule returned before, or nothing: memory to be used again.
  /// Throws Undefined, Unsupported, LimitReached.
  std::vector<Series<V>> run(const Schedule& schedule, const Layout& layout, const Inputs<V>& inputs, Steering<V> steering = {},
                             std::vector<Series<V>> store = {});

 private:
  [[nodiscard]] static std::size_t checked(std::size_t size) {
    if (size == 0) throw Undefined("a size is not a positive integer");
    return size;
  }
  [[nodiscard]] std::size_t rows(std::size_t slot) const { return checked(layout_->rows(slot)); }
  [[nodiscard]] std::size_t cols(std::size_t slot) const { return checked(layout_->cols(slot)); }
  /// Are the coefficients behind the first wanted here?
  [[nodiscard]] bool followed(std::size_t slot) const { return steering_.followed.empty() || steering_.followed[slot]; }
  [[nodiscard]] const SeriesAlgebra<P>& algebra(std::size_t slot) const { return followed(slot) ? moving_ : resting_; }
  [[nodiscard]] Series<V> item(std::size_t slot, const Inputs<V>& inputs);
  [[nodiscard]] Series<V> function_of_matrix(std::size_t slot);
  /// The value of a slot, written out now if a product did without.
  const Series<V>& dense(std::size_t slot);
  /// Only as many coefficients as are wanted at `user`.
  [[nodiscard]] Series<V> wanted(std::size_t slot, std::size_t user) {
    const Series<V>& all = dense(slot);
    return followed(user) || all.size() == 1 ? all : Series<V>{all[0]};
  }
  [[nodiscard]] Series<V> chain(std::size_t slot);
  /// May the factor be applied without being written out? Not when it moves and that is followed.
  [[nodiscard]] bool unwritten(std::size_t slot, bool followed, int depth = 0) const;
  /// factor*M, or factor'*M, of a slot that is unwritten or dense.
  [[nodiscard]] Matrix<V> applied(std::size_t slot, bool transposed, const Matrix<V>& m);
  /// f(k, lower, upper) for the entries of the lower triangle of an n x n matrix: the number of entry (i,j) in vech, and the
  /// numbers of (i,j) and of (j,i) in vec.
  template <class F>
  static void for_triangle(std::size_t n, const F& f) {
    std::size_t at = 0;
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t i = j; i < n; ++i, ++at) f(at, j * n + i, i * n + j);
  }
  /// The first column, counted from 1, of those of eye(rows) that a Selection keeps.
  [[nodiscard]] std::size_t first_selected(std::size_t slot, std::size_t rows) const {
    const std::size_t first = checked(layout_->first(slot)), last = checked(layout_->second(slot));
    if (last > rows || first > last) throw Undefined("a slice reaches beyond the matrix");
    return first;
  }
  [[nodiscard]] Matrix<V> kron_applied(std::size_t slot, bool transposed, Matrix<V> m);

  const P& k_;
  SeriesAlgebra<P> moving_, resting_;
  const Schedule* schedule_ = nullptr;
  const Layout* layout_ = nullptr;
  Steering<V> steering_;
  OffEntries off_;  ///< of the item that was evaluated last
  std::vector<Series<V>> values_;
};

template <class P>
auto Evaluation<P>::run(const Schedule& schedule, const Layout& layout, const Inputs<V>& inputs, Steering<V> steering,
                        std::vector<Series<V>> store) -> std::vector<Series<V>> {
  schedule_ = &schedule;
  layout_ = &layout;
  steering_ = std::move(steering);
  values_ = std::move(store);
  values_.resize(schedule.size());
  const auto moves = [&](std::size_t slot) { return !steering_.moves.empty() && steering_.moves[slot]; };
  for (std::size_t slot = 0; slot < schedule.size(); ++slot) {
    const Schedule::Item& here = schedule[slot];
    if (steering_.resumed && !followed(slot) && !moves(slot)) continue;
    values_[slot].clear();
    if (!here.wanted_dense) continue;
    if (here.definition != Schedule::kNone && !moves(slot)) continue;  // has the value of its definition
    const auto redrawn = [&] {
      const auto from = steering_.redraw ? steering_.redraw(static_cast<std::uint32_t>(slot), off_) : std::nullopt;
      if (from) slot = static_cast<std::size_t>(*from) - 1;  // the loop steps onto the variable; 0 - 1 + 1 is 0
      return from.has_value();
    };
    off_ = {};
    try {
      values_[slot] = item(slot, inputs);
    } catch (const OffDomain&) {
      off_ = {};
      if (!redrawn()) throw;
      continue;
    }
    if (!off_.entries.empty()) {
      if (!redrawn()) throw OffDomain("the root of a non-square, or of a negative number");
      continue;
    }
    if (moves(slot)) steering_.move(static_cast<std::uint32_t>(slot), values_[slot]);
  }
  return std::move(values_);
}

template <class P>
auto Evaluation<P>::dense(std::size_t slot) -> const Series<V>& {
  while (values_[slot].empty() && (*schedule_)[slot].definition != Schedule::kNone) slot = (*schedule_)[slot].definition;
  if (values_[slot].empty()) values_[slot] = item(slot, {});
  return values_[slot];
}

template <class P>
auto Evaluation<P>::item(std::size_t slot, const Inputs<V>& inputs) -> Series<V> {
  const Schedule& schedule = *schedule_;
  const TermPool& pool = schedule.pool();
  const Node& n = schedule.node(slot);
  const auto args = schedule.args(slot);
  const auto arg = [&](std::size_t i) -> const Series<V>& { return dense(args[i]); };
  const std::size_t rows = this->rows(slot), cols = this->cols(slot);
  const SeriesAlgebra<P>& a = algebra(slot);
  const auto each = [&](const Matrix<V>& x, const Matrix<V>& y) { return a.entrywise(x, y); };
  Series<V> out;
  switch (n.op) {
    case Op::Symbol: out = schedule[slot].definition != Schedule::kNone ? dense(schedule[slot].definition) : inputs(static_cast<std::uint32_t>(slot), rows, cols); break;
    case Op::Number: out = a.scalar(k_.rational(n.numbers[0])); break;
    case Op::Size: {
      const auto value = pool.dims.evaluate_exact(n.first, layout_->sizes());
      if (!value) throw Undefined("a size has no value");
      out = a.scalar(k_.rational(*value));
      break;
    }
    case Op::Pi: out = a.scalar(k_.pi()); break;
    case Op::Ones: a.zeros(rows, cols); out = a.constant(Matrix<V>(rows, cols, k_.one())); break;
    case Op::Zeros: out = a.constant(a.zeros(rows, cols)); break;
    case Op::Eye: {
      Matrix<V> m = a.zeros(rows, rows);
      for (std::size_t i = 0; i < rows; ++i) m(i, i) = k_.one();
      out = a.constant(std::move(m));
      break;
    }
    case Op::Commutation: {
      const std::size_t p = checked(layout_->first(slot)), q = checked(layout_->second(slot));
      Matrix<V> m = a.zeros(rows, rows);
      for (std::size_t i = 0; i < p; ++i)
        for (std::size_t j = 0; j < q; ++j) m(i * q + j, j * p + i) = k_.one();
      out = a.constant(std::move(m));
      break;
    }
    case Op::Duplication: case Op::Elimination: {
      const bool both = n.op == Op::Duplication;
      Matrix<V> m = both ? a.zeros(rows, cols) : a.zeros(cols, rows);
      for_triangle(checked(layout_->first(slot)), [&](std::size_t at, std::size_t below, std::size_t above) {
        m(below, at) = k_.one();
        if (both) m(above, at) = k_.one();
      });
      out = a.constant(both ? std::move(m) : m.transposed());
      break;
    }
    case Op::Selection: {
      const std::size_t first = first_selected(slot, rows);
      Matrix<V> m = a.zeros(rows, cols);
      for (std::size_t j = 0; j < cols; ++j) m(first - 1 + j, j) = k_.one();
      out = a.constant(std::move(m));
      break;
    }
    case Op::Sum: {
      std::vector<const Series<V>*> terms;
      for (const std::uint32_t t : args) terms.push_back(&dense(t));
      out = a.linear_combination(terms, n.numbers);
      break;
    }
    case Op::Scale:
      out = a.convolve(arg(0), arg(1), [&](const Matrix<V>& s, const Matrix<V>& m) { return a.scaled(s[0], m); });
      break;
    case Op::MatMul: out = chain(slot); break;
    case Op::Hadamard:
      out = a.convolve(arg(0), arg(1), each);
      for (std::size_t i = 2; i < args.size(); ++i) out = a.convolve(out, arg(i), each);
      break;
    case Op::Kron:
      out = wanted(args[0], slot);
      for (std::size_t i = 1; i < args.size(); ++i)
        out = a.convolve(out, arg(i), [&](const Matrix<V>& x, const Matrix<V>& y) { return a.kron(x, y); });
      break;
    case Op::Transpose: out = a.map(arg(0), [](const Matrix<V>& m) { return m.transposed(); }); break;
    case Op::Vec: case Op::Reshape: out = a.map(arg(0), [&](const Matrix<V>& m) { return m.reshaped(rows, cols); }); break;
    case Op::Diag:
      out = a.map(arg(0), [&](const Matrix<V>& v) {
        Matrix<V> m = a.zeros(rows, rows);
        for (std::size_t i = 0; i < rows; ++i) m(i, i) = v[i];
        return m;
      });
      break;
    case Op::DiagVec:
      out = a.map(arg(0), [&](const Matrix<V>& m) {
        Matrix<V> v = a.zeros(rows, 1);
        for (std::size_t i = 0; i < rows; ++i) v[i] = m(i, i);
        return v;
      });
      break;
    case Op::Tril:
      out = a.map(arg(0), [&](Matrix<V> m) {
        for (std::size_t j = 0; j < cols; ++j)
          for (std::size_t i = 0; i < std::min(j, rows); ++i) m(i, j) = k_.zero();
        return m;
      });
      break;
    case Op::Trace: out = a.map(arg(0), [&](const Matrix<V>& m) { return Matrix<V>(1, 1, a.trace(m)); }); break;
    case Op::Total: case Op::ColumnSums: case Op::RowSums:
      out = a.map(arg(0), [&](const Matrix<V>& m) {
        Matrix<V> sums = a.zeros(rows, cols);
        for (std::size_t j = 0; j < m.cols(); ++j)
          for (std::size_t i = 0; i < m.rows(); ++i) {
            V& to = sums(n.op == Op::RowSums ? i : 0, n.op == Op::ColumnSums ? j : 0);
            to = k_.add(to, m(i, j));
          }
        return sums;
      });
      break;
    case Op::Power: out = a.power(arg(0), n.numbers[0], &off_.entries); break;
    case Op::PowerBy: out = a.power_by(wanted(args[0], slot), wanted(args[1], slot)); break;
    case Op::Apply: out = a.function(pool, n.function, n.order, arg(0)); break;
    case Op::ColumnSoftmax: out = ExponentialSums<P>(k_, a).softmax(wanted(args[0], slot), Along::Columns); break;
    case Op::RowSoftmax: out = ExponentialSums<P>(k_, a).softmax(wanted(args[0], slot), Along::Rows); break;
    case Op::ColumnLogSumExp: out = ExponentialSums<P>(k_, a).log_sum(wanted(args[0], slot), Along::Columns); break;
    case Op::RowLogSumExp: out = ExponentialSums<P>(k_, a).log_sum(wanted(args[0], slot), Along::Rows); break;
    case Op::Inverse: out = a.inverse(arg(0)); break;
    case Op::Det: case Op::LogDet: out = a.determinant(wanted(args[0], slot), n.op == Op::LogDet); break;
    case Op::PseudoInverse: case Op::Cholesky: case Op::MatrixFunction: out = function_of_matrix(slot); break;
    case Op::Stop: out = {arg(0)[0]}; break;
  }
  if (!off_.entries.empty()) {
    off_.rows = rows;
    off_.cols = cols;
    return out;
  }
  if (!followed(slot) && out.size() > 1) out.truncate(1);
  for (const Matrix<V>& m : out)
    for (const V& v : m)
      if (!k_.is_finite(v)) throw Undefined("a value that is not finite");
  return out;
}

template <class P>
auto Evaluation<P>::function_of_matrix(std::size_t slot) -> Series<V> {
  const Node& n = schedule_->node(slot);
  const MatrixFunctions<P> functions(k_, algebra(slot));
  std::vector<Series<V>> given;
  for (const std::uint32_t a : schedule_->args(slot)) given.push_back(wanted(a, slot));
  if (n.op == Op::PseudoInverse) return functions.pseudo_inverse(given[0]);
  if (n.op == Op::Cholesky) return functions.cholesky(given[0]);
  std::int64_t exponent = 0;
  if (n.primary == PrimaryFunction::Power) {
    const auto value = schedule_->pool().dims.evaluate(n.first, layout_->sizes());
    if (!value) throw Undefined("an exponent has no value");
    exponent = *value;
  }
  std::vector<const Series<V>*> at;
  for (const Series<V>& g : given) at.push_back(&g);
  return functions.function(n.primary, exponent, at);
}

}  // namespace dvec

#include "oracle/evaluate_products.hpp"
