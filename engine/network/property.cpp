#include "network/property.hpp"

#include <algorithm>

namespace dvec {

namespace {

constexpr int kMaxDepth = 200;

}  // namespace

bool Properties::symmetric(TermId t) const {
  if (const auto known = symmetric_memo_.find(t); known != symmetric_memo_.end()) return known->second;
  return symmetric_memo_[t] = symmetric(t, 0);
}

bool Properties::nonnegative(TermId t) const {
  if (const auto known = nonnegative_memo_.find(t); known != nonnegative_memo_.end()) return known->second;
  return nonnegative_memo_[t] = nonnegative(t, 0);
}

/// The matrix that a multiple is a multiple of.
TermId Properties::without_scalars(TermId t) const {
  while ((*pool_)[t].op == Op::Scale || ((*pool_)[t].op == Op::Sum && (*pool_)[t].args.size() == 1)) t = (*pool_)[t].args.back();
  return t;
}

/// b = a' by the look of it.
bool Properties::transposes(TermId a, TermId b) const {
  const Node& x = (*pool_)[a];
  const Node& y = (*pool_)[b];
  if (x.op == Op::MatMul && y.op == Op::MatMul && x.args.size() == y.args.size()) {
    const std::size_t k = x.args.size();
    for (std::size_t i = 0; i < k; ++i)
      if (!transposes(x.args[i], y.args[k - 1 - i])) return false;
    return true;
  }
  return (x.op == Op::Transpose && x.args[0] == b) || (y.op == Op::Transpose && y.args[0] == a) ||
         (a == b && symmetric(a)) ||
         (x.op == Op::Ones && y.op == Op::Ones && x.shape == transposed(y.shape));
}

bool Properties::symmetric(TermId t, int depth) const {
  const TermPool& pool = *pool_;
  const Node& n = pool[t];
  if (n.shape.rows != n.shape.cols || depth > kMaxDepth) return false;
  const auto all = [&] { return std::ranges::all_of(n.args, [&](TermId a) { return symmetric(a); }); };
  switch (n.op) {
    case Op::Symbol: {
      const Attribute a = pool.symbols[n.symbol].attributes;
      for (const Attribute s : {Attribute::Symmetric, Attribute::Spd, Attribute::Diagonal})
        if (has(a, s)) return true;
      const auto value = definitions_->find(t);
      return value != definitions_->end() && symmetric(value->second, depth + 1);
    }
    case Op::Number: case Op::Size: case Op::Pi: case Op::Ones: case Op::Zeros: case Op::Eye: case Op::Diag: return true;
    case Op::Commutation: return n.first == n.second;
    case Op::Duplication: case Op::Elimination: case Op::Selection: case Op::Tril: case Op::Cholesky: return false;
    case Op::ColumnSoftmax: case Op::RowSoftmax: return false;
    case Op::Sum: {
      // Every term symmetric, or matched by its transpose with the same coefficient.
      for (std::size_t i = 0; i < n.args.size(); ++i) {
        if (symmetric(n.args[i])) continue;
        bool matched = false;
        for (std::size_t k = 0; k < n.args.size(); ++k)
          matched = matched || (n.numbers[i] == n.numbers[k] && transposes(n.args[i], n.args[k]));
        if (!matched) return false;
      }
      return true;
    }
    case Op::MatMul: {
      const std::size_t k = n.args.size();
      const auto inverts = [&](TermId a, TermId b) { return pool[a].op == Op::PseudoInverse && pool[a].args[0] == b; };
      if (k == 2 && (inverts(n.args[0], n.args[1]) || inverts(n.args[1], n.args[0]))) return true;  // the projectors of pinv
      for (std::size_t i = 0; i < (k + 1) / 2; ++i)
        if (!transposes(without_scalars(n.args[i]), without_scalars(n.args[k - 1 - i]))) return false;
      return true;
    }
    case Op::Scale: return symmetric(n.args[1]);
    case Op::Hadamard: case Op::Kron: case Op::Transpose: case Op::Power: case Op::Apply: case Op::Inverse: case Op::PseudoInverse:
    case Op::MatrixFunction: case Op::Stop: return all();
    case Op::PowerBy: return symmetric(n.args[0]) && (pool.is_scalar(n.args[1]) || symmetric(n.args[1]));
    case Op::Vec: case Op::Reshape: case Op::DiagVec: case Op::Trace: case Op::Total: case Op::ColumnSums: case Op::RowSums:
    case Op::Det: case Op::LogDet: case Op::ColumnLogSumExp: case Op::RowLogSumExp: return pool.is_scalar(t);
  }
  return false;
}

bool Properties::nonnegative(TermId t, int depth) const {
  const TermPool& pool = *pool_;
  const Node& n = pool[t];
  if (depth > kMaxDepth) return false;
  const auto all = [&] { return std::ranges::all_of(n.args, [&](TermId a) { return nonnegative(a); }); };
  switch (n.op) {
    case Op::Symbol: {
      const Attribute a = pool.symbols[n.symbol].attributes;
      for (const Attribute s : {Attribute::Positive, Attribute::Unit, Attribute::Integer})
        if (has(a, s)) return true;
      const auto value = definitions_->find(t);
      return value != definitions_->end() && nonnegative(value->second, depth + 1);
    }
    case Op::Number: return !n.numbers[0].is_negative();
    case Op::Size: case Op::Pi: case Op::Ones: case Op::Zeros: case Op::Eye: case Op::Commutation: case Op::Duplication:
    case Op::Elimination: case Op::Selection: return true;
    case Op::Sum:
      return all() && std::ranges::none_of(n.numbers, [](const Rational& c) { return c.is_negative(); });
    case Op::Scale: case Op::MatMul: case Op::Hadamard: case Op::Kron: case Op::Transpose: case Op::Vec: case Op::Reshape:
    case Op::Diag: case Op::DiagVec: case Op::Tril: case Op::Trace: case Op::Total: case Op::ColumnSums: case Op::RowSums:
    case Op::Stop: return all();
    case Op::Power: {
      const Rational q = n.numbers[0];
      if (!q.is_integer()) return true;  // real only where the base is not negative
      return (q.numerator().back() - '0') % 2 == 0 || nonnegative(n.args[0]);
    }
    case Op::PowerBy: return nonnegative(n.args[0]);
    case Op::Apply: {
      const std::string& f = pool.functions[n.function].name;
      for (const char* positive : {"exp", "sigmoid", "softplus", "abs", "relu", "step"})
        if (n.order == 0 && f == positive) return true;
      return false;
    }
    case Op::ColumnSoftmax: case Op::RowSoftmax: return true;
    case Op::ColumnLogSumExp: case Op::RowLogSumExp:
    case Op::Inverse: case Op::Det: case Op::LogDet: case Op::PseudoInverse: case Op::Cholesky: case Op::MatrixFunction: return false;
  }
  return false;
}

}  // namespace dvec
