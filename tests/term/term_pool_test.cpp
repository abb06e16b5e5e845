#include <catch2/catch.hpp>

#include "term/traverse.hpp"
#include "tests/term_builder.hpp"

using namespace dvec;
using namespace dvec::test;

TEST_CASE("equal terms are one node") {
  Builder b;
  const Expr A = b.var("A", "m", "n"), B = b.var("B", "m", "n");
  CHECK((A + B).id == (B + A).id);
  CHECK((A % B).id == (B % A).id);
  CHECK((T(A) * B).id != (T(B) * A).id);
}

TEST_CASE("constructors drop zeros and units and merge equal terms, and do nothing else") {
  Builder b;
  const Expr A = b.var("A", "m", "n");
  CHECK((A - A).id == b.pool.zeros(b.pool.shape(A.id)));
  CHECK((A + A).id == (2 * A).id);
  CHECK((A * b.eye("n")).id == A.id);
  CHECK((A % b.ones("m", "n")).id == A.id);
  CHECK(T(T(A)).id != A.id);
}

TEST_CASE("a multiple of a sum stays as it was written") {
  Builder b;
  const Expr A = b.var("A", "m", "n"), B = b.var("B", "m", "n");
  CHECK(text(2 * (A - B)) == "2*(A-B)");
  CHECK(text(B - (A - B)) == "2*B-A");
}

TEST_CASE("arguments have smaller ids than their users") {
  Builder b;
  const Expr A = b.var("A", "m", "n");
  const Expr t = T(A) * (A + A % A);
  for (const TermId id : reachable(b.pool, t.id))
    for (const TermId a : b.pool[id].args) CHECK(a < id);
}

TEST_CASE("the order of terms is structural: symbols in the order of their ids, what is made of them not by age") {
  Builder young, old;
  const Expr a1 = young.var("A", "m", "m"), b1 = young.var("B", "m", "m");
  const Expr a2 = old.var("A", "m", "m"), b2 = old.var("B", "m", "m");
  const Expr first = T(b2);  // made before A' here, after it there
  CHECK(text(T(a1) % T(b1) + a1) == text(T(a2) % first + a2));
  CHECK(text(b1 % a1) == "A.*B");
}

TEST_CASE("the weight of a shared graph saturates instead of overflowing") {
  Builder b;
  Expr t = b.var("A", "n", "n");
  for (int k = 0; k < 200; ++k) t = t * T(t);
  CHECK(b.pool[t.id].weight > 0);
}

TEST_CASE("substitution does not look inside what it has put in") {
  Builder b;
  const SymbolId x = b.declare("x", "n", "n");
  const Expr X{&b, b.pool.symbol(x)};
  const Expr twice = X + X % X;
  CHECK(substitute(b.pool, X.id, x, twice.id) == twice.id);
}
