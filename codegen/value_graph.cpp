#include "codegen/value_graph.hpp"

#include <algorithm>

#include "support/result.hpp"

namespace dvec {

bool is_entrywise(Compute compute) {
  switch (compute) {
    case Compute::Number: case Compute::Size: case Compute::Pi: case Compute::Spread: case Compute::Add:
    case Compute::Multiply: case Compute::Power: case Compute::PowerBy: case Compute::Call: return true;
    case Compute::Argument: case Compute::WithDiagonal: case Compute::Total: case Compute::ColumnSums:
    case Compute::RowSums: case Compute::Product: case Compute::Diagonal: case Compute::Factorise: case Compute::Solve:
    case Compute::Invert: case Compute::LogDet: case Compute::Det: case Compute::Reshape: case Compute::Kronecker:
    case Compute::Commutation: case Compute::Identity: case Compute::DiagonalMatrix: case Compute::PickMatrix:
    case Compute::Slice: case Compute::Place: case Compute::LowerTriangle: case Compute::ColumnMaxima: case Compute::TriangleRows:
    case Compute::CholeskyFactor: case Compute::PseudoInverse: case Compute::MatrixFunction: return false;
  }
  throw Bug("unknown computation");
}

bool ValueGraph::declared_symmetric(const ValueNode& n) const {
  return n.compute == Compute::Argument &&
         has(pool_->symbols[n.symbol].attributes, Attribute::Symmetric | Attribute::Spd | Attribute::Diagonal);
}

Extent ValueGraph::extent(NodeRef r) const {
  const Shape s = shape(r);
  const Dim one = pool_->dims.one();
  if (s.rows == one) return s.cols == one ? Extent::Scalar : Extent::Row;
  return s.cols == one ? Extent::Column : Extent::Full;
}

bool ValueGraph::symmetric(NodeRef r) const {
  const ValueNode& n = (*this)[r];
  switch (n.compute) {
    case Compute::Argument: return declared_symmetric(n);
    case Compute::Invert: {
      const ValueNode& factor = (*this)[n.args[0]];
      return factor.decomposition == Decomposition::Cholesky || declared_symmetric((*this)[factor.args[0]]);
    }
    case Compute::Identity: case Compute::DiagonalMatrix: return true;
    case Compute::Product: return n.args[0] == NodeRef{n.args[1].node, !n.args[1].transposed};
    default: return pool_->is_scalar(n.shape);
  }
}

NodeRef ValueGraph::transpose(NodeRef r) const {
  if (symmetric(r)) return {r.node, false};
  return {r.node, !r.transposed};
}

ValueGraph::Key ValueGraph::key(const ValueNode& n) {
  Key k{static_cast<std::uint64_t>(n.compute), n.shape.rows.value, n.shape.cols.value, n.symbol.value, n.function.value,
        static_cast<std::uint64_t>(n.order), n.first.value, n.second.value, static_cast<std::uint64_t>(n.decomposition),
        static_cast<std::uint64_t>(n.triangle), static_cast<std::uint64_t>(n.materialised), static_cast<std::uint64_t>(n.primary)};
  for (const Shape p : n.places) {
    k.push_back(p.rows.value);
    k.push_back(p.cols.value);
  }
  for (const NodeRef a : n.args) k.push_back(2 * std::uint64_t{a.node.value} + (a.transposed ? 1 : 0));
  for (const KroneckerFactor& f : n.factors) {
    k.push_back(static_cast<std::uint64_t>(f.structure));
    k.push_back(f.shape.rows.value);
    k.push_back(f.shape.cols.value);
  }
  return k;
}

std::optional<NodeId> ValueGraph::known(const ValueNode& node) const {
  const auto [begin, end] = by_key_.equal_range(key(node));
  for (auto it = begin; it != end; ++it)
    if ((*this)[it->second].numbers == node.numbers) return it->second;
  return std::nullopt;
}

NodeRef ValueGraph::make(ValueNode node) {
  for (NodeRef& a : node.args)
    if (a.transposed && symmetric(a)) a.transposed = false;
  const bool flips = is_entrywise(node.compute) || node.compute == Compute::Product;
  if (flips && !pool_->is_scalar(node.shape)) {
    ValueNode flipped = node;
    flipped.shape = transposed(node.shape);
    for (NodeRef& a : flipped.args) a = transpose(a);
    if (node.compute == Compute::Product) std::ranges::reverse(flipped.args);
    if (const auto there = known(node)) return {*there, false};
    if (const auto there = known(flipped)) return {*there, true};
    // A new value, all of whose arguments are transposed, is the transpose of a plainer one.
    const bool all = is_entrywise(node.compute) && !node.args.empty() && std::ranges::all_of(node.args, [this](NodeRef a) {
                       return a.transposed || pool_->is_scalar((*this)[a].shape);
                     });
    if (all && std::ranges::any_of(node.args, &NodeRef::transposed)) {
      const NodeId id(nodes_.size());
      by_key_.emplace(key(flipped), id);
      nodes_.push_back(std::move(flipped));
      return {id, true};
    }
  } else if (const auto there = known(node)) {
    return {*there, false};
  }
  const NodeId id(nodes_.size());
  by_key_.emplace(key(node), id);
  nodes_.push_back(std::move(node));
  return {id, false};
}

void ValueGraph::set_name(NodeRef r, const std::string& name, const std::string& formula) {
  ValueNode& n = nodes_.at(r.node.value);
  if (!n.name.empty() || n.compute == Compute::Number || n.compute == Compute::Size || n.compute == Compute::Pi) return;
  n.name = name;
  n.formula = formula;
}

NodeRef ValueGraph::number(const Rational& value) {
  const Dim one = pool_->dims.one();
  return make({.compute = Compute::Number, .shape = {one, one}, .numbers = {value}});
}

NodeRef ValueGraph::size_of(Dim d) {
  if (const auto value = pool_->dims.as_number(d)) return number(*value);
  const Dim one = pool_->dims.one();
  return make({.compute = Compute::Size, .shape = {one, one}, .first = d});
}

const Rational* ValueGraph::as_number(NodeRef r) const {
  const ValueNode& n = (*this)[r];
  return n.compute == Compute::Number ? n.numbers.data() : nullptr;
}

NodeRef ValueGraph::multiply(const Rational& coefficient, std::vector<NodeRef> args, Shape shape) {
  ValueNode product{.compute = Compute::Multiply, .shape = shape, .numbers = {coefficient}};
  for (const NodeRef a : args) {
    const ValueNode& n = (*this)[a];
    if (n.compute == Compute::Number) {
      product.numbers[0] *= n.numbers[0];
    } else if (n.compute == Compute::Multiply && n.name.empty()) {
      product.numbers[0] *= n.numbers[0];
      for (const NodeRef b : n.args) product.args.push_back(a.transposed ? transpose(b) : b);
    } else if (n.compute == Compute::Spread) {
      product.args.push_back(a.transposed ? transpose(n.args[0]) : n.args[0]);
    } else {
      product.args.push_back(a);
    }
  }
  std::ranges::sort(product.args);
  // x * x is a power, so that it is computed as one.
  for (std::size_t i = 0; i + 1 < product.args.size(); ++i) {
    if (product.args[i] != product.args[i + 1]) continue;
    const NodeRef base = product.args[i];
    std::size_t count = 0;
    while (i + count < product.args.size() && product.args[i + count] == base) ++count;
    product.args.erase(product.args.begin() + static_cast<std::ptrdiff_t>(i),
                       product.args.begin() + static_cast<std::ptrdiff_t>(i + count));
    product.args.insert(product.args.begin() + static_cast<std::ptrdiff_t>(i),
                        make({.compute = Compute::Power, .shape = this->shape(base), .args = {base},
                              .numbers = {Rational(static_cast<std::int64_t>(count))}}));
  }
  const auto spread = [&](NodeRef small) {
    if (this->shape(small) == shape) return small;
    return make({.compute = Compute::Spread, .shape = shape, .args = {small}});
  };
  if (product.numbers[0].is_zero() || product.args.empty()) return spread(number(product.numbers[0]));
  if (product.numbers[0].is_one() && product.args.size() == 1) return spread(product.args[0]);
  return make(std::move(product));
}

NodeRef ValueGraph::add(std::vector<NodeRef> args, std::vector<Rational> coefficients, Shape shape) {
  std::vector<std::pair<NodeRef, Rational>> terms;
  Rational constant(0);
  for (std::size_t i = 0; i < args.size(); ++i) {
    NodeRef a = args[i];
    Rational c = coefficients[i];
    const ValueNode* n = &(*this)[a];
    if (n->compute == Compute::Spread) {
      a = a.transposed ? transpose(n->args[0]) : n->args[0];
      n = &(*this)[a];
    }
    if (n->compute == Compute::Number) {
      constant += c * n->numbers[0];
      continue;
    }
    if (n->compute == Compute::Multiply && n->name.empty() && !n->numbers[0].is_one()) {
      // A coefficient belongs to the sum.
      const std::vector<NodeRef> factors = n->args;
      const Shape small = this->shape(a);
      c *= n->numbers[0];
      std::vector<NodeRef> turned;
      for (const NodeRef f : factors) turned.push_back(a.transposed ? transpose(f) : f);
      a = multiply(Rational(1), turned, small);
    }
    const auto same = std::ranges::find(terms, a, &std::pair<NodeRef, Rational>::first);
    if (same == terms.end()) terms.emplace_back(a, c);
    else same->second += c;
  }
  std::erase_if(terms, [](const auto& t) { return t.second.is_zero(); });
  if (terms.empty()) return multiply(constant, {}, shape);
  if (!constant.is_zero()) terms.emplace_back(number(1), constant);
  if (terms.size() == 1) return multiply(terms[0].second, {terms[0].first}, shape);
  std::ranges::sort(terms, {}, &std::pair<NodeRef, Rational>::first);
  ValueNode sum{.compute = Compute::Add, .shape = shape};
  for (const auto& [a, c] : terms) {
    sum.args.push_back(a);
    sum.numbers.push_back(c);
  }
  return make(std::move(sum));
}

}  // namespace dvec
