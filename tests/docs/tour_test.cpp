/// docs/tour.md by doing it: its patches are applied to a copy of the tree, in order, and what they touch is compiled there
/// with the flags of this build. A case that a switch forgets is an error, whatever the preset.
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "tests/run_dvec.hpp"

using namespace dvec::test;

namespace {

namespace fs = std::filesystem;

struct Patch {
  std::string text;
  std::set<std::string> files;
};

/// The fenced blocks with the word `diff`, in the order of the page.
std::vector<Patch> patches_of(const std::string& page) {
  std::vector<Patch> out;
  std::istringstream in(page);
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) {
      inside = !inside && line == "```diff";
      if (inside) out.emplace_back();
    } else if (inside) {
      out.back().text += line + "\n";
      if (line.starts_with("+++ b/")) out.back().files.insert(line.substr(6));
    }
  }
  return out;
}

std::vector<Patch> patches_of_the_tour() { return patches_of(read_file(source_dir() / "docs" / "tour.md")); }

fs::path build_dir() { return fs::path(DVEC_BINARY).parent_path(); }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

/// A copy of the sources, with include directories of its own.
class Copy {
 public:
  Copy() {
    for (const char* part : {"engine", "codegen", "cli", "rules"})
      fs::copy(source_dir() / part, root() / part, fs::copy_options::recursive);
    for (const auto& layer : fs::directory_iterator(build_dir() / "layers")) {
      const fs::path name = layer.path().filename();
      const fs::path source = fs::read_symlink(layer.path() / name).lexically_relative(source_dir());
      fs::create_directories(root() / "layers" / name);
      fs::create_symlink(root() / source, root() / "layers" / name / name);
    }
    for (const auto& entry : nlohmann::json::parse(read_file(build_dir() / "compile_commands.json")))
      commands_.emplace(entry.at("file").get<std::string>(), entry.at("command").get<std::string>());
  }

  [[nodiscard]] const fs::path& root() const { return directory_.path(); }

  /// Lines may have moved; the context must be as the page has it. Returns what patch has to say against it.
  [[nodiscard]] std::string apply(const Patch& patch) const {
    const Run r = run_program("patch", {"-p1", "-F0", "--batch", "--no-backup-if-mismatch", "-d", root().string()}, patch.text);
    return r.status == 0 ? "" : r.out + r.err;
  }

  /// The errors of one source, empty where there are none.
  [[nodiscard]] std::string compile(const std::string& file) const {
    const auto known = commands_.find((source_dir() / file).string());
    if (known == commands_.end()) return file + " is in no target of this build";
    std::string command = replaced(known->second, (build_dir() / "layers").string(), (root() / "layers").string());
    command = replaced(command, known->first, (root() / file).string());
    const Run r = run_program("bash", {"-c", "cd " + root().string() + " && " + command + " -fsyntax-only -Werror=switch"});
    return r.status == 0 ? "" : file + ": " + r.err + "(exit status " + std::to_string(r.status) + ")\n";
  }

  /// As the build checks it.
  [[nodiscard]] Run lint() const {
    std::string files;
    for (const auto& entry : fs::directory_iterator(root() / "rules"))
      if (entry.path().extension() == ".rules" || entry.path().extension() == ".bib") files += " rules/" + entry.path().filename().string();
    return run_program("bash", {"-c", "cd " + root().string() + " && " + (build_dir() / "dvec_rule_lint").string() + files});
  }

 private:
  TemporaryDirectory directory_;
  std::map<std::string, std::string> commands_;
};

bool of_rules_only(const Patch& p) {
  return std::ranges::all_of(p.files, [](const std::string& f) { return f.starts_with("rules/"); });
}

/// The sources that show whether a file compiles: itself; for a header, one that includes it.
std::string compiled_for(const std::string& file) {
  if (file == "engine/oracle/evaluate.hpp") return "engine/oracle/witness.cpp";
  if (file == "engine/term/op.def") return "engine/term/op.cpp";
  if (file == "engine/term/term_pool.hpp") return "engine/term/term_pool.cpp";
  return file;
}

/// The question that a switch asks when an operator is missing in it.
bool asks(const std::string& errors) { return errors.find("not handled in switch") != std::string::npos; }

}  // namespace

TEST_CASE("the identity of the tour is one block in one file, and the build's check of the rule book accepts it") {
  const std::vector<Patch> patches = patches_of_the_tour();
  REQUIRE(!patches.empty());
  REQUIRE(of_rules_only(patches[0]));
  CHECK(patches[0].files.size() == 1);
  const Copy copy;
  REQUIRE(copy.apply(patches[0]) == "");
  const Run accepted = copy.lint();
  INFO(accepted.err);
  CHECK(accepted.status == 0);

  SECTION("and refuses it when its two sides have two shapes") {
    const fs::path file = copy.root() / *patches[0].files.begin();
    const std::string text = read_file(file), from = "from     logdet(expm(A))\n  to       trace(A)";
    REQUIRE(text.find(from) != std::string::npos);
    std::ofstream(file, std::ios::binary) << replaced(text, from, "from     logdet(expm(A))\n  to       diagvec(A)");
    const Run refused = copy.lint();
    CHECK(refused.status == 1);
    CHECK(refused.err.find("E-RULE-04") != std::string::npos);
  }
}

TEST_CASE("every patch of the tour applies, and every source that it touches compiles") {
  const std::vector<Patch> patches = patches_of_the_tour();
  const Copy copy;
  std::set<std::string> sources;
  for (const Patch& p : patches) {
    INFO(p.text);
    REQUIRE(!p.files.empty());
    REQUIRE(copy.apply(p) == "");
    if (!of_rules_only(p))
      for (const std::string& f : p.files) sources.insert(compiled_for(f));
  }
  CHECK(sources.size() > 10);
  for (const std::string& s : sources) CHECK(copy.compile(s) == "");
}

TEST_CASE("with the operator's row alone, the compiler asks in the places of the tour's second section, and only there") {
  const std::string page = read_file(source_dir() / "docs" / "tour.md");
  const std::size_t row = page.find("### 1. "), asked = page.find("### 2. "), silent = page.find("### 3. "), rules = page.find("### 4. ");
  REQUIRE(rules != std::string::npos);
  REQUIRE((row < asked && asked < silent && silent < rules));
  const Copy copy;
  for (const Patch& p : patches_of(page.substr(row, asked - row))) REQUIRE(copy.apply(p) == "");

  const auto errors_in = [&](const std::string& file) { return copy.compile(compiled_for(file)); };
  std::size_t places = 0;
  for (const Patch& p : patches_of(page.substr(asked, silent - asked)))
    for (const std::string& file : p.files) {
      if (file == "engine/term/term_pool.hpp" || file == "engine/term/term_constructors.cpp") continue;  // nothing to forget yet
      const std::string errors = errors_in(file);
      INFO(file << "\n" << errors);
      CHECK(asks(errors));
      ++places;
    }
  CHECK(places == 10);
  for (const Patch& p : patches_of(page.substr(silent, rules - silent)))
    for (const std::string& file : p.files) CHECK(errors_in(file) == "");
}

TEST_CASE("a patch of the tour that is out of date does not apply") {
  Patch old = patches_of_the_tour()[0];
  const std::size_t context = old.text.find("\n ");
  REQUIRE(context != std::string::npos);
  const std::size_t line = old.text.find("\n rule ");
  REQUIRE(line != std::string::npos);
  old.text.replace(line, 7, "\n rool ");
  const Copy copy;
  CHECK(copy.apply(old) != "");
}
