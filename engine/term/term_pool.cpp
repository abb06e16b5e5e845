#include "term/term_pool.hpp"

#include <algorithm>
#include <array>
#include <utility>

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
  mix(seed, static_cast<std::size_t>(n.primary));
  for (const TermId a : n.args) mix(seed, a.value);
  for (const Rational& q : n.numbers) mix(seed, q.hash());
  return seed;
}

bool TermPool::same(const Node& a, const Node& b) const {
  return a.op == b.op && a.shape == b.shape && a.symbol == b.symbol && a.function == b.function && a.order == b.order && a.primary == b.primary &&
         a.first == b.first && a.second == b.second && std::ranges::equal(a.args, b.args) &&
         std::ranges::equal(a.numbers, b.numbers);
}

TermId TermPool::intern(Node node, std::span<const TermId> args, std::span<const Rational> numbers) {
  node.args = args;
  node.numbers = numbers;
  if (2 * (nodes_.size() + 1) > slots_.size()) grow();
  const auto h = static_cast<std::uint32_t>((hash(node) * 0x9e3779b97f4a7c15ULL) >> 32U);
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = h & mask;
  for (; slots_[at].term.valid(); at = (at + 1) & mask)
    if (slots_[at].hash == h && same((*this)[slots_[at].term], node)) return slots_[at].term;
  for (const TermId a : args) node.weight = std::min(kWeightLimit, node.weight + (*this)[a].weight);
  if (!args.empty()) node.args = arg_store_.emplace_back(args.begin(), args.end());
  if (!numbers.empty()) node.numbers = number_store_.emplace_back(numbers.begin(), numbers.end());
  const TermId id(nodes_.size());
  nodes_.push_back(node);
  slots_[at] = {h, id};
  return id;
}

void TermPool::grow() {
  constexpr std::size_t kFirst = 1024;
  const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(std::max(kFirst, 2 * slots_.size())));
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (!slot.term.valid()) continue;
    std::size_t at = slot.hash & mask;
    while (slots_[at].term.valid()) at = (at + 1) & mask;
    slots_[at] = slot;
  }
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

TermId TermPool::duplication(Dim size) {
  if (size == dims.one()) return number(1);
  Node n;
  n.op = Op::Duplication;
  n.shape = {dims.multiply(size, size), dims.triangle(size)};
  n.first = size;
  return intern(n, {}, {});
}

TermId TermPool::elimination(Dim size) {
  if (size == dims.one()) return number(1);
  Node n;
  n.op = Op::Elimination;
  n.shape = {dims.triangle(size), dims.multiply(size, size)};
  n.first = size;
  return intern(n, {}, {});
}

TermId TermPool::selection(Dim size, Dim first, Dim last) {
  const Dim count = dims.add(dims.subtract(last, first), dims.one());
  if (size == count) return eye(size);
  Node n;
  n.op = Op::Selection;
  n.shape = {size, count};
  n.first = first;
  n.second = last;
  return intern(n, {}, {});
}

TermId TermPool::rebuild(TermId like, std::span<const TermId> args) {
  const Node n = (*this)[like];
  if (std::ranges::equal(n.args, args)) return like;
  switch (n.op) {
    case Op::Symbol: case Op::Number: case Op::Size: case Op::Pi: case Op::Ones: case Op::Zeros: case Op::Eye:
    case Op::Commutation: case Op::Duplication: case Op::Elimination: case Op::Selection: return like;
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
    case Op::Tril: return tril(args[0]);
    case Op::Trace: return trace(args[0]);
    case Op::Total: return total(args[0]);
    case Op::ColumnSums: return column_sums(args[0]);
    case Op::RowSums: return row_sums(args[0]);
    case Op::Power: return power(args[0], n.numbers[0]);
    case Op::PowerBy: return power_by(args[0], args[1]);
    case Op::Apply: return apply(n.function, n.order, args[0]);
    case Op::ColumnSoftmax: return column_softmax(args[0]);
    case Op::RowSoftmax: return row_softmax(args[0]);
    case Op::ColumnLogSumExp: return column_logsumexp(args[0]);
    case Op::RowLogSumExp: return row_logsumexp(args[0]);
    case Op::Inverse: return inverse(args[0]);
    case Op::Det: return det(args[0]);
    case Op::LogDet: return logdet(args[0]);
    case Op::PseudoInverse: return pseudo_inverse(args[0]);
    case Op::Cholesky: return cholesky(args[0]);
    case Op::MatrixFunction: return matrix_function(n.primary, n.first, args);
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
  if (x.op == Op::Symbol) return x.symbol <=> y.symbol;
  if (x.function != y.function) {
    // The rule book's functions by name; what a program declares comes after them, in its order.
    const std::string& f = functions[x.function].name;
    const std::string& g = functions[y.function].name;
    const bool known = functions.find(f) == x.function, other_known = functions.find(g) == y.function;
    if (known != other_known) return known ? std::strong_ordering::less : std::strong_ordering::greater;
    if (!known) return x.function <=> y.function;
    return f.compare(g) < 0 ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  if (const auto c = x.order <=> y.order; c != 0) return c;
  if (const auto c = x.primary <=> y.primary; c != 0) return c;
  if (const auto c = x.weight <=> y.weight; c != 0) return c;
  if (const auto c = x.args.size() <=> y.args.size(); c != 0) return c;
  for (std::size_t i = 0; i < x.args.size(); ++i)
    if (const auto c = compare(x.args[i], y.args[i]); c != 0) return c;
  for (std::size_t i = 0; i < std::min(x.numbers.size(), y.numbers.size()); ++i)
    if (const auto c = x.numbers[i] <=> y.numbers[i]; c != 0) return c;
  const auto by_key = [this](Dim d, Dim e) {
    if (d == e) return 0;
    if (!d.valid() || !e.valid()) return d.valid() ? 1 : -1;
    const int c = dims.key(d).compare(dims.key(e));
    return c != 0 ? c : dims.text(d).compare(dims.text(e));
  };
  for (const int c : {by_key(x.first, y.first), by_key(x.second, y.second), by_key(x.shape.rows, y.shape.rows),
                      by_key(x.shape.cols, y.shape.cols)})
    if (c != 0) return c < 0 ? std::strong_ordering::less : std::strong_ordering::greater;
  throw Bug("two different nodes compare equal");
}

}  // namespace dvec
