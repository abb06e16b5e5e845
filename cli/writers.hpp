#pragma once
/// A report in each format. All are pure functions of the report.

#include <string>

#include "cli/options.hpp"
#include "cli/report.hpp"
#include "cli/session.hpp"

namespace dvec::cli {

/// For people: every derivative with its shape, its closed form, notes and the result of its check; claims with verdicts.
[[nodiscard]] std::string write_text(Session& session, const Report& report, const Options& options);
/// One line for each derivative and its check; claims as above.
[[nodiscard]] std::string write_check_text(Session& session, const Report& report, const Options& options);
/// LANGUAGE's "dvec/1".
[[nodiscard]] std::string write_json(Session& session, const Report& report, const Options& options);
/// An align* environment; needs amsmath and amssymb.
[[nodiscard]] std::string write_latex(Session& session, const Report& report);
/// A script that computes every derivative from variables in the workspace.
[[nodiscard]] std::string write_octave(Session& session, const Report& report);
/// A module with one function that returns every derivative.
[[nodiscard]] std::string write_numpy(Session& session, const Report& report);
/// A page without references to anything outside it.
[[nodiscard]] std::string write_html(Session& session, const Report& report, const Options& options);

[[nodiscard]] std::string write(Session& session, const Report& report, const Options& options);

}  // namespace dvec::cli
