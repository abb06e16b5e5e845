#pragma once
/// Claims of a program, judged and made ready to be shown.

#include "cli/report.hpp"
#include "cli/session.hpp"

namespace dvec::cli {

/// Judges every claim of the report's program; appends to report.claims.
void judge_claims(Session& session, Report& report, const Options& options);

/// Diagnostics of claims that are ill-typed though nothing says that they should be, as text.
[[nodiscard]] std::string ill_typed_text(const Session& session, const Report& report);

}  // namespace dvec::cli
