#include "codegen/chain_order.hpp"

#include "support/result.hpp"

namespace dvec {

ChainOrder::ChainOrder(std::size_t n, const JoinCost& cost) : n_(n) {
  if (n > kLongest) return;
  split_.resize((n + 1) * (n + 1));
  std::vector<double> best((n + 1) * (n + 1), 0.0);
  const auto at = [n](std::size_t i, std::size_t j) { return i * (n + 1) + j; };
  for (std::size_t length = 2; length <= n; ++length)
    for (std::size_t i = 0; i + length <= n; ++i) {
      const std::size_t j = i + length;
      for (std::size_t k = i + 1; k < j; ++k) {
        const double total = best[at(i, k)] + best[at(k, j)] + cost(i, k, j);
        if (k > i + 1 && total >= best[at(i, j)]) continue;
        best[at(i, j)] = total;
        split_[at(i, j)] = k;
      }
    }
}

std::size_t ChainOrder::split(std::size_t i, std::size_t j) const {
  require(i + 2 <= j && j <= n_, "a chain of fewer than two factors has no split");
  return split_.empty() ? j - 1 : split_[i * (n_ + 1) + j];
}

}  // namespace dvec
