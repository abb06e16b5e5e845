#include "oracle/sample.hpp"

#include <algorithm>
#include <utility>

namespace dvec {

namespace {

constexpr double kLargest = 40000, kMultiplications = 6e6;
constexpr double kFewRoots = 4;  ///< entries under roots that must be squares at once: each is one with probability 1/2
constexpr std::size_t kDeep = 200;   ///< items of a deep program
constexpr int kTriesAtWidth = 40, kDearAtWidth = 8;

/// Sizes 2, 3, ..., width+1 (one more in every second round) dealt over the names in a random order, each as often as any
/// other: pairwise distinct where there are no more names than that.
std::vector<std::int64_t> dealt(std::size_t names, std::size_t width, int round, std::uint64_t key) {
  std::vector<std::int64_t> out(names);
  for (std::size_t i = 0; i < names; ++i) out[i] = 2 + round % 2 + static_cast<std::int64_t>(i % width);
  for (std::size_t i = names; i > 1; --i) std::swap(out[i - 1], out[combine(key, i) % i]);
  return out;
}

}  // namespace

std::optional<Layout> draw_sizes(const Schedule& schedule, int round, int rounds, std::uint64_t seed,
                                 const std::function<bool(const DimValues&)>& admissible) {
  const std::vector<std::string>& names = schedule.size_symbols();
  if (names.empty()) return Layout(schedule, {});
  const bool with_one = rounds > 1 && round == rounds - 1;
  // As many different sizes as there are names, up to six (three in deep programs, which have more names than that anyway); fewer and smaller ones where that costs too much or is not
  // admissible. Sizes that conditions tie together (m == n) are found by dealing few.
  std::optional<Layout> best;  // by the entries under roots
  double fewest = 0;
  const std::size_t widest = schedule.size() > kDeep ? 3 : 6;
  for (std::size_t width = std::min(names.size(), widest); width >= 1; --width) {
    int dear = 0;
    for (int attempt = 0; attempt < kTriesAtWidth && dear < kDearAtWidth; ++attempt) {
      const std::uint64_t key = combine(combine(combine(seed, 4242), static_cast<std::uint64_t>(round)),
                                        combine(width, static_cast<std::uint64_t>(attempt)));
      std::vector<std::int64_t> values = dealt(names.size(), width, round, key);
      if (with_one) values[combine(key, 99) % values.size()] = 1;
      DimValues sizes;
      for (std::size_t i = 0; i < names.size(); ++i) sizes.emplace_hint(sizes.end(), names[i], values[i]);
      if (admissible && !admissible(sizes)) continue;
      Layout layout(schedule, std::move(sizes));
      const double roots = roots_at_once(schedule, layout);
      if (roots > kFewRoots && best && roots >= fewest) continue;
      const auto price = cost(schedule, layout);
      if (!price) continue;
      if (price->largest > kLargest || price->multiplications > kMultiplications) {
        ++dear;
        continue;
      }
      if (roots <= kFewRoots) return layout;
      best = std::move(layout);
      fewest = roots;
    }
    if (best && width <= 3) break;
  }
  return best;
}

std::vector<bool> under_definite_functions(const Schedule& schedule) {
  if (!schedule.uses(Op::Cholesky) && !schedule.uses(Op::MatrixFunction)) return {};
  std::vector<bool> under(schedule.size(), false);
  bool any = false;
  for (std::size_t s = schedule.size(); s-- > 0;) {
    const Node& n = schedule.node(s);
    const auto args = schedule.args(s);
    if (under[s]) {
      for (const std::uint32_t a : args) under[a] = true;
      if (schedule[s].definition != Schedule::kNone) under[schedule[s].definition] = true;
    }
    const bool wants = n.op == Op::Cholesky || (n.op == Op::MatrixFunction && (n.primary == PrimaryFunction::Logarithm ||
                                                                               n.primary == PrimaryFunction::SquareRoot));
    if (wants) under[args[0]] = any = true;
  }
  return any ? under : std::vector<bool>{};
}

}  // namespace dvec
