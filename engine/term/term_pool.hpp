#pragma once
/// The arena of terms. Nodes are hash-consed: equal terms have equal ids; ids of arguments are smaller.

#include <cstdint>
#include <deque>
#include <span>
#include <unordered_map>
#include <vector>

#include "scalar/dim.hpp"
#include "scalar/element_function.hpp"
#include "scalar/rational.hpp"
#include "term/op.hpp"
#include "term/shape.hpp"
#include "term/symbol.hpp"

namespace dvec {

struct TermTag;
using TermId = Id<TermTag>;

struct Node {
  Op op = Op::Number;
  Shape shape;
  std::span<const TermId> args;
  std::span<const Rational> numbers;  ///< Sum: a coefficient per argument; Number: the value; Power: the exponent
  SymbolId symbol;                    ///< Symbol
  FunctionId function;                ///< Apply
  int order = 0;                      ///< Apply: how often the function is differentiated
  PrimaryFunction primary{};          ///< MatrixFunction
  /// Size: the size in `first`. Commutation: m and n. Duplication, Elimination: n. Selection: the first and the last column
  /// of eye(n), counted from 1. MatrixFunction: the exponent of a power.
  Dim first, second;
  std::uint64_t weight = 1;           ///< nodes of the written-out tree, saturating at 2^62
};

class TermPool {
 public:
  TermPool();
  TermPool(const TermPool&) = delete;
  TermPool& operator=(const TermPool&) = delete;

  DimTable dims;
  SymbolTable symbols;
  FunctionTable functions;

  [[nodiscard]] const Node& operator[](TermId t) const { return nodes_[t.value]; }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] Shape shape(TermId t) const { return nodes_[t.value].shape; }
  [[nodiscard]] bool is_scalar(TermId t) const;
  [[nodiscard]] bool is_scalar(Shape s) const { return s.rows == dims.one() && s.cols == dims.one(); }

  // Leaves. The 1x1 cases of ones, zeros and eye are numbers.
  TermId symbol(SymbolId s);
  TermId number(const Rational& value);
  TermId size(Dim d);  ///< a constant size becomes a number
  TermId pi();
  TermId ones(Shape s);
  TermId zeros(Shape s);
  TermId eye(Dim n);
  TermId commutation(Dim m, Dim n);
  TermId duplication(Dim n);
  TermId elimination(Dim n);
  /// Columns first ... last of eye(n), counted from 1.
  TermId selection(Dim n, Dim first, Dim last);

  // Constructors. Arguments must conform; a caller that has not checked has a bug.
  TermId sum(std::span<const TermId> terms, std::span<const Rational> coefficients);
  TermId add(TermId a, TermId b);
  TermId subtract(TermId a, TermId b);
  TermId negate(TermId a) { return times(Rational(-1), a); }
  TermId times(const Rational& c, TermId a);
  /// s*A for a 1x1 s. For a 1x1 A it is the product of scalars; a number s becomes a coefficient.
  TermId scale(TermId s, TermId a);
  TermId matmul(std::span<const TermId> factors);
  TermId matmul(TermId a, TermId b);
  TermId hadamard(std::span<const TermId> factors);
  TermId hadamard(TermId a, TermId b);
  TermId kron(std::span<const TermId> factors);
  TermId kron(TermId a, TermId b);
  TermId transpose(TermId a);
  TermId vec(TermId a);
  TermId reshape(TermId a, Shape s);
  TermId diag(TermId v);
  TermId diagvec(TermId a);
  TermId tril(TermId a);
  TermId trace(TermId a);
  TermId total(TermId a);
  TermId column_sums(TermId a);
  TermId row_sums(TermId a);
  TermId power(TermId a, const Rational& exponent);
  TermId power_by(TermId a, TermId exponent);
  TermId apply(FunctionId f, int order, TermId a);
  TermId column_softmax(TermId a);
  TermId row_softmax(TermId a);
  TermId column_logsumexp(TermId a);  ///< a row
  TermId row_logsumexp(TermId a);     ///< a column
  TermId inverse(TermId a);
  TermId det(TermId a);
  TermId logdet(TermId a);
  TermId pseudo_inverse(TermId a);
  TermId cholesky(TermId a);
  /// f(A) for one argument; f(A,E1,...,Ek) is the k-th derivative of f at A along E1, ..., Ek. A number as a power's
  /// exponent gives products and inverses instead where it is whole and small.
  TermId matrix_function(PrimaryFunction f, Dim exponent, std::span<const TermId> args);
  TermId stop(TermId a);

  /// The node's operator on other arguments of the same shapes (payload kept).
  TermId rebuild(TermId like, std::span<const TermId> args);
  /// f's body (or any scalar expression) entrywise at `argument`.
  TermId instantiate(const ScalarExpr& body, TermId argument);

  /// Structural total order.
  [[nodiscard]] std::strong_ordering compare(TermId a, TermId b) const;

 private:
  struct Key;
  TermId intern(Node node, std::span<const TermId> args, std::span<const Rational> numbers);
  [[nodiscard]] std::size_t hash(const Node& n) const;
  [[nodiscard]] bool same(const Node& a, const Node& b) const;
  TermId unary(Op op, Shape s, TermId a);
  [[nodiscard]] bool is_zero(TermId t) const;

  std::deque<Node> nodes_;
  std::deque<std::vector<TermId>> arg_store_;
  std::deque<std::vector<Rational>> number_store_;
  /// Nodes by their hashes, by open addressing: most of what is interned is there already, and one look finds it.
  struct Slot {
    std::uint32_t hash = 0;
    TermId term;  ///< not valid: free
  };
  void grow();
  std::vector<Slot> slots_;  ///< a power of two of them, at most half taken
};

}  // namespace dvec
