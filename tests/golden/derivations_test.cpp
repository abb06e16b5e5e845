#include <catch2/catch.hpp>

#include "tests/run_dvec.hpp"

using namespace dvec::test;

namespace {

/// The output of a command against tests/golden/<file>.
void golden(const std::string& file, const std::vector<std::string>& arguments, int status = 0) {
  const Run run = run_dvec(arguments);
  INFO(file);
  CHECK(run.status == status);
  const std::string differs = against_golden(source_dir() / "tests/golden" / file, run.out + run.err);
  INFO(differs);
  CHECK(differs.empty());
}

}  // namespace

TEST_CASE("closed forms of the examples are what they were when somebody read them") {
  for (const std::string name : {"01_least_squares", "02_plain_network", "03_batchnorm", "04_batchnorm_eps",
                                 "05_batchnorm_backward", "08_kronecker_jacobian", "09_stop_gradient",
                                 "10_multivariate_normal", "11_wishart", "12_factor_analysis", "13_gaussian_process",
                                 "14_vector_autoregression", "15_seemingly_unrelated", "16_logistic_regression",
                                 "17_softmax_regression", "18_attention", "19_layer_norm", "20_gru_cell"})
    golden("closed_forms/" + name + ".txt", {"derive", "examples/" + name + ".dv"});
}

TEST_CASE("closed forms of Jacobians and Hessians") {
  golden("programs/jacobians.txt", {"derive", "tests/golden/programs/jacobians.dv", "--ascii"});
}

TEST_CASE("derivations of the examples are what they were when somebody read them") {
  for (const std::string name : {"01_least_squares", "03_batchnorm", "08_kronecker_jacobian"})
    golden("derivations/" + name + ".txt", {"explain", "examples/" + name + ".dv"});
}

TEST_CASE("a derivation may rest on a line that was put in where it is used") {
  golden("derivations/line_put_in.txt", {"explain", "tests/golden/derivations/line_put_in.dv"});
}

TEST_CASE("one program in every format") {
  for (const std::string format : {"latex", "json", "octave", "numpy", "html"})
    golden("formats/01_least_squares." + format, {"derive", "examples/01_least_squares.dv", "--format", format});
  golden("formats/03_batchnorm.latex", {"derive", "examples/03_batchnorm.dv", "--format", "latex"});
  golden("formats/03_batchnorm.numpy", {"derive", "examples/03_batchnorm.dv", "--format", "numpy"});
  golden("formats/03_batchnorm.ascii", {"derive", "examples/03_batchnorm.dv", "--ascii"});
}

TEST_CASE("what one-liners infer is shown") {
  golden("one_liners/quadratic_form.txt", {"derive", "-e", "x'*A*x", "--wrt", "x"});
  golden("one_liners/trace.txt", {"derive", "-e", "trace(A*X*B)", "--wrt", "X"});
  golden("one_liners/jacobian.txt", {"derive", "-e", "A*X*B", "--wrt", "X"});
  golden("one_liners/entries.txt", {"expand", "vec(A*X)", "--dims", "m=2,n=2"});
  golden("one_liners/inverse.txt", {"expand", "inv(A)", "--dims", "n=2", "--ascii"});
}

TEST_CASE("--wrt derives the last scalar of a file, or what --of names") {
  golden("one_liners/wrt_of_file.txt", {"derive", "examples/01_least_squares.dv", "--wrt", "b"});
  golden("one_liners/wrt_of_matrix.txt", {"derive", "examples/01_least_squares.dv", "--wrt", "b", "--of", "e"});
}
