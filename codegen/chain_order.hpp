#pragma once
/// In which order to multiply: the matrix-chain problem.

#include <cstddef>
#include <functional>
#include <vector>

namespace dvec {

/// Operation counts of joining [i,k) with [k,j); lower is better.
using JoinCost = std::function<double(std::size_t i, std::size_t k, std::size_t j)>;

/// The place where [i,j) is best split, for every 0 <= i < j <= n with j - i >= 2.
class ChainOrder {
 public:
  /// By dynamic programming over all brackets, O(n^3); of equally good ones, the first from the left. Chains of more than
  /// kLongest factors are bracketed from the left.
  ChainOrder(std::size_t n, const JoinCost& cost);
  [[nodiscard]] std::size_t split(std::size_t i, std::size_t j) const;

  static constexpr std::size_t kLongest = 400;

 private:
  std::size_t n_ = 0;
  std::vector<std::size_t> split_;
};

}  // namespace dvec
