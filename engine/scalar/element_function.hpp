#pragma once
/// Elementwise functions: opaque ones, primitive ones (the rule book states f'), and ones with a body (GiNaC finds f').

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scalar/scalar_expr.hpp"

namespace dvec {

struct ElementFunction {
  enum class Kind { Opaque, Primitive, Defined };
  std::string name;
  Kind kind = Kind::Opaque;
  ScalarExpr body;                    ///< Defined: f(x)
  std::optional<ScalarExpr> derivative;  ///< Primitive: f'(x), absent when f' has no closed form of its own
  std::string kink;                   ///< "relu'(0) = 0": what is said of points without a derivative; may be empty
  std::string domain;                 ///< "x > 0"; may be empty
};

class FunctionTable {
 public:
  /// The id of a new function; the name must be new.
  FunctionId add(ElementFunction function);
  /// The id of a function that one program declares: its name may repeat another's, and `find` goes on answering with
  /// the function that was added under the name.
  FunctionId declare(ElementFunction function);
  /// Completes a primitive whose derivative needs functions declared after it.
  void set_derivative(FunctionId f, ScalarExpr derivative);
  [[nodiscard]] std::optional<FunctionId> find(std::string_view name) const;
  [[nodiscard]] const ElementFunction& operator[](FunctionId f) const { return functions_.at(f.value); }
  [[nodiscard]] std::size_t size() const { return functions_.size(); }

  /// f^(order)(x) as an expression in other functions: the body's derivative for a defined function, the stated
  /// derivative (differentiated further) for a primitive. A call of f itself where nothing better is known.
  [[nodiscard]] ScalarExpr formula(FunctionId f, int order) const;

 private:
  std::vector<ElementFunction> functions_;
  std::map<std::string, FunctionId, std::less<>> by_name_;
};

}  // namespace dvec
