#pragma once
/// Derivatives that a program asks for: each kept once, and stood for by a symbol.

#include "syntax/program.hpp"

namespace dvec {

/// Whether a variable with these attributes has fewer free entries than entries.
[[nodiscard]] bool is_structured(Attribute attributes);

/// The symbol that stands for a derivative; equal requests share one. `request.result` is set here: its name is
/// "grad(R,gamma)", its shape as given.
SymbolId request_derivative(Program& program, TermPool& pool, Derivative request, Shape shape,
                            const std::string& of_text);

}  // namespace dvec
