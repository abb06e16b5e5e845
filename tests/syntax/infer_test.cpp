#include <catch2/catch.hpp>

#include "small_vocabulary.hpp"
#include "syntax/elaborate.hpp"

using namespace dvec;

namespace {

std::string joined(const Result<Program>& program) {
  if (!program.ok()) return program.errors()[0].code;
  std::string out;
  for (const std::string& s : program->inferred) out += (out.empty() ? "" : ", ") + s;
  return out;
}

std::string of_expression(const std::string& text) {
  TermPool pool;
  const test::SmallVocabulary small(pool);
  return joined(read_expression(SourceText("-e", text), {}, small.vocabulary, pool));
}

std::string of_claim(const std::string& text) {
  TermPool pool;
  const test::SmallVocabulary small(pool);
  const auto program = read_claim(SourceText("-e", text), small.vocabulary, pool);
  if (program.ok() && !program->claims.at(0).ill_typed.empty()) return "ill-typed";
  return joined(program);
}

}  // namespace

TEST_CASE("lower-case names are columns, upper-case ones matrices, sizes follow", "[syntax]") {
  CHECK(of_expression("x'*A*x") == "x is n×1, A is n×n");
  CHECK(of_expression("trace(A*X*B)") == "A is m×n, X is n×p, B is p×m");
  CHECK(of_expression("x'*A*y") == "x is m×1, A is m×n, y is n×1");
  CHECK(of_claim("vec(A*X*B) == kron(B',A)*vec(X)") == "A is m×n, X is n×p, B is p×q");
  CHECK(of_claim("kron(A,B)*kron(C,D) == kron(A*C,B*D)") == "A is m×n, B is p×q, C is n×r, D is q×s");
  CHECK(of_claim("inv(A)*B == A\\B") == "A is m×m, B is m×n");
}

TEST_CASE("a lower-case name is a scalar where nothing else fits, or a scalar result asks for it", "[syntax]") {
  CHECK(of_expression("norm2(y-X*b)^2 + lambda*norm2(b)^2") == "y is m×1, X is m×n, b is n×1, lambda is a scalar");
  CHECK(of_expression("x'*A*x + b'*x + c") == "x is n×1, A is n×n, b is n×1, c is a scalar");
  CHECK(of_expression("a*x") == "a is a scalar, x is n×1");
  CHECK(of_expression("x^2") == "x is a scalar");
}

TEST_CASE("names that stand for sizes are sizes", "[syntax]") {
  CHECK(of_claim("commutation_matrix(m,n)*vec(A) == vec(A')") == "A is m×n, m is a size, n is a size");
  CHECK(of_claim("commutation_matrix(n,m)*vec(A) == vec(A')") == "A is n×m, n is a size, m is a size");
  CHECK(of_expression("sum((Z - ones(N,1)*mean(Z,1)).^2)/N") == "Z is N×n, N is a size");
}

TEST_CASE("unknown functions of one argument are elementwise", "[syntax]") {
  CHECK(of_expression("sum(f(A*x))") == "A is m×n, x is n×1, f is an elementwise function");
  CHECK(of_expression("f'(x).*x") == "x is n×1, f is an elementwise function");
}

TEST_CASE("constants without sizes fit in", "[syntax]") {
  CHECK(of_claim("A + I == I + A") == "A is n×n");
  CHECK(of_expression("log(det(A*A' + s*I))") == "A is m×n, s is a scalar");
}

TEST_CASE("what cannot be read is explained with the plainest reading", "[syntax]") {
  CHECK(of_claim("trace(A) == A*B + ones(2,3)") == "ill-typed");
  CHECK(of_expression("inv(x, y)") == "E-CALL-01");
}

TEST_CASE("a one-liner is derived by the names asked for, as gradient or Jacobian", "[syntax]") {
  TermPool pool;
  const test::SmallVocabulary small(pool);
  const auto gradient = read_expression(SourceText("-e", "x'*A*x"), {"x"}, small.vocabulary, pool);
  REQUIRE(gradient.ok());
  REQUIRE(gradient->derivatives.size() == 1);
  CHECK(gradient->derivatives[0].kind == DerivativeKind::Gradient);
  const auto jacobian = read_expression(SourceText("-e", "A*x"), {"x"}, small.vocabulary, pool);
  REQUIRE(jacobian.ok());
  CHECK(jacobian->derivatives[0].kind == DerivativeKind::Jacobian);
  const auto hessian = read_expression(SourceText("-e", "hess(x'*A*x, x)"), {}, small.vocabulary, pool);
  REQUIRE(hessian.ok());
  CHECK(hessian->derivatives[0].kind == DerivativeKind::Hessian);
  const auto wrong = read_expression(SourceText("-e", "x'*A*x"), {"X"}, small.vocabulary, pool);
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.errors()[0].repair == "x");
}
