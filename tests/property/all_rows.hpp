#pragma once
/// The grammar as a whole.

#include "grammar_functions.hpp"
#include "grammar_linear.hpp"
#include "grammar_sorts.hpp"
#include "grammar_structure.hpp"
#include "syntax/elaborate.hpp"
#include "tests/rule_session.hpp"

namespace dvec::property {

/// All rows, in a fixed order.
inline std::vector<Production> all_rows() {
  std::vector<Production> all;
  for (auto part : {linear_rows(), function_rows(), positive_rows(), square_rows(), stacking_rows(), matrix_function_rows(), entry_rows()})
    for (Production& row : part) all.push_back(std::move(row));
  return all;
}

namespace detail {

/// A shape that the row writes.
inline Extents shape_for(const Production& row) {
  const Extent n({"n"}), three({"3"}), two({"2"});
  for (const Extents& s : {unit(), column(n), Extents{Extent(), n}, by(n, n), by(Extent({"m"}), n), column(n * n), by(Extent({"m", "n"}), n),
                           by(n, three), by(three, n), by(two, n), by(n, two), by(n * n, n * n)})
    if (row.fits(s)) return s;
  return {};
}

}  // namespace detail

/// Why dvec does not read what the row writes, of variables: the code of the error; empty when it does.
inline std::string refusal(const Production& row) {
  Draws draws(7);
  const Plan plan = row.plan(draws, detail::shape_for(row));
  std::string text = "dim m, n, p\nfunction a\nfunction b\nfunction swish(x) = x/(1+exp(-x))\nfunction bump(x) = x^2\n";
  Expr e;
  e.pattern = plan.pattern;
  for (std::size_t k = 0; k < plan.needs.size(); ++k) {
    Expr v;
    v.pattern = "V" + std::to_string(k);
    e.args.push_back(v);
    text += "var " + v.pattern + "(" + plan.needs[k].shape.rows.text() + "," + plan.needs[k].shape.cols.text() + ")\n";
  }
  dvec::test::RuleSession session;
  const SourceText source("probe.dv", text + "output " + render(e) + "\n");
  const Result<Program> program = read_program(source, session.book.vocabulary(), session.pool);
  return program ? "" : program.errors().front().code;
}

/// The rows that dvec reads.
inline const std::vector<Production>& readable_rows() {
  static const std::vector<Production> kRows = [] {
    std::vector<Production> out = all_rows();
    std::erase_if(out, [](const Production& row) { return !refusal(row).empty(); });
    return out;
  }();
  return kRows;
}

}  // namespace dvec::property
