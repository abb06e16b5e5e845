/// Blocks and triangles of structured values, and what is made of a whole matrix: its Cholesky factor, pseudo-inverse, and
/// functions.

#include <algorithm>

#include "codegen/structured_value.hpp"
#include "support/result.hpp"

namespace dvec {

StructuredValue StructuredAlgebra::slice(const StructuredValue& a, Shape from, Shape shape) {
  if (a.shape == shape) return a;
  const Dim one = graph_.pool().dims.one();
  switch (a.structure) {
    case Structure::Constant: return constant(a.ref, shape);
    case Structure::RowBroadcast: return spread(entries(slice(dense(a.ref), {one, from.cols}, {one, shape.cols})), shape);
    case Structure::ColumnBroadcast: return spread(entries(slice(dense(a.ref), {from.rows, one}, {shape.rows, one})), shape);
    case Structure::Dense: case Structure::Scalar: case Structure::Symmetric: case Structure::Materialised:
    case Structure::Diagonal: case Structure::Identity: case Structure::ImplicitKronecker: case Structure::ImplicitCommutation:
    case Structure::ImplicitSelection: case Structure::ImplicitDuplication: case Structure::ImplicitElimination: break;
  }
  const NodeRef all = materialise(a);
  ValueNode node{.compute = Compute::Slice, .shape = all.transposed ? transposed(shape) : shape, .args = {{all.node, false}}};
  node.places = {all.transposed ? transposed(from) : from};
  // A block of a block.
  if (const ValueNode& outer = graph_[all]; outer.compute == Compute::Slice && outer.name.empty()) {
    const DimTable& dims = graph_.pool().dims;
    const auto beyond = [&](Dim first, Dim then) { return dims.subtract(dims.add(first, then), one); };
    node.places = {{beyond(outer.places[0].rows, node.places[0].rows), beyond(outer.places[0].cols, node.places[0].cols)}};
    node.args = outer.args;
  }
  const NodeRef part = graph_.make(std::move(node));
  return dense(all.transposed ? graph_.transpose(part) : part);
}

StructuredValue StructuredAlgebra::placed(const std::vector<StructuredValue>& blocks, const std::vector<Shape>& places, Shape shape) {
  ValueNode node{.compute = Compute::Place, .shape = shape};
  for (std::size_t k = 0; k < blocks.size(); ++k) {
    const Rational* c = blocks[k].structure == Structure::Constant ? graph_.as_number(blocks[k].ref) : nullptr;
    if (c != nullptr && c->is_zero()) continue;
    const NodeRef block = materialise(blocks[k]);
    if (!is_placed(block)) {
      node.args.push_back(block);
      node.places.push_back(places[k]);
      continue;
    }
    // Blocks of a block.
    DimTable& dims = graph_.pool().dims;
    const auto from = [&](Dim outer, Dim inner) { return dims.subtract(dims.add(outer, inner), dims.one()); };
    const ValueNode inner = graph_[block];
    for (std::size_t b = 0; b < inner.args.size(); ++b) {
      const Shape place = block.transposed ? transposed(inner.places[b]) : inner.places[b];
      node.args.push_back(block.transposed ? graph_.transpose(inner.args[b]) : inner.args[b]);
      node.places.push_back({from(places[k].rows, place.rows), from(places[k].cols, place.cols)});
    }
  }
  if (node.args.empty()) return constant(graph_.number(0), shape);
  return dense(graph_.make(std::move(node)));
}

/// All blocks in one matrix; what is no block is the whole of it.
StructuredValue StructuredAlgebra::add_placed(const std::vector<StructuredValue>& terms, const std::vector<Rational>& coefficients) {
  const Dim one = graph_.pool().dims.one();
  std::vector<StructuredValue> blocks, others;
  std::vector<Shape> places;
  std::vector<Rational> of_others;
  for (std::size_t k = 0; k < terms.size(); ++k) {
    StructuredValue t = terms[k];
    if (t.structure == Structure::ImplicitSelection)
      t = placed({identity(t.turned ? t.shape.rows : t.shape.cols)}, {t.turned ? Shape{one, t.first} : Shape{t.first, one}}, t.shape);
    if (t.structure != Structure::Dense || t.inverse || !is_placed(t.ref)) {
      others.push_back(t);
      of_others.push_back(coefficients[k]);
      continue;
    }
    const ValueNode whole = graph_[t.ref];
    for (std::size_t b = 0; b < whole.args.size(); ++b) {
      const NodeRef block = t.ref.transposed ? graph_.transpose(whole.args[b]) : whole.args[b];
      blocks.push_back(scale(graph_.number(coefficients[k]), dense(block)));
      places.push_back(t.ref.transposed ? transposed(whole.places[b]) : whole.places[b]);
    }
  }
  if (!others.empty()) {
    blocks.insert(blocks.begin(), add(others, of_others));
    places.insert(places.begin(), Shape{one, one});
  }
  return placed(blocks, places, terms.front().shape);
}

StructuredValue StructuredAlgebra::pick(const StructuredValue& from, const StructuredValue& b) {
  const Dim one = graph_.pool().dims.one();
  const Shape shape{from.shape.rows, b.shape.cols};
  if (from.structure == Structure::ImplicitSelection) {
    if (from.turned) return slice(b, {from.first, one}, shape);
    if (b.structure == Structure::ImplicitSelection && b.turned) return placed({identity(b.shape.rows)}, {{from.first, b.first}}, shape);
    return placed({b}, {{from.first, one}}, shape);
  }
  const bool duplicates = from.structure == Structure::ImplicitDuplication;
  // L*D is eye(n(n+1)/2), and so is D'*L'.
  if (picks(b) && from.structure != b.structure && from.first == b.first && from.turned == b.turned && duplicates == from.turned)
    return identity(shape.rows);
  ValueNode node{.compute = Compute::TriangleRows, .shape = shape, .args = {materialise(b)}, .first = from.first};
  node.triangle = duplicates ? (from.turned ? TriangleMap::GatherBoth : TriangleMap::ScatterBoth)
                             : (from.turned ? TriangleMap::Scatter : TriangleMap::Gather);
  return dense(graph_.make(std::move(node)));
}

StructuredValue StructuredAlgebra::tril(const StructuredValue& a) {
  if (a.structure == Structure::Scalar || is_diagonal(a)) return a;
  return dense(graph_.make({.compute = Compute::LowerTriangle, .shape = a.shape, .args = {materialise(a)}}));
}

StructuredValue StructuredAlgebra::cholesky(const StructuredValue& a) {
  if (a.structure == Structure::Scalar || is_diagonal(a)) return power(a, Rational(1, 2));
  const NodeRef factor = factorise(a, Decomposition::Cholesky);
  return dense(graph_.make({.compute = Compute::CholeskyFactor, .shape = a.shape, .args = {{factor.node, false}}}));
}

StructuredValue StructuredAlgebra::pseudo_inverse(const StructuredValue& a) {
  const NodeRef factor = factorise(a, Decomposition::Orthogonal);
  const NodeRef made = graph_.make({.compute = Compute::PseudoInverse, .shape = transposed(graph_[factor].shape), .args = {{factor.node, false}}});
  return dense(factor.transposed ? graph_.transpose(made) : made);
}

/// The derivative of f at A along E is the upper right block of f([A,E; 0,A]); further directions become [F,0; 0,F].
StructuredValue StructuredAlgebra::matrix_function(PrimaryFunction f, Dim exponent, std::vector<StructuredValue> args) {
  DimTable& dims = graph_.pool().dims;
  if (args.size() == 1) {
    const StructuredValue& a = args[0];
    const auto whole = f == PrimaryFunction::Power ? dims.as_number(exponent) : std::nullopt;
    const auto k = whole ? whole->to_int64() : std::nullopt;
    if (k && *k >= -64 && *k <= 64) {
      StructuredValue out = identity(a.shape.rows), square = *k < 0 ? inverse(a) : a;
      for (std::int64_t left = *k < 0 ? -*k : *k; left > 0; left /= 2) {
        if (left % 2 == 1) out = product({out, square});
        if (left > 1) square = product({square, square});
      }
      return out;
    }
    ValueNode node{.compute = Compute::MatrixFunction, .shape = a.shape, .args = {materialise(a)}, .first = exponent};
    node.primary = f;
    return dense(graph_.make(std::move(node)));
  }
  const Dim n = args[0].shape.rows, one = dims.one(), below = dims.add(n, one), twice = dims.add(n, n);
  const StructuredValue along = args[1];
  args.erase(args.begin() + 1);
  for (std::size_t k = 0; k < args.size(); ++k) {
    const StructuredValue a = args[k];
    args[k] = k == 0 ? placed({a, along, a}, {{one, one}, {one, below}, {below, below}}, {twice, twice})
                     : placed({a, a}, {{one, one}, {below, below}}, {twice, twice});
  }
  return slice(matrix_function(f, exponent, args), {one, below}, {n, n});
}

}  // namespace dvec
