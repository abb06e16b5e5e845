#pragma once
/// Terms into networks, and networks into their normal form.

#include <functional>
#include <optional>
#include <unordered_map>

#include "network/monomial.hpp"
#include "term/traverse.hpp"

namespace dvec {

struct ConvertOptions {
  std::function<bool(TermId)> expand = [](TermId) { return false; };  ///< which sums are distributed over
  const TermMap* definitions = nullptr;  ///< atoms that are replaced by terms while converting (lets put in, names folded)
  /// Sums that are read as a multiple of another: B-A as -(A-B) where both stand in one term.
  std::unordered_map<TermId, std::pair<TermId, Rational>> multiples;
  const TermMap* names = nullptr;        ///< definitions that are looked into to know a function again, and not put in
  std::function<TermId(TermId)> settled; ///< what stands for an atom: names inside it put in
  std::size_t max_terms = 64;            ///< past it: nothing
  /// Is sum over the rows (columns) of this atom zero? Asked for factors whose row (column) index is theirs alone.
  std::function<bool(TermId, bool rows)> sums_to_zero;
  /// Is it a vector of ones? Asked for the same factors.
  std::function<bool(TermId, bool rows)> sums_to_one;
  /// Is the atom equal to its transpose? Are its entries never negative?
  std::function<bool(TermId)> symmetric;
  std::function<bool(TermId)> nonnegative;
};

/// The term as a sum of monomials over the given free indices. Nothing when composite indices do not line up, a limit
/// is passed, or nesting is too deep: the caller then treats the term as an atom.
std::optional<Network> to_network(TermPool& pool, IndexSpace& space, TermId term, const IndexList& rows,
                                  const IndexList& cols, const ConvertOptions& options);

/// Splits resolved, deltas used up, unused indices turned into sizes, equal factors merged, A*inv(A) cancelled.
/// The free lists are resolved too. Terms are not merged (see certificate).
void normalise(TermPool& pool, IndexSpace& space, Network& network, const ConvertOptions& options);

/// The sum as one size when the term is a polynomial in sizes and numbers only: N-1, n*(n+1)/2.
[[nodiscard]] std::optional<Dim> as_size(TermPool& pool, TermId term);

}  // namespace dvec
