/// The same few mistakes made in every formula of the rule book: none may pass.

#include <catch2/catch.hpp>

#include <set>

#include "rulebook/embedded_rules.hpp"
#include "rulebook/rule_blocks.hpp"
#include "rulebook/soundness.hpp"
#include "tests/rule_session.hpp"

using namespace dvec;

namespace {

/// A formula with one mistake, and what was done to it.
struct Mistake {
  std::string what, formula;
};

/// `formula` with the text at a place replaced.
std::string with(const std::string& formula, std::size_t at, std::size_t length, const std::string& by) {
  return formula.substr(0, at) + by + formula.substr(at + length);
}

std::vector<Mistake> mistakes(const std::string& formula) {
  std::vector<Mistake> out{{"its sign", "-(" + formula + ")"}, {"twice it", "2*(" + formula + ")"}};
  for (std::size_t i = 0; i < formula.size(); ++i) {
    // f' and f'' are derivatives, which the table of mutants has.
    const bool derivative = i > 0 && formula[i - 1] == 'f';
    if (formula[i] == '\'' && !derivative) out.push_back({"a transpose dropped", with(formula, i, 1, "")});
    if (formula.substr(i, 3) == " + ") out.push_back({"a sign in it", with(formula, i, 3, " - ")});
    if (formula.substr(i, 3) == " - ") out.push_back({"a sign in it", with(formula, i, 3, " + ")});
    const std::string k = "commutation_matrix(";
    if (formula.substr(i, k.size()) == k) {
      const std::size_t open = i + k.size(), comma = formula.find(',', open), close = formula.find(')', comma);
      const std::string m = formula.substr(open, comma - open), n = formula.substr(comma + 1, close - comma - 1);
      out.push_back({"K turned round", with(formula, open, close - open, n + "," + m)});
    }
  }
  return out;
}

/// Differentials that are zero stay true with another sign or factor.
bool is_zero(const std::string& rule) {
  static const std::set<std::string> rules = {"arithmetic/stop", "element/step", "element/sign"};
  return rules.contains(rule);
}

bool is_refused(const std::vector<RuleText>& texts, const std::set<std::string>& keys, const std::string& name) {
  TermPool pool;
  const auto loaded = RuleBook::load(texts, keys, pool);
  if (std::holds_alternative<RuleErrors>(loaded)) return true;
  const Rule* rule = std::get<RuleBook>(loaded).find(name);
  REQUIRE(rule);
  // A mistake after which nothing has a value is refused too: the suite wants every block tested.
  return test_soundness(pool, *rule).verdict() != Soundness::Sound;
}

}  // namespace

TEST_CASE("in every formula a sign, a factor, a dropped transpose or a turned K is refused", "[rules]") {
  const std::vector<RuleText>& book = embedded_rule_texts();
  const std::set<std::string> keys = bib_keys(embedded_sources());
  std::size_t made = 0;
  for (std::size_t file = 0; file < book.size(); ++file) {
    const SourceText source(book[file].name, book[file].text);
    const auto blocks = split_blocks(source);
    REQUIRE(blocks);
    for (const RuleBlock& block : *blocks) {
      if (block.keyword == "define" || block.keyword == "chapter") continue;
      const std::string header(source.slice(block.header));
      const std::string name = block.keyword == "element" ? "element/" + header.substr(0, header.find('('))
                                                          : header.substr(0, header.find(' '));
      for (const char* field : {"d", "vec", "adjoint", "to"}) {
        const auto at = block.fields.find(field);
        if (at == block.fields.end()) continue;
        for (const Mistake& m : mistakes(std::string(source.slice(at->second)))) {
          std::vector<RuleText> texts = book;
          texts[file].text.replace(at->second.begin, at->second.end - at->second.begin, m.formula);
          INFO(name << ", " << field << ", " << m.what << ": " << m.formula);
          CHECK(is_refused(texts, keys, name) != is_zero(name));
          ++made;
        }
      }
    }
  }
  CHECK(made > 300);
}
