#pragma once
/// Terms up to where their scalars stand: the equality that a step by an identity is read under.

#include <unordered_map>
#include <vector>

#include "term/term_pool.hpp"

namespace dvec {

/// Writes terms plainly: scalar factors in front (2/N*A*B for A*(2/N*B)), a product of 1x1 matrices as a product of
/// scalars, no double transposes, none of what is
/// known to be symmetric, ones(m,n)' as ones(n,m). Two terms that a reader would call the same formula have one
/// plain writing; nothing else is changed, sums are not distributed and nothing is cancelled. Remembers what it wrote.
class PlainWriter {
 public:
  explicit PlainWriter(TermPool& pool) : pool_(pool) {}

  /// Equal in value for all sizes and entries, of the same shape; plain(plain(t)) is plain(t).
  [[nodiscard]] TermId plain(TermId t);

  /// A plain term as number * scalars * core; the core of a 1x1 term is 1.
  struct Parts {
    Rational number;
    std::vector<TermId> scalars;
    TermId core;
  };
  [[nodiscard]] Parts parts(TermId t);
  [[nodiscard]] TermId join(Parts parts);

 private:
  TermId write(const Node& n, TermId t);
  TermId product(Shape shape, std::span<const TermId> factors);
  TermId sum(const Node& n);
  TermId transposed(TermId plain);
  TermId scalar_product(std::span<const TermId> factors);

  TermPool& pool_;
  std::unordered_map<TermId, TermId> memo_;
};

}  // namespace dvec
