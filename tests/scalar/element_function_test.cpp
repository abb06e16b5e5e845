#include <catch2/catch.hpp>

#include "scalar/element_function.hpp"

using namespace dvec;

namespace {

ScalarExpr x() { return ScalarExpr::argument(); }
ScalarExpr num(std::int64_t k) { return ScalarExpr::of_number(Rational(k)); }

}  // namespace

TEST_CASE("the derivative of a power is found by GiNaC and put into structural order") {
  CHECK(differentiate(ScalarExpr::power(x(), num(3))) == ScalarExpr::multiply({num(3), ScalarExpr::power(x(), num(2))}));
}

TEST_CASE("an opaque function gains a prime and the chain rule its factor") {
  FunctionTable table;
  const FunctionId a = table.add({"a", ElementFunction::Kind::Opaque, {}, {}, "", ""});
  const ScalarExpr d = differentiate(ScalarExpr::call(a, 0, ScalarExpr::multiply({num(2), x()})));
  CHECK(d == ScalarExpr::multiply({num(2), ScalarExpr::call(a, 1, ScalarExpr::multiply({num(2), x()}))}));
}

TEST_CASE("second derivatives of a primitive go through its stated first derivative") {
  FunctionTable table;
  const FunctionId tanh = table.add({"tanh", ElementFunction::Kind::Primitive, {}, {}, "", ""});
  const ScalarExpr t = ScalarExpr::call(tanh, 0, x());
  table.set_derivative(tanh, ScalarExpr::add({num(1), ScalarExpr::multiply({num(-1), ScalarExpr::power(t, num(2))})}));
  const ScalarExpr second = table.formula(tanh, 2);
  // -2 tanh (1 - tanh^2): no call of tanh' is left.
  const auto has_prime = [](const auto& self, const ScalarExpr& e) -> bool {
    for (const ScalarExpr& a : e.args)
      if (self(self, a)) return true;
    return e.kind == ScalarExpr::Kind::Call && e.order > 0;
  };
  CHECK_FALSE(has_prime(has_prime, second));
  CHECK(second.kind == ScalarExpr::Kind::Multiply);
}
