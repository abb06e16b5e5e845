#pragma once
/// Numbers and functions of one number as C++: what a kernel needs beside Eigen.

#include <map>
#include <set>
#include <string>

#include "codegen/kernel_plan.hpp"

namespace dvec {

/// "Scalar(2)", "Scalar(1) / Scalar(100000)": exact as long as Scalar can hold numerator and denominator.
[[nodiscard]] std::string cpp_number(const Rational& value);

/// The helpers (namespace detail) and functions of the program (namespace functions) that a kernel calls. Asking for one
/// makes it part of the kernel's text.
class ScalarFunctions {
 public:
  explicit ScalarFunctions(const KernelPlan& plan);

  /// f^(order) at a number: "detail::exp(x)", "functions::swish_d1(x)", "a.d1(x)".
  std::string call(FunctionId f, int order, const std::string& argument);
  /// The same without its argument list, to be applied to a number: "detail::exp", "a.d1".
  std::string callee(FunctionId f, int order);
  std::string helper(const std::string& name, const std::string& arguments);
  /// The parameter that brings an opaque function, to be captured by lambdas; empty for the others.
  [[nodiscard]] std::string parameter(FunctionId f) const;

  /// Definitions of all helpers that were asked for: the inside of namespace detail.
  [[nodiscard]] std::string helpers() const;
  /// Namespace functions; empty when none of the program's functions was asked for.
  [[nodiscard]] std::string definitions() const;

 private:
  std::string scalar_expr(const ScalarExpr& e, int level);
  void define(FunctionId f, int order);

  const KernelPlan& plan_;
  std::map<FunctionId, std::string> parameters_;
  std::set<std::string> helpers_;
  std::map<std::pair<FunctionId, int>, std::string> defined_;  ///< names
  std::vector<std::string> definitions_;                       ///< texts, callees first
};

/// Is f a function that Eigen has for arrays? Its spelling as a method: "exp".
[[nodiscard]] std::string array_method(const KernelPlan& plan, FunctionId f, int order);

}  // namespace dvec
