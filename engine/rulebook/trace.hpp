#pragma once
/// What was done, step by step, from the first day: each step names its justification and can be replayed.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "term/term_pool.hpp"

namespace dvec {

/// Values of a rule's variables (terms), slots and sizes, and of the function it is about.
struct Bindings {
  std::vector<std::pair<SymbolId, TermId>> terms;
  std::vector<std::pair<std::string, Dim>> dims;
  FunctionId pattern;   ///< the rule's f ...
  FunctionId function;  ///< ... stands for this function,
  int order = 0;        ///< differentiated so often
};

enum class StepKind {
  Differential,  ///< before: a node; after: its differential in the slots of its arguments, by the operator's block
  Adjoint,       ///< before: <G, L[dX]>, as the pair (L[slot], G); after: L*[G], by a linear block
  VecForm,       ///< before: L[slot]; after: M with vec L[X] = M vec X, by a linear block
  Accumulate,    ///< after: the sum of the contributions to one name or node, which are the terms of `bindings`
  Identity,      ///< before -> after by an identity of the rule book, at one place, up to where scalars are written
  Definition,    ///< a name in before is its value in after, or the other way round, at one place; the name is in `unfolded`
  IndexForm,     ///< before and after have the same index form once the names in `unfolded` are put in
  Exact,         ///< before and after agree in exact evaluation at random points (trusted, with the oracle's error bound)
};

struct Step {
  StepKind kind = StepKind::IndexForm;
  std::string rule;       ///< name of the block; for IndexForm and Exact: what was done ("factored", "1'C = 0 used")
  std::string subject;    ///< whose step it is: "dR_dB", "grad(R, gamma)"
  TermId before, after;
  TermId upstream;        ///< Adjoint: G
  SymbolId slot;          ///< Adjoint, VecForm: the slot in `before`
  Bindings bindings;
  std::vector<SymbolId> unfolded;  ///< Definition, IndexForm, Exact: lets whose definitions were used
  TermId place = {};      ///< Identity, Definition: a node of `before` (written plainly) to look at first; may be unset
};

struct Trace {
  std::vector<Step> steps;
};

}  // namespace dvec
