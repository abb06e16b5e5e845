#include "codegen/entry_expr.hpp"

#include <utility>

#include "support/result.hpp"

namespace dvec {

EntryExpr EntryExpr::of_number(Rational value) {
  EntryExpr e;
  e.number = std::move(value);
  return e;
}

EntryExpr EntryExpr::pi() {
  EntryExpr e;
  e.kind = Kind::Pi;
  return e;
}

EntryExpr EntryExpr::of_size(Dim d) {
  EntryExpr e;
  e.kind = Kind::Size;
  e.size = d;
  return e;
}

EntryExpr EntryExpr::operand(ValueId value, Access access) {
  EntryExpr e;
  e.kind = Kind::Operand;
  e.value = value;
  e.access = access;
  return e;
}

namespace {

/// c and the rest of a product whose number stands in front.
std::pair<Rational, EntryExpr> split_coefficient(EntryExpr e) {
  if (e.kind != EntryExpr::Kind::Multiply || !e.args[0].is_number()) return {Rational(1), std::move(e)};
  const Rational c = e.args[0].number;
  e.args.erase(e.args.begin());
  if (e.args.size() == 1) return {c, EntryExpr(e.args[0])};
  return {c, std::move(e)};
}

}  // namespace

EntryExpr EntryExpr::add(std::vector<EntryExpr> parts, std::vector<Rational> coefficients) {
  EntryExpr sum;
  sum.kind = Kind::Add;
  Rational constant(0);
  const auto take = [&](Rational c, EntryExpr part) {
    auto [inner, rest] = split_coefficient(std::move(part));
    c = c * inner;
    if (c.is_zero()) return;
    if (rest.is_number()) {
      constant += c * rest.number;
      return;
    }
    sum.args.push_back(std::move(rest));
    sum.coefficients.push_back(c);
  };
  for (std::size_t k = 0; k < parts.size(); ++k) {
    if (parts[k].kind != Kind::Add) {
      take(coefficients[k], std::move(parts[k]));
      continue;
    }
    for (std::size_t l = 0; l < parts[k].args.size(); ++l)
      take(coefficients[k] * parts[k].coefficients[l], std::move(parts[k].args[l]));
  }
  if (!constant.is_zero()) {
    sum.args.push_back(of_number(constant));
    sum.coefficients.push_back(Rational(1));
  }
  if (sum.args.empty()) return of_number(Rational(0));
  if (sum.args.size() > 1) return sum;
  if (sum.coefficients[0].is_one()) return EntryExpr(sum.args[0]);
  return multiply({of_number(sum.coefficients[0]), sum.args[0]});
}

EntryExpr EntryExpr::multiply(std::vector<EntryExpr> factors) {
  EntryExpr product;
  product.kind = Kind::Multiply;
  Rational constant(1);
  const auto take = [&](EntryExpr f) {
    if (f.is_number()) constant *= f.number;
    else product.args.push_back(std::move(f));
  };
  for (EntryExpr& f : factors) {
    if (f.kind != Kind::Multiply) {
      take(std::move(f));
      continue;
    }
    for (EntryExpr& inner : f.args) take(std::move(inner));
  }
  if (constant.is_zero() || product.args.empty()) return of_number(constant);
  if (!constant.is_one()) product.args.insert(product.args.begin(), of_number(constant));
  if (product.args.size() == 1) return EntryExpr(product.args[0]);
  return product;
}

EntryExpr EntryExpr::power(EntryExpr base, Rational exponent) {
  if (exponent.is_one()) return base;
  EntryExpr e;
  e.kind = Kind::Power;
  e.number = std::move(exponent);
  e.args = {std::move(base)};
  return e;
}

EntryExpr EntryExpr::power_by(EntryExpr base, EntryExpr exponent) {
  EntryExpr e;
  e.kind = Kind::PowerBy;
  e.args = {std::move(base), std::move(exponent)};
  return e;
}

EntryExpr EntryExpr::call(FunctionId f, int order, EntryExpr argument) {
  EntryExpr e;
  e.kind = Kind::Call;
  e.function = f;
  e.order = order;
  e.args = {std::move(argument)};
  return e;
}

void for_each_operand(const EntryExpr& e, const std::function<void(ValueId, Access)>& visit) {
  if (e.is_operand()) visit(e.value, e.access);
  for (const EntryExpr& a : e.args) for_each_operand(a, visit);
}

EntryExpr with_access(EntryExpr e, const std::function<Access(Access)>& change) {
  if (e.is_operand()) e.access = change(e.access);
  for (EntryExpr& a : e.args) a = with_access(std::move(a), change);
  return e;
}

std::int64_t operations(const EntryExpr& e) {
  using Kind = EntryExpr::Kind;
  std::int64_t n = 0;
  switch (e.kind) {
    case Kind::Number:
    case Kind::Pi:
    case Kind::Size:
    case Kind::Operand: return 0;
    case Kind::Add:
      n = static_cast<std::int64_t>(e.args.size()) - 1;
      for (const Rational& c : e.coefficients) n += c.abs().is_one() ? 0 : 1;
      break;
    case Kind::Multiply: n = static_cast<std::int64_t>(e.args.size()) - 1; break;
    case Kind::Power:
    case Kind::PowerBy:
    case Kind::Call: n = 1; break;
  }
  for (const EntryExpr& a : e.args) n += operations(a);
  return n;
}

std::string key(const EntryExpr& e) {
  std::string out = std::to_string(static_cast<int>(e.kind)) + "[" + e.number.text();
  if (e.size.valid()) out += "s" + std::to_string(e.size.value);
  if (e.value.valid()) out += "v" + std::to_string(e.value.value) + "a" + std::to_string(static_cast<int>(e.access));
  if (e.function.valid()) out += "f" + std::to_string(e.function.value) + "k" + std::to_string(e.order);
  for (const Rational& c : e.coefficients) out += "," + c.text();
  for (const EntryExpr& a : e.args) out += ";" + key(a);
  return out + "]";
}

}  // namespace dvec
