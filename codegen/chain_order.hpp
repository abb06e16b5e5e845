#pragma once
/// The cheapest order of a product of matrices, by dynamic programming at reference sizes.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "scalar/dim.hpp"

namespace dvec {

/// Sizes at which orders are compared: the first-declared size is 1000, the others 20, 23, ..., 50, in order of
/// declaration (then from 20 again). Sizes that are not declared are 20.
[[nodiscard]] DimValues reference_sizes(const std::vector<std::string>& dims);

struct ChainFactor {
  std::int64_t rows = 0, cols = 0;
  enum class Kind { Dense, Diagonal, Ones } kind = Kind::Dense;  ///< Ones: a row or column of ones
};

/// A node of the binary tree of the order: a leaf is a factor, an inner node a product. Children come before parents;
/// the last node is the root.
struct ChainNode {
  int leaf = -1;
  int left = -1, right = -1;
};

/// Requires: one factor at least; sizes conform. Ties are decided for the leftmost split. Time grows with the cube of
/// the number of factors: chains of more than 200 factors are multiplied from the left.
/// Source: Godbole (1973); costs are multiplications, a diagonal or an outer product costs its result.
[[nodiscard]] std::vector<ChainNode> chain_order(std::span<const ChainFactor> factors);

}  // namespace dvec
