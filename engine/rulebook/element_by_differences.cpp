#include "rulebook/element_by_differences.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <numbers>
#include <optional>

namespace dvec {

namespace {

using Real = long double;
using Function = Real (*)(Real);

/// log(gamma)' by its recurrence and its asymptotic series. Source: the series with Bernoulli numbers B2, B4, ..., B12.
Real digamma(Real x) {
  Real below = 0;
  for (; x < 20; x += 1) below += 1 / x;
  const Real y = 1 / (x * x);
  const Real tail =
      y * (1.0L / 12 - y * (1.0L / 120 - y * (1.0L / 252 - y * (1.0L / 240 - y * (1.0L / 132 - y * 691.0L / 32760)))));
  return std::log(x) - 1 / (2 * x) - tail - below;
}

Function known(const std::string& name) {
  static const std::map<std::string, Function, std::less<>> table = {
      {"exp", [](Real x) { return std::exp(x); }},
      {"log", [](Real x) { return std::log(x); }},
      {"sqrt", [](Real x) { return std::sqrt(x); }},
      {"sin", [](Real x) { return std::sin(x); }},
      {"cos", [](Real x) { return std::cos(x); }},
      {"tan", [](Real x) { return std::tan(x); }},
      {"sinh", [](Real x) { return std::sinh(x); }},
      {"cosh", [](Real x) { return std::cosh(x); }},
      {"tanh", [](Real x) { return std::tanh(x); }},
      {"atan", [](Real x) { return std::atan(x); }},
      {"erf", [](Real x) { return std::erf(x); }},
      {"gammaln", [](Real x) { return std::lgamma(x); }},
      {"psi", digamma},
      {"sigmoid", [](Real x) { return 1 / (1 + std::exp(-x)); }},
      {"softplus", [](Real x) { return std::log1p(std::exp(x)); }},
      {"abs", [](Real x) { return std::fabs(x); }},
      {"sign", [](Real x) { return x > 0   ? Real(1)
                                   : x < 0 ? Real(-1)
                                           : Real(0); }},
      {"step", [](Real x) { return x > 0 ? Real(1) : Real(0); }},
      {"relu", [](Real x) { return x > 0 ? x : Real(0); }},
  };
  const auto at = table.find(name);
  return at == table.end() ? nullptr : at->second;
}

/// Nothing where a function is called that is not in the table.
std::optional<Real> value(const ScalarExpr& e, Real x, const FunctionTable& functions) {
  std::vector<Real> args;
  for (const ScalarExpr& a : e.args) {
    const auto v = value(a, x, functions);
    if (!v) return std::nullopt;
    args.push_back(*v);
  }
  Real out = 0;
  switch (e.kind) {
    case ScalarExpr::Kind::Number: return e.number.to_double();
    case ScalarExpr::Kind::Pi: return std::numbers::pi_v<Real>;
    case ScalarExpr::Kind::Argument: return x;
    case ScalarExpr::Kind::Add:
      for (const Real a : args) out += a;
      return out;
    case ScalarExpr::Kind::Multiply:
      out = 1;
      for (const Real a : args) out *= a;
      return out;
    case ScalarExpr::Kind::Power: return std::pow(args.at(0), args.at(1));
    case ScalarExpr::Kind::Call: {
      const Function f = e.order == 0 ? known(functions[e.function].name) : nullptr;
      if (!f) return std::nullopt;
      return f(args.at(0));
    }
  }
  return std::nullopt;
}

}  // namespace

DifferenceAnswer slope_by_differences(const FunctionTable& functions, FunctionId id) {
  const ElementFunction& f = functions[id];
  const Function at = known(f.name);
  if (!at) return {false, false, "there is no second " + f.name + " to compare with"};
  constexpr Real h = 0x1p-12L, kAccepted = 1e-10L;
  const auto central = [&](Real x, Real step) { return (at(x + step) - at(x - step)) / (2 * step); };
  for (const Real x : {-1.7L, -0.9L, -0.3L, 0.2L, 0.6L, 1.1L, 2.3L}) {
    if (x < 0 && !f.domain.empty()) continue;
    const auto stated = value(*f.derivative, x, functions);
    if (!stated) return {false, false, "its derivative calls a function that there is no second one of"};
    // Richardson: the errors of order h^2 and h^4 cancel.
    const Real d1 = central(x, h), d2 = central(x, 2 * h), d4 = central(x, 4 * h);
    const Real r1 = (4 * d1 - d2) / 3, r2 = (4 * d2 - d4) / 3, slope = (16 * r1 - r2) / 15;
    if (!(std::fabs(slope - *stated) <= kAccepted * (1 + std::fabs(slope))))
      return {true, false,
              fmt::format("at x = {:.3g} the slope is {:.12g}, and the formula gives {:.12g}", static_cast<double>(x),
                          static_cast<double>(slope), static_cast<double>(*stated))};
  }
  return {true, true, ""};
}

}  // namespace dvec
