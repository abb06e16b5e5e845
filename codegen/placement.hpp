#pragma once
/// Which values of a graph are stored, and which are computed where they are used.

#include <vector>

#include "codegen/value_graph.hpp"

namespace dvec {

/// A value is stored when an instruction needs all of it at once (a factor of a matrix product), when it is a result, when
/// it has a name and two readers, or when computing it again costs more than keeping it.
class Placement {
 public:
  Placement(const ValueGraph& graph, const std::vector<NodeId>& results);

  /// Nodes that the results need, arguments before users.
  [[nodiscard]] const std::vector<NodeId>& needed() const { return needed_; }
  [[nodiscard]] bool stored(NodeId n) const { return state_[n.value] == State::Stored; }
  /// A sum that is computed inside the value that reads it.
  [[nodiscard]] bool is_inner_sum(NodeId n) const { return state_[n.value] == State::InnerSum; }
  /// A product whose reader is the product times a scalar: the reader computes it.
  [[nodiscard]] bool is_absorbed(NodeId n) const { return state_[n.value] == State::Absorbed; }
  /// A matrix-vector product whose matrix is not stored: it is computed as a sum of entries.
  [[nodiscard]] bool is_sum_of_entries(NodeId product) const;
  /// The product that a node (scalars times a product) absorbs; not valid when there is none.
  [[nodiscard]] NodeRef absorbs(NodeId n) const;

 private:
  enum class State : std::uint8_t { Unneeded, Inline, Stored, InnerSum, Absorbed };
  struct Use {
    NodeId by;
    bool whole = false;  ///< all of the value at once
  };

  void find_needed(const std::vector<NodeId>& results);
  void find_uses();
  void store_what_must_be();
  void store_what_is_dear();
  void store_what_is_long();
  void inline_sums();
  void absorb_products();
  [[nodiscard]] int own_cost(NodeId n) const;
  [[nodiscard]] bool is_matrix_vector(NodeId product, std::size_t matrix_argument) const;

  const ValueGraph& graph_;
  std::vector<NodeId> needed_;
  std::vector<State> state_;
  std::vector<bool> result_;
  std::vector<std::vector<Use>> uses_;
  std::vector<int> cost_;
};

}  // namespace dvec
