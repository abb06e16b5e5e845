#pragma once
/// JSON for what is no report.

#include <string>

#include "support/diagnostic.hpp"

namespace dvec::cli {

/// { "schema": ..., "results": [], "claims": [], "diagnostics": [...] }. Without a source, places are left out.
[[nodiscard]] std::string json_of_errors(const Diagnostics& errors, const SourceText* source);

/// The same for something that has no place: an internal error, a limit.
[[nodiscard]] std::string json_of_failure(const std::string& code, const std::string& message);

}  // namespace dvec::cli
