#include "codegen/cpp_scalar.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "codegen/identifier.hpp"
#include "support/result.hpp"

namespace dvec {

namespace {

/// Every helper with what it calls; in an order in which each stands after those.
struct Helper {
  const char* name;
  const char* calls;  ///< names, separated by blanks
  const char* text;
};

constexpr const char* kFromStd = R"(template <class Scalar>
inline Scalar {0}(const Scalar& x) {{
  using std::{0};
  return {0}(x);
}}
)";

constexpr const char* kStdNames[] = {"exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "atan", "abs", "erf", "log1p"};

constexpr Helper kHelpers[] = {
    {"pow", "", R"(template <class Scalar>
inline Scalar pow(const Scalar& x, const Scalar& y) {
  using std::pow;
  return pow(x, y);
}
)"},
    {"square", "", R"(template <class Scalar>
inline Scalar square(const Scalar& x) {
  return x * x;
}
)"},
    {"relu", "", R"(template <class Scalar>
inline Scalar relu(const Scalar& x) {
  return x > Scalar(0) ? x : Scalar(0);
}
)"},
    {"step", "", R"(/// 1 where x > 0, else 0.
template <class Scalar>
inline Scalar step(const Scalar& x) {
  return x > Scalar(0) ? Scalar(1) : Scalar(0);
}
)"},
    {"sign", "", R"(template <class Scalar>
inline Scalar sign(const Scalar& x) {
  return Scalar(x > Scalar(0) ? 1 : 0) - Scalar(x < Scalar(0) ? 1 : 0);
}
)"},
    {"sigmoid", "exp", R"(/// 1/(1 + exp(-x)), without overflow.
template <class Scalar>
inline Scalar sigmoid(const Scalar& x) {
  if (x >= Scalar(0)) return Scalar(1) / (Scalar(1) + detail::exp(Scalar(-x)));
  const Scalar e = detail::exp(x);
  return e / (Scalar(1) + e);
}
)"},
    {"softplus", "exp log1p abs relu", R"(/// log(1 + exp(x)), without overflow.
template <class Scalar>
inline Scalar softplus(const Scalar& x) {
  return detail::relu(x) + detail::log1p(detail::exp(Scalar(-detail::abs(x))));
}
)"},
    {"gammaln", "", R"(template <class Scalar>
inline Scalar gammaln(const Scalar& x) {
  using std::lgamma;
  return lgamma(x);
}
)"},
    {"psi", "log", R"(/// Digamma for x > 0: the recurrence psi(x) = psi(x+1) - 1/x up to x >= 20, then the asymptotic series.
template <class Scalar>
inline Scalar psi(Scalar x) {
  Scalar value = Scalar(0);
  for (; x < Scalar(20); x += Scalar(1)) value -= Scalar(1) / x;
  const Scalar y = Scalar(1) / (x * x);
  Scalar series = Scalar(174611) / Scalar(6600);
  series = Scalar(43867) / Scalar(14364) - y * series;
  series = Scalar(3617) / Scalar(8160) - y * series;
  series = Scalar(1) / Scalar(12) - y * series;
  series = Scalar(691) / Scalar(32760) - y * series;
  series = Scalar(1) / Scalar(132) - y * series;
  series = Scalar(1) / Scalar(240) - y * series;
  series = Scalar(1) / Scalar(252) - y * series;
  series = Scalar(1) / Scalar(120) - y * series;
  series = Scalar(1) / Scalar(12) - y * series;
  return value + detail::log(x) - Scalar(1) / (Scalar(2) * x) - y * series;
}
)"},
};

bool is_std(const std::string& name) { return std::ranges::find(kStdNames, name) != std::end(kStdNames); }

const Helper* helper_named(const std::string& name) {
  for (const Helper& h : kHelpers)
    if (name == h.name) return &h;
  return nullptr;
}

void add_helper(const std::string& name, std::set<std::string>& to) {
  if (!to.insert(name).second || is_std(name)) return;
  const Helper* h = helper_named(name);
  require(h != nullptr, "the kernel calls a function that has no text");
  std::string word;
  for (const char c : std::string(h->calls) + " ") {
    if (c != ' ') word += c;
    else if (!word.empty()) {
      add_helper(word, to);
      word.clear();
    }
  }
}


}  // namespace

std::string cpp_number(const Rational& value) {
  const auto integer = [](const std::string& digits) {
    const bool fits = Rational::parse(digits[0] == '-' ? digits.substr(1) : digits)->to_int64().has_value();
    // Beyond int a literal is long, and beyond long a floating one.
    return fits ? fmt::format("Scalar({})", digits) : fmt::format("Scalar({}.0L)", digits);
  };
  if (value.is_integer()) return integer(value.numerator());
  return integer(value.numerator()) + " / " + integer(value.denominator());
}

ScalarFunctions::ScalarFunctions(const KernelPlan& plan) : plan_(plan) {
  for (std::size_t i = 0; i < plan.functions.size(); ++i) parameters_[plan.functions[i]] = plan.function_names[i];
}

std::string ScalarFunctions::parameter(FunctionId f) const {
  const auto p = parameters_.find(f);
  return p == parameters_.end() ? "" : p->second;
}

std::string ScalarFunctions::helper(const std::string& name, const std::string& arguments) {
  add_helper(name, helpers_);
  return fmt::format("detail::{}({})", name, arguments);
}

std::string ScalarFunctions::callee(FunctionId f, int order) {
  if (const std::string p = parameter(f); !p.empty()) return p + (order == 0 ? ".value" : fmt::format(".d{}", order));
  const ElementFunction& function = plan_.pool->functions[f];
  if (function.kind == ElementFunction::Kind::Defined) {
    define(f, order);
    return "functions::" + defined_.at({f, order});
  }
  require(order == 0, "derivatives of the rule book's functions are lowered to their formulas");
  add_helper(function.name, helpers_);
  return "detail::" + function.name;
}

std::string ScalarFunctions::call(FunctionId f, int order, const std::string& argument) {
  return fmt::format("{}({})", callee(f, order), argument);
}

void ScalarFunctions::define(FunctionId f, int order) {
  if (defined_.contains({f, order})) return;
  const ElementFunction& function = plan_.pool->functions[f];
  Names names;
  for (const auto& [key, name] : defined_) names.take(name);
  defined_[{f, order}] = names.unique(function.name + (order == 0 ? "" : fmt::format("_d{}", order)));
  const std::string body = scalar_expr(plan_.pool->functions.formula(f, order), 0);
  const std::string which = order == 0 ? function.name : fmt::format("derivative of {} of order {}", function.name, order);
  definitions_.push_back(fmt::format("/// {}\ntemplate <class Scalar>\ninline Scalar {}(const Scalar& x) {{\n  return {};\n}}\n", which,
                                     defined_.at({f, order}), body));
}

/// level 0: a sum may stand here; 1: a product; 2: something closed.
std::string ScalarFunctions::scalar_expr(const ScalarExpr& e, int level) {
  const auto closed = [&](int own, const std::string& s) { return own < level ? "(" + s + ")" : s; };
  switch (e.kind) {
    case ScalarExpr::Kind::Number: return closed(e.number.is_integer() ? 2 : 1, cpp_number(e.number));
    case ScalarExpr::Kind::Pi: return "Scalar(3.14159265358979323846264338327950288L)";
    case ScalarExpr::Kind::Argument: return "x";
    case ScalarExpr::Kind::Add: {
      std::string out;
      for (const ScalarExpr& a : e.args) out += (out.empty() ? "" : " + ") + scalar_expr(a, 1);
      return closed(0, out);
    }
    case ScalarExpr::Kind::Multiply: {
      std::string out;
      for (const ScalarExpr& a : e.args) out += (out.empty() ? "" : " * ") + scalar_expr(a, out.empty() ? 1 : 2);
      return closed(1, out);
    }
    case ScalarExpr::Kind::Power: {
      const ScalarExpr& base = e.args[0];
      const ScalarExpr& exponent = e.args[1];
      if (exponent.kind == ScalarExpr::Kind::Number) {
        if (exponent.number == Rational(2)) return helper("square", "Scalar(" + scalar_expr(base, 0) + ")");
        if (exponent.number == Rational(1, 2)) return helper("sqrt", "Scalar(" + scalar_expr(base, 0) + ")");
        if (exponent.number == Rational(-1)) return closed(1, "Scalar(1) / " + scalar_expr(base, 2));
        if (exponent.number == Rational(-2)) return closed(1, "Scalar(1) / " + helper("square", "Scalar(" + scalar_expr(base, 0) + ")"));
      }
      return helper("pow", fmt::format("Scalar({}), Scalar({})", scalar_expr(base, 0), scalar_expr(exponent, 0)));
    }
    case ScalarExpr::Kind::Call: return call(e.function, e.order, "Scalar(" + scalar_expr(e.args[0], 0) + ")");
  }
  throw Bug("unknown kind of scalar expression");
}

std::string ScalarFunctions::helpers() const {
  std::string out;
  for (const char* name : kStdNames)
    if (helpers_.contains(name)) out += fmt::format(fmt::runtime(kFromStd), name) + "\n";
  // Callees stand before callers, so that a helper is found wherever it is used.
  for (const Helper& h : kHelpers)
    if (helpers_.contains(h.name)) out += std::string(h.text) + "\n";
  return out;
}

std::string ScalarFunctions::definitions() const {
  if (definitions_.empty()) return "";
  std::string out = "/// The program's own functions, and their derivatives.\nnamespace functions {\n\n";
  for (const std::string& d : definitions_) out += d + "\n";
  return out + "}  // namespace functions\n\n";
}

std::string array_method(const KernelPlan& plan, FunctionId f, int order) {
  const ElementFunction& function = plan.pool->functions[f];
  if (function.kind != ElementFunction::Kind::Primitive || order != 0) return "";
  for (const char* same : {"exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "atan", "abs", "sign"})
    if (function.name == same) return same;
  return function.name == "sigmoid" ? "logistic" : "";
}

}  // namespace dvec
