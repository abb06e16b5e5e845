#pragma once
/// Networks back into matrix notation.
///
/// Bound indices are eliminated, the one with the fewest incident matrices first: none gives u'v or a sum, one gives
/// M*v, two give A*diag(v)*B. What is left over the free indices is an outer product, a Hadamard product, a diagonal or
/// a spread vector. Composite free indices (Jacobians) split into Kronecker factors. Sums are factored algebraically:
/// the common scalar, row or column factor, Hadamard factor, left or right chain end that saves most is taken out first.

#include <functional>
#include <optional>

#include "network/certificate.hpp"
#include "network/convert.hpp"

namespace dvec {

/// Where factors of a ⊗ stand that have rows only.
enum class Columnless { InPlace, First, Last };
/// What becomes of a factor at an index that a delta ties to a column: a factor of its block, or a diagonal scaling.
enum class Ties { Join, Scale };
struct Arrangement {
  Columnless place = Columnless::InPlace;
  Ties ties = Ties::Join;
};

class Extractor {
 public:
  Extractor(TermPool& pool, IndexSpace& space, IsSymmetric symmetric);

  /// A term of shape `shape` whose entries are the network's. Not valid when some monomial has no reading with at most
  /// two free indices at a time: the caller keeps what it had.
  TermId extract(const Network& network, Shape shape);

 private:
  struct Piece {
    TermId term;
    Index row, col;  ///< not valid: none
  };
  /// Something that can be taken out of a term: its certificate, and the term that is left.
  struct Literal {
    enum class Kind { Scalar, Down, Across, Matrix, Left, Right };
    Kind kind = Kind::Scalar;
    std::string key;
    TermId term;          ///< what is multiplied with
    std::int64_t gain = 0;
    Monomial rest;
    Index inner;          ///< Left, Right: the index that takes the free one's place
  };
  using Terms = std::vector<Monomial>;

  TermId read(const Network& network, Shape shape);
  TermId triangle(TermId t);

  // Duplication and elimination matrices.
  [[nodiscard]] bool has_outer(const Network& network) const;
  TermId outer(const Network& network, Shape shape);
  TermId product(const std::vector<TermId>& factors);
  IndexList fresh_like(const IndexList& list);

  // Sums.
  TermId simple(Terms terms, Index row, Index col, Shape shape);
  TermId factored(Terms terms, Index row, Index col, Shape shape);
  TermId entrywise_common(Terms terms, const std::vector<std::vector<Literal>>& found, const std::set<std::string>& common,
                          Index row, Index col, Shape shape);
  std::vector<Literal> literals(const Monomial& m, Index row, Index col);
  void vector_ends(const Monomial& m, const std::vector<Component>& parts, bool left, Index far,
                   std::vector<Literal>& out);
  TermId apply(const Literal& literal, TermId inner, Shape shape);
  TermId times_quotient(const Literal& literal, Terms quotient, Index row, Index col, Shape inner_shape, Shape shape);

  // Monomials over at most one row and one column index.
  TermId monomial(const Monomial& m, Index row, Index col, Shape shape);
  TermId eliminated(const Monomial& m, Index row, Index col, Shape shape);
  TermId assemble(std::vector<Piece> pieces, const Monomial& m, Index row, Index col, Shape shape, bool diagonal);
  bool eliminate(const Component& part, std::vector<Piece>& out, TermId& scalar);
  bool eliminate_index(Index k, std::vector<Piece>& pieces, std::vector<TermId>& scalars);
  void merge_parallel(std::vector<Piece>& pieces);
  TermId closed_pair(const Piece& a, const Piece& b);
  TermId multiplied(TermId a, TermId b);
  TermId scaled_by(TermId t, const Monomial& m);
  TermId spread_product(TermId matrix, TermId column, TermId row, Shape shape);

  // Composite free indices.
  struct KronForm {
    TermId scale;                  ///< coefficient, sizes and scalars
    TermId left, right;            ///< permutations and diagonals outside; not valid: none
    std::vector<TermId> factors;   ///< of the ⊗, one for each group of indices
  };
  TermId composites(const std::vector<Monomial>& terms, const IndexList& rows, const IndexList& cols);
  std::vector<KronForm> placed(const std::vector<Monomial>& terms, const IndexList& rows, const IndexList& cols);
  std::optional<KronForm> composite(const Monomial& m, const IndexList& rows, const IndexList& cols, Arrangement how);
  std::optional<KronForm> kron_of_groups(const Monomial& m, const IndexList& rows, const IndexList& cols,
                                         Arrangement how = {});
  bool merge(KronForm& into, const KronForm& other);
  bool merge_permuted(KronForm& into, const KronForm& other);
  std::optional<KronForm> at_other_end(const KronForm& form);
  TermId sum_of(std::vector<KronForm> forms);
  TermId to_term(const KronForm& form);
  Monomial across_deltas(const Monomial& m, const IndexList& rows, const IndexList& cols, Ties ties);
  Monomial deltas_as_factors(const Monomial& m, const IndexList& rows, const IndexList& cols);
  TermId group(const Monomial& m, const IndexList& rows, const IndexList& cols);
  TermId product_through(const Monomial& m, const IndexList& rows, const IndexList& cols);
  TermId permutation(const IndexList& from, const IndexList& to);

  // Vectors and matrices in a wanted orientation.
  TermId column(const Piece& p);
  TermId as(const Piece& p, Index row, Index col);
  TermId flipped(TermId t);
  TermId factor_term(const Factor& f);
  [[nodiscard]] Dim size(const IndexList& list) const;
  [[nodiscard]] Shape shape_of(Index row, Index col) const;
  [[nodiscard]] std::string name(TermId t) {
    if (!names_) names_ = structural_names(pool_, *network_);
    return names_(t);
  }

  TermPool& pool_;
  IndexSpace& space_;
  IsSymmetric symmetric_;
  const Network* network_ = nullptr;  ///< that is read
  AtomName names_;                    ///< of its atoms
};

}  // namespace dvec
