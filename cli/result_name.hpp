#pragma once
/// A name for a result where only a word will do: grad_R_G1 for a file or a variable.

#include <string>

#include "cli/report.hpp"

namespace dvec::cli {

/// grad_R_G1, jac_e_b, hess_R_b; letters, digits and underscores only.
[[nodiscard]] std::string result_name(const ResultView& r);

/// The same for any text: what is no letter or digit becomes an underscore.
[[nodiscard]] std::string file_name(const std::string& text);

}  // namespace dvec::cli
