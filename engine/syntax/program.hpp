#pragma once
/// An elaborated program: declared names, lets in order, and what is asked of them.

#include <optional>
#include <string>
#include <vector>

#include "support/diagnostic.hpp"
#include "term/term_pool.hpp"

namespace dvec {

/// name = value: a let of the source, or a line that dvec made (an adjoint with a name of its own).
struct Binding {
  SymbolId name;  ///< kind Let
  TermId value;
  Span span;  ///< in the source; empty for dvec's own lines
};

enum class DerivativeKind { Gradient, Jacobian, Hessian, Differential };

/// Which derivative by a structured variable is meant: LANGUAGE.md section 2.
enum class Convention { Structured, Entries, Unconstrained };

/// grad(of, wrt), jac, hess, d(of, wrt, direction). In terms it is stood for by the symbol `result` (kind Let), whose
/// definition is found by calculus. `of` may contain results of earlier derivatives: jac(grad(F,X),Y).
struct Derivative {
  DerivativeKind kind = DerivativeKind::Gradient;
  SymbolId result = {};
  TermId of = {};
  SymbolId wrt = {};
  Convention convention = Convention::Structured;
  bool by_vech = false;                            ///< grad(F, vech(X)): by the free entries, stacked
  std::optional<TermId> direction = std::nullopt;  ///< Differential only
  Span span = {};
};

enum class Verdict { True, False, IllTyped, Undecided };

struct Claim {
  std::string label = {};
  TermId left = {}, right = {};  ///< not set when ill-typed
  bool negated = false;          ///< `!=`
  std::optional<Verdict> expected = std::nullopt;
  Diagnostics ill_typed = {};  ///< why the sides have no shapes or different ones; empty otherwise
  std::string text = {};       ///< as written
  Span span = {};
};

/// Why an ill-typed claim is so, in one line: "N×p1 against p1×p2".
[[nodiscard]] inline std::string ill_typed_reason(const Claim& claim) {
  if (claim.ill_typed.empty()) return {};
  const Diagnostic& d = claim.ill_typed.front();
  return d.detail.empty() ? d.message : d.detail.front();
}

/// A condition on sizes or values: left (> >= < <= == !=) right, as written and as terms.
struct Assumption {
  TermId left, right;
  std::string relation;
  Span span;
};

/// A broadcast that elaboration made explicit, for the record: "in B at 7:12: gamma is 1×p2, spread as
/// ones(N,1)*gamma".
struct Broadcast {
  Span span;
  std::string text;
};

struct Program {
  std::vector<std::string> dims;        ///< size symbols, in order of declaration
  std::vector<SymbolId> variables;      ///< in order of declaration (or of inference)
  std::vector<FunctionId> functions;    ///< declared by the program
  std::vector<Binding> lets;            ///< dependency order = order of the source
  std::vector<Derivative> derivatives;  ///< every derivative that occurs anywhere, once, operands before users
  std::vector<TermId> derive;           ///< what `derive` statements ask for, in order (mostly results of derivatives)
  std::vector<Span> derive_spans;
  std::vector<Claim> claims;
  std::vector<TermId> outputs;  ///< `output`
  std::vector<Assumption> assumptions;
  std::vector<Broadcast> broadcasts;
  std::vector<std::string> inferred;  ///< "x is n×1, A is n×n" for names that were not declared

  /// Definition of a let, or nothing for a symbol that is no let of this program.
  [[nodiscard]] const Binding* find(SymbolId name) const {
    for (const Binding& b : lets)
      if (b.name == name) return &b;
    return nullptr;
  }
};

}  // namespace dvec
