#pragma once
/// Rows of the grammar: values that are positive, nonsingular, symmetric or positive definite by the way they are built.

#include "grammar.hpp"

namespace dvec::property {

inline std::vector<Production> positive_rows() {
  constexpr Sort P = Sort::Positive;
  return {
      {"square plus one", 8, P, any, [](Draws&, const Extents& s) { return Plan{"{0:4}.^2 + 1", kSum, {{s}}}; }},
      infix(" + ", kSum, 6, P, P, P),
      infix(".*", kProduct, 5, P, P, P),
      infix("./", kProduct, 3, P, P, P),
      {"*", 4, P, any, [](Draws& d, const Extents& s) {
         const Extent k = d.extent();
         return Plan{"{0:2}*{1:3}", kProduct, {{by(s.rows, k), Sort::Positive}, {by(k, s.cols), Sort::Positive}}};
       }},
      {"'", 3, P, any, [](Draws&, const Extents& s) { return Plan{"{0:4}'", kPostfix, {{s.turned(), Sort::Positive}}}; }},
      {"kron", 2, P, splits, [](Draws& d, const Extents& s) {
         const auto [r1, r2] = dealt(d, s.rows);
         const auto [c1, c2] = dealt(d, s.cols);
         return Plan{"kron({0:0},{1:0})", kPrimary, {{by(r1, c1), Sort::Positive}, {by(r2, c2), Sort::Positive}}};
       }},
      {"abs plus", 2, P, any, [](Draws&, const Extents& s) { return Plan{"abs({0:0}) + 1/2", kSum, {{s}}}; }},
      along("sum", "", 4, P, P),
      along("mean", "", 2, P, P),
      {"sum", 4, P, scalar, [](Draws& d, const Extents&) { return Plan{"sum({0:0})", kPrimary, {{by(d.long_extent(), d.extent()), Sort::Positive}}}; }},
      of_square("trace", 4, Sort::Spd, P),
      of_square("det", 2, Sort::Spd, P),
      {"diagvec", 3, P, is_column, [](Draws&, const Extents& s) { return Plan{"diagvec({0:0})", kPrimary, {{by(s.rows, s.rows), Sort::Spd}}}; }},
      {"quadratic form", 3, P, scalar, [](Draws& d, const Extents&) {
         const Extent k = d.long_extent();
         return Plan{"{0:4}'*{1:3}*{0:3} + 1", kSum, {{column(k)}, {by(k, k), Sort::Spd}}};
       }},
      {"inner product with itself", 3, P, scalar, [](Draws& d, const Extents&) {
         return Plan{"{0:4}'*{0:3} + 1", kSum, {{column(d.long_extent())}}};
       }},
      {"size", 1, P, scalar, [](Draws& d, const Extents&) { return Plan{d.word({"n", "m", "p"}), kPrimary, {}}; }},
  };
}

inline std::vector<Production> square_rows() {
  constexpr Sort N = Sort::Nonsingular, S = Sort::Symmetric, D = Sort::Spd;
  const auto pair = [](Sort l, Sort r) {
    return [l, r](Draws&, const Extents& s) { return Plan{"{0:2}*{1:3}", kProduct, {{s, l}, {s, r}}}; };
  };
  const auto factors = [](Sort sort) {
    return [sort](Draws& d, const Extents& s) {
      const auto [a, b] = dealt(d, s.rows);
      return Plan{"kron({0:0},{1:0})", kPrimary, {{by(a, a), sort}, {by(b, b), sort}}};
    };
  };
  const auto turned = [](Sort sort) {
    return [sort](Draws&, const Extents& s) { return Plan{"{0:4}'", kPostfix, {{s, sort}}}; };
  };
  const auto splits_square = [](const Extents& s) { return s.square() && s.rows.factors.size() == 2; };
  return {
      {"*", 4, N, square, pair(N, N)},
      {"eye +", 8, N, square, [](Draws&, const Extents& s) { return Plan{"eye(" + s.rows.text() + ") + {0:2}", kSum, {{s}}}; }},
      {"I -", 2, N, square, [](Draws&, const Extents& s) { return Plan{"I - {0:2}", kSum, {{s}}}; }},
      {"'", 3, N, square, turned(N)},
      {"kron", 6, N, splits_square, factors(N)},
      {"diag", 3, N, square, [](Draws&, const Extents& s) { return Plan{"diag({0:0})", kPrimary, {{column(s.rows), Sort::Positive}}}; }},
      {"spd", 6, N, square, [](Draws&, const Extents& s) { return Plan{"{0:0}", kAnything, {{s, Sort::Spd}}}; }},
      {"+'", 4, S, square, [](Draws&, const Extents& s) { return Plan{"{0:1} + {0:4}'", kSum, {{s}}}; }},
      {"*'", 4, S, square, [](Draws& d, const Extents& s) { return Plan{"{0:2}*{0:4}'", kProduct, {{by(s.rows, d.extent())}}}; }},
      {"'**", 3, S, square, [](Draws& d, const Extents& s) {
         const Extent k = d.long_extent();
         return Plan{"{0:4}'*{1:3}*{0:3}", kProduct, {{by(k, s.rows)}, {by(k, k), Sort::Symmetric}}};
       }},
      {"spd", 3, S, square, [](Draws&, const Extents& s) { return Plan{"{0:0}", kAnything, {{s, Sort::Spd}}}; }},
      {"*' + eye", 6, D, square, [](Draws& d, const Extents& s) {
         return Plan{"{0:2}*{0:4}' + eye(" + s.rows.text() + ")", kSum, {{by(s.rows, d.extent())}}};
       }},
      {"'* + diag", 3, D, square, [](Draws& d, const Extents& s) {
         return Plan{"{0:4}'*{0:3} + diag({1:0})", kSum, {{by(d.extent(), s.rows)}, {column(s.rows), Sort::Positive}}};
       }},
      {"inv", 4, D, square, [](Draws&, const Extents& s) { return Plan{"inv({0:0})", kPrimary, {{s, Sort::Spd}}}; }},
      infix(" + ", kSum, 3, D, D, D, square),
      infix(".*", kProduct, 2, D, D, D, square),
      {"scalar*", 2, D, square, [](Draws&, const Extents& s) { return Plan{"{0:2}*{1:3}", kProduct, {{unit(), Sort::Positive}, {s, Sort::Spd}}}; }},
      {"diag", 2, D, square, [](Draws&, const Extents& s) { return Plan{"diag({0:0})", kPrimary, {{column(s.rows), Sort::Positive}}}; }},
      {"kron", 4, D, splits_square, factors(D)},
  };
}

}  // namespace dvec::property
