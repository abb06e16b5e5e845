#include "check/interpret.hpp"

#include <catch2/catch.hpp>

#include "tests/check/program.hpp"

using namespace dvec;
using dvec::test::Prepared;

namespace {

using Rows = std::vector<std::vector<double>>;

Matrix<double> matrix(const Rows& rows) {
  Matrix<double> out(rows.size(), rows.front().size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = 0; j < rows[i].size(); ++j) out(i, j) = rows[i][j];
  return out;
}

DataSet data_for(Prepared& p, const std::map<std::string, Rows>& values) {
  std::map<SymbolId, Matrix<double>> given;
  for (const SymbolId s : p.program.variables) given.emplace(s, matrix(values.at(p.pool.symbols[s].name)));
  auto data = fit_data(p.pool, given);
  if (!data) throw std::runtime_error(render(data.errors(), p.source));
  return std::move(*data);
}

void is(Prepared& p, const std::string& name, const DataSet& data, const Rows& expected) {
  INFO(name);
  const auto got = p.value(p.term(name), data);
  REQUIRE(got.ok());
  const Matrix<double> want = matrix(expected);
  REQUIRE(got->rows() == want.rows());
  REQUIRE(got->cols() == want.cols());
  for (std::size_t k = 0; k < want.size(); ++k) CHECK((*got)[k] == Approx(want[k]).epsilon(1e-15).margin(1e-15));
}

Diagnostic error_of(Prepared& p, const std::string& name, const DataSet& data) {
  const auto got = p.value(p.term(name), data);
  REQUIRE_FALSE(got.ok());
  return got.errors().front();
}

}  // namespace

TEST_CASE("products, ⊗, vec, diag and sums have the values that paper gives", "[check]") {
  Prepared p(
      "dim m, n\nvar A(m,n), v(n)\n"
      "let P = A*v\nlet Kv = kron(A, v')\nlet w = vec(A)\nlet D = A*diag(v)\nlet c = sum(A,1)\nlet r = sum(A,2)\n"
      "let t = commutation_matrix(m,n)*vec(A)\nlet s = trace(A'*A)\nlet g = diagvec(v*v')\nlet h = m*n + 1/n\n");
  const DataSet data = data_for(p, {{"A", {{1, 2, 3}, {4, 5, 6}}}, {"v", {{1}, {0}, {-2}}}});
  is(p, "P", data, {{-5}, {-8}});
  is(p, "Kv", data, {{1, 0, -2, 2, 0, -4, 3, 0, -6}, {4, 0, -8, 5, 0, -10, 6, 0, -12}});
  is(p, "w", data, {{1}, {4}, {2}, {5}, {3}, {6}});
  is(p, "t", data, {{1}, {2}, {3}, {4}, {5}, {6}});
  is(p, "D", data, {{1, 0, -6}, {4, 0, -12}});
  is(p, "c", data, {{5, 7, 9}});
  is(p, "r", data, {{6}, {15}});
  is(p, "s", data, {{91}});
  is(p, "g", data, {{1}, {0}, {4}});
  is(p, "h", data, {{6 + 1.0 / 3}});
}

TEST_CASE("inverse, determinant, elementwise functions and stop have the values that paper gives", "[check]") {
  Prepared p(
      "dim n\nvar A(n,n), x(n)\nfunction f(t) = t^2 + 1\n"
      "let B = inv(A)\nlet d = det(A)\nlet l = logdet(A)\nlet e = f(x)\nlet e1 = f'(x)\nlet q = x.^3\nlet u = relu(x)\n"
      "let s = stop(x) .* x\nlet g = abs(x)\nlet k = step(x)\n");
  const DataSet data = data_for(p, {{"A", {{1, 2}, {3, 4}}}, {"x", {{-2}, {3}}}});
  is(p, "B", data, {{-2, 1}, {1.5, -0.5}});
  is(p, "d", data, {{-2}});
  is(p, "l", data, {{0.6931471805599453}});
  is(p, "e", data, {{5}, {10}});
  is(p, "e1", data, {{-4}, {6}});
  is(p, "q", data, {{-8}, {27}});
  is(p, "u", data, {{0}, {3}});
  is(p, "s", data, {{4}, {9}});
  is(p, "g", data, {{2}, {3}});
  is(p, "k", data, {{0}, {1}});
}

TEST_CASE("a gradient's value is that of its closed form", "[check]") {
  Prepared p("dim m, n\nvar A(m,n), x(n), b(m)\nlet e = A*x - b\nlet R = e'*e\nderive grad(R, x), grad(R, A)\n");
  const DataSet data = data_for(p, {{"A", {{1, 2, 0}, {0, 1, 1}}}, {"x", {{1}, {1}, {2}}}, {"b", {{1}, {1}}}});
  is(p, "R", data, {{8}});
  is(p, "grad(R, x)", data, {{4}, {12}, {4}});
  is(p, "grad(R, A)", data, {{4, 4, 8}, {4, 4, 8}});
}

TEST_CASE("a function without a body has no value on data, and the message says how to give it one", "[check]") {
  Prepared p("dim n, m\nvar x(n), y(m)\nfunction a\nfunction b(t) = a(t) + t\nlet R = sum(b(x)) + sum(y)\n");
  const DataSet data = data_for(p, {{"x", {{1}, {2}}}, {"y", {{1}, {2}, {3}}}});
  const Diagnostic e = error_of(p, "R", data);
  CHECK(e.code == "E-EVAL-01");
  CHECK(e.message == "the function a has no body, so it has no values on data");
  CHECK(e.repair == "function a(x) = tanh(x)");
}

TEST_CASE("a term that is not defined on the data is named, innermost first", "[check]") {
  Prepared p(
      "dim n\nvar A(n,n), x(n)\nlet C = A + A\nlet R = x'*inv(C)*x\nlet l = sum(log(x - 1))\nlet d = 1/(sum(x) - 3)\n");
  const DataSet data = data_for(p, {{"A", {{1, 2}, {2, 4}}}, {"x", {{0.5}, {2.5}}}});
  const Diagnostic singular = error_of(p, "R", data);
  CHECK(singular.code == "E-EVAL-02");
  CHECK_THAT(singular.message, Catch::StartsWith("inv(C) (in R) is not defined on this data: a singular matrix"));
  CHECK_THAT(error_of(p, "l", data).message, Catch::StartsWith("log(x-ones(n,1)) (in l) is not defined on this data"));
  CHECK_THAT(error_of(p, "d", data).message, Catch::Contains("(in d) is not defined on this data"));
}

TEST_CASE("a size that no variable has must be given", "[check]") {
  Prepared p("dim n, k\nvar x(n)\nlet R = sum(x)*k\n");
  const Diagnostic e = error_of(p, "R", data_for(p, {{"x", {{1}, {2}}}}));
  CHECK(e.code == "E-EVAL-04");
  CHECK(e.message == "the size k has no value: no file determines it");
}

TEST_CASE("what is too large is refused before it is tried", "[check]") {
  Prepared p("dim m, n\nvar A(m,n)\nlet B = kron(A, A)\nlet s = sum(B)\n");
  const DataSet data = data_for(p, {{"A", {{1, 2, 3}, {4, 5, 6}}}});
  const TermId b = p.term("B");
  CHECK_THROWS_AS(interpret(p.pool, std::span(&b, 1), p.definitions, data, {.entries = 35}), LimitReached);
  CHECK(interpret(p.pool, std::span(&b, 1), p.definitions, data, {.entries = 36}).ok());
}
