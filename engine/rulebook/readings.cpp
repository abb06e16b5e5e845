#include "rulebook/readings.hpp"

#include "rulebook/instantiate.hpp"
#include "support/result.hpp"
#include "term/traverse.hpp"

namespace dvec {

bool Readings::link(Op op, std::vector<TermId> args, std::size_t at, TermId whole, Path& path) {
  Node like = pool_[whole];
  like.op = op;
  auto found = book_.linear_block(pool_, like, at, pool_.shape(args[at]), args);
  if (!found) return false;
  Bindings with_slot = found->bindings;
  with_slot.terms.emplace_back(found->rule->slot, args[at]);
  if (instantiate(pool_, found->rule->form, with_slot) != whole) return false;  // the block is about something else
  path.links.push_back({found->rule, std::move(found->bindings)});
  return true;
}

bool Readings::paths(TermId t, SymbolId slot, const Path& so_far, std::vector<Path>& out) {
  const Node n = pool_[t];
  if (n.op == Op::Symbol && n.symbol == slot) {
    out.push_back(so_far);
    return true;
  }
  const std::vector<TermId> args(n.args.begin(), n.args.end());
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (!occurs(pool_, slot, args[i])) continue;
    Path path = so_far;
    switch (n.op) {
      case Op::Sum: path.coefficient *= n.numbers[i]; break;
      case Op::MatMul:
      case Op::Kron: {
        // (before*holder)*after, then before*holder.
        const auto product = [&](std::size_t from, std::size_t to) {
          const std::span<const TermId> part = std::span(args).subspan(from, to - from);
          return n.op == Op::MatMul ? pool_.matmul(part) : pool_.kron(part);
        };
        const TermId upto = product(0, i + 1);
        if (i + 1 < args.size() && !link(n.op, {upto, product(i + 1, args.size())}, 0, t, path)) return false;
        if (i > 0 && !link(n.op, {product(0, i), args[i]}, 1, upto, path)) return false;
        break;
      }
      case Op::Hadamard: {
        std::vector<TermId> others = args;
        others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
        if (!link(n.op, {pool_.hadamard(others), args[i]}, 1, t, path)) return false;
        break;
      }
      default:
        if (!link(n.op, args, i, t, path)) return false;
    }
    if (!paths(args[i], slot, path, out)) return false;
  }
  return true;
}

std::optional<TermId> Readings::adjoint(TermId linear, SymbolId slot, TermId upstream) {
  std::vector<Path> found;
  if (!paths(linear, slot, {}, found)) return std::nullopt;
  if (found.empty()) return pool_.zeros(pool_.symbols[slot].shape);
  std::vector<TermId> terms;
  std::vector<Rational> coefficients;
  for (const Path& path : found) {
    TermId g = upstream;
    for (const Link& l : path.links) {
      Bindings b = l.bindings;
      b.terms.emplace_back(l.block->upstream, g);
      g = instantiate(pool_, l.block->adjoint, b);
    }
    terms.push_back(g);
    coefficients.push_back(path.coefficient);
  }
  return pool_.sum(terms, coefficients);
}

std::optional<TermId> Readings::vec_form(TermId linear, SymbolId slot) {
  std::vector<Path> found;
  if (!paths(linear, slot, {}, found)) return std::nullopt;
  const Shape in = pool_.symbols[slot].shape, out = pool_.shape(linear);
  const Dim columns = pool_.dims.multiply(in.rows, in.cols);
  if (found.empty()) return pool_.zeros({pool_.dims.multiply(out.rows, out.cols), columns});
  std::vector<TermId> terms;
  std::vector<Rational> coefficients;
  for (const Path& path : found) {
    std::vector<TermId> matrices;
    for (const Link& l : path.links) matrices.push_back(instantiate(pool_, l.block->vec_form, l.bindings));
    terms.push_back(matrices.empty() ? pool_.eye(columns) : pool_.matmul(matrices));
    coefficients.push_back(path.coefficient);
  }
  return pool_.sum(terms, coefficients);
}

}  // namespace dvec
