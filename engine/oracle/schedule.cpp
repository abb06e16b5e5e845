#include "oracle/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "support/result.hpp"

namespace dvec {

namespace {

bool structured(Op op) {
  return op == Op::Commutation || op == Op::Duplication || op == Op::Elimination || op == Op::Selection || op == Op::Eye ||
         op == Op::Kron || op == Op::Diag || op == Op::Ones;
}

/// Factors that a product can apply without writing them out: structured ones and their transposes.
bool applies_unwritten(const TermPool& pool, const Node& n) {
  return structured(n.op) || (n.op == Op::Transpose && structured(pool[n.args[0]].op));
}

}  // namespace

std::uint32_t Schedule::slot(SymbolId symbol) const {
  const auto found = symbol_slots_.find(symbol);
  return found == symbol_slots_.end() ? kNone : found->second;
}

Schedule::Schedule(const TermPool& pool, std::span<const TermId> roots, std::span<const Definition> definitions)
    : pool_(&pool) {
  std::unordered_map<SymbolId, TermId> values;
  for (const Definition& d : definitions) values[d.name] = d.value;
  std::set<std::string> sizes;
  const auto note_size = [&](Dim d) {
    if (!d.valid()) return;
    for (const std::string& s : pool.dims.symbols(d)) sizes.insert(s);
  };

  // A node is visited twice: first to push what it needs, then to be placed. `open` finds a let that needs itself.
  std::vector<std::pair<TermId, bool>> stack;
  std::unordered_map<TermId, bool> open;
  for (auto root = roots.rbegin(); root != roots.rend(); ++root) stack.emplace_back(*root, false);
  while (!stack.empty()) {
    const auto [t, ready] = stack.back();
    stack.pop_back();
    if (slots_.contains(t)) continue;
    const Node& n = pool[t];
    const auto value = n.op == Op::Symbol ? values.find(n.symbol) : values.end();
    if (!ready) {
      require(!open[t], "a let does not need itself");
      open[t] = true;
      stack.emplace_back(t, true);
      if (value != values.end()) stack.emplace_back(value->second, false);
      // The last argument goes deepest into the stack: arguments are placed from the first on.
      for (auto a = n.args.rbegin(); a != n.args.rend(); ++a)
        if (!slots_.contains(*a)) stack.emplace_back(*a, false);
      continue;
    }
    const auto here = static_cast<std::uint32_t>(items_.size());
    Item item;
    item.term = t;
    item.args_begin = static_cast<std::uint32_t>(args_.size());
    const auto depends_on = [&](std::uint32_t s) {
      const std::uint32_t latest = items_[s].latest;
      if (latest != kNone && (item.latest == kNone || latest > item.latest)) item.latest = latest;
    };
    for (const TermId a : n.args) {
      args_.push_back(slots_.at(a));
      depends_on(args_.back());
    }
    item.args_end = static_cast<std::uint32_t>(args_.size());
    if (value != values.end()) {
      item.definition = slots_.at(value->second);
      depends_on(item.definition);
    } else if (n.op == Op::Symbol) {
      item.latest = here;
      variables_.push_back(here);
    }
    if (n.op == Op::Symbol) symbol_slots_[n.symbol] = here;
    for (const Dim d : {n.shape.rows, n.shape.cols, n.first, n.second}) note_size(d);
    ops_ |= std::uint64_t{1} << static_cast<unsigned>(n.op);
    slots_[t] = here;
    open[t] = false;
    items_.push_back(item);
  }
  size_symbols_.assign(sizes.begin(), sizes.end());

  for (Item& item : items_) item.wanted_dense = false;
  for (const TermId root : roots) items_[slots_.at(root)].wanted_dense = true;
  for (std::size_t s = items_.size(); s-- > 0;) {
    Item& item = items_[s];
    const Op op = node(s).op;
    if (!applies_unwritten(pool, node(s))) item.wanted_dense = true;
    if (item.definition != kNone) items_[item.definition].wanted_dense = true;
    const bool passes = op == Op::MatMul || (!item.wanted_dense && (op == Op::Kron || op == Op::Transpose));
    for (const std::uint32_t a : args(s))
      if (!passes || !applies_unwritten(pool, node(a))) items_[a].wanted_dense = true;
  }
}

std::optional<Cost> cost(const Schedule& schedule, const DimValues& sizes) {
  const DimTable& dims = schedule.pool().dims;
  Cost out;
  std::unordered_map<Dim, double> known;
  const auto size_of = [&](Dim d) -> double {
    const auto found = known.find(d);
    if (found != known.end()) return found->second;
    const auto value = dims.evaluate(d, sizes);
    return known[d] = value && *value >= 1 ? static_cast<double>(*value) : 0;
  };
  for (std::size_t s = 0; s < schedule.size(); ++s) {
    const Node& n = schedule.node(s);
    const double rows = size_of(n.shape.rows), cols = size_of(n.shape.cols);
    if (rows == 0 || cols == 0) return std::nullopt;
    if (n.op == Op::Selection && (size_of(n.first) == 0 || size_of(n.second) > rows)) return std::nullopt;
    const double entries = rows * cols;
    if (!schedule[s].wanted_dense) continue;
    out.largest = std::max(out.largest, entries);
    out.multiplications += entries;
    if ((n.op == Op::Power && !n.numbers[0].is_integer()) ||
        (n.op == Op::Apply && schedule.pool().functions[n.function].name == "sqrt"))
      out.roots = std::max(out.roots, entries);
    if (n.op == Op::Cholesky) out.roots = std::max(out.roots, rows);
    if (n.op == Op::MatMul)
      for (std::size_t i = 0; i < n.args.size(); ++i) {
        const Shape shape = schedule.pool().shape(n.args[i]);
        const double r = size_of(shape.rows), c = size_of(shape.cols);
        const bool written = schedule[schedule.args(s)[i]].wanted_dense;
        out.multiplications += (written ? r * c : 4 * (r + c)) * std::min(rows, cols);
      }
    if (n.op == Op::Inverse || n.op == Op::Det || n.op == Op::LogDet) {
      const double order = size_of(schedule.pool().shape(n.args[0]).rows);
      out.multiplications += order * order * order;
    }
    if (n.op == Op::PseudoInverse || n.op == Op::Cholesky) out.multiplications += 6 * std::min(rows, cols) * entries;
    if (n.op == Op::MatrixFunction) {
      // Each direction doubles the matrix; iterations take about as many products as this.
      const double products = n.primary == PrimaryFunction::Power ? 10 : 60;
      out.multiplications += products * rows * rows * rows * std::exp2(3 * static_cast<double>(n.args.size() - 1));
    }
  }
  return out;
}

}  // namespace dvec
