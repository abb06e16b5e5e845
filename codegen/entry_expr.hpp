#pragma once
/// One entry of a matrix as an expression in entries of others: what one pass over memory computes.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "scalar/dim.hpp"
#include "scalar/rational.hpp"
#include "scalar/scalar_expr.hpp"
#include "support/id.hpp"

namespace dvec {

struct ValueTag;
using ValueId = Id<ValueTag>;

/// Which entry of an operand is read for the entry (i,j) of the result.
enum class Access : std::uint8_t {
  Entry,       ///< (i,j)
  Transposed,  ///< (j,i)
  PerColumn,   ///< j of a row or column: a row spread over the rows
  PerRow,      ///< i of a row or column: a column spread over the columns
  Scalar,      ///< the only one
  Diagonal,    ///< (i,i) of a square matrix, for the entry i of a row or column
};

struct EntryExpr {
  enum class Kind : std::uint8_t { Number, Pi, Size, Operand, Add, Multiply, Power, PowerBy, Call };
  Kind kind = Kind::Number;
  Rational number;                     ///< Number: the value; Power: the exponent
  Dim size;                            ///< Size
  ValueId value;                       ///< Operand
  Access access = Access::Entry;       ///< Operand
  FunctionId function;                 ///< Call: f^(order)
  int order = 0;                       ///< Call
  std::vector<EntryExpr> args;         ///< Add, Multiply: two or more; Power, Call: one; PowerBy: base and exponent
  std::vector<Rational> coefficients;  ///< Add: one for each argument

  static EntryExpr of_number(Rational value);
  static EntryExpr pi();
  static EntryExpr of_size(Dim d);
  static EntryExpr operand(ValueId value, Access access);
  /// Sum of coefficient*part; sums within are opened, equal parts are not collected.
  static EntryExpr add(std::vector<EntryExpr> parts, std::vector<Rational> coefficients);
  /// Products within are opened; numbers are gathered into one, in front.
  static EntryExpr multiply(std::vector<EntryExpr> factors);
  static EntryExpr power(EntryExpr base, Rational exponent);
  static EntryExpr power_by(EntryExpr base, EntryExpr exponent);
  static EntryExpr call(FunctionId f, int order, EntryExpr argument);

  [[nodiscard]] bool is_number() const { return kind == Kind::Number; }
  [[nodiscard]] bool is_operand() const { return kind == Kind::Operand; }
  friend bool operator==(const EntryExpr&, const EntryExpr&) = default;
};

/// Visits every operand.
void for_each_operand(const EntryExpr& e, const std::function<void(ValueId, Access)>& visit);
/// The expression with each access changed.
[[nodiscard]] EntryExpr with_access(EntryExpr e, const std::function<Access(Access)>& change);
/// Number of operators, as operations for each entry; a call counts as one.
[[nodiscard]] std::int64_t operations(const EntryExpr& e);
/// Text that is equal exactly when the expressions are.
[[nodiscard]] std::string key(const EntryExpr& e);

}  // namespace dvec
