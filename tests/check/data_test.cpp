#include "check/data.hpp"

#include <fstream>

#include <catch2/catch.hpp>

#include "tests/check/program.hpp"
#include "tests/run_dvec.hpp"

using namespace dvec;
using dvec::test::Prepared;
using dvec::test::TemporaryDirectory;

namespace {

/// m rows of n ones.
std::string ones(int m, int n) {
  std::string out;
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) out += j + 1 < n ? "1," : "1\n";
  return out;
}

class Data {
 public:
  explicit Data(const std::string& program) : prepared_(program) {}
  Data& file(const std::string& name, const std::string& text) {
    std::ofstream(files_.path() / (name + ".csv"), std::ios::binary) << text;
    return *this;
  }
  Result<DataSet> read() { return read_data(prepared_.pool, prepared_.program, files_.path()); }
  std::string error(const std::string& code) {
    const auto data = read();
    REQUIRE_FALSE(data.ok());
    CHECK(data.errors().front().code == code);
    return data.errors().front().message;
  }
  Diagnostics errors() { return read().errors(); }
  [[nodiscard]] std::string directory() const { return files_.path().string(); }
  Prepared& prepared() { return prepared_; }

 private:
  Prepared prepared_;
  TemporaryDirectory files_;
};

const char* const kNetwork = "dim N, p1, p2\nvar G1(p1,p2), X(N,p1), y(N), s\nlet R = sum(X*G1)*s + sum(y)\n";

}  // namespace

TEST_CASE("sizes come from the files", "[check]") {
  Data data(kNetwork);
  const auto read = data.file("G1", ones(7, 4)).file("X", ones(10, 7)).file("y", ones(10, 1)).file("s", "2.5\n").read();
  REQUIRE(read.ok());
  CHECK(read->sizes == DimValues{{"N", 10}, {"p1", 7}, {"p2", 4}});
  CHECK(read->values.size() == 4);
}

TEST_CASE("a file that does not fit is told with both shapes and where the size comes from", "[check]") {
  Data data(kNetwork);
  data.file("G1", ones(7, 4)).file("X", ones(10, 6)).file("y", ones(10, 1)).file("s", "2\n");
  CHECK(data.error("E-DATA-05") == "G1.csv is 7×4 but G1 is p1×p2 with p1 = 6 from X.csv");
}

TEST_CASE("a column given as a row, and a matrix for a scalar, are refused", "[check]") {
  Data data(kNetwork);
  data.file("G1", ones(7, 4)).file("X", ones(10, 7)).file("y", ones(1, 10)).file("s", "2\n");
  CHECK(data.error("E-DATA-05") == "y.csv is 1×10 but y is N×1 with N = 10 from X.csv");
  CHECK(data.errors().front().repair == "the transpose of y.csv fits");
  data.file("y", ones(10, 1)).file("s", "1,2\n");
  CHECK(data.error("E-DATA-05") == "s.csv is 1×2 but s is a scalar");
}

TEST_CASE("every file that is missing is named, at the variable's declaration", "[check]") {
  Data data(kNetwork);
  data.file("G1", ones(7, 4)).file("s", "2\n");
  const Diagnostics errors = data.errors();
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].message == "cannot read " + data.directory() + "/X.csv: there is no such file");
  CHECK(errors[1].message == "cannot read " + data.directory() + "/y.csv: there is no such file");
  CHECK(data.prepared().source.place(errors[0].span.begin).line == 2);
}

TEST_CASE("a directory that is none is refused", "[check]") {
  Prepared p(kNetwork);
  const auto read = read_data(p.pool, p.program, "no/such/directory");
  REQUIRE_FALSE(read.ok());
  CHECK(read.errors().front().message == "no/such/directory is no directory");
}

TEST_CASE("sizes that are polynomials are solved when one symbol is left, and checked", "[check]") {
  Data data("dim n, m, k\nvar A(2*n,m+n), v(k*(k+1)/2)\nlet R = sum(A) + sum(v)\n");
  const auto read = data.file("A", ones(6, 5)).file("v", ones(10, 1)).read();
  REQUIRE(read.ok());
  CHECK(read->sizes == DimValues{{"k", 4}, {"m", 2}, {"n", 3}});
  data.file("A", ones(7, 5));
  CHECK(data.error("E-DATA-05") == "A.csv is 7×5 but A is 2*n×(n+m): no n fits");
  data.file("A", ones(6, 5)).file("v", ones(11, 1));
  CHECK(data.error("E-DATA-05") == "v.csv is 11×1 but v is k*(k+1)/2×1: no k fits");
}

TEST_CASE("a size that no file determines is asked for", "[check]") {
  Data data("dim m, n\nvar v(m*n)\nlet R = sum(v)\n");
  data.file("v", ones(6, 1));
  CHECK(data.error("E-DATA-06") == "no file determines the size m");
  CHECK(data.errors().front().repair == "dim m = ...");
}

TEST_CASE("a fixed size must be met", "[check]") {
  Data data("dim n = 3\nvar v(n)\nlet R = sum(v)\n");
  data.file("v", ones(4, 1));
  CHECK(data.error("E-DATA-05") == "v.csv is 4×1 but v is 3×1");
}

TEST_CASE("entries that contradict an attribute are refused", "[check]") {
  const auto message = [](const std::string& declaration, const std::string& text) {
    Data data("dim n, m\nvar A(n,m), " + declaration + "\nlet R = sum(A) + sum(S)\n");
    data.file("A", ones(2, 3)).file("S", text);
    return data.error("E-DATA-08");
  };
  CHECK(message("S(n,n) symmetric", "1,2\n3,4\n") ==
        "S is declared symmetric, but in S.csv entry (2,1) is 3 and entry (1,2) is 2");
  CHECK(message("S(n,n) lower", "1,2\n3,4\n") ==
        "S is declared lower, but in S.csv entry (1,2) is 2 and entry (2,1) is 3");
  CHECK(message("S(n,n) upper", "1,2\n3,4\n") ==
        "S is declared upper, but in S.csv entry (2,1) is 3 and entry (1,2) is 2");
  CHECK(message("S(n,n) skew", "0,2\n2,0\n") ==
        "S is declared skew, but in S.csv entry (2,1) is 2 and entry (1,2) is 2");
  CHECK(message("S(n,n) diagonal", "1,0\n3,4\n") ==
        "S is declared diagonal, but in S.csv entry (2,1) is 3 and entry (1,2) is 0");
  CHECK(message("S(n) positive", "1\n0\n") == "S is declared positive, but in S.csv entry (2,1) is 0");
  CHECK(message("S(n) unit", "1\n0.5\n") == "S is declared unit, but in S.csv entry (1,1) is 1");
  CHECK(message("S(n) sign", "1\n-1.5\n") == "S is declared sign, but in S.csv entry (2,1) is -1.5");
  CHECK(message("S(n) integer", "1\n2.5\n") == "S is declared integer, but in S.csv entry (2,1) is 2.5");
}

TEST_CASE("symmetric up to the rounding of its digits is symmetric", "[check]") {
  Data data("dim n\nvar S(n,n) symmetric\nlet R = sum(S)\n");
  CHECK(data.file("S", "1,0.30000000000000004\n0.3,2\n").read().ok());
}
