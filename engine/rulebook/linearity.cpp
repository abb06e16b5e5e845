#include "rulebook/linearity.hpp"

#include <algorithm>
#include <unordered_map>

#include "term/traverse.hpp"

namespace dvec {

namespace {

enum class Degree { Free, Linear, Other };

}  // namespace

bool is_linear(const TermPool& pool, TermId term, std::span<const SymbolId> slots) {
  std::unordered_map<TermId, Degree> degree;
  for (const TermId t : reachable(pool, term)) {
    const Node& n = pool[t];
    if (is_leaf(n.op)) {
      degree[t] = n.op == Op::Symbol && std::ranges::find(slots, n.symbol) != slots.end() ? Degree::Linear : Degree::Free;
      continue;
    }
    const auto count = [&](Degree d) {
      return std::ranges::count_if(n.args, [&](TermId a) { return degree.at(a) == d; });
    };
    const auto linear = count(Degree::Linear), other = count(Degree::Other);
    const auto size = static_cast<std::ptrdiff_t>(n.args.size());
    Degree d = Degree::Other;
    if (linear == 0 && other == 0) {
      d = Degree::Free;
    } else if (other == 0) {
      switch (n.op) {
        case Op::Sum: d = linear == size ? Degree::Linear : Degree::Other; break;
        case Op::Scale: case Op::MatMul: case Op::Hadamard: case Op::Kron:
          d = linear == 1 ? Degree::Linear : Degree::Other;
          break;
        case Op::Transpose: case Op::Vec: case Op::Reshape: case Op::Diag: case Op::DiagVec: case Op::Tril: case Op::Trace: case Op::Total:
        case Op::ColumnSums: case Op::RowSums: d = Degree::Linear; break;
        case Op::MatrixFunction:  // in its directions
          d = linear == 1 && degree.at(n.args[0]) == Degree::Free ? Degree::Linear : Degree::Other;
          break;
        default: break;
      }
    }
    degree[t] = d;
  }
  return degree.at(term) == Degree::Linear;
}

}  // namespace dvec
