#include "oracle/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

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

namespace {

/// Slots by term while a schedule is made: a term that is open needs what is being placed.
constexpr std::uint32_t kOpen = Schedule::kNone - 1;

/// The distinct sizes of a schedule, in order of their first use.
class Sizes {
 public:
  explicit Sizes(std::vector<Dim>& all) : all_(all) {}
  std::uint32_t place(Dim d) {
    if (!d.valid()) return 0;
    const auto [at, fresh] = places_.try_emplace(d, static_cast<std::uint32_t>(all_.size()));
    if (fresh) all_.push_back(d);
    return at->second;
  }

 private:
  std::vector<Dim>& all_;
  std::unordered_map<Dim, std::uint32_t> places_;
};

bool takes_roots(const TermPool& pool, const Node& n) {
  return n.op == Op::Cholesky || (n.op == Op::Power && !n.numbers[0].is_integer()) ||
         (n.op == Op::Apply && pool.functions[n.function].name == "sqrt");
}

}  // namespace

Schedule::Schedule(const TermPool& pool, std::span<const TermId> roots, std::span<const Definition> definitions)
    : pool_(&pool) {
  std::unordered_map<SymbolId, TermId> values;
  values.reserve(definitions.size());
  for (const Definition& d : definitions) values[d.name] = d.value;
  Sizes sizes(dims_);
  sizes.place(pool.dims.one());

  // A node is visited twice: first to push what it needs, then to be placed.
  std::vector<std::pair<TermId, bool>> stack;
  for (auto root = roots.rbegin(); root != roots.rend(); ++root) stack.emplace_back(*root, false);
  while (!stack.empty()) {
    const auto [t, ready] = stack.back();
    stack.pop_back();
    const std::uint32_t known = slots_.find(t);
    if (known != kNone && known != kOpen) continue;
    const Node& n = pool[t];
    const auto value = n.op == Op::Symbol ? values.find(n.symbol) : values.end();
    if (!ready) {
      require(known == kNone, "a let does not need itself");
      slots_.set(t, kOpen);
      stack.emplace_back(t, true);
      if (value != values.end()) stack.emplace_back(value->second, false);
      // The last argument goes deepest into the stack: arguments are placed from the first on.
      for (auto a = n.args.rbegin(); a != n.args.rend(); ++a) stack.emplace_back(*a, false);
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
      args_.push_back(slots_.find(a));
      depends_on(args_.back());
    }
    item.args_end = static_cast<std::uint32_t>(args_.size());
    if (value != values.end()) {
      item.definition = slots_.find(value->second);
      depends_on(item.definition);
    } else if (n.op == Op::Symbol) {
      item.latest = here;
      variables_.push_back(here);
    }
    if (n.op == Op::Symbol) symbol_slots_[n.symbol] = here;
    if (takes_roots(pool, n)) roots_.push_back(here);
    item.rows = sizes.place(n.shape.rows);
    item.cols = sizes.place(n.shape.cols);
    item.first = sizes.place(n.first);
    item.second = sizes.place(n.second);
    ops_ |= std::uint64_t{1} << static_cast<unsigned>(n.op);
    slots_.set(t, here);
    items_.push_back(item);
  }
  for (const Dim d : dims_) size_symbols_.insert(size_symbols_.end(), pool.dims.symbols(d).begin(), pool.dims.symbols(d).end());
  std::ranges::sort(size_symbols_);
  size_symbols_.erase(std::unique(size_symbols_.begin(), size_symbols_.end()), size_symbols_.end());

  for (Item& item : items_) item.wanted_dense = false;
  for (const TermId root : roots) items_[slots_.find(root)].wanted_dense = true;
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

std::vector<bool> Schedule::needed_for(std::span<const TermId> terms) const {
  std::vector<bool> needed(items_.size(), false);
  for (const TermId t : terms) needed[slot(t)] = true;
  for (std::size_t s = items_.size(); s-- > 0;) {
    if (!needed[s]) continue;
    for (const std::uint32_t a : args(s)) needed[a] = true;
    if (items_[s].definition != kNone) needed[items_[s].definition] = true;
  }
  return needed;
}

// --- sizes ---------------------------------------------------------------------------------------------------------------

Layout::Layout(const Schedule& schedule, DimValues sizes) : schedule_(&schedule), sizes_(std::move(sizes)) {
  const DimTable& dims = schedule.pool().dims;
  values_.reserve(schedule.distinct_sizes().size());
  for (const Dim d : schedule.distinct_sizes()) {
    const auto value = dims.evaluate(d, sizes_);
    values_.push_back(value && *value >= 1 ? static_cast<std::size_t>(*value) : 0);
  }
}

double roots_at_once(const Schedule& schedule, const Layout& layout) {
  std::unordered_map<std::uint32_t, double> together;
  double most = 0;
  for (const std::uint32_t s : schedule.root_slots()) {
    const std::uint32_t variable = schedule[s].latest;
    if (variable == Schedule::kNone) continue;
    const Shape here = schedule.node(s).shape, drawn = schedule.node(variable).shape;
    const auto rows = static_cast<double>(layout.rows(s)), cols = static_cast<double>(layout.cols(s));
    double entries = rows * cols;
    if (schedule.node(s).op == Op::Cholesky) {
      entries = rows;
    } else {
      if (here.cols == drawn.cols) entries = std::min(entries, rows);
      if (here.rows == drawn.rows) entries = std::min(entries, cols);
    }
    most = std::max(most, together[variable] += entries);
  }
  return most;
}

std::optional<Cost> cost(const Schedule& schedule, const Layout& layout) {
  Cost out;
  const auto rows_of = [&](std::size_t s) { return static_cast<double>(layout.rows(s)); };
  const auto cols_of = [&](std::size_t s) { return static_cast<double>(layout.cols(s)); };
  for (std::size_t s = 0; s < schedule.size(); ++s) {
    const Node& n = schedule.node(s);
    const double rows = rows_of(s), cols = cols_of(s);
    if (rows == 0 || cols == 0) return std::nullopt;
    if (n.op == Op::Selection && (layout.first(s) == 0 || layout.second(s) > layout.rows(s))) return std::nullopt;
    const double entries = rows * cols;
    if (!schedule[s].wanted_dense) continue;
    const auto args = schedule.args(s);
    out.largest = std::max(out.largest, entries);
    out.multiplications += entries;
    if (n.op == Op::MatMul)
      for (const std::uint32_t a : args) {
        const double r = rows_of(a), c = cols_of(a);
        out.multiplications += (schedule[a].wanted_dense ? r * c : 4 * (r + c)) * std::min(rows, cols);
      }
    if (n.op == Op::Inverse || n.op == Op::Det || n.op == Op::LogDet) {
      const double order = rows_of(args[0]);
      out.multiplications += order * order * order;
    }
    if (n.op == Op::PseudoInverse || n.op == Op::Cholesky) out.multiplications += 6 * std::min(rows, cols) * entries;
    if (n.op == Op::MatrixFunction) {
      // Each direction doubles the matrix; iterations take about as many products as this.
      const double products = n.primary == PrimaryFunction::Power ? 10 : 60;
      out.multiplications += products * rows * rows * rows * std::exp2(3 * static_cast<double>(args.size() - 1));
    }
  }
  return out;
}

}  // namespace dvec
