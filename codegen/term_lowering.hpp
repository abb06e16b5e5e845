#pragma once
/// Terms to structured values: each operator of op.def, each value once.

#include <unordered_map>

#include "codegen/structured_value.hpp"
#include "support/result.hpp"
#include "term/traverse.hpp"

namespace dvec {

class TermLowering {
 public:
  /// `definitions`: symbols of lets, lines and derivatives to their values.
  TermLowering(StructuredAlgebra& algebra, const TermMap& definitions) : algebra_(algebra), definitions_(definitions) {}

  /// The value of a term; definitions are looked into as they are met, and give their names to values.
  /// Errors: E-EMIT-02 for the derivative of a function without a formula.
  Result<StructuredValue> lower(TermId term);
  /// Has this term been lowered, for itself or as a part of another?
  [[nodiscard]] bool has_met(TermId term) const { return values_.contains(term); }

 private:
  [[nodiscard]] TermPool& pool() const { return algebra_.graph().pool(); }
  /// The terms that must be lowered before this one.
  [[nodiscard]] std::vector<TermId> needed(TermId term);
  StructuredValue step(TermId term);
  StructuredValue variable(SymbolId symbol);
  /// A function of the rule book.
  [[nodiscard]] FunctionId function(const char* name);
  StructuredValue shifted_exponentials(const StructuredValue& a, const StructuredValue& maxima);
  /// By columns.
  StructuredValue softmax(const StructuredValue& a);
  StructuredValue log_sum_exp(const StructuredValue& a);
  void name_after(TermId symbol, const StructuredValue& value);
  /// f^(k)(A) with the function's own names resolved: an alias, a derivative with a formula. Not valid: the call stays.
  TermId resolved_call(const Node& call);
  [[nodiscard]] const StructuredValue& at(TermId term) const { return values_.at(term); }
  [[nodiscard]] std::vector<StructuredValue> at(std::span<const TermId> terms) const;
  /// The factors of a product to be traced or summed, when the term is one: nothing else needs its value then.
  [[nodiscard]] std::optional<std::span<const TermId>> product_factors(TermId term) const;

  StructuredAlgebra& algebra_;
  const TermMap& definitions_;
  std::unordered_map<TermId, StructuredValue> values_;
  std::unordered_map<TermId, TermId> resolved_;
  std::string refused_;  ///< why a call cannot be emitted
};

}  // namespace dvec
