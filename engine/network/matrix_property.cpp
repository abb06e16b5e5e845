/// Facts about matrices beyond symmetry: definite, triangular, orthogonal, idempotent, nonsingular.

#include <algorithm>

#include "network/property.hpp"

namespace dvec {

namespace {

bool positive_numbers(const Node& n) {
  return std::ranges::none_of(n.numbers, [](const Rational& c) { return c.is_negative() || c.is_zero(); });
}

}  // namespace

bool Properties::known(Fact fact, TermId t) const {
  const std::uint64_t key = (std::uint64_t{t.value} << 4U) | static_cast<std::uint64_t>(fact);
  if (const auto at = fact_memo_.find(key); at != fact_memo_.end()) return at->second;
  fact_memo_[key] = false;  // a name cannot rest on itself; should it, nothing is known
  const bool value = found(fact, t);
  fact_memo_[key] = value;
  return value;
}

bool Properties::found(Fact fact, TermId t) const {
  const TermPool& pool = *pool_;
  const Node& n = pool[t];
  if (fact == Fact::Positive && assumed_positive_.contains(t)) return true;
  if (fact != Fact::Positive && n.shape.rows != n.shape.cols && fact != Fact::Diagonal && fact != Fact::Lower && fact != Fact::Upper) return false;
  if (n.op == Op::Symbol) {
    const Attribute a = pool.symbols[n.symbol].attributes;
    const auto declared = [&](std::initializer_list<Attribute> any) { return std::ranges::any_of(any, [a](Attribute x) { return has(a, x); }); };
    bool is = false;
    switch (fact) {
      case Fact::Positive: is = declared({Attribute::Positive, Attribute::Unit, Attribute::Integer}) || (pool.is_scalar(t) && has(a, Attribute::Spd)); break;
      case Fact::Diagonal: is = declared({Attribute::Diagonal}); break;
      case Fact::Lower: is = declared({Attribute::Diagonal, Attribute::Lower}); break;
      case Fact::Upper: is = declared({Attribute::Diagonal, Attribute::Upper}); break;
      case Fact::Definite: is = declared({Attribute::Spd}); break;
      case Fact::Semidefinite:
        is = declared({Attribute::Spd}) || (has(a, Attribute::Idempotent) && declared({Attribute::Symmetric, Attribute::Diagonal}));
        break;
      case Fact::Orthogonal: is = declared({Attribute::Orthogonal}); break;
      case Fact::Idempotent: is = declared({Attribute::Idempotent}); break;
      case Fact::Nonsingular: is = declared({Attribute::Nonsingular, Attribute::Spd, Attribute::Orthogonal}); break;
    }
    if (is) return true;
    const auto value = definitions_->find(t);
    return value != definitions_->end() && known(fact, value->second);
  }
  switch (fact) {
    case Fact::Positive: return is_positive(n);
    case Fact::Diagonal: case Fact::Lower: case Fact::Upper: return is_banded(fact, n);
    case Fact::Definite: return is_definite(true, n);
    case Fact::Semidefinite: return known(Fact::Definite, t) || is_definite(false, n);
    case Fact::Orthogonal: return is_orthogonal(n);
    case Fact::Idempotent: return is_idempotent(n);
    case Fact::Nonsingular: return is_nonsingular(t);
  }
  return false;
}

bool Properties::is_positive(const Node& n) const {
  const TermPool& pool = *pool_;
  const auto all = [&] { return std::ranges::all_of(n.args, [this](TermId a) { return positive(a); }); };
  switch (n.op) {
    case Op::Number: return !n.numbers[0].is_negative() && !n.numbers[0].is_zero();
    case Op::Size: case Op::Pi: case Op::Ones: return true;
    case Op::Sum:
      return positive_numbers(n) && std::ranges::all_of(n.args, [this](TermId a) { return nonnegative(a) || positive(a); }) &&
             std::ranges::any_of(n.args, [this](TermId a) { return positive(a); });
    case Op::Power: return positive(n.args[0]);
    case Op::PowerBy: return positive(n.args[0]);
    case Op::Apply: {
      const std::string& f = pool.functions[n.function].name;
      return n.order == 0 && pool.functions[n.function].kind == ElementFunction::Kind::Primitive && (f == "exp" || f == "sigmoid" || f == "softplus");
    }
    case Op::Det: case Op::Trace: return positive_definite(n.args[0]);
    case Op::DiagVec: return positive_definite(n.args[0]) || all();
    case Op::Scale: case Op::MatMul: case Op::Hadamard: case Op::Kron: case Op::Transpose: case Op::Vec: case Op::Reshape:
    case Op::Total: case Op::ColumnSums: case Op::RowSums: case Op::Stop: return all();
    default: return false;
  }
}

bool Properties::is_banded(Fact fact, const Node& n) const {
  const Fact turned = fact == Fact::Lower ? Fact::Upper : fact == Fact::Upper ? Fact::Lower : fact;
  const auto all = [&](Fact f) { return std::ranges::all_of(n.args, [&](TermId a) { return known(f, a); }); };
  const auto square = [&](TermId a) { return pool_->shape(a).rows == pool_->shape(a).cols; };
  switch (n.op) {
    case Op::Eye: case Op::Zeros: case Op::Diag: case Op::Number: case Op::Size: case Op::Pi: return true;
    case Op::Sum: case Op::MatMul: case Op::Stop: case Op::MatrixFunction: return all(fact);
    case Op::Inverse: return all(fact);
    case Op::Kron: return all(fact) && std::ranges::all_of(n.args, square);
    case Op::Scale: return known(fact, n.args[1]);
    case Op::Hadamard: return std::ranges::any_of(n.args, [&](TermId a) { return known(fact, a); });
    case Op::Power: return !n.numbers[0].is_negative() && known(fact, n.args[0]);
    case Op::Transpose: return known(turned, n.args[0]);
    case Op::Tril: return fact == Fact::Lower || known(fact, n.args[0]);
    case Op::Cholesky: return fact == Fact::Lower || known(Fact::Diagonal, n.args[0]);
    default: return pool_->is_scalar(n.shape);
  }
}

bool Properties::is_definite(bool strictly, const Node& n) const {
  const Fact fact = strictly ? Fact::Definite : Fact::Semidefinite;
  const auto is = [&](TermId a) { return known(fact, a); };
  const auto sign = [&](TermId s) { return strictly ? positive(s) : nonnegative(s) || positive(s); };
  switch (n.op) {
    case Op::Eye: return true;
    case Op::Ones: case Op::Zeros: return !strictly;
    case Op::Diag: return sign(n.args[0]);
    case Op::Sum:
      return positive_numbers(n) && std::ranges::all_of(n.args, [this](TermId a) { return positive_semidefinite(a); }) &&
             (!strictly || std::ranges::any_of(n.args, [this](TermId a) { return positive_definite(a); }));
    case Op::Scale: return sign(n.args[0]) && is(n.args[1]);
    case Op::Kron: case Op::Hadamard: case Op::Transpose: case Op::Inverse: case Op::PseudoInverse: case Op::Stop:
      return std::ranges::all_of(n.args, is);
    case Op::MatrixFunction:
      return n.args.size() == 1 && ((n.primary == PrimaryFunction::Exponential && symmetric(n.args[0])) ||
                                    ((n.primary == PrimaryFunction::SquareRoot || n.primary == PrimaryFunction::Power) && is(n.args[0])));
    case Op::MatMul: return is_congruence(strictly, n);
    default: return pool_->is_scalar(n.shape) && !n.args.empty() && is_positive(n);
  }
}

/// s*A*...*S*...*A' with S semidefinite in the middle, or nothing, and s >= 0; strictly: with s > 0 and nonsingular factors
/// round a definite S.
bool Properties::is_congruence(bool strictly, const Node& n) const {
  const TermPool& pool = *pool_;
  std::vector<TermId> factors;
  for (TermId t : n.args) {
    for (; pool[t].op == Op::Scale || (pool[t].op == Op::Sum && pool[t].args.size() == 1); t = pool[t].args.back()) {
      const bool fits = pool[t].op == Op::Sum ? positive_numbers(pool[t])
                                              : positive(pool[t].args[0]) || (!strictly && nonnegative(pool[t].args[0]));
      if (!fits) return false;
    }
    factors.push_back(t);
  }
  const std::size_t k = factors.size();
  for (std::size_t i = 0; i < k / 2; ++i)
    if (!transposes(factors[i], factors[k - 1 - i]) || (strictly && !nonsingular(factors[i]))) return false;
  return k % 2 == 0 || known(strictly ? Fact::Definite : Fact::Semidefinite, factors[k / 2]);
}

bool Properties::is_orthogonal(const Node& n) const {
  switch (n.op) {
    case Op::Eye: case Op::Commutation: return true;
    case Op::MatMul: case Op::Kron: case Op::Transpose: case Op::Inverse: case Op::Stop:
      return std::ranges::all_of(n.args, [this](TermId a) { return orthogonal(a); });
    default: return false;
  }
}

bool Properties::is_idempotent(const Node& n) const {
  const TermPool& pool = *pool_;
  switch (n.op) {
    case Op::Eye: case Op::Zeros: return true;
    case Op::Transpose: case Op::Stop: return idempotent(n.args[0]);
    case Op::Kron: return std::ranges::all_of(n.args, [this](TermId a) { return idempotent(a); });
    case Op::Sum: {  // I - P
      if (n.args.size() != 2) return false;
      const std::size_t i = pool[n.args[0]].op == Op::Eye ? 0 : 1;
      return pool[n.args[i]].op == Op::Eye && n.numbers[i].is_one() && n.numbers[1 - i] == Rational(-1) && idempotent(n.args[1 - i]);
    }
    case Op::MatMul:  // A*inv(B*A)*B, A and B of one factor or more
      for (std::size_t i = 0; i < n.args.size(); ++i) {
        if (pool[n.args[i]].op != Op::Inverse) continue;
        const Node& inside = pool[pool[n.args[i]].args[0]];
        std::vector<TermId> turned(n.args.begin() + static_cast<std::ptrdiff_t>(i) + 1, n.args.end());
        turned.insert(turned.end(), n.args.begin(), n.args.begin() + static_cast<std::ptrdiff_t>(i));
        if (inside.op == Op::MatMul && std::ranges::equal(inside.args, turned)) return true;
      }
      return false;
    default: return false;
  }
}

bool Properties::is_nonsingular(TermId t) const {
  const TermPool& pool = *pool_;
  const Node& n = pool[t];
  if (positive_definite(t) || orthogonal(t)) return true;
  switch (n.op) {
    case Op::Inverse: case Op::Cholesky: case Op::Duplication: return n.op != Op::Duplication;
    case Op::MatMul: case Op::Kron: case Op::Transpose: case Op::Stop:
      return std::ranges::all_of(n.args, [this](TermId a) { return nonsingular(a); });
    case Op::Scale: return positive(n.args[0]) && nonsingular(n.args[1]);
    case Op::Sum: return n.args.size() == 1 && nonsingular(n.args[0]);
    case Op::MatrixFunction: return n.args.size() == 1 && (n.primary == PrimaryFunction::Exponential || nonsingular(n.args[0]));
    default: return false;
  }
}

}  // namespace dvec
