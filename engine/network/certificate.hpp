#pragma once
/// Canonical labelling of monomials. Equal certificates mean equal monomials (up to coefficient) for all sizes.

#include <functional>
#include <string>

#include "network/monomial.hpp"

namespace dvec {

/// How atoms are named in a certificate: equal texts must mean equal atoms.
using AtomName = std::function<std::string(TermId)>;
using IsSymmetric = std::function<bool(TermId)>;

/// The atoms of a network by their places in structural order: certificates of these names stand in an order that does not
/// depend on which terms were made first.
[[nodiscard]] AtomName structural_names(const TermPool& pool, const Network& network);

/// The canonical text of a normalised monomial without its coefficient; free indices are named by their position in
/// `free`. Throws LimitReached when symmetry makes the search too large.
/// Source: colour refinement with individualisation, McKay & Piperno (2014).
[[nodiscard]] std::string certificate(const IndexSpace& space, const Monomial& m, const IndexList& free,
                                      const AtomName& name, const IsSymmetric& symmetric);

/// Parts of a monomial that share no bound index.
struct Component {
  std::vector<Factor> factors;
  IndexList bound;
  std::set<Index> free;  ///< free indices it touches
};
[[nodiscard]] std::vector<Component> components(const Monomial& m);

/// Merges terms with equal certificates, drops those that cancel, sorts by certificate.
void collect(const IndexSpace& space, Network& network, const AtomName& name, const IsSymmetric& symmetric);

}  // namespace dvec
