#include "codegen/cpp_entries.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "support/result.hpp"

namespace dvec {

std::string closed(const CppText& t, Precedence at_least) { return t.binding < at_least ? "(" + t.text + ")" : t.text; }

Extent CppEntries::extent(Shape s) const {
  const Dim one = plan_.pool->dims.one();
  if (s.rows == one) return s.cols == one ? Extent::Scalar : Extent::Row;
  return s.cols == one ? Extent::Column : Extent::Full;
}

std::string CppEntries::operand(PlanOperand o) const {
  const auto view = views_.find(o.value);
  const std::string name = view == views_.end() ? plan_[o.value].name : view->second;
  return o.transposed ? name + ".transpose()" : name;
}

CppText CppEntries::leaf(const EntryExpr& e, EntryPlace place) {
  const PlanOperand o{e.value, e.transposed};
  const std::string name = operand({e.value, false});
  const Extent own = extent(plan_.shape(o));
  const std::string entry = fmt::format("{}({})", name, loop_);
  switch (own) {
    case Extent::Scalar: return {name};
    case Extent::Row:
      if (place == EntryPlace::Column) return {entry};
      return {operand(o) + ".array()", Precedence::Closed, true};
    case Extent::Column:
      if (place == EntryPlace::Diagonal) return {entry};
      return {operand(o) + ".array()", Precedence::Closed, true};
    case Extent::Full:
      require(place == EntryPlace::Column, "a matrix is read column by column");
      return {e.transposed ? fmt::format("{}.row({}).transpose().array()", name, loop_) : fmt::format("{}.col({}).array()", name, loop_),
              Precedence::Closed, true};
  }
  throw Bug("unknown extent");
}

CppText CppEntries::text(const EntryExpr& e, EntryPlace place) {
  switch (e.kind) {
    case EntryExpr::Kind::Value: return leaf(e, place);
    case EntryExpr::Kind::Number: return {cpp_number(e.number), e.number.is_integer() ? Precedence::Closed : Precedence::Product};
    case EntryExpr::Kind::Size: return {"Scalar(" + size(e.size) + ")"};
    case EntryExpr::Kind::Pi: return {"Scalar(3.14159265358979323846264338327950288L)"};
    case EntryExpr::Kind::Add: return add(e, place);
    case EntryExpr::Kind::Multiply: return multiply(e, place);
    case EntryExpr::Kind::Power: return power(text(e.args[0], place), e.number);
    case EntryExpr::Kind::PowerBy: {
      const CppText base = text(e.args[0], place), exponent = text(e.args[1], place);
      if (!base.array && !exponent.array) return {functions_.helper("pow", fmt::format("Scalar({}), Scalar({})", base.text, exponent.text))};
      return {fmt::format("Eigen::pow({}, {})", base.text, exponent.text), Precedence::Closed, true};
    }
    case EntryExpr::Kind::Call: return call(e, place);
    case EntryExpr::Kind::Sum: {
      const CppText inner = text(e.args[0], place == EntryPlace::Number ? EntryPlace::Vector : place);
      require(inner.array, "what is summed has entries");
      return {closed(inner, Precedence::Closed) + ".sum()"};
    }
  }
  throw Bug("unknown kind of entry");
}

CppText CppEntries::add(const EntryExpr& e, EntryPlace place) {
  CppText out{"", Precedence::Sum};
  const auto term = [&](std::size_t k) {
    const Rational& c = e.coefficients[k];
    EntryExpr scaled = e.args[k];
    if (!c.abs().is_one()) {
      EntryExpr number{.kind = EntryExpr::Kind::Number, .number = c.abs()};
      if (scaled == EntryExpr{.kind = EntryExpr::Kind::Number, .number = 1}) scaled = number;
      else scaled = {.kind = EntryExpr::Kind::Multiply, .args = {number, scaled}};
    }
    const CppText t = text(scaled, place);
    out.text += c.is_negative() ? (out.text.empty() ? "-" : " - ") : (out.text.empty() ? "" : " + ");
    out.text += closed(t, Precedence::Product);
    out.array = out.array || t.array;
  };
  for (const bool negative : {false, true})
    for (std::size_t k = 0; k < e.args.size(); ++k)
      if (e.coefficients[k].is_negative() == negative) term(k);
  return out;
}

/// Numbers first, in one bracket, so that they are combined before they meet an array; divisors behind.
CppText CppEntries::multiply(const EntryExpr& e, EntryPlace place) {
  std::vector<const EntryExpr*> factors;
  const auto open = [&](const auto& self, const EntryExpr& m) -> void {
    for (const EntryExpr& a : m.args) {
      if (a.kind == EntryExpr::Kind::Multiply) self(self, a);
      else factors.push_back(&a);
    }
  };
  open(open, e);
  Rational coefficient(1);
  std::vector<CppText> numbers, number_divisors, arrays, array_divisors;
  std::optional<CppText> gate;  // the argument of a step: its product with something is a selection
  for (const EntryExpr* f : factors) {
    if (f->kind == EntryExpr::Kind::Number) {
      coefficient *= f->number;
      continue;
    }
    const bool divides = f->kind == EntryExpr::Kind::Power && f->number.is_negative();
    const bool step = f->kind == EntryExpr::Kind::Call && f->order == 0 && plan_.pool->functions[f->function].name == "step" &&
                      plan_.pool->functions[f->function].kind == ElementFunction::Kind::Primitive;
    if (step && !gate) {
      const CppText argument = text(f->args[0], place);
      if (argument.array) {
        gate = argument;
        continue;
      }
    }
    const CppText t = divides ? power(text(f->args[0], place), -f->number) : text(*f, place);
    (t.array ? (divides ? array_divisors : arrays) : (divides ? number_divisors : numbers)).push_back(t);
  }
  const Rational magnitude = coefficient.abs();
  std::string number;
  const auto times = [](std::string& to, const std::string& factor) { to += (to.empty() ? "" : " * ") + factor; };
  const bool bare = numbers.empty() && arrays.empty() && !gate;
  if (magnitude.numerator() != "1" || (number_divisors.empty() && magnitude.denominator() != "1") || bare)
    times(number, cpp_number(*Rational::parse(magnitude.numerator())));
  for (const CppText& t : numbers) times(number, closed(t, Precedence::Product));
  if (number.empty() && !(number_divisors.empty() && magnitude.denominator() == "1")) number = "Scalar(1)";
  if (magnitude.denominator() != "1") number += " / " + cpp_number(*Rational::parse(magnitude.denominator()));
  for (const CppText& t : number_divisors) number += " / " + closed(t, Precedence::Closed);
  if (coefficient.is_negative()) number = number.empty() ? "-" : number.starts_with("Scalar(") && coefficient.is_negative() && magnitude.numerator() != "1"
                                                                     ? "Scalar(-" + number.substr(7)
                                                                     : "-" + number;
  const bool is_array = !arrays.empty() || !array_divisors.empty() || gate.has_value();
  if (!is_array) return {number, number.starts_with('-') ? Precedence::Sum : Precedence::Product};
  std::string out;
  const bool minus = number == "-";
  if (!number.empty() && !minus) out = number.find(' ') == std::string::npos && !number.starts_with('-') ? number : "(" + number + ")";
  for (const CppText& t : arrays) times(out, closed(t, out.empty() ? Precedence::Product : Precedence::Closed));
  if (out.empty() && !array_divisors.empty()) out = "Scalar(1)";
  for (const CppText& t : array_divisors) out += " / " + closed(t, Precedence::Closed);
  const bool selects = gate && (!arrays.empty() || !array_divisors.empty());
  if (gate) {
    // Eigen selects by packets, and multiplies by a converted comparison one by one.
    if (selects) out = fmt::format("({} > Scalar(0)).select({}, Scalar(0))", closed(*gate, Precedence::Sum), out);
    else times(out, fmt::format("({} > Scalar(0)).template cast<Scalar>()", closed(*gate, Precedence::Sum)));
  }
  if (minus) out = "-" + out;
  return {out, minus ? Precedence::Sum : selects ? Precedence::Closed : Precedence::Product, true};
}

CppText CppEntries::power(const CppText& base, const Rational& q) {
  const std::string inner = closed(base, Precedence::Closed);
  if (q.is_one()) return base;
  if (q.is_negative()) {
    const CppText below = power(base, -q);
    return {"Scalar(1) / " + closed(below, Precedence::Closed), Precedence::Product, base.array};
  }
  if (base.array) {
    if (q == Rational(2)) return {inner + ".square()", Precedence::Closed, true};
    if (q == Rational(3)) return {inner + ".cube()", Precedence::Closed, true};
    if (q == Rational(1, 2)) return {inner + ".sqrt()", Precedence::Closed, true};
    return {fmt::format("{}.pow({})", inner, cpp_number(q)), Precedence::Closed, true};
  }
  if (q == Rational(2)) return {functions_.helper("square", "Scalar(" + base.text + ")")};
  if (q == Rational(1, 2)) return {functions_.helper("sqrt", "Scalar(" + base.text + ")")};
  return {functions_.helper("pow", fmt::format("Scalar({}), Scalar({})", base.text, cpp_number(q)))};
}

CppText CppEntries::call(const EntryExpr& e, EntryPlace place) {
  const CppText argument = text(e.args[0], place);
  if (!argument.array) return {functions_.call(e.function, e.order, "Scalar(" + argument.text + ")")};
  const std::string inner = closed(argument, Precedence::Closed);
  const ElementFunction& f = plan_.pool->functions[e.function];
  const auto array = [](std::string s) { return CppText{std::move(s), Precedence::Closed, true}; };
  if (const std::string method = array_method(plan_, e.function, e.order); !method.empty()) return array(inner + "." + method + "()");
  if (f.kind == ElementFunction::Kind::Primitive && f.name == "relu") return array(inner + ".max(Scalar(0))");
  if (f.kind == ElementFunction::Kind::Primitive && f.name == "step")
    return array(fmt::format("({} > Scalar(0)).template cast<Scalar>()", inner));
  const std::string parameter = functions_.parameter(e.function);
  return array(fmt::format("{}.unaryExpr([{}](const Scalar& {}) -> Scalar {{ return {}; }})", inner,
                           parameter.empty() ? "" : "&" + parameter, entry_, functions_.call(e.function, e.order, entry_)));
}

}  // namespace dvec
