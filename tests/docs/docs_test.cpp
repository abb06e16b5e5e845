#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/run_dvec.hpp"

using namespace dvec::test;

namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
  Lines out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

/// `…` stands for any number of lines.
bool matches(const Lines& expected, std::size_t e, const Lines& got, std::size_t g) {
  if (e == expected.size()) return g == got.size();
  if (expected[e] == "…") {
    for (std::size_t k = g; k <= got.size(); ++k)
      if (matches(expected, e + 1, got, k)) return true;
    return false;
  }
  return g < got.size() && expected[e] == got[g] && matches(expected, e + 1, got, g + 1);
}

Lines run(const std::string& command) {
  const std::string path = std::filesystem::path(DVEC_BINARY).parent_path().string();
  const Run r = run_program("bash", {"-c", "export PATH=" + path + ":$PATH; exec 2>&1; " + command});
  Lines out = lines_of(r.out);
  while (!out.empty() && out.back().empty()) out.pop_back();
  return out;
}

std::string joined(const Lines& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

/// Runs the sessions of one page; returns what differs. `renewed` is the page with its outputs as they are now.
std::string check_page(const std::filesystem::path& page, std::string& renewed, std::size_t& commands) {
  const Lines lines = lines_of(read_file(page));
  std::string failures;
  bool session = false;
  for (std::size_t i = 0; i < lines.size();) {
    renewed += lines[i] + "\n";
    if (lines[i].starts_with("```")) session = !session && lines[i] == "```console";
    if (!session || !lines[i].starts_with("$ ")) {
      ++i;
      continue;
    }
    const std::string command = lines[i].substr(2);
    Lines expected;
    std::size_t next = i + 1;
    while (next < lines.size() && !lines[next].starts_with("$ ") && !lines[next].starts_with("```")) expected.push_back(lines[next++]);
    Lines shown = expected;
    while (!shown.empty() && shown.back().empty()) shown.pop_back();
    const Lines got = run(command);
    ++commands;
    const bool same = matches(shown, 0, got, 0);
    if (!same) failures += page.filename().string() + ":" + std::to_string(i + 1) + ": $ " + command + "\n" + difference(joined(shown), joined(got)) + "\n";
    const bool elided = std::ranges::count(shown, "…") > 0;
    renewed += same || elided ? joined(shown) : joined(got);
    if (expected.size() > shown.size()) renewed += "\n";
    i = next;
  }
  return failures;
}

}  // namespace

TEST_CASE("every session in the documents gives what the documents show") {
  std::vector<std::filesystem::path> pages{source_dir() / "README.md"};
  for (const auto& entry : std::filesystem::directory_iterator(source_dir() / "docs"))
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  std::ranges::sort(pages);
  const char* renew = std::getenv("DVEC_RENEW_GOLDENS");
  std::size_t commands = 0;
  for (const std::filesystem::path& page : pages) {
    std::string renewed;
    const std::string failures = check_page(page, renewed, commands);
    if (renew != nullptr && std::string(renew) == "1") {
      std::ofstream(page, std::ios::binary) << renewed;
      continue;
    }
    INFO(failures);
    CHECK(failures.empty());
  }
  CHECK(commands > 0);
}

TEST_CASE("the comparison of sessions can fail, and an ellipsis stands for lines, not for parts of them") {
  CHECK(matches({"a", "…", "d"}, 0, {"a", "b", "c", "d"}, 0));
  CHECK(matches({"a", "…", "d"}, 0, {"a", "d"}, 0));
  CHECK_FALSE(matches({"a", "…", "d"}, 0, {"a", "b", "e"}, 0));
  CHECK_FALSE(matches({"a"}, 0, {"a", "b"}, 0));
  CHECK_FALSE(matches({"a", "b"}, 0, {"a"}, 0));
}
