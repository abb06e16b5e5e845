#include "simplify/signs.hpp"

#include <algorithm>
#include <unordered_map>

#include "simplify/scalar_product.hpp"
#include "term/traverse.hpp"

namespace dvec {

namespace {

class Signs {
 public:
  Signs(TermPool& pool, TermId root) : pool_(pool) {
    for (const TermId t : reachable(pool, root))
      for (const TermId a : pool[t].args) ++readers_[a];
  }

  TermId run(TermId root) {
    return transform(pool_, root, [this](TermId term) {
      const TermId t = in_front(term);
      const Node n = pool_[t];
      if (n.op != Op::Sum || n.args.size() != 1 || !n.numbers[0].is_negative()) return t;
      const TermId other = negated(n.args[0], 0);
      return other.valid() ? pool_.times(-n.numbers[0], other) : t;
    });
  }

 private:
  static constexpr int kDeepest = 20;

  static bool is_product(Op op) {
    switch (op) {
      case Op::MatMul: case Op::Hadamard: case Op::Scale: case Op::Kron: case Op::Transpose: case Op::Diag: case Op::DiagVec:
      case Op::Vec: case Op::Trace: case Op::Total: case Op::RowSums: case Op::ColumnSums: return true;
      default: return false;
    }
  }

  /// A product with the minus of an all-negative sum before it: A*(-x-y) is -(A*(x+y)).
  TermId in_front(TermId t) {
    const Node n = pool_[t];
    if (!is_product(n.op)) return t;
    Rational sign(1);
    std::vector<TermId> args(n.args.begin(), n.args.end());
    for (TermId& a : args) {
      const Node& s = pool_[a];
      if (s.op != Op::Sum || !std::ranges::all_of(s.numbers, [](const Rational& c) { return c.is_negative(); })) continue;
      a = multiplied_through(pool_, Rational(-1), a);
      sign = -sign;
    }
    return sign.is_one() && std::ranges::equal(args, n.args) ? t : pool_.times(sign, pool_.rebuild(t, args));
  }

  /// -t at no cost. Not valid where there is none.
  TermId negated(TermId t, int depth) {
    const Node n = pool_[t];
    if (depth > kDeepest || readers_[t] > 1) return {};
    std::vector<TermId> args(n.args.begin(), n.args.end());
    if (n.op == Op::Sum && n.args.size() > 1) {
      // A minus for each plus, unless the term itself can take it; one positive term has to be there in the end.
      std::vector<Rational> numbers(n.numbers.begin(), n.numbers.end());
      for (std::size_t i = 0; i < args.size(); ++i) {
        const TermId other = numbers[i].is_negative() ? TermId() : negated(args[i], depth + 1);
        if (other.valid())
          args[i] = other;
        else
          numbers[i] = -numbers[i];
      }
      const bool minus = std::ranges::all_of(numbers, [](const Rational& c) { return c.is_negative(); });
      return minus ? TermId() : pool_.sum(args, numbers);
    }
    if (!is_product(n.op)) return {};
    for (TermId& a : args) {
      const TermId other = negated(a, depth + 1);
      if (!other.valid()) continue;
      a = other;
      return pool_.rebuild(t, args);
    }
    return {};
  }

  TermPool& pool_;
  std::unordered_map<TermId, int> readers_;
};

}  // namespace

TermId absorb_signs(TermPool& pool, TermId term) { return Signs(pool, term).run(term); }

}  // namespace dvec
