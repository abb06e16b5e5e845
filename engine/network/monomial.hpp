#pragma once
/// Sums of products of indexed factors: what a matrix expression means, entry by entry.

#include <map>
#include <set>
#include <vector>

#include "network/index_space.hpp"
#include "term/term_pool.hpp"

namespace dvec {

/// atom[rows, cols] to a rational power, entrywise.
struct Factor {
  TermId atom;
  Rational exponent{1};
  IndexList rows, cols;
  friend bool operator==(const Factor&, const Factor&) = default;
};

/// coefficient * sizes * product of factors, summed over `bound`. `equal` are deltas; after normalisation only between
/// free indices (the first stands for both everywhere).
struct Monomial {
  Rational coefficient{1};
  std::map<Dim, Rational> sizes;  ///< N^-1 and the like
  std::vector<Factor> factors;
  std::vector<std::pair<Index, Index>> equal;
  IndexList bound;
};

/// A sum of monomials with common free indices: entry (rows, cols) of a matrix.
struct Network {
  IndexList rows, cols;
  std::vector<Monomial> terms;
};

/// Indices that occur in the factor, without repetition, in order.
[[nodiscard]] std::set<Index> indices_of(const Factor& f);

/// Factors with the same atom and slots become one, exponents added; exponent 0 drops out.
void merge_equal(std::vector<Factor>& factors);

}  // namespace dvec
