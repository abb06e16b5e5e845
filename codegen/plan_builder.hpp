#pragma once
/// From placed values to instructions.

#include <map>

#include "codegen/identifier.hpp"
#include "codegen/placement.hpp"

namespace dvec {

/// A result that was asked for.
struct Requested {
  PlanOutput output;  ///< value not yet set
  NodeRef node;
};

class PlanBuilder {
 public:
  PlanBuilder(const ValueGraph& graph, const Placement& placement) : graph_(graph), placement_(placement) {}

  /// Values, instructions (in the order of the graph, not yet scheduled) and outputs, written into the plan, whose
  /// arguments are set.
  void build(KernelPlan& plan, const std::vector<Requested>& requested, Names& names);

 private:
  void name_values(const std::vector<Requested>& requested, Names& names);
  [[nodiscard]] std::string describe(NodeId n) const;
  [[nodiscard]] std::string name_of(NodeRef r) const;
  [[nodiscard]] bool is_view(NodeId n) const;
  void add_value(NodeId n);
  void add_instruction(NodeId n);
  void add_output(const Requested& r, Names& names);
  [[nodiscard]] EntryExpr entries(NodeRef r) const;
  [[nodiscard]] EntryExpr scale_of(const ValueNode& scaled, NodeRef product) const;
  void add_product(Instruction& to, NodeRef product) const;
  [[nodiscard]] PlanOperand operand(NodeRef r) const { return {values_.at(r.node), r.transposed}; }

  const ValueGraph& graph_;
  const Placement& placement_;
  KernelPlan* plan_ = nullptr;
  std::map<NodeId, ValueId> values_;
  std::map<NodeId, std::string> names_;
  std::map<NodeId, bool> fields_;  ///< nodes whose value is a field of the result
};

}  // namespace dvec
