#pragma once
/// From a program to a report: derive, check, put in order.

#include "cli/report.hpp"
#include "cli/session.hpp"
#include "simplify/derive.hpp"

namespace dvec::cli {

/// What the program derives, in closed form; every derivative checked by evaluation before it is shown.
/// Errors: those of derivation. Throws Bug when a derivative fails its check: a wrong answer is never shown.
[[nodiscard]] Result<Report> make_report(Session& session, Program program, const Options& options, Tracing tracing);

/// Definitions of a program with the answers' lines and results among them, each after those it uses.
[[nodiscard]] Definitions in_order(const TermPool& pool, const Program& program, const Answers& answers);

/// Done when every derivative has passed its check, Undecided when some could not be checked.
[[nodiscard]] Status status_of(const Report& report);

}  // namespace dvec::cli
