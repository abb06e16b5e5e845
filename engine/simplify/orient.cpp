#include "simplify/orient.hpp"

#include <algorithm>
#include <vector>

#include "simplify/cost.hpp"
#include "term/khatri_rao.hpp"
#include "term/traverse.hpp"

namespace dvec {

TermId flip(TermPool& pool, TermId t, const std::function<bool(TermId)>& symmetric) {
  const Node n = pool[t];
  switch (n.op) {
    case Op::Transpose: return n.args[0];
    case Op::Ones: return pool.ones(transposed(n.shape));
    case Op::Zeros: return pool.zeros(transposed(n.shape));
    case Op::Eye: case Op::Diag: return t;
    case Op::Commutation: return pool.commutation(n.second, n.first);
    case Op::Sum:
      if (n.args.size() > 1) break;
      return pool.times(n.numbers[0], flip(pool, n.args[0], symmetric));
    case Op::Scale: return pool.scale(n.args[0], flip(pool, n.args[1], symmetric));
    default: break;
  }
  if (pool.is_scalar(t) || (symmetric && symmetric(t))) return t;
  return pool.transpose(t);
}

namespace {

struct Choice {
  TermId term;
  std::int64_t cost = 0;  ///< of the written-out tree
};

class Orientation {
 public:
  Orientation(TermPool& pool, const std::function<bool(TermId)>& symmetric) : pool_(pool), symmetric_(symmetric) {}

  TermId run(TermId root) {
    nodes_ = reachable(pool_, root);
    best_.reserve(nodes_.size());
    for (const TermId t : nodes_) {
      Choice plain = direct(t, false), turned = direct(t, true);
      // A transpose written on top of the node is the other way to get each; a bracket makes it a little dearer.
      const auto on_top = [&](const Choice& c) {
        const Op op = pool_[c.term].op;
        const bool bracket = op == Op::MatMul;
        const TermId turned_term = flip(pool_, c.term, symmetric_);
        return Choice{turned_term, c.cost + (turned_term == c.term ? 0 : pool_[c.term].op == Op::Transpose ? -4 : bracket ? 5 : 4)};
      };
      const Choice a = on_top(turned), b = on_top(plain);
      if (pool_.is_scalar(t)) {
        // Of two readings as short as each other (x'y and y'x) the one that comes first.
        const bool turn = turned.cost != plain.cost ? turned.cost < plain.cost : pool_.compare(turned.term, plain.term) < 0;
        const Choice& choice = turn ? turned : plain;
        best_.push_back({choice, choice});
      } else {
        best_.push_back({a.cost < plain.cost ? a : plain, b.cost <= turned.cost ? b : turned});
      }
    }
    return best_.back().plain.term;
  }

 private:
  struct Choices {
    Choice plain, turned;
  };

  [[nodiscard]] const Choice& arg(TermId a, bool turned) const {
    const Choices& c = best_[static_cast<std::size_t>(std::ranges::lower_bound(nodes_, a) - nodes_.begin())];
    return turned ? c.turned : c.plain;
  }

  /// The node itself or its transpose, with the transposition moved into the arguments.
  Choice direct(TermId t, bool turned) {
    const Node n = pool_[t];
    const auto with = [&](bool arguments_turned) {
      std::vector<TermId> args;
      std::int64_t sum = 4 * node_cost(pool_, t);
      for (const TermId a : n.args) {
        const Choice c = arg(a, arguments_turned && !pool_.is_scalar(a));
        args.push_back(c.term);
        sum += c.cost;
      }
      return std::pair{args, sum};
    };
    switch (n.op) {
      case Op::Hadamard:
        if (const auto columns = khatri_rao(pool_, t)) return column_products(*columns, turned);
        [[fallthrough]];
      case Op::Sum: case Op::Scale: case Op::Power: {
        const auto [args, sum] = with(turned);
        return {pool_.rebuild(t, args), sum};
      }
      case Op::MatMul: {
        auto [args, sum] = with(turned);
        if (turned) std::ranges::reverse(args);
        return {pool_.matmul(args), sum};
      }
      case Op::Kron: {
        const auto [args, sum] = with(turned);
        return {pool_.kron(args), sum};
      }
      case Op::Transpose: return arg(n.args[0], !turned);
      case Op::Apply: case Op::Inverse: case Op::PseudoInverse: case Op::MatrixFunction: case Op::PowerBy: {
        if (n.op == Op::PowerBy && turned) break;
        // f(A)' reads better than f(A'), inv(A)' than inv(A').
        const auto [args, sum] = with(turned);
        return {pool_.rebuild(t, args), sum + (turned ? 1 : 0)};
      }
      case Op::Total: case Op::Trace: case Op::Det: case Op::LogDet: {
        const auto [args, sum] = with(false);
        const auto [other, other_sum] = with(true);
        return other_sum < sum ? Choice{rebuilt_scalar(n, other[0]), other_sum} : Choice{rebuilt_scalar(n, args[0]), sum};
      }
      case Op::ColumnSums: case Op::RowSums: {
        // sum(A,1)' = sum(A',2)
        const bool rows = n.op == Op::RowSums;
        const auto [args, sum] = with(turned);
        return {rows != turned ? pool_.row_sums(args[0]) : pool_.column_sums(args[0]), sum};
      }
      case Op::ColumnSoftmax: case Op::RowSoftmax: {
        // softmax(A,1)' = softmax(A',2)
        const bool across = n.op == Op::RowSoftmax;
        const auto [args, sum] = with(turned);
        return {across != turned ? pool_.row_softmax(args[0]) : pool_.column_softmax(args[0]), sum};
      }
      case Op::ColumnLogSumExp: case Op::RowLogSumExp: {
        const bool across = n.op == Op::RowLogSumExp;
        const auto [args, sum] = with(turned);
        return {across != turned ? pool_.row_logsumexp(args[0]) : pool_.column_logsumexp(args[0]), sum};
      }
      case Op::Diag: {
        const auto [args, sum] = with(false);
        const auto [other, other_sum] = with(true);
        return other_sum < sum ? Choice{pool_.diag(other[0]), other_sum} : Choice{pool_.diag(args[0]), sum};
      }
      case Op::Symbol: case Op::Number: case Op::Size: case Op::Pi: case Op::Ones: case Op::Zeros: case Op::Eye:
      case Op::Commutation: case Op::Duplication: case Op::Elimination: case Op::Selection: case Op::Vec: case Op::Reshape:
      case Op::DiagVec: case Op::Tril: case Op::Cholesky: case Op::Stop: break;
    }
    const auto [args, sum] = with(false);
    const TermId same = pool_.rebuild(t, args);
    if (!turned) return {same, sum};
    const TermId other = flip(pool_, same, symmetric_);
    return {other, sum + (pool_[other].op == Op::Transpose ? 4 : 0)};
  }

  /// A Khatri-Rao product of rows is the transpose of one of columns, and written so.
  Choice column_products(const KhatriRao& product, bool turned) {
    const Choice a = arg(product.a, product.of_rows), b = arg(product.b, product.of_rows);
    const TermId columns = khatri_rao(pool_, a.term, b.term);
    const bool on_top = turned != product.of_rows;
    return {on_top ? pool_.transpose(columns) : columns, a.cost + b.cost + (on_top ? 8 : 4)};
  }

  TermId rebuilt_scalar(const Node& n, TermId a) {
    switch (n.op) {
      case Op::Total: return pool_.total(a);
      case Op::Trace: return pool_.trace(a);
      case Op::Det: return pool_.det(a);
      default: return pool_.logdet(a);
    }
  }

  TermPool& pool_;
  const std::function<bool(TermId)>& symmetric_;
  std::vector<TermId> nodes_;   ///< of the term, arguments before what is made of them
  std::vector<Choices> best_;   ///< of the nodes, in their order
};

}  // namespace

TermId orient(TermPool& pool, TermId term, const std::function<bool(TermId)>& symmetric) {
  return Orientation(pool, symmetric).run(term);
}

}  // namespace dvec
