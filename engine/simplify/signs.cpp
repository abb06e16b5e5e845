#include "simplify/signs.hpp"

#include <algorithm>
#include <unordered_map>

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
    return transform(pool_, root, [this](TermId t) {
      const Node n = pool_[t];
      if (n.op != Op::Sum || n.args.size() != 1 || !n.numbers[0].is_negative()) return t;
      const TermId other = negated(n.args[0], 0);
      return other.valid() ? pool_.times(-n.numbers[0], other) : t;
    });
  }

 private:
  static constexpr int kDeepest = 20;

  /// -t at no cost. Not valid where there is none.
  TermId negated(TermId t, int depth) {
    const Node n = pool_[t];
    if (depth > kDeepest || readers_[t] > 1) return {};
    switch (n.op) {
      case Op::Sum:
        if (n.args.size() == 1 || std::ranges::none_of(n.numbers, [](const Rational& c) { return c.is_negative(); })) return {};
        return pool_.times(Rational(-1), t);
      case Op::MatMul: case Op::Hadamard: case Op::Scale: case Op::Kron: case Op::Transpose: case Op::Diag: case Op::DiagVec:
      case Op::Vec: case Op::Trace: case Op::Total: case Op::RowSums: case Op::ColumnSums: {
        std::vector<TermId> args(n.args.begin(), n.args.end());
        for (TermId& a : args) {
          const TermId other = negated(a, depth + 1);
          if (!other.valid()) continue;
          a = other;
          return pool_.rebuild(t, args);
        }
        return {};
      }
      default: return {};
    }
  }

  TermPool& pool_;
  std::unordered_map<TermId, int> readers_;
};

}  // namespace

TermId absorb_signs(TermPool& pool, TermId term) { return Signs(pool, term).run(term); }

}  // namespace dvec
