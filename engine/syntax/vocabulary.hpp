#pragma once
/// What elaboration may use beyond the primitive operators: derived operators, each a call with a meaning.
/// Elementwise functions are in the pool's FunctionTable. Both are filled from the rule book.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scalar/rational.hpp"
#include "syntax/syntax_tree.hpp"

namespace dvec {

/// A matrix with a declared shape, or a number that the call must state: mean(A,1) has the parameters A and 1.
struct DerivedParameter {
  std::string name;  ///< empty for a literal
  std::optional<Rational> literal;
  VariableDeclaration declaration;  ///< shape as expressions over size names, in DerivedOperator::tree
};

/// name(parameters) means body. A size name of a parameter's shape (a lone name: m in A(m,n)) is bound by the argument
/// when first met; later occurrences, and any other expression, must agree with the argument.
struct DerivedOperator {
  std::string name;
  std::vector<DerivedParameter> parameters;
  std::shared_ptr<const SyntaxTree> declarations;  ///< where the shapes of the parameters stand; may be the body's tree
  std::shared_ptr<const SyntaxTree> body;          ///< its root is the meaning
};

class Vocabulary {
 public:
  /// Several operators of one name are tried in the order of addition; the first whose literals and shapes fit is
  /// meant.
  void add(DerivedOperator derived);
  /// All of this name, in order; empty when there is none.
  [[nodiscard]] const std::vector<DerivedOperator>& find(std::string_view name) const;
  /// Sorted.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  std::map<std::string, std::vector<DerivedOperator>, std::less<>> by_name_;
};

/// "mean(A,1) for A m×n": how a derived operator is called.
[[nodiscard]] std::string text(const DerivedOperator& derived);

/// Names that elaboration knows by itself (kron, vec, ..., grad); sorted.
[[nodiscard]] const std::vector<std::string>& primitive_names();

}  // namespace dvec
