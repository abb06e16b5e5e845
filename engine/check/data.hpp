#pragma once
/// Values for a program's variables, from a directory of CSV files; sizes come from the files.

#include <filesystem>
#include <map>

#include "check/csv.hpp"
#include "syntax/program.hpp"

namespace dvec {

struct DataSet {
  DimValues sizes;
  std::map<SymbolId, Matrix<double>> values;  ///< of every variable of the program, in its declared shape
};

/// Reads NAME.csv for each variable. A size symbol is what the first file (in order of declaration) says whose declared
/// shape has it alone; sizes such as 2*n or n-1 are solved when one symbol is left, and checked otherwise.
/// A scalar is one number; a column is one column, a row one row.
/// Errors: those of read_csv; E-DATA-05 (a file does not fit its declaration or another file), E-DATA-06 (sizes that no
/// file determines), E-DATA-08 (entries that contradict an attribute: symmetric, positive, ...).
[[nodiscard]] Result<DataSet> read_data(const TermPool& pool, const Program& program,
                                        const std::filesystem::path& directory, const CsvLimits& limits = {});

/// The same check and solution for matrices that are already in memory; variables may be left out.
/// Errors: E-DATA-05, 06, 08.
[[nodiscard]] Result<DataSet> fit_data(const TermPool& pool, const std::map<SymbolId, Matrix<double>>& values);

}  // namespace dvec
