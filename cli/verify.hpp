#pragma once
/// The oracle's judgement on every derivative, and on claims.

#include <vector>

#include "cli/report.hpp"
#include "cli/session.hpp"

namespace dvec::cli {

/// One view for each derivative of the program, in its order. `definitions` has lets, lines and results.
[[nodiscard]] std::vector<CheckView> check_derivatives(Session& session, const Program& program, const Answers& answers,
                                                       const Definitions& definitions, const Options& options);

/// The definitions with stop(E) where a derivative has E: what derivatives of derivatives are judged by.
[[nodiscard]] std::vector<Definition> with_meanings(std::vector<Definition> definitions, const Answers& answers);

/// Which sizes the program's assumptions allow; empty when it makes none.
[[nodiscard]] std::function<bool(const DimValues&)> admissible_sizes(const TermPool& pool, const Program& program);

}  // namespace dvec::cli
