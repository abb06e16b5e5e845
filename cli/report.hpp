#pragma once
/// What a verb has found out, in terms; the writers turn it into text, JSON, LaTeX and the rest.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "calculus/derivation.hpp"
#include "cli/closed_form.hpp"
#include "oracle/equal.hpp"
#include "syntax/program.hpp"

namespace dvec::cli {

/// How a derivative was checked against evaluation at random points.
struct CheckView {
  std::string method;  ///< "exact", "numeric"
  int points = 0;
  double worst_relative_error = 0;
  bool ok = false;
  std::string detail;  ///< for the eye: "exact at 9 points, 3 sizes; a wrong answer passes with probability at most 2^-100"
};

struct ResultView {
  std::string kind;   ///< "gradient", "jacobian", "hessian", "differential", "expression"
  std::string title;  ///< "grad(R, gamma)"
  std::string of;     ///< a let's name, or an expression in the language
  std::string wrt;
  SymbolId of_name;   ///< when `of` is a name
  SymbolId wrt_name;
  Shape shape;
  TermId term;
  std::vector<std::string> notes;
  std::optional<CheckView> check;
  std::optional<Matrix<double>> value;
};

struct ClaimView {
  std::string label, verdict, expected, certificate, error_bound, reason, repair, text;
  std::optional<Witness> witness;
  Diagnostics ill_typed;
  Span span;
};

struct Report {
  Program program;
  Answers answers;
  Definitions definitions;  ///< the program's lets and the answers' lines, in dependency order
  std::vector<ResultView> results;
  std::vector<CheckView> checks;  ///< parallel to the program's derivatives, those of claims among them
  std::vector<ClaimView> claims;
  std::vector<std::pair<std::string, Matrix<double>>> values;  ///< eval --show
  Diagnostics warnings;
};

}  // namespace dvec::cli
