#pragma once
/// The two readings of a differential, found from the linear blocks: what a checker compares a derivation's steps with.
/// Written apart from calculus on purpose.

#include <optional>
#include <vector>

#include "rulebook/rule_book.hpp"

namespace dvec {

/// Walks from a term that is linear in a slot down to the slot, one linear block at a time.
class Readings {
 public:
  Readings(TermPool& pool, const RuleBook& book) : pool_(pool), book_(book) {}

  /// A with <G, L[slot]> = <A, slot>. Zeros when the slot does not occur; nothing when a block is missing.
  /// Shapes: G as L; the result as the slot.
  [[nodiscard]] std::optional<TermId> adjoint(TermId linear, SymbolId slot, TermId upstream);
  /// M with vec L[slot] = M*vec(slot); likewise.
  [[nodiscard]] std::optional<TermId> vec_form(TermId linear, SymbolId slot);

 private:
  /// One linear operator on the way, outermost first: its block, with everything bound but its G.
  struct Link {
    const Rule* block;
    Bindings bindings;
  };
  /// A path to one occurrence of the slot and the coefficients of the sums on it.
  struct Path {
    Rational coefficient = Rational(1);
    std::vector<Link> links;
  };
  [[nodiscard]] bool paths(TermId t, SymbolId slot, const Path& so_far, std::vector<Path>& out);
  /// The linear block of `op` on two arguments (or on the arguments of a node that is not n-ary), checked to be about
  /// them.
  [[nodiscard]] bool link(Op op, std::vector<TermId> args, std::size_t at, TermId whole, Path& path);

  TermPool& pool_;
  const RuleBook& book_;
};

}  // namespace dvec
