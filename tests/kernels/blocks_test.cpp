/// Slices, triangles, factors and functions of matrices: kernels against the interpreter, and against their differences.

#include <catch2/catch.hpp>

#include <map>
#include <vector>

#include "tests/kernels/emitted_kernel.hpp"
#include "tests/run_dvec.hpp"

using namespace dvec::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kValues = R"(
dim m, n
var A(n,n), x(n), B(m,n), S(n,n) spd, E(n,n)
let low = tril(A*E)
let wide = tril(B)
let rows = A(2:n,:)
let middle = A(2:n-1,m:n)
let part = x(2:n)
let entry = A(2,3)
let half = vech(A)
let D = duplication_matrix(n)
let L = elimination_matrix(n)
let both = D'*vec(A)
let back = reshape(D*vech(A), n, n)
let square = D'*kron(A,E)*D
let lower = reshape(L'*vech(E), n, n)
let grid = [A, eye(n); B, zeros(m,n)] + [zeros(n+m,n), ones(n+m,n)]
let nested = [[A, E]; [B, B]](n:n+1,2:n)
let root = chol(S + A*A')
let generalised = pinv(B)
let power = mpower(A,m)
let cube = mpower(A,3)
let over = mpower(A,-2)
let grown = expm(A)
let along = expm(A,E)
output low, wide, rows, middle, part, entry, half, D, L, both, back, square, lower, grid, nested, root, generalised, power
output cube, over, grown, along
)";

const std::vector<std::string> kFields{"low",   "wide",   "rows", "middle", "part", "entry", "half",        "D",     "L",    "both", "back",
                                       "square", "lower", "grid", "nested", "root", "generalised", "power", "cube", "over", "grown", "along"};

}  // namespace

TEST_CASE("slices, blocks, triangles, factors and functions of matrices are those of the interpreter", "[kernels]") {
  const Folder folder;
  const std::map<std::string, std::string> data{
      {"A", "0.5,-0.3,0.8,0.1\n-0.7,0.4,0.2,-0.6\n0.9,0.3,-0.5,0.7\n-0.2,0.6,0.1,0.8\n"},
      {"E", "0.2,0.9,-0.4,0.3\n0.6,-0.8,0.5,0.1\n-0.1,0.7,0.4,-0.9\n0.3,-0.2,0.8,0.6\n"},
      {"S", "3,1,0,0.5\n1,4,0.25,0\n0,0.25,2,-0.5\n0.5,0,-0.5,5\n"},
      {"B", "0.7,-0.2,0.4,0.9\n-0.5,0.8,0.3,0.1\n"},
      {"x", "1\n-2\n3\n5\n"}};
  fs::create_directories(folder.path() / "expected");
  for (const auto& [name, text] : data) write_text(folder.path() / (name + ".csv"), text);
  write_text(folder.path() / "blocks.dv", kValues);
  const Run interpreted = run_dvec({"eval", (folder.path() / "blocks.dv").string(), "--data", folder.path().string(), "--out", (folder.path() / "expected").string()});
  INFO(interpreted.err);
  REQUIRE(interpreted.status == 0);

  write_text(folder.path() / "blocks.hpp", emit_text("blocks", kValues).header);
  std::string body;
  for (const auto& [name, text] : data)
    body += std::string("  const Eigen::") + (name == "x" ? "VectorXd " : "MatrixXd ") + name + " = read_csv(\"" + name + ".csv\");\n";
  body += "  const blocks::Result<double> r = blocks::evaluate<double>(A, x, B, S, E);\n";
  for (const std::string& f : kFields) body += "  compare(\"" + f + "\", matrix(r." + f + "), \"expected/" + f + ".csv\");\n";
  body += "  try {\n    blocks::evaluate<double>(A.topLeftCorner(2, 2), x.head(2), B.leftCols(2), S.topLeftCorner(2, 2), E.topLeftCorner(2, 2));\n"
          "  } catch (const std::invalid_argument& e) {\n    std::printf(\"%s\\n\", e.what());\n  }\n";
  write_text(folder.path() / "main.cpp", std::string("#include \"blocks.hpp\"\n") + kCompare + "int main() {\n" + body +
                                             "  std::printf(\"%d compared, %d wrong\\n\", compared, wrong);\n  return wrong;\n}\n");
  const Outcome compiled = compile(folder, "main.cpp", "-O1 -o main");
  INFO(compiled.output);
  REQUIRE(compiled.status == 0);
  CHECK(compiled.output.empty());
  const Outcome outcome = run("cd '" + folder.path().string() + "' && ./main");
  CHECK(outcome.output == "blocks: a slice of n-2 is empty\n" + std::to_string(kFields.size()) + " compared, 0 wrong\n");
}

TEST_CASE("derivatives through slices, blocks, triangles and factors pass the self-test; sizes without room are left out", "[kernels]") {
  const Folder folder;
  const EmittedKernel kernel = emit_text("triangles", R"(
dim m, n, k
var A(n,n), x(n), B(m,n), S(n,n) spd, s, r(1,n)
let f1 = sum(tril(A).^2) + sum(A(2:n,:).^3) + x(2)^2*x(3)
let f2 = x'*chol(S)*x
let f4 = trace(pinv(B)*B*A)
let f5 = x'*mpower(A,k)*x
let f6 = vech(A)'*vech(A*A)
let f7 = logdet([S, B'; B, -eye(m)])
let f8 = normF(relu(s)*r)
derive grad(f1,A), grad(f1,x), grad(f6,A), grad(f2,S), grad(f7,B), grad(f7,S), grad(f4,B), grad(f5,A), jac(vech(A*A),A), grad(f8,r)
)");
  write_text(folder.path() / "triangles.hpp", kernel.header);
  write_text(folder.path() / "test.cpp", kernel.self_test);
  const Outcome compiled = compile(folder, "test.cpp", "-O1 -o test");
  INFO(compiled.output);
  REQUIRE(compiled.status == 0);
  CHECK(compiled.output.empty());
  const Outcome outcome = run("'" + (folder.path() / "test").string() + "'");
  INFO(outcome.output);
  CHECK(outcome.status == 0);
  CHECK(outcome.output.find("left out") != std::string::npos);
  CHECK(outcome.output.find("WRONG") == std::string::npos);
}
