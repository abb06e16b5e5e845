/// Sums, diagonals, inverses and determinants of structured values.

#include "codegen/structured_value.hpp"
#include "support/result.hpp"

namespace dvec {

NodeRef StructuredAlgebra::times(Dim count, NodeRef value) {
  return graph_.multiply(1, {graph_.size_of(count), value}, graph_.shape(value));
}

/// The sum of a value whose entries are held; factors that do not change along it are taken out.
NodeRef StructuredAlgebra::sum(Compute which, NodeRef of) {
  const Shape s = graph_.shape(of);
  const Dim one = graph_.pool().dims.one();
  if (which == Compute::ColumnSums && is_one(s.cols)) which = Compute::Total;
  if (which == Compute::RowSums && is_one(s.rows)) which = Compute::Total;
  if ((which == Compute::Total && graph_.is_scalar(of)) || (which == Compute::ColumnSums && is_one(s.rows)) ||
      (which == Compute::RowSums && is_one(s.cols)))
    return of;
  const ValueNode n = graph_[of];
  if (of.transposed) {
    const Compute other = which == Compute::ColumnSums ? Compute::RowSums
                          : which == Compute::RowSums  ? Compute::ColumnSums
                                                       : which;
    return graph_.transpose(sum(other, {of.node, false}));
  }
  const Shape result = which == Compute::Total        ? scalar_shape()
                       : which == Compute::ColumnSums ? Shape{one, s.cols}
                                                      : Shape{s.rows, one};
  if (n.compute == Compute::Spread) {
    const StructuredValue small = spread(n.args[0], s);
    return entries(which == Compute::Total ? total(small) : which == Compute::ColumnSums ? column_sums(small) : row_sums(small));
  }
  if (n.compute == Compute::Multiply && n.name.empty()) {
    std::vector<NodeRef> out, in;
    const Extent kept = which == Compute::ColumnSums ? Extent::Row : which == Compute::RowSums ? Extent::Column : Extent::Scalar;
    for (const NodeRef a : n.args) {
      const Extent e = graph_.extent(a);
      (e == Extent::Scalar || e == kept ? out : in).push_back(a);
    }
    if (!out.empty() || !n.numbers[0].is_one()) {
      Extent left = Extent::Scalar;
      for (const NodeRef a : in) left = dvec::join(left, graph_.extent(a));
      const Shape held = left == Extent::Full     ? s
                         : left == Extent::Row    ? Shape{one, s.cols}
                         : left == Extent::Column ? Shape{s.rows, one}
                                                  : scalar_shape();
      const StructuredValue rest = spread(graph_.multiply(1, in, held), s);
      const StructuredValue summed = which == Compute::Total ? total(rest) : which == Compute::ColumnSums ? column_sums(rest) : row_sums(rest);
      out.push_back(entries(summed));
      return graph_.multiply(n.numbers[0], out, result);
    }
  }
  return graph_.make({.compute = which, .shape = result, .args = {of}});
}

StructuredValue StructuredAlgebra::total(const StructuredValue& a) {
  DimTable& dims = graph_.pool().dims;
  switch (a.structure) {
    case Structure::Dense: case Structure::Symmetric: case Structure::Materialised: case Structure::Scalar:
      return dense(sum(Compute::Total, materialise(a)));
    case Structure::Constant: return dense(times(dims.multiply(a.shape.rows, a.shape.cols), a.ref));
    case Structure::RowBroadcast: return dense(times(a.shape.rows, sum(Compute::Total, a.ref)));
    case Structure::ColumnBroadcast: return dense(times(a.shape.cols, sum(Compute::Total, a.ref)));
    case Structure::Identity: case Structure::ImplicitCommutation: return dense(graph_.size_of(a.shape.rows));
    case Structure::Diagonal:
      return dense(graph_.is_scalar(a.ref) ? times(a.shape.rows, a.ref) : sum(Compute::Total, a.ref));
    case Structure::ImplicitSelection: return dense(graph_.size_of(a.turned ? a.shape.rows : a.shape.cols));
    case Structure::ImplicitDuplication: return dense(graph_.size_of(a.turned ? a.shape.cols : a.shape.rows));
    case Structure::ImplicitElimination: return dense(graph_.size_of(a.turned ? a.shape.cols : a.shape.rows));
    case Structure::ImplicitKronecker:
      return dense(graph_.multiply(1, {total(a.factors[0]).ref, total(a.factors[1]).ref}, scalar_shape()));
  }
  throw Bug("unknown structure");
}

StructuredValue StructuredAlgebra::column_sums(const StructuredValue& a) {
  const Shape row{graph_.pool().dims.one(), a.shape.cols};
  switch (a.structure) {
    case Structure::Dense: case Structure::Symmetric: case Structure::Materialised: case Structure::Scalar:
      return dense(sum(Compute::ColumnSums, materialise(a)));
    case Structure::Constant: return constant(times(a.shape.rows, a.ref), row);
    case Structure::RowBroadcast: return dense(times(a.shape.rows, a.ref));
    case Structure::ColumnBroadcast: return constant(sum(Compute::Total, a.ref), row);
    case Structure::Identity: case Structure::ImplicitCommutation: return constant(graph_.number(1), row);
    case Structure::Diagonal:
      return graph_.is_scalar(a.ref) ? constant(a.ref, row) : dense(graph_.transpose(a.ref));
    case Structure::ImplicitSelection: case Structure::ImplicitDuplication: case Structure::ImplicitElimination:
      return dense(sum(Compute::ColumnSums, materialise(a)));
    case Structure::ImplicitKronecker: return kronecker(column_sums(a.factors[0]), column_sums(a.factors[1]));
  }
  throw Bug("unknown structure");
}

StructuredValue StructuredAlgebra::column_maxima(const StructuredValue& a) {
  const Dim one = graph_.pool().dims.one();
  if (a.shape.rows == one) return a;
  return dense(graph_.make({.compute = Compute::ColumnMaxima, .shape = {one, a.shape.cols}, .args = {materialise(a)}}));
}

StructuredValue StructuredAlgebra::row_sums(const StructuredValue& a) { return transpose(column_sums(transpose(a))); }

StructuredValue StructuredAlgebra::diagonal_of(const StructuredValue& a) {
  const Shape column{a.shape.rows, graph_.pool().dims.one()};
  switch (a.structure) {
    case Structure::Scalar: return a;
    case Structure::Constant: return constant(a.ref, column);
    case Structure::RowBroadcast: return dense(graph_.transpose(a.ref));
    case Structure::ColumnBroadcast: return dense(a.ref);
    case Structure::Identity: return constant(graph_.number(1), column);
    case Structure::Diagonal: return spread(a.ref, column);
    case Structure::Dense: case Structure::Symmetric: case Structure::Materialised: case Structure::ImplicitKronecker:
    case Structure::ImplicitCommutation: case Structure::ImplicitSelection: case Structure::ImplicitDuplication: case Structure::ImplicitElimination: break;
  }
  const NodeRef all = materialise(a);
  const ValueNode n = graph_[all];
  if (n.compute == Compute::Multiply && n.name.empty()) {
    std::vector<NodeRef> refs;
    for (NodeRef f : n.args) refs.push_back(entries(diagonal_of(spread(all.transposed ? graph_.transpose(f) : f, a.shape))));
    return spread(graph_.multiply(n.numbers[0], refs, column), column);
  }
  // The diagonal of A' is that of A.
  return dense(graph_.make({.compute = Compute::Diagonal, .shape = column, .args = {{all.node, false}}}));
}

NodeRef StructuredAlgebra::factorise(const StructuredValue& a) {
  const ValueNode& n = graph_[materialise(a)];
  const bool spd = n.compute == Compute::Argument && has(graph_.pool().symbols[n.symbol].attributes, Attribute::Spd);
  return factorise(a, spd ? Decomposition::Cholesky : Decomposition::Lu);
}

NodeRef StructuredAlgebra::factorise(const StructuredValue& a, Decomposition by) {
  const NodeRef matrix = materialise(a);
  const NodeRef factor = graph_.make({.compute = Compute::Factorise, .shape = graph_[matrix].shape, .args = {{matrix.node, false}}, .decomposition = by});
  return {factor.node, matrix.transposed};
}

StructuredValue StructuredAlgebra::inverse(const StructuredValue& a) {
  if (a.structure == Structure::Identity) return a;
  if (a.structure == Structure::Diagonal) return diagonal(power(dense(a.ref), Rational(-1)).ref, a.shape.rows);
  if (a.structure == Structure::Scalar) return power(a, Rational(-1));
  if (a.structure == Structure::ImplicitCommutation) return transpose(a);
  if (a.inverse) {
    const NodeRef matrix = graph_[a.ref].args[0];
    return dense(a.ref.transposed ? graph_.transpose(matrix) : matrix);
  }
  if (a.structure == Structure::ImplicitKronecker && a.factors[0].shape.rows == a.factors[0].shape.cols &&
      a.factors[1].shape.rows == a.factors[1].shape.cols)
    return kronecker(inverse(a.factors[0]), inverse(a.factors[1]));
  return {.structure = Structure::Dense, .shape = a.shape, .ref = factorise(a), .inverse = true};
}

StructuredValue StructuredAlgebra::log_abs(const StructuredValue& a) {
  const auto log = graph_.pool().functions.find("log"), abs = graph_.pool().functions.find("abs");
  require(log.has_value() && abs.has_value(), "the rule book has log and abs");
  return call(*log, 0, call(*abs, 0, a));
}

StructuredValue StructuredAlgebra::det(const StructuredValue& a) {
  if (a.structure == Structure::Identity) return dense(graph_.number(1));
  if (a.structure == Structure::Scalar) return a;
  return dense(graph_.make({.compute = Compute::Det, .shape = scalar_shape(), .args = {{factorise(a).node, false}}}));
}

StructuredValue StructuredAlgebra::log_det(const StructuredValue& a) {
  if (a.structure == Structure::Identity) return dense(graph_.number(0));
  if (a.structure == Structure::Scalar) return log_abs(a);
  if (a.structure == Structure::Diagonal) return total(spread(log_abs(dense(a.ref)).ref, {a.shape.rows, graph_.pool().dims.one()}));
  return dense(graph_.make({.compute = Compute::LogDet, .shape = scalar_shape(), .args = {{factorise(a).node, false}}}));
}

}  // namespace dvec
