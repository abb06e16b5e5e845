/// Making structured values, and what is done entry by entry.

#include "codegen/structured_value.hpp"

#include <algorithm>

#include "support/result.hpp"

namespace dvec {

StructuredValue StructuredAlgebra::dense(NodeRef value) {
  const Shape s = graph_.shape(value);
  return {.structure = graph_.is_scalar(value) ? Structure::Scalar : Structure::Dense, .shape = s, .ref = value};
}

StructuredValue StructuredAlgebra::constant(NodeRef scalar, Shape shape) {
  if (graph_.pool().is_scalar(shape)) return dense(scalar);
  return {.structure = Structure::Constant, .shape = shape, .ref = scalar};
}

StructuredValue StructuredAlgebra::identity(Dim n) {
  if (is_one(n)) return dense(graph_.number(1));
  return {.structure = Structure::Identity, .shape = {n, n}, .ref = graph_.number(1)};
}

StructuredValue StructuredAlgebra::diagonal(NodeRef column_or_scalar, Dim n) {
  if (is_one(n)) return dense(column_or_scalar);
  if (const Rational* c = graph_.as_number(column_or_scalar); c != nullptr && c->is_one()) return identity(n);
  return {.structure = Structure::Diagonal, .shape = {n, n}, .ref = column_or_scalar};
}

StructuredValue StructuredAlgebra::commutation(Dim m, Dim n) {
  const Dim mn = graph_.pool().dims.multiply(m, n);
  return {.structure = Structure::ImplicitCommutation, .shape = {mn, mn}, .first = m, .second = n};
}

StructuredValue StructuredAlgebra::selection(Dim n, Dim first, Dim last) {
  DimTable& dims = graph_.pool().dims;
  return {.structure = Structure::ImplicitSelection, .shape = {n, dims.add(dims.subtract(last, first), dims.one())}, .first = first, .second = last};
}

StructuredValue StructuredAlgebra::duplication(Dim n) {
  DimTable& dims = graph_.pool().dims;
  return {.structure = Structure::ImplicitDuplication, .shape = {dims.multiply(n, n), dims.triangle(n)}, .first = n};
}

StructuredValue StructuredAlgebra::elimination(Dim n) {
  DimTable& dims = graph_.pool().dims;
  return {.structure = Structure::ImplicitElimination, .shape = {dims.triangle(n), dims.multiply(n, n)}, .first = n};
}

StructuredValue StructuredAlgebra::spread(NodeRef held, Shape shape) {
  const Shape small = graph_.shape(held);
  if (small == shape) return dense(held);
  if (graph_.is_scalar(held)) return constant(held, shape);
  return {.structure = is_one(small.rows) ? Structure::RowBroadcast : Structure::ColumnBroadcast, .shape = shape, .ref = held};
}

NodeRef StructuredAlgebra::materialise(const StructuredValue& a) {
  switch (a.structure) {
    case Structure::Dense: case Structure::Symmetric: case Structure::Materialised: case Structure::Scalar:
      return a.inverse ? graph_.make({.compute = Compute::Invert, .shape = a.shape, .args = {a.ref}}) : a.ref;
    case Structure::RowBroadcast: case Structure::ColumnBroadcast: case Structure::Constant:
      return graph_.make({.compute = Compute::Spread, .shape = a.shape, .args = {a.ref}});
    case Structure::Identity: return graph_.make({.compute = Compute::Identity, .shape = a.shape});
    case Structure::Diagonal: return graph_.make({.compute = Compute::DiagonalMatrix, .shape = a.shape, .args = {a.ref}});
    case Structure::ImplicitCommutation:
      return graph_.make({.compute = Compute::Commutation, .shape = a.shape, .first = a.first, .second = a.second});
    case Structure::ImplicitSelection: case Structure::ImplicitDuplication: case Structure::ImplicitElimination: {
      const NodeRef all = graph_.make({.compute = Compute::PickMatrix, .shape = a.turned ? transposed(a.shape) : a.shape,
                                       .first = a.first, .second = a.second, .materialised = a.structure});
      return a.turned ? graph_.transpose(all) : all;
    }
    case Structure::ImplicitKronecker: {
      ValueNode node{.compute = Compute::Kronecker, .shape = a.shape};
      for (const StructuredValue& f : a.factors) {
        const Rational* c = f.structure == Structure::Constant ? graph_.as_number(f.ref) : nullptr;
        const bool ones = c != nullptr && c->is_one();
        const Structure kept = f.structure == Structure::Identity ? Structure::Identity
                               : ones                             ? Structure::Constant
                                                                  : Structure::Dense;
        node.factors.push_back({.structure = kept, .shape = f.shape});
        if (kept == Structure::Dense) node.args.push_back(materialise(f));
      }
      return graph_.make(std::move(node));
    }
  }
  throw Bug("unknown structure");
}

NodeRef StructuredAlgebra::entries(const StructuredValue& a) {
  switch (a.structure) {
    case Structure::Dense: case Structure::Symmetric: case Structure::Materialised: case Structure::Scalar:
      return materialise(a);
    case Structure::RowBroadcast: case Structure::ColumnBroadcast: case Structure::Constant: return a.ref;
    case Structure::Diagonal: case Structure::Identity: case Structure::ImplicitKronecker:
    case Structure::ImplicitCommutation: case Structure::ImplicitSelection: case Structure::ImplicitDuplication:
    case Structure::ImplicitElimination: return materialise(a);
  }
  throw Bug("unknown structure");
}

Shape StructuredAlgebra::held_shape(const std::vector<StructuredValue>& args, Shape shape) {
  Extent extent = Extent::Scalar;
  for (const StructuredValue& a : args) extent = dvec::join(extent, graph_.extent(entries(a)));
  switch (extent) {
    case Extent::Scalar: return scalar_shape();
    case Extent::Row: return {graph_.pool().dims.one(), shape.cols};
    case Extent::Column: return {shape.rows, graph_.pool().dims.one()};
    case Extent::Full: return shape;
  }
  throw Bug("unknown extent");
}

StructuredValue StructuredAlgebra::transpose(const StructuredValue& a) {
  StructuredValue t = a;
  t.shape = transposed(a.shape);
  switch (a.structure) {
    case Structure::Dense: case Structure::Symmetric: case Structure::Materialised:
      if (a.inverse) {
        const ValueNode& factor = graph_[a.ref];
        const NodeRef matrix = factor.args[0];
        if (factor.decomposition != Decomposition::Cholesky && !graph_.symmetric(matrix)) t.ref.transposed = !a.ref.transposed;
      } else {
        t.ref = graph_.transpose(a.ref);
      }
      return t;
    case Structure::RowBroadcast: case Structure::ColumnBroadcast:
      t.structure = a.structure == Structure::RowBroadcast ? Structure::ColumnBroadcast : Structure::RowBroadcast;
      t.ref = graph_.transpose(a.ref);
      return t;
    case Structure::Scalar: case Structure::Diagonal: case Structure::Identity: case Structure::Constant: return t;
    case Structure::ImplicitKronecker:
      for (StructuredValue& f : t.factors) f = transpose(f);
      return t;
    case Structure::ImplicitCommutation: std::swap(t.first, t.second); return t;
    case Structure::ImplicitSelection: case Structure::ImplicitDuplication: case Structure::ImplicitElimination:
      t.turned = !a.turned;
      return t;
  }
  throw Bug("unknown structure");
}

NodeRef StructuredAlgebra::diagonal_entries(const StructuredValue& a) {
  if (a.structure == Structure::Identity || a.structure == Structure::Diagonal) return a.ref;
  const StructuredValue d = diagonal_of(a);
  return entries(d);
}

StructuredValue StructuredAlgebra::add(const std::vector<StructuredValue>& terms, const std::vector<Rational>& coefficients) {
  const auto is_block = [&](const StructuredValue& t) { return t.structure == Structure::Dense && !t.inverse && is_placed(t.ref); };
  if (std::ranges::any_of(terms, is_block) && (terms.size() > 1 || !coefficients[0].is_one())) return add_placed(terms, coefficients);
  const Shape shape = terms.front().shape;
  std::vector<StructuredValue> others;
  std::vector<NodeRef> diagonals;
  std::vector<Rational> of_others, of_diagonals;
  Extent extent = Extent::Scalar;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (is_diagonal(terms[i])) {
      diagonals.push_back(terms[i].ref);
      of_diagonals.push_back(coefficients[i]);
      extent = dvec::join(extent, graph_.extent(terms[i].ref));
    } else {
      others.push_back(terms[i]);
      of_others.push_back(coefficients[i]);
    }
  }
  StructuredValue rest;
  if (!others.empty()) {
    std::vector<NodeRef> refs;
    for (const StructuredValue& o : others) refs.push_back(entries(o));
    rest = spread(graph_.add(refs, of_others, held_shape(others, shape)), shape);
    if (diagonals.empty()) return rest;
  }
  const Shape held = extent == Extent::Scalar ? scalar_shape() : Shape{shape.rows, graph_.pool().dims.one()};
  const NodeRef sum = graph_.add(diagonals, of_diagonals, held);
  if (others.empty()) return diagonal(sum, shape.rows);
  return dense(graph_.make({.compute = Compute::WithDiagonal, .shape = shape, .args = {entries(rest), sum}}));
}

StructuredValue StructuredAlgebra::scale(NodeRef scalar, const StructuredValue& a) {
  if (const Rational* c = graph_.as_number(scalar); c != nullptr && c->is_one()) return a;
  switch (a.structure) {
    case Structure::Diagonal: case Structure::Identity:
      return diagonal(graph_.multiply(1, {scalar, a.ref}, graph_.shape(a.ref)), a.shape.rows);
    case Structure::ImplicitKronecker: {
      StructuredValue k = a;
      k.factors[0] = scale(scalar, k.factors[0]);
      return k;
    }
    case Structure::Dense: case Structure::Scalar: case Structure::RowBroadcast: case Structure::ColumnBroadcast:
    case Structure::Symmetric: case Structure::Constant: case Structure::ImplicitCommutation: case Structure::Materialised:
    case Structure::ImplicitSelection: case Structure::ImplicitDuplication: case Structure::ImplicitElimination: {
      if (a.structure == Structure::ImplicitSelection && (is_column(a) || is_row(a))) {
        const Dim one = graph_.pool().dims.one();
        return placed({dense(scalar)}, {a.turned ? Shape{one, a.first} : Shape{a.first, one}}, a.shape);
      }
      if (a.structure == Structure::Dense && !a.inverse && is_placed(a.ref)) {
        const ValueNode whole = graph_[a.ref];
        std::vector<StructuredValue> blocks;
        for (const NodeRef b : whole.args) blocks.push_back(scale(scalar, dense(b)));
        const StructuredValue scaled = placed(blocks, whole.places, whole.shape);
        return a.ref.transposed ? transpose(scaled) : scaled;
      }
      const NodeRef held = entries(a);
      return spread(graph_.multiply(1, {scalar, held}, graph_.shape(held)), a.shape);
    }
  }
  throw Bug("unknown structure");
}

StructuredValue StructuredAlgebra::hadamard(const std::vector<StructuredValue>& factors) {
  const Shape shape = factors.front().shape;
  std::vector<NodeRef> refs;
  if (std::ranges::any_of(factors, is_diagonal)) {
    Extent extent = Extent::Scalar;
    for (const StructuredValue& f : factors) {
      refs.push_back(diagonal_entries(f));
      extent = dvec::join(extent, graph_.extent(refs.back()));
    }
    const Shape held = extent == Extent::Scalar ? scalar_shape() : Shape{shape.rows, graph_.pool().dims.one()};
    return diagonal(graph_.multiply(1, refs, held), shape.rows);
  }
  for (const StructuredValue& f : factors) refs.push_back(entries(f));
  return spread(graph_.multiply(1, refs, held_shape(factors, shape)), shape);
}

StructuredValue StructuredAlgebra::power(const StructuredValue& a, const Rational& exponent) {
  if (is_diagonal(a) && !exponent.is_negative() && !exponent.is_zero()) {
    const StructuredValue v = power(dense(a.ref), exponent);
    return diagonal(v.ref, a.shape.rows);
  }
  const NodeRef base = entries(a);
  if (const Rational* c = graph_.as_number(base); c != nullptr && !c->is_zero())
    if (const auto k = exponent.to_int64(); k && *k >= -64 && *k <= 64) return spread(graph_.number(dvec::power(*c, *k)), a.shape);
  return spread(graph_.make({.compute = Compute::Power, .shape = graph_.shape(base), .args = {base}, .numbers = {exponent}}),
                a.shape);
}

StructuredValue StructuredAlgebra::power_by(const StructuredValue& a, const StructuredValue& exponent) {
  std::vector<StructuredValue> both{a, exponent};
  const Shape held = held_shape(both, a.shape);
  return spread(graph_.make({.compute = Compute::PowerBy, .shape = held, .args = {entries(a), entries(exponent)}}), a.shape);
}

StructuredValue StructuredAlgebra::call(FunctionId f, int order, const StructuredValue& a) {
  const NodeRef argument = entries(a);
  return spread(graph_.make({.compute = Compute::Call, .shape = graph_.shape(argument), .args = {argument}, .function = f, .order = order}),
                a.shape);
}

}  // namespace dvec
