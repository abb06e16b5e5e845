#pragma once
/// What a kernel computes, decided in full: single-assignment instructions over named values. Emitters only spell it.

#include <optional>
#include <string>
#include <vector>

#include "codegen/entry_expr.hpp"
#include "codegen/structure.hpp"
#include "syntax/program.hpp"
#include "term/term_pool.hpp"

namespace dvec {

struct Value {
  enum class Role { Argument, Temporary, Result };
  std::string name;  ///< identifier, unique in the plan: from the source, or after what it is (colSum_dR_dB)
  Shape shape;
  Structure structure = Structure::Dense;
  Role role = Role::Temporary;
};

/// A matrix as it enters a product.
struct Factor {
  ValueId value;
  bool transposed = false;
};

enum class Reduction { None, ColumnSums, RowSums, Total };

struct Instruction {
  enum class Kind {
    Entrywise,    ///< result = reduction of `entries` over `domain`, plus diag(on_diagonal)
    Product,      ///< result = scale * first * second
    Factorise,    ///< result = the factorisation of first (square)
    Solve,        ///< result = scale * inv(first) * second; `first` is a factorisation
    SolveRight,   ///< result = scale * first * inv(second); `second` is a factorisation
    Invert,       ///< result = inverse of the factorised matrix
    LogDet,       ///< result = log|det|, from the factorisation
    Det,          ///< result = det, from the factorisation
    Reshape,      ///< result = entries of first, in column order, in another shape
    Describe,     ///< result is an implicit value (⊗ of first and second, diag(first), eye, ones, K): nothing is computed
    Materialise,  ///< result = the implicit value first, written out
  };
  Kind kind = Kind::Entrywise;
  ValueId result;
  // Entrywise
  EntryExpr entries;
  Shape domain;
  Reduction reduction = Reduction::None;
  std::optional<EntryExpr> on_diagonal;  ///< its operands are read by Access::Entry of a column
  // the others
  Factor first, second;
  std::optional<EntryExpr> scale;  ///< in scalars only
};

enum class Factorisation { Llt, PartialPivLu };

/// An elementwise function that the instructions call.
struct PlanFunction {
  FunctionId function;
  std::string name;        ///< identifier
  bool opaque = false;     ///< given by the caller
  std::vector<int> orders; ///< the derivatives that are called, ascending
};

struct PlanArgument {
  ValueId value;
  SymbolId variable;
};

struct PlanOutput {
  enum class Kind { Objective, Value, Gradient, Derivative };
  Kind kind = Kind::Value;
  ValueId value;        ///< role Result; its name is the field's
  std::string title;    ///< "grad(R,gamma)"
  std::string formula;  ///< closed form, in the names of the source and of `lines`
  ValueId objective;    ///< Gradient: the value it is the gradient of
  ValueId wrt;          ///< Gradient: the argument
  Convention convention = Convention::Structured;
  bool by_vech = false;
};

struct KernelPlan {
  const TermPool* pool = nullptr;  ///< names, sizes and functions; must outlive the plan
  std::string name;                ///< identifier of the program
  std::vector<Value> values;
  std::vector<Instruction> instructions;
  std::vector<PlanArgument> arguments;      ///< in order of declaration
  std::vector<PlanFunction> functions;      ///< opaque ones in order of declaration, then the others
  std::vector<PlanOutput> outputs;
  std::vector<std::string> sizes;           ///< size symbols, in order of declaration
  std::vector<std::string> open_sizes;      ///< those that no argument's shape states: the caller gives them
  std::vector<std::pair<std::string, std::string>> lines;  ///< name = closed form: lets and adjoints, for the reader
  std::vector<std::string> notes;           ///< conditions and conventions: kinks, domains
  std::vector<std::pair<ValueId, Factorisation>> factorisations;  ///< how each Factorise is done
  Dim flops;                                ///< operations, a polynomial in the sizes

  [[nodiscard]] const Value& operator[](ValueId v) const { return values[v.value]; }
};

/// Nothing when the plan is sound, else why not: "no, because ...". Operands are defined before use, shapes conform, a ⊗,
/// K or diag is no operand except of Materialise, every value is defined once, and every output is computed.
[[nodiscard]] std::optional<std::string> verify(const KernelPlan& plan);

/// Readable text, one instruction a line.
[[nodiscard]] std::string print(const KernelPlan& plan);
/// One instruction's right-hand side: "sum over rows of Zhat .* dR_dB".
[[nodiscard]] std::string print(const KernelPlan& plan, const Instruction& i);
[[nodiscard]] std::string print(const KernelPlan& plan, const EntryExpr& e);

}  // namespace dvec
