#pragma once
/// Expressions in entries as C++ over Eigen arrays.

#include <string>

#include "codegen/cpp_scalar.hpp"
#include "codegen/cpp_size.hpp"

namespace dvec {

/// Where an expression stands.
enum class EntryPlace {
  Number,    ///< every value in it is 1×1
  Vector,    ///< all of a row or of a column at once
  Column,    ///< column j of a matrix: entries of rows are numbers, columns are arrays
  Diagonal,  ///< entry (j,j): entries of columns are numbers
};

/// Precedence of a C++ text, to know where brackets are needed.
enum class Precedence { Sum, Product, Closed };

struct CppText {
  std::string text;
  Precedence binding = Precedence::Closed;
  bool array = false;  ///< an Eigen array expression; else a Scalar
};

class CppEntries {
 public:
  /// `loop`: the name of the loop's index; `entry`: a name for the parameter of lambdas, used by nothing else.
  CppEntries(const KernelPlan& plan, ScalarFunctions& functions, std::string loop, std::string entry)
      : plan_(plan), functions_(functions), dims_(dim_identifiers(plan)), loop_(std::move(loop)), entry_(std::move(entry)) {}

  CppText text(const EntryExpr& e, EntryPlace place);
  /// The matrix value itself, as an operand: "X", "X.transpose()", "A.reshaped(n, m)".
  [[nodiscard]] std::string operand(PlanOperand o) const;
  [[nodiscard]] std::string size(Dim d) const { return cpp_size(plan_.pool->dims, d, dims_); }
  [[nodiscard]] std::string size_factor(Dim d) const { return cpp_size_factor(plan_.pool->dims, d, dims_); }
  /// A view's text, so that what reads it can be spelled.
  void define_view(ValueId view, const std::string& text) { views_[view] = text; }

 private:
  CppText leaf(const EntryExpr& e, EntryPlace place);
  CppText add(const EntryExpr& e, EntryPlace place);
  CppText multiply(const EntryExpr& e, EntryPlace place);
  CppText power(const CppText& base, const Rational& exponent);
  CppText call(const EntryExpr& e, EntryPlace place);
  [[nodiscard]] Extent extent(Shape s) const;

  const KernelPlan& plan_;
  ScalarFunctions& functions_;
  std::map<std::string, std::string> dims_;
  std::map<ValueId, std::string> views_;
  std::string loop_, entry_;
};

[[nodiscard]] std::string closed(const CppText& t, Precedence at_least);

}  // namespace dvec
