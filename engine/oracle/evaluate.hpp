#pragma once
/// One reference meaning of every operator, for any arithmetic, with Taylor coefficients along one direction.
///
/// Each value is a polynomial in e, truncated: A(e) = A0 + A1 e + A2 e^2. Order 0 is plain evaluation, order 1 dual
/// numbers, order 2 reaches second derivatives. stop(E) drops the coefficients behind the first.

#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "oracle/matrix_functions.hpp"
#include "oracle/schedule.hpp"
#include "oracle/series.hpp"

namespace dvec {

/// Entries that a single matrix may have, unless said otherwise.
inline constexpr std::size_t kMaxEntries = 400000;

/// The value of a variable, given its shape at these sizes.
template <class V>
using Inputs = std::function<Series<V>(SymbolId, std::size_t rows, std::size_t cols)>;

/// How an evaluation may be steered; both may be empty.
template <class V>
struct Steering {
  /// Gets the series of every symbol, lets included, and may change it: sets names in motion.
  std::function<void(SymbolId, Series<V>&)> move;
  /// Asked when an item is off its domain: may the variable be drawn again? Then evaluation resumes there.
  std::function<bool(SymbolId)> redraw;
};

template <class P>
class Evaluation {
 public:
  using V = typename P::Value;

  Evaluation(const P& policy, int order, std::size_t max_entries = kMaxEntries) : k_(policy), a_(policy, order, max_entries) {}

  /// Values by slot of the schedule, of all items that are wanted dense. Throws Undefined, Unsupported, LimitReached.
  std::vector<Series<V>> run(const Schedule& schedule, const DimValues& sizes, const Inputs<V>& inputs,
                             const Steering<V>& steering = {});

 private:
  [[nodiscard]] std::size_t size(Dim d);
  /// Is this a root of something that has none? Found out before it is tried: redraws are many.
  [[nodiscard]] bool off_domain(std::size_t slot) const;
  [[nodiscard]] Series<V> item(std::size_t slot, const Inputs<V>& inputs);
  /// softmax and logsumexp from their definitions.
  [[nodiscard]] Series<V> over_exponentials(Op op, const SeriesAlgebra<P>& algebra, const Series<V>& a) const;
  /// The value of a slot, written out now if a product did without.
  const Series<V>& dense(std::size_t slot);
  [[nodiscard]] Series<V> chain(std::size_t slot);
  /// May the factor be applied without being written out? Not when it moves.
  [[nodiscard]] bool unwritten(std::size_t slot, int depth = 0) const;
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
  [[nodiscard]] std::size_t first_selected(const Node& n, std::size_t rows) {
    const std::size_t first = size(n.first), last = size(n.second);
    if (last > rows || first > last) throw Undefined("a slice reaches beyond the matrix");
    return first;
  }
  [[nodiscard]] Matrix<V> kron_applied(std::size_t slot, bool transposed, Matrix<V> m);

  const P& k_;
  SeriesAlgebra<P> a_;
  const Schedule* schedule_ = nullptr;
  const DimValues* sizes_ = nullptr;
  std::vector<Series<V>> values_;
  std::unordered_map<Dim, std::size_t> known_sizes_;
};

template <class P>
std::size_t Evaluation<P>::size(Dim d) {
  const auto [at, fresh] = known_sizes_.try_emplace(d, 0);
  if (fresh) {
    const auto value = schedule_->pool().dims.evaluate(d, *sizes_);
    if (!value || *value < 1) throw Undefined("a size is not a positive integer");
    at->second = static_cast<std::size_t>(*value);
  }
  return at->second;
}

template <class P>
auto Evaluation<P>::run(const Schedule& schedule, const DimValues& sizes, const Inputs<V>& inputs, const Steering<V>& steering)
    -> std::vector<Series<V>> {
  schedule_ = &schedule;
  sizes_ = &sizes;
  values_.assign(schedule.size(), {});
  known_sizes_.clear();
  for (std::size_t slot = 0; slot < schedule.size(); ++slot) {
    values_[slot].clear();
    if (!schedule[slot].wanted_dense) continue;
    const std::uint32_t latest = schedule[slot].latest;
    const auto redrawn = [&] {
      if (!steering.redraw || latest == Schedule::kNone || !steering.redraw(schedule.node(latest).symbol)) return false;
      slot = static_cast<std::size_t>(latest) - 1;  // the loop steps onto the variable; 0 - 1 + 1 is 0
      return true;
    };
    if (off_domain(slot) && redrawn()) continue;
    try {
      values_[slot] = item(slot, inputs);
      const Node& n = schedule.node(slot);
      if (n.op == Op::Symbol && steering.move) steering.move(n.symbol, values_[slot]);
    } catch (const OffDomain&) {
      if (!redrawn()) throw;
    }
  }
  return std::move(values_);
}

template <class P>
bool Evaluation<P>::off_domain(std::size_t slot) const {
  const Node& n = schedule_->node(slot);
  if (n.op != Op::Power || n.numbers[0].is_integer()) return false;
  const Series<V>& base = values_[schedule_->args(slot)[0]];
  return !base.empty() && !std::ranges::all_of(base[0], [&](const V& v) { return k_.has_power(v, n.numbers[0]); });
}

template <class P>
auto Evaluation<P>::dense(std::size_t slot) -> const Series<V>& {
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
  const std::size_t rows = size(n.shape.rows), cols = size(n.shape.cols);
  const auto each = [&](const Matrix<V>& x, const Matrix<V>& y) { return a_.entrywise(x, y); };
  const MatrixFunctions<P> functions(k_, a_);
  Series<V> out;
  switch (n.op) {
    case Op::Symbol:
      out = schedule[slot].definition != Schedule::kNone ? dense(schedule[slot].definition) : inputs(n.symbol, rows, cols);
      break;
    case Op::Number: out = a_.scalar(k_.rational(n.numbers[0])); break;
    case Op::Size: {
      const auto value = pool.dims.evaluate_exact(n.first, *sizes_);
      if (!value) throw Undefined("a size has no value");
      out = a_.scalar(k_.rational(*value));
      break;
    }
    case Op::Pi: out = a_.scalar(k_.pi()); break;
    case Op::Ones: a_.zeros(rows, cols); out = a_.constant(Matrix<V>(rows, cols, k_.one())); break;
    case Op::Zeros: out = a_.constant(a_.zeros(rows, cols)); break;
    case Op::Eye: {
      Matrix<V> m = a_.zeros(rows, rows);
      for (std::size_t i = 0; i < rows; ++i) m(i, i) = k_.one();
      out = a_.constant(std::move(m));
      break;
    }
    case Op::Commutation: {
      const std::size_t p = size(n.first), q = size(n.second);
      Matrix<V> m = a_.zeros(rows, rows);
      for (std::size_t i = 0; i < p; ++i)
        for (std::size_t j = 0; j < q; ++j) m(i * q + j, j * p + i) = k_.one();
      out = a_.constant(std::move(m));
      break;
    }
    case Op::Duplication: case Op::Elimination: {
      const bool both = n.op == Op::Duplication;
      Matrix<V> m = both ? a_.zeros(rows, cols) : a_.zeros(cols, rows);
      for_triangle(size(n.first), [&](std::size_t at, std::size_t below, std::size_t above) {
        m(below, at) = k_.one();
        if (both) m(above, at) = k_.one();
      });
      out = a_.constant(both ? std::move(m) : m.transposed());
      break;
    }
    case Op::Selection: {
      const std::size_t first = first_selected(n, rows);
      Matrix<V> m = a_.zeros(rows, cols);
      for (std::size_t j = 0; j < cols; ++j) m(first - 1 + j, j) = k_.one();
      out = a_.constant(std::move(m));
      break;
    }
    case Op::Sum: {
      std::vector<const Series<V>*> terms;
      for (const std::uint32_t a : args) terms.push_back(&dense(a));
      out = a_.linear_combination(terms, n.numbers);
      break;
    }
    case Op::Scale:
      out = a_.convolve(arg(0), arg(1), [&](const Matrix<V>& s, const Matrix<V>& a) { return a_.scaled(s[0], a); });
      break;
    case Op::MatMul: out = chain(slot); break;
    case Op::Hadamard:
      out = arg(0);
      for (std::size_t i = 1; i < args.size(); ++i) out = a_.convolve(out, arg(i), each);
      break;
    case Op::Kron:
      out = arg(0);
      for (std::size_t i = 1; i < args.size(); ++i)
        out = a_.convolve(out, arg(i), [&](const Matrix<V>& a, const Matrix<V>& b) { return a_.kron(a, b); });
      break;
    case Op::Transpose: out = a_.map(arg(0), [](const Matrix<V>& a) { return a.transposed(); }); break;
    case Op::Vec: case Op::Reshape: out = a_.map(arg(0), [&](const Matrix<V>& a) { return a.reshaped(rows, cols); }); break;
    case Op::Diag:
      out = a_.map(arg(0), [&](const Matrix<V>& a) {
        Matrix<V> m = a_.zeros(rows, rows);
        for (std::size_t i = 0; i < rows; ++i) m(i, i) = a[i];
        return m;
      });
      break;
    case Op::DiagVec:
      out = a_.map(arg(0), [&](const Matrix<V>& a) {
        Matrix<V> m = a_.zeros(rows, 1);
        for (std::size_t i = 0; i < rows; ++i) m[i] = a(i, i);
        return m;
      });
      break;
    case Op::Tril:
      out = a_.map(arg(0), [&](const Matrix<V>& a) {
        Matrix<V> m = a;
        for (std::size_t j = 0; j < cols; ++j)
          for (std::size_t i = 0; i < std::min(j, rows); ++i) m(i, j) = k_.zero();
        return m;
      });
      break;
    case Op::Trace: out = a_.map(arg(0), [&](const Matrix<V>& a) { return Matrix<V>(1, 1, a_.trace(a)); }); break;
    case Op::Total: case Op::ColumnSums: case Op::RowSums:
      out = a_.map(arg(0), [&](const Matrix<V>& a) {
        Matrix<V> m = a_.zeros(rows, cols);
        for (std::size_t j = 0; j < a.cols(); ++j)
          for (std::size_t i = 0; i < a.rows(); ++i) {
            V& to = m(n.op == Op::RowSums ? i : 0, n.op == Op::ColumnSums ? j : 0);
            to = k_.add(to, a(i, j));
          }
        return m;
      });
      break;
    case Op::Power: out = a_.power(arg(0), n.numbers[0]); break;
    case Op::PowerBy: out = a_.power_by(arg(0), arg(1)); break;
    case Op::Apply: out = a_.function(pool, n.function, n.order, arg(0)); break;
    case Op::ColumnSoftmax: case Op::RowSoftmax: case Op::ColumnLogSumExp: case Op::RowLogSumExp:
      out = over_exponentials(n.op, a_, arg(0));
      break;
    case Op::Inverse: out = a_.inverse(arg(0)); break;
    case Op::Det: out = a_.determinant(arg(0), false); break;
    case Op::LogDet: out = a_.determinant(arg(0), true); break;
    case Op::PseudoInverse: out = functions.pseudo_inverse(arg(0)); break;
    case Op::Cholesky: out = functions.cholesky(arg(0)); break;
    case Op::MatrixFunction: {
      std::int64_t exponent = 0;
      if (n.primary == PrimaryFunction::Power) {
        const auto value = pool.dims.evaluate(n.first, *sizes_);
        if (!value) throw Undefined("an exponent has no value");
        exponent = *value;
      }
      std::vector<const Series<V>*> at;
      for (const std::uint32_t a : args) at.push_back(&dense(a));
      out = functions.function(n.primary, exponent, at);
      break;
    }
    case Op::Stop: out = {arg(0)[0]}; break;
  }
  for (const Matrix<V>& m : out)
    for (const V& v : m)
      if (!k_.is_finite(v)) throw Undefined("a value that is not finite");
  return out;
}

/// Where numbers are ordered, the largest entry of each row (column) is taken off first: exp(a-c)/sum(exp(a-c)) is the same
/// for every constant c, and nothing overflows.
template <class P>
auto Evaluation<P>::over_exponentials(Op op, const SeriesAlgebra<P>& algebra, const Series<V>& a) const -> Series<V> {
  const bool across = op == Op::RowSoftmax || op == Op::RowLogSumExp;
  const std::size_t rows = a[0].rows(), cols = a[0].cols();
  const auto group = [&](std::size_t i, std::size_t j) { return across ? i : j; };
  const auto for_entries = [&](const auto& f) {
    for (std::size_t j = 0; j < cols; ++j)
      for (std::size_t i = 0; i < rows; ++i) f(i, j);
  };
  Matrix<V> shift = algebra.zeros(across ? rows : 1, across ? 1 : cols);
  Series<V> shifted = a;
  if constexpr (P::kOrdered) {
    for (std::size_t g = 0; g < shift.size(); ++g) shift[g] = across ? a[0](g, 0) : a[0](0, g);
    for_entries([&](std::size_t i, std::size_t j) {
      V& largest = shift[group(i, j)];
      if (k_.sign(k_.subtract(a[0](i, j), largest)) > 0) largest = a[0](i, j);
    });
    for_entries([&](std::size_t i, std::size_t j) { shifted[0](i, j) = k_.subtract(a[0](i, j), shift[group(i, j)]); });
  }
  const auto primitive = [&](Primitive f, const Series<V>& of) {
    return algebra.apply(of, [&](int k, const V& x) { return k == 0 ? k_.primitive(f, x) : primitive_derivative(k_, f, k, x); });
  };
  const Series<V> e = primitive(Primitive::Exp, shifted);
  const Series<V> sums = algebra.map(e, [&](const Matrix<V>& m) {
    Matrix<V> s = algebra.zeros(shift.rows(), shift.cols());
    for_entries([&](std::size_t i, std::size_t j) { s[group(i, j)] = k_.add(s[group(i, j)], m(i, j)); });
    return s;
  });
  if (op == Op::ColumnLogSumExp || op == Op::RowLogSumExp) {
    Series<V> out = primitive(Primitive::Log, sums);
    for (std::size_t g = 0; g < shift.size(); ++g) out[0][g] = k_.add(out[0][g], shift[g]);
    return out;
  }
  const Series<V> divisors = algebra.map(algebra.power(sums, Rational(-1)), [&](const Matrix<V>& s) {
    Matrix<V> m = algebra.zeros(rows, cols);
    for_entries([&](std::size_t i, std::size_t j) { m(i, j) = s[group(i, j)]; });
    return m;
  });
  return algebra.convolve(e, divisors, [&](const Matrix<V>& x, const Matrix<V>& y) { return algebra.entrywise(x, y); });
}

// --- products ------------------------------------------------------------------------------------------------------------

/// Multiplied from the narrower end; ⊗, K, D, L, I and its slices, diag and 1 that stand still are applied, never written out.
template <class P>
auto Evaluation<P>::chain(std::size_t slot) -> Series<V> {
  const Node& n = schedule_->node(slot);
  const auto args = schedule_->args(slot);
  const bool from_right = size(n.shape.cols) < size(n.shape.rows);
  const auto at = [&](std::size_t i) { return args[from_right ? args.size() - 1 - i : i]; };
  Series<V> out = dense(at(0));
  for (std::size_t i = 1; i < args.size(); ++i) {
    const std::size_t factor = at(i);
    if (unwritten(factor))
      out = a_.map(out, [&](const Matrix<V>& m) {
        return from_right ? applied(factor, false, m) : applied(factor, true, m.transposed()).transposed();
      });
    else
      out = a_.convolve(out, dense(factor), [&](const Matrix<V>& m, const Matrix<V>& f) {
        return from_right ? a_.product(f, m) : a_.product(m, f);
      });
  }
  return out;
}

template <class P>
bool Evaluation<P>::unwritten(std::size_t slot, int depth) const {
  constexpr int kDeepest = 8;
  if ((*schedule_)[slot].wanted_dense || depth > kDeepest) return false;
  for (const std::uint32_t a : schedule_->args(slot))
    if (values_[a].size() > 1 || (values_[a].empty() && !unwritten(a, depth + 1))) return false;
  return true;
}

template <class P>
auto Evaluation<P>::applied(std::size_t slot, bool transposed, const Matrix<V>& m) -> Matrix<V> {
  const Node& n = schedule_->node(slot);
  if ((*schedule_)[slot].wanted_dense) return a_.product(transposed ? dense(slot)[0].transposed() : dense(slot)[0], m);
  const std::size_t rows = size(transposed ? n.shape.cols : n.shape.rows), cols = m.cols();
  const auto args = schedule_->args(slot);
  if (n.op == Op::Eye) return m;
  if (n.op == Op::Transpose) return applied(args[0], !transposed, m);
  if (n.op == Op::Kron) return kron_applied(slot, transposed, m);
  Matrix<V> out = a_.zeros(rows, cols);
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
    const std::size_t first = first_selected(n, transposed ? m.rows() : rows) - 1;
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
    for_triangle(size(n.first), [&](std::size_t at, std::size_t below, std::size_t above) {
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
  const std::size_t p = size(transposed ? n.second : n.first), q = size(transposed ? n.first : n.second);
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
    const Node& f = schedule_->node(factor);
    const std::size_t out_rows = size(transposed ? f.shape.cols : f.shape.rows), in_rows = size(transposed ? f.shape.rows : f.shape.cols);
    const std::size_t behind = m.rows() / (before * in_rows);
    Matrix<V> gathered = a_.zeros(in_rows, before * behind * m.cols());
    for (std::size_t j = 0; j < m.cols(); ++j)
      for (std::size_t b = 0; b < before; ++b)
        for (std::size_t i = 0; i < in_rows; ++i)
          for (std::size_t c = 0; c < behind; ++c)
            gathered(i, (j * before + b) * behind + c) = m((b * in_rows + i) * behind + c, j);
    const Matrix<V> done = applied(factor, transposed, gathered);
    Matrix<V> next = a_.zeros(before * out_rows * behind, m.cols());
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
