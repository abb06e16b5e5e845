#pragma once
/// A trace as prose: one line a step, grouped by the name whose step it is.

#include <string>
#include <vector>

#include "cli/report.hpp"
#include "cli/session.hpp"
#include "simplify/narrate.hpp"

namespace dvec::cli {

/// The steps of a report's derivations, simplifications told by rules where rules tell them.
struct Narration {
  std::vector<Told> lines;                      ///< of the sweep and the lines that answers share
  std::vector<std::vector<Told>> derivations;   ///< parallel to the answers' derivations
  TellingFigures figures;
};
[[nodiscard]] Narration narration_of(Session& session, const Report& report);

/// Definitions that steps may rest on: the program's, the answers' lines, and lines that were put in where they are used.
[[nodiscard]] Definitions definitions_of_steps(const TermPool& pool, const Report& report);

/// The sweep's steps first, then each derivative's own; then what the rules that were used say.
[[nodiscard]] std::string narrate(Session& session, const Report& report, const Narration& narration, const Options& options);

/// All steps, in the order in which `narrate` tells them; a step that is told by others is not among them.
[[nodiscard]] std::vector<Step> steps_of(const Narration& narration);

/// Names of the rules that steps were made by, each once, in order of first use.
[[nodiscard]] std::vector<std::string> rules_used(const std::vector<Step>& steps);

}  // namespace dvec::cli
