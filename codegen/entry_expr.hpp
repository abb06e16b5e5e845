#pragma once
/// What stands at the place (i,j) of a value: an expression in entries of other values.

#include <functional>
#include <string>
#include <vector>

#include "codegen/structure.hpp"
#include "term/term_pool.hpp"

namespace dvec {

struct ValueTag;
using ValueId = Id<ValueTag>;

/// A value of 1 row contributes its entry (1,j), one of 1 column its entry (i,1), a 1×1 value itself: broadcasts are
/// implicit. Sum is a sum of its argument over i, at column j (where the whole has one row), or over all of a vector (where
/// the whole is 1×1).
struct EntryExpr {
  enum class Kind { Value, Number, Size, Pi, Add, Multiply, Power, PowerBy, Call, Sum };
  Kind kind = Kind::Number;
  ValueId value = {};         ///< Value: which ...
  bool transposed = false;    ///< ... or its transpose
  Rational number = 1;        ///< Number: the value; Power: the exponent
  Dim size = {};              ///< Size
  FunctionId function = {};   ///< Call: whose derivative ...
  int order = 0;              ///< ... of this order
  std::vector<Rational> coefficients = {};  ///< Add: one for each argument
  std::vector<EntryExpr> args = {};

  friend bool operator==(const EntryExpr&, const EntryExpr&) = default;
};

/// The values that occur, in order of first occurrence, each with its transposition; repeated when both occur.
[[nodiscard]] std::vector<std::pair<ValueId, bool>> leaves(const EntryExpr& expr);

}  // namespace dvec
