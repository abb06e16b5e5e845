#pragma once
/// The texts of the rule book as they were when the program was built. Defined by the generated embedded_rules.cpp.

#include <string>
#include <vector>

#include "rulebook/rule_parser.hpp"

namespace dvec {

[[nodiscard]] const std::vector<RuleText>& embedded_rule_texts();
[[nodiscard]] const std::string& embedded_sources();

}  // namespace dvec
