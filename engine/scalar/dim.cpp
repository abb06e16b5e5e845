#include "scalar/dim.hpp"

#include <ginac/add.h>
#include <ginac/mul.h>
#include <ginac/numeric.h>
#include <ginac/operators.h>
#include <ginac/power.h>
#include <ginac/relational.h>
#include <ginac/symbol.h>

#include <algorithm>
#include <sstream>
#include <unordered_map>

#include "support/result.hpp"

namespace dvec {

namespace {

/// Powers of size symbols, by name: the deterministic key of a monomial.
using Monomial = std::map<std::string, int>;
using Polynomial = std::map<Monomial, Rational>;

Rational to_rational(const GiNaC::ex& value) {
  const GiNaC::numeric n = GiNaC::ex_to<GiNaC::numeric>(value);
  static const GiNaC::numeric large(1'000'000'000);
  if (n.numer() < large && -n.numer() < large && n.denom() < large) return {n.numer().to_long(), n.denom().to_long()};
  std::ostringstream num, den;
  num << n.numer();
  den << n.denom();
  const std::string digits = num.str();
  const bool negative = digits.starts_with('-');
  const Rational magnitude = *Rational::parse(negative ? digits.substr(1) : digits) / *Rational::parse(den.str());
  return negative ? -magnitude : magnitude;
}

void collect_monomial(const GiNaC::ex& factor, Monomial& powers, Rational& coefficient) {
  if (GiNaC::is_a<GiNaC::numeric>(factor)) {
    coefficient *= to_rational(factor);
  } else if (GiNaC::is_a<GiNaC::symbol>(factor)) {
    powers[GiNaC::ex_to<GiNaC::symbol>(factor).get_name()] += 1;
  } else if (GiNaC::is_a<GiNaC::power>(factor)) {
    powers[GiNaC::ex_to<GiNaC::symbol>(factor.op(0)).get_name()] += GiNaC::ex_to<GiNaC::numeric>(factor.op(1)).to_int();
  } else {
    for (const GiNaC::ex& part : factor) collect_monomial(part, powers, coefficient);
  }
}

/// Own normal form of an expanded polynomial: independent of GiNaC's internal order.
Polynomial polynomial(const GiNaC::ex& expanded) {
  Polynomial out;
  const auto take = [&](const GiNaC::ex& term) {
    Monomial powers;
    Rational coefficient(1);
    collect_monomial(term, powers, coefficient);
    out[powers] += coefficient;
  };
  if (GiNaC::is_a<GiNaC::add>(expanded))
    for (const GiNaC::ex& term : expanded) take(term);
  else
    take(expanded);
  std::erase_if(out, [](const auto& term) { return term.second.is_zero(); });
  return out;
}

/// Places of symbols that were given one.
using Places = std::map<std::string, std::size_t, std::less<>>;

/// What a symbol is ordered by: its place, or after all places its name.
std::string key_of(const std::string& name, const Places& places) {
  const auto at = places.find(name);
  if (at == places.end()) return "~" + name;
  const std::string digits = std::to_string(at->second);
  return std::string(8 - std::min<std::size_t>(8, digits.size()), '0') + digits;
}

std::vector<std::pair<std::string, int>> in_order(const Monomial& powers, const Places& places) {
  std::vector<std::pair<std::string, int>> out(powers.begin(), powers.end());
  std::ranges::sort(out, {}, [&](const auto& p) { return key_of(p.first, places); });
  return out;
}

enum class Names { Written, Keys };

std::string monomial_text(const Monomial& powers, const Places& places, Names names) {
  std::string out;
  for (const auto& [name, power] : in_order(powers, places)) {
    if (!out.empty()) out += '*';
    out += names == Names::Written ? name : key_of(name, places);
    if (power != 1) out += '^' + std::to_string(power);
  }
  return out;
}

int degree(const Monomial& powers) {
  int sum = 0;
  for (const auto& [name, power] : powers) sum += power;
  return sum;
}

/// The n of n^2/2 + n/2, which is written n*(n+1)/2.
std::optional<std::string> side_of_triangle(const Polynomial& p, const Places& places = {}, Names names = Names::Written) {
  if (p.size() != 2) return std::nullopt;
  for (const auto& [powers, coefficient] : p) {
    if (coefficient != Rational(1, 2) || degree(powers) == 0) return std::nullopt;
    Monomial squared = powers;
    for (auto& [name, power] : squared) power *= 2;
    const auto square = p.find(squared);
    if (square != p.end() && square->second == Rational(1, 2) && powers.size() == 1 && powers.begin()->second == 1)
      return monomial_text(powers, places, names);
  }
  return std::nullopt;
}

std::string polynomial_text(const Polynomial& p, const Places& places, Names names) {
  if (p.empty()) return "0";
  if (const auto side = side_of_triangle(p, places, names)) return *side + "*(" + *side + "+1)/2";
  std::vector<std::pair<Monomial, Rational>> terms(p.begin(), p.end());
  std::ranges::stable_sort(terms, {}, [&](const auto& term) {
    std::vector<std::pair<std::string, int>> key = in_order(term.first, places);
    for (auto& [name, power] : key) name = key_of(name, places);
    return key;
  });
  std::stable_sort(terms.begin(), terms.end(), [](const auto& a, const auto& b) {
    const int da = degree(a.first), db = degree(b.first);
    if (a.second.is_negative() != b.second.is_negative() && (da == 0) == (db == 0)) return b.second.is_negative();
    return da > db;
  });
  std::string out;
  for (const auto& [powers, coefficient] : terms) {
    const Rational magnitude = coefficient.abs();
    if (coefficient.is_negative())
      out += '-';
    else if (!out.empty())
      out += '+';
    const std::string symbols = monomial_text(powers, places, names);
    if (symbols.empty()) {
      out += magnitude.text();
      continue;
    }
    if (magnitude.numerator() != "1") out += magnitude.numerator() + "*";
    out += symbols;
    if (!magnitude.is_integer()) out += "/" + magnitude.denominator();
  }
  return out;
}

}  // namespace

struct DimTable::Store {
  struct Entry {
    GiNaC::ex value;
    Polynomial terms;
    std::string text, key;
    std::vector<std::string> symbols;
  };
  std::vector<Entry> entries;
  std::map<std::string, Dim, std::less<>> by_text;
  std::map<std::string, GiNaC::symbol, std::less<>> symbols;
  Places places;
  /// What has been asked before: the same few sizes are added and multiplied over and over.
  std::unordered_map<std::int64_t, Dim> constants;
  std::unordered_map<std::uint64_t, Dim> sums, differences, products;

  Dim remembered(std::unordered_map<std::uint64_t, Dim>& known, Dim a, Dim b, const auto& value) {
    const std::uint64_t key = (std::uint64_t{a.value} << 32U) | b.value;
    if (const auto at = known.find(key); at != known.end()) return at->second;
    return known[key] = intern(value());
  }

  Dim intern(const GiNaC::ex& value) {
    const GiNaC::ex expanded = value.expand();
    Polynomial terms = polynomial(expanded);
    std::string text = polynomial_text(terms, places, Names::Written);
    if (const auto known = by_text.find(text); known != by_text.end()) return known->second;
    std::map<std::string, int> names;
    for (const auto& [powers, coefficient] : terms) names.insert(powers.begin(), powers.end());
    std::vector<std::string> sorted;
    for (const auto& [name, power] : names) sorted.push_back(name);
    const Dim id(entries.size());
    by_text.emplace(text, id);
    std::string key = polynomial_text(terms, places, Names::Keys);
    entries.push_back({expanded, std::move(terms), std::move(text), std::move(key), std::move(sorted)});
    return id;
  }

  const Entry& at(Dim d) const { return entries.at(d.value); }

  void order(const std::vector<std::string>& names) {
    places.clear();
    for (const std::string& name : names) places.emplace(name, places.size());
    by_text.clear();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      Entry& e = entries[i];
      e.text = polynomial_text(e.terms, places, Names::Written);
      e.key = polynomial_text(e.terms, places, Names::Keys);
      by_text.emplace(e.text, Dim(i));
    }
  }
};

DimTable::DimTable() : store_(std::make_unique<Store>()) { one_ = constant(1); }
DimTable::~DimTable() = default;

Dim DimTable::constant(std::int64_t value) const {
  if (const auto known = store_->constants.find(value); known != store_->constants.end()) return known->second;
  return store_->constants[value] = store_->intern(GiNaC::numeric(static_cast<long>(value)));
}

Dim DimTable::symbol(std::string_view name) const {
  auto known = store_->symbols.find(name);
  if (known == store_->symbols.end())
    known = store_->symbols.emplace(std::string(name), GiNaC::symbol(std::string(name))).first;
  return store_->intern(known->second);
}

Dim DimTable::add(Dim a, Dim b) const {
  return store_->remembered(store_->sums, a, b, [&] { return GiNaC::ex(store_->at(a).value + store_->at(b).value); });
}
Dim DimTable::subtract(Dim a, Dim b) const {
  return store_->remembered(store_->differences, a, b, [&] { return GiNaC::ex(store_->at(a).value - store_->at(b).value); });
}

Dim DimTable::multiply(Dim a, Dim b) const {
  if (a == one_) return b;
  if (b == one_) return a;
  return store_->remembered(store_->products, a, b, [&] { return GiNaC::ex(store_->at(a).value * store_->at(b).value); });
}

Dim DimTable::scale(const Rational& c, Dim a) const {
  const GiNaC::numeric factor(c.text().c_str());
  return store_->intern(factor * store_->at(a).value);
}

Dim DimTable::substitute(Dim in, const std::vector<std::pair<std::string, Dim>>& by) const {
  GiNaC::exmap map;
  for (const auto& [name, value] : by)
    if (std::ranges::binary_search(symbols(in), name)) map[store_->symbols.at(name)] = store_->at(value).value;
  return map.empty() ? in : store_->intern(store_->at(in).value.subs(map));
}

std::optional<Rational> DimTable::as_number(Dim d) const {
  const Polynomial& terms = store_->at(d).terms;
  if (terms.empty()) return Rational(0);
  if (terms.size() == 1 && terms.begin()->first.empty()) return terms.begin()->second;
  return std::nullopt;
}

std::optional<std::int64_t> DimTable::as_constant(Dim d) const {
  const auto number = as_number(d);
  return number ? number->to_int64() : std::nullopt;
}

std::optional<std::string> DimTable::as_symbol(Dim d) const {
  const Polynomial& terms = store_->at(d).terms;
  if (terms.size() != 1 || !terms.begin()->second.is_one()) return std::nullopt;
  const Monomial& powers = terms.begin()->first;
  if (powers.size() != 1 || powers.begin()->second != 1) return std::nullopt;
  return powers.begin()->first;
}

std::optional<Rational> DimTable::evaluate_exact(Dim d, const DimValues& values) const {
  Rational sum(0);
  for (const auto& [powers, coefficient] : store_->at(d).terms) {
    Rational term = coefficient;
    for (const auto& [name, exponent] : powers) {
      const auto value = values.find(name);
      if (value == values.end()) return std::nullopt;
      term *= power(Rational(value->second), exponent);
    }
    sum += term;
  }
  return sum;
}

std::optional<std::int64_t> DimTable::evaluate(Dim d, const DimValues& values) const {
  const auto exact = evaluate_exact(d, values);
  return exact ? exact->to_int64() : std::nullopt;
}

const std::vector<std::string>& DimTable::symbols(Dim d) const { return store_->at(d).symbols; }
void DimTable::order_symbols(const std::vector<std::string>& names) const { store_->order(names); }
const std::string& DimTable::key(Dim d) const { return store_->at(d).key; }
const std::string& DimTable::text(Dim d) const { return store_->at(d).text; }
bool DimTable::is_sum(Dim d) const { return store_->at(d).terms.size() > 1 && !side_of_triangle(store_->at(d).terms); }

std::vector<Dim> DimTable::factors(Dim d) const {
  if (d == one_) return {};
  const Polynomial& terms = store_->at(d).terms;
  if (terms.size() != 1 || !terms.begin()->second.is_one()) return {d};
  std::vector<Dim> out;
  for (const auto& [name, exponent] : in_order(terms.begin()->first, store_->places))
    for (int k = 0; k < exponent; ++k) out.push_back(store_->by_text.find(name)->second);
  return out;
}

}  // namespace dvec
