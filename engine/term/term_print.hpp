#pragma once
/// Terms as text in the language of programs (Octave syntax), from one precedence table.

#include <string>

#include "term/term_pool.hpp"

namespace dvec {

/// Parsing the text gives a term with the same value. Time and length grow with the written-out tree: ask for the
/// node's weight first where that may be large.
[[nodiscard]] std::string print(const TermPool& pool, TermId term);

}  // namespace dvec
