#pragma once
/// Indices with symbolic sizes. Splitting a composite index is global; equating two indices is up to each monomial.

#include <optional>
#include <vector>

#include "scalar/dim.hpp"
#include "support/id.hpp"

namespace dvec {

struct IndexTag;
using Index = Id<IndexTag>;
/// A composite index, major part first. Empty for size 1.
using IndexList = std::vector<Index>;

class IndexSpace {
 public:
  explicit IndexSpace(DimTable& dims) : dims_(&dims) {}

  Index fresh(Dim d);
  /// One fresh index, or none for size 1.
  IndexList fresh_list(Dim d);
  [[nodiscard]] Dim dim(Index i) const { return entries_[i.value].dim; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] DimTable& dims() const { return *dims_; }

  /// The list with every split index replaced by its parts.
  [[nodiscard]] IndexList resolve(const IndexList& list) const;
  /// Cuts the list into a front of the given size and the rest, splitting an index where needed. Nothing when the sizes
  /// do not factor that way.
  std::optional<std::pair<IndexList, IndexList>> cut(const IndexList& list, Dim front);
  /// Pairs of indices that must be equal for the two lists to be equal; splits where needed. Nothing when they do not
  /// line up.
  std::optional<std::vector<std::pair<Index, Index>>> match(const IndexList& a, const IndexList& b);

 private:
  struct Entry {
    Dim dim;
    IndexList parts;
  };
  std::optional<Dim> divide(Dim a, Dim b) const;
  bool split(Index i, Dim front);

  DimTable* dims_;
  std::vector<Entry> entries_;
};

}  // namespace dvec
