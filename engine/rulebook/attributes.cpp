#include "rulebook/attributes.hpp"

#include <algorithm>

namespace dvec {

namespace {

std::uint32_t bits(Attribute a) { return static_cast<std::uint32_t>(a); }

bool transposes(const TermPool& pool, TermId a, TermId b, int depth);

/// Depth bounds the walk: what is symmetric for a reason that lies deeper is not known to be so.
bool symmetric(const TermPool& pool, TermId t, int depth) {
  const Node& n = pool[t];
  if (pool.is_scalar(n.shape)) return true;
  if (n.shape.rows != n.shape.cols || depth == 0) return false;
  const auto all = [&](std::span<const TermId> args) {
    return std::ranges::all_of(args, [&](TermId a) { return symmetric(pool, a, depth - 1); });
  };
  switch (n.op) {
    case Op::Symbol: {
      const Attribute have = pool.symbols[n.symbol].attributes;
      return has(have, Attribute::Symmetric) || has(have, Attribute::Spd) || has(have, Attribute::Diagonal);
    }
    case Op::Eye: case Op::Ones: case Op::Zeros: case Op::Diag: return true;
    case Op::Sum: case Op::Hadamard: case Op::Kron: case Op::Transpose: case Op::Inverse: case Op::Apply: case Op::Power:
    case Op::PseudoInverse:
      return all(n.args);
    case Op::Scale: return symmetric(pool, n.args[1], depth - 1);
    case Op::MatMul: {
      const std::size_t k = n.args.size();
      for (std::size_t i = 0; i < (k + 1) / 2; ++i)
        if (!transposes(pool, n.args[i], n.args[k - 1 - i], depth - 1)) return false;
      return true;
    }
    default: return false;
  }
}

bool transposes(const TermPool& pool, TermId a, TermId b, int depth) {
  const auto turned = [&](TermId x, TermId y) {
    const Node& n = pool[x];
    if (n.op == Op::Ones) return pool[y].op == Op::Ones && pool.shape(y).rows == n.shape.cols && pool.shape(y).cols == n.shape.rows;
    return n.op == Op::Transpose && n.args[0] == y;
  };
  return turned(a, b) || turned(b, a) || (a == b && symmetric(pool, a, depth));
}

/// Diagonal or lower triangular: closed under sums, multiples, products and inverses; an entrywise factor may be anything.
bool keeps_form(const TermPool& pool, TermId t, Attribute form, int depth) {
  const Node& n = pool[t];
  if (pool.is_scalar(n.shape)) return true;
  if (depth == 0) return false;
  const auto one = [&](TermId a) { return keeps_form(pool, a, form, depth - 1); };
  switch (n.op) {
    case Op::Symbol: return has(pool.symbols[n.symbol].attributes, form) || has(pool.symbols[n.symbol].attributes, Attribute::Diagonal);
    case Op::Eye: case Op::Diag: return true;
    case Op::Tril: return form == Attribute::Lower && n.shape.rows == n.shape.cols;
    case Op::Cholesky: return form == Attribute::Lower;
    case Op::Sum: case Op::MatMul: return std::ranges::all_of(n.args, one);
    case Op::Inverse: return one(n.args[0]);
    case Op::Scale: return one(n.args[1]);
    case Op::Hadamard: return std::ranges::any_of(n.args, one);
    default: return false;
  }
}

}  // namespace

bool known_to_be(const TermPool& pool, TermId t, Attribute wanted) {
  constexpr int kDepth = 4;
  const std::uint32_t open = bits(wanted) & ~bits(Attribute::Nonsingular);
  if (open == 0) return true;
  if (open == bits(Attribute::Symmetric)) return symmetric(pool, t, kDepth);
  if (open == bits(Attribute::Diagonal) || open == bits(Attribute::Lower)) return keeps_form(pool, t, wanted, kDepth);
  const Node& n = pool[t];
  if (n.op != Op::Symbol) return false;
  std::uint32_t have = bits(pool.symbols[n.symbol].attributes);
  if (has(pool.symbols[n.symbol].attributes, Attribute::Spd)) have |= bits(Attribute::Symmetric);
  return (open & ~have) == 0;
}

}  // namespace dvec
