#include "codegen/placement.hpp"

#include <algorithm>

#include "support/result.hpp"

namespace dvec {

namespace {

// In units of one addition or multiplication. A stored value costs a write and a read for each entry.
constexpr int kDear = 4;       ///< recomputing this costs more than storing it
constexpr int kDearVector = 2; ///< the same for rows, columns and scalars: storing one is nearly free
constexpr int kDivision = 4;
constexpr int kFunction = 12;
constexpr int kLongest = 40;   ///< operators of one expression

bool is_cheap_function(const std::string& name) {
  for (const char* cheap : {"relu", "step", "abs", "sign"})
    if (name == cheap) return true;
  return false;
}

}  // namespace

Placement::Placement(const ValueGraph& graph, const std::vector<NodeId>& results)
    : graph_(graph), state_(graph.size(), State::Unneeded), result_(graph.size(), false), uses_(graph.size()), cost_(graph.size(), 0) {
  for (const NodeId r : results) result_[r.value] = true;
  find_needed(results);
  find_uses();
  store_what_must_be();
  store_what_is_dear();
  store_what_is_long();
  absorb_products();
  inline_sums();
}

void Placement::find_needed(const std::vector<NodeId>& results) {
  std::vector<NodeId> todo = results;
  while (!todo.empty()) {
    const NodeId n = todo.back();
    todo.pop_back();
    if (state_[n.value] != State::Unneeded) continue;
    state_[n.value] = State::Inline;
    for (const NodeRef a : graph_[n].args) todo.push_back(a.node);
  }
  for (std::size_t i = 0; i < graph_.size(); ++i)
    if (state_[i] != State::Unneeded) needed_.emplace_back(i);
}

bool Placement::is_matrix_vector(NodeId product, std::size_t matrix_argument) const {
  const ValueNode& p = graph_[product];
  if (p.compute != Compute::Product) return false;
  const NodeRef matrix = p.args[matrix_argument], vector = p.args[1 - matrix_argument];
  const Extent e = graph_.extent(vector);
  return is_entrywise(graph_[matrix].compute) && graph_.extent(matrix) == Extent::Full && (e == Extent::Row || e == Extent::Column);
}

void Placement::find_uses() {
  for (const NodeId n : needed_) {
    const ValueNode& node = graph_[n];
    const bool by_entries = is_entrywise(node.compute) || node.compute == Compute::WithDiagonal || node.compute == Compute::Total ||
                            node.compute == Compute::ColumnSums || node.compute == Compute::RowSums;
    for (std::size_t i = 0; i < node.args.size(); ++i)
      uses_[node.args[i].node.value].push_back({n, !by_entries && !is_matrix_vector(n, i)});
  }
}

int Placement::own_cost(NodeId id) const {
  const ValueNode& n = graph_[id];
  const int pairs = static_cast<int>(n.args.size()) - 1;
  switch (n.compute) {
    case Compute::Number: case Compute::Size: case Compute::Pi: case Compute::Spread: return 0;
    case Compute::Add: {
      int cost = pairs;
      for (const Rational& c : n.numbers) cost += c.abs().is_one() ? 0 : 1;
      return cost;
    }
    case Compute::Multiply: return pairs + (n.numbers[0].is_one() ? 0 : 1);
    case Compute::Power:
      if (n.numbers[0] == Rational(2)) return 1;
      if (n.numbers[0] == Rational(-1) || n.numbers[0].abs() == Rational(1, 2)) return kDivision;
      return kFunction;
    case Compute::PowerBy: return 2 * kFunction;
    case Compute::Call:
      return n.order == 0 && is_cheap_function(graph_.pool().functions[n.function].name) ? 1 : kFunction;
    default: return 0;
  }
}

void Placement::store_what_must_be() {
  for (const NodeId n : needed_) {
    const ValueNode& node = graph_[n];
    const auto& uses = uses_[n.value];
    const bool leaf = node.compute == Compute::Number || node.compute == Compute::Size || node.compute == Compute::Pi;
    const bool whole = std::ranges::any_of(uses, &Use::whole);
    const bool shared = !node.name.empty() && uses.size() >= 2 && !leaf;
    if (!is_entrywise(node.compute) || result_[n.value] || whole || shared) state_[n.value] = State::Stored;
  }
}

void Placement::store_what_is_dear() {
  for (const NodeId n : needed_) {
    std::int64_t cost = own_cost(n);
    for (const NodeRef a : graph_[n].args)
      if (!stored(a.node)) cost += cost_[a.node.value];
    cost_[n.value] = static_cast<int>(std::min<std::int64_t>(cost, 1'000'000));
  }
  // How often a value that is not stored would be computed: readers are decided before what they read.
  std::vector<std::int64_t> times(graph_.size(), 0);
  for (auto it = needed_.rbegin(); it != needed_.rend(); ++it) {
    const NodeId n = *it;
    if (stored(n)) continue;
    const Extent own = graph_.extent({n, false});
    bool wider = false;  // read where it would be computed again for each column
    std::int64_t count = 0;
    for (const Use& u : uses_[n.value]) {
      count += stored(u.by) ? 1 : times[u.by.value];
      const ValueNode& by = graph_[u.by];
      const Shape shape = by.compute == Compute::Product ? graph_[by.args[0]].shape : by.shape;
      const bool full = shape.rows != graph_.pool().dims.one() && shape.cols != graph_.pool().dims.one();
      wider = wider || (full && own == Extent::Column) || (own == Extent::Scalar && !graph_.pool().is_scalar(shape) && cost_[n.value] > 2 * kDivision);
    }
    times[n.value] = std::min<std::int64_t>(count, 1'000'000);
    const int dear = own == Extent::Full ? kDear : kDearVector;
    if ((count >= 2 && cost_[n.value] >= dear) || (wider && cost_[n.value] >= kDearVector)) state_[n.value] = State::Stored;
  }
}

void Placement::store_what_is_long() {
  std::vector<int> length(graph_.size(), 1);
  for (const NodeId n : needed_) {
    if (!is_entrywise(graph_[n].compute)) continue;
    for (const NodeRef a : graph_[n].args)
      if (!stored(a.node)) length[n.value] += length[a.node.value];
    if (length[n.value] > kLongest && !graph_[n].args.empty()) state_[n.value] = State::Stored;
  }
}

NodeRef Placement::absorbs(NodeId n) const {
  const ValueNode& node = graph_[n];
  if (node.compute != Compute::Multiply || !stored(n)) return {};
  NodeRef found;
  for (const NodeRef a : node.args) {
    if (graph_.is_scalar(a)) continue;
    if (found.node.valid()) return {};
    found = a;
  }
  if (!found.node.valid() || graph_[found].compute != Compute::Product || graph_[found].shape != (found.transposed ? transposed(node.shape) : node.shape)) return {};
  const bool alone = uses_[found.node.value].size() == 1 && graph_[found].name.empty() && !result_[found.node.value];
  return alone ? found : NodeRef{};
}

void Placement::absorb_products() {
  for (const NodeId n : needed_)
    if (const NodeRef product = absorbs(n); product.node.valid()) state_[product.node.value] = State::Absorbed;
}

bool Placement::is_sum_of_entries(NodeId product) const {
  for (std::size_t i = 0; i < 2; ++i)
    if (is_matrix_vector(product, i) && !stored(graph_[product].args[i].node)) return true;
  return false;
}

void Placement::inline_sums() {
  const auto alone = [&](NodeId n) { return uses_[n.value].size() == 1 && graph_[n].name.empty() && !result_[n.value]; };
  for (const NodeId host : needed_) {
    if (!stored(host) || !is_entrywise(graph_[host].compute) || absorbs(host).node.valid()) continue;
    const Extent extent = graph_.extent({host, false});
    if (extent != Extent::Row && extent != Extent::Scalar) continue;
    // Through what is computed inside the host, as it stands.
    std::vector<NodeId> todo{host};
    while (!todo.empty()) {
      const NodeId n = todo.back();
      todo.pop_back();
      for (const NodeRef a : graph_[n].args) {
        if (a.transposed && !graph_.is_scalar(a)) continue;
        const ValueNode& node = graph_[a];
        if (!stored(a.node)) {
          // What has a second reader may be computed there in another place.
          if (graph_.extent(a) == extent && uses_[a.node.value].size() == 1) todo.push_back(a.node);
          continue;
        }
        const bool column_sum = extent == Extent::Row && node.compute == Compute::ColumnSums;
        const bool vector_sum = extent == Extent::Scalar && node.compute == Compute::Total && graph_.extent(node.args[0]) != Extent::Full;
        if ((column_sum || vector_sum) && alone(a.node)) state_[a.node.value] = State::InnerSum;
      }
    }
  }
}

}  // namespace dvec
