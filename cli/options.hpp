#pragma once
/// What the command line asks for.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scalar/dim.hpp"

namespace dvec::cli {

enum class Format { Text, Latex, Json, Octave, Numpy, Html };

/// LANGUAGE: 0 done, and every check held; 1 a claim was refuted or a check failed; 2 bad input or usage; 3 could not
/// decide, or a stated limit was reached; 4 an internal error.
enum class Status { Done = 0, Refuted = 1, BadInput = 2, Undecided = 3, Internal = 4 };

struct Options {
  std::string file;                       ///< "-": standard input
  std::optional<std::string> expression;  ///< -e
  std::vector<std::string> wrt;
  std::string of;
  Format format = Format::Text;
  std::string output;  ///< -o; empty: standard output
  std::uint64_t seed = 1;
  bool quiet = false;
  bool ascii = false;
  std::string target = "eigen";    ///< emit
  std::string header;              ///< emit: what the self-test includes
  std::string name;                ///< emit: of the kernel
  std::string data;                ///< eval: directory of CSV files
  std::vector<std::string> show;   ///< eval
  std::string out;                 ///< eval: directory for CSV files
  std::vector<std::string> dims;   ///< expand: "m=2"
  std::vector<std::string> names;  ///< rules: of blocks; with coverage, files
  bool coverage = false;           ///< rules
};

}  // namespace dvec::cli
