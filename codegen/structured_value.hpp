#pragma once
/// Matrix values with their structure, and the operations that keep it: nothing is formed that a structure can stand for.

#include <functional>
#include <utility>

#include "codegen/value_graph.hpp"

namespace dvec {

struct StructuredValue {
  Structure structure = Structure::Dense;
  Shape shape;
  /// Dense, Scalar: the value. Diagonal: the diagonal as a column, or one number for all of it. RowBroadcast: the row;
  /// ColumnBroadcast: the column; Constant: the number. Inverse: the factorisation.
  NodeRef ref = {};
  bool inverse = false;                        ///< inv(A), of which only the factorisation exists; structure is Dense
  std::vector<StructuredValue> factors = {};   ///< ImplicitKronecker: two
  /// ImplicitCommutation: both. ImplicitSelection: first and last column, from 1. Duplication, Elimination: the order.
  Dim first = {}, second = {};
  bool turned = false;                         ///< ImplicitSelection, Duplication, Elimination: transposed
};

class StructuredAlgebra {
 public:
  StructuredAlgebra(ValueGraph& graph, std::function<double(Dim)> reference_size)
      : graph_(graph), reference_size_(std::move(reference_size)) {}

  [[nodiscard]] ValueGraph& graph() const { return graph_; }

  // Making.
  StructuredValue dense(NodeRef value);
  StructuredValue constant(NodeRef scalar, Shape shape);
  StructuredValue identity(Dim n);
  StructuredValue diagonal(NodeRef column_or_scalar, Dim n);
  StructuredValue commutation(Dim m, Dim n);
  StructuredValue selection(Dim n, Dim first, Dim last);
  StructuredValue duplication(Dim n);
  StructuredValue elimination(Dim n);

  /// All entries: what an instruction without knowledge of the structure needs.
  NodeRef materialise(const StructuredValue& a);

  StructuredValue transpose(const StructuredValue& a);
  StructuredValue add(const std::vector<StructuredValue>& terms, const std::vector<Rational>& coefficients);
  StructuredValue scale(NodeRef scalar, const StructuredValue& a);
  StructuredValue hadamard(const std::vector<StructuredValue>& factors);
  StructuredValue power(const StructuredValue& a, const Rational& exponent);
  StructuredValue power_by(const StructuredValue& a, const StructuredValue& exponent);
  StructuredValue call(FunctionId f, int order, const StructuredValue& a);

  /// Factors in the order that costs least at the reference sizes.
  StructuredValue product(const std::vector<StructuredValue>& factors);
  /// The last two factors of that order, not yet multiplied: for a trace or a diagonal, which need not all of the product.
  std::pair<StructuredValue, StructuredValue> halves(const std::vector<StructuredValue>& factors);
  StructuredValue kronecker(const StructuredValue& a, const StructuredValue& b);
  StructuredValue reshape(const StructuredValue& a, Shape shape);

  StructuredValue total(const StructuredValue& a);
  StructuredValue column_sums(const StructuredValue& a);
  StructuredValue row_sums(const StructuredValue& a);
  /// The largest entry of each column, a row.
  StructuredValue column_maxima(const StructuredValue& a);
  /// The diagonal, as a column.
  StructuredValue diagonal_of(const StructuredValue& a);

  /// By Cholesky where a variable is declared spd, else by LU; only the factorisation is made.
  StructuredValue inverse(const StructuredValue& a);
  /// Rows and columns of a from a place on, counted from 1.
  StructuredValue slice(const StructuredValue& a, Shape from, Shape shape);
  /// Zeros, but for the blocks, which begin at their places; where they overlap they are added.
  StructuredValue placed(const std::vector<StructuredValue>& blocks, const std::vector<Shape>& places, Shape shape);
  StructuredValue tril(const StructuredValue& a);
  /// Lower L with L*L' = a.
  StructuredValue cholesky(const StructuredValue& a);
  StructuredValue pseudo_inverse(const StructuredValue& a);
  /// f(A), or its derivative at A along E1, ..., Ek: a block of f of a larger matrix.
  StructuredValue matrix_function(PrimaryFunction f, Dim exponent, std::vector<StructuredValue> args);

  StructuredValue det(const StructuredValue& a);
  StructuredValue log_det(const StructuredValue& a);

 private:
  struct Chain;
  [[nodiscard]] Shape scalar_shape() const { return {graph_.pool().dims.one(), graph_.pool().dims.one()}; }
  [[nodiscard]] bool is_one(Dim d) const { return d == graph_.pool().dims.one(); }
  [[nodiscard]] bool is_row(const StructuredValue& a) const { return is_one(a.shape.rows) && !is_one(a.shape.cols); }
  [[nodiscard]] bool is_column(const StructuredValue& a) const { return is_one(a.shape.cols) && !is_one(a.shape.rows); }
  [[nodiscard]] static bool picks(const StructuredValue& a) {
    return a.structure == Structure::ImplicitSelection || a.structure == Structure::ImplicitDuplication ||
           a.structure == Structure::ImplicitElimination;
  }
  [[nodiscard]] static bool is_diagonal(const StructuredValue& a) {
    return a.structure == Structure::Diagonal || a.structure == Structure::Identity;
  }
  /// As an operand of an entrywise operation: the small value of a broadcast.
  NodeRef entries(const StructuredValue& a);
  /// The diagonal of a, as a column or a scalar.
  NodeRef diagonal_entries(const StructuredValue& a);
  /// Shape of an entrywise combination before it is spread over `shape`, and the value that is so spread.
  Shape held_shape(const std::vector<StructuredValue>& args, Shape shape);
  StructuredValue spread(NodeRef held, Shape shape);

  Chain prepare(const std::vector<StructuredValue>& factors);
  StructuredValue join(const StructuredValue& a, const StructuredValue& b);
  StructuredValue apply_kronecker(const StructuredValue& k, const StructuredValue& column);
  /// A selection, D or L, or one transposed, times a matrix: rows are picked, nothing is multiplied.
  StructuredValue pick(const StructuredValue& from, const StructuredValue& b);
  [[nodiscard]] bool is_placed(NodeRef r) const { return graph_[r].compute == Compute::Place && graph_[r].name.empty(); }
  StructuredValue add_placed(const std::vector<StructuredValue>& terms, const std::vector<Rational>& coefficients);
  NodeRef factorise(const StructuredValue& a);
  NodeRef factorise(const StructuredValue& a, Decomposition by);
  StructuredValue log_abs(const StructuredValue& a);
  NodeRef sum(Compute which, NodeRef of);
  NodeRef times(Dim count, NodeRef scalar_or_vector);

  ValueGraph& graph_;
  std::function<double(Dim)> reference_size_;
};

}  // namespace dvec
