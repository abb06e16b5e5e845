#include "codegen/cpp_instructions.hpp"

#include <fmt/format.h>

#include "codegen/identifier.hpp"
#include "support/result.hpp"

namespace dvec {

namespace {

/// A name that no value, size or function of the plan has.
std::string free_name(const KernelPlan& plan, const std::string& wish) {
  Names names;
  for (const PlanValue& v : plan.values) names.take(v.name);
  for (const std::string& d : plan.dim_names) names.take(d);
  for (const std::string& f : plan.function_names) names.take(f);
  return names.unique(wish);
}

bool is_one(const EntryExpr& e) { return e.kind == EntryExpr::Kind::Number && e.number.is_one(); }

constexpr std::size_t kLongestComment = 110;

}  // namespace

CppInstructions::CppInstructions(const KernelPlan& plan)
    : plan_(plan), j_(free_name(plan, "j")), i_(free_name(plan, "i")), entry_(free_name(plan, "entry")), functions_(plan),
      entries_(plan, functions_, j_, entry_) {}

std::string CppInstructions::text() {
  std::string out;
  for (const PlanStep& s : plan_.steps)
    for (const std::string& line : step(s)) out += "  " + line + "\n";
  return out;
}

void CppInstructions::comment(const Instruction& i, Lines& out) const {
  const PlanValue& v = plan_[i.result];
  if (!v.formula.empty() && v.formula.size() <= kLongestComment) out.push_back(fmt::format("// {} = {}", v.name, v.formula));
}

CppInstructions::Lines CppInstructions::step(const PlanStep& s) {
  Lines out;
  if (!s.by_column) {
    for (std::size_t k = s.begin; k < s.end; ++k) {
      if (plan_.instructions[k].kind != InstructionKind::Reshape && plan_[plan_.instructions[k].result].storage != Storage::View) comment(plan_.instructions[k], out);
      whole(plan_.instructions[k], out);
    }
    return out;
  }
  Lines before, inside, after;
  for (std::size_t k = s.begin; k < s.end; ++k) {
    comment(plan_.instructions[k], inside);
    in_loop(plan_.instructions[k], before, inside, after);
  }
  out = before;
  out.push_back(fmt::format("for (Index {0} = 0; {0} < {1}; ++{0}) {{", j_, entries_.size(s.columns)));
  for (const std::string& line : inside) out.push_back("  " + line);
  out.emplace_back("}");
  out.insert(out.end(), after.begin(), after.end());
  return out;
}

std::string CppInstructions::scaled(const EntryExpr& scale, const CppText& t) {
  if (is_one(scale)) return t.text;
  return closed(entries_.text(scale, EntryPlace::Number), Precedence::Product) + " * " + closed(t, Precedence::Closed);
}

void CppInstructions::in_loop(const Instruction& i, Lines& before, Lines& inside, Lines& after) {
  const PlanValue& r = plan_[i.result];
  const Dim one = plan_.pool->dims.one();
  switch (i.kind) {
    case InstructionKind::Map: {
      const CppText t = entries_.text(i.entries, EntryPlace::Column);
      if (r.shape.rows == one) inside.push_back(fmt::format("{}({}) = {};", r.name, j_, t.text));
      else if (t.array) inside.push_back(fmt::format("{}.col({}).array() = {};", r.name, j_, t.text));
      else inside.push_back(fmt::format("{}.col({}).setConstant({});", r.name, j_, t.text));
      if (i.diagonal) inside.push_back(fmt::format("{0}({1}, {1}) += {2};", r.name, j_, entries_.text(*i.diagonal, EntryPlace::Diagonal).text));
      return;
    }
    case InstructionKind::ColumnSums: {
      const CppText sum = entries_.text({.kind = EntryExpr::Kind::Sum, .args = {i.entries}}, EntryPlace::Column);
      inside.push_back(fmt::format("{}({}) = {};", r.name, j_, scaled(i.scale, sum)));
      return;
    }
    case InstructionKind::RowSums: {
      before.push_back(r.name + ".setZero();");
      const EntryExpr all{.kind = EntryExpr::Kind::Multiply, .args = {i.scale, i.entries}};
      const CppText t = entries_.text(all, EntryPlace::Column);
      const std::string to = r.shape.rows == one ? r.name + ".transpose()" : r.name;
      inside.push_back(fmt::format("{}.array() += {};", to, t.text));
      return;
    }
    case InstructionKind::Total: {
      before.push_back(fmt::format("Scalar {} = Scalar(0);", r.name));
      inside.push_back(fmt::format("{} += {};", r.name, entries_.text({.kind = EntryExpr::Kind::Sum, .args = {i.entries}}, EntryPlace::Column).text));
      if (!is_one(i.scale)) after.push_back(fmt::format("{0} = {1};", r.name, scaled(i.scale, {r.name})));
      return;
    }
    case InstructionKind::Product: case InstructionKind::Diagonal: case InstructionKind::Factorise: case InstructionKind::Solve:
    case InstructionKind::Invert: case InstructionKind::LogDet: case InstructionKind::Det: case InstructionKind::Reshape:
    case InstructionKind::Slice: case InstructionKind::Place: case InstructionKind::ColumnMaxima: case InstructionKind::LowerTriangle: case InstructionKind::TriangleRows:
    case InstructionKind::CholeskyFactor: case InstructionKind::PseudoInverse: case InstructionKind::MatrixFunction:
    case InstructionKind::Materialise: case InstructionKind::Copy: throw Bug("this cannot be done by columns");
  }
}

void CppInstructions::product(const Instruction& i, Lines& out) {
  std::string scale;
  if (!is_one(i.scale)) {
    const CppText t = entries_.text(i.scale, EntryPlace::Number);
    scale = (t.text.find(' ') == std::string::npos ? t.text : "(" + t.text + ")") + " * ";
  }
  out.push_back(fmt::format("{}.noalias() = {}{} * {};", result(i), scale, entries_.operand(i.operands[0]), entries_.operand(i.operands[1])));
}

void CppInstructions::whole(const Instruction& i, Lines& out) {
  const PlanValue& r = plan_[i.result];
  const auto operand = [&](std::size_t k) { return entries_.operand(i.operands[k]); };
  switch (i.kind) {
    case InstructionKind::Map: {
      if (is_scalar(i.result)) {
        out.push_back(fmt::format("const Scalar {} = {};", r.name, entries_.text(i.entries, EntryPlace::Number).text));
        return;
      }
      const CppText t = entries_.text(i.entries, EntryPlace::Vector);
      out.push_back(t.array ? fmt::format("{}.array() = {};", r.name, t.text) : fmt::format("{}.setConstant({});", r.name, t.text));
      return;
    }
    case InstructionKind::Total: {
      const CppText sum = entries_.text({.kind = EntryExpr::Kind::Sum, .args = {i.entries}}, EntryPlace::Number);
      out.push_back(fmt::format("const Scalar {} = {};", r.name, scaled(i.scale, sum)));
      return;
    }
    case InstructionKind::Product: product(i, out); return;
    case InstructionKind::Diagonal: out.push_back(fmt::format("{} = {}.diagonal();", r.name, operand(0))); return;
    case InstructionKind::Factorise:
      out.push_back(fmt::format("{}.compute({});", r.name, operand(0)));
      if (i.decomposition == Decomposition::Cholesky)
        out.push_back(fmt::format("if ({}.info() != Eigen::Success) throw std::domain_error(\"{}: {} is not positive definite\");", r.name,
                                  plan_.name, plan_[i.operands[0].value].name));
      return;
    case InstructionKind::Solve: {
      const bool turned = i.operands[0].transposed;
      out.push_back(fmt::format("{} = {}{}.solve({});", r.name, plan_[i.operands[0].value].name, turned ? ".transpose()" : "", operand(1)));
      return;
    }
    case InstructionKind::Invert: {
      const std::string& factor = plan_[i.operands[0].value].name;
      out.push_back(r.name + ".setIdentity();");
      out.push_back(fmt::format("{0} = {1}{2}.solve({0});", r.name, factor, i.operands[0].transposed ? ".transpose()" : ""));
      return;
    }
    case InstructionKind::LogDet: case InstructionKind::Det: {
      const PlanValue& factor = plan_[i.operands[0].value];
      bool cholesky = false;
      for (const Instruction& f : plan_.instructions)
        if (f.kind == InstructionKind::Factorise && f.result == i.operands[0].value) cholesky = f.decomposition == Decomposition::Cholesky;
      const char* form = i.kind == InstructionKind::LogDet
                             ? (cholesky ? "Scalar(2) * {}.matrixLLT().diagonal().array().log().sum()" : "{}.matrixLU().diagonal().array().abs().log().sum()")
                             : (cholesky ? "{}.matrixLLT().diagonal().array().square().prod()" : "{}.determinant()");
      out.push_back(fmt::format("const Scalar {} = {};", r.name, fmt::format(fmt::runtime(form), factor.name)));
      return;
    }
    case InstructionKind::Reshape:
      entries_.define_view(i.result, plan_.pool->dims.one() == r.shape.cols
                                         ? operand(0) + ".reshaped()"
                                         : fmt::format("{}.reshaped({}, {})", operand(0), entries_.size(r.shape.rows), entries_.size(r.shape.cols)));
      return;
    case InstructionKind::Materialise: materialise(i, out); return;
    case InstructionKind::Slice: slice(i, out); return;
    case InstructionKind::Place: place(i, out); return;
    case InstructionKind::ColumnMaxima:
      out.push_back(is_scalar(i.result) ? fmt::format("const Scalar {} = {}.maxCoeff();", r.name, operand(0))
                                        : fmt::format("{} = {}.colwise().maxCoeff();", r.name, operand(0)));
      return;
    case InstructionKind::LowerTriangle: out.push_back(fmt::format("{} = {}.template triangularView<Eigen::Lower>();", r.name, operand(0))); return;
    case InstructionKind::TriangleRows: triangle_rows(i, out); return;
    case InstructionKind::CholeskyFactor: out.push_back(fmt::format("{} = {}.matrixL();", r.name, operand(0))); return;
    case InstructionKind::PseudoInverse: out.push_back(fmt::format("{} = {}.pseudoInverse();", r.name, operand(0))); return;
    case InstructionKind::MatrixFunction:
      switch (i.primary) {
        case PrimaryFunction::Exponential: out.push_back(fmt::format("{} = {}.exp();", r.name, operand(0))); return;
        case PrimaryFunction::Logarithm: out.push_back(fmt::format("{} = {}.log();", r.name, operand(0))); return;
        case PrimaryFunction::SquareRoot: out.push_back(fmt::format("{} = {}.sqrt();", r.name, operand(0))); return;
        case PrimaryFunction::Power:
          out.push_back(fmt::format("{} = detail::matrix_power<Matrix>({}, {});", r.name, operand(0), entries_.size(i.first)));
          return;
      }
      throw Bug("unknown function of a matrix");
    case InstructionKind::Copy: out.push_back(fmt::format("{} = {};", r.name, operand(0))); return;
    case InstructionKind::ColumnSums: case InstructionKind::RowSums: throw Bug("this is done by columns");
  }
}

void CppInstructions::materialise(const Instruction& i, Lines& out) {
  const PlanValue& r = plan_[i.result];
  switch (i.materialised) {
    case Structure::Identity: out.push_back(r.name + ".setIdentity();"); return;
    case Structure::Diagonal:
      out.push_back(r.name + ".setZero();");
      out.push_back(is_scalar(i.operands[0].value) ? fmt::format("{}.diagonal().setConstant({});", r.name, entries_.operand(i.operands[0]))
                                                   : fmt::format("{}.diagonal() = {};", r.name, entries_.operand(i.operands[0])));
      return;
    case Structure::ImplicitCommutation:
      out.push_back(r.name + ".setZero();");
      out.push_back(fmt::format("for (Index {0} = 0; {0} < {1}; ++{0})", j_, entries_.size(i.second)));
      out.push_back(fmt::format("  for (Index {0} = 0; {0} < {1}; ++{0}) {2}({3} + {0} * {4}, {0} + {3} * {5}) = Scalar(1);", i_,
                                entries_.size(i.first), r.name, j_, entries_.size_factor(i.second), entries_.size_factor(i.first)));
      return;
    case Structure::ImplicitKronecker: kronecker(i, out); return;
    case Structure::ImplicitSelection:
      out.push_back(r.name + ".setZero();");
      out.push_back(fmt::format("{}.block({}, 0, {}, {}).setIdentity();", r.name, offset(i.first), entries_.size(r.shape.cols), entries_.size(r.shape.cols)));
      return;
    case Structure::ImplicitDuplication: case Structure::ImplicitElimination: {
      const bool both = i.materialised == Structure::ImplicitDuplication;
      out.push_back(r.name + ".setZero();");
      triangle_loops(i.first, out);
      const std::string half = triangle_row(i.first), lower = full_row(i.first, i_, j_), upper = full_row(i.first, j_, i_);
      out.push_back(both ? fmt::format("    {0}({1}, {3}) = {0}({2}, {3}) = Scalar(1);", r.name, lower, upper, half)
                         : fmt::format("    {}({}, {}) = Scalar(1);", r.name, half, lower));
      return;
    }
    case Structure::Dense: case Structure::Scalar: case Structure::RowBroadcast: case Structure::ColumnBroadcast:
    case Structure::Symmetric: case Structure::Constant: case Structure::Materialised: throw Bug("nothing to materialise");
  }
}

/// A first row or column, counted from 1, as C++ counts.
std::string CppInstructions::offset(Dim first) const {
  const DimTable& dims = plan_.pool->dims;
  return entries_.size(dims.subtract(first, dims.one()));
}

void CppInstructions::slice(const Instruction& i, Lines& out) {
  const Dim one = plan_.pool->dims.one();
  const PlanOperand from = i.operands[0];
  const Shape whole = plan_.shape(from), part = plan_[i.result].shape;
  const std::string& name = entries_.operand(from);
  const std::string row = offset(i.places[0].rows), column = offset(i.places[0].cols);
  if (is_scalar(i.result)) {
    out.push_back(fmt::format("const Scalar {} = {}({}, {});", plan_[i.result].name, name, row, column));
    return;
  }
  std::string text;
  if (part.rows == whole.rows && whole.cols != one)
    text = part.cols == one ? fmt::format("{}.col({})", name, column) : fmt::format("{}.middleCols({}, {})", name, column, entries_.size(part.cols));
  else if (part.cols == whole.cols && whole.rows != one && whole.cols != one)
    text = part.rows == one ? fmt::format("{}.row({})", name, row) : fmt::format("{}.middleRows({}, {})", name, row, entries_.size(part.rows));
  else
    text = fmt::format("{}.block({}, {}, {}, {})", name, row, column, entries_.size(part.rows), entries_.size(part.cols));
  if (plan_[i.result].storage == Storage::View) entries_.define_view(i.result, text);
  else out.push_back(fmt::format("{} = {};", plan_[i.result].name, text));
}

/// A block that is the whole comes first and needs no zeros before it.
void CppInstructions::place(const Instruction& i, Lines& out) {
  const std::string& r = result(i);
  const bool whole = plan_.shape(i.operands[0]) == plan_[i.result].shape;
  out.push_back(whole ? fmt::format("{} = {};", r, entries_.operand(i.operands[0])) : r + ".setZero();");
  for (std::size_t k = whole ? 1 : 0; k < i.operands.size(); ++k) {
    const Shape part = plan_.shape(i.operands[k]);
    const std::string row = offset(i.places[k].rows), column = offset(i.places[k].cols), block = entries_.operand(i.operands[k]);
    out.push_back(is_scalar(i.operands[k].value)
                      ? fmt::format("{}({}, {}) += {};", r, row, column, block)
                      : fmt::format("{}.block({}, {}, {}, {}) += {};", r, row, column, entries_.size(part.rows), entries_.size(part.cols), block));
  }
}

/// Loops over the places (i,j), i >= j, of an n×n matrix; their body is a line that follows.
void CppInstructions::triangle_loops(Dim n, Lines& out) const {
  out.push_back(fmt::format("for (Index {0} = 0; {0} < {1}; ++{0})", j_, entries_.size(n)));
  out.push_back(fmt::format("  for (Index {0} = {1}; {0} < {2}; ++{0})", i_, j_, entries_.size(n)));
}

std::string CppInstructions::triangle_row(Dim n) const {
  return fmt::format("{0} * (2 * {2} - {0} - 1) / 2 + {1}", j_, i_, entries_.size_factor(n));
}

std::string CppInstructions::full_row(Dim n, const std::string& row, const std::string& column) const {
  return fmt::format("{} + {} * {}", row, column, entries_.size_factor(n));
}

void CppInstructions::triangle_rows(const Instruction& i, Lines& out) {
  const bool column = plan_[i.result].shape.cols == plan_.pool->dims.one();
  const std::string& r = result(i);
  const std::string from = entries_.operand(i.operands[0]);
  const auto entry = [&](const std::string& of, const std::string& row) { return fmt::format("{}{}({})", of, column ? "" : ".row", row); };
  const std::string half = triangle_row(i.first), lower = full_row(i.first, i_, j_), upper = full_row(i.first, j_, i_);
  if (i.triangle == TriangleMap::Scatter) out.push_back(r + ".setZero();");
  triangle_loops(i.first, out);
  switch (i.triangle) {
    case TriangleMap::Gather: out.push_back(fmt::format("    {} = {};", entry(r, half), entry(from, lower))); return;
    case TriangleMap::Scatter: out.push_back(fmt::format("    {} = {};", entry(r, lower), entry(from, half))); return;
    case TriangleMap::GatherBoth:
      out[out.size() - 1] += " {";
      out.push_back(fmt::format("    {} = {};", entry(r, half), entry(from, lower)));
      out.push_back(fmt::format("    if ({} != {}) {} += {};", i_, j_, entry(r, half), entry(from, upper)));
      out.emplace_back("  }");
      return;
    case TriangleMap::ScatterBoth:
      out[out.size() - 1] += " {";
      out.push_back(fmt::format("    {} = {};", entry(r, lower), entry(from, half)));
      out.push_back(fmt::format("    if ({} != {}) {} = {};", i_, j_, entry(r, upper), entry(from, half)));
      out.emplace_back("  }");
      return;
  }
  throw Bug("unknown map of triangles");
}

/// Block (i,j) of kron(A,B) is A(i,j)*B.
void CppInstructions::kronecker(const Instruction& i, Lines& out) {
  const KroneckerFactor& a = i.factors[0];
  const KroneckerFactor& b = i.factors[1];
  const std::string p = entries_.size_factor(b.shape.rows), q = entries_.size_factor(b.shape.cols);
  const bool left_identity = a.structure == Structure::Identity;
  const std::string block = fmt::format("{}.block({} * {}, {} * {}, {}, {})", result(i), left_identity ? j_ : i_, p, j_, q,
                                        entries_.size(b.shape.rows), entries_.size(b.shape.cols));
  const std::string entry = a.structure != Structure::Dense ? ""
                            : a.operand.transposed          ? fmt::format("{}({}, {})", entries_.operand({a.operand.value, false}), j_, i_)
                                                            : fmt::format("{}({}, {})", entries_.operand(a.operand), i_, j_);
  std::string fill;
  switch (b.structure) {
    case Structure::Identity: fill = fmt::format("{}.diagonal().setConstant({})", block, entry.empty() ? "Scalar(1)" : entry); break;
    case Structure::Constant: fill = fmt::format("{}.setConstant({})", block, entry.empty() ? "Scalar(1)" : entry); break;
    default: fill = fmt::format("{} = {}{}", block, entry.empty() ? "" : entry + " * ", entries_.operand(b.operand)); break;
  }
  if (left_identity || b.structure == Structure::Identity) out.push_back(result(i) + ".setZero();");
  if (left_identity) {
    out.push_back(fmt::format("for (Index {0} = 0; {0} < {1}; ++{0}) {2};", j_, entries_.size(a.shape.cols), fill));
    return;
  }
  out.push_back(fmt::format("for (Index {0} = 0; {0} < {1}; ++{0})", j_, entries_.size(a.shape.cols)));
  out.push_back(fmt::format("  for (Index {0} = 0; {0} < {1}; ++{0}) {2};", i_, entries_.size(a.shape.rows), fill));
}

}  // namespace dvec
