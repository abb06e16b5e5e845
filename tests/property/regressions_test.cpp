/// What random programs have found, made small: each was wrong once.

#include <catch2/catch.hpp>

#include "isolate.hpp"

using namespace dvec::property;
using dvec::test::RuleSession;

namespace {

struct Found {
  const char* what;
  const char* preamble;
  const char* derive;
};

const std::vector<Found> kFound = {
    {"X^3 is not (X^4)^(3/4)", "dim m\nvar X(m,m)\nlet L = X.^4\n", "derive jac(sum(X.*L),X)\n"},
    {"nor is it for a scalar", "dim m\nvar r(m), u(m)\nlet L = (r'*u)^4\n", "derive grad(L,u)\n"},
    {"X^2 is not (X^3)^(2/3) in floats", "dim n\nvar x(n)\nlet L = x.^3\n", "derive grad(sum(L.*x),x), hess(sum(L),x)\n"},
    {"lines of derivatives of derivatives have names that can be read", "dim n\nvar u(n)\nfunction a\n",
     "derive hess(a(sum(u.*grad(tanh(sum(u)),u))),u)\n"},
    {"a badly conditioned point refutes nothing", "dim m, n, p\nvar A(m,p), X(p,n), u(n) unit, v(m)\n",
     "derive grad(std(((A*X*u).^2 + 1).^v + v,1,1),X)\n"},
    {"rows of a variable that vech cuts into pairs", "dim m, n, p\nvar B(3*3,2), V(3,3), X(2,3), u(3)\nfunction a\n",
     "derive grad(vech(V)'*elimination_matrix(3)*a(B*X*u),B)\n"},
    {"the free entries of the identity", "dim m, n, p\nvar X(p,p) lower\n", "derive grad(trace(X),vech(X))\n"},
    {"what is stopped stays constant in the derivative of a derivative", "dim m, n, p\nvar x\nlet f = (x - stop(x))*x\n", "derive jac(grad(f,x),x)\n"},
    {"a column of one row has a variance of zero, in floats but for rounding",
     "dim m, n, p\nvar A(2,2) spd, C(m,2), V(m) positive, s positive, v(2), w(m)\nfunction a\nlet L = A + A\n",
     "derive grad(std(a(C*L*v).^4 + V.^s + w,1),L)\n"},
};

/// These have a value nowhere: not judged, but never refuted.
const std::vector<Found> kNowhere = {
    {"the variance of what is the same all along", "dim m, n, p\nvar X(p,m), u(m)\n", "derive grad(sum(log(var(X*u*ones(1,n),1,2))),u)\n"},
    {"the determinant of zero", "dim p\nvar A(p,p) lower, s\n", "derive grad(logdet((eye(p) + s*eye(p))*(I - A/A)),s)\n"},
};

}  // namespace

TEST_CASE("what random programs have found is right now") {
  RuleSession session;
  for (const Found& f : kFound) {
    const Finding now = isolated([&] { return examine(session, f.preamble, f.derive, false); });
    INFO(f.what << "\n" << f.preamble << f.derive << word(now.outcome) << ": " << now.detail);
    CHECK(now.outcome == Outcome::Right);
  }
}

TEST_CASE("what has a value nowhere is not refuted") {
  RuleSession session;
  for (const Found& f : kNowhere) {
    const Finding now = isolated([&] { return examine(session, f.preamble, f.derive, false); });
    INFO(f.what << "\n" << f.preamble << f.derive << word(now.outcome) << ": " << now.detail);
    CHECK(harmless(now.outcome));
  }
}
