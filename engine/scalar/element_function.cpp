#include "scalar/element_function.hpp"

#include "support/result.hpp"

namespace dvec {

FunctionId FunctionTable::add(ElementFunction function) {
  require(!by_name_.contains(function.name), "an elementwise function is declared twice");
  const FunctionId id(functions_.size());
  by_name_.emplace(function.name, id);
  functions_.push_back(std::move(function));
  return id;
}

FunctionId FunctionTable::declare(ElementFunction function) {
  functions_.push_back(std::move(function));
  return FunctionId(functions_.size() - 1);
}

void FunctionTable::set_derivative(FunctionId f, ScalarExpr derivative) {
  functions_.at(f.value).derivative = std::move(derivative);
}

std::optional<FunctionId> FunctionTable::find(std::string_view name) const {
  const auto known = by_name_.find(name);
  if (known == by_name_.end()) return std::nullopt;
  return known->second;
}

namespace {

/// Derivatives of primitives that a differentiation left as calls f^(k), k >= 1, put in terms of their formulas.
ScalarExpr resolve(const ScalarExpr& e, const FunctionTable& table) {
  if (e.kind != ScalarExpr::Kind::Call) {
    ScalarExpr out = e;
    for (ScalarExpr& a : out.args) a = resolve(a, table);
    return out;
  }
  const ScalarExpr argument = resolve(e.args[0], table);
  if (e.order == 0 || table[e.function].kind == ElementFunction::Kind::Opaque)
    return ScalarExpr::call(e.function, e.order, argument);
  // Put the argument into the formula of f^(k).
  const auto put = [&argument](const auto& self, const ScalarExpr& body) -> ScalarExpr {
    if (body.kind == ScalarExpr::Kind::Argument) return argument;
    ScalarExpr out = body;
    for (ScalarExpr& a : out.args) a = self(self, a);
    return out;
  };
  const ScalarExpr formula = table.formula(e.function, e.order);
  return put(put, formula);
}

}  // namespace

ScalarExpr FunctionTable::formula(FunctionId f, int order) const {
  const ElementFunction& function = (*this)[f];
  switch (function.kind) {
    case ElementFunction::Kind::Opaque: return ScalarExpr::call(f, order, ScalarExpr::argument());
    case ElementFunction::Kind::Defined: {
      ScalarExpr body = function.body;
      for (int k = 0; k < order; ++k) body = resolve(differentiate(body), *this);
      return body;
    }
    case ElementFunction::Kind::Primitive: {
      if (order == 0 || !function.derivative) return ScalarExpr::call(f, order, ScalarExpr::argument());
      ScalarExpr body = *function.derivative;
      for (int k = 1; k < order; ++k) body = resolve(differentiate(body), *this);
      return body;
    }
  }
  throw Bug("unknown kind of elementwise function");
}

}  // namespace dvec
