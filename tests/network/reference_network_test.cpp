#include <catch2/catch.hpp>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/run_dvec.hpp"

using namespace dvec::test;
using Json = nlohmann::json;

namespace {

using Rows = std::vector<std::vector<double>>;

const std::filesystem::path kData = source_dir() / "tests/data/network";

Rows read_csv(const std::filesystem::path& path) {
  Rows rows;
  std::istringstream in(read_file(path));
  for (std::string line; std::getline(in, line);) {
    rows.emplace_back();
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(std::stod(cell));
  }
  return rows;
}

/// max|ours - reference| / max|reference|; infinite when the shapes differ.
double relative_error(const Json& ours, const Rows& reference) {
  double worst = 0, scale = 0;
  if (ours.size() != reference.size()) return INFINITY;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (ours[i].size() != reference[i].size()) return INFINITY;
    for (std::size_t j = 0; j < reference[i].size(); ++j) {
      if (!ours[i][j].is_number()) return INFINITY;
      worst = std::max(worst, std::abs(ours[i][j].get<double>() - reference[i][j]));
      scale = std::max(scale, std::abs(reference[i][j]));
    }
  }
  return scale > 0 ? worst / scale : worst;
}

constexpr double kBound = 1e-12;  // the references are exact to double precision

Json evaluate(const std::string& program, const std::filesystem::path& data) {
  const Run run = run_dvec({"eval", program, "--data", data.string(), "--format", "json"});
  INFO(program << ": " << run.err);
  REQUIRE(run.status == 0);
  return Json::parse(run.out);
}

const Json& gradient(const Json& got, const std::string& of, const std::string& wrt) {
  for (const Json& r : got["results"])
    if (r["of"] == of && r["wrt"] == wrt) return r["value"];
  throw std::runtime_error("no gradient of " + of + " by " + wrt);
}

void compare(const std::string& what, const Json& ours, const std::filesystem::path& reference) {
  INFO(what << " against " << reference.string());
  CHECK(relative_error(ours, read_csv(reference)) <= kBound);
}

/// The values of a case's program. eps is a column of cases.csv.
Json evaluate_case(const std::string& reference, const std::string& program) {
  const TemporaryDirectory data;
  for (const std::string name : {"X", "y", "G1", "G2", "gamma", "beta"})
    std::filesystem::copy(kData / (name + ".csv"), data.path() / (name + ".csv"));
  std::istringstream cases(read_file(kData / "cases.csv"));
  for (std::string line; std::getline(cases, line);)
    if (line.starts_with(reference + ",")) std::ofstream(data.path() / "eps.csv") << line.substr(line.rfind(',') + 1) << "\n";
  return evaluate("tests/network/programs/" + program + ".dv", data.path());
}

/// Reference directory and program of each case.
const std::map<std::string, std::string> kCases = {
    {"plain_relu", "plain_relu"},           {"plain_sigmoid", "plain_sigmoid"},       {"plain_tanh", "plain_tanh"},
    {"bn_relu_sd_nm1", "bn_nm1_relu"},      {"bn_sigmoid_sd_nm1", "bn_nm1_sigmoid"},  {"bn_tanh_sd_nm1", "bn_nm1_tanh"},
    {"bn_relu_sd_n_eps", "bn_eps_relu"},    {"bn_sigmoid_sd_n_eps", "bn_eps_sigmoid"}, {"bn_tanh_sd_n_eps", "bn_eps_tanh"}};

}  // namespace

TEST_CASE("the nine cases of the reference network: loss, intermediates, gradients", "[network]") {
  for (const auto& [reference, program] : kCases) {
    const Json got = evaluate_case(reference, program);
    const std::filesystem::path files = kData / reference;
    compare("loss", got["values"]["R"], files / "loss.csv");
    for (const std::string name : {"yhat", "residual", "B", "stub"}) compare(name, got["values"][name], files / (name + ".csv"));
    for (const std::string x : {"G1", "G2"}) compare("gradient by " + x, gradient(got, "R", x), files / ("grad_" + x + ".csv"));
    if (reference.starts_with("plain")) continue;
    for (const std::string name : {"mu", "sigma", "Zhat"}) compare(name, got["values"][name], files / (name + ".csv"));
    for (const std::string x : {"gamma", "beta"}) compare("gradient by " + x, gradient(got, "R", x), files / ("grad_" + x + ".csv"));
  }
}

TEST_CASE("stop gives the derivatives with sigma, and with mu and sigma, held constant; they are not the gradient", "[network]") {
  for (const auto& [reference, program] : kCases) {
    if (reference.starts_with("plain")) continue;
    const Json got = evaluate_case(reference, program);
    const std::filesystem::path files = kData / reference;
    compare("sigma fixed", gradient(got, "R_fixed_sigma", "G1"), files / "partial_fixed_sigma_G1.csv");
    compare("mu and sigma fixed", gradient(got, "R_fixed_mu_sigma", "G1"), files / "partial_fixed_mu_sigma_G1.csv");
    CHECK(relative_error(gradient(got, "R", "G1"), read_csv(files / "partial_fixed_sigma_G1.csv")) > 1e-3);
    CHECK(relative_error(gradient(got, "R_fixed_sigma", "G1"), read_csv(files / "partial_fixed_mu_sigma_G1.csv")) > 1e-3);
  }
}

TEST_CASE("the layer alone, in upstream form: dx, dgamma, dbeta and every intermediate", "[network]") {
  for (const std::string reference : {"upstream_n_eps0.5", "upstream_n_eps1e-5"}) {
    const TemporaryDirectory data;
    for (const std::string name : {"x", "dout", "eps"}) std::filesystem::copy(kData / reference / (name + ".csv"), data.path() / (name + ".csv"));
    for (const std::string name : {"gamma", "beta"}) std::filesystem::copy(kData / (name + ".csv"), data.path() / (name + ".csv"));
    const Json got = evaluate("tests/network/programs/upstream.dv", data.path());
    const std::filesystem::path files = kData / reference;
    for (const std::string x : {"x", "gamma", "beta"}) compare("d" + x, gradient(got, "L", x), files / ("d" + x + ".csv"));
    for (const std::string name : {"mu", "sqrtvar", "xhat", "out", "divar", "dsqrtvar", "dvar", "dmu"})
      compare(name, got["values"][name], files / (name + ".csv"));
    compare("variance", got["values"]["variance"], files / "var.csv");

    // The example of the layer gives the same.
    const Json example = evaluate("examples/05_batchnorm_backward.dv", data.path());
    for (const std::string x : {"x", "gamma", "beta"}) compare("example d" + x, gradient(example, "L", x), files / ("d" + x + ".csv"));
  }
}

TEST_CASE("gradients by intermediates that are taken as independent are those of a backward pass", "[network]") {
  const std::string program = read_file(source_dir() / "tests/network/programs/upstream.dv") + "derive grad(L, xhat), grad(L, out), grad(L, sqrtvar), grad(L, variance)\n";
  const std::string reference = "upstream_n_eps0.5";
  const TemporaryDirectory data;
  for (const std::string name : {"x", "dout", "eps"}) std::filesystem::copy(kData / reference / (name + ".csv"), data.path() / (name + ".csv"));
  for (const std::string name : {"gamma", "beta"}) std::filesystem::copy(kData / (name + ".csv"), data.path() / (name + ".csv"));
  const Run run = run_dvec({"eval", "-", "--data", data.path().string(), "--format", "json"}, program);
  INFO(run.err);
  REQUIRE(run.status == 0);
  const Json got = Json::parse(run.out);
  compare("dsqrtvar", gradient(got, "L", "sqrtvar"), kData / reference / "dsqrtvar.csv");
  compare("dvar", gradient(got, "L", "variance"), kData / reference / "dvar.csv");
  compare("dout", gradient(got, "L", "out"), kData / reference / "dout.csv");
}

TEST_CASE("rows of the Kronecker Jacobian are as printed", "[network]") {
  // Nothing but beta says how large anything is: N is fixed in the program.
  const std::string program = "dim N = 10, p2\nvar beta(1,p2)\nderive jac(kron(beta, ones(N,1)), beta)\n";
  const Run run = run_dvec({"eval", "-", "--data", kData.string(), "--format", "json"}, program);
  INFO(run.err);
  REQUIRE(run.status == 0);
  const Json value = Json::parse(run.out)["results"][0]["value"];
  std::size_t compared = 0;
  for (const std::vector<double>& printed : read_csv(kData / "printed_kron_rows.csv")) {
    const auto row = static_cast<std::size_t>(printed[0]) - 1;
    REQUIRE(row < value.size());
    const std::vector<double> expected(printed.begin() + 1, printed.end());
    CHECK(value[row].get<std::vector<double>>() == expected);
    ++compared;
  }
  CHECK(compared == 8);
}

TEST_CASE("eval writes every value as CSV, and reading it gives the same doubles", "[network]") {
  const TemporaryDirectory out;
  const Run run = run_dvec({"eval", "tests/network/programs/bn_nm1_relu.dv", "--data", kData.string(), "--format", "json", "--show", "Z", "--out", out.path().string()});
  REQUIRE(run.status == 0);
  const Json got = Json::parse(run.out);
  CHECK(relative_error(got["values"]["Z"], read_csv(out.path() / "Z.csv")) == 0);
  CHECK(relative_error(gradient(got, "R", "G1"), read_csv(out.path() / "grad_R_G1.csv")) == 0);
  CHECK(std::filesystem::exists(out.path() / "grad_R_fixed_sigma_G1.csv"));
}

TEST_CASE("data that do not fit are refused with the file's name", "[network]") {
  const TemporaryDirectory data;
  for (const std::string name : {"X", "y", "G1", "G2"}) std::filesystem::copy(kData / (name + ".csv"), data.path() / (name + ".csv"));
  const auto eval = [&] { return run_dvec({"eval", "tests/network/programs/plain_relu.dv", "--data", data.path().string()}); };
  CHECK(eval().status == 0);
  std::ofstream(data.path() / "y.csv") << "1\n2\n";
  CHECK(eval().status == 2);
  CHECK(eval().err.find("y.csv") != std::string::npos);
  std::filesystem::remove(data.path() / "y.csv");
  CHECK(eval().status == 2);
}
