/// Emitted self-tests: every example's compiles without a warning and passes; of a wrong kernel it does not.

#include <catch2/catch.hpp>

#include <vector>

#include "tests/kernels/emitted_kernel.hpp"

using namespace dvec::test;

namespace {

/// Writes kernel and self-test, compiles, runs.
Outcome self_test(const EmittedKernel& kernel, const std::string& header) {
  const Folder folder;
  write_text(folder.path() / (kernel.stem + ".hpp"), header);
  write_text(folder.path() / "test.cpp", kernel.self_test);
  const Outcome compiled = compile(folder, "test.cpp", "-O1 -o test");
  INFO(compiled.output);
  REQUIRE(compiled.status == 0);
  CHECK(compiled.output.empty());
  return run("'" + (folder.path() / "test").string() + "'");
}

/// The text with one occurrence (the last) of a piece changed.
std::string changed(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t at = text.rfind(from);
  REQUIRE(at != std::string::npos);
  return std::string(text).replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("an example's self-test compiles without a warning and passes", "[kernels]") {
  const std::vector<std::string> examples{"01_least_squares", "02_plain_network", "03_batchnorm", "04_batchnorm_eps", "05_batchnorm_backward",
                                          "06_batchnorm_train", "07_batchnorm_test", "08_kronecker_jacobian", "09_stop_gradient"};
  for (const std::string& stem : examples) {
    const EmittedKernel kernel = emit_file("examples/" + stem + ".dv");
    const Outcome outcome = self_test(kernel, kernel.header);
    INFO(stem << "\n" << outcome.output);
    CHECK(outcome.status == 0);
    CHECK(outcome.output.find("WRONG") == std::string::npos);
  }
}

TEST_CASE("the self-test of a program without gradients says so", "[kernels]") {
  const EmittedKernel kernel = emit_file("examples/07_batchnorm_test.dv");
  CHECK(kernel.self_test.find("nothing to test") != std::string::npos);
}

TEST_CASE("a wrong kernel fails its self-test", "[kernels]") {
  const EmittedKernel kernel = emit_file("examples/01_least_squares.dv");
  SECTION("a sign is lost") { CHECK(self_test(kernel, changed(kernel.header, "Scalar(-2)", "Scalar(2)")).status == 1); }
  SECTION("a factor is lost") { CHECK(self_test(kernel, changed(kernel.header, "Scalar(-2)", "Scalar(-1)")).status == 1); }
}

TEST_CASE("a solve, a determinant and structured gradients pass the self-test", "[kernels]") {
  const EmittedKernel kernel = emit_text("covariance", R"(
dim n, m
var S(n,n) spd, x(n), A(n,n) nonsingular, B(n,m), W(n,n) symmetric
let q = x'*inv(S)*x + logdet(S)
let r = trace(inv(A)*B*B') + logdet(A)
let s = trace(W*B*B') + normF(W)^2
derive grad(q, S), grad(q, x), grad(r, A), grad(r, B), grad(s, W), grad(s, W, entries)
)");
  const Outcome outcome = self_test(kernel, kernel.header);
  INFO(outcome.output);
  CHECK(outcome.status == 0);
}

TEST_CASE("functions with a body, open functions, reserved and Greek names pass the self-test", "[kernels]") {
  const EmittedKernel kernel = emit_text("functions", R"(
dim m, n
dim k = 3
var A(m,n), v(n), new, j(k), γ(m-1)
function swish(x) = x/(1+exp(-x))
function a
function g(x) = a(x)^2 + softplus(x)
let f = sum(sum(swish(A)*diag(v))) + sum(γ.^2)/100000
let h = sum(g(A)*v) + new^3*sum(A(:)) + sum(j.^3)
derive grad(f, A), grad(f, v), grad(f, γ), grad(h, A), grad(h, v), grad(h, new), grad(h, j)
output diag(v), ones(m,n), commutation_matrix(m,n), kron(diag(v), A), A', A(:), sum(A,2)
)");
  const Outcome outcome = self_test(kernel, kernel.header);
  INFO(outcome.output);
  CHECK(outcome.status == 0);
}
