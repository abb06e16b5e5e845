#include "codegen/flops.hpp"

#include "support/result.hpp"

namespace dvec {

namespace {

class Counter {
 public:
  Counter(const KernelPlan& plan, DimTable& dims) : plan_(plan), dims_(dims), one_(dims.one()) {}

  [[nodiscard]] Dim entries(Shape s) { return dims_.multiply(s.rows, s.cols); }

  /// The places at which an expression differs: those of its own extent, not those over which it is spread.
  Shape spread(const EntryExpr& e, Shape over) {
    if (e.kind == EntryExpr::Kind::Value) {
      const Shape s = plan_.shape({e.value, e.transposed});
      return {s.rows == one_ ? one_ : over.rows, s.cols == one_ ? one_ : over.cols};
    }
    if (e.kind == EntryExpr::Kind::Sum) return {one_, over.cols};
    Shape s{one_, one_};
    for (const EntryExpr& a : e.args) {
      const Shape t = spread(a, over);
      if (t.rows != one_) s.rows = t.rows;
      if (t.cols != one_) s.cols = t.cols;
    }
    return s;
  }

  Dim operations(const EntryExpr& e, Shape over) {
    Dim count = zero();
    for (const EntryExpr& a : e.args)
      if (e.kind != EntryExpr::Kind::Sum) count = dims_.add(count, operations(a, over));
    std::int64_t own = 0;
    switch (e.kind) {
      case EntryExpr::Kind::Value: case EntryExpr::Kind::Number: case EntryExpr::Kind::Size: case EntryExpr::Kind::Pi: return count;
      case EntryExpr::Kind::Add:
        own = static_cast<std::int64_t>(e.args.size()) - 1;
        for (const Rational& c : e.coefficients) own += c.abs().is_one() ? 0 : 1;
        break;
      case EntryExpr::Kind::Multiply: own = static_cast<std::int64_t>(e.args.size()) - 1; break;
      case EntryExpr::Kind::Power: case EntryExpr::Kind::PowerBy: case EntryExpr::Kind::Call: own = 1; break;
      case EntryExpr::Kind::Sum: {
        const Shape inner = sum_domain(e.args.front(), over);
        return dims_.add(operations(e.args.front(), inner), entries(inner));
      }
    }
    return dims_.add(count, dims_.scale(Rational(own), entries(spread(e, over))));
  }

  Dim zero() { return dims_.constant(0); }

 private:
  /// The shape that an inner sum runs over: the largest among the values it reads.
  Shape sum_domain(const EntryExpr& e, Shape over) {
    Shape s = over;
    for (const auto& [value, turned] : leaves(e)) {
      const Shape t = plan_.shape({value, turned});
      if (t.rows != one_) s.rows = t.rows;
      if (t.cols != one_) s.cols = t.cols;
    }
    return s;
  }

  const KernelPlan& plan_;
  DimTable& dims_;
  Dim one_;
};

}  // namespace

Dim flops_of(const KernelPlan& plan, const Instruction& i, DimTable& dims) {
  Counter count(plan, dims);
  const Shape result = plan[i.result].shape;
  const auto cubic = [&](Rational factor, Dim n) { return dims.scale(factor, dims.multiply(n, dims.multiply(n, n))); };
  switch (i.kind) {
    case InstructionKind::Map: {
      Dim total = count.operations(i.entries, result);
      if (i.diagonal) total = dims.add(total, dims.add(result.rows, count.operations(*i.diagonal, {result.rows, dims.one()})));
      return total;
    }
    case InstructionKind::Total: case InstructionKind::ColumnSums: case InstructionKind::RowSums:
      return dims.add(count.operations(i.entries, i.domain), count.entries(i.domain));
    case InstructionKind::Product:
      return dims.scale(Rational(2), dims.multiply(count.entries(result), plan.shape(i.operands[0]).cols));
    case InstructionKind::Factorise:
      if (i.decomposition == Decomposition::Orthogonal) return dims.scale(Rational(4), dims.multiply(result.cols, count.entries(result)));
      return cubic(i.decomposition == Decomposition::Cholesky ? Rational(1, 3) : Rational(2, 3), plan.shape(i.operands[0]).rows);
    case InstructionKind::Solve: return dims.scale(Rational(2), dims.multiply(result.rows, count.entries(result)));
    case InstructionKind::Invert: return cubic(Rational(2), result.rows);
    case InstructionKind::LogDet: return dims.scale(Rational(2), plan[i.operands[0].value].shape.rows);
    case InstructionKind::Det: return plan[i.operands[0].value].shape.rows;
    case InstructionKind::Materialise: return i.materialised == Structure::ImplicitKronecker ? count.entries(result) : count.zero();
    case InstructionKind::Place: {
      Dim total = count.zero();
      for (const PlanOperand& o : i.operands) total = dims.add(total, count.entries(plan.shape(o)));
      return total;
    }
    case InstructionKind::TriangleRows: return i.triangle == TriangleMap::GatherBoth ? count.entries(result) : count.zero();
    case InstructionKind::PseudoInverse: return dims.scale(Rational(2), dims.multiply(result.rows, count.entries(result)));
    case InstructionKind::MatrixFunction: return cubic(Rational(20), result.rows);
    case InstructionKind::ColumnMaxima: return count.entries(plan.shape(i.operands[0]));
    case InstructionKind::Slice: case InstructionKind::LowerTriangle: case InstructionKind::CholeskyFactor:
    case InstructionKind::Diagonal: case InstructionKind::Reshape: case InstructionKind::Copy: return count.zero();
  }
  throw Bug("unknown instruction");
}

}  // namespace dvec
