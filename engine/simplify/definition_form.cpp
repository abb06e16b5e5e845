#include "simplify/definition_form.hpp"

#include <algorithm>

#include "network/index_form.hpp"
#include "network/property.hpp"
#include "simplify/orient.hpp"
#include "simplify/simplify.hpp"
#include "term/traverse.hpp"

namespace dvec {

namespace {

/// Is the operator linear in each of its arguments?
bool multilinear(Op op) {
  switch (op) {
    case Op::MatMul: case Op::Hadamard: case Op::Kron: case Op::Scale: case Op::Transpose: case Op::Vec: case Op::Reshape:
    case Op::Diag: case Op::DiagVec: case Op::Tril: case Op::Trace: case Op::Total: case Op::ColumnSums: case Op::RowSums:
      return true;
    default: return false;
  }
}

bool is_multiple(const TermPool& pool, TermId t) {
  const Node& n = pool[t];
  return n.op == Op::Sum && n.args.size() == 1;
}

/// (c*A)*B is c*(A*B).
TermId with_numbers_in_front(TermPool& pool, TermId term) {
  return transform(pool, term, [&pool](TermId t) {
    const Node n = pool[t];
    if (!multilinear(n.op) || std::ranges::none_of(n.args, [&](TermId a) { return is_multiple(pool, a); })) return t;
    Rational number(1);
    std::vector<TermId> args(n.args.begin(), n.args.end());
    for (TermId& a : args) {
      if (!is_multiple(pool, a)) continue;
      number *= pool[a].numbers[0];
      a = pool[a].args[0];
    }
    return pool.times(number, pool.rebuild(t, args));
  });
}

/// Is the value symmetric for all sizes, though it is not written so: (X'*A + X'*B)*X?
bool hides_symmetry(TermPool& pool, TermId t, const Properties& properties, const TermMap& definitions) {
  constexpr std::uint64_t kLargest = 100;
  const Shape s = pool.shape(t);
  if (s.rows != s.cols || pool.is_scalar(t) || pool[t].weight > kLargest || properties.symmetric(t)) return false;
  const std::vector<TermId> nodes = reachable(pool, t);
  const auto is = [&](Op op) { return std::ranges::any_of(nodes, [&](TermId u) { return pool[u].op == op && pool[u].args.size() > 1; }); };
  return is(Op::MatMul) && is(Op::Sum) && same_index_form(pool, t, pool.transpose(t), definitions) == SameForm::Yes;
}

/// Is there a number inside a product, or a transpose of anything but a name?
bool may_change(const TermPool& pool, TermId term) {
  return std::ranges::any_of(reachable(pool, term), [&pool](TermId t) {
    const Node& n = pool[t];
    if (n.op == Op::Transpose) return true;
    return multilinear(n.op) && std::ranges::any_of(n.args, [&](TermId a) { return is_multiple(pool, a); });
  });
}

}  // namespace

std::vector<Binding> plain_definitions(TermPool& pool, std::span<const Binding> lets) {
  TermMap definitions;
  const Properties properties(pool, definitions);
  const auto symmetric = [&properties](TermId t) { return properties.symmetric(t); };
  std::vector<Binding> out(lets.begin(), lets.end());
  for (Binding& b : out) {
    if (may_change(pool, b.value)) b.value = orient(pool, with_numbers_in_front(pool, b.value), symmetric);
    if (hides_symmetry(pool, b.value, properties, definitions)) {
      const TermId factored = Simplifier(pool, std::span(out).first(static_cast<std::size_t>(&b - out.data()))).simplify(b.value);
      if (properties.symmetric(factored)) b.value = factored;
    }
    definitions[pool.symbol(b.name)] = b.value;
  }
  return out;
}

}  // namespace dvec
