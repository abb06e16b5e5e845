#include <catch2/catch.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "rulebook/rule_book.hpp"
#include "syntax/elaborate.hpp"
#include "tests/derivative_question.hpp"
#include "tests/run_dvec.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

using Json = nlohmann::json;

const Json& cases() {
  static const Json all = Json::parse(read_file(source_dir() / "tests/peers/cases.json"));
  return all;
}

std::string declarations(const Json& c) { return c["declare"].get<std::string>() + "\n"; }

/// Empty when `answer` is the derivative that the case asks for, by the definition and by the right answer; both judged by
/// evaluation at points that the program has not seen.
std::string judged(const Json& c, const std::string& answer) {
  TermPool pool;
  const RuleBook book = embedded_rule_book(pool);
  const std::string right = c["right"], derive = c["derive"];
  const SourceText text(c["id"], declarations(c) + "let answer__ = " + answer + "\nlet right__ = " + right + "\nderive " + derive + "\n");
  const Result<Program> program = read_program(text, book.vocabulary(), pool);
  if (!program) return "cannot be read back:\n" + render(program.errors(), text);
  const auto value = [&](const std::string& name) {
    for (const Binding& b : program->lets)
      if (pool.symbols[b.name].name == name) return b.value;
    throw Bug("a let is missing");
  };
  const TermId ours = value("answer__"), theirs = value("right__");
  if (pool.shape(ours) != pool.shape(theirs)) return "has another shape";
  EqualOptions how;
  how.seed = 19990415;
  how.admissible = admissible(pool, *program);
  const std::vector<Definition> lets = definitions(program->lets);
  for (const Equality& e : {derivative_equals(pool, question_of(program->derivatives.at(0), ours), lets, how), are_equal(pool, ours, theirs, lets, how)})
    if (!e.equal()) return (e.outcome == Comparison::Different ? "is wrong: " : "cannot be judged: ") + e.reason;
  return "";
}

bool is_closed(const std::string& formula) {
  const std::string text = " " + formula;
  return std::ranges::none_of(std::vector<std::string>{"grad(", "jac(", "hess(", "d("}, [&](const std::string& word) {
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
      if (std::isalnum(static_cast<unsigned char>(text[at - 1])) == 0 && text[at - 1] != '_') return true;
    return false;
  });
}

std::string code(const std::string& text) { return "`" + text + "`"; }

struct Outcome {
  std::string failure;  ///< empty when dvec does what the case wants
  std::string cell;     ///< what the page shows
};

Outcome derived(const Json& c) {
  const Run run = run_dvec({"derive", "-", "--format", "json"}, declarations(c) + "derive " + c["derive"].get<std::string>() + "\n", 20);
  const Json got = Json::parse(run.out, nullptr, false);
  if (run.status != 0 || got.is_discarded() || got["results"].size() != 1)
    return {"exit " + std::to_string(run.status) + ": " + run.err, ""};
  const Json& r = got["results"][0];
  if (!r["expression"].is_string() || !r["expanded"].is_string()) return {"has no closed form", ""};
  Outcome out;
  out.cell = code(r["expression"]);
  const std::string declared = "; " + c["declare"].get<std::string>();
  std::string lead = " with ";
  for (const Json& let : r["lets"]) {
    const std::string name = let["name"], body = let["expression"];
    if (!is_closed(body)) out.failure = "the line " + name + " is not closed";
    if (declared.find("; let " + name + " ") != std::string::npos) continue;  // the page has it in the first column
    out.cell += lead + code(name + " = " + body);
    lead = ", ";
  }
  if (!is_closed(r["expression"])) out.failure = "is not closed: " + r["expression"].get<std::string>();
  if (out.failure.empty()) {
    const std::string why = judged(c, r["expanded"]);
    if (!why.empty()) out.failure = r["expanded"].get<std::string>() + " " + why;
  }
  return out;
}

Outcome decided(const Json& c) {
  const Run run = run_dvec({"check", "-", "--format", "json"}, declarations(c) + "claim \"it\": " + c["claim"].get<std::string>() + "\n", 20);
  const Json got = Json::parse(run.out, nullptr, false);
  if (got.is_discarded() || got["claims"].size() != 1) return {"exit " + std::to_string(run.status) + ": " + run.err, ""};
  const Json& claim = got["claims"][0];
  Outcome out;
  out.cell = claim["verdict"];
  if (claim["certificate"].is_string()) out.cell += " (" + claim["certificate"].get<std::string>() + ")";
  if (claim["reason"].is_string()) out.cell += ": " + claim["reason"].get<std::string>();
  if (claim["verdict"] == "false" && claim["repair"].is_string()) out.cell += "; did you mean " + code(claim["repair"]) + "?";
  if (claim["verdict"] != c["verdict"]) out.failure = "verdict " + claim["verdict"].get<std::string>();
  if (claim["verdict"] == "false" && claim["witness"].is_null()) out.failure = "refuted without a witness";
  return out;
}

Outcome refused(const Json& c) {
  const Run run = run_dvec({"derive", "-", "--format", "json"}, declarations(c) + "output " + c["refused"].get<std::string>() + "\n", 20);
  const Json got = Json::parse(run.out, nullptr, false);
  if (run.status != 2 || got.is_discarded() || got["diagnostics"].empty()) return {"exit " + std::to_string(run.status), ""};
  const Json& d = got["diagnostics"][0];
  Outcome out;
  out.cell = "refused: " + d["code"].get<std::string>() + ", " + d["message"].get<std::string>();
  if (d["code"] != c["code"]) out.failure = "another diagnostic: " + out.cell;
  return out;
}

Outcome outcome(const Json& c) { return c.contains("derive") ? derived(c) : c.contains("claim") ? decided(c) : refused(c); }

std::string cell(const Json& answer) {
  const std::string verdict = answer["verdict"], text = answer["answer"];
  if (verdict == "right") return code(text);
  if (verdict == "arrays") return "array objects: " + code(text);
  if (verdict == "raises") return "raises " + code(text);
  if (verdict == "wrong" || verdict == "accepted" || verdict == "unusable") return "**" + verdict + "**: " + code(text);
  return verdict + ": " + code(text);
}

std::string prose(const Json& answer) {
  const std::string verdict = answer["verdict"], text = answer["answer"];
  return (verdict == "wrong" ? "**wrong**" : verdict) + ": " + text;
}

/// The case in words, and its program's names.
std::string input_cell(const Json& c) {
  std::string out = c["input"];
  std::istringstream statements(c["declare"].get<std::string>());
  for (std::string s; std::getline(statements, s, ';');) {
    const std::size_t start = s.find_first_not_of(' ');
    if (start != std::string::npos && s.compare(start, 4, "let ") == 0) out += "<br>" + code(s.substr(start + 4));
  }
  return out;
}

std::string row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const std::string& c : cells) out += " " + c + " |";
  return out + "\n";
}

std::string page(const std::vector<Outcome>& ours) {
  std::string sympy, others, claims, group;
  std::size_t computed = 0, wrong = 0, raised = 0, master_wrong = 0, master_raised = 0;
  for (std::size_t i = 0; i < cases().size(); ++i) {
    const Json& c = cases()[i];
    const Json& said = c["answers"];
    if (c["table"] == "sympy") {
      if (c.contains("derive")) {
        ++computed;
        wrong += said[0]["verdict"] == "wrong" ? 1 : 0;
        raised += said[0]["verdict"] == "raises" ? 1 : 0;
        master_wrong += said[1]["verdict"] == "wrong" ? 1 : 0;
        master_raised += said[1]["verdict"] == "raises" ? 1 : 0;
      }
      if (c["group"] != group) {
        group = c["group"];
        sympy += "\n### " + group + "\n\n" + row({"input", "SymPy 1.14.0", "SymPy master", "dvec"}) + "|---|---|---|---|\n";
      }
      sympy += row({input_cell(c), cell(said[0]), cell(said[1]), ours[i].cell});
    } else if (c["table"] == "others") {
      others += row({input_cell(c), said[0]["peer"], prose(said[0]), ours[i].cell});
    } else {
      claims += row({c["input"], code(c["claim"]), said[0]["peer"], ours[i].cell});
    }
  }
  const auto n = [](std::size_t k) { return std::to_string(k); };
  return read_file(source_dir() / "tests/peers/peers_head.md") + "\n## SymPy\n\nOf the " + n(computed) + " derivatives below, SymPy 1.14.0 answers " + n(wrong) +
         " wrongly without a word and raises on " + n(raised) + "; its master answers " + n(master_wrong) + " wrongly and raises on " + n(master_raised) +
         ".\n" + sympy + "\n## Others\n\n" + row({"input", "who", "its answer", "dvec"}) + "|---|---|---|---|\n" + others +
         "\n## Claims that circulate\n\n" + row({"claim", "in dvec's language", "who says so", "dvec's verdict"}) + "|---|---|---|---|\n" + claims;
}

}  // namespace

TEST_CASE("where other systems are wrong, raise or give up, dvec answers in closed form, and rightly; docs/peers.md shows it") {
  std::vector<Outcome> ours;
  for (const Json& c : cases()) {
    ours.push_back(outcome(c));
    INFO(c["id"].get<std::string>() + ": " + ours.back().failure);
    CHECK(ours.back().failure.empty());
  }
  const std::string differs = against_golden(source_dir() / "docs/peers.md", page(ours));
  INFO(differs);
  CHECK(differs.empty());
}

TEST_CASE("the cases are many, and each records what the others answer") {
  std::set<std::string> ids, groups;
  for (const Json& c : cases()) {
    INFO(c["id"].get<std::string>());
    CHECK(ids.insert(c["id"]).second);
    if (c.contains("group")) groups.insert(c["group"]);
    REQUIRE(c["answers"].size() == (c["table"] == "sympy" ? 2 : 1));
    for (const Json& a : c["answers"]) CHECK(!a["answer"].get<std::string>().empty());
    CHECK((c.contains("derive") && c.contains("right")) + (c.contains("claim") && c.contains("verdict")) + (c.contains("refused") && c.contains("code")) == 1);
  }
  CHECK(ids.size() >= 100);
  CHECK(groups.size() >= 8);
}

TEST_CASE("the judge refuses the wrong answers that the others give") {
  const auto with_id = [](const std::string& id) {
    return *std::ranges::find_if(cases(), [&](const Json& c) { return c["id"] == id; });
  };
  CHECK(!judged(with_id("A13"), "zeros(n,n)").empty());                                // 1.14.0: log det X
  CHECK(!judged(with_id("B25"), "det(X)*eye(n)").empty());                             // 1.14.0: a term is lost
  CHECK(!judged(with_id("A40"), "diag(exp(x))/sum(exp(x))").empty());                  // 1.14.0: the diagonal part only
  CHECK(!judged(with_id("B6"), "sum(exp(D*w))*D'*ones(N,1)").empty());                 // both: sum taken too early
  CHECK(!judged(with_id("B4"), "eye(n)/norm2(x)").empty());                            // 1.14.0: a term is lost
  CHECK(!judged(with_id("tensorgrad-symmetric"), "a*b'").empty());                     // the structure forgotten
  CHECK(judged(with_id("A13"), "inv(X)'").empty());
  CHECK(!is_closed("2*grad(x'*x,x)"));
  CHECK(!is_closed("jac(f,x)"));
  CHECK(!is_closed("d(x,x,v)"));
  CHECK(is_closed("norm2(x)*kron(x,x)*logdet(X)*sd(1)*step(x)"));
}
