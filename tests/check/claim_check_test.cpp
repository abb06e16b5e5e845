#include "check/claim_check.hpp"

#include <catch2/catch.hpp>

#include "tests/check/program.hpp"

using namespace dvec;
using dvec::test::Prepared;

namespace {

const std::string kLeastSquares = "dim m, n\nvar A(m,n), x(n), b(m), B(n,n), C(n,n)\nlet e = A*x - b\nlet R = e'*e/m\n";
const std::string kNetwork =
    "dim N, p1, p2\nvar X(N,p1), y(N), G1(p1,p2), G2(p2), gamma(1,p2), beta(1,p2)\nfunction a\n"
    "let Z = X*G1\nlet mu = mean(Z,1)\nlet sd = std(Z,0,1)\nlet Zhat = (Z - mu) ./ sd\nlet B = gamma .* Zhat + beta\n"
    "let e = y - a(B)*G2\nlet R = e'*e/N\nlet W = a'(B) .* (-2*e*G2')\n";

std::vector<ClaimVerdict> judge(const std::string& text) {
  Prepared p(text);
  return check_claims(p.pool, p.program, p.definitions, {}, &p.answers);
}

ClaimVerdict one(const std::string& prelude, const std::string& claim) {
  INFO(claim);
  const auto all = judge(prelude + "claim " + claim + "\n");
  REQUIRE(all.size() == 1);
  return all.front();
}

Verdict verdict(const std::string& prelude, const std::string& claim) { return one(prelude, claim).verdict; }

}  // namespace

TEST_CASE("a claim that holds by index form is true for all sizes", "[check]") {
  const ClaimVerdict v = one("dim m, n, k\nvar A(m,n), X(n,k), B(k,m)\n", "vec(A*X*B) == kron(B',A)*vec(X)");
  CHECK(v.verdict == Verdict::True);
  CHECK(v.certificate == "symbolic");
}

TEST_CASE("a claim that no rule reaches is decided by exact arithmetic, with its error bound", "[check]") {
  const ClaimVerdict v = one("dim m, n\nvar A(m,n), B(n,m)\n", "det(eye(m) + A*B) == det(eye(n) + B*A)");
  CHECK(v.verdict == Verdict::True);
  CHECK(v.certificate == "exact");
  CHECK_THAT(v.error_bound, Catch::StartsWith("2^-"));
  CHECK(v.points > 0);
  CHECK(v.sizes.size() >= 2);
}

TEST_CASE("a claim about a derivative is symbolic only when no step of the derivation rests on evaluation", "[check]") {
  Prepared p(kNetwork + "claim grad(R, beta) == mean(W, 1)\n");
  const auto certificate = [&](const Answers* answers) {
    return check_claims(p.pool, p.program, p.definitions, {}, answers).front().certificate;
  };
  CHECK(certificate(&p.answers) == "symbolic");
  CHECK(certificate(nullptr) == "exact");
  Answers weaker = p.answers;
  weaker.derivations.front().trace.steps.emplace_back().kind = StepKind::Exact;
  CHECK(certificate(&weaker) == "exact");
  weaker = p.answers;
  weaker.line_trace.steps.emplace_back().kind = StepKind::Exact;
  CHECK(certificate(&weaker) == "exact");
}

TEST_CASE("a refuted claim carries small sizes and values at which the sides differ", "[check]") {
  const ClaimVerdict v = one("dim n, m\nvar A(n,n), B(n,n)\n", "A*B == B*A");
  CHECK(v.verdict == Verdict::False);
  CHECK(v.certificate.empty());
  REQUIRE(v.witness);
  CHECK(v.witness->sizes.at("n") >= 2);
  CHECK(v.witness->sizes.at("n") <= 5);
  REQUIRE(v.witness->values.size() == 2);
  CHECK_FALSE(v.witness->left == v.witness->right);
}

TEST_CASE("gradients of least squares: the right one is true, its mutants are false", "[check]") {
  const auto is = [](const std::string& right) { return verdict(kLeastSquares, "grad(R, x) == " + right); };
  CHECK(is("2/m*A'*e") == Verdict::True);
  CHECK(is("-2/m*A'*e") == Verdict::False);
  CHECK(is("2*A'*e") == Verdict::False);
  CHECK(is("1/m*A'*e") == Verdict::False);
  CHECK(is("2/n*A'*e") == Verdict::False);
  CHECK(is("2/m*A'*(A*x + b)") == Verdict::False);
  CHECK(verdict(kLeastSquares, "2/m*A'*e == grad(R, x)") == Verdict::True);
  CHECK(verdict(kLeastSquares, "grad(R, x)' == 2/m*e'*A") == Verdict::True);
  CHECK(verdict(kLeastSquares, "grad(R, x)' == 2/m*e'*A*B") == Verdict::False);
  CHECK(verdict(kLeastSquares, "2*grad(R, x) == 4/m*A'*e") == Verdict::True);
  CHECK(verdict(kLeastSquares, "2*grad(R, x) == 2/m*A'*e") == Verdict::False);
}

TEST_CASE("gradients of the batch-normalised network: the right ones are true, their mutants are false", "[check]") {
  const auto gamma = [](const std::string& right) { return verdict(kNetwork, "grad(R, gamma) == " + right); };
  CHECK(gamma("sum(W .* Zhat, 1)/N") == Verdict::True);
  CHECK(gamma("sum(W .* Zhat, 1)") == Verdict::False);
  CHECK(gamma("-sum(W .* Zhat, 1)/N") == Verdict::False);
  CHECK(gamma("gamma .* sum(W .* Zhat, 1)/N") == Verdict::False);
  CHECK(gamma("sum(W .* Z, 1)/N") == Verdict::False);
  CHECK(gamma("mean(a(B) .* (-2*e*G2') .* Zhat, 1)") == Verdict::False);
  CHECK(verdict(kNetwork, "grad(R, beta) == mean(W, 1)") == Verdict::True);
  CHECK(verdict(kNetwork, "grad(R, beta) == mean(Zhat, 1)") == Verdict::False);
  const auto first = [](const std::string& right) { return verdict(kNetwork, "grad(R, G1) == " + right); };
  CHECK(first("X'*((gamma ./ sd) .* (W - mean(W,1) - Zhat .* sum(W .* Zhat, 1)/(N-1)))/N") == Verdict::True);
  CHECK(first("X'*((gamma ./ sd) .* (W - mean(W,1) - Zhat .* sum(W .* Zhat, 1)/N))/N") == Verdict::False);
  CHECK(first("X'*((gamma ./ sd) .* (W - mean(W,1)))/N") == Verdict::False);
  CHECK(first("X'*((gamma .* sd) .* (W - mean(W,1) - Zhat .* sum(W .* Zhat, 1)/(N-1)))/N") == Verdict::False);
}

TEST_CASE("a lost factor, a sign and a transpose are named, with the claim that would be true", "[check]") {
  const ClaimVerdict factor = one(kNetwork, "grad(R, gamma) == N*sum(W .* Zhat, 1)/N");
  CHECK(factor.verdict == Verdict::False);
  CHECK(factor.reason == "true up to the scalar factor 1/N");
  CHECK_FALSE(factor.repair.empty());
  CHECK(one(kLeastSquares, "grad(R, x) == -2/m*A'*e").reason == "true up to the sign");
  CHECK(one(kLeastSquares, "B'*C == C'*B").reason == "true up to transpose");
}

TEST_CASE("a vector that scales every column or row too much or too little is named", "[check]") {
  const ClaimVerdict extra = one(kNetwork, "grad(R, gamma) == gamma .* sum(W .* Zhat, 1)/N");
  CHECK(extra.reason == "extra factor gamma_j in column j");
  CHECK(extra.repair == "grad(R,gamma) == sum(W.*Zhat,1)/N");
  CHECK(one(kNetwork, "X'*(W .* gamma) == X'*W").reason == "missing factor gamma_j in column j");
  CHECK(one(kNetwork, "y .* Z == Z").reason == "missing factor y_i in row i");
  CHECK(one(kNetwork, "X == R*X").reason == "extra factor R");
  CHECK(one(kNetwork, "X == X .* X").reason.empty());
}

TEST_CASE("a derivative that is claimed wrongly is answered with the right one", "[check]") {
  const ClaimVerdict v = one(kLeastSquares, "grad(R, x) == 2/m*A'*(A*x + b)");
  CHECK(v.verdict == Verdict::False);
  CHECK(v.repair == "grad(R,x) == 2*A'*e/m");
}

TEST_CASE("a transposed factor is refused", "[check]") {
  CHECK(verdict(kLeastSquares, "grad(trace(B*C), B) == C'") == Verdict::True);
  CHECK(verdict(kLeastSquares, "grad(trace(B*C), B) == C") == Verdict::False);
}

TEST_CASE("!= is the contrary of ==", "[check]") {
  const ClaimVerdict differs = one(kLeastSquares, "B*C != C*B");
  CHECK(differs.verdict == Verdict::True);
  CHECK(differs.witness);
  const ClaimVerdict equal = one(kLeastSquares, "(B*C)' != C'*B'");
  CHECK(equal.verdict == Verdict::False);
  CHECK(equal.reason == "both sides are equal");
}

TEST_CASE("an ill-typed claim passes through with both shapes", "[check]") {
  const ClaimVerdict v = one(kNetwork, "grad(R, gamma) == X*G1");
  CHECK(v.verdict == Verdict::IllTyped);
  CHECK_THAT(v.reason, Catch::Contains("1×p2") && Catch::Contains("N×p2"));
}

TEST_CASE("the expected verdict of a claim is compared with its own", "[check]") {
  const auto v =
      judge(kLeastSquares +
            "claim B*C == C*B expect false\nclaim B*C == C*B expect true\nclaim B + C == C + B expect true\n" +
            "claim B + C == C + B expect false\nclaim B*C == A expect ill-typed\nclaim B*C == A expect false\n");
  REQUIRE(v.size() == 6);
  CHECK(v[0].as_expected);
  CHECK_FALSE(v[1].as_expected);
  CHECK(v[2].as_expected);
  CHECK_FALSE(v[3].as_expected);
  CHECK(v[4].as_expected);
  CHECK_FALSE(v[5].as_expected);
}

TEST_CASE("a Jacobian and a differential are tested as such", "[check]") {
  CHECK(verdict(kLeastSquares, "jac(B*x, B) == kron(x', eye(n))") == Verdict::True);
  CHECK(verdict(kLeastSquares, "jac(B*x, B) == kron(eye(n), x')") == Verdict::False);
  CHECK(verdict(kLeastSquares, "d(inv(B), B, C) == -inv(B)*C*inv(B)") == Verdict::True);
  CHECK(verdict(kLeastSquares, "d(inv(B), B, C) == inv(B)*C*inv(B)") == Verdict::False);
}

TEST_CASE("the same claim gives the same witness", "[check]") {
  const ClaimVerdict a = one(kLeastSquares, "B*C == C*B"), b = one(kLeastSquares, "B*C == C*B");
  REQUIRE(a.witness);
  REQUIRE(b.witness);
  CHECK(a.witness->left == b.witness->left);
  CHECK(a.witness->sizes == b.witness->sizes);
}
