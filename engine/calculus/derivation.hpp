#pragma once
/// The answer to one derivative that a program asks for, and to all of them together.

#include <string>
#include <vector>

#include "rulebook/trace.hpp"
#include "syntax/program.hpp"

namespace dvec {

struct Derivation {
  Derivative request;
  TermId result;                   ///< closed form: variables, the program's lets, lines of the Answers
  TermId meaning;                  ///< with stop(E) where the result has E: what further derivatives are of; not set: the result
  std::vector<std::string> notes;  ///< conditions and conventions to print: kinks, structured convention, nonsingular S
  Trace trace;
};

/// All derivatives of one program. Lines are adjoints (and parts of Jacobians) with a name of their own, in dependency
/// order; they may use variables, lets and earlier lines, and are shared by the derivations.
struct Answers {
  std::vector<Binding> lines;
  Trace line_trace;
  std::vector<Binding> put_in;  ///< lines that were put in where they are used: not shown, but steps may rest on them
  std::vector<Derivation> derivations;  ///< parallel to Program::derivatives
};

}  // namespace dvec
