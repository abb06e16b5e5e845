#pragma once
/// What is said when shapes do not fit: both shapes, where each came from, and one repair that has been tried.

#include <string>
#include <vector>

#include "syntax/expression.hpp"

namespace dvec {

class ShapeError {
 public:
  ShapeError(ExpressionElaborator& elaborator, const Frame& frame) : elaborator_(elaborator), frame_(frame) {}

  /// Two operands of `node` that do not fit. `why` ends the sentence "X is N×p1 but G1' is p2×p1: ...".
  [[nodiscard]] Diagnostic operands(const SyntaxNode& node, const Value& left, const Value& right, const char* code,
                                    std::string message, const std::string& why);
  /// One argument of a call that has the wrong shape; `repairs` are texts that may stand in the place of the call.
  [[nodiscard]] Diagnostic argument(const SyntaxNode& call, std::size_t which, const Value& value, const char* code,
                                    std::string message, const std::vector<std::string>& repairs = {});
  [[nodiscard]] Diagnostic unknown_name(const SyntaxNode& node);

  /// "G1 is p1×p2 (declared at 3:1)" for the names in some expressions: each once, the first four.
  [[nodiscard]] std::vector<std::string> origins(const std::vector<SyntaxId>& in);
  /// The call as other forms would have it: with the literals of each.
  [[nodiscard]] std::vector<std::string> other_literals(const SyntaxNode& call,
                                                        const std::vector<DerivedOperator>& forms) const;
  /// The first text that fits in the place of a node: in the whole expression, or else by itself.
  [[nodiscard]] std::string first_that_fits(Span place, const std::vector<std::string>& texts);
  /// "N×p1".
  [[nodiscard]] std::string shape(const Value& v) const;
  /// As written, shortened; in brackets where an operator before or after it would take it apart.
  [[nodiscard]] std::string quoted(SyntaxId id) const;
  [[nodiscard]] std::string quoted_span(Span span) const;
  [[nodiscard]] std::string factor(SyntaxId id) const;
  /// The transpose of an expression as one would write it: X' for X, X for X'.
  [[nodiscard]] std::string turned(SyntaxId id) const;
  /// The call with one argument transposed, with two arguments swapped, or with one stacked.
  [[nodiscard]] std::vector<std::string> other_arguments(const SyntaxNode& call) const;

 private:
  [[nodiscard]] std::vector<std::string> repairs(const SyntaxNode& node, const Value& left, const Value& right) const;
  [[nodiscard]] bool fits(const std::string& text);

  ExpressionElaborator& elaborator_;
  const Frame& frame_;
};

}  // namespace dvec
