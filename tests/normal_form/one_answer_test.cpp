#include <catch2/catch.hpp>

#include "tests/normal_form/answer.hpp"
#include "tests/normal_form/base_programs.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

constexpr std::uint64_t kVariants = 12;  ///< of each base program and each set of ways

/// Variants of one base program that are answered in other words.
void one_answer(Ways ways, std::uint64_t first_seed) {
  for (const BaseProgram& base : base_programs()) {
    DYNAMIC_SECTION(base.name) {
      const Lines lines = lines_of(base.text);
      const Shapes shapes = shapes_of(text_of(lines));
      const std::set<std::string> expected = answers_up_to_exchange(lines);
      REQUIRE(expected.contains(answer(text_of(lines), {}).text()));
      std::size_t different = 0;
      std::string shown;
      for (std::uint64_t seed = first_seed; seed < first_seed + kVariants; ++seed) {
        const Variant v = variant(lines, shapes, ways, seed);
        const std::string got = answer(v.text, v.back).text();
        if (expected.contains(got)) continue;
        if (different++ == 0) shown = "seed " + std::to_string(seed) + "\n" + v.text + "expected\n" + *expected.begin() + "got\n" + got;
      }
      INFO(different << " of " << kVariants << " variants are answered otherwise\n" << shown);
      CHECK(different == 0);
    }
  }
}

}  // namespace

TEST_CASE("the order of statements does not change the answer", "[normal_form]") { one_answer({.shuffle = true}, 1000); }
TEST_CASE("names do not change the answer", "[normal_form]") { one_answer({.rename = true}, 2000); }
TEST_CASE("how expressions are written does not change the answer", "[normal_form]") { one_answer({.rewrite = true}, 3000); }
TEST_CASE("all of it together does not change the answer", "[normal_form]") {
  one_answer({.shuffle = true, .rename = true, .rewrite = true}, 4000);
}
