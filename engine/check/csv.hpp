#pragma once
/// Matrices as CSV text: no header, a matrix row a line, entries between commas, 17 significant digits when written.

#include <filesystem>
#include <string>
#include <string_view>

#include "oracle/matrix.hpp"
#include "support/result.hpp"

namespace dvec {

/// What is read is limited in size, so that a wrong file is refused before it fills the memory.
struct CsvLimits {
  std::size_t bytes = std::size_t{1} << 30;
  std::size_t entries = std::size_t{1} << 26;
};

/// The matrix in a text. Lines may end in CR LF; spaces around entries and blank lines at the end mean nothing.
/// `name` is the file's name in messages ("X.csv:3: ..."), `at` the place in the program that they point at.
/// Errors: E-DATA-02 (not a finite number), E-DATA-03 (rows of different length), E-DATA-04 (nothing in it),
/// E-DATA-07 (a limit).
[[nodiscard]] Result<Matrix<double>> parse_csv(std::string_view text, const std::string& name, Span at = {},
                                               const CsvLimits& limits = {});

/// The same of a file. Errors: also E-DATA-01 (cannot be read).
[[nodiscard]] Result<Matrix<double>> read_csv(const std::filesystem::path& file, Span at = {},
                                              const CsvLimits& limits = {});

/// The text of a matrix: reading it gives the same doubles.
[[nodiscard]] std::string csv_text(const Matrix<double>& values);

/// Writes the file whole or not at all: under a temporary name beside it, then renamed.
/// Nothing when done, else E-DATA-09.
[[nodiscard]] Diagnostics write_csv(const std::filesystem::path& file, const Matrix<double>& values);

}  // namespace dvec
