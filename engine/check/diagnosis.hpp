#pragma once
/// What is wrong with a refuted claim, where one edit of its right side makes it true.

#include <optional>
#include <span>
#include <string>

#include "oracle/equal.hpp"
#include "syntax/program.hpp"

namespace dvec {

struct Diagnosis {
  std::string reason;  ///< "true up to the scalar factor N"
  std::string repair;  ///< the claim that would be true, in the language; empty when too long to be read
};

/// Tries, simplest first: the transpose; a sign or a factor made of small numbers and sizes; a vector among `names`
/// that scales every column (or row) too much or too little. Each repair is tested by evaluation before it is said.
/// Requires: the claim's sides have one shape and `refuted` says that they differ.
[[nodiscard]] std::optional<Diagnosis> diagnose(TermPool& pool, const Claim& claim, const Program& program,
                                                std::span<const Definition> definitions, const Equality& refuted,
                                                const EqualOptions& options);

}  // namespace dvec
