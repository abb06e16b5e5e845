/// Compiled kernels of the reference network against tests/data/network: all of them in one program.

#include <catch2/catch.hpp>

#include <map>
#include <vector>

#include "tests/kernels/emitted_kernel.hpp"

using namespace dvec;
using namespace dvec::test;
namespace fs = std::filesystem;

namespace {

struct Case {
  std::string program, folder;
  std::map<std::string, std::string> inputs;      ///< variable: its file, where that is not NAME.csv in the data folder
  std::map<std::string, std::string> references;  ///< field: its file in the case's folder
};

const std::string kData = std::string(DVEC_SOURCE_DIR) + "/tests/data/network/";

std::string eps_of(const std::string& name) {
  std::istringstream lines(read_text(kData + "cases.csv"));
  for (std::string line; std::getline(lines, line);)
    if (line.rfind(name + ",", 0) == 0) return line.substr(line.rfind(',') + 1);
  throw std::runtime_error("no case " + name);
}

std::vector<Case> cases() {
  std::vector<Case> all;
  const std::map<std::string, std::string> plain{{"R", "loss"}, {"yhat", "yhat"}, {"residual", "residual"}, {"B", "B"}, {"stub", "stub"}, {"grad_R_G1", "grad_G1"}, {"grad_R_G2", "grad_G2"}};
  std::map<std::string, std::string> normalised = plain;
  for (const char* same : {"mu", "sigma", "Zhat"}) normalised.emplace(same, same);
  normalised.insert({{"grad_R_gamma", "grad_gamma"}, {"grad_R_beta", "grad_beta"}, {"grad_R_fixed_sigma_G1", "partial_fixed_sigma_G1"}, {"grad_R_fixed_mu_sigma_G1", "partial_fixed_mu_sigma_G1"}});
  for (const std::string a : {"relu", "tanh", "sigmoid"}) {
    all.push_back({"plain_" + a, "plain_" + a, {}, plain});
    all.push_back({"bn_nm1_" + a, "bn_" + a + "_sd_nm1", {}, normalised});
    all.push_back({"bn_eps_" + a, "bn_" + a + "_sd_n_eps", {{"eps", eps_of("bn_" + a + "_sd_n_eps")}}, normalised});
  }
  std::map<std::string, std::string> layer;
  for (const char* same : {"mu", "sqrtvar", "xhat", "out", "divar", "dsqrtvar", "dvar", "dmu"}) layer.emplace(same, same);
  layer.insert({{"variance", "var"}, {"grad_L_x", "dx"}, {"grad_L_gamma", "dgamma"}, {"grad_L_beta", "dbeta"}});
  for (const std::string folder : {"upstream_n_eps0.5", "upstream_n_eps1e-5"}) {
    std::map<std::string, std::string> inputs;
    for (const std::string name : {"x", "dout", "eps"}) inputs.emplace(name, kData + folder + "/" + name + ".csv");
    all.push_back({"upstream", folder, inputs, layer});
  }
  return all;
}

}  // namespace

TEST_CASE("the compiled kernels of the nine networks and of the layer agree with the reference to 1e-12", "[kernels]") {
  const Folder folder;
  std::map<std::string, EmittedKernel> kernels;
  std::string includes, body;
  std::size_t expected = 0;
  for (const Case& c : cases()) {
    auto found = kernels.find(c.program);
    if (found == kernels.end()) {
      found = kernels.emplace(c.program, emit_file("tests/network/programs/" + c.program + ".dv")).first;
      write_text(folder.path() / (c.program + ".hpp"), found->second.header);
      includes += "#include \"" + c.program + ".hpp\"\n";
    }
    const EmittedKernel& kernel = found->second;
    body += "  {\n";
    std::string arguments;
    for (const SymbolId v : kernel.program.variables) {
      const Symbol& s = kernel.pool->symbols[v];
      const bool scalar = kernel.pool->is_scalar(s.shape);
      const auto given = c.inputs.find(s.name);
      const std::string file = given != c.inputs.end() ? given->second : kData + s.name + ".csv";
      const bool number = scalar && !file.ends_with(".csv");
      const bool row = s.shape.rows == kernel.pool->dims.one();
      const std::string type = scalar ? "double" : row ? "Eigen::RowVectorXd" : s.shape.cols == kernel.pool->dims.one() ? "Eigen::VectorXd" : "Eigen::MatrixXd";
      body += "    const " + type + " " + s.name + " = " + (number ? file : "read_csv(\"" + file + "\")" + (scalar ? "(0, 0)" : "")) + ";\n";
      arguments += (arguments.empty() ? "" : ", ") + s.name;
    }
    body += "    const " + c.program + "::Result<double> r = " + c.program + "::evaluate<double>(" + arguments + ");\n";
    for (const auto& [field, file] : c.references) {
      body += "    compare(\"" + c.folder + " " + field + "\", matrix(r." + field + "), \"" + kData + c.folder + "/" + file + ".csv\");\n";
      ++expected;
    }
    body += "  }\n";
  }
  write_text(folder.path() / "main.cpp", includes + kCompare + "int main() {\n" + body + "  std::printf(\"%d compared, %d wrong\\n\", compared, wrong);\n  return wrong;\n}\n");
  const Outcome compiled = compile(folder, "main.cpp", "-O1 -o main");
  INFO(compiled.output);
  REQUIRE(compiled.status == 0);
  const Outcome outcome = run("'" + (folder.path() / "main").string() + "'");
  CHECK(outcome.output == std::to_string(expected) + " compared, 0 wrong\n");
  CHECK(outcome.status == 0);
}

TEST_CASE("an argument of the wrong shape is refused by name, with both shapes", "[kernels]") {
  const Folder folder;
  const EmittedKernel kernel = emit_file("examples/01_least_squares.dv");
  write_text(folder.path() / "01_least_squares.hpp", kernel.header);
  write_text(folder.path() / "main.cpp", R"(#include "01_least_squares.hpp"
#include <cstdio>
int main() {
  const Eigen::MatrixXd X = Eigen::MatrixXd::Ones(5, 3);
  const Eigen::VectorXd y = Eigen::VectorXd::Ones(4), b = Eigen::VectorXd::Ones(3);
  try {
    least_squares::evaluate<double>(X, y, b);
  } catch (const std::invalid_argument& e) {
    std::printf("%s", e.what());
    return 0;
  }
  return 1;
}
)");
  const Outcome compiled = compile(folder, "main.cpp", "-O1 -o main");
  INFO(compiled.output);
  REQUIRE(compiled.status == 0);
  const Outcome outcome = run("'" + (folder.path() / "main").string() + "'");
  CHECK(outcome.status == 0);
  INFO(outcome.output);
  CHECK(outcome.output.find("y is 4x1") != std::string::npos);
  CHECK(outcome.output.find("5x1") != std::string::npos);
}
