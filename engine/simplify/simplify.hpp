#pragma once
/// Terms to the form that a textbook would print.

#include "network/property.hpp"
#include "simplify/inverse_algebra.hpp"
#include "simplify/named_runs.hpp"
#include "syntax/program.hpp"

namespace dvec {

class Simplifier {
 public:
  /// Names that may be used in answers: the program's lets and the lines made so far.
  Simplifier(TermPool& pool, std::span<const Binding> lets);

  /// Makes a further name known (an adjoint that got a line of its own).
  void define(const Binding& line);

  /// These names are looked for in other forms of their values too, and in parts of products. Requires: they are in the
  /// order of their definitions.
  void look_for(std::span<const SymbolId> names);

  /// Takes back a name, so that it is not folded in again.
  void forget(const Binding& line);

  /// An equal term, the cheapest of the candidates: as it stands, expanded, folded into the user's names.
  /// `steps` gets the pairs (before, after) of what was done at each place, in order.
  using Steps = std::vector<std::pair<TermId, TermId>>;
  TermId simplify(TermId term, Steps* steps = nullptr);

  [[nodiscard]] const TermMap& definitions() const { return definitions_; }
  [[nodiscard]] const Properties& properties() const { return properties_; }

 private:
  /// The value becomes the name where it is met, and what the name is solved for is read in the name.
  void recognise(TermId value, TermId name);
  TermId fold_names(TermId term);
  TermId folded(TermId term);
  TermId normal_form(TermId term);
  enum class Expand { Top, Built, Sums, All };
  /// A way to read a term: which of its sums are distributed, and whether it is put into the user's names first.
  struct Reading {
    Expand expand;
    bool names;
  };
  std::vector<Reading> readings(TermId term) const;
  TermId candidate(TermId term, Reading reading);
  TermId sums_inside(TermId term);
  void forget_forms() { memo_ = {}, ways_ = {}; }

  /// What is known of a sum over the rows (columns) of an atom: definitions are looked into to a depth, so `no` holds only
  /// where it was found no deeper than asked.
  enum class SumIs { Unknown, Zero, One };
  struct KnownSum {
    SumIs is;
    int depth;  ///< at which it was asked
  };
  SumIs sum_of(TermId atom, bool rows);
  TermMap definitions_near(TermId term) const;

  TermPool& pool_;
  TermMap definitions_;   ///< symbol -> value
  TermMap names_;         ///< value -> symbol
  TermMap roots_;         ///< b -> s for a name s = b.^q, with q in root_power_
  std::unordered_map<TermId, Rational> root_power_;
  TermMap inverse_names_; ///< C -> L.*v for a name L = C./v
  std::unordered_map<TermId, std::vector<TermId>> mentioned_;  ///< names -> keys of inverse_names_ whose values have them
  Properties properties_;
  InverseAlgebra inverses_;
  NamedRuns runs_;               ///< names for parts of products
  bool inside_ = false;          ///< the sums of an alternative are being put into normal form
  std::unordered_map<TermId, std::vector<TermId>> ways_; ///< places between a term and its normal form
  std::unordered_map<TermId, TermId> memo_;              ///< normal forms under the names known now
  std::unordered_map<std::uint64_t, KnownSum> sum_memo_;  ///< values of names never change: it is never out of date
  int sum_depth_ = 0;
};

}  // namespace dvec
