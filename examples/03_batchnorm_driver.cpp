// Runs the kernel that dvec emits for 03_batchnorm.dv, with relu, and holds it against reference values:
//
//   dvec emit examples/03_batchnorm.dv --target eigen -o 03_batchnorm.hpp
//   g++ -O2 -std=c++17 $(pkg-config --cflags eigen3) -I . examples/03_batchnorm_driver.cpp -o 03_batchnorm
//   ./03_batchnorm tests/data/network tests/data/network/bn_relu_sd_nm1
//
// Exits with 1 when a value differs by more than 1e-12 of the largest entry of its reference.

#include "03_batchnorm.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

/// A CSV file without a header: a row of the matrix on each line.
Eigen::MatrixXd read_csv(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<std::vector<double>> rows;
  for (std::string line; std::getline(file, line);) {
    std::istringstream cells(line);
    rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(std::stod(cell));
  }
  if (rows.empty()) throw std::runtime_error("no numbers in " + path);
  Eigen::MatrixXd m(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(rows[0].size()));
  for (Eigen::Index i = 0; i < m.rows(); ++i) {
    const std::vector<double>& row = rows[static_cast<std::size_t>(i)];
    if (row.size() != rows[0].size()) throw std::runtime_error("lines of different length in " + path);
    for (Eigen::Index j = 0; j < m.cols(); ++j) m(i, j) = row[static_cast<std::size_t>(j)];
  }
  return m;
}

/// Prints max|ours - reference| / max|reference|; false above the bound, and where anything is not finite.
bool agrees(const char* name, const Eigen::MatrixXd& ours, const std::string& reference_file) {
  constexpr double bound = 1e-12;  // the reference is exact to double precision; ours is a few hundred roundings away
  const Eigen::MatrixXd reference = read_csv(reference_file);
  if (ours.rows() != reference.rows() || ours.cols() != reference.cols()) {
    std::printf("  %-12s has another shape than its reference  WRONG\n", name);
    return false;
  }
  const double error = (ours - reference).cwiseAbs().maxCoeff() / reference.cwiseAbs().maxCoeff();
  const bool ok = ours.allFinite() && error <= bound;
  std::printf("  %-12s %2dx%-2d  max relative error %.1e  %s\n", name, static_cast<int>(ours.rows()), static_cast<int>(ours.cols()), error,
              ok ? "ok" : "WRONG");
  return ok;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s DATA_DIR CASE_DIR\n", argv[0]);
    return 2;
  }
  const std::string data = std::string(argv[1]) + "/", expected = std::string(argv[2]) + "/";
  const Eigen::MatrixXd X = read_csv(data + "X.csv"), G1 = read_csv(data + "G1.csv");
  const Eigen::VectorXd y = read_csv(data + "y.csv"), G2 = read_csv(data + "G2.csv");
  const Eigen::RowVectorXd gamma = read_csv(data + "gamma.csv"), beta = read_csv(data + "beta.csv");

  batchnorm::Workspace<double> workspace(X.rows(), X.cols(), G1.cols());  // made once, used for every call
  batchnorm::Result<double> result;
  batchnorm::evaluate(X, y, G1, G2, gamma, beta, batchnorm::activations::Relu(), workspace, result);

  std::printf("The kernel against the reference (N = %d, p1 = %d, p2 = %d):\n", static_cast<int>(X.rows()), static_cast<int>(X.cols()),
              static_cast<int>(G1.cols()));
  bool ok = agrees("R", Eigen::MatrixXd::Constant(1, 1, result.R), expected + "loss.csv");
  ok = agrees("grad_R_gamma", result.grad_R_gamma, expected + "grad_gamma.csv") && ok;
  ok = agrees("grad_R_beta", result.grad_R_beta, expected + "grad_beta.csv") && ok;
  ok = agrees("grad_R_G1", result.grad_R_G1, expected + "grad_G1.csv") && ok;
  ok = agrees("grad_R_G2", result.grad_R_G2, expected + "grad_G2.csv") && ok;
  return ok ? 0 : 1;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 2;
}
