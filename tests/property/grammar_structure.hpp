#pragma once
/// Rows of the grammar: stacked and structured matrices, matrix functions, entries and blocks, comparisons.

#include "grammar.hpp"

namespace dvec::property {

inline std::vector<Production> stacking_rows() {
  const auto twice = [](const Extents& s) { return s.column() && s.rows.factors.size() == 2 && s.rows.factors[0] == s.rows.factors[1]; };
  const auto over = [](Draws& d) {
    const Extent n = d.long_extent();
    return std::pair{n, n.text()};
  };
  return {
      {"vech", 4, Sort::Any, scalar, [over](Draws& d, const Extents&) {
         const auto [n, text] = over(d);
         return Plan{d.chance(50) ? "vech({0:0})'*vech({1:0})" : "sum(vech({0:0}).*vech({1:0}))", kProduct, {{by(n, n)}, {by(n, n)}}};
       }},
      {"duplication_matrix", 6, Sort::Any, twice, [](Draws&, const Extents& s) {
         const Extent n({s.rows.factors[0]});
         return Plan{"duplication_matrix(" + n.text() + ")*vech({0:0})", kProduct, {{by(n, n)}}};
       }},
      {"duplication_matrix", 2, Sort::Any, scalar, [over](Draws& d, const Extents&) {
         const auto [n, text] = over(d);
         return Plan{"vech({0:0})'*duplication_matrix(" + text + ")'*{1:3}", kProduct, {{by(n, n)}, {column(n * n)}}};
       }},
      {"elimination_matrix", 2, Sort::Any, scalar, [over](Draws& d, const Extents&) {
         const auto [n, text] = over(d);
         return Plan{"vech({0:0})'*elimination_matrix(" + text + ")*{1:3}", kProduct, {{by(n, n)}, {column(n * n)}}};
       }},
      {"khatrirao", 6, Sort::Any, [](const Extents& s) { return s.rows.factors.size() == 2 && !s.cols.one(); }, [](Draws& d, const Extents& s) {
         const auto [a, b] = dealt(d, s.rows);
         return Plan{"khatrirao({0:0},{1:0})", kPrimary, {{by(a, s.cols)}, {by(b, s.cols)}}};
       }},
      {"khatrirao", 2, Sort::Any, scalar, [](Draws& d, const Extents&) {
         const Extent a = d.extent(), b = d.extent(), c = d.long_extent();
         return Plan{"sum(khatrirao({0:0},{1:0})*{2:3})", kPrimary, {{by(a, c)}, {by(b, c)}, {column(c)}}};
       }},
      {"tril", 2, Sort::Any, square, [](Draws&, const Extents& s) { return Plan{"tril({0:0})", kPrimary, {{s}}}; }},
      {"triu", 2, Sort::Any, square, [](Draws&, const Extents& s) { return Plan{"triu({0:0})", kPrimary, {{s}}}; }},
  };
}

inline std::vector<Production> matrix_function_rows() {
  return {
      {"pinv", 2, Sort::Any, matrix, [](Draws&, const Extents& s) { return Plan{"pinv({0:0})", kPrimary, {{s.turned()}}}; }},
      {"mpower", 1, Sort::Any, square, [](Draws&, const Extents& s) { return Plan{"mpower({0:0},m)", kPrimary, {{s}}}; }},
      {"expm", 2, Sort::Nonsingular, square, [](Draws&, const Extents& s) { return Plan{"expm({0:0})", kPrimary, {{s, Sort::Any, true}}}; }, true},
      {"expm", 1, Sort::Spd, square, [](Draws&, const Extents& s) { return Plan{"expm({0:0})", kPrimary, {{s, Sort::Symmetric, true}}}; }, true},
      {"logm", 2, Sort::Symmetric, square, [](Draws&, const Extents& s) { return Plan{"logm({0:0})", kPrimary, {{s, Sort::Spd, true}}}; }},
      {"sqrtm", 2, Sort::Spd, square, [](Draws&, const Extents& s) { return Plan{"sqrtm({0:0})", kPrimary, {{s, Sort::Spd}}}; }},
      {"chol", 2, Sort::Nonsingular, square, [](Draws&, const Extents& s) { return Plan{"chol({0:0})", kPrimary, {{s, Sort::Spd}}}; }},
      {"matrix^size", 1, Sort::Any, square, [](Draws& d, const Extents& s) { return Plan{"{0:4}^" + d.word({"n", "m"}), kPostfix, {{s}}}; }},
  };
}

inline std::vector<Production> entry_rows() {
  const Extent three({"3"}), two({"2"});
  // An entry, a row or a column of what has at least as many.
  const auto index = [](const Extent& size, Draws& d) {
    if (size.text() == "3") return d.word({"1", "2", "3"});
    if (size.text() == "2") return d.word({"1", "2"});
    return d.chance(70) ? std::string("1") : size.text();
  };
  return {
      {"A(i,:)", 3, Sort::Any, is_row, [index](Draws& d, const Extents& s) {
         const Extent k = d.long_extent();
         return Plan{"({0:0})(" + index(k, d) + ",:)", kPrimary, {{by(k, s.cols)}}};
       }},
      {"A(:,j)", 3, Sort::Any, is_column, [index](Draws& d, const Extents& s) {
         const Extent k = d.long_extent();
         return Plan{"({0:0})(:," + index(k, d) + ")", kPrimary, {{by(s.rows, k)}}};
       }},
      {"A(i,j)", 3, Sort::Any, scalar, [index](Draws& d, const Extents&) {
         const Extent k = d.long_extent(), l = d.long_extent();
         return Plan{"({0:0})(" + index(k, d) + "," + index(l, d) + ")", kPrimary, {{by(k, l)}}};
       }},
      {"A(a:b,:)", 3, Sort::Any, [two](const Extents& s) { return s.rows == two; }, [three](Draws& d, const Extents& s) {
         return Plan{d.chance(50) ? "({0:0})(1:2,:)" : "({0:0})(2:3,:)", kPrimary, {{by(three, s.cols)}}};
       }},
      {"A(:,a:b)", 3, Sort::Any, [two](const Extents& s) { return s.cols == two; }, [three](Draws& d, const Extents& s) {
         return Plan{d.chance(50) ? "({0:0})(:,1:2)" : "({0:0})(:,2:3)", kPrimary, {{by(s.rows, three)}}};
       }},
      {"[A, B]", 5, Sort::Any, [three](const Extents& s) { return s.cols == three; }, [two](Draws& d, const Extents& s) {
         return d.chance(50) ? Plan{"[{0:0}, {1:0}]", kPrimary, {{by(s.rows, two)}, {column(s.rows)}}}
                             : Plan{"[{0:0}, {1:0}]", kPrimary, {{column(s.rows)}, {by(s.rows, two)}}};
       }},
      {"[A; B]", 5, Sort::Any, [three](const Extents& s) { return s.rows == three; }, [two](Draws&, const Extents& s) {
         return Plan{"[{0:0}; {1:0}]", kPrimary, {{row(s.cols)}, {by(two, s.cols)}}};
       }},
      {"[A, B]*[C; D]", 3, Sort::Any, any, [](Draws& d, const Extents& s) {
         const Extent k = d.extent(), l = d.extent();
         return Plan{"[{0:0}, {1:0}]*[{2:0}; {3:0}]", kProduct, {{by(s.rows, k)}, {by(s.rows, l)}, {by(k, s.cols)}, {by(l, s.cols)}}};
       }},
      {"[A, B; C, D]", 2, Sort::Any, scalar, [](Draws& d, const Extents&) {
         const Extent k = d.long_extent(), l = d.long_extent();
         return Plan{d.word({"trace([{0:0}, {1:0}; {2:0}, {3:0}])", "sum([{0:0}, {1:0}; {2:0}, {3:0}].^2)", "trace([{0:0}, {1:0}; {2:0}, {3:0}]^2)"}),
                     kPrimary, {{by(k, k)}, {by(k, l)}, {by(l, k)}, {by(l, l)}}};
       }},
      {"[A, B; C, D]", 1, Sort::Any, scalar, [](Draws& d, const Extents&) {
         const Extent k = d.long_extent(), l = d.extent();
         return Plan{"logdet([{0:0}, {1:0}; ({1:0})', {2:0}])", kPrimary, {{by(k, k), Sort::Spd}, {by(k, l)}, {by(l, l), Sort::Spd}}};
       }},
      {"max", 2, Sort::Any, any, [](Draws& d, const Extents& s) {
         return d.chance(70) ? Plan{"max({0:0},{1:0})", kPrimary, {{s}, {s}}} : Plan{"max({0:0},0)", kPrimary, {{s}}};
       }},
      {"min", 2, Sort::Any, any, [](Draws& d, const Extents& s) {
         return d.chance(70) ? Plan{"min({0:0},{1:0})", kPrimary, {{s}, {s}}} : Plan{"min(1,{0:0})", kPrimary, {{s}}};
       }},
      {"comparison", 2, Sort::Any, any, [](Draws& d, const Extents& s) {
         return Plan{"({0:1} " + d.word({">", ">=", "<", "<="}) + " {1:1}).*{2:3}", kProduct, {{s}, {s}, {s}}};
       }},
      {"comparison", 1, Sort::Any, any, [](Draws& d, const Extents& s) {
         return Plan{"({0:1} " + d.word({">", "<="}) + " 0).*{1:3}", kProduct, {{s}, {s}}};
       }},
  };
}

}  // namespace dvec::property
