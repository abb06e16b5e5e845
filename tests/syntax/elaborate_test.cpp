#include <catch2/catch.hpp>

#include "small_vocabulary.hpp"
#include "syntax/elaborate.hpp"
#include "term/term_print.hpp"

using namespace dvec;

namespace {

const std::string kHead = "dim N, p, q\nvar X(N,p), Y(N,p), G(p,q), V(p,p), y(N), w(p), r(1,p), s, t\nvar S(p,p) "
                          "symmetric, L(p,p) lower\nfunction f\n";

/// Reads a program after kHead; its terms stay alive with it.
struct Read {
  TermPool pool;
  test::SmallVocabulary small{pool};
  SourceText source;
  Result<Program> program;

  explicit Read(const std::string& text, const std::string& head = kHead)
      : source("test", head + text), program(read_program(source, small.vocabulary, pool)) {
    INFO((program.ok() ? "" : render(program.errors(), source)));
    if (!program.ok()) return;
  }
  [[nodiscard]] std::string codes() const {
    std::string out;
    if (!program.ok())
      for (const Diagnostic& d : program.errors()) out += (out.empty() ? "" : " ") + d.code;
    return out;
  }
  /// The value of the let at this position.
  [[nodiscard]] TermId value(std::size_t i) const {
    REQUIRE(codes() == "");
    return program->lets.at(i).value;
  }
  [[nodiscard]] std::string shape(std::size_t i) const { return text(pool.shape(value(i)), pool.dims); }
};

/// Do two expressions elaborate to one term?
bool same(const std::string& a, const std::string& b) {
  const Read read("let a_ = " + a + "\nlet b_ = " + b);
  INFO(a + " and " + b + ": " + read.codes());
  return read.value(0) == read.value(1);
}

std::string printed(const std::string& a) {
  const Read read("let a_ = " + a);
  INFO((read.program.ok() ? "" : render(read.program.errors(), read.source)));
  return print(read.pool, read.value(0));
}

std::string shape(const std::string& a) { return Read("let a_ = " + a).shape(0); }
std::string codes(const std::string& text) { return Read(text).codes(); }

}  // namespace

TEST_CASE("a scalar is added to every entry", "[syntax]") {
  CHECK(same("X + 1", "X + ones(N,p)"));
  CHECK(same("s - X", "s*ones(N,p) - X"));
  CHECK_FALSE(same("s - X", "X - s*ones(N,p)"));
}

TEST_CASE("a scalar multiplies and divides anything, by whatever operator", "[syntax]") {
  CHECK(same("s*X", "X.*s"));
  CHECK(same("X/s", "X./s"));
  CHECK(same("X/s", "s\\X"));
  CHECK(same("X/2", "0.5*X"));
  CHECK(same("s./X", "s*X.^-1"));
  CHECK(shape("(y'*y)*X") == "N×p");
}

TEST_CASE("a row spreads down, a column along, and it is put on record", "[syntax]") {
  CHECK(same("X + r", "X + ones(N,1)*r"));
  CHECK(same("r - X", "ones(N,1)*r - X"));
  CHECK(same("X .* y", "X .* (y*ones(1,p))"));
  CHECK(same("X ./ r", "X ./ (ones(N,1)*r)"));
  CHECK(same("y ./ X", "(y*ones(1,p)) ./ X"));
  const Read read("let Z = X + (2*r)");
  REQUIRE(read.program->broadcasts.size() == 1);
  CHECK(read.program->broadcasts[0].text == "in Z at 5:13: (2*r) is 1×p, spread as ones(N,1)*(2*r)");
}

TEST_CASE("a row with a column, and other mismatches, are errors", "[syntax]") {
  CHECK(codes("let a = y + r") == "E-SHAPE-04");
  CHECK(codes("let a = y .* r") == "E-SHAPE-04");
  CHECK(codes("let a = X + G") == "E-SHAPE-01");
  CHECK(codes("let a = X * X") == "E-SHAPE-02");
  CHECK(codes("let a = X .* X'") == "E-SHAPE-03");
  CHECK(codes("let a = w + X") == "E-SHAPE-01");
}

TEST_CASE("constants without sizes take them from the context", "[syntax]") {
  CHECK(same("X + ones", "X + ones(N,p)"));
  CHECK(same("V + I", "V + eye(p)"));
  CHECK(same("V - s*I", "V - s*eye(p)"));
  CHECK(same("X - ones*r", "X - ones(N,1)*r"));
  CHECK(same("inv(V + s*I)*w", "inv(V + s*eye(p))*w"));
  CHECK(codes("let a = ones*3") == "E-SIZE-03");
  CHECK(codes("let a = X*ones") == "E-SIZE-03");
  CHECK(codes("let a = ones'*y") == "E-SIZE-03");  // any number of rows
  CHECK(codes("let a = X + I") == "E-SHAPE-01");
}

TEST_CASE("in a claim one side may fix the size of the other", "[syntax]") {
  const Read read("claim V == I\nclaim X == zeros");
  REQUIRE(read.codes() == "");
  CHECK(print(read.pool, read.program->claims[0].right) == "eye(p)");
  CHECK(print(read.pool, read.program->claims[1].right) == "zeros(N,p)");
}

TEST_CASE("sizes are polynomials, as sizes and as scalars", "[syntax]") {
  CHECK(shape("ones(N-1,2*p)") == "(N-1)×2*p");
  CHECK(same("ones(N+p,1)", "ones(p+N,1)"));
  CHECK(same("ones(p*(p+1)/2,1)", "ones((p^2+p)/2,1)"));
  CHECK(same("X/(N-1)", "(1/(N-1))*X"));
  CHECK(printed("s/(N-1)") == "s/(N-1)");
  CHECK(codes("let a = ones(s,1)") == "E-SIZE-01");
  CHECK(codes("let a = zeros(N/2,1)") == "");
  const Read fixed("let a = ones(n+1,m)", "dim n = 3\ndim m = 2*n\n");
  CHECK(fixed.shape(0) == "4×6");
  CHECK(fixed.program->dims.empty());
}

TEST_CASE("an assumption between sizes identifies them, wherever it stands", "[syntax]") {
  const Read read("let a = A*B", "dim m, n\nvar A(m,m), B(n,2)\nassume n == m\n");
  CHECK(read.shape(0) == "m×2");
  CHECK(read.program->dims == std::vector<std::string>{"m"});
  CHECK(read.program->assumptions.empty());
  const Read late("let a = A*B\nassume m == n+1", "dim m, n\nvar A(m,n+1), B(m,2)\n");
  CHECK(late.shape(0) == "(n+1)×2");
  CHECK(codes("assume N == p + 1; assume s > 0; assume N*p == q*q") == "");
  CHECK(Read("assume N >= 2; assume s > 0; assume N*p == q*q").program->assumptions.size() == 3);
}

TEST_CASE("powers are entrywise for a point, for scalars, and with rational exponents", "[syntax]") {
  CHECK(printed("X.^2") == "X.^2");
  CHECK(same("sqrt(X)", "X.^(1/2)"));
  CHECK(same("s^-1", "1/s"));
  CHECK(same("X.^-0.5", "1./sqrt(X)") == false);  // (.)^(-1/2), and the inverse of a root, are equal by a rule
  CHECK(same("2.^X", "(2*ones(N,p)).^X"));
  CHECK(same("X.^s", "X.^(s)"));
  CHECK(same("2^3", "8"));
}

TEST_CASE("powers of a square matrix are products, negative ones of its inverse", "[syntax]") {
  CHECK(same("V^3", "V*V*V"));
  CHECK(same("V^-2", "inv(V)*inv(V)"));
  CHECK(same("V^0", "eye(p)"));
  CHECK(codes("let a = V^s") == "E-SHAPE-05");
  CHECK(codes("let a = X^2") == "E-SHAPE-05");
  CHECK(codes("let a = V^65") == "E-NUMBER-03");
}

TEST_CASE("matrix quotients are products with an inverse", "[syntax]") {
  CHECK(same("V\\w", "inv(V)*w"));
  CHECK(same("X/V", "X*inv(V)"));
  CHECK(codes("let a = X\\y") == "E-SHAPE-06");
  CHECK(codes("let a = s/V") == "E-SHAPE-06");
  CHECK(codes("let a = X/0") == "E-NUMBER-01");
}

TEST_CASE("primitive calls have the shapes of the language page", "[syntax]") {
  CHECK(shape("kron(X,G)") == "N*p×p*q");
  CHECK(shape("kron(y,w,r)") == "N*p×p");
  CHECK(shape("vec(X)") == "N*p×1");
  CHECK(same("X(:)", "vec(X)"));
  CHECK(same("X'(:)", "vec(X')"));
  CHECK(shape("diag(r)") == "p×p");
  CHECK(shape("diagvec(V)") == "p×1");
  CHECK(shape("sum(X)") == "1×1");
  CHECK(shape("sum(X,1)") == "1×p");
  CHECK(shape("sum(X,2)") == "N×1");
  CHECK(shape("commutation_matrix(N,p)*vec(X)") == "N*p×1");
  CHECK(shape("reshape(X,p,N)") == "p×N");
  CHECK(shape("X ⊗ Gᵀ") == "N*q×p^2");
  CHECK(same("eye(p)*w", "w"));
}

TEST_CASE("elementwise functions keep the shape, with derivative marks", "[syntax]") {
  CHECK(printed("f''(X)") == "f''(X)");
  CHECK(shape("f'(X)") == "N×p");
  CHECK(shape("exp'(r)") == "1×p");
  CHECK(codes("let a = trace'(V)") == "E-CALL-04");
  CHECK(printed("X'(1,2)") == "(X')(1,2)");
  CHECK(codes("let a = f(X,y)") == "E-CALL-01");
}

TEST_CASE("a function with a body is a scalar expression of its argument", "[syntax]") {
  const Read read("function swish(x) = x/(1+exp(-x))\nfunction g(u) = 2*swish'(u)^2 - pi\nlet a = g(X)");
  REQUIRE(read.codes() == "");
  CHECK(read.program->functions.size() == 3);
  CHECK(read.pool.functions[read.program->functions[1]].kind == ElementFunction::Kind::Defined);
  CHECK(codes("function g(x) = x*s") == "E-BODY-02");
  CHECK(codes("function g(x) = x'*x") == "E-BODY-01");
  CHECK(codes("function g(x) = foo(x)") == "E-NAME-01");
}

TEST_CASE("a program's own function hides one of the rule book, in this program only", "[syntax]") {
  const Read read("function sigmoid(x) = 1/(1+exp(-x))\nlet a = sigmoid(X)");
  REQUIRE(read.codes() == "");
  const FunctionId used = read.pool[read.value(0)].function;
  CHECK(used == read.program->functions[1]);
  CHECK(used != *read.pool.functions.find("sigmoid"));
}

TEST_CASE("derived operators are put in by shape and by literal arguments", "[syntax]") {
  CHECK(same("mean(X,1)", "sum(X,1)/N"));
  CHECK(same("mean(X)", "sum(X)/(N*p)"));
  CHECK(same("mean(y)", "sum(y)/N"));
  CHECK(same("norm2(r)", "sqrt(r*r')"));
  CHECK(same("dot(w,w)", "w'*w"));
  CHECK(same("std(X,1,1)", "sqrt(sum((X-ones(N,1)*(sum(X,1)/N)).^2,1)/N)"));
  CHECK(codes("let a = dot(w,y)") == "E-SHAPE-09");
  CHECK(codes("let a = mean(X,3)") == "E-SHAPE-09");
  CHECK(codes("let a = mean()") == "E-CALL-01");
}

TEST_CASE("a let is used by name, a macro is put in", "[syntax]") {
  const Read read("let Z = X*G\nlet T = Z'*Z\nlet quad(A,x) = x'*A*x\nlet b = quad(V, w+w)\nlet c = (w+w)'*V*(w+w)");
  CHECK(print(read.pool, read.value(1)) == "Z'*Z");
  CHECK(read.value(2) == read.value(3));
  CHECK(read.program->lets.size() == 4);
  CHECK(codes("let g(x) = g(x)\nlet a = g(y)") == "E-CALL-03");
  CHECK(codes("let g(x) = h(x)\nlet h(x) = g(x)\nlet a = h(y)") == "E-CALL-03");
  CHECK(codes("let g(x) = x\nlet a = g(y,y)") == "E-CALL-01");
}

TEST_CASE("macro arguments hide other names, and see none of the macro's", "[syntax]") {
  CHECK(Read("let g(y) = y'*y\nlet a = g(w)").value(0) == Read("let g(y) = y'*y\nlet a = g(w)").value(0));
  const Read read("let g(w) = X*w\nlet h(y) = g(y)\nlet a = h(r')\nlet b = X*r'");
  CHECK(read.value(0) == read.value(1));
}

TEST_CASE("a derivative is stood for by a symbol of its shape, equal requests by one", "[syntax]") {
  const Read read(
      "let R = w'*V*w\nlet F = X*w\nderive grad(R,w), grad(R, w), jac(F,w), hess(R,w), d(F,w,w), jac(grad(R,w),V)");
  REQUIRE(read.codes() == "");
  const Program& p = *read.program;
  REQUIRE(p.derivatives.size() == 5);
  CHECK(p.derive[0] == p.derive[1]);
  const auto symbol = [&](std::size_t i) { return read.pool.symbols[p.derivatives[i].result]; };
  CHECK(symbol(0).name == "grad(R,w)");
  CHECK(text(symbol(0).shape, read.pool.dims) == "p×1");
  CHECK(text(symbol(1).shape, read.pool.dims) == "N×p");
  CHECK(text(symbol(2).shape, read.pool.dims) == "p×p");
  CHECK(text(symbol(3).shape, read.pool.dims) == "N×1");
  CHECK(symbol(4).name == "jac(grad(R,w),V)");
  CHECK(text(symbol(4).shape, read.pool.dims) == "p×p^2");
}

TEST_CASE("the convention matters for structured variables only", "[syntax]") {
  const Read read("let R = w'*V*w + w'*S*w\nderive grad(R,V), grad(R,V,entries), grad(R,S), grad(R,S,entries), "
                  "grad(R,S,structured), grad(R,vech(S)), grad(w'*L*w,vech(L))");
  REQUIRE(read.codes() == "");
  const Program& p = *read.program;
  CHECK(p.derive[0] == p.derive[1]);
  CHECK(p.derive[2] != p.derive[3]);
  CHECK(p.derive[2] == p.derive[4]);
  CHECK(text(read.pool.shape(p.derive[5]), read.pool.dims) == text(read.pool.shape(p.derive[6]), read.pool.dims));
  CHECK(read.pool.symbols[p.derivatives[2].result].name == "grad(R,S,entries)");
  CHECK(codes("derive grad(w'*V*w, vech(V))") == "E-DERIV-03");
  CHECK(codes("derive grad(w'*V*w, V, free)") == "E-DERIV-02");
}

TEST_CASE("one differentiates scalars by variables and lets", "[syntax]") {
  CHECK(codes("derive grad(X*w, w)") == "E-SHAPE-10");
  CHECK(codes("derive grad(w'*w, 2*w)") == "E-DERIV-01");
  CHECK(codes("let B = X*w\nlet R = B'*B\nderive grad(R, B)") == "");
  CHECK(codes("let R = w'*w\nlet g = grad(R,w)\nderive grad(R, grad(R,w))") == "E-DERIV-01");
  CHECK(codes("derive d(w'*w, w, y)") == "E-SHAPE-12");
  CHECK(codes("var C(p,p) constant\nderive grad(w'*C*w, C)") == "E-DERIV-01");
}

TEST_CASE("a claim whose sides have no shape, or two, is ill-typed and no error", "[syntax]") {
  const Read read("claim X == X'\nclaim X*X == X expect ill-typed\nclaim X == Y");
  REQUIRE(read.codes() == "");
  const auto& claims = read.program->claims;
  REQUIRE(claims[0].ill_typed.size() == 1);
  CHECK(ill_typed_reason(claims[0]) == "N×p against p×N");
  CHECK(claims[1].ill_typed[0].code == "E-SHAPE-02");
  CHECK(claims[1].expected == Verdict::IllTyped);
  CHECK(claims[2].ill_typed.empty());
  CHECK(claims[2].left != claims[2].right);
}

TEST_CASE("a misspelt name in a claim is an error, not an ill-typed claim", "[syntax]") {
  CHECK(codes("claim Xx == X expect ill-typed") == "E-NAME-01");
}

TEST_CASE("names are declared once, before their use, and misspelt ones are guessed", "[syntax]") {
  CHECK(codes("var X(N)") == "E-NAME-02");
  CHECK(codes("let p = 3") == "E-NAME-02");
  CHECK(codes("let a = b\nlet b = X") == "E-NAME-01");
  const Read read("let Zhat = X\nlet a = Zaht*G");
  REQUIRE(read.codes() == "E-NAME-01");
  CHECK(read.program.errors()[0].repair == "Zhat");
}

TEST_CASE("what was not understood is not complained of twice", "[syntax]") {
  CHECK(codes("let a = X*X\nlet b = a + y\nderive grad(b'*b, w)\nclaim b == a") == "E-SHAPE-02");
}

TEST_CASE("attributes are checked", "[syntax]") {
  const Read read("", "dim n\nvar A(n,n) spd, B(n,n) lower nonsingular, x(n) positive\n");
  REQUIRE(read.codes() == "");
  CHECK(text(read.pool.symbols[read.program->variables[1]].attributes) == "lower nonsingular");
  CHECK(codes("var Q(N,p) spd") == "E-SHAPE-13");
  CHECK(codes("var Q(N,p) possitive") == "E-NAME-04");
}

TEST_CASE("slices are products with columns of the identity, and print as slices", "[syntax]") {
  CHECK(printed("X(1,2)") == "X(1,2)");
  CHECK(shape("X(1,2)") == "1×1");
  CHECK(printed("X(:,1)") == "X(:,1)");
  CHECK(shape("X(2:3,:)") == "2×p");
  CHECK(shape("X(2:end,:)") == "(N-1)×p");
  CHECK(printed("X(end-1,:)") == "X(N-1,:)");
  CHECK(printed("y(3)") == "y(3,:)");
  CHECK(shape("r(2)") == "1×1");
  CHECK(printed("X(:,:)") == "X");
  CHECK(shape("X(:)") == "N*p×1");
  CHECK(printed("(X*V)(1:2,1)") == "X(1:2,:)*V(:,1)");
  CHECK(codes("let a = X(0,1)") == "E-INDEX-01");
  CHECK(codes("let a = X(3:2,1)") == "E-INDEX-01");
  CHECK(codes("let a = X(N+1,1)") == "E-INDEX-02");
  CHECK(codes("let a = X(1)") == "E-INDEX-03");
  CHECK(codes("let a = X(1,2,3)") == "E-INDEX-03");
  CHECK(codes("let a = X(y,1)") == "E-SIZE-01");
}

TEST_CASE("a slice that the sizes decide is a condition on them", "[syntax]") {
  const Read read("let a = X(3,:)");
  REQUIRE(read.codes() == "");
  REQUIRE(read.program->assumptions.size() == 1);
  CHECK(read.program->assumptions[0].relation == "<=");
  CHECK(Read("let a = X(N,:)").program->assumptions.empty());
}

TEST_CASE("blocks conform by rows and by columns, and print as they were written", "[syntax]") {
  CHECK(printed("[X, X]") == "[X, X]");
  CHECK(shape("[X, X; X, X]") == "2*N×2*p");
  CHECK(printed("[X, y; X, y]") == "[X, y; X, y]");
  CHECK(printed("[X; r]") == "[X; r]");
  CHECK(printed("[1, 2; -3, 4]") == "[1, 2; -3, 4]");
  CHECK(printed("[V, zeros(p,p); zeros(p,p), V]") == "[V, zeros(p,p); zeros(p,p), V]");
  CHECK(codes("let a = [X, V]") == "E-SHAPE-14");
  CHECK(codes("let a = [X; y]") == "E-SHAPE-14");
}

TEST_CASE("comparisons are steps of differences", "[syntax]") {
  CHECK(printed("X > 0") == "step(X)");
  CHECK(printed("X < 1") == "step(ones(N,p)-X)");
  CHECK(printed("X >= 0") == "ones(N,p)-step(-X)");
}

TEST_CASE("functions of matrices take a square matrix, and perhaps a direction", "[syntax]") {
  CHECK(printed("expm(V)") == "expm(V)");
  CHECK(printed("V^(1/2)") == "sqrtm(V)");
  CHECK(printed("V^N") == "V^N");
  CHECK(printed("mpower(V,2)") == "V*V");
  CHECK(printed("expm(V,V)") == "expm(V,V)");
  CHECK(shape("pinv(X)") == "p×N");
  CHECK(shape("duplication_matrix(p)") == "p^2×p*(p+1)/2");
  CHECK(shape("elimination_matrix(p)*vec(V)") == "p*(p+1)/2×1");
  CHECK(printed("elimination_matrix(p)*vec(V)") == "vech(V)");
  CHECK(codes("let a = expm(X)") == "E-SHAPE-07");
  CHECK(codes("let a = expm(V,X)") == "E-SHAPE-12");
  CHECK(codes("let a = duplication_matrix(p)*vec(V)") == "E-SHAPE-02");
}

TEST_CASE("an expression of a rule is elaborated in a scope of its own, with slots", "[syntax]") {
  TermPool pool;
  const Vocabulary none;
  const SourceText declarations("r", "A(m,n), X(n,k)"), form("r", "A*[X]");
  Scope scope;
  for (const char* d : {"m", "n", "k"}) scope.bind(d, pool.dims.symbol(d));
  const auto vars = parse_variables(declarations, whole(declarations));
  REQUIRE(vars.ok());
  const auto& items = std::get<VarStatement>(vars->statements[0].what).items;
  const auto a = declare_variable(*vars, items[0], SymbolKind::Pattern, scope, pool);
  const auto x = declare_variable(*vars, items[1], SymbolKind::Pattern, scope, pool);
  REQUIRE((a.ok() && x.ok()));
  scope.bind("A", *a);
  scope.bind_slot("X", *x);
  const auto tree = parse_expression(form, whole(form), {.slots = true});
  REQUIRE(tree.ok());
  const auto term = elaborate_expression(*tree, scope, none, pool);
  REQUIRE(term.ok());
  CHECK(*term == pool.matmul(pool.symbol(*a), pool.symbol(*x)));
}
