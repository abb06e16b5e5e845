#include "check/csv.hpp"

#include <bit>
#include <cstdint>
#include <fstream>

#include <catch2/catch.hpp>

#include "oracle/keyed_hash.hpp"
#include "tests/run_dvec.hpp"

using namespace dvec;
using dvec::test::TemporaryDirectory;

namespace {

void refused(std::string_view text, const std::string& code, const std::string& message, const CsvLimits& limits = {}) {
  const auto read = parse_csv(text, "X.csv", {}, limits);
  REQUIRE_FALSE(read.ok());
  CHECK(read.errors().front().code == code);
  CHECK(read.errors().front().message == message);
}

}  // namespace

TEST_CASE("rows of a CSV text are rows of the matrix", "[check]") {
  const auto m = parse_csv("1,2,3\n4,5,-6e1\n", "X.csv");
  REQUIRE(m.ok());
  REQUIRE(m->rows() == 2);
  REQUIRE(m->cols() == 3);
  CHECK((*m)(0, 2) == 3);
  CHECK((*m)(1, 0) == 4);
  CHECK((*m)(1, 2) == -60);
}

TEST_CASE("line ends, spaces, a plus sign, a byte order mark and blank lines at the end mean nothing", "[check]") {
  const auto m = parse_csv("\xEF\xBB\xBF 1 ,\t+2\r\n3,4\r\n\r\n  \n", "X.csv");
  REQUIRE(m.ok());
  CHECK(m->rows() == 2);
  CHECK((*m)(0, 1) == 2);
  CHECK((*m)(1, 1) == 4);
}

TEST_CASE("what is no finite number is refused with its place", "[check]") {
  refused("1,2\n3,x\n", "E-DATA-02", "X.csv:2: entry 2 is no number: 'x'");
  refused("1,2\n3,\n", "E-DATA-02", "X.csv:2: entry 2 is empty");
  refused("1,2\nnan,4\n", "E-DATA-02", "X.csv:2: entry 1 is not finite: 'nan'");
  refused("1,-inf\n", "E-DATA-02", "X.csv:1: entry 2 is not finite: '-inf'");
  refused("1,1e999\n", "E-DATA-02", "X.csv:1: entry 2 is outside the range of doubles: '1e999'");
  refused("1,2 3\n", "E-DATA-02", "X.csv:1: entry 2 is no number: '2 3'");
  refused("1,0x10\n", "E-DATA-02", "X.csv:1: entry 2 is no number: '0x10'");
  refused("1,+-2\n", "E-DATA-02", "X.csv:1: entry 2 is no number: '+-2'");
}

TEST_CASE("a header is refused and the note says that files have none", "[check]") {
  const auto read = parse_csv("a,b\n1,2\n", "X.csv");
  REQUIRE_FALSE(read.ok());
  REQUIRE(read.errors().front().notes.size() == 1);
  CHECK(read.errors().front().notes.front() == "files have no header: the first line is the first row");
}

TEST_CASE("rows of different length are refused", "[check]") {
  refused("1,2\n3\n", "E-DATA-03", "X.csv:2: this row has 1 entry, the first has 2");
  refused("1\n2\n3,4\n", "E-DATA-03", "X.csv:3: this row has 2 entries, the first has 1");
  refused("1,2\n\n3,4\n", "E-DATA-03", "X.csv:2: a line without entries between rows");
}

TEST_CASE("an empty file is refused", "[check]") {
  refused("", "E-DATA-04", "X.csv is empty");
  refused(" \n\r\n", "E-DATA-04", "X.csv is empty");
}

TEST_CASE("a text past the limits is refused", "[check]") {
  refused("1,2\n3,4\n", "E-DATA-07", "X.csv has more than 3 entries, the limit", {.entries = 3});
  refused("1,2\n3,4\n", "E-DATA-07", "X.csv has 8 bytes; the limit is 7", {.bytes = 7});
}

TEST_CASE("a file that is not there and a directory are refused with the reason", "[check]") {
  const TemporaryDirectory files;
  const auto missing = read_csv(files.path() / "X.csv");
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.errors().front().code == "E-DATA-01");
  CHECK(missing.errors().front().message ==
        "cannot read " + (files.path() / "X.csv").string() + ": there is no such file");
  const auto directory = read_csv(files.path());
  REQUIRE_FALSE(directory.ok());
  CHECK(directory.errors().front().code == "E-DATA-01");
}

TEST_CASE("doubles of every size survive writing and reading, to the bit", "[check]") {
  Matrix<double> m(50, 3);
  std::uint64_t key = 7;
  for (double& a : m) {
    do a = std::bit_cast<double>(key = scramble(key));
    while (a - a != 0);
  }
  m(0, 0) = 0.1;
  m(1, 0) = -0.0;
  m(2, 0) = 5e-324;
  m(3, 0) = 1.7976931348623157e308;
  const TemporaryDirectory files;
  REQUIRE(write_csv(files.path() / "M.csv", m).empty());
  const auto read = read_csv(files.path() / "M.csv");
  REQUIRE(read.ok());
  REQUIRE(read->rows() == m.rows());
  REQUIRE(read->cols() == m.cols());
  for (std::size_t k = 0; k < m.size(); ++k)
    CHECK(std::bit_cast<std::uint64_t>((*read)[k]) == std::bit_cast<std::uint64_t>(m[k]));
}

TEST_CASE("a file is written whole or not at all", "[check]") {
  const TemporaryDirectory files;
  const auto target = files.path() / "M.csv";
  std::ofstream(target) << "old\n";
  REQUIRE(write_csv(target, Matrix<double>(1, 2, 1.5)).empty());
  CHECK(dvec::test::read_file(target) == "1.5,1.5\n");
  const Diagnostics why = write_csv(files.path() / "no" / "M.csv", Matrix<double>(1, 1));
  REQUIRE(why.size() == 1);
  CHECK(why.front().code == "E-DATA-09");
  std::filesystem::create_directory(files.path() / "D.csv");
  CHECK(write_csv(files.path() / "D.csv", Matrix<double>(1, 1)).size() == 1);
  std::size_t left = 0;
  for (const auto& entry : std::filesystem::directory_iterator(files.path()))
    left += entry.path().string().find(".csv.") != std::string::npos;
  CHECK(left == 0);
}
