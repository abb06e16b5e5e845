#pragma once
/// The slope of an elementwise function, by differences of a function that neither the rule book nor the oracle wrote:
/// the C library's, where it has one.

#include <string>

#include "scalar/element_function.hpp"

namespace dvec {

struct DifferenceAnswer {
  bool known = false;  ///< there is a function of this name to compare with
  bool agrees = false;
  std::string reason;  ///< the point and both numbers where they do not agree
};

/// Does the stated derivative of f agree with differences of f? At points away from kinks, inside its domain.
/// Requires: f has a stated derivative.
/// Precision: extrapolated central differences with step 2^-12 in long double; the error of the method is below 1e-12
/// for functions whose sixth derivatives are below 1e9 there, and 1e-10 (relative to 1 + |slope|) is accepted.
[[nodiscard]] DifferenceAnswer slope_by_differences(const FunctionTable& functions, FunctionId f);

}  // namespace dvec
