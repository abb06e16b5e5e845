#include "network/exponential.hpp"

#include <algorithm>
#include <array>

#include "support/result.hpp"

namespace dvec {

namespace {

constexpr int kMaxNames = 16;  // names for names that are followed

TermId valued(TermId term, const TermMap* names) {
  for (int k = 0; names && k < kMaxNames; ++k) {
    const auto value = names->find(term);
    if (value == names->end() || value->second == term) break;
    term = value->second;
  }
  return term;
}

bool is_function(const TermPool& pool, const Node& n, std::string_view name) {
  if (n.op != Op::Apply || n.order != 0) return false;
  const ElementFunction& f = pool.functions[n.function];
  return f.kind == ElementFunction::Kind::Primitive && f.name == name;
}

/// The whole of a vector lies along its only direction.
bool is_vector(const TermPool& pool, TermId t) {
  return (pool.shape(t).rows == pool.dims.one()) != (pool.shape(t).cols == pool.dims.one());
}

TermId applied(TermPool& pool, const char* name, TermId argument) {
  const auto f = pool.functions.find(name);
  require(f.has_value(), "the rule book has the function");
  return pool.apply(*f, 0, argument);
}

TermId log_sum(TermPool& pool, const SumOfExponentials& of) {
  return of.across ? pool.row_logsumexp(of.exponent) : pool.column_logsumexp(of.exponent);
}

TermId softmax(TermPool& pool, const SumOfExponentials& of) {
  return of.across ? pool.row_softmax(of.exponent) : pool.column_softmax(of.exponent);
}

/// The column or row v of v spread over the shape.
TermId spread(TermPool& pool, TermId v, Shape shape) {
  const Dim one = pool.dims.one();
  if (pool.is_scalar(v)) return pool.scale(v, pool.ones(shape));
  return pool.shape(v).cols == one ? pool.matmul(v, pool.ones({one, shape.cols})) : pool.matmul(pool.ones({shape.rows, one}), v);
}

/// v when the term is v spread: along rows (a column v) when `across`, else along columns; 1 for ones.
std::optional<TermId> spread_value(TermPool& pool, TermId term, bool across) {
  const Node n = pool[term];
  const Dim one = pool.dims.one();
  const Shape small = across ? Shape{n.shape.rows, one} : Shape{one, n.shape.cols};
  if (n.op == Op::Ones) return pool.ones(small);
  if (n.op == Op::Scale && pool[n.args[1]].op == Op::Ones) return pool.scale(n.args[0], pool.ones(small));
  if (n.op != Op::MatMul || n.args.size() != 2) return std::nullopt;
  const Node& last = pool[n.args[across ? 1 : 0]];
  const bool spreads = last.op == Op::Ones && (across ? last.shape.rows : last.shape.cols) == one;
  return spreads ? std::optional(n.args[across ? 0 : 1]) : std::nullopt;
}

std::optional<SumOfExponentials> log_of_sums(const TermPool& pool, TermId term, const TermMap* names) {
  const Node& n = pool[valued(term, names)];
  if (n.op == Op::ColumnLogSumExp || n.op == Op::RowLogSumExp) return SumOfExponentials{n.args[0], n.op == Op::RowLogSumExp};
  return std::nullopt;
}

/// Z when the term is Z - logsumexp(Z), spread.
std::optional<SumOfExponentials> normalised(TermPool& pool, TermId term, const TermMap* names) {
  const Node n = pool[term];
  if (n.op != Op::Sum || n.args.size() < 2) return std::nullopt;
  for (std::size_t k = 0; k < n.args.size(); ++k) {
    if (n.numbers[k] != Rational(-1)) continue;
    for (const bool across : {true, false}) {
      const auto v = spread_value(pool, n.args[k], across);
      const auto log = v ? log_of_sums(pool, *v, names) : std::nullopt;
      if (!log || log->across != across) continue;
      std::vector<TermId> terms(n.args.begin(), n.args.end());
      std::vector<Rational> numbers(n.numbers.begin(), n.numbers.end());
      terms.erase(terms.begin() + static_cast<std::ptrdiff_t>(k));
      numbers.erase(numbers.begin() + static_cast<std::ptrdiff_t>(k));
      if (valued(pool.sum(terms, numbers), names) == valued(log->exponent, names)) return log;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<TermId> exponent_of(const TermPool& pool, TermId term, const TermMap* names) {
  const Node& n = pool[valued(term, names)];
  return is_function(pool, n, "exp") ? std::optional(n.args[0]) : std::nullopt;
}

std::optional<SumOfExponentials> sum_of_exponentials(const TermPool& pool, TermId term, const TermMap* names) {
  const Node& n = pool[valued(term, names)];
  if (n.op != Op::RowSums && n.op != Op::ColumnSums && n.op != Op::Total) return std::nullopt;
  const auto exponent = exponent_of(pool, n.args[0], names);
  if (!exponent || (n.op == Op::Total && !is_vector(pool, *exponent))) return std::nullopt;
  const bool row = pool.shape(*exponent).rows == pool.dims.one();
  return SumOfExponentials{*exponent, n.op == Op::RowSums || (n.op == Op::Total && row)};
}

TermId sums(TermPool& pool, const SumOfExponentials& of) {
  const TermId e = applied(pool, "exp", of.exponent);
  return of.across ? pool.row_sums(e) : pool.column_sums(e);
}

bool belongs(const TermPool& pool, const Factor& sum, const Factor& exponential, const TermMap* names) {
  const auto of = sum_of_exponentials(pool, sum.atom, names);
  const auto exponent = exponent_of(pool, exponential.atom, names);
  if (!of || !exponent || valued(of->exponent, names) != valued(*exponent, names)) return false;
  return of->across ? sum.rows == exponential.rows && sum.cols.empty() : sum.cols == exponential.cols && sum.rows.empty();
}

std::optional<TermId> one_plus_exponential(const TermPool& pool, TermId term, const TermMap* names) {
  const Node& n = pool[valued(term, names)];
  if (n.op != Op::Sum || n.args.size() != 2 || !n.numbers[0].is_one() || !n.numbers[1].is_one()) return std::nullopt;
  for (const std::size_t k : {0U, 1U}) {
    const Node& other = pool[n.args[1 - k]];
    const bool one = other.op == Op::Ones || (other.op == Op::Number && other.numbers[0].is_one());
    if (one)
      if (const auto u = exponent_of(pool, n.args[k], nullptr)) return u;
  }
  return std::nullopt;
}

TermId negated(TermPool& pool, TermId u) {
  const Node n = pool[u];
  if (n.op != Op::Sum) return pool.negate(u);
  std::vector<Rational> numbers;
  for (const Rational& c : n.numbers) numbers.push_back(-c);
  return pool.sum(n.args, numbers);
}

std::optional<TermId> known_value(TermPool& pool, TermId apply, const TermMap* names) {
  const Node n = pool[apply];
  const TermId argument = n.args[0];
  if (is_function(pool, n, "log")) {
    if (const auto z = exponent_of(pool, argument, names)) return z;
    if (const auto s = sum_of_exponentials(pool, argument, names)) return log_sum(pool, *s);
    if (const auto u = one_plus_exponential(pool, argument, names)) return applied(pool, "softplus", *u);
    const Node a = pool[valued(argument, names)];
    if (a.op != Op::RowSoftmax && a.op != Op::ColumnSoftmax) return std::nullopt;
    return pool.subtract(a.args[0], spread(pool, log_sum(pool, {a.args[0], a.op == Op::RowSoftmax}), a.shape));
  }
  if (is_function(pool, n, "exp")) {
    if (const auto z = normalised(pool, argument, names)) return softmax(pool, *z);
    if (const auto z = log_of_sums(pool, argument, names)) return sums(pool, *z);
    const Node a = pool[valued(argument, names)];
    if (is_function(pool, a, "log")) return a.args[0];
    if (a.op == Op::Sum && a.args.size() == 1 && a.numbers[0] == Rational(-1))
      if (const auto z = log_of_sums(pool, a.args[0], names)) return pool.power(sums(pool, *z), Rational(-1));
  }
  return std::nullopt;
}

Shifted shifted(TermPool& pool, TermId argument, bool across) {
  const Node n = pool[argument];
  std::vector<TermId> rest, shift;
  std::vector<Rational> rest_numbers, shift_numbers;
  const auto sort = [&](TermId t, const Rational& c) {
    const auto v = spread_value(pool, t, across);
    (v ? shift : rest).push_back(v.value_or(t));
    (v ? shift_numbers : rest_numbers).push_back(c);
  };
  if (n.op == Op::Sum)
    for (std::size_t k = 0; k < n.args.size(); ++k) sort(n.args[k], n.numbers[k]);
  else
    sort(argument, Rational(1));
  Shifted out;
  if (!rest.empty()) out.rest = pool.sum(rest, rest_numbers);
  if (!shift.empty()) out.shift = pool.sum(shift, shift_numbers);
  return out;
}

void fold_softmax(TermPool& pool, Network& network, const TermMap* names) {
  for (Monomial& m : network.terms) {
    std::vector<Factor> found;
    for (Factor& e : m.factors) {
      if (!exponent_of(pool, e.atom, names)) continue;
      for (Factor& s : m.factors) {
        if (e.exponent.is_zero() || s.exponent.is_zero() || e.exponent.is_negative() == s.exponent.is_negative()) continue;
        if (!belongs(pool, s, e, names)) continue;
        const Rational times = std::min(e.exponent.abs(), s.exponent.abs());
        const Rational power = e.exponent.is_negative() ? -times : times;
        found.push_back({softmax(pool, *sum_of_exponentials(pool, s.atom, names)), power, e.rows, e.cols});
        e.exponent += -power;
        s.exponent += power;
      }
    }
    m.factors.insert(m.factors.end(), found.begin(), found.end());
    merge_equal(m.factors);
  }
}

}  // namespace dvec
