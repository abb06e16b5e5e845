#include "codegen/entry_expr.hpp"

#include <algorithm>

namespace dvec {

namespace {

void collect(const EntryExpr& expr, std::vector<std::pair<ValueId, bool>>& out) {
  if (expr.kind == EntryExpr::Kind::Value) {
    const std::pair leaf{expr.value, expr.transposed};
    if (std::ranges::find(out, leaf) == out.end()) out.push_back(leaf);
  }
  for (const EntryExpr& a : expr.args) collect(a, out);
}

}  // namespace

std::vector<std::pair<ValueId, bool>> leaves(const EntryExpr& expr) {
  std::vector<std::pair<ValueId, bool>> out;
  collect(expr, out);
  return out;
}

}  // namespace dvec
