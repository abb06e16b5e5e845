/// The reference network of tests/data/network: what dvec derives, evaluated on the data, against the stored numbers.

#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "tests/check/program.hpp"
#include "tests/run_dvec.hpp"

using namespace dvec;
using dvec::test::Prepared;
namespace fs = std::filesystem;

namespace {

constexpr double kTolerance = 1e-12;  ///< relative to the largest entry: README of the data

fs::path data_dir() { return dvec::test::source_dir() / "tests/data/network"; }
fs::path programs_dir() { return dvec::test::source_dir() / "tests/network/programs"; }

Matrix<double> stored(const fs::path& file) {
  auto m = read_csv(file);
  if (!m) throw std::runtime_error(m.errors().front().message);
  return std::move(*m);
}

struct Case {
  std::string name, program;
  std::optional<double> eps;
};

/// The rows of cases.csv, which has a header: case, activation, normalised, sd_denominator, eps.
std::vector<Case> cases() {
  std::istringstream in(dvec::test::read_file(data_dir() / "cases.csv"));
  std::vector<Case> out;
  std::string line;
  std::getline(in, line);
  REQUIRE(line == "case,activation,normalised,sd_denominator,eps");
  while (std::getline(in, line)) {
    std::vector<std::string> cells(1);
    for (const char c : line) {
      if (c == ',')
        cells.emplace_back();
      else
        cells.back() += c;
    }
    REQUIRE(cells.size() == 5);
    Case c;
    c.name = cells[0];
    const bool plain = cells[2] == "0";
    const bool by_n = cells[3] == "10";
    c.program = (plain ? "plain_" : by_n ? "bn_eps_" : "bn_nm1_") + cells[1] + ".dv";
    if (!plain && by_n) c.eps = std::stod(cells[4]);
    out.push_back(c);
  }
  return out;
}

/// A program of tests/network/programs with the variables' values from `folder`, else from the data's own folder.
class Network {
 public:
  Network(const std::string& program, const fs::path& folder, std::optional<double> eps = {})
      : p_(dvec::test::read_file(programs_dir() / program), program) {
    std::map<SymbolId, Matrix<double>> values;
    for (const SymbolId s : p_.program.variables) {
      const std::string& name = p_.pool.symbols[s].name;
      const fs::path own = folder / (name + ".csv");
      values.emplace(s, name == "eps" && eps ? Matrix<double>(1, 1, *eps)
                                             : stored(fs::exists(own) ? own : data_dir() / (name + ".csv")));
    }
    auto data = fit_data(p_.pool, values);
    if (!data) throw std::runtime_error(render(data.errors(), p_.source));
    data_ = std::move(*data);
  }

  Matrix<double> value(const std::string& name) { return value(p_.term(name)); }
  Matrix<double> value(TermId term) {
    auto v = p_.value(term, data_);
    if (!v) throw std::runtime_error(render(v.errors(), p_.source));
    return std::move(*v);
  }
  Prepared& prepared() { return p_; }

 private:
  Prepared p_;
  DataSet data_;
};

/// max|a - ref| / max|ref|.
double relative_error(const Matrix<double>& a, const Matrix<double>& reference) {
  REQUIRE(a.rows() == reference.rows());
  REQUIRE(a.cols() == reference.cols());
  double difference = 0, scale = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    difference = std::max(difference, std::abs(a[k] - reference[k]));
    scale = std::max(scale, std::abs(reference[k]));
  }
  return difference / scale;
}

/// The name in the program of what a file of a case holds; empty for the inputs.
std::string name_in_program(const std::string& file) {
  if (file == "loss") return "R";
  if (file == "var") return "variance";
  if (file == "partial_fixed_sigma_G1") return "grad(R_fixed_sigma, G1)";
  if (file == "partial_fixed_mu_sigma_G1") return "grad(R_fixed_mu_sigma, G1)";
  if (file == "dx" || file == "dgamma" || file == "dbeta") return "grad(L, " + file.substr(1) + ")";
  if (file.starts_with("grad_")) return "grad(R, " + file.substr(5) + ")";
  if (file == "x" || file == "dout" || file == "eps") return "";
  return file;
}

/// Every file of the folder but inputs is compared; how many that were.
int compare_all(Network& network, const fs::path& folder) {
  int compared = 0;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    const std::string name = name_in_program(file.stem().string());
    if (name.empty()) continue;
    INFO(file.string() << " against " << name);
    CHECK(relative_error(network.value(name), stored(file)) <= kTolerance);
    ++compared;
  }
  return compared;
}

Network batch_normalised(const std::string& activation = "relu") {
  return Network("bn_nm1_" + activation + ".dv", data_dir() / ("bn_" + activation + "_sd_nm1"));
}

}  // namespace

TEST_CASE("the nine networks: loss, intermediates, every gradient and both partial ones agree with the reference",
          "[network]") {
  const std::vector<Case> all = cases();
  REQUIRE(all.size() == 9);
  for (const Case& c : all) {
    INFO(c.name);
    Network network(c.program, data_dir() / c.name, c.eps);
    CHECK(compare_all(network, data_dir() / c.name) == (c.name.starts_with("plain") ? 7 : 14));
  }
}

TEST_CASE("the layer in upstream form: dx, dgamma, dbeta and every intermediate agree with the reference",
          "[network]") {
  for (const char* folder : {"upstream_n_eps0.5", "upstream_n_eps1e-5"}) {
    INFO(folder);
    Network network("upstream.dv", data_dir() / folder);
    CHECK(compare_all(network, data_dir() / folder) == 12);
  }
}

TEST_CASE("the Jacobian of kron(beta, ones(N,1)) by beta has the rows that were printed", "[network]") {
  Prepared p(
      "dim N, p2\nvar beta(1,p2)\nlet J = jac(kron(beta, ones(N,1)), beta)\nderive jac(kron(beta, ones(N,1)), beta)\n");
  DataSet data;
  data.sizes = {{"N", 10}, {"p2", 4}};
  data.values[p.program.variables.at(0)] = stored(data_dir() / "beta.csv");
  const auto jacobian = p.value(p.term("J"), data);
  REQUIRE(jacobian.ok());
  REQUIRE(jacobian->rows() == 40);
  REQUIRE(jacobian->cols() == 4);
  const Matrix<double> printed = stored(data_dir() / "printed_kron_rows.csv");
  REQUIRE(printed.rows() > 1);
  for (std::size_t r = 0; r < printed.rows(); ++r)
    for (std::size_t j = 0; j < 4; ++j) {
      INFO("row " << printed(r, 0) << ", column " << j + 1);
      CHECK((*jacobian)(static_cast<std::size_t>(printed(r, 0)) - 1, j) == printed(r, j + 1));
    }
}

TEST_CASE("centred columns: what was subtracted sums to zero, and so does the gradient by what is centred",
          "[network]") {
  Network network = batch_normalised("tanh");
  const Matrix<double> zhat = network.value("Zhat"), mu = network.value("mu"), z = network.value("Z");
  for (std::size_t j = 0; j < zhat.cols(); ++j) {
    double sum = 0, squares = 0, mean = 0;
    for (std::size_t i = 0; i < zhat.rows(); ++i) {
      sum += zhat(i, j);
      squares += zhat(i, j) * zhat(i, j);
      mean += z(i, j) / static_cast<double>(zhat.rows());
    }
    CHECK(std::abs(sum) < 1e-13);
    CHECK(squares == Approx(9).epsilon(1e-13));  // N - 1
    CHECK(mu[j] == Approx(mean).epsilon(1e-13).margin(1e-13));
  }
  Network upstream("upstream.dv", data_dir() / "upstream_n_eps0.5");
  const Matrix<double> dx = upstream.value("grad(L, x)");
  for (std::size_t j = 0; j < dx.cols(); ++j) {
    double sum = 0;
    for (std::size_t i = 0; i < dx.rows(); ++i) sum += dx(i, j);
    CHECK(std::abs(sum) < 1e-13);
  }
}

TEST_CASE("tables that are no gradients are refused as gradients", "[network]") {
  Network network = batch_normalised();
  int refused = 0, shapes = 0;
  for (const auto& [ending, name] :
       {std::pair("drdG1", "grad(R, G1)"), std::pair("drdb", "grad(R, beta)"), std::pair("drdg", "grad(R, gamma)")}) {
    const Matrix<double> gradient = network.value(name);
    for (const char* source : {"printed_", "printed_loop_", "seedcode_", "seedcode_loop_"}) {
      const fs::path file = data_dir() / (std::string(source) + ending + ".csv");
      if (!fs::exists(file)) continue;
      INFO(file.string());
      const Matrix<double> table = stored(file);
      const bool same_shape = table.rows() == gradient.rows() && table.cols() == gradient.cols();
      if (same_shape) CHECK(relative_error(table, gradient) > 1e-3);
      shapes += same_shape ? 1 : 0;
      ++refused;
    }
  }
  CHECK(refused == 10);
  CHECK(shapes == 8);  // the other two are 4×4, and the gradient by gamma is 1×4
}

TEST_CASE("a gradient with mu or sigma held constant is refused as the gradient", "[network]") {
  for (const char* activation : {"relu", "sigmoid", "tanh"}) {
    Network network = batch_normalised(activation);
    const fs::path folder = data_dir() / ("bn_" + std::string(activation) + "_sd_nm1");
    const Matrix<double> gradient = network.value("grad(R, G1)");
    CHECK(relative_error(gradient, stored(folder / "partial_fixed_sigma_G1.csv")) > 1e-3);
    CHECK(relative_error(gradient, stored(folder / "partial_fixed_mu_sigma_G1.csv")) > 1e-3);
  }
}
