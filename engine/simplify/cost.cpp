#include "simplify/cost.hpp"

#include "term/khatri_rao.hpp"
#include "term/traverse.hpp"

namespace dvec {

namespace {

std::int64_t coefficient_cost(const Rational& c) {
  return (c.numerator() != "1" && c.numerator() != "-1" ? 1 : 0) + (c.is_integer() ? 0 : 1);
}

bool divides(const TermPool& pool, TermId t) {
  const Node& n = pool[t];
  return n.op == Op::Power && n.numbers[0].is_negative();
}

}  // namespace

std::int64_t node_cost(const TermPool& pool, TermId term) {
  const Node& n = pool[term];
  const auto count = static_cast<std::int64_t>(n.args.size());
  switch (n.op) {
    case Op::Symbol: case Op::Number: case Op::Size: case Op::Pi: case Op::Ones: case Op::Zeros: case Op::Eye:
    case Op::Commutation: case Op::Duplication: case Op::Elimination: case Op::Selection: return 0;
    case Op::Sum: {
      std::int64_t sum = count - 1;
      bool positive = false;
      for (std::size_t i = 0; i < n.args.size(); ++i) {
        positive = positive || !n.numbers[i].is_negative();
        if (pool[n.args[i]].op != Op::Number) sum += coefficient_cost(n.numbers[i]);
      }
      return sum + (positive ? 0 : 1);
    }
    case Op::Hadamard: {
      bool numerator = false;
      for (const TermId a : n.args) numerator = numerator || !divides(pool, a);
      return count - (numerator ? 1 : 0);
    }
    case Op::Power: {
      // 1 for each of: root or power, division; the division is paid by the product that the node stands in.
      const Rational e = n.numbers[0].abs();
      return e.is_one() ? 0 : 1;
    }
    case Op::Scale: case Op::MatMul: case Op::Kron: return n.op == Op::Kron ? 1 : count - 1;
    case Op::PowerBy: case Op::Transpose: case Op::Vec: case Op::Reshape: case Op::Diag: case Op::DiagVec:
    case Op::Tril: case Op::Trace: case Op::Total: case Op::ColumnSums: case Op::RowSums: case Op::Apply: case Op::Inverse:
    case Op::ColumnSoftmax: case Op::RowSoftmax: case Op::ColumnLogSumExp: case Op::RowLogSumExp:
    case Op::Det: case Op::LogDet: case Op::PseudoInverse: case Op::Cholesky: case Op::Stop: return 1;
    case Op::MatrixFunction: return count > 1 ? 4 : 1;  // along a direction it is a function of a matrix twice as large
  }
  return 1;
}

std::int64_t cost(const TermPool& pool, TermId term) {
  std::int64_t sum = 0;
  for (const TermId t : reachable(pool, term)) {
    sum += node_cost(pool, t);
    // Printed as khatrirao(A,B): one operator for three.
    if (const auto columns = khatri_rao(pool, t); columns && !columns->of_rows) sum -= 2;
  }
  return sum + (divides(pool, term) ? 1 : 0);
}

}  // namespace dvec
