#include "calculus/templates.hpp"

#include <algorithm>
#include <array>

#include "rulebook/instantiate.hpp"
#include "term/traverse.hpp"

namespace dvec {

namespace {

bool is_nary(Op op) { return op == Op::MatMul || op == Op::Kron || op == Op::Hadamard; }

}  // namespace

TermId Templates::product(Op op, std::span<const TermId> factors) {
  switch (op) {
    case Op::MatMul: return pool_.matmul(factors);
    case Op::Kron: return pool_.kron(factors);
    default: return pool_.hadamard(factors);
  }
}

RuleBook::Instance Templates::block(TermId node, std::span<const TermId> args) {
  const Node n = pool_[node];
  std::vector<TermId> bound(args.begin(), args.end());
  if (n.op == Op::Power) bound.push_back(pool_.number(n.numbers[0]));
  auto instance = book_.operator_block(pool_, n, bound);
  require(instance.has_value(), "the rule book has no block for an operator");
  if (n.op == Op::Apply) {
    instance->bindings.pattern = instance->rule->function;
    instance->bindings.function = n.function;
    instance->bindings.order = n.order;
  }
  return std::move(*instance);
}

// --- composition of linear blocks, in the rule's own variables ---------------------------------------------------------

namespace {

/// Where the slot is among the arguments of a node, given the nodes that contain it.
std::size_t holder(const Node& n, const std::map<TermId, bool>& holds) {
  for (std::size_t i = 0; i < n.args.size(); ++i)
    if (holds.at(n.args[i])) return i;
  throw Bug("the slot is not in the term");
}

std::map<TermId, bool> holders(const TermPool& pool, TermId t, SymbolId slot) {
  std::map<TermId, bool> out;
  for (const TermId u : reachable(pool, t)) {
    const Node& n = pool[u];
    out[u] = (n.op == Op::Symbol && n.symbol == slot) || std::ranges::any_of(n.args, [&](TermId a) { return out.at(a); });
  }
  return out;
}

/// One linear operator on the way from a node to its slot: (op, where the slot is, arguments with a stand-in there).
struct Link {
  std::size_t slot;
  Shape shape;  ///< of what stands in the slot
  std::vector<TermId> args;
};

}  // namespace

TermId Templates::walk_adjoint(TermId t, SymbolId slot, TermId upstream) {
  const Node n = pool_[t];
  if (n.op == Op::Symbol && n.symbol == slot) return upstream;
  const auto holds = holders(pool_, t, slot);
  if (n.op == Op::Sum) {
    std::vector<TermId> terms;
    std::vector<Rational> numbers;
    for (std::size_t i = 0; i < n.args.size(); ++i) {
      if (!holds.at(n.args[i])) continue;
      terms.push_back(walk_adjoint(n.args[i], slot, upstream));
      numbers.push_back(n.numbers[i]);
    }
    return pool_.sum(terms, numbers);
  }
  const auto through = [&](const Link& link, TermId g) {
    auto i = book_.linear_block(pool_, n, link.slot, link.shape, link.args);
    require(i.has_value(), "the rule book has no linear block for an operator on a slot");
    i->bindings.terms.emplace_back(i->rule->upstream, g);
    return instantiate(pool_, i->rule->adjoint, i->bindings);
  };
  const std::size_t at = holder(n, holds);
  if (!is_nary(n.op))
    return walk_adjoint(n.args[at], slot, through({at, pool_.shape(n.args[at]), {n.args.begin(), n.args.end()}}, upstream));
  TermId g = upstream;
  if (n.op == Op::Hadamard) {
    std::vector<TermId> others(n.args.begin(), n.args.end());
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(at));
    g = through({1, pool_.shape(n.args[at]), {pool_.hadamard(others), n.args[at]}}, g);
    return walk_adjoint(n.args[at], slot, g);
  }
  const auto before = n.args.first(at), upto = n.args.first(at + 1), after = n.args.subspan(at + 1);
  if (!after.empty()) {
    const TermId left = product(n.op, upto);
    g = through({0, pool_.shape(left), {left, product(n.op, after)}}, g);
  }
  if (!before.empty()) g = through({1, pool_.shape(n.args[at]), {product(n.op, before), n.args[at]}}, g);
  return walk_adjoint(n.args[at], slot, g);
}

TermId Templates::walk_vec(TermId t, SymbolId slot) {
  const Node n = pool_[t];
  const Shape slot_shape = pool_.symbols[slot].shape;
  if (n.op == Op::Symbol && n.symbol == slot) return pool_.eye(pool_.dims.multiply(slot_shape.rows, slot_shape.cols));
  const auto holds = holders(pool_, t, slot);
  if (n.op == Op::Sum) {
    std::vector<TermId> terms;
    std::vector<Rational> numbers;
    for (std::size_t i = 0; i < n.args.size(); ++i) {
      if (!holds.at(n.args[i])) continue;
      terms.push_back(walk_vec(n.args[i], slot));
      numbers.push_back(n.numbers[i]);
    }
    return pool_.sum(terms, numbers);
  }
  const auto form = [&](const Link& link) {
    auto i = book_.linear_block(pool_, n, link.slot, link.shape, link.args);
    require(i.has_value(), "the rule book has no linear block for an operator on a slot");
    return instantiate(pool_, i->rule->vec_form, i->bindings);
  };
  const std::size_t at = holder(n, holds);
  std::vector<TermId> matrices;
  if (!is_nary(n.op)) {
    matrices.push_back(form({at, pool_.shape(n.args[at]), {n.args.begin(), n.args.end()}}));
  } else if (n.op == Op::Hadamard) {
    std::vector<TermId> others(n.args.begin(), n.args.end());
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(at));
    matrices.push_back(form({1, pool_.shape(n.args[at]), {pool_.hadamard(others), n.args[at]}}));
  } else {
    const auto before = n.args.first(at), upto = n.args.first(at + 1), after = n.args.subspan(at + 1);
    if (!after.empty()) {
      const TermId left = product(n.op, upto);
      matrices.push_back(form({0, pool_.shape(left), {left, product(n.op, after)}}));
    }
    if (!before.empty()) matrices.push_back(form({1, pool_.shape(n.args[at]), {product(n.op, before), n.args[at]}}));
  }
  matrices.push_back(walk_vec(n.args[at], slot));
  return pool_.matmul(matrices);
}

const Templates::Derived& Templates::derived(const Rule& rule, std::size_t arg) {
  const auto [at, fresh] = cache_.try_emplace({&rule, arg});
  if (fresh) {
    Derived& d = at->second;
    const SymbolId slot = rule.slots.at(arg);
    d.upstream = pool_.symbols.add({"G", SymbolKind::Pattern, pool_.shape(rule.form), Attribute::None, {}});
    if (occurs(pool_, slot, rule.differential)) {
      d.adjoint = walk_adjoint(rule.differential, slot, pool_.symbol(d.upstream));
      d.vec_form = walk_vec(rule.differential, slot);
    }
  }
  return at->second;
}

// --- at a node ---------------------------------------------------------------------------------------------------------

TermId Templates::send(TermId node, const RuleBook::Instance& i, std::size_t arg, TermId upstream, Trace& trace,
                       const std::string& subject) {
  const Derived& d = derived(*i.rule, arg);
  Bindings bindings = i.bindings;
  bindings.terms.emplace_back(d.upstream, upstream);
  const TermId after = instantiate(pool_, d.adjoint, bindings);
  trace.steps.push_back({StepKind::Adjoint, i.rule->name, subject, node, after, upstream, i.rule->slots[arg], i.bindings, {}});
  return after;
}

Bindings Templates::summand(TermId term) const {
  const Rule* rule = book_.find("arithmetic/sum");
  require(rule != nullptr, "the rule book has no block for sums");
  Bindings out;
  out.terms.emplace_back(rule->variables.at(0), term);
  return out;
}

bool Templates::is_reshaped_matrix(TermId node) const {
  const Node& n = pool_[node];
  return n.op == Op::Reshape && pool_.shape(n.args[0]).cols != pool_.dims.one();
}

TermId Templates::contribution(TermId node, std::size_t arg, TermId upstream, Trace& trace, const std::string& subject) {
  const Node n = pool_[node];
  if (n.op == Op::Sum) {
    const TermId after = pool_.times(n.numbers[arg], upstream);
    trace.steps.push_back({StepKind::Adjoint, "arithmetic/sum", subject, node, after, upstream, {}, summand(n.args[arg]), {}});
    return after;
  }
  if (is_reshaped_matrix(node)) {
    const TermId stacked = pool_.vec(n.args[0]);
    const TermId g = contribution(pool_.reshape(stacked, n.shape), 0, upstream, trace, subject);
    return contribution(stacked, 0, g, trace, subject);
  }
  if (!is_nary(n.op)) return send(node, block(node, n.args), arg, upstream, trace, subject);
  if (n.op == Op::Hadamard) {
    std::vector<TermId> others(n.args.begin(), n.args.end());
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(arg));
    return send(node, block(node, std::array{pool_.hadamard(others), n.args[arg]}), 1, upstream, trace, subject);
  }
  const auto before = n.args.first(arg), upto = n.args.first(arg + 1), after = n.args.subspan(arg + 1);
  TermId g = upstream;
  if (!after.empty()) g = send(node, block(node, std::array{product(n.op, upto), product(n.op, after)}), 0, g, trace, subject);
  if (!before.empty()) g = send(node, block(node, std::array{product(n.op, before), n.args[arg]}), 1, g, trace, subject);
  return g;
}

TermId Templates::stack(TermId node, const RuleBook::Instance& i, std::size_t arg, Trace& trace, const std::string& subject) {
  const TermId after = instantiate(pool_, derived(*i.rule, arg).vec_form, i.bindings);
  trace.steps.push_back({StepKind::VecForm, i.rule->name, subject, node, after, {}, i.rule->slots[arg], i.bindings, {}});
  return after;
}

TermId Templates::vec_form(TermId node, std::size_t arg, Trace& trace, const std::string& subject) {
  const Node n = pool_[node];
  if (n.op == Op::Sum) {
    const Dim entries = pool_.dims.multiply(n.shape.rows, n.shape.cols);
    const TermId after = pool_.times(n.numbers[arg], pool_.eye(entries));
    trace.steps.push_back({StepKind::VecForm, "arithmetic/sum", subject, node, after, {}, {}, summand(n.args[arg]), {}});
    return after;
  }
  if (is_reshaped_matrix(node)) {
    const TermId stacked = pool_.vec(n.args[0]);
    const TermId outer = vec_form(pool_.reshape(stacked, n.shape), 0, trace, subject);
    return pool_.matmul(outer, vec_form(stacked, 0, trace, subject));
  }
  if (!is_nary(n.op)) return stack(node, block(node, n.args), arg, trace, subject);
  if (n.op == Op::Hadamard) {
    std::vector<TermId> others(n.args.begin(), n.args.end());
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(arg));
    return stack(node, block(node, std::array{pool_.hadamard(others), n.args[arg]}), 1, trace, subject);
  }
  const auto before = n.args.first(arg), upto = n.args.first(arg + 1), after = n.args.subspan(arg + 1);
  std::vector<TermId> matrices;
  if (!after.empty())
    matrices.push_back(stack(node, block(node, std::array{product(n.op, upto), product(n.op, after)}), 0, trace, subject));
  if (!before.empty())
    matrices.push_back(stack(node, block(node, std::array{product(n.op, before), n.args[arg]}), 1, trace, subject));
  return pool_.matmul(matrices);
}

TermId Templates::tangent(TermId node, std::span<const TermId> tangents, Trace& trace, const std::string& subject) {
  const Node n = pool_[node];
  const auto change = [&](std::size_t i) { return tangents[i].valid() ? tangents[i] : pool_.zeros(pool_.shape(n.args[i])); };
  if (n.op == Op::Sum) {
    std::vector<TermId> terms;
    for (std::size_t i = 0; i < n.args.size(); ++i) terms.push_back(change(i));
    return pool_.sum(terms, n.numbers);
  }
  if (is_reshaped_matrix(node)) {
    const TermId stacked = pool_.vec(n.args[0]);
    const TermId moved = tangent(stacked, tangents, trace, subject);
    return tangent(pool_.reshape(stacked, n.shape), std::array{moved}, trace, subject);
  }
  const auto apply = [&](std::span<const TermId> args, std::span<const TermId> changes) {
    const RuleBook::Instance i = block(node, args);
    Bindings bindings = i.bindings;
    for (std::size_t k = 0; k < changes.size(); ++k) bindings.terms.emplace_back(i.rule->slots[k], changes[k]);
    if (n.op == Op::Power) bindings.terms.emplace_back(i.rule->slots[1], pool_.number(Rational(0)));
    const TermId after = instantiate(pool_, i.rule->differential, bindings);
    trace.steps.push_back({StepKind::Differential, i.rule->name, subject, node, after, {}, {}, bindings, {}});
    return after;
  };
  if (!is_nary(n.op)) {
    std::vector<TermId> changes;
    for (std::size_t i = 0; i < n.args.size(); ++i) changes.push_back(change(i));
    return apply(n.args, changes);
  }
  TermId value = n.args[0], moved = change(0);
  for (std::size_t i = 1; i < n.args.size(); ++i) {
    moved = apply(std::array{value, n.args[i]}, std::array{moved, change(i)});
    value = product(n.op, std::array{value, n.args[i]});
  }
  return moved;
}

}  // namespace dvec
