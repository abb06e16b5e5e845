#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "tests/run_dvec.hpp"

using namespace dvec::test;
using Json = nlohmann::json;

namespace {

Json derive(const std::string& program) {
  const Run run = run_dvec({"derive", "-", "--format", "json"}, program);
  INFO(run.err);
  REQUIRE(run.status == 0);
  return Json::parse(run.out);
}

std::int64_t operations(const std::string& expression, const std::string& declarations) {
  // The gradient of trace(Y'*E) by Y is E itself, as it is written.
  return derive(declarations + "derive grad(trace(Y__'*stop(" + expression + ")), Y__, unconstrained)\n")["results"][0]["operations"];
}

}  // namespace

TEST_CASE("results have the fields of the contract") {
  const Json r = derive("dim N, p\nvar X(N,p), y(N), b(p)\nlet e = y - X*b\nlet R = e'*e/N\nderive grad(R, b)\n")["results"][0];
  CHECK(r["kind"] == "gradient");
  CHECK(r["of"] == "R");
  CHECK(r["wrt"] == "b");
  CHECK(r["rows"] == "p");
  CHECK(r["cols"] == "1");
  CHECK(r["expression"] == "-2*X'*e/N");
  REQUIRE(r["lets"].size() == 1);
  CHECK(r["lets"][0]["name"] == "e");
  CHECK(r["lets"][0]["expression"] == "y-X*b");
  CHECK(r["expanded"] == "-2*X'*(y-X*b)/N");
  CHECK(r["operations"] == 7);
  CHECK(r["latex"].get<std::string>().find("\\frac{2}{N}") != std::string::npos);
  CHECK(r["check"]["ok"] == true);
}

TEST_CASE("operations are distinct operator nodes, and constants are free") {
  const std::string d = "dim m, n\nvar A(m,n), B(n,m), Y__(m,m)\n";
  CHECK(operations("A*B", d) == 1);
  CHECK(operations("A*B+(A*B)'", d) == 3);
  CHECK(operations("2*A*B-eye(m)", d) == 3);
}

TEST_CASE("functions with a body are put in; derivatives of opaque ones stay") {
  const std::string d = "dim n\nvar x(n)\n";
  const Json defined = derive(d + "function f(t) = t^3\nderive grad(sum(f(x)), x)\n")["results"][0];
  CHECK(defined["expanded"] == "3*x.^2");
  const Json opaque = derive(d + "function f\nderive grad(sum(f(x)), x)\n")["results"][0];
  CHECK(opaque["expanded"] == "f'(x)");
}

TEST_CASE("every name in a closed form is declared, a let of the program, or a line of its own") {
  const Json got = derive(read_file(source_dir() / "examples/03_batchnorm.dv"));
  for (const Json& r : got["results"]) {
    std::string all = r["expression"];
    for (const Json& l : r["lets"]) all += " " + l["expression"].get<std::string>();
    if (all.find("dR_dB") == std::string::npos) continue;
    bool listed = false;
    for (const Json& l : r["lets"]) listed = listed || l["name"] == "dR_dB";
    CHECK(listed);
  }
}

TEST_CASE("a program too deep to be written out has no expanded form, and the rest of its answer") {
  std::string program = "dim n\nvar A(n,n), x(n)\nlet h0 = x\n";
  for (int k = 0; k < 40; ++k) program += "let h" + std::to_string(k + 1) + " = tanh(A*h" + std::to_string(k) + ") .* h" + std::to_string(k) + "\n";
  const Json r = derive(program + "derive grad(sum(h40), x)\n")["results"][0];
  CHECK(r["expanded"].is_null());
  CHECK(r["operations"].is_null());
  CHECK(r["expression"].is_string());
  CHECK(r["check"]["ok"] == true);
}

TEST_CASE("text that is no UTF-8 gives an error in valid JSON") {
  const Run run = run_dvec({"derive", "-", "--format", "json"}, "dim n\nvar x(n)\nlet f = x'*\xFF\xFEx\nderive grad(f,x)\n");
  CHECK(run.status == 2);
  CHECK_FALSE(Json::parse(run.out)["diagnostics"].empty());
}
