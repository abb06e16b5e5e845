#include <catch2/catch.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "oracle/equal.hpp"
#include "rulebook/rule_book.hpp"
#include "syntax/elaborate.hpp"
#include "tests/run_dvec.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

using Json = nlohmann::json;

std::string declarations(const Json& c) {
  std::string out;
  for (const auto& d : c["dims"]) out += "dim " + d.get<std::string>() + "\n";
  for (const auto& a : c["constraints"]) out += "assume " + a.get<std::string>() + "\n";
  for (const auto& v : c["vars"]) {
    const std::string rows = v["rows"], cols = v["cols"];
    out += "var " + v["name"].get<std::string>();
    if (rows != "1" || cols != "1") out += "(" + rows + "," + cols + ")";
    for (const auto& a : v["attrs"]) out += " " + a.get<std::string>();
    out += "\n";
  }
  for (const auto& f : c["functions"]) out += "function " + f["name"].get<std::string>() + "\n";
  return out;
}

/// The corpus has names of its own for f' and f''.
std::string in_our_words(std::string text, const Json& c) {
  for (const auto& f : c["functions"])
    for (std::size_t k = f["derivatives"].size(); k-- > 0;) {
      const std::string from = f["derivatives"][k].get<std::string>() + "(";
      const std::string to = f["name"].get<std::string>() + std::string(k + 1, '\'') + "(";
      for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
    }
  return text;
}

std::string wanted(const Json& c) {
  const std::string kind = c["kind"];
  if (c["wrt"].is_array())
    return "jac(grad(phi__, " + c["wrt"][0].get<std::string>() + "), " + c["wrt"][1].get<std::string>() + ")";
  const std::string convention = c["convention"].is_string() ? c["convention"] : "unconstrained", x = c["wrt"];
  if (kind != "gradient") return (kind == "jacobian" ? "jac(phi__, " : "hess(phi__, ") + (convention == "vech" ? "vech(" + x + ")" : x) + ")";
  if (convention == "vech") return "grad(phi__, vech(" + x + "))";
  const std::string word = convention == "independent_entries" ? "entries" : convention == "unconstrained" ? "unconstrained" : "structured";
  return "grad(phi__, " + x + ", " + word + ")";
}

/// What the case's constraints say about sizes: "n>m".
std::function<bool(const DimValues&)> admissible(const TermPool& pool, const Program& program) {
  return [&pool, &program](const DimValues& sizes) {
    for (const Assumption& a : program.assumptions) {
      const auto value = [&](TermId t) -> std::optional<Rational> {
        const Node& n = pool[t];
        return n.op == Op::Number ? std::optional(n.numbers[0]) : n.op == Op::Size ? pool.dims.evaluate_exact(n.first, sizes) : std::nullopt;
      };
      const auto l = value(a.left), r = value(a.right);
      if (l && r && ((a.relation == ">" && *l <= *r) || (a.relation == ">=" && *l < *r))) return false;
    }
    return true;
  };
}

struct Judgement {
  enum class State { Right, Wrong, None } state = State::None;
  std::string why;
  double ratio = 0;  ///< size against the reference
};

Judgement judge(const Json& c) {
  const std::string head = declarations(c) + "let phi__ = " + c["expr"].get<std::string>() + "\n";
  const Run run = run_dvec({"derive", "-", "--format", "json"}, head + "derive " + wanted(c) + "\n", 20);
  const Json got = Json::parse(run.out, nullptr, false);
  if (run.status == 4 || run.status < 0) return {Judgement::State::Wrong, "exit " + std::to_string(run.status) + ": " + run.err, 0};
  if (got.is_discarded() || got["results"].empty() || !got["results"][0]["expanded"].is_string())
    return {Judgement::State::None, run.err.substr(0, run.err.find('\n')), 0};
  const std::string answer = got["results"][0]["expanded"];
  const std::string reference = in_our_words(c["expected"], c);

  TermPool pool;
  const RuleBook book = embedded_rule_book(pool);
  const SourceText text(c["id"], head + "let answer__ = " + answer + "\nlet reference__ = " + reference + "\nderive " + wanted(c) + "\n");
  const Result<Program> program = read_program(text, book.vocabulary(), pool);
  if (!program) return {Judgement::State::Wrong, "the answer cannot be read back: " + answer + "\n" + render(program.errors(), text), 0};
  const auto value = [&](const std::string& name) {
    for (const Binding& b : program->lets)
      if (pool.symbols[b.name].name == name) return b.value;
    throw Bug("a let is missing");
  };
  const TermId ours = value("answer__"), theirs = value("reference__");
  if (pool.shape(ours) != pool.shape(theirs)) return {Judgement::State::Wrong, "has another shape: " + answer, 0};

  const Derivative& d = program->derivatives.back();
  DerivativeQuestion question;
  question.form = d.kind == DerivativeKind::Gradient ? DerivativeForm::Gradient
                  : d.kind == DerivativeKind::Jacobian ? DerivativeForm::Jacobian
                                                       : DerivativeForm::Hessian;
  question.of = d.of;
  question.wrt = d.wrt;
  question.candidate = ours;
  question.reading = d.by_vech                                  ? Reading::Stacked
                     : d.convention == Convention::Structured ? Reading::Structured
                     : d.convention == Convention::Entries    ? Reading::Entries
                                                              : Reading::Unconstrained;
  EqualOptions how;
  how.seed = 20121115;  // not the program's own points
  how.admissible = admissible(pool, *program);
  std::vector<Definition> lets = definitions(program->lets);
  std::vector<Equality> checks{are_equal(pool, ours, theirs, lets, how)};
  // A mixed second derivative is of a gradient that has no value here: it is held against the reference only.
  if (program->derivatives.size() == 1) checks.push_back(derivative_equals(pool, question, lets, how));
  for (const Equality& e : checks) {
    if (e.outcome == Comparison::Different) return {Judgement::State::Wrong, answer + ": " + e.reason, 0};
    if (!e.equal()) return {Judgement::State::None, "cannot be judged: " + e.reason, 0};
  }
  const double size = got["results"][0]["operations"], reference_size = c["size"];
  return {Judgement::State::Right, "", std::max(size, 1.0) / std::max(reference_size, 1.0)};
}

}  // namespace

TEST_CASE("derivatives of the corpus are right, and no longer than the references") {
  const Json cases = Json::parse(read_file(source_dir() / "tests/corpus/cases.json"));
  std::size_t right = 0, none = 0;
  std::vector<std::string> wrong;
  std::vector<double> ratios;
  std::string unanswered;
  for (const Json& c : cases) {
    const Judgement j = judge(c);
    const std::string id = c["id"];
    switch (j.state) {
      case Judgement::State::Right:
        ++right;
        ratios.push_back(j.ratio);
        break;
      case Judgement::State::Wrong: wrong.push_back(id + ": " + j.why); break;
      case Judgement::State::None:
        ++none;
        unanswered += "  " + id + ": " + j.why + "\n";
        break;
    }
  }
  for (const std::string& w : wrong) UNSCOPED_INFO(w);
  CHECK(wrong.empty());

  std::ranges::sort(ratios);
  const auto short_enough = static_cast<std::size_t>(std::ranges::count_if(ratios, [](double r) { return r <= 1.25; }));
  const std::string score = "right " + std::to_string(right) + "\nwrong " + std::to_string(wrong.size()) + "\nno answer " +
                            std::to_string(none) + "\nat most 1.25 times the reference " + std::to_string(short_enough) + "\n";
  std::printf("%s%s", score.c_str(), unanswered.c_str());

  const std::filesystem::path file = source_dir() / "tests/corpus/score.txt";
  std::size_t floor = 0, floor_short = 0;
  if (std::filesystem::exists(file)) {
    const std::string text = read_file(file);
    const auto number = [&](const std::string& label) { return std::stoul(text.substr(text.find(label) + label.size())); };
    floor = number("right ");
    floor_short = number("at most 1.25 times the reference ");
  }
  CHECK(right >= floor);
  CHECK(short_enough >= floor_short);
  const bool better = right >= floor && short_enough >= floor_short && wrong.empty() && (right > floor || short_enough > floor_short);
  if (better && std::getenv("DVEC_RENEW_GOLDENS") != nullptr) std::ofstream(file) << score;
}
