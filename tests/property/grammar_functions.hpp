#pragma once
/// Rows of the grammar: functions of entries, powers, reductions to a scalar, statistics, norms.

#include "grammar.hpp"

namespace dvec::property {

inline std::vector<Production> function_rows() {
  const auto vector_or_matrix = [](Draws& d) {
    const Extent k = d.long_extent();
    return d.chance(50) ? column(k) : d.chance(30) ? row(k) : by(k, d.extent());
  };
  const auto of_vector = [](const std::string& f, std::size_t weight, Sort gives) {
    return Production{f, weight, gives, scalar, [f](Draws& d, const Extents&) {
                        const Extent k = d.long_extent();
                        return Plan{f, kPrimary, {{d.chance(70) ? column(k) : row(k)}}};
                      }};
  };
  const auto of_all = [vector_or_matrix](const std::string& f, std::size_t weight, Sort gives) {
    return Production{f, weight, gives, scalar, [f, vector_or_matrix](Draws& d, const Extents&) {
                        return Plan{f, kPrimary, {{vector_or_matrix(d)}}};
                      }};
  };
  std::vector<Production> rows = {
      // Declared by the program.
      entrywise("a", 6), entrywise("a'", 2), entrywise("a''", 1), entrywise("b", 2), entrywise("swish", 2, Sort::Any, Sort::Any, true),
      entrywise("bump", 2),
      // Of the language.
      entrywise("sin", 2), entrywise("cos", 2), entrywise("tan", 1), entrywise("atan", 2), entrywise("tanh", 3, Sort::Any, Sort::Any, true),
      entrywise("sinh", 1, Sort::Any, Sort::Any, true), entrywise("erf", 1), entrywise("relu", 3), entrywise("abs", 2), entrywise("sign", 1),
      entrywise("step", 1), entrywise("log", 4, Sort::Positive), entrywise("gammaln", 1, Sort::Positive), entrywise("psi", 1, Sort::Positive),
      entrywise("exp", 3, Sort::Any, Sort::Positive, true), entrywise("cosh", 1, Sort::Any, Sort::Positive, true),
      entrywise("sigmoid", 3, Sort::Any, Sort::Positive, true), entrywise("softplus", 2, Sort::Any, Sort::Positive, true),
      entrywise("sqrt", 3, Sort::Positive, Sort::Positive),
      // Powers.
      {".^number", 8, Sort::Any, any, [](Draws& d, const Extents& s) { return Plan{"{0:4}.^" + d.word({"2", "3", "2", "4"}), kPostfix, {{s}}}; }},
      {".^fraction", 3, Sort::Positive, any, [](Draws& d, const Extents& s) {
         return Plan{"{0:4}.^" + d.word({"(1/2)", "(-1)", "-2", "1.5", "(1/3)", "(-1/2)"}), kPostfix, {{s, Sort::Positive}}};
       }},
      {".^matrix", 2, Sort::Positive, any, [](Draws&, const Extents& s) {
         return Plan{"{0:4}.^{1:5}", kPostfix, {{s, Sort::Positive, true}, {s, Sort::Any, true}}};
       }, true},
      {".^scalar", 1, Sort::Positive, any, [](Draws&, const Extents& s) {
         return Plan{"{0:4}.^{1:5}", kPostfix, {{s, Sort::Positive, true}, {unit(), Sort::Any, true}}};
       }, true},
      {"number.^", 1, Sort::Positive, any, [](Draws& d, const Extents& s) {
         return Plan{d.word({"2", "3", "0.5"}) + ".^{0:5}", kPostfix, {{s, Sort::Any, true}}};
       }, true},
      {"^number", 4, Sort::Any, scalar, [](Draws& d, const Extents& s) { return Plan{"{0:4}^" + d.word({"2", "3"}), kPostfix, {{s}}}; }},
      {"matrix^number", 5, Sort::Any, square, [](Draws& d, const Extents& s) { return Plan{"{0:4}^" + d.word({"2", "3", "2"}), kPostfix, {{s}}}; }},
      {"matrix^-number", 2, Sort::Nonsingular, square, [](Draws& d, const Extents& s) {
         return Plan{"{0:4}^" + d.word({"-1", "(-1)", "-2"}), kPostfix, {{s, Sort::Nonsingular}}};
       }},
      // Square matrices.
      {"inv", 6, Sort::Nonsingular, square, [](Draws&, const Extents& s) { return Plan{"inv({0:0})", kPrimary, {{s, Sort::Nonsingular}}}; }},
      of_square("trace", 14, Sort::Any),
      of_square("det", 3, Sort::Nonsingular),
      of_square("logdet", 5, Sort::Nonsingular),
      of_square("logdet", 4, Sort::Spd),
      // To a scalar.
      of_all("sum({0:0})", 14, Sort::Any),
      of_all("mean({0:0})", 4, Sort::Any),
      spread_of("var", "", 2), spread_of("var", ",0", 1), spread_of("var", ",1", 1), spread_of("std", "", 1), spread_of("std", ",1", 1),
      of_vector("norm2({0:0})", 4, Sort::Positive),
      of_vector("norm1({0:0})", 1, Sort::Positive),
      of_all("normF({0:0})", 3, Sort::Positive),
      {"dot", 5, Sort::Any, scalar, [vector_or_matrix](Draws& d, const Extents&) {
         const Extents s = vector_or_matrix(d);
         return Plan{"dot({0:0},{1:0})", kPrimary, {{s}, {s}}};
       }},
      {"quadratic form", 6, Sort::Any, scalar, [](Draws& d, const Extents&) {
         const Extent k = d.long_extent(), l = d.long_extent();
         return Plan{"{0:4}'*{1:3}*{2:3}", kProduct, {{column(k)}, {by(k, l)}, {column(l)}}};
       }},
      {"inner product", 6, Sort::Any, scalar, [](Draws& d, const Extents&) {
         const Extents s = by(d.long_extent(), d.long_extent());
         return Plan{d.chance(50) ? "trace({0:4}'*{1:3})" : "sum({0:2}.*{1:3})", kPrimary, {{s}, {s}}};
       }},
      // Statistics along a dimension.
      spread_along("var", "0", 2), spread_along("var", "1", 2), spread_along("std", "0", 2), spread_along("std", "1", 2),
      along("logsumexp", "", 3, Sort::Any, Sort::Any, true),
      {"softmax", 3, Sort::Positive, [](const Extents& s) { return !s.scalar(); }, [](Draws&, const Extents& s) {
         return Plan{s.rows.one() || (!s.cols.one() && s.rows.text() > s.cols.text()) ? "softmax({0:0},2)" : "softmax({0:0},1)", kPrimary, {{s, Sort::Any, true}}};
       }, true},
  };
  return rows;
}

}  // namespace dvec::property
