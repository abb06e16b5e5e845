/// The plan: what is computed once, what is never formed, and what verification refuses.

#include <catch2/catch.hpp>

#include <algorithm>

#include "codegen/chain_order.hpp"
#include "codegen/identifier.hpp"
#include "codegen/lower.hpp"
#include "rulebook/rule_book.hpp"
#include "simplify/derive.hpp"
#include "syntax/elaborate.hpp"

using namespace dvec;
using Kind = InstructionKind;

namespace {

struct Planned {
  TermPool pool;
  RuleBook book = embedded_rule_book(pool);
  KernelPlan plan;

  explicit Planned(const std::string& text) {
    const SourceText source("test.dv", text);
    const Result<Program> program = read_program(source, book.vocabulary(), pool);
    if (!program) throw std::runtime_error(render(program.errors(), source));
    const Result<Answers> answers = derive(*program, book, pool);
    if (!answers) throw std::runtime_error(render(answers.errors(), source));
    Result<KernelPlan> lowered = lower(*program, *answers, pool, {.name = "test"});
    if (!lowered) throw std::runtime_error(render(lowered.errors(), source));
    plan = *lowered;
  }
  [[nodiscard]] std::ptrdiff_t count(Kind kind) const {
    return std::ranges::count_if(plan.instructions, [kind](const Instruction& i) { return i.kind == kind; });
  }
  [[nodiscard]] Instruction& first(Kind kind) { return *std::ranges::find(plan.instructions, kind, &Instruction::kind); }
};

const std::string kQuadratic = "dim N, p\nvar X(N,p), y(N), b(p)\nlet e = y - X*b\nlet R = e'*e\nderive grad(R, b)\n";

}  // namespace

TEST_CASE("a quadratic loss and its gradient take two products") { CHECK(Planned(kQuadratic).count(Kind::Product) == 2); }

TEST_CASE("the trace of a product is a sum of products of entries") {
  const Planned p("dim m, n\nvar A(m,n), B(n,m)\nlet t = trace(A*B)\noutput t\n");
  CHECK(p.count(Kind::Product) == 0);
  CHECK(p.count(Kind::Total) == 1);
}

TEST_CASE("a diagonal factor is a scaling") {
  const Planned p("dim m, n\nvar A(m,n), v(n)\noutput A*diag(v)\n");
  CHECK(p.count(Kind::Product) == 0);
  CHECK(p.count(Kind::Materialise) == 0);
}

TEST_CASE("a product with a column goes from the right") {
  const Planned p("dim m, n, k\nvar A(m,n), B(n,k), x(k)\noutput A*B*x\n");
  for (const Instruction& i : p.plan.instructions) CHECK(p.plan[i.result].shape.cols == p.pool.dims.one());
}

TEST_CASE("a Kronecker product times vec is two products") {
  const Planned p("dim m, n, p, q\nvar A(m,n), B(p,q), X(q,n)\noutput kron(A,B)*vec(X)\n");
  CHECK(p.count(Kind::Materialise) == 0);
  CHECK(p.count(Kind::Product) == 2);
}

TEST_CASE("a commutation matrix times vec is a transposition") {
  const Planned p("dim m, n\nvar A(m,n)\noutput commutation_matrix(m,n)*vec(A)\n");
  CHECK(p.count(Kind::Materialise) == 0);
}

TEST_CASE("an inverse in a product is a solve, by Cholesky where the matrix is spd") {
  const Planned p("dim n\nvar S(n,n) spd, A(n,n), x(n)\noutput inv(S)*x, inv(A)*x\n");
  CHECK(p.count(Kind::Invert) == 0);
  CHECK(p.count(Kind::Solve) == 2);
  CHECK(p.count(Kind::Factorise) == 2);
  for (const Instruction& i : p.plan.instructions)
    if (i.kind == Kind::Factorise)
      CHECK(i.decomposition == (p.plan[i.operands[0].value].name == "S" ? Decomposition::Cholesky : Decomposition::Lu));
}

TEST_CASE("one factorisation serves the solve and the determinant") {
  const Planned p("dim n\nvar S(n,n) spd, x(n)\nlet q = x'*inv(S)*x + logdet(S)\noutput q\n");
  CHECK(p.count(Kind::Factorise) == 1);
}

TEST_CASE("only what is asked for is computed") {
  const Planned p("dim m, n\nvar A(m,n), B(n,m)\nlet C = A*B\nlet s = sum(A(:))\noutput s\n");
  CHECK(p.count(Kind::Product) == 0);
}

TEST_CASE("a value and its transpose are computed once") {
  const Planned p("dim m, n\nvar A(m,n), B(n,m)\noutput A*B, B'*A'\n");
  CHECK(p.count(Kind::Product) == 1);
}

TEST_CASE("verification refuses an operand before its definition") {
  Planned p(kQuadratic);
  std::ranges::reverse(p.plan.instructions);
  const auto why = verify(p.plan);
  REQUIRE(why);
  CHECK(why->starts_with("no, because"));
}

TEST_CASE("verification refuses a value that is computed twice") {
  Planned p(kQuadratic);
  REQUIRE(p.plan.instructions.size() > 1);
  p.plan.instructions[1].result = p.plan.instructions[0].result;
  CHECK(verify(p.plan));
}

TEST_CASE("verification refuses a product that does not conform") {
  Planned p(kQuadratic);
  PlanOperand& first = p.first(Kind::Product).operands[0];
  first.transposed = !first.transposed;
  CHECK(verify(p.plan));
}

TEST_CASE("verification refuses a value that is read while it is written") {
  Planned p(kQuadratic);
  Instruction& i = p.first(Kind::Product);
  i.operands[1].value = i.result;
  CHECK(verify(p.plan));
}

TEST_CASE("verification refuses a diagonal matrix as a factor of a product") {
  Planned p("dim n, m\nvar A(n,m), B(n,n)\noutput B*A\n");
  CHECK_FALSE(verify(p.plan));
  p.plan.values[p.first(Kind::Product).operands[0].value.value].structure = Structure::Diagonal;
  CHECK(verify(p.plan));
}

TEST_CASE("verification refuses a plan that leaves an output out") {
  Planned p(kQuadratic);
  p.plan.instructions.pop_back();
  p.plan.steps.back().end -= 1;
  CHECK(verify(p.plan));
}

TEST_CASE("verification refuses a loop by columns around an instruction that needs all columns") {
  Planned p("dim N, p\nvar X(N,p), y(N), s(1,p)\nlet Z = X ./ (ones(N,1)*s)\nlet t = sum(Z,1)\nlet w = Z*t'\noutput Z, t, w\n");
  CHECK_FALSE(verify(p.plan));
  REQUIRE(p.count(Kind::Product) == 1);
  p.plan.steps = {{0, p.plan.instructions.size(), true, p.plan[p.plan.instructions[0].result].shape.cols}};
  CHECK(verify(p.plan));
}

TEST_CASE("a product with a column at its end goes from the right, one with a row at its front from the left") {
  const auto sizes = [](std::vector<double> d) {
    return ChainOrder(d.size() - 1, [d](std::size_t i, std::size_t k, std::size_t j) { return 2 * d[i] * d[k] * d[j]; });
  };
  CHECK(sizes({1000, 20, 23, 1}).split(0, 3) == 1);
  CHECK(sizes({1, 23, 20, 1000}).split(0, 3) == 2);
  CHECK(sizes({7, 7, 7, 7}).split(0, 3) == 1);  // a tie: the leftmost split
}

TEST_CASE("a block is read where it stands, and a block of a block is one block") {
  Planned p("dim m, n\nvar A(m,n), B(n,m)\nlet C = A(2:m,:)(:,2:n)*B(2:n,:)\noutput C\n");
  CHECK(p.count(Kind::Materialise) == 0);
  CHECK(p.count(Kind::Slice) == 2);
  for (const Instruction& i : p.plan.instructions)
    if (i.kind == Kind::Slice) CHECK(p.plan[i.result].storage == Storage::View);
}

TEST_CASE("blocks are put side by side in one matrix, and no selection is formed") {
  Planned p("dim m, n\nvar A(m,m), B(m,n)\nlet C = [A, B; B', zeros(n,n)]\noutput C\n");
  CHECK(p.count(Kind::Materialise) == 0);
  REQUIRE(p.count(Kind::Place) == 1);
  CHECK(p.first(Kind::Place).operands.size() == 3);
  CHECK_FALSE(verify(p.plan));
  p.first(Kind::Place).places.pop_back();
  CHECK(verify(p.plan));
}

TEST_CASE("numbers side by side are put in place, and a vector with one more entry") {
  const Planned p("dim n\nvar x(n)\noutput [1, 2; 3, 4], [x; 1]\n");
  CHECK(p.count(Kind::Materialise) == 0);
  CHECK(p.count(Kind::Place) == 2);
}

TEST_CASE("verification refuses a block beyond the end of the matrix") {
  Planned p("dim m, n\nvar A(m,n), B(m,n)\nlet C = [A, B]\noutput C\n");
  CHECK_FALSE(verify(p.plan));
  DimTable& dims = p.pool.dims;
  Instruction& place = p.first(Kind::Place);
  place.places.back().cols = dims.add(p.plan[place.result].shape.cols, dims.one());
  CHECK(verify(p.plan));
}

TEST_CASE("vech and its transpose are loops over a triangle") {
  Planned p("dim n\nvar A(n,n), B(n,n)\nlet s = vech(A)'*vech(B)\noutput s, duplication_matrix(n)'*vec(A)\n");
  CHECK(p.count(Kind::Materialise) == 0);
  CHECK(p.count(Kind::Product) == 0);
  CHECK(p.count(Kind::TriangleRows) == 3);
  CHECK_FALSE(verify(p.plan));
  p.first(Kind::TriangleRows).triangle = TriangleMap::ScatterBoth;
  CHECK(verify(p.plan));
}

TEST_CASE("chol and an inverse of a matrix declared spd share one factorisation") {
  const Planned p("dim n\nvar S(n,n) spd, x(n)\noutput chol(S), inv(S)*x\n");
  CHECK(p.count(Kind::Factorise) == 1);
}

TEST_CASE("a matrix that is not declared spd has its own factorisations for chol and for inv") {
  const Planned p("dim n\nvar A(n,n), x(n)\nlet S = A*A'\noutput chol(S), inv(S)*x\n");
  CHECK(p.count(Kind::Factorise) == 2);
}

TEST_CASE("a whole power is products, a power by a size is a function of the matrix") {
  const Planned p("dim n, k\nvar A(n,n)\noutput mpower(A,3), mpower(A,k)\n");
  CHECK(p.count(Kind::Product) == 2);
  CHECK(p.count(Kind::MatrixFunction) == 1);
}

TEST_CASE("names become identifiers") {
  CHECK(identifier("grad(R,G1)") == "grad_R_G1");
  CHECK(identifier("03_batchnorm") == "batchnorm");
  CHECK(identifier("γ") == "gamma");
  CHECK(identifier("e'*e") == "e_e");
  CHECK(identifier("?") == "x");
  Names names;
  CHECK(names.unique("class") == "class_");
  CHECK(names.unique("A") == "A");
  CHECK(names.unique("A") == "A_2");
}
