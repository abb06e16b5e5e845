#pragma once
/// Where an answer is valid: what has to hold for the inverses, divisions, roots, logarithms and functions of matrices in
/// an objective and its derivative, as far as declared attributes and assumptions do not imply it already.

#include <set>
#include <string>

#include "network/property.hpp"
#include "syntax/program.hpp"

namespace dvec {

/// Conditions in words, "X'*X is nonsingular"; a set, so that each stands once.
using ConditionTexts = std::set<std::string>;

class Conditions {
 public:
  /// `definitions`: the values of names; they are looked into when it is asked what is implied.
  Conditions(const TermPool& pool, const TermMap& definitions, const std::vector<Assumption>& assumptions);

  /// The term is the value of a name: conditions on it are told by the name.
  void define(TermId name, TermId value) { names_.emplace(value, name); }

  /// What the operator of the node asks of its arguments, added to the texts; nothing where that is implied. Past kMost
  /// texts nothing is added but one that says so.
  void gather(TermId node, ConditionTexts& texts) const;

  /// The texts of both, at most kMost.
  static void merge(ConditionTexts& into, const ConditionTexts& texts);

  /// One line for all, "valid where ..., ...". Empty for none.
  [[nodiscard]] static std::string line(const ConditionTexts& texts);

  static constexpr std::size_t kMost = 6;

 private:
  [[nodiscard]] std::string condition(const Node& n, TermId node) const;
  [[nodiscard]] std::string of_power(TermId base, bool root, TermId node) const;
  [[nodiscard]] std::string nonsingular(TermId matrix) const;
  [[nodiscard]] std::string positive(TermId t) const;
  [[nodiscard]] std::string nonzero(TermId t) const;
  [[nodiscard]] std::string text(TermId t) const;
  void assume(const Assumption& a);

  const TermPool& pool_;
  Properties properties_;
  std::unordered_map<TermId, TermId> names_;
  ConditionTexts assumed_;
};

}  // namespace dvec
