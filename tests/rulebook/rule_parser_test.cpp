#include <catch2/catch.hpp>

#include <algorithm>

#include "rulebook/embedded_rules.hpp"
#include "rulebook/rule_blocks.hpp"
#include "tests/rule_session.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

/// The first line of each error of a one-file rule book.
std::vector<std::string> errors(const std::string& text) {
  TermPool pool;
  const auto loaded = RuleBook::load({{"small.rules", text}}, {"definition", "mn2019"}, pool);
  std::vector<std::string> out;
  if (const auto* why = std::get_if<RuleErrors>(&loaded))
    for (const std::string& e : why->rendered) out.push_back(e.substr(0, e.find('\n')));
  return out;
}

std::string error(const std::string& text) {
  const auto all = errors(text);
  return all.empty() ? "" : all.front();
}

const std::string kTail = "  source   definition\n"
                          "  teach    A sentence.\n";

std::string identity(const std::string& header, const std::string& variables, const std::string& from,
                     const std::string& to) {
  return "rule " + header + "\n  for      " + variables + "\n  from     " + from + "\n  to       " + to + "\n" + kTail;
}

std::string linear(const std::string& form, const std::string& vec_form, const std::string& adjoint) {
  return "linear a/b\n  for      A(m,n), X(n,p)\n  form     " + form + "\n  vec      " + vec_form + "\n  adjoint  " +
         adjoint + "\n" + kTail;
}

std::string operator_block(const std::string& form, const std::string& d) {
  return "operator a/b\n  for      A(m,n), B(m,n)\n  form     " + form + "\n  d        " + d + "\n" + kTail;
}

}  // namespace

TEST_CASE("blocks that follow the grammar load") {
  CHECK(errors(identity("a/b <=>", "A(m,n)", "A''", "A")).empty());
  CHECK(errors(linear("A*[X]", "kron(eye(p), A)", "A'*G")).empty());
  CHECK(errors(operator_block("A.*B", "dA.*B + A.*dB")).empty());
  CHECK(errors("# a comment\n\n" + identity("a/b =>", "A(m,n),\n           B(m,n)", "(A +\n           B)'", "A' + B'"))
            .empty());
}

TEST_CASE("an error of layout names its place") {
  CHECK(error("theorem a/b\n") == "small.rules:1:1: error E-RULE-01: a block begins with chapter, operator, linear, "
                                  "rule, element or define, not theorem");
  CHECK(error("  for A(m,n)\n") ==
        "small.rules:1:3: error E-RULE-01: a field stands in a block, indented by two spaces");
  CHECK(error("rule a/b =>\n for A(m,n)\n") ==
        "small.rules:2:2: error E-RULE-01: a field stands in a block, indented by two spaces");
  CHECK(error("rule a/b =>\n    A(m,n)\n") == "small.rules:2:5: error E-RULE-01: a continuation line follows a field");
  CHECK(error("rule a/b =>\n  for      A(m,n)\n  for      B(m,n)\n") ==
        "small.rules:3:3: error E-RULE-01: the field for is given twice");
}

TEST_CASE("an error of content names its place") {
  CHECK(error(identity("a/b <=>", "A(m,n), B(n,p)", "A*B", "B'*A'")) ==
        "small.rules:4:12: error E-RULE-04: both sides have one shape");
  CHECK(error(identity("a/b <=>", "A(m,n), B(m,n)", "A", "A + B")) ==
        "small.rules:4:12: error E-RULE-07: B is not bound by the left side");
  CHECK(error(identity("a/b <=>", "A(m,n), B(m,n)", "A''", "A")) ==
        "small.rules:2:12: error E-RULE-07: B does not occur in the rule");
  CHECK(error(identity("a/b <=>", "A(m,n)", "A*A", "A")).starts_with("small.rules:3:14: error E-SHAPE-02: "));
  CHECK(error(identity("a/b <=>", "A(m,n)", "A''", "C")).starts_with("small.rules:4:12: error E-NAME-01: "));
  CHECK(error(identity("a/b", "A(m,n)", "A''", "A"))
            .starts_with("small.rules:3:12: error E-RULE-01: an identity is directed"));
  CHECK(error(identity("twice =>", "A(m,n)", "A''", "A"))
            .starts_with("small.rules:1:6: error E-RULE-01: a rule is named family/"));
}

TEST_CASE("a name is given once, and the second place is the one that is named") {
  const std::string one = identity("a/b =>", "A(m,n)", "A''", "A");
  CHECK(error(one + one) == "small.rules:7:6: error E-RULE-05: the rule a/b is defined twice (first in small.rules)");
  const std::string f = "element f(x)\n  d        1\n" + kTail;
  CHECK(error(f + f) == "small.rules:5:9: error E-RULE-05: the elementwise function f is defined twice");
}

TEST_CASE("fields: none missing, none unknown, none too long") {
  CHECK(error("rule a/b =>\n  for      A(m,n)\n  from     A''\n  to       A\n  teach    A sentence.\n") ==
        "small.rules:1:1: error E-RULE-02: the field source is missing");
  CHECK(error(identity("a/b =>", "A(m,n)", "A''", "A") + "  proof    obvious\n") ==
        "small.rules:7:12: error E-RULE-02: a block of kind rule has no field proof");
  CHECK(error("rule a/b =>\n  for      A(m,n)\n  from     A''\n  to       A\n  source   folklore\n  teach    A "
              "sentence.\n") == "small.rules:5:12: error E-RULE-03: the source folklore is not in sources.bib");
  std::string long_one = identity("a/b =>", "A(m,n)", "A''", "A");
  long_one.insert(long_one.size() - 1, std::string(240, 'x'));
  CHECK(error(long_one).starts_with("small.rules:6:12: error E-RULE-02: the teaching sentence has more than 240"));
}

TEST_CASE("a differential is linear in the changes") {
  CHECK(error(operator_block("A.*B", "dA.*dB")) ==
        "small.rules:4:12: error E-RULE-06: the differential is not linear in the differentials of its arguments");
  CHECK(error(operator_block("A.*B", "dA.*B + A")).find("E-RULE-06") != std::string::npos);
  CHECK(error(operator_block("A.*B", "dA.^2")).find("E-RULE-06") != std::string::npos);
  CHECK(error(operator_block("A.*B", "sum(dA.*B)")).find("E-RULE-04") != std::string::npos);
}

TEST_CASE("a linear block has a slot, and its readings do not speak of it") {
  CHECK(error(linear("A*X", "kron(eye(p), A)", "A'*G")) ==
        "small.rules:3:12: error E-RULE-06: the slot of a linear operator is written in square brackets: [X]");
  CHECK(error(linear("A*[Y]", "kron(eye(p), A)", "A'*G")) ==
        "small.rules:3:12: error E-RULE-07: the slot Y is not declared by for");
  CHECK(error(linear("A*[X]*[X]'*[X]", "kron(eye(p), A)", "A'*G")).find("E-") != std::string::npos);
  CHECK(error(linear("A*[X]", "kron(A, eye(p))", "A'*G")).empty());  // of the right shape: soundness refuses it
  CHECK(error(linear("A*[X]", "kron(eye(p), A')", "A'*G")).find("4:12: error E-RULE-04") != std::string::npos);
  CHECK(error(linear("A*[X]", "kron(eye(p), A)", "A*G")).find("E-SHAPE-02") != std::string::npos);
  CHECK(error(linear("A*[X]", "kron(eye(p), A)", "A'*A*X")) ==
        "small.rules:5:12: error E-RULE-06: the adjoint speaks of the slot X");
  CHECK(error(linear("A*[X]", "kron(eye(p), A*trace(X*X'))", "A'*G")) ==
        "small.rules:4:12: error E-RULE-06: the vec form speaks of the slot X");
}

TEST_CASE("all errors of a file are reported, not only the first") {
  CHECK(errors(identity("a/b =>", "A(m,n)", "A''", "A'") + identity("a/c =>", "A(m,n)", "A''", "A*A")).size() == 2);
}

TEST_CASE("every block of the embedded rule book says what it is, who says so, and where it stands") {
  RuleSession t;
  REQUIRE(t.book.rules().size() > 100);
  for (const Rule& r : t.book.rules()) {
    INFO(r.name);
    CHECK(r.name.find('/') != std::string::npos);
    CHECK_FALSE(r.name.ends_with('/'));
    CHECK_FALSE(r.text.empty());
    CHECK_FALSE(r.chapter.empty());
    CHECK_FALSE(r.source.empty());
    CHECK(r.teach.ends_with('.'));
    const auto& texts = embedded_rule_texts();
    const auto file = std::ranges::find_if(texts, [&](const RuleText& f) { return f.name == r.file; });
    REQUIRE(file != texts.end());
    const std::string block = file->text.substr(r.span.begin, r.span.end - r.span.begin);
    CHECK(block.find(r.source) != std::string::npos);
    if (r.kind != RuleKind::Define) CHECK(t.book.find(r.name) == &r);
  }
}
