#pragma once
/// A kernel as a single-assignment list of instructions: every decision is made here, the emitter only spells.

#include <optional>
#include <string>
#include <vector>

#include "codegen/entry_expr.hpp"
#include "codegen/structure.hpp"
#include "syntax/program.hpp"

namespace dvec {

/// Where a value lives.
enum class Storage {
  Argument,   ///< given by the caller
  Local,      ///< a scalar variable of the function
  Workspace,  ///< allocated once, by the workspace's constructor
  Output,     ///< a field of the result
  Factor,     ///< a factorisation, in the workspace
  View,       ///< another value, read in another shape
};

struct PlanValue {
  std::string name;  ///< of the source, or made from names of the source; unique in the plan
  Shape shape;       ///< of what is held
  Structure structure = Structure::Dense;
  Storage storage = Storage::Workspace;
  SymbolId symbol = {};         ///< Argument: the variable
  std::string formula = {};     ///< what it is, in the language of programs; may be empty
};

enum class Decomposition {
  Cholesky,  ///< S declared spd
  Lu,        ///< with partial pivoting
  Orthogonal,  ///< complete orthogonal: of any matrix, of any rank
};

/// How the rows of a matrix with n(n+1)/2 rows, for the entries of a lower triangle, and those of one with n*n rows, for all
/// entries, make each other.
enum class TriangleMap : std::uint8_t {
  Gather,      ///< L*M: the rows of the lower triangle
  GatherBoth,  ///< D'*M: the same, with the rows of the upper triangle added
  Scatter,     ///< L'*M: into the lower triangle, zeros above
  ScatterBoth, ///< D*M: into both
};

enum class InstructionKind {
  Map,         ///< result(i,j) = entries(i,j), and, when there is one, + diagonal(i) on the diagonal
  Total,       ///< result = scale * sum of entries over domain
  ColumnSums,  ///< result(j) = scale * sum over i; the result is a row, or a column of as many entries
  RowSums,     ///< result(i) = scale * sum over j; the result is a column, or a row of as many entries
  Product,     ///< result = scale * A * B
  Diagonal,    ///< result = the diagonal of A, as a column
  Factorise,   ///< result = decomposition of A
  Solve,       ///< result = inv(F) * B
  Invert,      ///< result = inv(F)
  LogDet,      ///< result = log|det F|
  Det,         ///< result = det F
  Reshape,     ///< result = A, column-major, in result's shape: a view
  Materialise, ///< result = all entries of a structure: kron(A,B), eye(n), diag(v), commutation_matrix(m,n), columns of eye(n)
  Slice,       ///< result = entries of A from a place on: a view when it is a matrix
  Place,       ///< result = zeros, and the operands added at their places
  ColumnMaxima,   ///< result(j) = the largest entry of column j of A
  LowerTriangle,  ///< result = A, with zeros above the diagonal
  TriangleRows,   ///< result = D or L, or a transpose, times A
  CholeskyFactor, ///< result = the lower factor of F
  PseudoInverse,  ///< result = pinv(F)
  MatrixFunction, ///< result = expm, logm, sqrtm or a power of A
  Copy,        ///< result = A
};

[[nodiscard]] std::string_view name(InstructionKind kind);

/// A value, or its transpose.
struct PlanOperand {
  ValueId value;
  bool transposed = false;
  friend bool operator==(const PlanOperand&, const PlanOperand&) = default;
};

/// A factor of a materialised Kronecker product: a stored matrix, or a structure that needs no storage.
struct KroneckerFactor {
  Structure structure = Structure::Dense;  ///< Dense, Identity, Constant (ones)
  PlanOperand operand = {};                ///< Dense
  Shape shape;
};

struct Instruction {
  InstructionKind kind = InstructionKind::Map;
  ValueId result;
  std::vector<PlanOperand> operands = {};
  EntryExpr entries = {};                            ///< Map, Total, ColumnSums, RowSums
  EntryExpr scale = {};                              ///< sums and Product: a scalar; 1 when nothing is said
  std::optional<EntryExpr> diagonal = std::nullopt;  ///< Map
  Shape domain = {};                                 ///< sums: the shape that is summed over
  Decomposition decomposition = Decomposition::Lu;   ///< Factorise
  Structure materialised = Structure::Dense;         ///< Materialise: ImplicitKronecker, Identity, Diagonal, ImplicitCommutation
  std::vector<KroneckerFactor> factors = {};         ///< Materialise ImplicitKronecker: two
  /// Materialise ImplicitCommutation: both; ImplicitSelection: first and last. TriangleRows: n. MatrixFunction: the exponent.
  Dim first = {}, second = {};
  std::vector<Shape> places = {};                    ///< Slice: one; Place: for each operand. First row and column, from 1
  TriangleMap triangle = {};                         ///< TriangleRows
  PrimaryFunction primary = {};                      ///< MatrixFunction
};

/// Instructions that are done together: one after the other, or column by column in one loop over `columns`.
struct PlanStep {
  std::size_t begin = 0, end = 0;  ///< half-open, in the list of instructions
  bool by_column = false;
  Dim columns = {};
};

/// What the kernel returns, and what it says about it.
struct PlanOutput {
  std::string field = {};    ///< name in the result: "R", "grad_R_gamma"
  ValueId value = {};
  std::string title = {};    ///< "grad(R,gamma)"
  std::string formula = {};  ///< closed form, in the language of programs; empty when too long
  std::optional<DerivativeKind> derivative = std::nullopt;
  std::optional<std::size_t> of = std::nullopt;  ///< output that is differentiated
  ValueId wrt = {};                              ///< an argument; not valid when the variable is a let
  Convention convention = Convention::Unconstrained;
  bool by_vech = false;
  bool stopped = false;    ///< what is differentiated contains stop(...): its differences are not this derivative
  ValueId direction = {};  ///< Differential by a direction that is an argument
};

/// A line of mathematics in the kernel's opening comment.
struct PlanFormula {
  std::string name, formula;
};

struct KernelPlan {
  std::string name;                       ///< of the kernel: an identifier
  const TermPool* pool = nullptr;         ///< sizes, functions, symbols; outlives the plan
  std::vector<std::string> dims;          ///< size symbols that occur, in order of declaration
  std::vector<std::string> dim_names;     ///< the same as identifiers
  std::vector<PlanValue> values;
  std::vector<ValueId> arguments;         ///< in order of declaration
  std::vector<FunctionId> functions;      ///< opaque functions, in order of declaration: arguments too
  std::vector<std::string> function_names;
  std::vector<Instruction> instructions;  ///< operands defined before use
  std::vector<PlanStep> steps;            ///< cover the instructions, in order
  std::vector<PlanOutput> outputs;
  std::vector<PlanFormula> formulas;      ///< lets and lines, in order
  std::vector<std::string> notes;         ///< kinks, conventions
  Dim flops;                              ///< additions, multiplications and function values

  [[nodiscard]] const PlanValue& operator[](ValueId v) const { return values.at(v.value); }
  [[nodiscard]] Shape shape(PlanOperand o) const {
    return o.transposed ? transposed((*this)[o.value].shape) : (*this)[o.value].shape;
  }
};

/// Nothing when the plan is sound; else "no, because ...": an operand before its definition, shapes that do not conform, a
/// value assigned twice, an implicit structure as an operand, a result among the operands, a loop by columns with an
/// instruction that needs another column.
[[nodiscard]] std::optional<std::string> verify(const KernelPlan& plan);

/// One line an instruction, for people and goldens.
[[nodiscard]] std::string print(const KernelPlan& plan);

}  // namespace dvec
