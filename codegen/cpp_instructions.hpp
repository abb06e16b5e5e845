#pragma once
/// Instructions of a plan as statements of C++.

#include <string>
#include <vector>

#include "codegen/cpp_entries.hpp"

namespace dvec {

class CppInstructions {
 public:
  explicit CppInstructions(const KernelPlan& plan);

  /// The body of the kernel, indented by two: every step in order.
  std::string text();
  [[nodiscard]] ScalarFunctions& functions() { return functions_; }

 private:
  using Lines = std::vector<std::string>;
  Lines step(const PlanStep& step);
  void whole(const Instruction& i, Lines& out);
  void in_loop(const Instruction& i, Lines& before, Lines& inside, Lines& after);
  void materialise(const Instruction& i, Lines& out);
  void kronecker(const Instruction& i, Lines& out);
  void slice(const Instruction& i, Lines& out);
  void place(const Instruction& i, Lines& out);
  void triangle_rows(const Instruction& i, Lines& out);
  void triangle_loops(Dim n, Lines& out) const;
  /// Rows that belong to entry (i,j) of the triangle: among n(n+1)/2, and among n*n for any row and column.
  [[nodiscard]] std::string triangle_row(Dim n) const;
  [[nodiscard]] std::string full_row(Dim n, const std::string& row, const std::string& column) const;
  [[nodiscard]] std::string offset(Dim first) const;
  void product(const Instruction& i, Lines& out);
  void comment(const Instruction& i, Lines& out) const;
  /// `scale * text`, both as C++.
  std::string scaled(const EntryExpr& scale, const CppText& t);
  [[nodiscard]] const std::string& result(const Instruction& i) const { return plan_[i.result].name; }
  [[nodiscard]] bool is_scalar(ValueId v) const { return plan_.pool->is_scalar(plan_[v].shape); }

  const KernelPlan& plan_;
  std::string j_, i_, entry_;
  ScalarFunctions functions_;
  CppEntries entries_;
};

}  // namespace dvec
