#pragma once
/// What a differential says about one argument, composed from the rule book's blocks once for each operator.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rulebook/rule_book.hpp"
#include "support/result.hpp"

namespace dvec {

class Templates {
 public:
  Templates(TermPool& pool, const RuleBook& book) : pool_(pool), book_(book) {}

  /// <G, d node[arg]> = <contribution, d arg>: what the node's adjoint G sends to one argument.
  /// Appends a step. Throws Bug when the rule book has no block for the operator.
  TermId contribution(TermId node, std::size_t arg, TermId upstream, Trace& trace, const std::string& subject);
  /// M with vec d node = M vec d arg.
  TermId vec_form(TermId node, std::size_t arg, Trace& trace, const std::string& subject);
  /// d node, when each argument changes by tangents[i] (not valid: not at all). Not valid when nothing changes.
  TermId tangent(TermId node, std::span<const TermId> tangents, Trace& trace, const std::string& subject);

 private:
  struct Derived {
    SymbolId upstream;
    TermId adjoint;   ///< in the rule's variables and `upstream`
    TermId vec_form;  ///< in the rule's variables
  };
  /// The block for two arguments (one for unary operators) and its variables' values.
  RuleBook::Instance block(TermId node, std::span<const TermId> args);
  const Derived& derived(const Rule& rule, std::size_t arg);
  TermId walk_adjoint(TermId t, SymbolId slot, TermId upstream);
  TermId walk_vec(TermId t, SymbolId slot);
  TermId send(TermId node, const RuleBook::Instance& i, std::size_t arg, TermId upstream, Trace& trace, const std::string& subject);
  TermId stack(TermId node, const RuleBook::Instance& i, std::size_t arg, Trace& trace, const std::string& subject);
  TermId product(Op op, std::span<const TermId> factors);
  /// Which of a sum's terms is meant: the A of A + B.
  [[nodiscard]] Bindings summand(TermId term) const;
  /// reshape(A,m,n) of a matrix is reshape(vec(A),m,n): two steps, each with a block.
  [[nodiscard]] bool is_reshaped_matrix(TermId node) const;

  TermPool& pool_;
  const RuleBook& book_;
  std::map<std::pair<const Rule*, std::size_t>, Derived> cache_;
};

}  // namespace dvec
