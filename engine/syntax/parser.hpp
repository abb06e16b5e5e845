#pragma once
/// Text to syntax tree. The grammar is in README.md; precedence is Octave's.

#include "support/result.hpp"
#include "syntax/syntax_tree.hpp"

namespace dvec {

struct ParseOptions {
  bool slots = false;      ///< `[name]` is the slot of a rule, not a 1×1 block
  int depth_limit = 1000;  ///< nesting of brackets, calls and prefixed signs
  std::size_t error_limit = 20;
};

/// A whole program.
/// Errors: E-PARSE-*, several at once: after each the parser goes on at the next statement.
Result<SyntaxTree> parse_program(const SourceText& source, const ParseOptions& options = {});

/// One expression in a part of a text; places are relative to the whole text. The result's `root` is set.
Result<SyntaxTree> parse_expression(const SourceText& source, Span range, const ParseOptions& options = {});

/// `L == R`, `L != R`, with or without the words `claim "label":` and `expect ...`: a tree with one ClaimStatement.
Result<SyntaxTree> parse_claim(const SourceText& source, Span range, const ParseOptions& options = {});

/// What may follow the word `var`: `A(m,n) spd, x(n), s`: a tree with one VarStatement.
Result<SyntaxTree> parse_variables(const SourceText& source, Span range, const ParseOptions& options = {});

/// The whole of a text as a range.
[[nodiscard]] inline Span whole(const SourceText& source) {
  return {0, static_cast<std::uint32_t>(source.text().size())};
}

}  // namespace dvec
