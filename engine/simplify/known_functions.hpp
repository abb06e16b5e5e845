#pragma once
/// Softmax, log-sum-exp, sigmoid and softplus that a program has written out, before it is differentiated: their
/// derivatives are shorter than those of what they are made of.

#include "syntax/program.hpp"

namespace dvec {

/// The lets, in order, with values in which such functions are called by their names. Values of others stay as they are.
[[nodiscard]] std::vector<Binding> with_known_functions(TermPool& pool, const std::vector<Binding>& lets);

}  // namespace dvec
