/// For each condition of a pattern, a term that violates only that condition.

#include <catch2/catch.hpp>

#include "rulebook/instantiate.hpp"
#include "term/term_print.hpp"
#include "tests/rule_session.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

constexpr const char* kNames =
    "dim p, q, r\n"
    "var X(p,q), Y(p,q), Z(q,r), w(p), v(1,q), P(q,q), Q(q,q), S(q,q) symmetric, M(q,q) spd, D(q,q) diagonal, s";

/// What `rule` makes of the term from left to right; empty when its pattern does not match.
std::string rewritten(const std::string& rule, const std::string& expression) {
  RuleSession t;
  const TermId term = t.term(kNames, expression);
  const Rule& r = t.rule(rule);
  const auto bindings = match(t.pool, r.form, term);
  if (!bindings) return "";
  CHECK(instantiate(t.pool, r.form, *bindings) == term);
  return print(t.pool, instantiate(t.pool, r.to, *bindings));
}

}  // namespace

TEST_CASE("a product in a pattern stands for longer products, the last variable for what is left") {
  CHECK(rewritten("transpose/of-product", "(X*Z)'") == "Z'*X'");
  CHECK(rewritten("transpose/of-product", "(X*P*Z)'") == "(P*Z)'*X'");
  CHECK(rewritten("inverse/cancels-left", "inv(P)*P*Q*Z") == "Q*Z");
  CHECK(rewritten("vec/of-triple-product", "vec(X*P*Q*Z)") == "kron((Q*Z)',X)*vec(P)");
}

TEST_CASE("a product in a pattern does not match a product with too few factors") {
  CHECK(rewritten("vec/of-triple-product", "vec(X*Z)").empty());
  CHECK(rewritten("vec/of-triple-product", "vec(X)").empty());
}

TEST_CASE("a variable that occurs twice stands for one term") {
  CHECK(rewritten("inverse/cancels-left", "inv(P)*P*Z") == "Z");
  CHECK(rewritten("inverse/cancels-left", "inv(P)*Q*Z").empty());
}

TEST_CASE("factors of a Hadamard product match in any order") {
  CHECK(rewritten("hadamard/row-scaling", "(w*ones(1,q)).*X") == "diag(w)*X");
  CHECK(rewritten("hadamard/row-scaling", "X.*(w*ones(1,q))") == "diag(w)*X");
  CHECK(rewritten("hadamard/row-scaling", "Y.*(w*ones(1,q)).*X") == "diag(w)*(X.*Y)");
  CHECK(rewritten("hadamard/row-scaling", "X.*Y").empty());
}

TEST_CASE("sizes bind: K(p,q) transposes p×q matrices only") {
  CHECK(rewritten("commutation/definition", "commutation_matrix(p,q)*vec(X)") == "vec(X')");
  CHECK(rewritten("commutation/definition", "commutation_matrix(q,p)*vec(X)").empty());
}

TEST_CASE("a column in a pattern is no matrix and no row") {
  CHECK(rewritten("kronecker/outer-product", "kron(w,v)").empty());  // v is no transpose
  CHECK(rewritten("kronecker/outer-product", "kron(w,w')") == "w*w'");
  CHECK(rewritten("kronecker/outer-product", "kron(X,w')").empty());
}

TEST_CASE("attributes of variables are required: a transpose is dropped for symmetric names only") {
  CHECK(rewritten("transpose/of-symmetric", "S'") == "S");
  CHECK(rewritten("transpose/of-symmetric", "M'") == "M");  // spd is symmetric
  CHECK(rewritten("transpose/of-symmetric", "P'").empty());
  CHECK(rewritten("transpose/of-symmetric", "(P+Q)'").empty());
}

TEST_CASE("the operator, the number and the function of a pattern are not variables") {
  CHECK(rewritten("inverse/of-transpose", "inv(P')") == "inv(P)'");
  CHECK(rewritten("inverse/of-transpose", "inv(P)").empty());
  CHECK(rewritten("trace/of-transpose", "det(P')").empty());
  CHECK(rewritten("inverse/push-through", "inv(eye(p)+X*Z*Z'*X')*X") == "X*inv(Z*Z'*X'*X+eye(q))");
  CHECK(rewritten("inverse/push-through", "inv(2*eye(p)+X*Z*Z'*X')*X").empty());
}

TEST_CASE("an operator's block binds sizes, and refuses arguments of other shapes") {
  RuleSession t;
  const TermId x = t.term(kNames, "X"), w = t.term(kNames, "w"), v = t.term(kNames, "v");
  const Shape square{t.pool.dims.symbol("p"), t.pool.dims.symbol("p")};
  Node like;
  like.op = Op::Diag;
  like.shape = square;
  const auto column = t.book.operator_block(t.pool, like, std::array{w});
  const auto row = t.book.operator_block(t.pool, like, std::array{v});
  REQUIRE(column);
  REQUIRE(row);
  CHECK(column->rule->name == "diagonal/diag");
  CHECK(row->rule->name == "diagonal/diag-of-row");
  CHECK_FALSE(t.book.operator_block(t.pool, like, std::array{x}));
}

TEST_CASE("a template with all its sizes 1 is a template of scalars") {
  RuleSession t;
  const Rule& r = t.rule("kronecker/right-factor");
  Bindings b;
  for (const std::string& d : r.dims) b.dims.emplace_back(d, t.pool.dims.one());
  const TermId s = t.term(kNames, "s");
  for (const SymbolId v : r.variables) CHECK(bind(t.pool, v, s, b));
  b.terms.emplace_back(r.upstream, s);
  CHECK(print(t.pool, instantiate(t.pool, r.adjoint, b)) == "s*s");
}
