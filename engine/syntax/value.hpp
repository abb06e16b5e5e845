#pragma once
/// What an expression comes to while it is elaborated, and where its names are looked up.

#include <map>
#include <optional>
#include <string>

#include "syntax/scope.hpp"
#include "syntax/syntax_tree.hpp"
#include "term/term_pool.hpp"

namespace dvec {

struct Value {
  Shape shape = {};
  TermId term = {};                               ///< not set while only shapes are looked for
  std::optional<Rational> number = std::nullopt;  ///< a number written out: 2, -1/3
  std::optional<Dim> size = std::nullopt;         ///< made of size names and numbers: its polynomial
};

using Parameters = std::map<std::string, Value, std::less<>>;

/// One text that is being elaborated: the program's own, or the meaning of a call.
struct Frame {
  const SyntaxTree& tree;
  const Scope& scope;
  SyntaxId root;                           ///< the whole expression
  const Parameters* parameters = nullptr;  ///< of the call; they hide the scope's names
  const Frame* caller = nullptr;
  Span call = {};         ///< in the caller's text
  std::string name = {};  ///< of the macro or derived operator
  bool foreign = false;   ///< the text is not the program's: speak of the call instead
};

}  // namespace dvec
