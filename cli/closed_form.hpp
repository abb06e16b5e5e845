#pragma once
/// Answers with everything put in, and how large they are.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "syntax/program.hpp"
#include "term/traverse.hpp"

namespace dvec::cli {

/// Definitions of names, in dependency order: a program's lets, and lines of answers.
using Definitions = std::vector<Binding>;

/// Those of `definitions` that occur in the term, directly or through others, in order.
[[nodiscard]] Definitions used(const TermPool& pool, const Definitions& definitions, std::span<const TermId> terms);

/// Definitions, looked through once for however many terms are asked about.
class Expansion {
 public:
  /// `definitions` in dependency order; they must outlive this.
  Expansion(TermPool& pool, const Definitions& definitions);

  /// Places in the definitions of those that the term rests on, directly or through others, ascending.
  [[nodiscard]] std::vector<std::size_t> used(TermId term) const;

  /// The term with every definition put in: declared variables only. Functions with a body are put in by their formulas,
  /// and so are derivatives of the rule book's functions; f', f'' of opaque functions stay.
  /// Nothing where its text would pass 100,000 characters (it is then not built), or where some derivative has no formula.
  [[nodiscard]] std::optional<TermId> term(TermId term);
  [[nodiscard]] std::optional<std::string> text(TermId term);

 private:
  [[nodiscard]] std::uint64_t weight(TermId term) const;
  TermId formulas(TermId term);

  TermPool& pool_;
  const Definitions& definitions_;
  std::unordered_map<SymbolId, std::size_t> place_;
  std::vector<std::vector<std::size_t>> rests_on_;  ///< places of the names in each definition
  std::vector<std::uint64_t> weight_;               ///< nodes of each definition, written out
  TermMap values_;                                  ///< name -> its definition written out, for those that are not too large
  TermMap formulas_;
};

/// Functions with a body, and derivatives of the rule book's functions, by their formulas; stop(E) is E.
[[nodiscard]] TermId with_formulas(TermPool& pool, TermId term);

/// Distinct operator nodes of an expression: names, numbers and ones/eye/zeros/K/D/L are free, equal subexpressions
/// count once.
[[nodiscard]] std::int64_t operations(const std::string& expression);

}  // namespace dvec::cli
