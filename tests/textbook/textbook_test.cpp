#include <catch2/catch.hpp>

#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "rulebook/rule_book.hpp"
#include "simplify/cost.hpp"
#include "syntax/elaborate.hpp"
#include "tests/derivative_question.hpp"
#include "tests/textbook/textbook_cases.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

namespace fs = std::filesystem;

fs::path cases_path() { return source_dir() / "tests/textbook/cases.txt"; }

const TextbookFile& recorded() {
  static const TextbookFile file = read_textbook(read_file(cases_path()));
  return file;
}

/// The case as `dvec derive` answers it today.
TextbookCase answered(TextbookCase c) {
  const Run run = run_dvec({"derive", "-", "--format", "json"}, c.statements(), 20);
  const auto got = nlohmann::json::parse(run.out, nullptr, false);
  c.with.clear();
  c.dvec = "exit " + std::to_string(run.status);
  if (run.status != 0 || got.is_discarded() || got["results"].size() != 1) return c;
  const auto& r = got["results"][0];
  if (r["expression"].is_string()) c.dvec = r["expression"];
  for (const auto& let : r["lets"])
    if (!c.declares(let["name"])) c.with.push_back({let["name"], let["expression"]});
  return c;
}

const TextbookFile& today() {
  static const TextbookFile file = [] {
    TextbookFile out = recorded();
    for (TextbookCase& c : out.cases) c = answered(c);
    return out;
  }();
  return file;
}

struct Judgement {
  std::string failure;        ///< why the line is not the derivative; empty when it is
  std::int64_t operators = 0; ///< of the line and of those of its own before it, the program's names counted as letters
};

/// The line, after lines of its own, against the definition of the derivative, by evaluation at random points.
Judgement judged(const TextbookCase& c, const std::vector<NamedLine>& before, const std::string& line) {
  TermPool pool;
  const RuleBook book = embedded_rule_book(pool);
  std::string text = c.statements();
  for (const NamedLine& l : before) text += "let " + l.name + " = " + l.expression + "\n";
  const SourceText source(c.name, text + "let the_line = " + line + "\n");
  const Result<Program> program = read_program(source, book.vocabulary(), pool);
  if (!program) return {"cannot be read:\n" + render(program.errors(), source)};
  Judgement out;
  TermId value;
  for (const Binding& b : program->lets) {
    const std::string& name = pool.symbols[b.name].name;
    if (name == "the_line") value = b.value;
    if (name == "the_line" || std::ranges::any_of(before, [&](const NamedLine& l) { return l.name == name; })) out.operators += cost(pool, b.value);
  }
  EqualOptions how;
  how.seed = 18790101;
  how.admissible = admissible(pool, *program);
  const Equality e = derivative_equals(pool, question_of(program->derivatives.at(0), value), definitions(program->lets), how);
  if (!e.equal()) out.failure = (e.outcome == Comparison::Different ? "is wrong: " : "cannot be judged: ") + e.reason;
  return out;
}

/// A source of rules/sources.bib in words.
std::string source_in_words(const std::string& source) {
  const auto after = [&](const std::string& key) { return source.size() > key.size() ? source.substr(key.size() + 1) : ""; };
  if (source.starts_with("cookbook:")) return "Matrix Cookbook, (" + after("cookbook").substr(0, after("cookbook").find(',')) + ")" + (source.find(',') == std::string::npos ? "" : source.substr(source.find(',')));
  if (source == "cookbook") return "Matrix Cookbook";
  if (source.starts_with("mn2019:")) return "Magnus & Neudecker (2019), " + after("mn2019");
  return source == "definition" ? "" : source;
}

std::string code(const std::string& text) { return "`" + text + "`"; }

std::string lines(const std::vector<NamedLine>& before, const std::string& line) {
  std::string out = code(line);
  for (std::size_t i = 0; i < before.size(); ++i) out += (i == 0 ? " with " : ", ") + code(before[i].name + " = " + before[i].expression);
  return out;
}

struct Compared {
  Judgement textbook, dvec;
  [[nodiscard]] bool no_longer() const { return dvec.operators <= textbook.operators; }
};

std::string page(const std::vector<Compared>& compared) {
  const auto& cases = today().cases;
  std::size_t same = 0, no_longer = 0;
  std::string tables, topic;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const TextbookCase& c = cases[i];
    const bool equal = c.dvec == c.textbook && c.with.empty() && c.where.empty();
    same += equal ? 1 : 0;
    no_longer += compared[i].no_longer() ? 1 : 0;
    if (c.topic != topic) tables += "\n## " + c.topic + "\n\n| derivative | textbook | dvec | operators |\n|---|---|---|---|\n";
    topic = c.topic;
    std::string input = c.title;
    for (const std::string& s : c.program)
      if (s.starts_with("let ")) input += "<br>" + code(s.substr(4));
    const std::string source = source_in_words(c.source);
    tables += "| " + input + " | " + lines(c.where, c.textbook) + (source.empty() ? "" : "<br>" + source) + " | " +
              (equal ? "the same" : lines(c.with, c.dvec)) + " | " + std::to_string(compared[i].dvec.operators) + " (" +
              std::to_string(compared[i].textbook.operators) + ") |\n";
  }
  return read_file(source_dir() / "tests/textbook/page_head.md") + "\nOf " + std::to_string(cases.size()) + " derivatives dvec prints " +
         std::to_string(same) + " as the textbook does, letter by letter; " + std::to_string(no_longer) + " lines have no more operators than the textbook's.\n" + tables;
}

}  // namespace

TEST_CASE("dvec's line stands beside the textbook's: both are the derivative; docs/textbook.md shows them") {
  std::vector<Compared> compared;
  for (const TextbookCase& c : today().cases) {
    compared.push_back({judged(c, c.where, c.textbook), judged(c, c.with, c.dvec)});
    INFO(c.name);
    INFO("textbook: " + c.textbook + " " + compared.back().textbook.failure);
    INFO("dvec: " + c.dvec + " " + compared.back().dvec.failure);
    CHECK(compared.back().textbook.failure.empty());
    CHECK(compared.back().dvec.failure.empty());
  }
  std::size_t no_longer = 0;
  for (const Compared& c : compared) no_longer += c.no_longer() ? 1 : 0;
  std::cout << no_longer << " of " << compared.size() << " lines are no longer than the textbook's\n";
  for (std::size_t i = 0; i < compared.size(); ++i)
    if (!compared[i].no_longer())
      std::cout << "  " << today().cases[i].name << ": " << compared[i].dvec.operators << " against " << compared[i].textbook.operators << "\n";
  for (const auto& [path, text] : {std::pair{cases_path(), written(today())}, std::pair{source_dir() / "docs/textbook.md", page(compared)}}) {
    const std::string differs = against_golden(path, text);
    INFO(differs);
    CHECK(differs.empty());
  }
}

TEST_CASE("a line that is not the derivative is refused") {
  const auto named = [](const std::string& name) {
    return *std::ranges::find_if(recorded().cases, [&](const TextbookCase& c) { return c.name == name; });
  };
  CHECK(!judged(named("softmax-backward"), {}, "P.*dP").failure.empty());
  CHECK(!judged(named("trace-of-product"), {}, "A'*B").failure.empty());
  CHECK(!judged(named("log-determinant"), {}, "inv(X)").failure.empty());
  CHECK(!judged(named("attention-queries"), {{"dP", "dO*V'"}}, "(P.*dP)*K/sqrt(d)").failure.empty());
}

TEST_CASE("every case says where its textbook line is from, and asks one question") {
  std::set<std::string> names;
  const std::string sources = read_file(source_dir() / "rules/sources.bib");
  for (const TextbookCase& c : recorded().cases) {
    INFO(c.name);
    CHECK(names.insert(c.name).second);
    CHECK(!c.title.empty());
    CHECK(!c.textbook.empty());
    REQUIRE(!c.source.empty());
    if (std::islower(static_cast<unsigned char>(c.source[0])) != 0)
      CHECK(sources.find("{" + c.source.substr(0, c.source.find_first_of(":,")) + ",") != std::string::npos);
    REQUIRE(!c.program.empty());
    CHECK(std::ranges::count_if(c.program, [](const std::string& s) { return s.starts_with("derive "); }) == 1);
  }
  CHECK(names.size() >= 60);
}
