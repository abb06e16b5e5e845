#include "network/monomial.hpp"

#include <algorithm>

namespace dvec {

std::set<Index> indices_of(const Factor& f) {
  std::set<Index> out(f.rows.begin(), f.rows.end());
  out.insert(f.cols.begin(), f.cols.end());
  return out;
}

void merge_equal(std::vector<Factor>& factors) {
  std::vector<Factor> out;
  for (const Factor& f : factors) {
    const auto same = std::find_if(out.begin(), out.end(), [&](const Factor& g) {
      return g.atom == f.atom && g.rows == f.rows && g.cols == f.cols;
    });
    if (same == out.end())
      out.push_back(f);
    else
      same->exponent += f.exponent;
  }
  std::erase_if(out, [](const Factor& f) { return f.exponent.is_zero(); });
  factors = std::move(out);
}

}  // namespace dvec
