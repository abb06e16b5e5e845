#include <catch2/catch.hpp>

#include "tests/normal_form/answer.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

std::vector<std::vector<std::string>> sorted(std::vector<std::vector<std::string>> groups) {
  for (auto& g : groups) std::ranges::sort(g);
  std::ranges::sort(groups);
  return groups;
}

using Groups = std::vector<std::vector<std::string>>;

}  // namespace

TEST_CASE("names that may be exchanged have one role", "[normal_form]") {
  CHECK(sorted(exchangeable("dim n\nvar x(n), A(n,n), B(n,n)\nlet f = x'*(A + B)*x\nderive grad(f, x)\n")) == Groups{{"A", "B"}});
  CHECK(sorted(exchangeable("var a, b, c\nderive grad(a*b*c, a)\n")) == Groups{{"b", "c"}});
}

TEST_CASE("names that do different things have different roles", "[normal_form]") {
  CHECK(exchangeable("dim n\nvar x(n), A(n,n), B(n,n)\nlet f = x'*A*B*x\nderive grad(f, x)\n").empty());
  CHECK(exchangeable("dim n\nvar x(n), A(n,n), B(n,n)\nlet f = x'*(A + 2*B)*x\nderive grad(f, x)\n").empty());
  CHECK(exchangeable("var a, b, c\nlet f = a*b + c\nderive grad(f, a)\n").empty());
  CHECK(exchangeable("dim n\nvar S(n,n) spd, T(n,n) spd\nlet f = trace(inv(S)*T) - logdet(T) + logdet(S)\nderive grad(f, S), grad(f, T)\n").empty());
}

TEST_CASE("what is differentiated by is told from what is not", "[normal_form]") {
  CHECK(exchangeable("dim n\nvar A(n,n), B(n,n)\nlet f = trace(A*B)\nderive grad(f, A)\n").empty());
  CHECK(sorted(exchangeable("dim n\nvar A(n,n), B(n,n)\nlet f = trace(A*B)\nderive grad(f, A), grad(f, B)\n")) == Groups{{"A", "B"}});
}

TEST_CASE("opaque functions are told apart by where they stand, sizes by what has them", "[normal_form]") {
  const std::string head = "dim m, n\nvar X(m,n)\nfunction f\nfunction g\n";
  CHECK(exchangeable(head + "let y = f(g(X))\nlet s = sum(y)\nderive grad(s, X)\n").empty());
  CHECK(sorted(exchangeable(head + "let s = sum(f(X) .* g(X))\nderive grad(s, X)\n")) == Groups{{"f", "g"}});
  CHECK(sorted(exchangeable("dim m, n\nvar X(m,n), Y(n,m)\nlet s = trace(X*Y)\nderive grad(s, X), grad(s, Y)\n")) == Groups{{"X", "Y"}, {"m", "n"}});
}

TEST_CASE("layers of one kind have different roles", "[normal_form]") {
  CHECK(exchangeable("dim N, p\nvar X(N,p), U(p,p), V(p,p), W(p,p)\nlet A = tanh(X*U)\nlet B = tanh(A*V)\nlet C = tanh(B*W)\n"
                     "let R = sum(C .* C)\nderive grad(R, U), grad(R, V), grad(R, W)\n").empty());
}

TEST_CASE("a value that the field does not have is no obstacle", "[normal_form]") {
  // S and T look alike until something tells them apart: their difference is zero then, and has no inverse.
  CHECK(exchangeable("dim n\nvar S(n,n), T(n,n)\nlet f = trace(inv(S - T)*S)\nderive grad(f, S), grad(f, T)\n").empty());
  CHECK(exchangeable("dim n\nvar S(n,n) spd, T(n,n) spd\nlet f = logdet(S - 2*T) + sqrt(trace(S))\nderive grad(f, S), grad(f, T)\n").empty());
}
