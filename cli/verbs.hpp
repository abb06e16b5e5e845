#pragma once
/// One function for each verb, in a file of its own. User mistakes come back as responses; Bug and LimitReached are
/// thrown and answered by main.

#include "cli/options.hpp"
#include "cli/response.hpp"

namespace dvec::cli {

[[nodiscard]] Response derive_verb(const Options& options);
[[nodiscard]] Response explain_verb(const Options& options);
[[nodiscard]] Response check_verb(const Options& options);
[[nodiscard]] Response emit_verb(const Options& options);
[[nodiscard]] Response eval_verb(const Options& options);
[[nodiscard]] Response prove_verb(const Options& options);
[[nodiscard]] Response expand_verb(const Options& options);
[[nodiscard]] Response rules_verb(const Options& options);

}  // namespace dvec::cli
