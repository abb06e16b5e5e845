#include "codegen/chain_order.hpp"

#include <functional>
#include <limits>

#include "support/result.hpp"

namespace dvec {

DimValues reference_sizes(const std::vector<std::string>& dims) {
  DimValues sizes;
  std::int64_t next = 20;
  for (const std::string& d : dims) {
    if (sizes.empty()) {
      sizes.emplace(d, 1000);
      continue;
    }
    sizes.emplace(d, next);
    next = next + 3 > 50 ? 20 : next + 3;
  }
  return sizes;
}

namespace {

constexpr std::size_t kLongest = 200;

using Kind = ChainFactor::Kind;

double cost_of(const ChainFactor& a, const ChainFactor& b) {
  const double m = static_cast<double>(a.rows), k = static_cast<double>(a.cols), n = static_cast<double>(b.cols);
  if (a.kind == Kind::Diagonal && b.kind == Kind::Diagonal) return m;
  if (a.kind == Kind::Diagonal || b.kind == Kind::Diagonal) return m * n;
  if (a.kind == Kind::Ones && a.rows != 1) return 0;  // a broadcast: nothing is computed
  if (b.kind == Kind::Ones && b.cols != 1) return 0;
  if (a.kind == Kind::Ones) return k * n;  // sums
  if (b.kind == Kind::Ones) return m * k;
  if (a.cols == 1) return m * n;
  return 2 * m * k * n;
}

ChainFactor product_of(const ChainFactor& a, const ChainFactor& b) {
  const bool diagonal = a.kind == Kind::Diagonal && b.kind == Kind::Diagonal;
  return {a.rows, b.cols, diagonal ? Kind::Diagonal : Kind::Dense};
}

std::vector<ChainNode> from_the_left(std::size_t n) {
  std::vector<ChainNode> nodes{{0}};
  for (std::size_t k = 1; k < n; ++k) {
    const int left = static_cast<int>(nodes.size()) - 1;
    nodes.push_back({static_cast<int>(k)});
    nodes.push_back({-1, left, left + 1});
  }
  return nodes;
}

}  // namespace

std::vector<ChainNode> chain_order(std::span<const ChainFactor> factors) {
  const std::size_t n = factors.size();
  require(n >= 1, "a chain has a factor");
  if (n > kLongest) return from_the_left(n);

  struct Best {
    double cost = 0;
    std::size_t split = 0;  ///< last factor of the left part
    ChainFactor value;
  };
  std::vector<std::vector<Best>> best(n, std::vector<Best>(n));
  for (std::size_t i = 0; i < n; ++i) best[i][i].value = factors[i];
  for (std::size_t length = 2; length <= n; ++length)
    for (std::size_t i = 0; i + length <= n; ++i) {
      const std::size_t j = i + length - 1;
      Best& b = best[i][j];
      b.cost = std::numeric_limits<double>::infinity();
      for (std::size_t k = i; k < j; ++k) {
        const double cost = best[i][k].cost + best[k + 1][j].cost + cost_of(best[i][k].value, best[k + 1][j].value);
        if (cost >= b.cost) continue;
        b = {cost, k, product_of(best[i][k].value, best[k + 1][j].value)};
      }
    }

  std::vector<ChainNode> nodes;
  const std::function<int(std::size_t, std::size_t)> build = [&](std::size_t i, std::size_t j) {
    if (i == j) nodes.push_back({static_cast<int>(i)});
    else {
      const std::size_t k = best[i][j].split;
      const int left = build(i, k);
      const int right = build(k + 1, j);
      nodes.push_back({-1, left, right});
    }
    return static_cast<int>(nodes.size()) - 1;
  };
  build(0, n - 1);
  return nodes;
}

}  // namespace dvec
