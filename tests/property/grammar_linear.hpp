#pragma once
/// Rows of the grammar: sums, products, and what moves entries about.

#include "grammar.hpp"

namespace dvec::property {

inline std::vector<Production> linear_rows() {
  const auto reshaped = [](Draws& d, const Extents& s) {
    const auto [a, b] = dealt(d, s.rows * s.cols);
    return Plan{"reshape({0:0}," + s.rows.text() + "," + s.cols.text() + ")", kPrimary, {{by(a, b)}}};
  };
  const auto spread = [](const std::string& op, int level, Sort small, bool first) {
    const std::string l = std::to_string(level), r = std::to_string(level + 1);
    return [=](Draws& d, const Extents& s) {
      const Extents part = d.chance(40) ? row(s.cols) : d.chance(60) ? column(s.rows) : unit();
      if (first) return Plan{"{0:" + l + "}" + op + "{1:" + r + "}", level, {{part, small}, {s}}};
      return Plan{"{0:" + l + "}" + op + "{1:" + r + "}", level, {{s}, {part, small}}};
    };
  };
  return {
      infix(" + ", kSum, 10, Sort::Any, Sort::Any, Sort::Any),
      infix(" - ", kSum, 8, Sort::Any, Sort::Any, Sort::Any),
      {"unary -", 4, Sort::Any, any, [](Draws&, const Extents& s) { return Plan{"-{0:4}", kMinus, {{s}}}; }},
      {"number*", 4, Sort::Any, any, [](Draws& d, const Extents& s) {
         return Plan{d.word({"2*", "-3*", "3/2*", "0.25*", "n*", "(m - 1)*", "pi*"}) + "{0:3}", kProduct, {{s}}};
       }},
      {"*", 16, Sort::Any, any, [](Draws& d, const Extents& s) {
         const Extent k = d.extent();
         return Plan{"{0:2}*{1:3}", kProduct, {{by(s.rows, k)}, {by(k, s.cols)}}};
       }},
      {"*'", 6, Sort::Any, any, [](Draws& d, const Extents& s) {
         const Extent k = d.extent();
         return Plan{"{0:2}*{1:4}'", kProduct, {{by(s.rows, k)}, {by(s.cols, k)}}};
       }},
      {"'*", 6, Sort::Any, any, [](Draws& d, const Extents& s) {
         const Extent k = d.extent();
         return Plan{"{0:4}'*{1:3}", kProduct, {{by(k, s.rows)}, {by(k, s.cols)}}};
       }},
      {"scalar*", 6, Sort::Any, any, [](Draws& d, const Extents& s) {
         return d.chance(70) ? Plan{"{0:2}*{1:3}", kProduct, {{unit()}, {s}}} : Plan{"{0:2}*{1:3}", kProduct, {{s}, {unit()}}};
       }},
      infix(".*", kProduct, 10, Sort::Any, Sort::Any, Sort::Any),
      infix("⊙", kProduct, 1, Sort::Any, Sort::Any, Sort::Any),
      infix("./", kProduct, 6, Sort::Any, Sort::Positive, Sort::Any),
      infix(".\\", kProduct, 1, Sort::Positive, Sort::Any, Sort::Any),
      {"/scalar", 4, Sort::Any, any, [](Draws&, const Extents& s) {
         return Plan{"{0:2}/{1:3}", kProduct, {{s}, {unit(), Sort::Positive}}};
       }},
      {"number/", 2, Sort::Any, any, [](Draws& d, const Extents& s) {
         return Plan{d.word({"1", "2", "-1", "n"}) + "./{0:3}", kProduct, {{s, Sort::Positive}}};
       }},
      {"\\", 6, Sort::Any, [](const Extents& s) { return !s.rows.one(); }, [](Draws&, const Extents& s) {
         return Plan{"{0:2}\\{1:3}", kProduct, {{by(s.rows, s.rows), Sort::Nonsingular}, {s}}};
       }},
      {"/", 6, Sort::Any, [](const Extents& s) { return !s.cols.one(); }, [](Draws&, const Extents& s) {
         return Plan{"{0:2}/{1:3}", kProduct, {{s}, {by(s.cols, s.cols), Sort::Nonsingular}}};
       }},
      {"spread +", 3, Sort::Any, matrix, spread(" + ", kSum, Sort::Any, true)},
      {"spread -", 3, Sort::Any, matrix, spread(" - ", kSum, Sort::Any, false)},
      {"spread .*", 3, Sort::Any, matrix, spread(".*", kProduct, Sort::Any, true)},
      {"spread ./", 3, Sort::Any, matrix, spread("./", kProduct, Sort::Positive, false)},
      {"'", 8, Sort::Any, any, [](Draws& d, const Extents& s) {
         return Plan{d.chance(90) ? "{0:4}'" : "{0:4}ᵀ", kPostfix, {{s.turned()}}};
       }},
      {"kron", 5, Sort::Any, any, [](Draws& d, const Extents& s) {
         const auto [r1, r2] = dealt(d, s.rows);
         const auto [c1, c2] = dealt(d, s.cols);
         return Plan{d.chance(90) ? "kron({0:0},{1:0})" : "({0:5}⊗{1:5})", kPrimary, {{by(r1, c1)}, {by(r2, c2)}}};
       }},
      {"kron", 5, Sort::Any, splits, [](Draws& d, const Extents& s) {
         const auto [r1, r2] = dealt(d, s.rows);
         const auto [c1, c2] = dealt(d, s.cols);
         return Plan{"kron({0:0},{1:0})", kPrimary, {{by(r1, c1)}, {by(r2, c2)}}};
       }},
      {"kron of three", 1, Sort::Any, splits, [](Draws& d, const Extents& s) {
         const auto [r1, r] = dealt(d, s.rows);
         const auto [r2, r3] = dealt(d, r);
         const auto [c1, c2] = dealt(d, s.cols);
         return Plan{"kron({0:0},{1:0},{2:0})", kPrimary, {{by(r1, c1)}, {by(r2, c2)}, {column(r3)}}};
       }},
      {"vec", 20, Sort::Any, [](const Extents& s) { return s.column() && splits(s); }, [](Draws& d, const Extents& s) {
         const auto [r, c] = dealt(d, s.rows);
         return Plan{d.chance(80) ? "vec({0:0})" : "({0:5})(:)", kPrimary, {{by(r, c)}}};
       }},
      {"reshape", 10, Sort::Any, splits, reshaped},
      {"commutation_matrix", 6, Sort::Any, [](const Extents& s) { return s.rows.factors.size() == 2; }, [](Draws& d, const Extents& s) {
         const std::string &a = s.rows.factors[0], &b = s.rows.factors[1];
         const std::string k = d.chance(50) ? a + "," + b : b + "," + a;
         return Plan{"commutation_matrix(" + k + ")*{0:3}", kProduct, {{s}}};
       }},
      {"commutation_matrix", 3, Sort::Any, scalar, [](Draws& d, const Extents&) {
         const Extent m({"m"}), n({"n"});
         return d.chance(50) ? Plan{"{0:4}'*commutation_matrix(m,n)*{1:3}", kProduct, {{column(m * n)}, {column(m * n)}}}
                             : Plan{"trace(commutation_matrix(m,n)*kron({0:0},{1:0}))", kPrimary, {{by(n, m)}, {by(m, n)}}};
       }},
      {"diag", 8, Sort::Any, square, [](Draws& d, const Extents& s) {
         return Plan{"diag({0:0})", kPrimary, {{d.chance(70) ? column(s.rows) : row(s.rows)}}};
       }},
      {"diagvec", 10, Sort::Any, is_column, [](Draws&, const Extents& s) {
         return Plan{"diagvec({0:0})", kPrimary, {{by(s.rows, s.rows)}}};
       }},
      along("sum", "", 12),
      along("mean", "", 6),
      {"stop", 3, Sort::Any, any, [](Draws&, const Extents& s) { return Plan{"stop({0:0})", kPrimary, {{s}}}; }},
  };
}

}  // namespace dvec::property
