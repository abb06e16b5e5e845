/// The plain writing of terms: what it makes equal, what it keeps apart, and that it changes no value.

#include <catch2/catch.hpp>

#include "oracle/equal.hpp"
#include "rulebook/plain.hpp"
#include "term/term_print.hpp"
#include "tests/rule_session.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

constexpr const char* kNames =
    "dim m, n, p\n"
    "var A(m,n), B(n,p), C(m,n), x(m), y(n), z(n), S(n,n) symmetric, s, t\n";

struct Plain : RuleSession {
  PlainWriter writer{pool};
  bool same(const std::string& a, const std::string& b) {
    const Program program = read(std::string(kNames) + "output " + a + ", " + b + "\n");
    return writer.plain(program.outputs[0]) == writer.plain(program.outputs[1]);
  }
};

}  // namespace

TEST_CASE("scalars are written in front, wherever they stood") {
  Plain p;
  CHECK(p.same("A*(s*B)", "s*(A*B)"));
  CHECK(p.same("(s*A)*(t*B)", "(s*t)*(A*B)"));
  CHECK(p.same("(2*s*A).*C", "s*(A.*(2*C))"));
  CHECK(p.same("(s*A)'", "s*A'"));
  CHECK(p.same("kron(s*A,B)", "kron(A,s*B)"));
  CHECK(p.same("sum(s*A,1)", "s*sum(A,1)"));
  CHECK(p.same("trace(s*S)", "s*trace(S)"));
  CHECK(p.same("A*y*(z'*y)", "(y'*z)*(A*y)"));
  CHECK(p.same("2*A - 2*C", "-2*(C - A)"));
  CHECK_FALSE(p.same("s*A", "t*A"));
  CHECK_FALSE(p.same("s*(A + C)", "s*A + s*C"));
  CHECK_FALSE(p.same("2*A - 2*C", "2*(C - A)"));
}

TEST_CASE("transposes are written once, and not on what is symmetric") {
  Plain p;
  CHECK(p.same("A''*B", "A*B"));
  CHECK(p.same("S'*B", "S*B"));
  CHECK(p.same("inv(S)'*B", "inv(S)*B"));
  CHECK(p.same("ones(m,1)'*A", "ones(1,m)*A"));
  CHECK_FALSE(p.same("(A*B)'", "B'*A'"));
  CHECK_FALSE(p.same("(A*S)'", "A*S"));
}

TEST_CASE("the plain writing has the value of the term and is its own plain writing") {
  Plain p;
  for (const char* text : {"A*(s*B)", "(2*x)*(y'*z)*(3*y)'", "x*(t*z')*(s*B)", "-(A - C)/3 + 2*(A.*(-C))", "(-2*A)'*(s*x)", "kron(-x, s*y')",
                           "sum(s*(A - 2*C),1)", "sum(-A)*A", "vec(-s*A) - 2*vec(t*C)", "diag(2*y)*(s*z)", "trace(y*z')*S", "y'*S*z*A", "2*(3*A - 6*C)",
                           "-(-(A + C))", "s*(t*(2*A))", "(A*y*z')'", "reshape(2*vec(A),n,m)", "(S - S')*z", "x*(y'*z)"}) {
    const TermId term = p.term(kNames, text), plain = p.writer.plain(term);
    INFO(text << " is written " << print(p.pool, plain));
    CHECK(p.pool.shape(plain) == p.pool.shape(term));
    CHECK(are_equal(p.pool, term, plain).equal());
    CHECK(PlainWriter(p.pool).plain(plain) == plain);
  }
}
