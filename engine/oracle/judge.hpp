#pragma once
/// How a question is put to the oracle, and how it is judged at points.

#include <functional>
#include <utility>
#include <vector>

#include "oracle/equal.hpp"
#include "oracle/float_field.hpp"
#include "oracle/point.hpp"
#include "oracle/prime_field.hpp"

namespace dvec {

using QuadField = FloatField<Quad>;

/// Numbers at a point that must be equal in pairs.
template <class P>
using Pairs = std::vector<std::pair<typename P::Value, typename P::Value>>;

/// What must agree at a point, in both arithmetics.
struct Agreement {
  std::function<Pairs<PrimeField>(const Point<PrimeField>&)> field;
  std::function<Pairs<QuadField>(const Point<QuadField>&)> floats;
};

/// From one function of points of any kind, which fills the pairs.
template <class F>
[[nodiscard]] Agreement agreement(F fill) {
  const auto both = [fill](const auto& point, auto pairs) {
    fill(point, pairs);
    return pairs;
  };
  return {[both](const Point<PrimeField>& p) { return both(p, Pairs<PrimeField>{}); },
          [both](const Point<QuadField>& p) { return both(p, Pairs<QuadField>{}); }};
}

/// Exact arithmetic first; floats where it does not reach, or where its refusal proves nothing. Never throws LimitReached.
[[nodiscard]] Equality judge(const TermPool& pool, const PointQuestion& question, const Agreement& agreement,
                             const EqualOptions& options);

}  // namespace dvec
