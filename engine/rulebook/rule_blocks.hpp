#pragma once
/// The layout of a rule file: blocks that begin in column 1, fields that are indented by two, continuations by more.

#include <map>
#include <string>
#include <vector>

#include "support/result.hpp"

namespace dvec {

struct RuleBlock {
  std::string keyword;  ///< chapter, operator, linear, rule, element, define
  Span header;          ///< what follows the keyword on its line, trimmed
  std::map<std::string, Span> fields;
  Span whole;
};

/// Errors: E-RULE-01.
Result<std::vector<RuleBlock>> split_blocks(const SourceText& source);

}  // namespace dvec
