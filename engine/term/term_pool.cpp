#include "term/term_pool.hpp"

#include <algorithm>
#include <array>

#include "support/result.hpp"

namespace dvec {

namespace {

constexpr std::uint64_t kWeightLimit = std::uint64_t{1} << 62;

void mix(std::size_t& seed, std::size_t value) { seed ^= value + 0x9e3779b97f4a7c15ULL + (seed << 6) + (seed >> 2); }

}  // namespace

TermPool::TermPool() = default;

bool TermPool::is_scalar(TermId t) const { return is_scalar(shape(t)); }
bool TermPool::is_zero(TermId t) const {
  const Node& n = (*this)[t];
  return n.op == Op::Zeros || (n.op == Op::Number && n.numbers[0].is_zero());
}

// --- interning -------------------------------------------------------------------------------------------------------

std::size_t TermPool::hash(const Node& n) const {
  std::size_t seed = static_cast<std::size_t>(n.op);
  for (const Dim d : {n.shape.rows, n.shape.cols, n.first, n.second}) mix(seed, d.value);
  mix(seed, n.symbol.value);
  mix(seed, n.function.value);
  mix(seed, static_cast<std::size_t>(n.order));
  for (const TermId a : n.args) mix(seed, a.value);
  for (const Rational& q : n.numbers) mix(seed, q.hash());
  return seed;
}

bool TermPool::same(const Node& a, const Node& b) const {
  return a.op == b.op && a.shape == b.shape && a.symbol == b.symbol && a.function == b.function && a.order == b.order &&
         a.first == b.first && a.second == b.second && std::ranges::equal(a.args, b.args) &&
         std::ranges::equal(a.numbers, b.numbers);
}

TermId TermPool::intern(Node node, std::span<const TermId> args, std::span<const Rational> numbers) {
  node.args = args;
  node.numbers = numbers;
  const std::size_t h = hash(node);
  const auto [begin, end] = by_hash_.equal_range(h);
  for (auto it = begin; it != end; ++it)
    if (same((*this)[it->second], node)) return it->second;
  for (const TermId a : args) node.weight = std::min(kWeightLimit, node.weight + (*this)[a].weight);
  if (!args.empty()) node.args = arg_store_.emplace_back(args.begin(), args.end());
  if (!numbers.empty()) node.numbers = number_store_.emplace_back(numbers.begin(), numbers.end());
  const TermId id(nodes_.size());
  nodes_.push_back(node);
  by_hash_.emplace(h, id);
  return id;
}

TermId TermPool::unary(Op op, Shape s, TermId a) {
  Node n;
  n.op = op;
  n.shape = s;
  return intern(n, std::array{a}, {});
}

// --- leaves ----------------------------------------------------------------------------------------------------------

TermId TermPool::symbol(SymbolId s) {
  Node n;
  n.op = Op::Symbol;
  n.symbol = s;
  n.shape = symbols[s].shape;
  return intern(n, {}, {});
}

TermId TermPool::number(const Rational& value) {
  Node n;
  n.op = Op::Number;
  n.shape = {dims.one(), dims.one()};
  return intern(n, {}, std::array{value});
}

TermId TermPool::size(Dim d) {
  if (const auto value = dims.as_number(d)) return number(*value);
  Node n;
  n.op = Op::Size;
  n.shape = {dims.one(), dims.one()};
  n.first = d;
  return intern(n, {}, {});
}

TermId TermPool::pi() {
  Node n;
  n.op = Op::Pi;
  n.shape = {dims.one(), dims.one()};
  return intern(n, {}, {});
}

TermId TermPool::ones(Shape s) {
  if (is_scalar(s)) return number(1);
  Node n;
  n.op = Op::Ones;
  n.shape = s;
  return intern(n, {}, {});
}

TermId TermPool::zeros(Shape s) {
  if (is_scalar(s)) return number(0);
  Node n;
  n.op = Op::Zeros;
  n.shape = s;
  return intern(n, {}, {});
}

TermId TermPool::eye(Dim d) {
  if (d == dims.one()) return number(1);
  Node n;
  n.op = Op::Eye;
  n.shape = {d, d};
  return intern(n, {}, {});
}

TermId TermPool::commutation(Dim m, Dim n) {
  const Dim mn = dims.multiply(m, n);
  if (m == dims.one() || n == dims.one()) return eye(mn);
  Node k;
  k.op = Op::Commutation;
  k.shape = {mn, mn};
  k.first = m;
  k.second = n;
  return intern(k, {}, {});
}

// --- linear structure ------------------------------------------------------------------------------------------------

TermId TermPool::sum(std::span<const TermId> terms, std::span<const Rational> coefficients) {
  require(!terms.empty() && terms.size() == coefficients.size(), "a sum needs a coefficient for each of its terms");
  const Shape s = shape(terms[0]);
  // A sum inside a sum is flattened when its coefficient is 1 or -1; c*(A+B) for another c stays one term, as written.
  std::vector<std::pair<TermId, Rational>> flat;
  const auto take = [&](const auto& self, TermId t, const Rational& c) -> void {
    const Node& n = (*this)[t];
    if (n.op == Op::Number) {
      flat.emplace_back(number(1), c * n.numbers[0]);
    } else if (n.op == Op::Sum && (n.args.size() == 1 || (terms.size() > 1 && c.abs().is_one()) || c.is_one())) {
      for (std::size_t k = 0; k < n.args.size(); ++k) self(self, n.args[k], c * n.numbers[k]);
    } else if (!is_zero(t)) {
      flat.emplace_back(t, c);
    }
  };
  for (std::size_t i = 0; i < terms.size(); ++i) {
    require(shape(terms[i]) == s, "terms of a sum have one shape");
    take(take, terms[i], coefficients[i]);
  }
  std::stable_sort(flat.begin(), flat.end(), [this](const auto& a, const auto& b) { return compare(a.first, b.first) < 0; });
  std::vector<TermId> args;
  std::vector<Rational> numbers;
  for (const auto& [t, c] : flat) {
    if (!args.empty() && args.back() == t)
      numbers.back() += c;
    else {
      args.push_back(t);
      numbers.push_back(c);
    }
    if (numbers.back().is_zero()) {
      args.pop_back();
      numbers.pop_back();
    }
  }
  if (args.empty()) return zeros(s);
  if (args.size() == 1) {
    if (numbers[0].is_one()) return args[0];
    if ((*this)[args[0]].op == Op::Number) return number(numbers[0]);
  }
  Node n;
  n.op = Op::Sum;
  n.shape = s;
  return intern(n, args, numbers);
}

TermId TermPool::add(TermId a, TermId b) { return sum(std::array{a, b}, std::array{Rational(1), Rational(1)}); }
TermId TermPool::subtract(TermId a, TermId b) { return sum(std::array{a, b}, std::array{Rational(1), Rational(-1)}); }
TermId TermPool::times(const Rational& c, TermId a) { return sum(std::array{a}, std::array{c}); }

TermId TermPool::scale(TermId s, TermId a) {
  require(is_scalar(s), "the first argument of a scaling is 1x1");
  if (is_scalar(a)) return hadamard(s, a);
  if (const Node& n = (*this)[s]; n.op == Op::Number) return times(n.numbers[0], a);
  if (is_zero(a)) return a;
  Node n;
  n.op = Op::Scale;
  n.shape = shape(a);
  return intern(n, std::array{s, a}, {});
}

TermId TermPool::matmul(std::span<const TermId> factors) {
  require(!factors.empty(), "a product needs factors");
  const Shape s{shape(factors.front()).rows, shape(factors.back()).cols};
  std::vector<TermId> args;
  const auto take = [&](TermId t) {
    const Node& n = (*this)[t];
    if (n.op != Op::Eye && !(n.op == Op::Number && n.numbers[0].is_one())) args.push_back(t);
  };
  for (std::size_t i = 0; i < factors.size(); ++i) {
    require(i == 0 || shape(factors[i - 1]).cols == shape(factors[i]).rows, "factors of a product conform");
    if (is_zero(factors[i])) return zeros(s);
    if (const Node& n = (*this)[factors[i]]; n.op == Op::MatMul)
      for (const TermId a : n.args) take(a);
    else
      take(factors[i]);
  }
  if (args.empty()) return eye(s.rows);
  if (args.size() == 1) return args[0];
  if (std::ranges::all_of(args, [this](TermId a) { return is_scalar(a); })) return hadamard(args);
  Node n;
  n.op = Op::MatMul;
  n.shape = s;
  return intern(n, args, {});
}

TermId TermPool::matmul(TermId a, TermId b) { return matmul(std::array{a, b}); }

TermId TermPool::hadamard(std::span<const TermId> factors) {
  require(!factors.empty(), "an entrywise product needs factors");
  const Shape s = shape(factors[0]);
  std::vector<TermId> args;
  Rational coefficient(1);
  const auto take = [&](TermId t) {
    const Node& n = (*this)[t];
    if (n.op == Op::Number)
      coefficient *= n.numbers[0];
    else if (n.op != Op::Ones)
      args.push_back(t);
  };
  for (const TermId f : factors) {
    require(shape(f) == s, "factors of an entrywise product have one shape");
    if (is_zero(f)) return zeros(s);
    if (const Node& n = (*this)[f]; n.op == Op::Hadamard)
      for (const TermId a : n.args) take(a);
    else
      take(f);
  }
  std::stable_sort(args.begin(), args.end(), [this](TermId a, TermId b) { return compare(a, b) < 0; });
  TermId product;
  if (args.empty()) {
    product = ones(s);
  } else if (args.size() == 1) {
    product = args[0];
  } else {
    Node n;
    n.op = Op::Hadamard;
    n.shape = s;
    product = intern(n, args, {});
  }
  return coefficient.is_one() ? product : times(coefficient, product);
}

TermId TermPool::hadamard(TermId a, TermId b) { return hadamard(std::array{a, b}); }

TermId TermPool::kron(std::span<const TermId> factors) {
  require(!factors.empty(), "a Kronecker product needs factors");
  Shape s{dims.one(), dims.one()};
  std::vector<TermId> args;
  bool zero = false;
  const auto take = [&](TermId t) {
    const Node& n = (*this)[t];
    if (!(n.op == Op::Number && n.numbers[0].is_one())) args.push_back(t);
  };
  for (const TermId f : factors) {
    s = {dims.multiply(s.rows, shape(f).rows), dims.multiply(s.cols, shape(f).cols)};
    zero = zero || is_zero(f);
    if (const Node& n = (*this)[f]; n.op == Op::Kron)
      for (const TermId a : n.args) take(a);
    else
      take(f);
  }
  if (zero) return zeros(s);
  if (args.empty()) return number(1);
  if (args.size() == 1) return args[0];
  if (is_scalar(s)) return hadamard(args);
  Node n;
  n.op = Op::Kron;
  n.shape = s;
  return intern(n, args, {});
}

TermId TermPool::kron(TermId a, TermId b) { return kron(std::array{a, b}); }

TermId TermPool::transpose(TermId a) {
  if (is_scalar(a)) return a;
  if (is_zero(a)) return zeros(transposed(shape(a)));
  return unary(Op::Transpose, transposed(shape(a)), a);
}

TermId TermPool::vec(TermId a) {
  const Shape s = shape(a);
  if (s.cols == dims.one()) return a;
  const Shape column{dims.multiply(s.rows, s.cols), dims.one()};
  if (is_zero(a)) return zeros(column);
  return unary(Op::Vec, column, a);
}

TermId TermPool::reshape(TermId a, Shape s) {
  const Shape from = shape(a);
  if (from == s) return a;
  require(dims.multiply(from.rows, from.cols) == dims.multiply(s.rows, s.cols), "reshape keeps the number of entries");
  if (s.cols == dims.one()) return vec(a);
  if (is_zero(a)) return zeros(s);
  return unary(Op::Reshape, s, a);
}

TermId TermPool::diag(TermId v) {
  const Shape s = shape(v);
  require(s.rows == dims.one() || s.cols == dims.one(), "diag takes a vector");
  const Dim n = s.rows == dims.one() ? s.cols : s.rows;
  if (n == dims.one()) return v;
  if (is_zero(v)) return zeros({n, n});
  return unary(Op::Diag, {n, n}, v);
}

TermId TermPool::diagvec(TermId a) {
  const Shape s = shape(a);
  require(s.rows == s.cols, "diagvec takes a square matrix");
  if (is_scalar(a)) return a;
  if (is_zero(a)) return zeros({s.rows, dims.one()});
  return unary(Op::DiagVec, {s.rows, dims.one()}, a);
}

TermId TermPool::trace(TermId a) {
  require(shape(a).rows == shape(a).cols, "trace takes a square matrix");
  if (is_scalar(a)) return a;
  if (is_zero(a)) return number(0);
  return unary(Op::Trace, {dims.one(), dims.one()}, a);
}

TermId TermPool::total(TermId a) {
  if (is_scalar(a)) return a;
  if (is_zero(a)) return number(0);
  return unary(Op::Total, {dims.one(), dims.one()}, a);
}

TermId TermPool::column_sums(TermId a) {
  const Shape s{dims.one(), shape(a).cols};
  if (shape(a).rows == dims.one()) return a;
  if (is_zero(a)) return zeros(s);
  if (is_scalar(s)) return total(a);
  return unary(Op::ColumnSums, s, a);
}

TermId TermPool::row_sums(TermId a) {
  const Shape s{shape(a).rows, dims.one()};
  if (shape(a).cols == dims.one()) return a;
  if (is_zero(a)) return zeros(s);
  if (is_scalar(s)) return total(a);
  return unary(Op::RowSums, s, a);
}

// --- the rest --------------------------------------------------------------------------------------------------------

TermId TermPool::power(TermId a, const Rational& exponent) {
  if (exponent.is_one()) return a;
  if (exponent.is_zero()) return ones(shape(a));
  if (const Node& n = (*this)[a]; n.op == Op::Ones) return a;
  else if (n.op == Op::Number && !n.numbers[0].is_zero()) {
    if (const auto k = exponent.to_int64(); k && *k >= -64 && *k <= 64) return number(dvec::power(n.numbers[0], *k));
    if (n.numbers[0].is_one()) return a;
  }
  Node n;
  n.op = Op::Power;
  n.shape = shape(a);
  return intern(n, std::array{a}, std::array{exponent});
}

TermId TermPool::power_by(TermId a, TermId exponent) {
  if (const Node& e = (*this)[exponent]; e.op == Op::Number) return power(a, e.numbers[0]);
  require(is_scalar(exponent) || shape(exponent) == shape(a), "an exponent is a scalar or has the base's shape");
  Node n;
  n.op = Op::PowerBy;
  n.shape = shape(a);
  return intern(n, std::array{a, exponent}, {});
}

TermId TermPool::apply(FunctionId f, int order, TermId a) {
  Node n;
  n.op = Op::Apply;
  n.shape = shape(a);
  n.function = f;
  n.order = order;
  return intern(n, std::array{a}, {});
}

TermId TermPool::inverse(TermId a) {
  require(shape(a).rows == shape(a).cols, "inv takes a square matrix");
  if (is_scalar(a)) return power(a, Rational(-1));
  if ((*this)[a].op == Op::Eye) return a;
  return unary(Op::Inverse, shape(a), a);
}

TermId TermPool::det(TermId a) {
  require(shape(a).rows == shape(a).cols, "det takes a square matrix");
  if (is_scalar(a)) return a;
  return unary(Op::Det, {dims.one(), dims.one()}, a);
}

TermId TermPool::logdet(TermId a) {
  require(shape(a).rows == shape(a).cols, "logdet takes a square matrix");
  return unary(Op::LogDet, {dims.one(), dims.one()}, a);
}

TermId TermPool::stop(TermId a) { return is_leaf((*this)[a].op) && (*this)[a].op != Op::Symbol ? a : unary(Op::Stop, shape(a), a); }

TermId TermPool::rebuild(TermId like, std::span<const TermId> args) {
  const Node n = (*this)[like];
  if (std::ranges::equal(n.args, args)) return like;
  switch (n.op) {
    case Op::Symbol: case Op::Number: case Op::Size: case Op::Pi: case Op::Ones: case Op::Zeros: case Op::Eye:
    case Op::Commutation: return like;
    case Op::Sum: return sum(args, n.numbers);
    case Op::Scale: return scale(args[0], args[1]);
    case Op::MatMul: return matmul(args);
    case Op::Hadamard: return hadamard(args);
    case Op::Kron: return kron(args);
    case Op::Transpose: return transpose(args[0]);
    case Op::Vec: return vec(args[0]);
    case Op::Reshape: return reshape(args[0], n.shape);
    case Op::Diag: return diag(args[0]);
    case Op::DiagVec: return diagvec(args[0]);
    case Op::Trace: return trace(args[0]);
    case Op::Total: return total(args[0]);
    case Op::ColumnSums: return column_sums(args[0]);
    case Op::RowSums: return row_sums(args[0]);
    case Op::Power: return power(args[0], n.numbers[0]);
    case Op::PowerBy: return power_by(args[0], args[1]);
    case Op::Apply: return apply(n.function, n.order, args[0]);
    case Op::Inverse: return inverse(args[0]);
    case Op::Det: return det(args[0]);
    case Op::LogDet: return logdet(args[0]);
    case Op::Stop: return stop(args[0]);
  }
  throw Bug("unknown operator");
}

TermId TermPool::instantiate(const ScalarExpr& body, TermId argument) {
  using Kind = ScalarExpr::Kind;
  const Shape s = shape(argument);
  const auto spread = [&](TermId scalar) { return is_scalar(s) ? scalar : scale(scalar, ones(s)); };
  switch (body.kind) {
    case Kind::Number: return spread(number(body.number));
    case Kind::Pi: return spread(pi());
    case Kind::Argument: return argument;
    case Kind::Add: {
      std::vector<TermId> terms;
      for (const ScalarExpr& a : body.args) terms.push_back(instantiate(a, argument));
      return sum(terms, std::vector<Rational>(terms.size(), Rational(1)));
    }
    case Kind::Multiply: {
      TermId product = number(1);
      TermId entries;
      const auto free_of_argument = [](const auto& self, const ScalarExpr& e) -> bool {
        return e.kind != Kind::Argument && std::ranges::all_of(e.args, [&](const ScalarExpr& a) { return self(self, a); });
      };
      for (const ScalarExpr& a : body.args) {
        if (free_of_argument(free_of_argument, a))
          product = hadamard(product, instantiate(a, number(1)));
        else {
          const TermId factor = instantiate(a, argument);
          entries = entries.valid() ? hadamard(entries, factor) : factor;
        }
      }
      if (!entries.valid()) return spread(product);
      return scale(product, entries);
    }
    case Kind::Power: {
      const TermId base = instantiate(body.args[0], argument);
      if (body.args[1].kind == Kind::Number) return power(base, body.args[1].number);
      return power_by(base, instantiate(body.args[1], argument));
    }
    case Kind::Call: return apply(body.function, body.order, instantiate(body.args[0], argument));
  }
  throw Bug("unknown kind of scalar expression");
}

std::strong_ordering TermPool::compare(TermId a, TermId b) const {
  if (a == b) return std::strong_ordering::equal;
  const Node& x = (*this)[a];
  const Node& y = (*this)[b];
  if (const auto c = x.op <=> y.op; c != 0) return c;
  if (x.op == Op::Symbol) {
    const int c = symbols[x.symbol].name.compare(symbols[y.symbol].name);
    if (c != 0) return c < 0 ? std::strong_ordering::less : std::strong_ordering::greater;
    return x.symbol <=> y.symbol;
  }
  if (x.function != y.function) {
    const int c = functions[x.function].name.compare(functions[y.function].name);
    if (c != 0) return c < 0 ? std::strong_ordering::less : std::strong_ordering::greater;
    return x.function <=> y.function;  // a program's own function beside the rule book's of the same name
  }
  if (const auto c = x.order <=> y.order; c != 0) return c;
  if (const auto c = x.weight <=> y.weight; c != 0) return c;
  if (const auto c = x.args.size() <=> y.args.size(); c != 0) return c;
  for (std::size_t i = 0; i < x.args.size(); ++i)
    if (const auto c = compare(x.args[i], y.args[i]); c != 0) return c;
  for (std::size_t i = 0; i < std::min(x.numbers.size(), y.numbers.size()); ++i)
    if (const auto c = x.numbers[i] <=> y.numbers[i]; c != 0) return c;
  const auto by_text = [this](Dim d, Dim e) {
    if (d == e) return 0;
    if (!d.valid() || !e.valid()) return d.valid() ? 1 : -1;
    return dims.text(d).compare(dims.text(e));
  };
  for (const int c : {by_text(x.first, y.first), by_text(x.second, y.second), by_text(x.shape.rows, y.shape.rows),
                      by_text(x.shape.cols, y.shape.cols)})
    if (c != 0) return c < 0 ? std::strong_ordering::less : std::strong_ordering::greater;
  throw Bug("two different nodes compare equal");
}

}  // namespace dvec
