/// Kernels of the examples as text. DVEC_RENEW_GOLDENS=1 writes them anew.

#include <catch2/catch.hpp>

#include "tests/kernels/emitted_kernel.hpp"

using namespace dvec::test;
namespace fs = std::filesystem;

namespace {

std::string without_comments(const std::string& text) {
  std::string out, line;
  for (std::istringstream lines(text); std::getline(lines, line);) out += line.substr(0, line.find("//")) + "\n";
  return out;
}

}  // namespace

TEST_CASE("an example's kernel is the reviewed text", "[kernels]") {
  for (const char* stem : {"01_least_squares", "02_plain_network", "03_batchnorm", "04_batchnorm_eps", "05_batchnorm_backward",
                           "08_kronecker_jacobian", "09_stop_gradient"}) {
    INFO(stem);
    const fs::path golden = fs::path(DVEC_SOURCE_DIR) / "tests/golden/kernels" / (std::string(stem) + ".hpp");
    const EmittedKernel kernel = emit_file("examples/" + std::string(stem) + ".dv");
    if (std::getenv("DVEC_RENEW_GOLDENS") != nullptr) {
      fs::create_directories(golden.parent_path());
      write_text(golden, kernel.header);
    }
    CHECK(read_text(golden) == kernel.header);
  }
}

TEST_CASE("the same program gives the same bytes", "[kernels]") {
  for (const char* file : {"examples/03_batchnorm.dv", "examples/09_stop_gradient.dv"}) {
    const EmittedKernel first = emit_file(file), second = emit_file(file);
    CHECK(first.header == second.header);
    CHECK(first.self_test == second.self_test);
  }
}

TEST_CASE("a kernel says nothing of the machine or the time", "[kernels]") {
  const EmittedKernel kernel = emit_file("examples/03_batchnorm.dv");
  CHECK(kernel.header.find(DVEC_SOURCE_DIR) == std::string::npos);
  CHECK(kernel.header.find("examples/") == std::string::npos);
  CHECK(kernel.header.find("0BSD") != std::string::npos);
  for (const char c : kernel.header) REQUIRE(static_cast<unsigned char>(c) < 0x80);
}

TEST_CASE("no Kronecker product and no diagonal matrix is formed for a gradient", "[kernels]") {
  const EmittedKernel kernel = emit_file("examples/03_batchnorm.dv");
  const std::string body = without_comments(kernel.header);
  CHECK(body.find("kron") == std::string::npos);
  CHECK(body.find("asDiagonal") == std::string::npos);
  CHECK(body.find("replicate") == std::string::npos);
}

TEST_CASE("a Kronecker product that is asked for by name is written out", "[kernels]") {
  const EmittedKernel kernel = emit_file("examples/08_kronecker_jacobian.dv");
  CHECK(kernel.header.find("kron(") != std::string::npos);
}

TEST_CASE("an emitted kernel has no variable of deduced type", "[kernels]") {
  for (const char* file : {"examples/03_batchnorm.dv", "examples/05_batchnorm_backward.dv", "examples/09_stop_gradient.dv"}) {
    const EmittedKernel kernel = emit_file(file);
    CHECK(without_comments(kernel.header).find("auto ") == std::string::npos);
  }
}
