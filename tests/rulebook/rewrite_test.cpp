/// Uses of identities at one place of a term: none changes the value, and what stands beside the place stays.

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

#include "oracle/equal.hpp"
#include "rulebook/replacement.hpp"
#include "rulebook/rewrite.hpp"
#include "term/term_print.hpp"
#include "term/traverse.hpp"
#include "tests/rule_session.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

constexpr const char* kNames =
    "dim m, n, p\n"
    "var A(m,n), B(n,p), C(m,n), D(n,p), x(m), y(n), z(n), v(1,n), S(n,n) symmetric, Q(n,n), s, t\n";

struct RewriteSession : RuleSession {
  PlainWriter writer{pool};
  Rewriter rewriter{book, pool, writer};
  TermId plain(const std::string& expression) { return writer.plain(term(kNames, expression)); }
  /// Is `result` what replacing `from` by `to` at the root gives, and nothing else?
  bool gives(const std::string& place, const std::string& from, const std::string& to, const std::string& result) {
    const Program p = read(std::string(kNames) + "output " + place + ", " + from + ", " + to + ", " + result + "\n");
    const auto written = [&](std::size_t i) { return writer.plain(p.outputs[i]); };
    return replacements(writer, pool, written(0), written(1), written(2)) == std::vector{written(3)};
  }
  /// Is `from` not there?
  bool absent(const std::string& place, const std::string& from, const std::string& to) {
    const Program p = read(std::string(kNames) + "output " + place + ", " + from + ", " + to + "\n");
    return replacements(writer, pool, writer.plain(p.outputs[0]), writer.plain(p.outputs[1]), writer.plain(p.outputs[2])).empty();
  }
};

}  // namespace

TEST_CASE("a part of a product is replaced, and the other factors stay") {
  RewriteSession r;
  CHECK(r.gives("C*Q*D", "Q*D", "B", "C*B"));
  CHECK(r.gives("3*C*Q*D", "Q*D", "s*B", "3*s*C*B"));
  CHECK(r.absent("C*Q*D", "C*D", "A*B"));
  CHECK(r.gives("A.*C.*A", "A", "C", "A.*C.*C"));
  CHECK(r.gives("s*(A.*C)", "A.*C", "A", "s*A"));
}

TEST_CASE("some terms of a sum are replaced up to one number, and the other terms stay as they are") {
  RewriteSession r;
  CHECK(r.gives("A + C", "A", "2*C", "3*C"));
  CHECK(r.gives("2*C*B - 2*A*B + C*D", "A*B - C*B", "A*D", "C*D - 2*A*D"));
  CHECK(r.gives("-(A - C)", "A - C", "2*A", "-2*A"));
  CHECK(r.absent("2*C*B + 3*A*B", "A*B + C*B", "A*D"));
  CHECK(r.gives("C*B + s*(A*B)", "s*(A*B)", "A*D", "C*B + A*D"));
}

TEST_CASE("a scalar among scalars is replaced") {
  RewriteSession r;
  CHECK(r.gives("2*(y'*z)*s", "z'*y", "t", "2*s*t"));
  CHECK(r.gives("(y'*z)*A", "y'*z", "s + t", "(s+t)*A"));
  CHECK(r.absent("s*A", "t", "s"));
}

TEST_CASE("no use of an identity changes the value of a term") {
  RewriteSession r;
  std::size_t uses = 0;
  std::set<std::string> rules;
  for (const char* text :
       {"2*A*B - 3*C*B + C*D", "A.*(ones(m,1)*v) - 2*(A.*C)", "sum(A.*(x*y') - C, 1)", "trace(S*(y*z')*Q')", "vec(A*Q*D)", "kron(A,B)*kron(y,D')",
        "(A*Q - 2*C*S)'*x", "diag(y)*Q*diag(z) - Q.*S", "A.^(-1).*A.*C.^2", "(ones(m,1)*v).^(-2).*A.*A", "sum(A,1)*ones(n,1)*s", "x'*(A.*C)*y*sum(C)",
        "inv(S)*(S*y) + s*y - t*y", "commutation_matrix(m,n)*vec(A) - vec(C')", "reshape(kron(y,x), m, n)", "diagvec(A*C') + diagvec(A*Q*C')",
        "exp(A - C).*C - A.*exp(-C)", "softmax(A,2)'*x", "ones(1,m)*(A.*(ones(m,1)*v))*s", "trace(Q*S)*trace(S)*Q"}) {
    const TermId whole = r.plain(text);
    for (const TermId place : reachable(r.pool, whole)) {
      for (const Rewriting& use : r.rewriter.at(place)) {
        INFO(text << ": " << use.rule->name << (use.left_to_right ? " at " : " backwards at ") << print(r.pool, place) << " gives "
                  << print(r.pool, use.at));
        EqualOptions quick;
        quick.shapes = 2;
        quick.trials = 1;
        quick.witness = false;
        CHECK(are_equal(r.pool, place, use.at, {}, quick).outcome == Comparison::Equal);
        ++uses;
        rules.insert(use.rule->name);
      }
    }
  }
  CHECK(uses > 150);
  CHECK(rules.size() > 50);
}
