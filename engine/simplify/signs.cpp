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
      case Op::Sum: {
        // A minus for each plus, unless the term itself can take it; one positive term has to be there in the end.
        if (n.args.size() == 1) return {};
        std::vector<TermId> args(n.args.begin(), n.args.end());
        std::vector<Rational> numbers(n.numbers.begin(), n.numbers.end());
        for (std::size_t i = 0; i < args.size(); ++i) {
          const TermId other = numbers[i].is_negative() ? TermId() : negated(args[i], depth + 1);
          if (other.valid())
            args[i] = other;
          else
            numbers[i] = -numbers[i];
        }
        if (std::ranges::all_of(numbers, [](const Rational& c) { return c.is_negative(); })) return {};
        return pool_.sum(args, numbers);
      }
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
