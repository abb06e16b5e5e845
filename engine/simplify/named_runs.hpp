#pragma once
/// Names for parts of products: in X*inv(V)*X'*y a name b = inv(V)*X'*y is seen, in a*b*c a scalar s = a*c.

#include "network/property.hpp"

namespace dvec {

class NamedRuns {
 public:
  NamedRuns(TermPool& pool, const Properties& properties) : pool_(pool), properties_(properties) {}

  void define(TermId name, TermId value);
  void forget(TermId name, TermId value);

  /// The term with every run of factors that is the value of a name (or its transpose, or its negative) replaced by it.
  /// The longest run at a place is taken; of equally long ones that of the name defined first.
  [[nodiscard]] TermId fold(TermId term);

 private:
  struct Run {
    std::vector<TermId> factors;
    TermId name;
    TermId instead;  ///< the name, its transpose, or one of them with a sign
  };
  std::vector<std::pair<TermId, Run>> runs_of(TermId name, TermId value);
  TermId fold_chain(TermId t);
  TermId fold_scalars(TermId t);

  TermPool& pool_;
  const Properties& properties_;
  std::unordered_map<TermId, std::vector<Run>> chains_, scalars_;  ///< by their first factor
};

}  // namespace dvec
