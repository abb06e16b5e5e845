#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "tests/run_dvec.hpp"

using namespace dvec::test;

namespace {

const std::string kProgram = "dim n\nvar x(n)\nderive grad(logsumexp(x,1), x)\n";

}  // namespace

TEST_CASE("softmax and logsumexp of large entries do not overflow when they are evaluated") {
  const TemporaryDirectory data;
  std::ofstream(data.path() / "x.csv") << "1000\n1001\n999\n";
  const Run run = run_dvec({"eval", "-", "--data", data.path().string(), "--format", "json"}, kProgram);
  INFO(run.err);
  REQUIRE(run.status == 0);
  const auto value = nlohmann::json::parse(run.out)["results"][0]["value"];
  // exp(-1), 1, exp(-2) over their sum.
  CHECK(value[0][0].get<double>() == Approx(0.24472847105479764).epsilon(1e-12));
  CHECK(value[1][0].get<double>() == Approx(0.66524095577482178).epsilon(1e-12));
  CHECK(value[2][0].get<double>() == Approx(0.09003057317038046).epsilon(1e-12));
}

TEST_CASE("emitted kernels take the largest entry off before exponentials are summed") {
  const TemporaryDirectory out;
  const Run run = run_dvec({"emit", "-", "-o", (out.path() / "k.hpp").string()}, kProgram);
  INFO(run.err);
  REQUIRE(run.status == 0);
  CHECK(read_file(out.path() / "k.hpp").find("maxCoeff()") != std::string::npos);
}
