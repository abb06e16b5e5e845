#pragma once
/// One block of the rule book, as plain data. Variables and slots are symbols of kind Pattern in the session's pool;
/// sizes that a rule names (m, n) bind during matching like any other variable.

#include <string>
#include <vector>

#include "support/source_text.hpp"
#include "term/term_pool.hpp"

namespace dvec {

enum class RuleKind {
  Operator,  ///< an operator's differential: form f(A,B), differential linear in the slots dA, dB
  Linear,    ///< a linear operator of a slot: form L[X], its vec form and its adjoint
  Identity,  ///< from = to, under the variables' attributes
  Element,   ///< an elementwise function and its derivative
  Define,    ///< a derived operator, expanded when a program is elaborated
};

struct Rule {
  RuleKind kind = RuleKind::Identity;
  std::string name;     ///< "hadamard/product": family/what
  std::string chapter;  ///< heading it stands under
  std::string source;   ///< "mn2019:8.2, cookbook:38"
  std::string teach;    ///< one sentence
  std::string text;     ///< the formula line(s) as written
  std::string file;     ///< "hadamard.rules"
  Span span;            ///< in that file

  std::vector<SymbolId> variables;  ///< pattern variables, with shapes and required attributes
  std::vector<std::string> dims;    ///< size variables

  TermId form;          ///< Operator: f(A,B); Linear: L with the slot as an argument; Identity: from; Define: the call's meaning
  // Operator
  TermId differential;            ///< in variables and slots
  std::vector<SymbolId> slots;    ///< dA for variables[i]; not valid where the argument is constant
  // Linear
  SymbolId slot;        ///< X
  SymbolId upstream;    ///< G, of the shape of L
  TermId vec_form;      ///< M with vec(L[X]) = M*vec(X)
  TermId adjoint;       ///< L*[G], of the shape of X
  // Identity
  TermId to;
  bool two_way = false;
  // Element
  FunctionId function;
};

}  // namespace dvec
