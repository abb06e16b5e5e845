#pragma once
/// The values that a kernel computes, before it is decided which of them are stored: a graph with every value once.

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codegen/kernel_plan.hpp"

namespace dvec {

struct NodeTag;
using NodeId = Id<NodeTag>;

/// A node's value or its transpose: a transpose is never a value of its own.
struct NodeRef {
  NodeId node;
  bool transposed = false;
  friend auto operator<=>(const NodeRef&, const NodeRef&) = default;
};

enum class Compute : std::uint8_t {
  Argument,  ///< a variable
  // Entry by entry. Arguments are of the node's shape, or spread over it: 1×n, m×1, 1×1.
  Number, Size, Pi,
  Spread,    ///< a row, column or scalar in the node's shape
  Add,       ///< numbers: a coefficient for each argument
  Multiply,  ///< numbers: one coefficient
  Power,     ///< numbers: the exponent
  PowerBy, Call,
  // Always stored.
  WithDiagonal,  ///< entries of the first, and the second (a column or scalar) added on the diagonal
  Total, ColumnSums, RowSums, Product, Diagonal, Factorise, Solve, Invert, LogDet, Det, Reshape,
  Kronecker, Commutation, Identity, DiagonalMatrix, PickMatrix,
  Slice,            ///< entries from places[0] on
  Place,            ///< arguments at their places in zeros
  ColumnMaxima,     ///< the largest entry of each column, a row
  LowerTriangle,    ///< entries above the diagonal replaced by 0
  TriangleRows,     ///< D or L, or a transpose, times the argument; order n in first
  CholeskyFactor, PseudoInverse,  ///< of a factorisation
  MatrixFunction,
};

struct ValueNode {
  Compute compute = Compute::Number;
  Shape shape;
  std::vector<NodeRef> args = {};
  std::vector<Rational> numbers = {};
  SymbolId symbol = {};      ///< Argument
  FunctionId function = {};  ///< Call
  int order = 0;
  /// Size: the first; Commutation: both; PickMatrix: first and last, or the order; TriangleRows: the order; MatrixFunction: an exponent.
  Dim first = {}, second = {};
  std::vector<Shape> places = {};                   ///< Slice, Place: first row and column of each block, from 1
  Structure materialised = Structure::Dense;        ///< PickMatrix: ImplicitSelection, ImplicitDuplication or ImplicitElimination
  TriangleMap triangle = {};                        ///< TriangleRows
  PrimaryFunction primary = {};                     ///< MatrixFunction
  Decomposition decomposition = Decomposition::Lu;  ///< Factorise
  std::vector<KroneckerFactor> factors = {};        ///< Kronecker: structures and shapes; arguments for the dense ones

  std::string name = {};     ///< of the source; empty: none. A value with a name is not taken apart
  std::string formula = {};
};

/// May be computed at one place (i,j) from entries of its arguments.
[[nodiscard]] bool is_entrywise(Compute compute);

class ValueGraph {
 public:
  explicit ValueGraph(TermPool& pool) : pool_(&pool) {}

  [[nodiscard]] const ValueNode& operator[](NodeId n) const { return nodes_.at(n.value); }
  [[nodiscard]] const ValueNode& operator[](NodeRef r) const { return nodes_.at(r.node.value); }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] Shape shape(NodeRef r) const { return r.transposed ? transposed((*this)[r].shape) : (*this)[r].shape; }
  [[nodiscard]] TermPool& pool() const { return *pool_; }
  [[nodiscard]] bool is_scalar(NodeRef r) const { return pool_->is_scalar((*this)[r].shape); }
  [[nodiscard]] Extent extent(NodeRef r) const;
  [[nodiscard]] bool symmetric(NodeRef r) const;

  /// The node with this value; a new one when there is none, neither as it stands nor transposed.
  NodeRef make(ValueNode node);
  [[nodiscard]] NodeRef transpose(NodeRef r) const;
  /// Gives a value without a name one; the first name stays.
  void set_name(NodeRef r, const std::string& name, const std::string& formula);

  NodeRef number(const Rational& value);
  NodeRef size_of(Dim d);
  /// Constant value of a node, if it is a number.
  [[nodiscard]] const Rational* as_number(NodeRef r) const;

  /// coefficient * a1 * a2 * ... entry by entry, in the given shape; unnamed products among the arguments are opened.
  NodeRef multiply(const Rational& coefficient, std::vector<NodeRef> args, Shape shape);
  NodeRef add(std::vector<NodeRef> args, std::vector<Rational> coefficients, Shape shape);

 private:
  [[nodiscard]] bool declared_symmetric(const ValueNode& node) const;
  [[nodiscard]] std::optional<NodeId> known(const ValueNode& node) const;
  using Key = std::vector<std::uint64_t>;
  [[nodiscard]] static Key key(const ValueNode& node);

  TermPool* pool_;
  std::deque<ValueNode> nodes_;  ///< references stay valid
  std::multimap<Key, NodeId> by_key_;
};

}  // namespace dvec
