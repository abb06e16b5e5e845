#pragma once
/// Bodies of elementwise functions: expressions in one argument, plain data.

#include <string>
#include <vector>

#include "scalar/rational.hpp"
#include "support/id.hpp"

namespace dvec {

struct FunctionTag;
using FunctionId = Id<FunctionTag>;

struct ScalarExpr {
  enum class Kind { Number, Pi, Argument, Add, Multiply, Power, Call };
  Kind kind = Kind::Number;
  Rational number;               ///< Number: the value
  FunctionId function;           ///< Call: whose derivative ...
  int order = 0;                 ///< Call: ... of this order
  std::vector<ScalarExpr> args;  ///< Add, Multiply: two or more; Power: base, exponent; Call: one

  static ScalarExpr of_number(Rational value);
  static ScalarExpr argument();
  static ScalarExpr pi();
  static ScalarExpr add(std::vector<ScalarExpr> args);
  static ScalarExpr multiply(std::vector<ScalarExpr> args);
  static ScalarExpr power(ScalarExpr base, ScalarExpr exponent);
  static ScalarExpr call(FunctionId function, int order, ScalarExpr arg);

  friend bool operator==(const ScalarExpr&, const ScalarExpr&) = default;
};

/// Total structural order, independent of how the expression was made.
[[nodiscard]] bool before(const ScalarExpr& a, const ScalarExpr& b);

/// Derivative by the argument, by GiNaC, expanded and in structural order. A call f^(k)(u) gives f^(k+1)(u) u'.
[[nodiscard]] ScalarExpr differentiate(const ScalarExpr& body);

}  // namespace dvec
