#pragma once
/// Programs of the kinds that textbooks derive, each with several ways to write it.

#include <string>
#include <vector>

namespace dvec::test {

struct BaseProgram {
  std::string name, text;
};

inline const std::vector<BaseProgram>& base_programs() {
  static const std::vector<BaseProgram> all{
      {"least squares", R"(
dim N, p
var X(N,p), y(N), b(p)
let e = y - X*b
let R = e'*e/N
derive grad(R, b), jac(e, b), hess(R, b)
)"},
      {"ridge regression", R"(
dim n, p
var A(n,p), b(n), x(p), lambda
let r = A*x - b
let f = r'*r/2 + lambda/2*(x'*x)
derive grad(f, x), grad(f, lambda), grad(f, A), hess(f, x)
)"},
      {"matrix least squares", R"(
dim m, n, k
var A(m,n), X(n,k), B(m,k)
let f = trace((A*X - B)'*(A*X - B))
derive grad(f, X), grad(f, A), grad(f, B)
)"},
      {"quadratic form", R"(
dim n
var A(n,n), B(n,n), x(n), b(n)
let f = x'*A*x + x'*B*x + b'*x
derive grad(f, x), hess(f, x), grad(f, A)
)"},
      {"bilinear trace", R"(
dim m, n
var A(m,m), B(n,n), X(n,m), C(m,n)
let f = trace(A*X'*B*X) + trace(C*X)
derive grad(f, X), grad(f, A), grad(f, B)
)"},
      {"plain network", R"(
dim N, p1, p2
var X(N,p1), y(N), G1(p1,p2), G2(p2)
function a
let e = y - a(X*G1)*G2
let R = e'*e/N
derive grad(R, G1), grad(R, G2), grad(R, X)
)"},
      {"two layers with biases", R"(
dim N, p, q, r
var X(N,p), Y(N,r), W1(p,q), W2(q,r), b1(1,q), b2(1,r)
let Z1 = X*W1 + ones(N,1)*b1
let H1 = tanh(Z1)
let Z2 = H1*W2 + ones(N,1)*b2
let E = Z2 - Y
let R = trace(E'*E)/(2*N)
derive grad(R, W1), grad(R, b1), grad(R, W2), grad(R, b2)
)"},
      {"three opaque layers", R"(
dim N, p, q, r
var X(N,p), Y(N,1), W1(p,q), W2(q,r), W3(r,1)
function f
function g
let H1 = f(X*W1)
let H2 = g(H1*W2)
let e = H2*W3 - Y
let R = e'*e
derive grad(R, W1), grad(R, W2), grad(R, W3), grad(R, X)
)"},
      {"batch normalisation", R"(
dim N, p1, p2
var X(N,p1), y(N), G1(p1,p2), G2(p2)
var gamma(1,p2), beta(1,p2)
function a
let Z    = X*G1
let mu   = mean(Z,1)
let sd   = std(Z,0,1)
let Zhat = (Z - ones(N,1)*mu) ./ (ones(N,1)*sd)
let B    = kron(gamma, ones(N,1)) .* Zhat + kron(beta, ones(N,1))
let e    = y - a(B)*G2
let R    = e'*e/N
derive grad(R, gamma), grad(R, beta), grad(R, G1), grad(R, G2)
)"},
      {"layer normalisation", R"(
dim N, D
var x(N,D), gamma(1,D), beta(1,D), eps positive, dout(N,D)
let mu   = mean(x,2)
let sd   = sqrt(var(x,1,2) + eps)
let xhat = (x - mu) ./ sd
let out  = gamma .* xhat + beta
let L    = sum(dout .* out)
derive grad(L, x), grad(L, gamma), grad(L, beta)
)"},
      {"Gaussian likelihood", R"(
dim N, p
var Y(N,p), mu(p), S(p,p) spd
let E = Y - ones(N,1)*mu'
let l = -N*p/2*log(2*pi) - N/2*logdet(S) - trace(E*inv(S)*E')/2
derive grad(l, mu), grad(l, S), hess(l, mu)
)"},
      {"Wishart likelihood", R"(
dim p
var W(p,p) spd, V(p,p) spd, nu positive
let m = nu - p - 1
let l = m/2*logdet(W) - nu/2*logdet(V) - trace(inv(V)*W)/2
derive grad(l, V), grad(l, W), grad(l, nu)
)"},
      {"factor analysis", R"(
dim p, k
var L(p,k), psi(p) positive, C(p,p) spd
let S = L*L' + diag(psi)
let F = logdet(S) + trace(inv(S)*C)
derive grad(F, L), grad(F, psi), grad(F, C)
)"},
      {"Gaussian process", R"(
dim n
var Q(n,n) symmetric, y(n), s2 positive, len positive, noise positive
let C = exp(-Q/(2*len^2))
let K = s2*C + noise*eye(n)
let l = -y'*inv(K)*y/2 - logdet(K)/2
derive grad(l, s2), grad(l, len), grad(l, noise), grad(l, y)
)"},
      {"Kullback-Leibler of Gaussians", R"(
dim p
var S1(p,p) spd, S2(p,p) spd, m1(p), m2(p)
let d = m1 - m2
let f = trace(inv(S2)*S1)/2 + d'*inv(S2)*d/2 - p/2 + logdet(S2)/2 - logdet(S1)/2
derive grad(f, S1), grad(f, S2), grad(f, m1), grad(f, m2)
)"},
      {"vector autoregression", R"(
dim T, m, q
var Y(T,m), Z(T,q), c(m), A(m,q), S(m,m) spd
let U = Y - ones(T,1)*c' - Z*A'
let l = -T/2*logdet(S) - trace(U*inv(S)*U')/2
derive grad(l, c), grad(l, A), grad(l, S), hess(l, A)
)"},
      {"logistic regression", R"(
dim N, k
var X(N,k), b(k), y(N)
let t = X*b
let p = sigmoid(t)
let l = y'*t - sum(softplus(t))
derive grad(l, b), hess(l, b)
)"},
      {"softmax regression", R"(
dim N, k, m
var X(N,k), B(k,m), Y(N,m)
let H = X*B
let P = softmax(H, 2)
let l = sum(Y .* H) - sum(logsumexp(H, 2))
derive grad(l, B), grad(l, X)
)"},
      {"attention", R"(
dim n, m, d, dv
var Q(n,d), K(m,d), V(m,dv), dO(n,dv)
let S = Q*K'/sqrt(d)
let A = softmax(S, 2)
let O = A*V
let L = sum(dO .* O)
derive grad(L, Q), grad(L, K), grad(L, V)
)"},
      {"recurrent cell", R"(
dim N, k, m
var x(N,k), h(N,m), Wz(k,m), Wc(k,m), Uz(m,m), Uc(m,m), bz(1,m), bc(1,m), dnew(N,m)
let z   = sigmoid(x*Wz + h*Uz + ones(N,1)*bz)
let c   = tanh(x*Wc + h*Uc + ones(N,1)*bc)
let new = (1 - z) .* h + z .* c
let L   = sum(dnew .* new)
derive grad(L, Wz), grad(L, Wc), grad(L, Uz), grad(L, Uc), grad(L, bz), grad(L, bc), grad(L, x), grad(L, h)
)"},
      {"Jacobians of products", R"(
dim m, n, p, q
var A(m,n), X(n,p), B(p,q), C(m,q)
let F = A*X*B + C
derive jac(F, X), jac(F, A), jac(F, B)
)"},
      {"Jacobians with Kronecker products", R"(
dim m, n, p, q
var A(m,n), X(p,q), Y(p,q)
let F = kron(A, X + Y)
let G = X*X' + Y*Y'
derive jac(F, X), jac(F, A), jac(G, X), jac(X', X)
)"},
      {"determinant of a form", R"(
dim n, k
var A(n,n) symmetric, B(n,n) symmetric, X(n,k)
let M = X'*A*X + X'*B*X
let f = logdet(M)
derive grad(f, X), grad(f, A)
)"},
      {"weighted factorisation", R"(
dim m, n, k
var T(m,n), M(m,n), U(m,k), V(n,k), alpha, beta
let E = M .* (T - U*V')
let f = trace(E'*E)/2 + alpha*trace(U'*U) + beta*trace(V'*V)
derive grad(f, U), grad(f, V), grad(f, T), grad(f, M), grad(f, alpha)
)"},
      {"Rayleigh quotient", R"(
dim n
var A(n,n) symmetric, B(n,n) spd, x(n)
let u = x'*A*x
let v = x'*B*x
let f = u/v
derive grad(f, x), grad(f, A), grad(f, B)
)"},
      {"scalars of several kinds", R"(
dim n
var x(n), y(n), a, b, c
let f = a*b*(x'*y) + a*c*(x'*x) + b^2*c
derive grad(f, x), grad(f, y), grad(f, a), grad(f, b), grad(f, c), hess(f, x)
)"},
      {"Hadamard products", R"(
dim m, n
var A(m,n), B(m,n), C(m,n), u(m), v(n)
let F = A .* B + A .* C
let f = u'*F*v + sum(F .* F)
derive grad(f, A), grad(f, B), grad(f, C), grad(f, u), grad(f, v)
)"},
      {"sandwich of inverses", R"(
dim n, m
var A(n,n) nonsingular, B(n,m), C(m,n)
let M = C*inv(A)*B
let f = trace(M'*M)
derive grad(f, A), grad(f, B), grad(f, C)
)"},
      {"residual blocks", R"(
dim N, p
var X(N,p), W1(p,p), W2(p,p), T(N,p)
let H1 = X + tanh(X*W1)
let H2 = H1 + tanh(H1*W2)
let E = H2 - T
let R = sum(E .* E)/N
derive grad(R, W1), grad(R, W2), grad(R, X)
)"},
      {"Hessian of a sum of exponentials", R"(
dim m, n
var A(m,n), x(n), b(m), c(n)
let z = A*x + b
let f = sum(exp(z)) + c'*x
derive grad(f, x), hess(f, x), grad(f, A), hess(f, b)
)"},
      {"generalised least squares", R"(
dim n, k
var X(n,k), y(n), b(k), V(n,n) spd
let u = y - X*b
let f = u'*inv(V)*u/2 + logdet(V)/2
derive grad(f, b), hess(f, b), grad(f, V), grad(f, X)
)"},
      {"projector", R"(
dim n, k
var X(n,k), y(n)
let G = X'*X
let e = y - X*inv(G)*(X'*y)
let f = e'*e
derive grad(f, y), grad(f, X)
)"},
  };
  return all;
}

}  // namespace dvec::test
