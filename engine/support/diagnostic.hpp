#pragma once
/// What is said to a user about his input: a code, a place, one sentence, notes, one repair.

#include <string>
#include <vector>

#include "support/source_text.hpp"

namespace dvec {

enum class Severity { Note, Warning, Error };


struct Diagnostic {
  Severity severity = Severity::Error;
  std::string code;                 ///< stable, e.g. "E-SHAPE-02"
  Span span;                        ///< where; empty when the input as a whole is meant
  std::string message;              ///< one sentence, no full stop
  std::vector<Span> also;           ///< other operands, marked with ~ when they stand on the same line
  std::vector<std::string> detail;  ///< lines under the caret: both shapes, why they differ
  std::vector<std::string> notes;   ///< "G1 is p1×p2 (declared at 3:1)"
  std::string repair;               ///< "X * G1": what the user probably meant; may be empty
};

using Diagnostics = std::vector<Diagnostic>;

[[nodiscard]] Diagnostic error_at(std::string code, Span span, std::string message);

/// `FILE:LINE:COL: error E-CODE: message`, the source line, the caret line, details and notes. Ends with a line break.
[[nodiscard]] std::string render(const Diagnostic& diagnostic, const SourceText& source);
[[nodiscard]] std::string render(const Diagnostics& diagnostics, const SourceText& source);

}  // namespace dvec
