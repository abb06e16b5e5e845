#include <catch2/catch.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/run_dvec.hpp"

using namespace dvec::test;
using Json = nlohmann::json;

namespace {

std::vector<std::string> examples() {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(source_dir() / "examples"))
    if (entry.path().extension() == ".dv") out.push_back("examples/" + entry.path().filename().string());
  std::ranges::sort(out);
  return out;
}

bool derives(const std::string& example) {
  const std::string text = "\n" + read_file(source_dir() / example);
  return text.find("\nderive ") != std::string::npos;
}

}  // namespace

TEST_CASE("there are examples, numbered without a gap") {
  const std::vector<std::string> all = examples();
  REQUIRE(all.size() >= 9);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string number = (i < 9 ? "0" : "") + std::to_string(i + 1);
    CHECK(all[i].substr(9, 2) == number);
  }
}

TEST_CASE("every derivative of every example is found, and its check holds") {
  for (const std::string& example : examples()) {
    INFO(example);
    const Run run = run_dvec({"derive", example, "--format", "json"});
    const Json got = Json::parse(run.out);
    if (!derives(example)) {
      CHECK(run.status == 2);
      CHECK(got["diagnostics"][0]["code"] == "E-USE-02");
      continue;
    }
    CHECK(run.status == 0);
    CHECK(run.err.empty());
    REQUIRE(!got["results"].empty());
    for (const Json& r : got["results"]) {
      CHECK(r["check"]["ok"] == true);
      CHECK(r["check"]["points"] >= 3);
      CHECK(r["expression"].is_string());
      CHECK(r["expanded"].is_string());
      CHECK(r["operations"].is_number());
    }
  }
}

TEST_CASE("every example checks, and its claims have the verdicts that it expects") {
  for (const std::string& example : examples()) {
    INFO(example);
    const Run run = run_dvec({"check", example});
    INFO(run.out + run.err);
    CHECK(run.status == 0);
    CHECK(run.err.empty());
  }
}

TEST_CASE("every example is explained, and the explanation says whether it replays") {
  for (const std::string& example : examples()) {
    if (!derives(example)) continue;
    INFO(example);
    const Run run = run_dvec({"explain", example});
    INFO(run.err);
    CHECK(run.status == 0);
    const std::string last = run.out.substr(run.out.rfind('\n', run.out.size() - 2) + 1);
    INFO(last);
    CHECK((last.starts_with("proved") || last.starts_with("incomplete")));
  }
}

TEST_CASE("a kernel is emitted for every example") {
  for (const std::string& example : examples()) {
    INFO(example);
    const Run run = run_dvec({"emit", example, "--target", "eigen"});
    INFO(run.err);
    CHECK(run.status == 0);
    CHECK(run.out.find("#pragma once") != std::string::npos);
  }
}

TEST_CASE("a hundred runs of every example give the same bytes") {
  for (const std::string& example : examples()) {
    if (!derives(example)) continue;
    INFO(example);
    const Run first = run_dvec({"derive", example, "--format", "json"});
    std::size_t same = 0;
    for (int k = 0; k < 100; ++k) {
      const Run again = run_dvec({"derive", example, "--format", "json"});
      if (again.out == first.out && again.err == first.err && again.status == first.status) ++same;
    }
    CHECK(same == 100);
  }
}

TEST_CASE("explanations, checks and kernels are the same on every run") {
  for (const std::string& example : examples())
    for (const std::string verb : {"explain", "check", "emit"}) {
      INFO(verb + " " + example);
      const Run first = run_dvec({verb, example});
      for (int k = 0; k < 3; ++k) {
        const Run again = run_dvec({verb, example});
        CHECK(again.out == first.out);
        CHECK(again.err == first.err);
      }
    }
}
