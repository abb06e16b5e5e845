/// What makes a plan sound.

#include "codegen/kernel_plan.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "codegen/schedule.hpp"
#include "support/result.hpp"

namespace dvec {

std::string_view name(InstructionKind kind) {
  switch (kind) {
    case InstructionKind::Map: return "map";
    case InstructionKind::Total: return "total";
    case InstructionKind::ColumnSums: return "column sums";
    case InstructionKind::RowSums: return "row sums";
    case InstructionKind::Product: return "product";
    case InstructionKind::Diagonal: return "diagonal";
    case InstructionKind::Factorise: return "factorise";
    case InstructionKind::Solve: return "solve";
    case InstructionKind::Invert: return "invert";
    case InstructionKind::LogDet: return "logdet";
    case InstructionKind::Det: return "det";
    case InstructionKind::Reshape: return "reshape";
    case InstructionKind::Materialise: return "materialise";
    case InstructionKind::Slice: return "slice";
    case InstructionKind::Place: return "place";
    case InstructionKind::ColumnMaxima: return "column maxima";
    case InstructionKind::LowerTriangle: return "lower triangle";
    case InstructionKind::TriangleRows: return "triangle rows";
    case InstructionKind::CholeskyFactor: return "cholesky factor";
    case InstructionKind::PseudoInverse: return "pseudo-inverse";
    case InstructionKind::MatrixFunction: return "matrix function";
    case InstructionKind::Copy: return "copy";
  }
  throw Bug("unknown instruction");
}

namespace {

using Why = std::optional<std::string>;

class Verifier {
 public:
  explicit Verifier(const KernelPlan& plan) : plan_(plan), dims_(plan.pool->dims), one_(dims_.one()) {}

  Why run() {
    for (const ValueId a : plan_.arguments) {
      if (!in_range(a)) return "an argument is no value of the plan";
      defined_.insert(a);
    }
    if (Why why = names()) return why;
    if (Why why = steps()) return why;
    for (const PlanStep& s : plan_.steps)
      for (std::size_t i = s.begin; i < s.end; ++i) {
        if (Why why = order(plan_.instructions[i])) return why;
        if (Why why = shapes(plan_.instructions[i])) return why;
      }
    for (const PlanOutput& o : plan_.outputs)
      if (!in_range(o.value) || !defined_.contains(o.value)) return fmt::format("the output {} is never computed", o.field);
    return std::nullopt;
  }

 private:
  [[nodiscard]] bool in_range(ValueId v) const { return v.valid() && v.value < plan_.values.size(); }
  [[nodiscard]] std::string shown(Shape s) const { return dims_.text(s.rows) + "x" + dims_.text(s.cols); }

  Why names() const {
    std::set<std::string> seen;
    for (const PlanValue& v : plan_.values)
      if (!seen.insert(v.name).second) return fmt::format("two values are called {}", v.name);
    return std::nullopt;
  }

  /// Steps cover the instructions; a loop holds only what can be done by columns, and what reads finished columns.
  Why steps() const {
    std::size_t next = 0;
    for (const PlanStep& s : plan_.steps) {
      if (s.begin != next || s.end <= s.begin || s.end > plan_.instructions.size()) return "steps do not cover the instructions in order";
      next = s.end;
      if (!s.by_column) continue;
      std::set<ValueId> here, unfinished;
      for (std::size_t i = s.begin; i < s.end; ++i) {
        const Instruction& in = plan_.instructions[i];
        if (columns_of(plan_, in) != s.columns) return fmt::format("{} cannot be done in a loop over {} columns", plan_[in.result].name, dims_.text(s.columns));
        for (const Read& r : reads(plan_, in))
          if (unfinished.contains(r.value) || (here.contains(r.value) && !r.same_column))
            return fmt::format("{} reads more of {} than the column at which the loop is", plan_[in.result].name, plan_[r.value].name);
        (finishes_columns(plan_, in) ? here : unfinished).insert(in.result);
      }
    }
    return next == plan_.instructions.size() ? std::nullopt : Why("steps do not cover the instructions");
  }

  Why order(const Instruction& i) {
    if (!in_range(i.result)) return "an instruction without a result";
    const PlanValue& result = plan_[i.result];
    for (const Read& r : reads(plan_, i)) {
      if (!in_range(r.value)) return fmt::format("{} reads a value that is not there", result.name);
      if (r.value == i.result) return fmt::format("{} is computed from itself", result.name);
      if (!defined_.contains(r.value)) return fmt::format("{} reads {} before it is computed", result.name, plan_[r.value].name);
      if (is_implicit(plan_[r.value].structure)) return fmt::format("{} reads {}, whose entries do not exist", result.name, plan_[r.value].name);
    }
    if (result.storage == Storage::Argument) return fmt::format("the argument {} is assigned", result.name);
    if (!defined_.insert(i.result).second) return fmt::format("{} is computed twice", result.name);
    return std::nullopt;
  }

  [[nodiscard]] bool fits(Shape part, Shape whole) const {
    return (part.rows == one_ || part.rows == whole.rows) && (part.cols == one_ || part.cols == whole.cols);
  }

  /// Every value in the expression is spread over `over` or has its shape.
  Why entries(const EntryExpr& e, Shape over, const std::string& of) const {
    if (e.kind == EntryExpr::Kind::Value) {
      const Shape s = plan_.shape({e.value, e.transposed});
      if (!fits(s, over)) return fmt::format("{} is {} and does not fit {}, which is {}", plan_[e.value].name, shown(s), of, shown(over));
    }
    if (e.kind == EntryExpr::Kind::Sum) {
      if (over.rows != one_) return fmt::format("a sum inside {} would be computed for each of its rows", of);
      Shape domain{one_, over.cols};
      for (const auto& [value, turned] : leaves(e.args.front())) {
        const Shape s = plan_.shape({value, turned});
        if (s.rows != one_) domain.rows = s.rows;
        if (over.cols == one_ && s.cols != one_) domain.cols = s.cols;
      }
      return entries(e.args.front(), domain, of);
    }
    for (const EntryExpr& a : e.args)
      if (Why why = entries(a, over, of)) return why;
    return std::nullopt;
  }

  Why shapes(const Instruction& i) const {
    const PlanValue& result = plan_[i.result];
    const Shape r = result.shape;
    const auto wrong = [&](const std::string& what) { return fmt::format("{} ({}) is {} but {}", result.name, name(i.kind), shown(r), what); };
    const auto vector_of = [&](Dim n) { return (r.rows == n && r.cols == one_) || (r.cols == n && r.rows == one_); };
    if (Why why = entries(i.scale, {one_, one_}, result.name)) return why;
    switch (i.kind) {
      case InstructionKind::Map:
        if (i.diagonal) {
          if (r.rows != r.cols) return wrong("has a diagonal added to it");
          if (Why why = entries(*i.diagonal, {r.rows, one_}, result.name)) return why;
        }
        return entries(i.entries, r, result.name);
      case InstructionKind::Total:
        if (!plan_.pool->is_scalar(r)) return wrong("a total is 1x1");
        return entries(i.entries, i.domain, result.name);
      case InstructionKind::ColumnSums:
        if (!vector_of(i.domain.cols)) return wrong("the domain is " + shown(i.domain));
        return entries(i.entries, i.domain, result.name);
      case InstructionKind::RowSums:
        if (!vector_of(i.domain.rows)) return wrong("the domain is " + shown(i.domain));
        return entries(i.entries, i.domain, result.name);
      case InstructionKind::Product: {
        const Shape a = plan_.shape(i.operands[0]), b = plan_.shape(i.operands[1]);
        if (a.cols != b.rows || r != Shape{a.rows, b.cols}) return wrong(fmt::format("its factors are {} and {}", shown(a), shown(b)));
        return std::nullopt;
      }
      case InstructionKind::Diagonal: {
        const Shape a = plan_.shape(i.operands[0]);
        if (a.rows != a.cols || r != Shape{a.rows, one_}) return wrong("the matrix is " + shown(a));
        return std::nullopt;
      }
      case InstructionKind::Factorise: {
        const Shape a = plan_.shape(i.operands[0]);
        const bool square = a.rows == a.cols || i.decomposition == Decomposition::Orthogonal;
        if (!square || r != a || result.storage != Storage::Factor) return wrong("the matrix is " + shown(a));
        return std::nullopt;
      }
      case InstructionKind::Solve: {
        const Shape b = plan_.shape(i.operands[1]);
        if (!is_factor(i) || plan_.shape(i.operands[0]).rows != b.rows || r != b) return wrong("the right-hand side is " + shown(b));
        return std::nullopt;
      }
      case InstructionKind::Invert:
        return is_factor(i) && r == plan_.shape(i.operands[0]) ? std::nullopt : Why(wrong("the matrix is not"));
      case InstructionKind::LogDet: case InstructionKind::Det:
        return is_factor(i) && plan_.pool->is_scalar(r) ? std::nullopt : Why(wrong("a determinant is 1x1"));
      case InstructionKind::Reshape: case InstructionKind::Copy: {
        const Shape a = plan_.shape(i.operands[0]);
        const bool same = i.kind == InstructionKind::Copy ? a == r : count(a) == count(r);
        return same ? std::nullopt : Why(wrong("what it is made of is " + shown(a)));
      }
      case InstructionKind::Materialise: return materialised(i, wrong);
      case InstructionKind::Slice: case InstructionKind::Place: return blocks(i, wrong);
      case InstructionKind::ColumnMaxima: {
        const Shape a = plan_.shape(i.operands[0]);
        return vector_of(a.cols) ? std::nullopt : Why(wrong("the matrix is " + shown(a)));
      }
      case InstructionKind::LowerTriangle: {
        const Shape a = plan_.shape(i.operands[0]);
        return r == a ? std::nullopt : Why(wrong("the matrix is " + shown(a)));
      }
      case InstructionKind::TriangleRows: {
        const Shape a = plan_.shape(i.operands[0]);
        const Dim all = dims_.multiply(i.first, i.first), half = dims_.triangle(i.first);
        const bool gathers = i.triangle == TriangleMap::Gather || i.triangle == TriangleMap::GatherBoth;
        const bool fits = a.cols == r.cols && a.rows == (gathers ? all : half) && r.rows == (gathers ? half : all);
        return fits ? std::nullopt : Why(wrong("what it is made of is " + shown(a)));
      }
      case InstructionKind::CholeskyFactor:
        return is_factor(i) && r == plan_.shape(i.operands[0]) ? std::nullopt : Why(wrong("the matrix is not"));
      case InstructionKind::PseudoInverse:
        return is_factor(i) && r == transposed(plan_.shape(i.operands[0])) ? std::nullopt : Why(wrong("the matrix is not its transpose"));
      case InstructionKind::MatrixFunction: {
        const Shape a = plan_.shape(i.operands[0]);
        return a.rows == a.cols && r == a ? std::nullopt : Why(wrong("the matrix is " + shown(a)));
      }
    }
    throw Bug("unknown instruction");
  }

  [[nodiscard]] bool is_factor(const Instruction& i) const { return plan_[i.operands[0].value].storage == Storage::Factor; }
  /// How many entries, at large sizes no two of which are equal: what agrees there is one polynomial but for an accident.
  [[nodiscard]] Rational count(Shape s) const {
    DimValues sizes;
    for (const Dim d : {s.rows, s.cols})
      for (const std::string& name : dims_.symbols(d)) {
        std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
        for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
        sizes[name] = static_cast<std::int64_t>(1'000'000 + hash % 1'000'000'007);
      }
    return dims_.evaluate_exact(s.rows, sizes).value() * dims_.evaluate_exact(s.cols, sizes).value();
  }

  /// Every block has its place; a block that reaches from the first to the last row, or column, has all of them. Whether the
  /// others reach beyond the matrix depends on sizes that are not known here.
  template <class Wrong>
  Why blocks(const Instruction& i, const Wrong& wrong) const {
    const Shape r = plan_[i.result].shape;
    if (i.operands.empty() || i.places.size() != i.operands.size()) return wrong("not every block has a place");
    if (i.kind == InstructionKind::Slice && i.operands.size() != 1) return wrong("a slice is of one matrix");
    for (std::size_t k = 0; k < i.operands.size(); ++k) {
      const Shape operand = plan_.shape(i.operands[k]);
      const Shape whole = i.kind == InstructionKind::Slice ? operand : r, part = i.kind == InstructionKind::Slice ? r : operand;
      for (const auto& [from, of, in] : {std::tuple{i.places[k].rows, part.rows, whole.rows}, std::tuple{i.places[k].cols, part.cols, whole.cols}}) {
        const auto first = dims_.as_number(from);
        if (first && *first < Rational(1)) return wrong("a block begins before the first row or column");
        // Sizes are whole and positive: so is what is a sum of them without a minus.
        const std::string beyond = dims_.text(dims_.subtract(dims_.add(from, of), dims_.add(in, one_)));
        if (beyond != "0" && beyond.find('-') == std::string::npos) return wrong(fmt::format("a block of {} does not fit {}", shown(part), shown(whole)));
      }
    }
    return std::nullopt;
  }

  template <class Wrong>
  Why materialised(const Instruction& i, const Wrong& wrong) const {
    const Shape r = plan_[i.result].shape;
    switch (i.materialised) {
      case Structure::ImplicitKronecker: {
        if (i.factors.size() != 2) return wrong("a Kronecker product has two factors here");
        for (const KroneckerFactor& f : i.factors)
          if (f.structure == Structure::Dense && plan_.shape(f.operand) != f.shape) return wrong("a factor is " + shown(plan_.shape(f.operand)));
        if (!(count(r) == count(i.factors[0].shape) * count(i.factors[1].shape))) return wrong(fmt::format("its factors are {} and {}", shown(i.factors[0].shape), shown(i.factors[1].shape)));
        return std::nullopt;
      }
      case Structure::Identity: return r.rows == r.cols ? std::nullopt : Why(wrong("an identity is square"));
      case Structure::Diagonal: {
        const Shape v = plan_.shape(i.operands[0]);
        return r.rows == r.cols && fits(v, {r.rows, one_}) ? std::nullopt : Why(wrong("its diagonal is " + shown(v)));
      }
      case Structure::ImplicitCommutation: return r.rows == r.cols ? std::nullopt : Why(wrong("a commutation matrix is square"));
      case Structure::ImplicitSelection: {
        const Dim count = dims_.add(dims_.subtract(i.second, i.first), one_);
        return r.cols == count ? std::nullopt : Why(wrong("it has columns " + dims_.text(i.first) + " to " + dims_.text(i.second)));
      }
      case Structure::ImplicitDuplication:
        return r == Shape{dims_.multiply(i.first, i.first), dims_.triangle(i.first)} ? std::nullopt : Why(wrong("its order is " + dims_.text(i.first)));
      case Structure::ImplicitElimination:
        return r == Shape{dims_.triangle(i.first), dims_.multiply(i.first, i.first)} ? std::nullopt : Why(wrong("its order is " + dims_.text(i.first)));
      case Structure::Dense: case Structure::Scalar: case Structure::RowBroadcast: case Structure::ColumnBroadcast:
      case Structure::Symmetric: case Structure::Constant: case Structure::Materialised: return wrong("has no structure to materialise");
    }
    throw Bug("unknown structure");
  }

  const KernelPlan& plan_;
  const DimTable& dims_;
  Dim one_;
  std::set<ValueId> defined_;
};

}  // namespace

std::optional<std::string> verify(const KernelPlan& plan) {
  if (const Why why = Verifier(plan).run()) return "no, because " + *why;
  return std::nullopt;
}

}  // namespace dvec
