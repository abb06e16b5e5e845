#pragma once
/// A trace as prose: one line a step, grouped by the name whose step it is.

#include <string>
#include <vector>

#include "cli/report.hpp"
#include "cli/session.hpp"

namespace dvec::cli {

/// The sweep's steps first, then each derivative's own; then what the rules that were used say.
[[nodiscard]] std::string narrate(Session& session, const Report& report, const Options& options);

/// All steps, in the order in which `narrate` tells them.
[[nodiscard]] std::vector<Step> steps_of(const Answers& answers);

/// Names of the rules that steps were made by, each once, in order of first use.
[[nodiscard]] std::vector<std::string> rules_used(const std::vector<Step>& steps);

}  // namespace dvec::cli
