#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "tests/run_dvec.hpp"

using namespace dvec::test;
using Json = nlohmann::json;

namespace {

constexpr const char* kSquares = "dim n\nvar x(n), A(n,n)\nlet f = x'*A*x\nderive grad(f, x)\n";

}  // namespace

TEST_CASE("a derivative that is found and checked ends in 0") {
  const Run run = run_dvec({"derive", "-"}, kSquares);
  CHECK(run.status == 0);
  CHECK(run.out.find("(A + Aᵀ)·x") != std::string::npos);
  CHECK(run.err.empty());
}

TEST_CASE("a shape error ends in 2, with the place on standard error") {
  const Run run = run_dvec({"derive", "-"}, "dim n, m\nvar A(n,m)\nlet f = trace(A*A)\nderive grad(f, A)\n");
  CHECK(run.status == 2);
  CHECK(run.out.empty());
  CHECK(run.err.starts_with("<stdin>:3:"));
}

TEST_CASE("the same error is an object in JSON") {
  const Run run = run_dvec({"derive", "-", "--format", "json"}, "dim n, m\nvar A(n,m)\nlet f = trace(A*A)\nderive grad(f, A)\n");
  CHECK(run.status == 2);
  const Json got = Json::parse(run.out);
  CHECK(got["schema"] == "dvec/1");
  CHECK(got["results"].empty());
  REQUIRE(got["diagnostics"].size() == 1);
  CHECK(got["diagnostics"][0]["severity"] == "error");
  CHECK(got["diagnostics"][0]["line"] == 3);
  CHECK(got["diagnostics"][0]["end_column"] > got["diagnostics"][0]["column"]);
}

TEST_CASE("usage that makes no sense ends in 2") {
  CHECK(run_dvec({}).status == 2);
  CHECK(run_dvec({"derive"}).status == 2);
  CHECK(run_dvec({"integrate", "-"}).status == 2);
  CHECK(run_dvec({"derive", "-", "--format", "pdf"}, kSquares).status == 2);
  CHECK(run_dvec({"derive", "-", "-e", "x'*x"}, kSquares).status == 2);
  CHECK(run_dvec({"derive", "no/such/file.dv"}).status == 2);
  CHECK(run_dvec({"derive", "tests"}).status == 2);
  CHECK(run_dvec({"derive", "-e", "x'*x", "--wrt", "y"}).status == 2);
  CHECK(run_dvec({"expand", "A*B", "--dims", "m=0"}).status == 2);
  CHECK(run_dvec({"rules", "no/such-rule"}).status == 2);
  CHECK(run_dvec({"eval", "-"}, kSquares).status == 2);
}

TEST_CASE("help and version end in 0, and help shows examples") {
  const Run help = run_dvec({"--help"});
  CHECK(help.status == 0);
  CHECK(help.out.find("dvec derive -e") != std::string::npos);
  const Run version = run_dvec({"--version"});
  CHECK(version.status == 0);
  CHECK(version.out.starts_with("dvec "));
  for (const std::string verb : {"derive", "explain", "check", "emit", "eval", "prove", "expand", "rules"})
    CHECK(run_dvec({verb, "--help"}).status == 0);
}

TEST_CASE("a program that derives nothing says so") {
  const Run run = run_dvec({"derive", "-"}, "dim n\nvar x(n)\nlet f = x'*x\n");
  CHECK(run.status == 2);
  CHECK(run.err.find("E-USE-02") != std::string::npos);
}

TEST_CASE("what --wrt and --of name must be there, and the nearest name is offered") {
  const Run unknown = run_dvec({"derive", "-", "--wrt", "X"}, kSquares);
  CHECK(unknown.status == 2);
  CHECK(unknown.err.find("did you mean  x ?") != std::string::npos);
  CHECK(run_dvec({"derive", "-", "--wrt", "x", "--of", "g"}, kSquares).status == 2);
  const Run by_matrix = run_dvec({"derive", "-", "--wrt", "A"}, kSquares);
  CHECK(by_matrix.status == 0);
  CHECK(by_matrix.out.find("x·xᵀ") != std::string::npos);
}

TEST_CASE("a file is written whole or not at all") {
  const TemporaryDirectory files;
  const std::string to = (files.path() / "result.txt").string();
  std::ofstream(to) << "before";
  CHECK(run_dvec({"derive", "-", "-o", to}, "let f = \n").status == 2);
  CHECK(read_file(to) == "before");
  CHECK(run_dvec({"derive", "-", "-o", to}, kSquares).status == 0);
  CHECK(read_file(to) == run_dvec({"derive", "-"}, kSquares).out);
  std::size_t left_over = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(files.path())) ++left_over;
  CHECK(left_over == 1);
  CHECK(run_dvec({"derive", "-", "-o", (files.path() / "no/such/directory/x").string()}, kSquares).status == 2);
}

TEST_CASE("output that cannot be written is an error") {
  if (!std::filesystem::exists("/dev/full")) return;
  const Run run = run_program("bash", {"-c", std::string(DVEC_BINARY) + " derive -e \"x'*x\" > /dev/full"});
  CHECK(run.status == 2);
  CHECK(run.err.find("cannot write") != std::string::npos);
}

TEST_CASE("quiet is the closed form only, and ASCII is ASCII") {
  const Run quiet = run_dvec({"derive", "-", "--quiet"}, kSquares);
  CHECK(quiet.out.find("checked") == std::string::npos);
  for (const std::string example : {"examples/03_batchnorm.dv", "examples/08_kronecker_jacobian.dv"})
    for (const std::string verb : {"derive", "explain"}) {
      const Run ascii = run_dvec({verb, example, "--ascii"});
      INFO(verb << " " << example);
      for (const char c : ascii.out)
        if (static_cast<unsigned char>(c) >= 0x80) {
          FAIL_CHECK("a character beyond ASCII in: " << ascii.out.substr(0, 400));
          break;
        }
    }
}

TEST_CASE("an expression may begin with a minus sign") {
  CHECK(run_dvec({"expand", "-A*x", "--quiet"}).status == 0);
  CHECK(run_dvec({"derive", "-e", "-x'*A*x", "--wrt", "x"}).status == 0);
}

TEST_CASE("structured variables are derived by the convention that is printed") {
  const Run run = run_dvec({"derive", "-"}, "dim n\nvar S(n,n) symmetric, a(n)\nderive grad(a'*S*a, S), grad(a'*S*a, S, entries)\n");
  CHECK(run.status == 0);
  CHECK(run.out.find("convention: structured") != std::string::npos);
  CHECK(run.out.find("convention: entries") != std::string::npos);
}

TEST_CASE("a kink is named where a result rests on it") {
  const Run run = run_dvec({"derive", "-"}, "dim n\nvar x(n)\nderive grad(sum(relu(x)), x)\n");
  CHECK(run.status == 0);
  CHECK(run.out.find("note: step(0) = 0") != std::string::npos);
}
