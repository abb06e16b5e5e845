#pragma once
/// Text of the rule book to rules. The grammar is in rules/README.md.

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "rulebook/rule.hpp"
#include "support/result.hpp"
#include "syntax/vocabulary.hpp"

namespace dvec {

/// A named text: one file of the rule book.
struct RuleText {
  std::string name;
  std::string text;
};

/// What parsing fills besides the rules: sources must outlive the syntax trees of derived operators.
struct ParsedRules {
  std::deque<SourceText> sources;
  std::vector<Rule> rules;
  Vocabulary vocabulary;
};

/// Which blocks are read.
enum class RuleSelection {
  All,
  Differentiation,  ///< all but identities: what programs, derivatives and kernels are made of, and no derivation is told by
};

/// All files of a rule book. Elementwise functions are added to the pool's table, derived operators to the vocabulary.
/// `keys` are the keys of sources.bib; with none given, keys are not checked.
/// Errors: E-RULE-01 (layout of a block), E-RULE-02 (missing or unknown field), E-RULE-03 (unknown source), E-RULE-04
/// (shapes differ), E-RULE-05 (defined twice), E-RULE-06 (not linear in a slot), E-RULE-07 (a name is not used or not
/// bound), and those of expressions; each rendered with its place through the file's own text in `rendered`.
struct RuleErrors {
  std::vector<std::string> rendered;
};
[[nodiscard]] std::optional<RuleErrors> parse_rules(const std::vector<RuleText>& texts, const std::set<std::string>& keys,
                                                    TermPool& pool, ParsedRules& out,
                                                    RuleSelection selection = RuleSelection::All);

/// Keys of a BibTeX text: `@kind{key,`.
[[nodiscard]] std::set<std::string> bib_keys(const std::string& text);

}  // namespace dvec
