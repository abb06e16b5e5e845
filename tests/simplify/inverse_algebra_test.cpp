/// Inverses in answers: no longer than a textbook's line, and every step to it holds for all sizes.

#include <catch2/catch.hpp>

#include <algorithm>

#include "network/index_form.hpp"
#include "simplify/cost.hpp"
#include "simplify/derive.hpp"
#include "term/term_print.hpp"
#include "tests/rule_session.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

using Lines = std::vector<std::string>;

/// Derives what the program asks for and holds each answer against a textbook's line, written in the program's names: equal
/// for all sizes, no longer, no line of its own needed; and no step of the derivation rests on evaluation at points.
void expect(const std::string& program, const Lines& textbook) {
  RuleSession s;
  std::string text = program + "output ";
  for (const std::string& line : textbook) text += (line == textbook.front() ? "" : ", ") + line;
  const Program p = s.read(text + "\n");
  Result<Answers> result = derive(p, s.book, s.pool);
  REQUIRE(result);
  const Answers& a = result.value();
  TermMap definitions;
  for (const Binding& b : p.lets) definitions[s.pool.symbol(b.name)] = b.value;
  for (const Binding& b : a.lines) definitions[s.pool.symbol(b.name)] = b.value;
  const auto symbolic = [&](const Trace& t) {
    for (const Step& step : t.steps)
      if (step.kind == StepKind::Exact) UNSCOPED_INFO(print(s.pool, step.before) + " to " + print(s.pool, step.after));
    return std::ranges::none_of(t.steps, [](const Step& step) { return step.kind == StepKind::Exact; });
  };
  CHECK(symbolic(a.line_trace));
  for (const Binding& b : a.lines) FAIL_CHECK("a line of its own: " + s.pool.symbols[b.name].name + " = " + print(s.pool, b.value));
  REQUIRE(a.derivations.size() == textbook.size());
  for (std::size_t i = 0; i < textbook.size(); ++i) {
    const Derivation& d = a.derivations[i];
    INFO(print(s.pool, d.result) + " against " + textbook[i]);
    CHECK(symbolic(d.trace));
    CHECK(cost(s.pool, d.result) <= cost(s.pool, p.outputs[i]));
    CHECK(same_index_form(s.pool, d.result, p.outputs[i], definitions) == SameForm::Yes);
  }
}

}  // namespace

TEST_CASE("ridge regression: the normal equations turn X'e into lambda*b") {
  expect("dim N, p\nvar X(N,p), y(N), lam positive\n"
                "let b = inv(X'*X + lam*eye(p))*X'*y\nlet e = y - X*b\nlet F = e'*e\n"
                "derive grad(F, lam), grad(F, y), jac(b, y), jac(b, lam)\n",
         {"2*lam*(b'*inv(lam*eye(p)+X'*X)*b)", "2*(e-lam*X*inv(lam*eye(p)+X'*X)*b)", "inv(lam*eye(p)+X'*X)*X'",
              "-inv(lam*eye(p)+X'*X)*b"});
}

TEST_CASE("kernel ridge regression: the residual is lambda times the dual weights") {
  expect("dim N, p\nvar X(N,p), y(N), lam positive\nlet K = X*X'\nlet a = inv(K + lam*eye(N))*y\nlet f = K*a\n"
                "derive grad((y-f)'*(y-f), y)\n",
         {"2*lam^2*inv(lam*eye(N)+K)*a"});
}

TEST_CASE("Tikhonov regularisation: by the envelope theorem the minimiser's own change drops out") {
  expect("dim n, p\nvar A(n,p), b(n), L(p,p) spd\nlet x = inv(A'*A+L)*A'*b\nlet F = (A*x-b)'*(A*x-b) + x'*L*x\n"
                "derive grad(F,b), grad(F,L), grad(F,A)\n",
         {"2*(b-A*x)", "x*x'", "2*(A*x-b)*x'"});
}

TEST_CASE("profile likelihood and generalised least squares: the estimate drops out") {
  expect("dim N, p\nvar X(N,p), y(N), V(N,N) spd\nlet b = inv(X'*inv(V)*X)*X'*inv(V)*y\nlet e = y - X*b\n"
                "let F = e'*inv(V)*e\nderive grad(F, y), grad(F, V), grad(F, X), jac(b, y)\n",
         {"2*inv(V)*e", "-inv(V)*e*e'*inv(V)", "-2*inv(V)*e*b'", "inv(X'*inv(V)*X)*X'*inv(V)"});
}

TEST_CASE("weighted least squares: by the weights, squared residuals; the estimate moves with the residuals") {
  expect("dim N, p\nvar X(N,p), y(N), w(N) positive\nlet b = inv(X'*diag(w)*X)*X'*diag(w)*y\nlet e = y - X*b\n"
                "let F = e'*diag(w)*e\nderive grad(F, w), grad(F, y), jac(b, w)\n",
         {"e.^2", "2*w.*e", "inv(X'*diag(w)*X)*X'*diag(e)"});
}

TEST_CASE("restricted likelihood: the score in terms of P") {
  expect("dim N, p\nvar X(N,p), y(N), V(N,N) spd\n"
                "let P = inv(V) - inv(V)*X*inv(X'*inv(V)*X)*X'*inv(V)\n"
                "let l = -logdet(V)/2 - logdet(X'*inv(V)*X)/2 - y'*P*y/2\nderive grad(l, V), grad(l, y)\n",
         {"(P*y*y'*P-P)/2", "-P*y"});
}

TEST_CASE("Kalman filter: the posterior covariance by prior, noise and observation") {
  expect("dim n, m\nvar P(n,n) spd, H(m,n), R(m,m) spd\nlet K = P*H'*inv(H*P*H' + R)\nlet Pp = (eye(n) - K*H)*P\n"
                "derive grad(trace(Pp), P), grad(trace(Pp), R), grad(trace(Pp), H)\n",
         {"(eye(n)-K*H)'*(eye(n)-K*H)", "K'*K", "-2*K'*Pp"});
}

TEST_CASE("Kalman filter, information form") {
  expect("dim n, m\nvar P(n,n) spd, H(m,n), R(m,m) spd\nlet Q = inv(inv(P) + H'*inv(R)*H)\n"
                "derive grad(trace(Q), P), grad(trace(Q), R), grad(logdet(Q), P)\n",
         {"inv(P)*Q*Q*inv(P)", "inv(R)*H*Q*Q*H'*inv(R)", "inv(P)*Q*inv(P)"});
}

TEST_CASE("Riccati map: by the value matrix, the closed loop on either side") {
  expect("dim n, m\nvar A(n,n), B(n,m), P(n,n) symmetric, R(m,m) spd, Q(n,n) spd\n"
                "let F = A'*P*A - A'*P*B*inv(R+B'*P*B)*B'*P*A + Q\nderive grad(trace(F), P)\n",
         {"(A-B*inv(B'*P*B+R)*B'*P*A)*(A-B*inv(B'*P*B+R)*B'*P*A)'"});
}

TEST_CASE("Woodbury is read backwards where the sum is inverted already") {
  expect("dim n, k\nvar A(n,n) spd, U(n,k), C(k,k) spd\n"
                "derive grad(logdet(A)+logdet(C)+logdet(inv(C)+U'*inv(A)*U), C)\n",
         {"U'*inv(U*C*U'+A)*U"});
}

TEST_CASE("Woodbury is not read backwards where that would invert what may be singular") {
  expect("dim m, n\nvar A(m,m) nonsingular, B(m,n), C(n,m), D(n,n)\nlet S = D - C*inv(A)*B\n"
                "let F = logdet(A) + logdet(S)\nderive grad(F, A)\n",
         {"(inv(A)*B*inv(S)*C*inv(A)+inv(A))'"});
}

TEST_CASE("Cayley transform: F + I is twice the inverse") {
  expect("dim n\nvar X(n,n), A(n,n)\nlet F = (eye(n)-X)*inv(eye(n)+X)\nderive jac(F, X), grad(trace(A*F), X)\n",
         {"-2*kron(inv(X+eye(n))',inv(X+eye(n)))", "(-2*inv(X+eye(n))*A*inv(X+eye(n)))'"});
}

TEST_CASE("projection on a column space: P*P = P, the residual is orthogonal to it") {
  expect("dim m, n\nvar P(m,n), a(m), b(m)\nlet H = P*inv(P'*P)*P'\nlet r = a - H*a\n"
                "derive grad(a'*H*b, a), grad(a'*P*inv(P'*P)*P'*b, b), grad(r'*r, a), grad(r'*r, P)\n",
         {"H*b", "H*a", "2*r", "-2*r*a'*P*inv(P'*P)"});
}

TEST_CASE("Bayesian linear regression: evidence by precision and noise") {
  expect("dim N, p\nvar X(N,p), y(N), A(p,p) spd, s positive\nlet S = inv(A + s*X'*X)\nlet m = s*S*X'*y\n"
         "let ev = logdet(A)/2 + N/2*log(s) - s*(y-X*m)'*(y-X*m)/2 - m'*A*m/2 + logdet(S)/2\nderive grad(ev, A), grad(ev, y)\n",
         {"(inv(A)-m*m'-S)/2", "s*(X*m-y)"});
}

TEST_CASE("Stein loss by the free entries of the estimate") {
  expect("dim n\nvar S(n,n) spd, T(n,n) spd\nlet F = trace(S*inv(T))-logdet(S*inv(T))-n\n"
                "derive grad(F, vech(T)), grad(F, S)\n",
         {"duplication_matrix(n)'*vec(inv(T)-inv(T)*S*inv(T))", "inv(T)-inv(S)"});
}

TEST_CASE("inverses and determinants of diagonal matrices are taken entry by entry") {
  expect("dim n\nvar v(n) positive, w(n), X(n,n) diagonal, s positive\n"
                "derive grad(logdet(diag(v)), v), grad(w'*inv(diag(v))*w, v), grad(trace(inv(diag(v))*diag(w)), v)\n"
                "derive grad(logdet(X*X), X), grad(logdet(s*diag(v)), s)\n",
         {"1./v", "-w.^2./v.^2", "-w./v.^2", "2*inv(X)", "n/s"});
}

TEST_CASE("matrix normal: traces of a symmetric matrix with its inverse are sizes") {
  expect("dim n, p\nvar X(n,p), M(n,p), U(n,n) spd, V(p,p) spd\nlet E = X - M\n"
                "let l = -logdet(kron(V,U))/2 - vec(E)'*inv(kron(V,U))*vec(E)/2\nderive grad(l,U), grad(l,V)\n",
         {"(inv(U)*E*inv(V)*E'*inv(U)-p*inv(U))/2", "(inv(V)*E'*inv(U)*E*inv(V)-n*inv(V))/2"});
}

TEST_CASE("multivariate normal density: the density itself stands in its derivatives") {
  expect("dim n\nvar x(n), m(n), S(n,n) spd\nlet e = x - m\nlet F = exp(-0.5*e'*inv(S)*e)/sqrt(det(S))\n"
                "derive grad(F,S), grad(F,m), hess(F,m)\n",
         {"F*(inv(S)*e*e'*inv(S)-inv(S))/2", "F*inv(S)*e", "F*(inv(S)*e*e'*inv(S)-inv(S))"});
}

TEST_CASE("an inverse of a sum and its terms: the shorter of the two") {
  expect("dim n\nvar A(n,n), B(n,n)\nlet S = inv(A+B)\nderive grad(trace(S*A), A)\n",
         {"(S*B*S)'"});
  expect("dim n, m\nvar A(m,n), B(n,m), C(m,m)\nderive grad(trace(C*inv(eye(m)+A*B)*A*B), C)\n",
         {"eye(m)-inv(A*B+eye(m))'"});
}
