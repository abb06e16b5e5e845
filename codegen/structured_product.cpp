/// Products of structured values.

#include <algorithm>

#include "codegen/chain_order.hpp"
#include "codegen/structured_value.hpp"
#include "support/result.hpp"

namespace dvec {

/// A chain of factors with its scalars taken out and its rank-one factors taken apart.
struct StructuredAlgebra::Chain {
  Rational coefficient = 1;
  std::vector<NodeRef> scalars;
  std::vector<StructuredValue> items;
  Dim rows;
};

StructuredAlgebra::Chain StructuredAlgebra::prepare(const std::vector<StructuredValue>& factors) {
  const Dim one = graph_.pool().dims.one();
  Chain chain;
  chain.rows = factors.front().shape.rows;
  const auto ones = [&](Dim rows, Dim cols) {
    if (!is_one(rows) || !is_one(cols)) chain.items.push_back(constant(graph_.number(1), {rows, cols}));
  };
  const auto dense_item = [&](NodeRef ref) {
    const ValueNode n = graph_[ref];
    if (n.compute != Compute::Multiply || !n.name.empty()) {
      chain.items.push_back(dense(ref));
      return;
    }
    chain.coefficient *= n.numbers[0];
    std::vector<NodeRef> columns, rows, full;
    for (NodeRef a : n.args) {
      if (ref.transposed) a = graph_.transpose(a);
      switch (graph_.extent(a)) {
        case Extent::Scalar: chain.scalars.push_back(a); break;
        case Extent::Row: rows.push_back(a); break;
        case Extent::Column: columns.push_back(a); break;
        case Extent::Full: full.push_back(a); break;
      }
    }
    const Shape s = graph_.shape(ref);
    if (full.empty()) {
      if (!columns.empty()) chain.items.push_back(dense(graph_.multiply(1, columns, {s.rows, one})));
      if (!rows.empty()) chain.items.push_back(dense(graph_.multiply(1, rows, {one, s.cols})));
      return;
    }
    full.insert(full.end(), columns.begin(), columns.end());
    full.insert(full.end(), rows.begin(), rows.end());
    chain.items.push_back(dense(graph_.multiply(1, full, s)));
  };
  for (const StructuredValue& f : factors) {
    switch (f.structure) {
      case Structure::Scalar: chain.scalars.push_back(f.ref); break;
      case Structure::Constant:
        chain.scalars.push_back(f.ref);
        ones(f.shape.rows, one);
        ones(one, f.shape.cols);
        break;
      case Structure::RowBroadcast:
        ones(f.shape.rows, one);
        dense_item(f.ref);
        break;
      case Structure::ColumnBroadcast:
        dense_item(f.ref);
        ones(one, f.shape.cols);
        break;
      case Structure::Identity: break;
      case Structure::Diagonal:
        if (graph_.is_scalar(f.ref)) chain.scalars.push_back(f.ref);
        else chain.items.push_back(f);
        break;
      case Structure::Dense: case Structure::Symmetric: case Structure::Materialised:
        if (f.inverse) chain.items.push_back(f);
        else dense_item(f.ref);
        break;
      case Structure::ImplicitKronecker: case Structure::ImplicitCommutation:
      case Structure::ImplicitSelection: case Structure::ImplicitDuplication: case Structure::ImplicitElimination: chain.items.push_back(f); break;
    }
  }
  return chain;
}

namespace {

/// Costs of joining ranges of a chain, at the reference sizes.
class ChainCost {
 public:
  ChainCost(const std::vector<StructuredValue>& items, const ValueGraph& graph, const std::function<double(Dim)>& size) {
    for (const StructuredValue& a : items) {
      const ValueNode* n = a.structure == Structure::Dense && !a.inverse ? &graph[a.ref] : nullptr;
      entrywise_.push_back(n != nullptr && is_entrywise(n->compute) && n->name.empty());
      rows_.push_back(size(a.shape.rows));
      diagonal_.push_back(a.structure == Structure::Diagonal);
      constant_.push_back(a.structure == Structure::Constant);
      picks_.push_back(a.structure == Structure::ImplicitSelection || a.structure == Structure::ImplicitDuplication ||
                       a.structure == Structure::ImplicitElimination);
      Kron k;
      if (a.structure == Structure::ImplicitKronecker)
        k = {size(a.factors[0].shape.rows), size(a.factors[0].shape.cols), size(a.factors[1].shape.rows), size(a.factors[1].shape.cols)};
      kron_.push_back(k);
    }
    rows_.push_back(size(items.back().shape.cols));
  }

  double operator()(std::size_t i, std::size_t k, std::size_t j) const {
    const double r = rows_[i], m = rows_[k], c = rows_[j];
    const bool left_one = k == i + 1, right_one = j == k + 1;
    const bool left_diagonal = all_diagonal(i, k), right_diagonal = all_diagonal(k, j);
    if (left_diagonal && right_diagonal) return r;
    // Scaling what is computed entry by entry anyway needs no pass of its own.
    if ((left_diagonal && right_one && entrywise_[k]) || (right_diagonal && left_one && entrywise_[i])) return 0;
    if (left_diagonal || right_diagonal) return r * c;
    if ((left_one && picks_[i]) || (right_one && picks_[k])) return r * c;
    if (m == 1) return (left_one && constant_[i]) || (right_one && constant_[k]) ? 0 : r * c;
    if ((left_one && constant_[i]) || (right_one && constant_[k])) return r * m * c;
    if (left_one && kron_[i].m > 0 && c == 1) return applied(kron_[i]);
    if (right_one && kron_[k].m > 0 && r == 1) return applied(kron_[k]);
    return 2 * r * m * c;
  }

 private:
  struct Kron {
    double m = 0, n = 0, p = 0, q = 0;  ///< m×n and p×q
  };
  static double applied(const Kron& k) { return 2 * k.p * k.q * k.n + 2 * k.p * k.n * k.m; }
  [[nodiscard]] bool all_diagonal(std::size_t i, std::size_t j) const {
    for (; i < j; ++i)
      if (!diagonal_[i]) return false;
    return true;
  }

  std::vector<double> rows_;
  std::vector<bool> diagonal_, constant_, entrywise_, picks_;
  std::vector<Kron> kron_;
};

}  // namespace

StructuredValue StructuredAlgebra::product(const std::vector<StructuredValue>& factors) {
  const Chain chain = prepare(factors);
  const NodeRef scalar = graph_.multiply(chain.coefficient, chain.scalars, scalar_shape());
  const std::size_t n = chain.items.size();
  if (n == 0) return diagonal(scalar, chain.rows);
  const ChainOrder order(n, ChainCost(chain.items, graph_, reference_size_));
  // By an explicit stack: a chain bracketed from the left is as deep as it is long.
  struct Range {
    std::size_t i, j;
    bool split;
  };
  std::vector<Range> todo{{0, n, false}};
  std::vector<StructuredValue> done;
  while (!todo.empty()) {
    Range& top = todo.back();
    if (top.j == top.i + 1) {
      done.push_back(chain.items[top.i]);
      todo.pop_back();
    } else if (!top.split) {
      top.split = true;
      const std::size_t i = top.i, j = top.j, k = order.split(i, j);
      todo.push_back({k, j, false});
      todo.push_back({i, k, false});
    } else {
      const StructuredValue right = done.back();
      done.pop_back();
      done.back() = join(done.back(), right);
      todo.pop_back();
    }
  }
  return scale(scalar, done.back());
}

std::pair<StructuredValue, StructuredValue> StructuredAlgebra::halves(const std::vector<StructuredValue>& factors) {
  const Chain chain = prepare(factors);
  const NodeRef scalar = graph_.multiply(chain.coefficient, chain.scalars, scalar_shape());
  const std::size_t n = chain.items.size();
  if (n < 2) return {product(factors), identity(factors.back().shape.cols)};
  const std::size_t k = ChainOrder(n, ChainCost(chain.items, graph_, reference_size_)).split(0, n);
  // Rows are picked more easily than they are multiplied by zeros and ones.
  if ((k == 1 && picks(chain.items.front())) || (k + 1 == n && picks(chain.items.back())))
    return {product(factors), identity(factors.back().shape.cols)};
  const auto cut = chain.items.begin() + static_cast<std::ptrdiff_t>(k);
  return {scale(scalar, product({chain.items.begin(), cut})), product({cut, chain.items.end()})};
}

StructuredValue StructuredAlgebra::join(const StructuredValue& a, const StructuredValue& b) {
  const Shape shape{a.shape.rows, b.shape.cols};
  require(a.shape.cols == b.shape.rows, "factors of a product conform");
  if (graph_.pool().is_scalar(a.shape)) return scale(entries(a), b);
  if (graph_.pool().is_scalar(b.shape)) return scale(entries(b), a);
  if (is_diagonal(a) && is_diagonal(b)) return hadamard({a, b});
  const auto applies = [&](const StructuredValue& s) {
    return s.structure == Structure::ImplicitCommutation || s.structure == Structure::ImplicitKronecker;
  };
  if (picks(a) && !b.inverse && !(applies(b) && is_row(a))) return pick(a, b);
  if (picks(b) && !a.inverse && !(applies(a) && is_column(b))) return transpose(pick(transpose(b), transpose(a)));
  if (is_diagonal(a)) return hadamard({spread(a.ref, b.shape), b});
  if (is_diagonal(b)) return hadamard({a, spread(graph_.transpose(b.ref), a.shape)});
  if (is_one(a.shape.cols)) return hadamard({spread(entries(a), shape), spread(entries(b), shape)});
  if (graph_.pool().is_scalar(shape)) return total(hadamard({transpose(a), b}));
  if (a.structure == Structure::Constant && is_one(a.shape.rows)) return scale(a.ref, column_sums(b));
  if (b.structure == Structure::Constant && is_one(b.shape.cols)) return scale(b.ref, row_sums(a));
  const auto transposed_join = [&] { return transpose(join(transpose(b), transpose(a))); };
  const auto implicit = [](const StructuredValue& s) {
    return s.structure == Structure::ImplicitCommutation || s.structure == Structure::ImplicitKronecker;
  };
  if (implicit(a) && is_column(b))
    return a.structure == Structure::ImplicitKronecker
               ? apply_kronecker(a, b)
               : reshape(transpose(reshape(b, {a.first, a.second})), b.shape);
  if (implicit(b) && is_row(a)) return transposed_join();
  if (a.structure == Structure::ImplicitKronecker && b.structure == Structure::ImplicitKronecker &&
      a.factors[0].shape.cols == b.factors[0].shape.rows && a.factors[1].shape.cols == b.factors[1].shape.rows)
    return kronecker(product({a.factors[0], b.factors[0]}), product({a.factors[1], b.factors[1]}));
  if (a.inverse)
    return dense(graph_.make({.compute = Compute::Solve, .shape = shape, .args = {a.ref, materialise(b)}}));
  if (b.inverse) return transposed_join();
  return dense(graph_.make({.compute = Compute::Product, .shape = shape, .args = {materialise(a), materialise(b)}}));
}

/// kron(A,B)*v = vec(B*V*A') with vec V = v. Source: Magnus & Neudecker (2019), 2.4.
StructuredValue StructuredAlgebra::apply_kronecker(const StructuredValue& k, const StructuredValue& column) {
  const StructuredValue& a = k.factors[0];
  const StructuredValue& b = k.factors[1];
  const StructuredValue v = reshape(column, {b.shape.cols, a.shape.cols});
  const StructuredValue result = product({b, v, transpose(a)});
  return reshape(result, {k.shape.rows, graph_.pool().dims.one()});
}

StructuredValue StructuredAlgebra::kronecker(const StructuredValue& a, const StructuredValue& b) {
  if (graph_.pool().is_scalar(a.shape)) return scale(entries(a), b);
  if (graph_.pool().is_scalar(b.shape)) return scale(entries(b), a);
  // A row and a column: the outer product, in either order.
  if (is_column(a) && is_row(b)) return join(a, b);
  if (is_row(a) && is_column(b)) return join(b, a);
  DimTable& dims = graph_.pool().dims;
  const Shape shape{dims.multiply(a.shape.rows, b.shape.rows), dims.multiply(a.shape.cols, b.shape.cols)};
  if (a.structure == Structure::Constant && b.structure == Structure::Constant)
    return constant(graph_.multiply(1, {a.ref, b.ref}, scalar_shape()), shape);
  if (a.structure == Structure::Identity && b.structure == Structure::Identity) return identity(shape.rows);
  return {.structure = Structure::ImplicitKronecker, .shape = shape, .factors = {a, b}};
}

StructuredValue StructuredAlgebra::reshape(const StructuredValue& a, Shape shape) {
  if (a.shape == shape) return a;
  if (a.structure == Structure::Constant) return constant(a.ref, shape);
  if (transposed(a.shape) == shape && (is_row(a) || is_column(a))) return transpose(a);
  NodeRef from = materialise(a);
  if (const ValueNode& n = graph_[from]; n.compute == Compute::Reshape && !from.transposed) from = n.args[0];
  if (graph_.shape(from) == shape) return dense(from);
  return dense(graph_.make({.compute = Compute::Reshape, .shape = shape, .args = {from}}));
}

}  // namespace dvec
