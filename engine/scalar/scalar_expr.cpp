#include "scalar/scalar_expr.hpp"

#include <ginac/add.h>
#include <ginac/constant.h>
#include <ginac/function.h>
#include <ginac/mul.h>
#include <ginac/numeric.h>
#include <ginac/operators.h>
#include <ginac/power.h>
#include <ginac/registrar.h>
#include <ginac/symbol.h>

#include <algorithm>
#include <sstream>

#include "support/result.hpp"

namespace dvec {

namespace {

/// element(f, k, u) stands for f^(k)(u). GiNaC differentiates through it and knows nothing else of it.
DECLARE_FUNCTION_3P(element)

GiNaC::ex derivative_of_element(const GiNaC::ex& f, const GiNaC::ex& k, const GiNaC::ex& u, unsigned which) {
  require(which == 2, "only the argument of an elementwise function varies");
  return element(f, k + 1, u);
}

REGISTER_FUNCTION(element, derivative_func(derivative_of_element))

GiNaC::ex to_ginac(const ScalarExpr& e, const GiNaC::symbol& x) {
  using Kind = ScalarExpr::Kind;
  switch (e.kind) {
    case Kind::Number: return GiNaC::numeric(e.number.text().c_str());
    case Kind::Pi: return GiNaC::Pi;
    case Kind::Argument: return x;
    case Kind::Add: {
      GiNaC::ex sum = 0;
      for (const ScalarExpr& a : e.args) sum += to_ginac(a, x);
      return sum;
    }
    case Kind::Multiply: {
      GiNaC::ex product = 1;
      for (const ScalarExpr& a : e.args) product *= to_ginac(a, x);
      return product;
    }
    case Kind::Power: return GiNaC::pow(to_ginac(e.args[0], x), to_ginac(e.args[1], x));
    case Kind::Call:
      return element(GiNaC::numeric(static_cast<long>(e.function.value)), e.order, to_ginac(e.args[0], x));
  }
  throw Bug("unknown kind of scalar expression");
}

ScalarExpr from_ginac(const GiNaC::ex& e);

std::vector<ScalarExpr> sorted_operands(const GiNaC::ex& e) {
  std::vector<ScalarExpr> out;
  for (const GiNaC::ex& part : e) out.push_back(from_ginac(part));
  std::sort(out.begin(), out.end(), before);
  return out;
}

Rational number_of(const GiNaC::numeric& n) {
  std::ostringstream num, den;
  num << GiNaC::abs(n).numer();
  den << n.denom();
  const Rational magnitude = *Rational::parse(num.str()) / *Rational::parse(den.str());
  return n.is_negative() ? -magnitude : magnitude;
}

ScalarExpr from_ginac(const GiNaC::ex& e) {
  if (GiNaC::is_a<GiNaC::numeric>(e)) return ScalarExpr::of_number(number_of(GiNaC::ex_to<GiNaC::numeric>(e)));
  if (GiNaC::is_a<GiNaC::constant>(e)) return ScalarExpr::pi();
  if (GiNaC::is_a<GiNaC::symbol>(e)) return ScalarExpr::argument();
  if (GiNaC::is_a<GiNaC::add>(e)) return ScalarExpr::add(sorted_operands(e));
  if (GiNaC::is_a<GiNaC::mul>(e)) return ScalarExpr::multiply(sorted_operands(e));
  if (GiNaC::is_a<GiNaC::power>(e)) return ScalarExpr::power(from_ginac(e.op(0)), from_ginac(e.op(1)));
  if (GiNaC::is_a<GiNaC::function>(e)) {
    const auto index = static_cast<std::size_t>(GiNaC::ex_to<GiNaC::numeric>(e.op(0)).to_long());
    return ScalarExpr::call(FunctionId(index), GiNaC::ex_to<GiNaC::numeric>(e.op(1)).to_int(), from_ginac(e.op(2)));
  }
  throw Bug("GiNaC returned an expression of an unknown kind");
}

}  // namespace

ScalarExpr ScalarExpr::of_number(Rational value) {
  ScalarExpr e;
  e.number = std::move(value);
  return e;
}

ScalarExpr ScalarExpr::argument() {
  ScalarExpr e;
  e.kind = Kind::Argument;
  return e;
}

ScalarExpr ScalarExpr::pi() {
  ScalarExpr e;
  e.kind = Kind::Pi;
  return e;
}

ScalarExpr ScalarExpr::add(std::vector<ScalarExpr> args) {
  ScalarExpr e;
  e.kind = Kind::Add;
  e.args = std::move(args);
  return e;
}

ScalarExpr ScalarExpr::multiply(std::vector<ScalarExpr> args) {
  ScalarExpr e;
  e.kind = Kind::Multiply;
  e.args = std::move(args);
  return e;
}

ScalarExpr ScalarExpr::power(ScalarExpr base, ScalarExpr exponent) {
  ScalarExpr e;
  e.kind = Kind::Power;
  e.args = {std::move(base), std::move(exponent)};
  return e;
}

ScalarExpr ScalarExpr::call(FunctionId function, int order, ScalarExpr arg) {
  ScalarExpr e;
  e.kind = Kind::Call;
  e.function = function;
  e.order = order;
  e.args = {std::move(arg)};
  return e;
}

bool before(const ScalarExpr& a, const ScalarExpr& b) {
  if (a.kind != b.kind) return a.kind < b.kind;
  if (a.number != b.number) return a.number < b.number;
  if (a.function != b.function) return a.function < b.function;
  if (a.order != b.order) return a.order < b.order;
  return std::lexicographical_compare(a.args.begin(), a.args.end(), b.args.begin(), b.args.end(), before);
}

ScalarExpr differentiate(const ScalarExpr& body) {
  const GiNaC::symbol x("x");
  return from_ginac(to_ginac(body, x).diff(x));
}

}  // namespace dvec
