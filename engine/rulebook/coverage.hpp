#pragma once
/// Which rules a derivation used: the data of `dvec rules --coverage`.

#include <string>
#include <vector>

#include "rulebook/trace.hpp"

namespace dvec {

/// Distinct names of rule-book blocks among the steps, sorted. Steps that no block narrates (index form, exact
/// evaluation) are not counted.
[[nodiscard]] std::vector<std::string> rules_used(const Trace& trace);

}  // namespace dvec
