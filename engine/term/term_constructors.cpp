/// The makers of nodes with arguments: notation only, see README.

#include <algorithm>
#include <array>

#include "support/result.hpp"
#include "term/term_pool.hpp"

namespace dvec {

// --- linear structure ------------------------------------------------------------------------------------------------

TermId TermPool::sum(std::span<const TermId> terms, std::span<const Rational> coefficients) {
  require(!terms.empty() && terms.size() == coefficients.size(), "a sum needs a coefficient for each of its terms");
  const Shape s = shape(terms[0]);
  // A sum inside a sum is flattened when its coefficient is 1 or -1; c*(A+B) for another c stays one term, as written.
  std::vector<std::pair<TermId, Rational>> flat;
  const auto take = [&](const auto& self, TermId t, const Rational& c) -> void {
    const Node& n = (*this)[t];
    if (n.op == Op::Number) {
      flat.emplace_back(number(1), c * n.numbers[0]);
    } else if (n.op == Op::Sum && (n.args.size() == 1 || (terms.size() > 1 && c.abs().is_one()) || c.is_one())) {
      for (std::size_t k = 0; k < n.args.size(); ++k) self(self, n.args[k], c * n.numbers[k]);
    } else if (!is_zero(t)) {
      flat.emplace_back(t, c);
    }
  };
  for (std::size_t i = 0; i < terms.size(); ++i) {
    require(shape(terms[i]) == s, "terms of a sum have one shape");
    take(take, terms[i], coefficients[i]);
  }
  std::stable_sort(flat.begin(), flat.end(), [this](const auto& a, const auto& b) { return compare(a.first, b.first) < 0; });
  std::vector<TermId> args;
  std::vector<Rational> numbers;
  for (const auto& [t, c] : flat) {
    if (!args.empty() && args.back() == t)
      numbers.back() += c;
    else {
      args.push_back(t);
      numbers.push_back(c);
    }
    if (numbers.back().is_zero()) {
      args.pop_back();
      numbers.pop_back();
    }
  }
  if (args.empty()) return zeros(s);
  if (args.size() == 1) {
    if (numbers[0].is_one()) return args[0];
    if ((*this)[args[0]].op == Op::Number) return number(numbers[0]);
  }
  Node n;
  n.op = Op::Sum;
  n.shape = s;
  return intern(n, args, numbers);
}

TermId TermPool::add(TermId a, TermId b) { return sum(std::array{a, b}, std::array{Rational(1), Rational(1)}); }
TermId TermPool::subtract(TermId a, TermId b) { return sum(std::array{a, b}, std::array{Rational(1), Rational(-1)}); }
TermId TermPool::times(const Rational& c, TermId a) { return sum(std::array{a}, std::array{c}); }

TermId TermPool::scale(TermId s, TermId a) {
  require(is_scalar(s), "the first argument of a scaling is 1x1");
  if (is_scalar(a)) return hadamard(s, a);
  if (const Node& n = (*this)[s]; n.op == Op::Number) return times(n.numbers[0], a);
  if (is_zero(a)) return a;
  Node n;
  n.op = Op::Scale;
  n.shape = shape(a);
  return intern(n, std::array{s, a}, {});
}

TermId TermPool::matmul(std::span<const TermId> factors) {
  require(!factors.empty(), "a product needs factors");
  const Shape s{shape(factors.front()).rows, shape(factors.back()).cols};
  std::vector<TermId> args;
  const auto take = [&](TermId t) {
    const Node& n = (*this)[t];
    if (n.op != Op::Eye && !(n.op == Op::Number && n.numbers[0].is_one())) args.push_back(t);
  };
  for (std::size_t i = 0; i < factors.size(); ++i) {
    require(i == 0 || shape(factors[i - 1]).cols == shape(factors[i]).rows, "factors of a product conform");
    if (is_zero(factors[i])) return zeros(s);
    if (const Node& n = (*this)[factors[i]]; n.op == Op::MatMul)
      for (const TermId a : n.args) take(a);
    else
      take(factors[i]);
  }
  if (args.empty()) return eye(s.rows);
  if (args.size() == 1) return args[0];
  if (std::ranges::all_of(args, [this](TermId a) { return is_scalar(a); })) return hadamard(args);
  Node n;
  n.op = Op::MatMul;
  n.shape = s;
  return intern(n, args, {});
}

TermId TermPool::matmul(TermId a, TermId b) { return matmul(std::array{a, b}); }

TermId TermPool::hadamard(std::span<const TermId> factors) {
  require(!factors.empty(), "an entrywise product needs factors");
  const Shape s = shape(factors[0]);
  std::vector<TermId> args;
  Rational coefficient(1);
  const auto take = [&](TermId t) {
    const Node& n = (*this)[t];
    if (n.op == Op::Number)
      coefficient *= n.numbers[0];
    else if (n.op != Op::Ones)
      args.push_back(t);
  };
  for (const TermId f : factors) {
    require(shape(f) == s, "factors of an entrywise product have one shape");
    if (is_zero(f)) return zeros(s);
    if (const Node& n = (*this)[f]; n.op == Op::Hadamard)
      for (const TermId a : n.args) take(a);
    else
      take(f);
  }
  std::stable_sort(args.begin(), args.end(), [this](TermId a, TermId b) { return compare(a, b) < 0; });
  TermId product;
  if (args.empty()) {
    product = ones(s);
  } else if (args.size() == 1) {
    product = args[0];
  } else {
    Node n;
    n.op = Op::Hadamard;
    n.shape = s;
    product = intern(n, args, {});
  }
  return coefficient.is_one() ? product : times(coefficient, product);
}

TermId TermPool::hadamard(TermId a, TermId b) { return hadamard(std::array{a, b}); }

TermId TermPool::kron(std::span<const TermId> factors) {
  require(!factors.empty(), "a Kronecker product needs factors");
  Shape s{dims.one(), dims.one()};
  std::vector<TermId> args;
  bool zero = false;
  const auto take = [&](TermId t) {
    const Node& n = (*this)[t];
    if (!(n.op == Op::Number && n.numbers[0].is_one())) args.push_back(t);
  };
  for (const TermId f : factors) {
    s = {dims.multiply(s.rows, shape(f).rows), dims.multiply(s.cols, shape(f).cols)};
    zero = zero || is_zero(f);
    if (const Node& n = (*this)[f]; n.op == Op::Kron)
      for (const TermId a : n.args) take(a);
    else
      take(f);
  }
  if (zero) return zeros(s);
  if (args.empty()) return number(1);
  if (args.size() == 1) return args[0];
  if (is_scalar(s)) return hadamard(args);
  Node n;
  n.op = Op::Kron;
  n.shape = s;
  return intern(n, args, {});
}

TermId TermPool::kron(TermId a, TermId b) { return kron(std::array{a, b}); }

TermId TermPool::transpose(TermId a) {
  if (is_scalar(a)) return a;
  if (is_zero(a)) return zeros(transposed(shape(a)));
  return unary(Op::Transpose, transposed(shape(a)), a);
}

TermId TermPool::vec(TermId a) {
  const Shape s = shape(a);
  if (s.cols == dims.one()) return a;
  const Shape column{dims.multiply(s.rows, s.cols), dims.one()};
  if (is_zero(a)) return zeros(column);
  return unary(Op::Vec, column, a);
}

TermId TermPool::reshape(TermId a, Shape s) {
  const Shape from = shape(a);
  if (from == s) return a;
  require(dims.multiply(from.rows, from.cols) == dims.multiply(s.rows, s.cols), "reshape keeps the number of entries");
  if (s.cols == dims.one()) return vec(a);
  if (is_zero(a)) return zeros(s);
  return unary(Op::Reshape, s, a);
}

TermId TermPool::diag(TermId v) {
  const Shape s = shape(v);
  require(s.rows == dims.one() || s.cols == dims.one(), "diag takes a vector");
  const Dim n = s.rows == dims.one() ? s.cols : s.rows;
  if (n == dims.one()) return v;
  if (is_zero(v)) return zeros({n, n});
  return unary(Op::Diag, {n, n}, v);
}

TermId TermPool::diagvec(TermId a) {
  const Shape s = shape(a);
  require(s.rows == s.cols, "diagvec takes a square matrix");
  if (is_scalar(a)) return a;
  if (is_zero(a)) return zeros({s.rows, dims.one()});
  return unary(Op::DiagVec, {s.rows, dims.one()}, a);
}

TermId TermPool::tril(TermId a) {
  const Node& n = (*this)[a];
  if (n.shape.cols == dims.one() || n.op == Op::Zeros) return a;
  return unary(Op::Tril, n.shape, a);
}

TermId TermPool::trace(TermId a) {
  require(shape(a).rows == shape(a).cols, "trace takes a square matrix");
  if (is_scalar(a)) return a;
  if (is_zero(a)) return number(0);
  return unary(Op::Trace, {dims.one(), dims.one()}, a);
}

TermId TermPool::total(TermId a) {
  if (is_scalar(a)) return a;
  if (is_zero(a)) return number(0);
  return unary(Op::Total, {dims.one(), dims.one()}, a);
}

TermId TermPool::column_sums(TermId a) {
  const Shape s{dims.one(), shape(a).cols};
  if (shape(a).rows == dims.one()) return a;
  if (is_zero(a)) return zeros(s);
  if (is_scalar(s)) return total(a);
  return unary(Op::ColumnSums, s, a);
}

TermId TermPool::row_sums(TermId a) {
  const Shape s{shape(a).rows, dims.one()};
  if (shape(a).cols == dims.one()) return a;
  if (is_zero(a)) return zeros(s);
  if (is_scalar(s)) return total(a);
  return unary(Op::RowSums, s, a);
}

// --- the rest --------------------------------------------------------------------------------------------------------

TermId TermPool::power(TermId a, const Rational& exponent) {
  if (exponent.is_one()) return a;
  if (exponent.is_zero()) return ones(shape(a));
  if (const Node& n = (*this)[a]; n.op == Op::Ones) return a;
  else if (n.op == Op::Number && !n.numbers[0].is_zero()) {
    if (const auto k = exponent.to_int64(); k && *k >= -64 && *k <= 64) return number(dvec::power(n.numbers[0], *k));
    if (n.numbers[0].is_one()) return a;
  }
  Node n;
  n.op = Op::Power;
  n.shape = shape(a);
  return intern(n, std::array{a}, std::array{exponent});
}

TermId TermPool::power_by(TermId a, TermId exponent) {
  if (const Node& e = (*this)[exponent]; e.op == Op::Number) return power(a, e.numbers[0]);
  require(is_scalar(exponent) || shape(exponent) == shape(a), "an exponent is a scalar or has the base's shape");
  Node n;
  n.op = Op::PowerBy;
  n.shape = shape(a);
  return intern(n, std::array{a, exponent}, {});
}

TermId TermPool::apply(FunctionId f, int order, TermId a) {
  Node n;
  n.op = Op::Apply;
  n.shape = shape(a);
  n.function = f;
  n.order = order;
  return intern(n, std::array{a}, {});
}

// Of a single entry the softmax is 1 and the log-sum-exp the entry itself.

TermId TermPool::column_softmax(TermId a) {
  const Shape s = shape(a);
  return s.rows == dims.one() ? ones(s) : unary(Op::ColumnSoftmax, s, a);
}

TermId TermPool::row_softmax(TermId a) {
  const Shape s = shape(a);
  return s.cols == dims.one() ? ones(s) : unary(Op::RowSoftmax, s, a);
}

TermId TermPool::column_logsumexp(TermId a) {
  const Shape s = shape(a);
  return s.rows == dims.one() ? a : unary(Op::ColumnLogSumExp, {dims.one(), s.cols}, a);
}

TermId TermPool::row_logsumexp(TermId a) {
  const Shape s = shape(a);
  return s.cols == dims.one() ? a : unary(Op::RowLogSumExp, {s.rows, dims.one()}, a);
}

TermId TermPool::inverse(TermId a) {
  require(shape(a).rows == shape(a).cols, "inv takes a square matrix");
  if (is_scalar(a)) return power(a, Rational(-1));
  if ((*this)[a].op == Op::Eye) return a;
  return unary(Op::Inverse, shape(a), a);
}

TermId TermPool::det(TermId a) {
  require(shape(a).rows == shape(a).cols, "det takes a square matrix");
  if (is_scalar(a)) return a;
  return unary(Op::Det, {dims.one(), dims.one()}, a);
}

TermId TermPool::logdet(TermId a) {
  require(shape(a).rows == shape(a).cols, "logdet takes a square matrix");
  return unary(Op::LogDet, {dims.one(), dims.one()}, a);
}

TermId TermPool::pseudo_inverse(TermId a) {
  if (is_zero(a)) return zeros(transposed(shape(a)));
  return unary(Op::PseudoInverse, transposed(shape(a)), a);
}

TermId TermPool::cholesky(TermId a) {
  require(shape(a).rows == shape(a).cols, "chol takes a square matrix");
  if (is_scalar(a)) return power(a, Rational(1, 2));
  if ((*this)[a].op == Op::Eye) return a;
  return unary(Op::Cholesky, shape(a), a);
}

TermId TermPool::matrix_function(PrimaryFunction f, Dim exponent, std::span<const TermId> args) {
  const Shape s = shape(args[0]);
  require(s.rows == s.cols, "a function of a matrix takes a square matrix");
  for (std::size_t i = 1; i < args.size(); ++i) {
    require(shape(args[i]) == s, "a direction has the shape of the matrix");
    if (is_zero(args[i])) return zeros(s);
  }
  constexpr std::int64_t kWrittenOut = 64;
  if (const auto k = f == PrimaryFunction::Power ? dims.as_constant(exponent) : std::nullopt; k && *k >= 0 && *k <= kWrittenOut) {
    const auto power = [&](std::int64_t e) {
      return e == 0 ? eye(s.rows) : matmul(std::vector<TermId>(static_cast<std::size_t>(e), args[0]));
    };
    if (args.size() == 1) return power(*k);
    std::vector<TermId> terms;  // A^i E A^(k-1-i)
    for (std::int64_t i = 0; i < *k; ++i) terms.push_back(matmul(std::array{power(i), args[1], power(*k - 1 - i)}));
    return terms.empty() ? zeros(s) : sum(terms, std::vector<Rational>(terms.size(), Rational(1)));
  }
  Node n;
  n.op = Op::MatrixFunction;
  n.shape = s;
  n.primary = f;
  n.first = exponent;
  return intern(n, args, {});
}

TermId TermPool::stop(TermId a) { return is_leaf((*this)[a].op) && (*this)[a].op != Op::Symbol ? a : unary(Op::Stop, shape(a), a); }

}  // namespace dvec
