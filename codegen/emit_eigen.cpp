#include "codegen/emit_eigen.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "codegen/cpp_blocks.hpp"
#include "codegen/cpp_instructions.hpp"
#include "codegen/kernel_signature.hpp"
#include "support/result.hpp"

namespace dvec {

namespace {

constexpr const char* kTypes = R"(using Index = Eigen::Index;

/// Storage and arguments. Arguments bind to matrices, blocks and maps with contiguous columns without a copy.
template <class Scalar>
struct Types {
  using Number = Scalar;
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
  using Column = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
  using Row = Eigen::Matrix<Scalar, 1, Eigen::Dynamic>;
  using MatrixArg = Eigen::Ref<const Matrix>;
  using ColumnArg = Eigen::Ref<const Column>;
  using RowArg = Eigen::Ref<const Row>;
};

)";

constexpr const char* kShapeCheck = R"(namespace detail {{

/// Throws when an argument has not the shape that the other arguments ask for.
inline void expect_shape(const char* name, Index rows, Index cols, Index expected_rows, Index expected_cols, const char* shape) {{
  if (rows == expected_rows && cols == expected_cols) return;
  throw std::invalid_argument(std::string("{0}: ") + name + " is " + std::to_string(rows) + "x" + std::to_string(cols) +
                              " but has to be " + shape + ", which is " + std::to_string(expected_rows) + "x" +
                              std::to_string(expected_cols));
}}

)";

constexpr const char* kMatrixPower = R"(/// A whole power of a square matrix, by repeated squaring; negative ones are powers of the inverse.
template <class Matrix>
Matrix matrix_power(const Matrix& a, Index exponent) {
  Matrix power = Matrix::Identity(a.rows(), a.cols());
  Matrix square = a;
  if (exponent < 0) square = a.inverse();
  for (Index left = exponent < 0 ? -exponent : exponent; left > 0; left /= 2) {
    if (left % 2 == 1) power = (power * square).eval();
    if (left > 1) square = (square * square).eval();
  }
  return power;
}

)";

constexpr const char* kActivations = R"(/// Ready-made functions for `evaluate`; the derivative of relu at 0 is 0. Write your own in the same way: value, d1, d2 are
/// f(x), f'(x), f''(x).
namespace activations {

struct Relu {
  template <class Scalar>
  Scalar value(const Scalar& x) const { return x > Scalar(0) ? x : Scalar(0); }
  template <class Scalar>
  Scalar d1(const Scalar& x) const { return x > Scalar(0) ? Scalar(1) : Scalar(0); }
  template <class Scalar>
  Scalar d2(const Scalar&) const { return Scalar(0); }
};

struct Tanh {
  template <class Scalar>
  Scalar value(const Scalar& x) const { using std::tanh; return tanh(x); }
  template <class Scalar>
  Scalar d1(const Scalar& x) const { const Scalar t = value(x); return Scalar(1) - t * t; }
  template <class Scalar>
  Scalar d2(const Scalar& x) const { const Scalar t = value(x); return Scalar(-2) * t * (Scalar(1) - t * t); }
};

struct Sigmoid {
  template <class Scalar>
  Scalar value(const Scalar& x) const {
    using std::exp;
    if (x >= Scalar(0)) return Scalar(1) / (Scalar(1) + exp(Scalar(-x)));
    const Scalar e = exp(x);
    return e / (Scalar(1) + e);
  }
  template <class Scalar>
  Scalar d1(const Scalar& x) const { const Scalar s = value(x); return s * (Scalar(1) - s); }
  template <class Scalar>
  Scalar d2(const Scalar& x) const { const Scalar s = value(x); return s * (Scalar(1) - s) * (Scalar(1) - Scalar(2) * s); }
};

}  // namespace activations

)";

std::string joined(const std::vector<std::string>& parts, const char* between = ", ") {
  std::string out;
  for (const std::string& p : parts) out += (out.empty() ? "" : between) + p;
  return out;
}

class EigenEmitter {
 public:
  EigenEmitter(const KernelPlan& plan, const EmitOptions& options)
      : plan_(plan), options_(options), dims_(plan.pool->dims), sizes_(kernel_sizes(plan)), names_(dim_identifiers(plan)), body_(plan) {}

  std::string run() {
    const std::string statements = body_.text();  // first: it finds the functions that are called
    std::string out = opening();
    out += "#pragma once\n\n#include <cmath>\n#include <stdexcept>\n#include <string>\n\n#include <Eigen/Dense>\n";
    if (has_function({PrimaryFunction::Exponential, PrimaryFunction::Logarithm, PrimaryFunction::SquareRoot}))
      out += "#include <unsupported/Eigen/MatrixFunctions>\n";
    out += "\n";
    out += "namespace " + plan_.name + " {\n\n";
    out += kTypes;
    out += fmt::format(fmt::runtime(kShapeCheck), plan_.name);
    if (has_function({PrimaryFunction::Power})) out += kMatrixPower;
    out += body_.functions().helpers() + "}  // namespace detail\n\n";
    out += body_.functions().definitions();
    if (!plan_.functions.empty()) out += kActivations;
    out += storage("Workspace", "What a kernel needs beside its arguments and its result: allocated once, for one choice of sizes.", workspace());
    out += storage("Result", "What a kernel returns.", results());
    out += evaluate(statements);
    out += convenience();
    out += "}  // namespace " + plan_.name + "\n";
    return out;
  }

 private:
  struct Field {
    std::string type, name;
    Shape shape;
    std::string comment;
    bool factor = false;
    std::string factor_type;
  };

  [[nodiscard]] std::string shape(Shape s) const { return dims_.text(s.rows) + "x" + dims_.text(s.cols); }
  [[nodiscard]] std::string size(Dim d) const { return cpp_size(dims_, d, names_); }

  [[nodiscard]] bool has_function(const std::vector<PrimaryFunction>& any_of) const {
    return std::ranges::any_of(plan_.instructions, [&](const Instruction& i) {
      return i.kind == InstructionKind::MatrixFunction && std::ranges::find(any_of, i.primary) != any_of.end();
    });
  }

  // --- the opening comment -----------------------------------------------------------------------------------------

  std::string opening() const {
    std::string out = fmt::format(
        "// generated by dvec {} from {}; do not edit\n"
        "//\n"
        "// This kernel belongs to whoever made it from a program. What dvec copies into every kernel (shape checks, helpers)\n"
        "// is under 0BSD: use, change and pass it on as you like, with no conditions. SPDX-License-Identifier: 0BSD\n"
        "//\n",
        DVEC_VERSION, options_.source_name);
    out += "// Computes, together:\n//\n";
    std::size_t widest = 0;
    for (const PlanOutput& o : plan_.outputs) widest = std::max(widest, o.field.size());
    for (const PlanOutput& o : plan_.outputs) {
      const std::string what = o.title == o.field ? "" : o.title + " = ";
      out += fmt::format("//   {:<{}}  {:<8}  {}{}\n", o.field, widest, shape(plan_[o.value].shape), what, o.formula.empty() ? "(too long to be shown)" : o.formula);
    }
    if (!plan_.formulas.empty()) {
      out += "//\n// where\n//\n";
      for (const PlanFormula& f : plan_.formulas) out += fmt::format("//   {} = {}\n", f.name, f.formula);
    }
    out += "//\n// Arguments:\n//\n";
    widest = 0;
    for (const ValueId a : plan_.arguments) widest = std::max(widest, plan_[a].name.size());
    for (const KernelSize& s : sizes_)
      if (!s.argument.valid()) out += fmt::format("//   {:<{}}  a size\n", s.name, widest);
    for (const ValueId a : plan_.arguments) {
      const Symbol& symbol = plan_.pool->symbols[plan_[a].symbol];
      const std::string attributes = symbol.attributes == Attribute::None ? "" : ", " + text(symbol.attributes);
      const std::string also = symbol.name == plan_[a].name ? "" : fmt::format(", {} in the program", symbol.name);
      out += fmt::format("//   {:<{}}  {}{}{}\n", plan_[a].name, widest, shape(plan_[a].shape), attributes, also);
    }
    for (const std::string& f : plan_.function_names)
      out += fmt::format("//   {:<{}}  an object with value(x), d1(x), d2(x): the function, its derivative, its second derivative\n", f, widest);
    for (const std::string& note : plan_.notes) out += "//\n// " + note + "\n";
    out += fmt::format("//\n// Operations: {}\n", dims_.text(plan_.flops));
    out += "//\n// Build with optimisation and for your machine: g++ -std=c++17 -O3 -march=native\n";
    return out;
  }

  // --- storage -----------------------------------------------------------------------------------------------------

  std::vector<Field> workspace() const {
    std::vector<Field> out;
    for (const Instruction& i : plan_.instructions) {
      const PlanValue& v = plan_[i.result];
      if (v.storage == Storage::Workspace) out.push_back({cpp_type(plan_, v.shape), v.name, v.shape, "", false, ""});
      if (v.storage == Storage::Factor)
        out.push_back({"", v.name, v.shape, "", true, factor_type(i.decomposition)});
    }
    return out;
  }

  static std::string factor_type(Decomposition d) {
    switch (d) {
      case Decomposition::Cholesky: return "LLT";
      case Decomposition::Lu: return "PartialPivLU";
      case Decomposition::Orthogonal: return "CompleteOrthogonalDecomposition";
    }
    throw Bug("unknown decomposition");
  }

  std::vector<Field> results() const {
    std::vector<Field> out;
    for (const PlanOutput& o : plan_.outputs)
      out.push_back({cpp_type(plan_, plan_[o.value].shape), o.field, plan_[o.value].shape,
                     shape(plan_[o.value].shape) + (o.title == o.field ? "" : ", " + o.title), false, ""});
    return out;
  }

  [[nodiscard]] std::string parameters_of_sizes(const std::vector<Field>& fields) const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < plan_.dims.size(); ++i) {
      const bool used = std::ranges::any_of(fields, [&](const Field& f) {
        for (const Dim d : {f.shape.rows, f.shape.cols})
          if (std::ranges::find(dims_.symbols(d), plan_.dims[i]) != dims_.symbols(d).end()) return true;
        return false;
      });
      out.push_back(used ? "Index " + plan_.dim_names[i] : "Index /*" + plan_.dim_names[i] + "*/");
    }
    return joined(out);
  }

  /// `using Matrix = ...;` for the types that occur among some fields.
  static std::string aliases(const std::vector<Field>& fields) {
    std::string out;
    for (const char* type : {"Matrix", "Column", "Row"})
      if (std::ranges::any_of(fields, [&](const Field& f) { return f.type == type || (f.factor && std::string(type) == "Matrix"); }))
        out += fmt::format("  using {0} = typename Types<Scalar>::{0};\n", type);
    return out;
  }

  static std::string type_of(const Field& f) { return f.factor ? fmt::format("Eigen::{}<Matrix>", f.factor_type) : f.type; }

  std::string storage(const std::string& name, const std::string& what, const std::vector<Field>& fields) const {
    const std::string parameters = parameters_of_sizes(fields);
    std::string out = fmt::format("/// {}\ntemplate <class Scalar>\nstruct {} {{\n", what, name);
    if (const std::string used = aliases(fields); !used.empty()) out += used + "\n";
    for (const Field& f : fields) {
      const std::string type = type_of(f);
      out += fmt::format("  {} {}{};{}\n", type, f.name, f.type == "Scalar" ? " = Scalar(0)" : "", f.comment.empty() ? "" : "  ///< " + f.comment);
    }
    if (!fields.empty()) out += "\n";
    out += fmt::format("  {}() = default;\n", name);
    if (!plan_.dims.empty()) {
      std::vector<std::string> numbered, plain;
      for (const std::string& d : plan_.dim_names) {
        numbered.push_back("Index " + d);
        plain.push_back(d);
      }
      out += fmt::format("  {}{}({}) {{ resize({}); }}\n", plan_.dims.size() == 1 ? "explicit " : "", name, joined(numbered), joined(plain));
    }
    out += fmt::format("  /// Allocates nothing when the sizes are those it has.\n  void resize({}) {{\n", parameters);
    for (const Field& f : fields) {
      if (f.factor && f.factor_type == factor_type(Decomposition::Orthogonal)) {
        out += fmt::format("    if ({0}.rows() != {1} || {0}.cols() != {2}) {0} = Eigen::{3}<Matrix>({4}, {5});\n", f.name,
                           cpp_size_factor(dims_, f.shape.rows, names_), cpp_size_factor(dims_, f.shape.cols, names_), f.factor_type,
                           size(f.shape.rows), size(f.shape.cols));
      } else if (f.factor) {
        out += fmt::format("    if ({0}.rows() != {1}) {0} = Eigen::{2}<Matrix>({1});\n", f.name,
                           cpp_size_factor(dims_, f.shape.rows, names_), f.factor_type);
      } else if (f.type == "Matrix") {
        out += fmt::format("    {}.resize({}, {});\n", f.name, size(f.shape.rows), size(f.shape.cols));
      } else if (f.type != "Scalar") {
        out += fmt::format("    {}.resize({});\n", f.name, size(f.type == "Row" ? f.shape.cols : f.shape.rows));
      }
    }
    return out + "  }\n};\n\n";
  }

  // --- the function ------------------------------------------------------------------------------------------------

  [[nodiscard]] std::vector<std::string> template_parameters() const {
    std::vector<std::string> out{"class Scalar"};
    for (const std::string& f : plan_.function_names) out.push_back("class " + function_type(f));
    return out;
  }

  [[nodiscard]] std::vector<std::string> parameters() const {
    std::vector<std::string> out;
    for (const KernelSize& s : sizes_)
      if (!s.argument.valid()) out.push_back("Index " + s.name);
    for (const ValueId a : plan_.arguments) {
      const std::string type = cpp_type(plan_, plan_[a].shape);
      out.push_back(type == "Scalar" ? fmt::format("const typename Types<Scalar>::Number& {}", plan_[a].name)
                                     : fmt::format("const typename Types<Scalar>::{}Arg& {}", type, plan_[a].name));
    }
    for (const std::string& f : plan_.function_names) out.push_back(fmt::format("const {}& {}", function_type(f), f));
    return out;
  }

  [[nodiscard]] std::string resize_arguments() const { return joined(plan_.dim_names); }

  std::string evaluate(const std::string& statements) const {
    const bool allocates = std::ranges::any_of(plan_.instructions, [](const Instruction& i) {
      return i.kind == InstructionKind::MatrixFunction || i.kind == InstructionKind::PseudoInverse;
    });
    std::string out = fmt::format(
        "/// Writes everything into `result`. Allocates nothing when `workspace` and `result` were made for these sizes, except\n"
        "/// what Eigen's products of large matrices{} need for themselves. Nothing in `result` may share memory with an argument.\n"
        "/// Throws std::invalid_argument when the shapes of the arguments do not fit together.\n"
        "template <{}>\nvoid evaluate({},\n              Workspace<Scalar>& workspace, Result<Scalar>& result) {{\n",
        allocates ? ", and its functions and pseudo-inverses of matrices,\n///" : "", joined(template_parameters()),
        joined(parameters(), ",\n              "));
    for (const KernelSize& s : sizes_)
      if (s.argument.valid()) out += fmt::format("  const Index {} = {}.{}();\n", s.name, plan_[s.argument].name, s.by_rows ? "rows" : "cols");
    for (const ValueId a : plan_.arguments) {
      const PlanValue& v = plan_[a];
      if (plan_.pool->is_scalar(v.shape)) continue;
      out += fmt::format("  detail::expect_shape(\"{0}\", {0}.rows(), {0}.cols(), {1}, {2}, \"{3}\");\n", v.name, size(v.shape.rows), size(v.shape.cols), shape(v.shape));
    }
    out += room_for_blocks(plan_);
    out += fmt::format("  workspace.resize({0});\n  result.resize({0});\n\n", resize_arguments());
    out += references();
    out += statements;
    bool first = true;
    for (const PlanOutput& o : plan_.outputs) {
      if (!plan_.pool->is_scalar(plan_[o.value].shape)) continue;
      if (first) out += "\n";
      first = false;
      out += fmt::format("  result.{} = {};\n", o.field, plan_[o.value].name);
    }
    return out + "}\n\n";
  }

  /// Values in the workspace and the result under their own names.
  std::string references() const {
    std::vector<Field> fields = workspace();
    std::string out;
    for (const Field& f : fields) out += fmt::format("  {}& {} = workspace.{};\n", type_of(f), f.name, f.name);
    for (const PlanOutput& o : plan_.outputs) {
      const PlanValue& v = plan_[o.value];
      if (v.storage != Storage::Output) continue;
      fields.push_back({cpp_type(plan_, v.shape), v.name, v.shape, "", false, ""});
      out += fmt::format("  {}& {} = result.{};\n", fields.back().type, v.name, o.field);
    }
    return out.empty() ? out : aliases(fields) + out + "\n";
  }

  std::string convenience() const {
    std::vector<std::string> forwarded;
    for (const KernelSize& s : sizes_)
      if (!s.argument.valid()) forwarded.push_back(s.name);
    for (const ValueId a : plan_.arguments) forwarded.push_back(plan_[a].name);
    for (const std::string& f : plan_.function_names) forwarded.push_back(f);
    forwarded.emplace_back("workspace");
    forwarded.emplace_back("result");
    return fmt::format(
        "/// The same with a workspace of its own: evaluate<double>(...).\n"
        "template <{}>\nResult<Scalar> evaluate({}) {{\n  Workspace<Scalar> workspace;\n  Result<Scalar> result;\n  evaluate({});\n  return result;\n}}\n\n",
        joined(template_parameters()), joined(parameters(), ",\n                        "), joined(forwarded));
  }

  const KernelPlan& plan_;
  const EmitOptions& options_;
  const DimTable& dims_;
  std::vector<KernelSize> sizes_;
  std::map<std::string, std::string> names_;
  CppInstructions body_;
};

}  // namespace

std::string emit_eigen(const KernelPlan& plan, const EmitOptions& options) {
  require(!verify(plan), "only a sound plan is emitted");
  return EigenEmitter(plan, options).run();
}

}  // namespace dvec
