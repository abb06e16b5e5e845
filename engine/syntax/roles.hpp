#pragma once
/// What each name of a program is there for, as a number that does not depend on how the program is written.

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

#include "syntax/program.hpp"

namespace dvec {

/// Equal numbers: the names could not be told apart (two names that may be exchanged always have equal ones).
struct Roles {
  std::map<std::string, std::uint64_t, std::less<>> sizes;
  std::unordered_map<SymbolId, std::uint64_t> symbols;      ///< variables, lets, results of derivatives
  std::unordered_map<FunctionId, std::uint64_t> functions;  ///< that the program declares
};

/// Roles from attributes, shapes, and values in a prime field: all names that look alike get equal entries; forwards each let
/// its value; backwards, from what is derived, each name of a let how the let's value answers to a change of that name alone.
/// Values, not texts: A'*B' and (B*A)' are the same here, so are A*(B+C) and A*B + A*C, and names and the order of statements
/// do not enter. Linear in the program; what is too large to be evaluated counts by its shape only.
/// Source: colour refinement, as in McKay & Piperno (2014); values in place of colours as in Schwartz (1980).
[[nodiscard]] Roles roles(const Program& program, TermPool& pool);

}  // namespace dvec
