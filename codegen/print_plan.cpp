/// A plan as text, one line an instruction.

#include <fmt/format.h>

#include "codegen/kernel_plan.hpp"
#include "support/result.hpp"

namespace dvec {

namespace {

class Printer {
 public:
  explicit Printer(const KernelPlan& plan) : plan_(plan), dims_(plan.pool->dims) {}

  std::string run() {
    std::string out = "kernel " + plan_.name + "\n";
    for (const ValueId a : plan_.arguments) out += fmt::format("argument  {}  {}  {}\n", plan_[a].name, shape(plan_[a].shape), name(plan_[a].structure));
    for (const FunctionId f : plan_.functions) out += "function  " + plan_.pool->functions[f].name + "\n";
    for (const PlanStep& s : plan_.steps) {
      out += s.by_column ? "for each column j of " + dims_.text(s.columns) + "\n" : "";
      for (std::size_t i = s.begin; i < s.end; ++i) out += (s.by_column ? "  " : "") + line(plan_.instructions[i]) + "\n";
    }
    for (const PlanOutput& o : plan_.outputs) out += fmt::format("output    {} = {}  {}\n", o.field, plan_[o.value].name, o.title);
    out += "flops     " + dims_.text(plan_.flops) + "\n";
    return out;
  }

 private:
  [[nodiscard]] std::string shape(Shape s) const { return dims_.text(s.rows) + "x" + dims_.text(s.cols); }
  [[nodiscard]] std::string text(PlanOperand o) const { return plan_[o.value].name + (o.transposed ? "'" : ""); }

  std::string line(const Instruction& i) const {
    const PlanValue& r = plan_[i.result];
    return fmt::format("{:<9} {}({}){} = {}", storage(r.storage), r.name, shape(r.shape),
                       r.structure == Structure::Dense || r.structure == Structure::Scalar ? "" : " " + std::string(name(r.structure)), body(i));
  }

  static const char* storage(Storage s) {
    switch (s) {
      case Storage::Argument: return "argument";
      case Storage::Local: return "local";
      case Storage::Workspace: return "workspace";
      case Storage::Output: return "result";
      case Storage::Factor: return "factor";
      case Storage::View: return "view";
    }
    throw Bug("unknown storage");
  }

  std::string body(const Instruction& i) const {
    const bool scaled = i.scale != EntryExpr{};
    const std::string scale = scaled ? text(i.scale, 2) + " * " : "";
    const auto operands = [&] {
      std::string out;
      for (const PlanOperand& o : i.operands) out += (out.empty() ? "" : ", ") + text(o);
      return out;
    };
    switch (i.kind) {
      case InstructionKind::Map: return text(i.entries, 0) + (i.diagonal ? ", plus on the diagonal " + text(*i.diagonal, 0) : "");
      case InstructionKind::Total: case InstructionKind::ColumnSums: case InstructionKind::RowSums:
        return fmt::format("{}{} over {} of {}", scale, name(i.kind), shape(i.domain), text(i.entries, 0));
      case InstructionKind::Product: return scale + text(i.operands[0]) + " * " + text(i.operands[1]);
      case InstructionKind::Factorise: return fmt::format("{} of {}", i.decomposition == Decomposition::Cholesky ? "cholesky" : i.decomposition == Decomposition::Lu ? "lu" : "orthogonal decomposition", operands());
      case InstructionKind::Materialise: {
        std::string what(name(i.materialised));
        for (const KroneckerFactor& f : i.factors)
          what += fmt::format(" {}({})", f.structure == Structure::Dense ? text(f.operand) : std::string(name(f.structure)), shape(f.shape));
        if (i.materialised == Structure::ImplicitCommutation) what += fmt::format(" ({},{})", dims_.text(i.first), dims_.text(i.second));
        if (i.materialised == Structure::ImplicitSelection) what += fmt::format(" columns {} to {}", dims_.text(i.first), dims_.text(i.second));
        return "materialise " + what + (i.factors.empty() && !i.operands.empty() ? " " + operands() : "");
      }
      case InstructionKind::Slice: return fmt::format("slice {} from ({},{})", operands(), dims_.text(i.places[0].rows), dims_.text(i.places[0].cols));
      case InstructionKind::Place: {
        std::string out = "place";
        for (std::size_t k = 0; k < i.operands.size(); ++k)
          out += fmt::format("{} {} at ({},{})", k == 0 ? "" : ",", text(i.operands[k]), dims_.text(i.places[k].rows), dims_.text(i.places[k].cols));
        return out;
      }
      case InstructionKind::TriangleRows: {
        static constexpr const char* kMaps[] = {"L*", "D'*", "L'*", "D*"};
        return fmt::format("{} {}{}", name(i.kind), kMaps[static_cast<std::size_t>(i.triangle)], operands());
      }
      case InstructionKind::MatrixFunction:
        return fmt::format("{}({}{})", name(i.primary), operands(), i.primary == PrimaryFunction::Power ? "," + dims_.text(i.first) : "");
      case InstructionKind::ColumnMaxima: case InstructionKind::LowerTriangle: case InstructionKind::CholeskyFactor: case InstructionKind::PseudoInverse:
      case InstructionKind::Diagonal: case InstructionKind::Solve: case InstructionKind::Invert: case InstructionKind::LogDet:
      case InstructionKind::Det: case InstructionKind::Reshape: case InstructionKind::Copy:
        return std::string(name(i.kind)) + " " + operands();
    }
    throw Bug("unknown instruction");
  }

  /// level 0: a sum may stand here; 1: a product; 2: something closed.
  std::string text(const EntryExpr& e, int level) const {
    const auto closed = [&](int own, std::string s) { return own < level ? "(" + s + ")" : s; };
    switch (e.kind) {
      case EntryExpr::Kind::Value: return text(PlanOperand{e.value, e.transposed});
      case EntryExpr::Kind::Number: return closed(e.number.is_negative() ? 0 : e.number.is_integer() ? 2 : 1, e.number.text());
      case EntryExpr::Kind::Size: return closed(dims_.is_sum(e.size) ? 0 : 1, dims_.text(e.size));
      case EntryExpr::Kind::Pi: return "pi";
      case EntryExpr::Kind::Add: {
        std::string out;
        for (std::size_t k = 0; k < e.args.size(); ++k) {
          const Rational& c = e.coefficients[k];
          out += c.is_negative() ? (out.empty() ? "-" : " - ") : (out.empty() ? "" : " + ");
          if (!c.abs().is_one()) out += c.abs().text() + "*";
          out += text(e.args[k], 1);
        }
        return closed(0, out);
      }
      case EntryExpr::Kind::Multiply: {
        std::string out;
        for (const EntryExpr& a : e.args) out += (out.empty() ? "" : ".*") + text(a, 1);
        return closed(1, out);
      }
      case EntryExpr::Kind::Power: return text(e.args[0], 2) + ".^" + (e.number.is_integer() && !e.number.is_negative() ? e.number.text() : "(" + e.number.text() + ")");
      case EntryExpr::Kind::PowerBy: return text(e.args[0], 2) + ".^" + text(e.args[1], 2);
      case EntryExpr::Kind::Call: {
        std::string f = plan_.pool->functions[e.function].name;
        for (int k = 0; k < e.order; ++k) f += "'";
        return f + "(" + text(e.args[0], 0) + ")";
      }
      case EntryExpr::Kind::Sum: return "sum(" + text(e.args[0], 0) + ")";
    }
    throw Bug("unknown kind of entry");
  }

  const KernelPlan& plan_;
  const DimTable& dims_;
};

}  // namespace

std::string print(const KernelPlan& plan) { return Printer(plan).run(); }

}  // namespace dvec
