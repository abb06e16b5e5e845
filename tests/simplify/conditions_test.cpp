/// The line that says where an answer is valid: short, each condition once, nothing that is implied.

#include <catch2/catch.hpp>

#include "simplify/derive.hpp"
#include "tests/rule_session.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

/// The line of the first derivative that begins with "valid where"; empty for none.
std::string validity(const std::string& program) {
  RuleSession s;
  const Program p = s.read(program);
  Result<Answers> result = derive(p, s.book, s.pool, Tracing::Sweeps);
  REQUIRE(result);
  for (const std::string& note : result.value().derivations.at(0).notes)
    if (note.starts_with("valid where")) return note;
  return {};
}

}  // namespace

TEST_CASE("an inverse asks for a nonsingular matrix, unless its attributes or its build say that it is") {
  CHECK(validity("dim n\nvar A(n,n), b(n)\nderive grad(b'*inv(A)*b, b)\n") == "valid where A is nonsingular");
  CHECK(validity("dim n\nvar A(n,n) nonsingular, b(n)\nderive grad(b'*inv(A)*b, b)\n").empty());
  CHECK(validity("dim n\nvar A(n,n) spd, b(n)\nderive grad(b'*inv(A)*b, b)\n").empty());
  CHECK(validity("dim n, p\nvar X(n,p), b(p)\nderive grad(b'*inv(X'*X)*b, b)\n") == "valid where X'*X is nonsingular");
  CHECK(validity("dim n, p\nvar X(n,p), b(p), s positive\nderive grad(b'*inv(X'*X+s*eye(p))*b, b)\n").empty());
  CHECK(validity("dim n, p\nvar X(n,p), b(p), s\nderive grad(b'*inv(X'*X+s*eye(p))*b, b)\n") ==
        "valid where s*eye(p)+X'*X is nonsingular");
}

TEST_CASE("logarithms, roots and divisions ask for entries; what is positive is not 0") {
  CHECK(validity("dim n\nvar v(n), w(n)\nderive grad(sum(log(v)), v)\n") == "valid where every entry of v is positive");
  CHECK(validity("dim n\nvar v(n), w(n)\nderive grad(sum(v./w), v)\n") == "valid where no entry of w is 0");
  CHECK(validity("dim n\nvar v(n) positive\nderive grad(sum(log(v)), v)\n").empty());
  CHECK(validity("dim n\nvar x(n)\nderive grad(norm2(x), x)\n") == "valid where x'*x is not 0");
}

TEST_CASE("an assumption is a condition that need not be said") {
  CHECK(validity("dim n\nvar v(n), s\nderive grad(sum(v)/s, v)\n") == "valid where s is not 0");
  CHECK(validity("dim n\nvar v(n), s\nassume s > 0\nderive grad(sum(v)/s, v)\n").empty());
  CHECK(validity("dim n\nvar v(n), s\nassume s != 0\nderive grad(sum(v)/s, v)\n").empty());
  CHECK(validity("dim n\nvar A(n,n), b(n)\nassume det(A) != 0\nderive grad(b'*inv(A)*b, b)\n").empty());
}

TEST_CASE("names stand for their values") {
  CHECK(validity("dim N, p\nvar Z(N,p), C(N,p)\nlet sd = std(Z,0,1)\nderive grad(sum(C./(ones(N,1)*sd)), C)\n") ==
        "valid where no entry of sd is 0");
  CHECK(validity("dim n\nvar A(n,n), B(n,n), b(n)\nlet K = A+B\nderive grad(b'*inv(K)*b, b)\n") == "valid where K is nonsingular");
}
