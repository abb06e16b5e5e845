#include <catch2/catch.hpp>

#include "term/print_latex.hpp"
#include "term/print_numpy.hpp"
#include "term/print_octave.hpp"
#include "term/print_unicode.hpp"
#include "tests/term_builder.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

std::string unicode(Expr a) { return print_unicode(a.b->pool, a.id); }
std::string latex(Expr a) { return print_latex(a.b->pool, a.id); }
std::string numpy(Expr a) { return print_numpy(a.b->pool, a.id); }
std::string octave(Expr a) { return print_octave(a.b->pool, a.id); }

/// gamma.*G1' with a scalar in front, over a size: -2/p2 * (...)
struct Sample {
  Builder b;
  Expr gamma = b.var("gamma", "p1", "p2"), G1 = b.var("G1", "p2", "p1"), Zhat = b.var("Zhat", "p2", "m");
  Expr scaled = 2 * ((gamma % T(G1)) * Zhat) / b.size("p2");
};

}  // namespace

TEST_CASE("one term in four notations") {
  Sample s;
  CHECK(text(s.scaled) == "2*(gamma.*G1')*Zhat/p2");
  CHECK(unicode(s.scaled) == "2/p₂·(γ ⊙ G₁ᵀ)·Zhat");
  CHECK(latex(s.scaled) == "\\frac{2}{p_{2}} \\left(\\gamma \\odot G_{1}^\\top\\right) \\hat{Z}");
  CHECK(numpy(s.scaled) == "2*(gamma*G1.T) @ Zhat/p2");
}

TEST_CASE("Kronecker products and divisions are infix for the eye, calls for machines") {
  Builder b;
  const Expr A = b.var("A", "m", "n"), B = b.var("B", "m", "n"), C = b.var("C", "q", "r"), D = b.var("D", "n", "m");
  CHECK(unicode(kron(A * D, C)) == "(A·D) ⊗ C");
  CHECK(latex(kron(A, C)) == "A \\otimes C");
  CHECK(numpy(kron(kron(A, C), B)) == "np.kron(A, np.kron(C, B))");
  CHECK(unicode(A % pow(B, Rational(-1, 2))) == "A ./ sqrt(B)");
  CHECK(latex(A % pow(B, Rational(-2))) == "A \\oslash B^{\\circ 2}");
}

TEST_CASE("a superscript never stands on a superscript in LaTeX") {
  Builder b;
  const Expr A = b.var("A", "n", "n"), s = b.var("s", "1", "1");
  CHECK(latex(T(inv(A))) == "A^{-\\top}");
  CHECK(latex(inv(T(A))) == "\\left(A^\\top\\right)^{-1}");
  CHECK(latex(pow(pow(s + s * s, Rational(2)), Rational(1, 2))).find("^{2}^") == std::string::npos);
  CHECK(latex(pow(T(A), Rational(2))) == "\\left(A^\\top\\right)^{\\circ 2}");
}

TEST_CASE("names that would look alike are left as they are") {
  Builder b;
  const Expr x1 = b.var("x1", "n", "1"), other = b.var("x₁", "n", "1"), y1 = b.var("y1", "n", "1");
  CHECK(unicode(x1 + y1) == "x1 + y₁");
  CHECK(unicode(other) == "x₁");
}

TEST_CASE("Octave sums columns where the language sums all entries") {
  Builder b;
  const Expr A = b.var("A", "m", "n"), S = b.var("S", "n", "n");
  CHECK(octave(sum(A)) == "sum(vec(A))");
  CHECK(octave(sum1(A)) == "sum(A,1)");
  CHECK(octave(diagvec(S)) == "diag(S)");
  CHECK(octave(pow(sum(pow(A, Rational(2))), Rational(1, 2))) == "norm(A,\"fro\")");
}

TEST_CASE("derivatives of opaque functions get names that every language accepts") {
  Builder b;
  const Expr A = b.var("A", "m", "n");
  ElementFunction a;
  a.name = "a";
  const FunctionId f = b.pool.functions.add(a);
  const Expr second{&b, b.pool.apply(f, 2, A.id)};
  CHECK(text(second) == "a''(A)");
  CHECK(unicode(second) == "a′′(A)");
  CHECK(numpy(second) == "a_2(A)");
  CHECK(octave(second) == "a_2(A)");
}

TEST_CASE("Python's words are not used as names") {
  Builder b;
  CHECK(numpy(b.var("lambda", "1", "1")) == "lambda_");
  CHECK(numpy(b.var("np", "1", "1")) == "np_");
}
