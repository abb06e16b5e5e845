// What is said about wrong programs, word by word: tests/golden/diagnostics/NAME.dv gives NAME.txt.
// DVEC_RENEW_GOLDENS=1 writes the texts anew, for review.

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "small_vocabulary.hpp"
#include "syntax/elaborate.hpp"

namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace

TEST_CASE("every mistake is told with its place, both shapes and one repair that was tried", "[syntax][golden]") {
  const std::filesystem::path folder = std::filesystem::path(DVEC_SOURCE_DIR) / "tests/golden/diagnostics";
  std::vector<std::filesystem::path> programs;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".dv") programs.push_back(entry.path());
  std::ranges::sort(programs);
  REQUIRE(programs.size() > 40);

  for (const std::filesystem::path& path : programs) {
    dvec::TermPool pool;
    const dvec::test::SmallVocabulary small(pool);
    const dvec::SourceText source(path.filename().string(), read(path));
    const auto program = dvec::read_program(source, small.vocabulary, pool);
    INFO(path.string());
    REQUIRE_FALSE(program.ok());
    const std::string said = dvec::render(program.errors(), source);
    std::filesystem::path golden = path;
    golden.replace_extension(".txt");
    if (std::getenv("DVEC_RENEW_GOLDENS")) std::ofstream(golden) << said;
    CHECK(said == read(golden));
  }
}
