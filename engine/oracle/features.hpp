#pragma once
/// What a verdict over the prime field rests on: which functions occur, how high degrees are.

#include <cstdint>
#include <vector>

#include "oracle/schedule.hpp"

namespace dvec {

struct Features {
  bool exponents = false;   ///< residues mod q are needed
  bool incomplete = false;  ///< functions whose functional equations the field has not: log, sin, exp within exp, ...
  int branches = 0;         ///< nodes at which a sign is taken or a root chosen
  std::vector<std::uint32_t> branching = {};  ///< their slots
  /// In the field "different" is a refutation; otherwise it may mean that the field is no model of the reals there.
  [[nodiscard]] bool refusal_proves() const { return branches == 0 && !incomplete; }
};
[[nodiscard]] Features features(const Schedule& schedule);

/// Entries of the smallest of the matrices at which a sign is taken or a root chosen, at these sizes; at least 1.
/// Each entry is one throw of a coin.
[[nodiscard]] std::size_t branch_entries(const Schedule& schedule, const Features& features, const Layout& layout);
/// Entries at which a sign is taken or a root chosen, in all.
[[nodiscard]] std::size_t all_branch_entries(const Schedule& schedule, const Features& features, const Layout& layout);

/// Binary logarithm of a bound on the degree of left*right' - left'*right in the drawn entries, for the fractions left/left'
/// and right/right' that any two entries of the schedule are. Opaque functions and exponentials count as new variables.
/// Source: DeMillo & Lipton (1978), Zippel (1979), Schwartz (1980).
[[nodiscard]] double log2_degree(const Schedule& schedule, const Layout& layout);

}  // namespace dvec
