#pragma once
/// The reference interpreter: values of terms in double precision, on given data.

#include <span>
#include <vector>

#include "check/data.hpp"
#include "oracle/schedule.hpp"

namespace dvec {

struct InterpretLimits {
  double entries = 1e8;           ///< of the largest matrix
  double all_entries = 2.5e8;     ///< of all values together (2 GB)
  double multiplications = 1e12;  ///< of all together
};

/// The value of each term, in order. `definitions` are the program's lets, an answer's lines, results of derivatives:
/// in dependency order. Each shared part is evaluated once. Requires: the variables that occur have values. Errors:
/// E-EVAL-01 (a function without a body), E-EVAL-02 (a term that is not defined on this data: which one), E-EVAL-03 (an
/// operation without a meaning in floats), E-EVAL-04 (a size or variable without a value). Throws LimitReached past the
/// limits.
[[nodiscard]] Result<std::vector<Matrix<double>>> interpret(const TermPool& pool, std::span<const TermId> terms,
                                                            std::span<const Definition> definitions,
                                                            const DataSet& data, const InterpretLimits& limits = {});

}  // namespace dvec
