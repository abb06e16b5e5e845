#include "oracle/sample.hpp"

#include <algorithm>
#include <numeric>

namespace dvec {

namespace {

constexpr double kLargest = 40000, kMultiplications = 6e6;

}  // namespace

std::optional<DimValues> draw_sizes(const Schedule& schedule, int round, int rounds, std::uint64_t seed,
                                    const std::function<bool(const DimValues&)>& admissible) {
  const std::vector<std::string>& names = schedule.size_symbols();
  if (names.empty()) return DimValues{};
  const bool with_one = rounds > 1 && round == rounds - 1;
  std::optional<DimValues> repeated;  // admissible, but with equal sizes
  for (std::uint64_t attempt = 0; attempt < 400; ++attempt) {
    const std::uint64_t key = combine(combine(seed, 4242 + static_cast<std::uint64_t>(round)), attempt);
    // 2, 3, ..., in a random order over the names; later attempts repeat sizes, which costs less.
    std::vector<std::int64_t> values(names.size());
    std::iota(values.begin(), values.end(), 2 + (round % 2));
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[combine(key, i) % i]);
    if (attempt >= 100)
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = 2 + static_cast<std::int64_t>(combine(key, 50 + i) % (attempt < 250 ? 4 : 2));
    if (with_one) values[combine(key, 99) % values.size()] = 1;
    DimValues sizes;
    for (std::size_t i = 0; i < names.size(); ++i) sizes[names[i]] = values[i];
    if (admissible && !admissible(sizes)) continue;
    const auto price = cost(schedule, sizes);
    if (!price || price->largest > kLargest || price->multiplications > kMultiplications) continue;
    if (attempt < 100) return sizes;
    if (!repeated) repeated = sizes;
    if (attempt >= 120) return repeated;
  }
  return repeated;
}

}  // namespace dvec
