#pragma once
/// What a verb answers, and how it reaches the user.

#include <string>

#include "cli/options.hpp"
#include "support/diagnostic.hpp"

namespace dvec::cli {

struct Response {
  std::string text;         ///< standard output, or the file named by -o
  std::string diagnostics;  ///< standard error
  Status status = Status::Done;
};

/// Standard error and standard output (or the file: written whole or not at all). The exit status: the response's, or
/// BadInput where the output cannot be written.
[[nodiscard]] int deliver(const Response& response, const Options& options);

/// Writes a file under a temporary name beside it, then renames it. The reason when that fails.
[[nodiscard]] std::string write_file(const std::string& path, const std::string& text);

/// The worse of two: an internal error, then bad input, a refutation, the undecided.
[[nodiscard]] Status worse(Status a, Status b);

}  // namespace dvec::cli
