#include <catch2/catch.hpp>

#include "oracle/equal.hpp"
#include "tests/term_builder.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

Expr tril(Expr a) { return {a.b, a.b->pool.tril(a.id)}; }
Equality ask(Expr a, Expr b) { return are_equal(a.b->pool, a.id, b.id); }
Comparison compare(Expr a, Expr b) { return ask(a, b).outcome; }

}  // namespace

TEST_CASE("the duplication matrix takes vech of a symmetric matrix to vec, the elimination matrix back") {
  Builder b;
  const Dim n = b.dim("n");
  const Expr S = b.var("S", "n", "n", Attribute::Symmetric), A = b.var("A", "n", "n"), T1 = b.var("L", "n", "n", Attribute::Lower);
  const Expr D{&b, b.pool.duplication(n)}, L{&b, b.pool.elimination(n)};
  const Equality e = ask(D * (L * vec(S)), vec(S));
  CHECK(e.equal());
  CHECK(e.method == Method::Field);
  CHECK(compare(D * (L * vec(A)), vec(A)) == Comparison::Different);
  CHECK(compare(T(L) * (L * vec(A)), vec(tril(A))) == Comparison::Equal);
  CHECK(compare(T(L) * (L * vec(T1)), vec(T1)) == Comparison::Equal);
  // D'D has a 1 for each entry of the diagonal and a 2 for each below it.
  CHECK(compare(T(D) * vec(A), L * vec(A + T(A) - diag(diagvec(A)))) == Comparison::Equal);
  CHECK(compare(T(D) * vec(A), L * vec(A + T(A))) == Comparison::Different);
}

TEST_CASE("matrices that products apply unwritten are the ones that are written out") {
  Builder b;
  const Dim n = b.dim("n");
  const Expr D{&b, b.pool.duplication(n)}, L{&b, b.pool.elimination(n)};
  const DimTable& d = b.pool.dims;
  const Expr E{&b, b.pool.selection(n, d.constant(2), n)};
  // What stands in a sum is written out, a factor is not.
  for (const Expr& M : {D, L, E, T(D), T(L), T(E)}) {
    CAPTURE(text(M));
    Expr x{&b, b.pool.symbol(b.pool.symbols.add({"x", SymbolKind::Variable, {b.pool.shape(M.id).cols, b.dim("q")}, Attribute::None, {}}))};
    const Expr free{&b, b.pool.symbol(b.pool.symbols.add({"C", SymbolKind::Variable, b.pool.shape(M.id), Attribute::None, {}}))};
    CHECK(compare(M * x + free * x, (M + free) * x) == Comparison::Equal);
    CHECK(compare(M * x + free * x, (2 * M + free) * x) == Comparison::Different);
    CHECK(compare(kron(M, b.eye("q")) * vec(T(x)), vec(T(M * x))) == Comparison::Equal);
  }
}

TEST_CASE("blocks cut by sizes fit together where they do not overlap") {
  Builder b;
  const DimTable& d = b.pool.dims;
  const Dim n = b.dim("n"), m = b.dim("m");
  const Expr first{&b, b.pool.selection(n, d.one(), m)}, rest{&b, b.pool.selection(n, d.add(m, d.one()), n)};
  const Expr A = b.var("A", "n", "p");
  const Equality e = ask(first * (T(first) * A) + rest * (T(rest) * A), A);
  CHECK(e.equal());
  for (const DimValues& s : e.sizes) CHECK(s.at("m") < s.at("n"));
  CHECK(compare(first * (T(first) * A), A) == Comparison::Different);
}

TEST_CASE("a selection keeps the columns it names, tril what is not above the diagonal") {
  Builder b;
  const Dim n = b.pool.dims.constant(4);
  const auto e = [&](int first, int last) { return Expr{&b, b.pool.selection(n, b.pool.dims.constant(first), b.pool.dims.constant(last))}; };
  const TermId a = b.pool.symbol(b.pool.symbols.add({"A", SymbolKind::Variable, {b.dim("m"), n}, Attribute::None, {}}));
  const Expr A{&b, a};
  CHECK(compare(A * e(1, 1) * T(e(1, 1)) + A * e(2, 3) * T(e(2, 3)) + A * e(4, 4) * T(e(4, 4)), A) == Comparison::Equal);
  CHECK(compare(A * e(1, 3) * T(e(1, 3)) + A * e(3, 4) * T(e(3, 4)), A) == Comparison::Different);
  const Expr B = b.var("B", "n", "p");
  CHECK(compare(tril(B) % B, tril(B) % tril(B)) == Comparison::Equal);
  CHECK(compare(tril(B), B) == Comparison::Different);
  const Expr C = b.var("C", "n", "n");
  CHECK(compare(tril(C) + T(tril(T(C))) - diag(diagvec(C)), C) == Comparison::Equal);
  CHECK(compare(tril(tril(C) * tril(T(C))), tril(C) * tril(T(C))) == Comparison::Equal);
  CHECK(compare(tril(C * T(C)), C * T(C)) == Comparison::Different);
}
