/// A check must be able to fail: rules with one mistake, each of which must be refused, and by what.

#include <catch2/catch.hpp>

#include <set>

#include "rulebook/embedded_rules.hpp"
#include "rulebook/soundness.hpp"
#include "tests/rule_session.hpp"

using namespace dvec;

namespace {

struct Mutant {
  const char* rule;        ///< the block that is changed: by its header
  const char* was;         ///< text in that block ...
  const char* becomes;     ///< ... and what is put in its place (the first occurrence)
  const char* refused_by;  ///< an error code of the build, or "soundness"
};

/// The rule book with one change.
std::vector<RuleText> mutated(const Mutant& m) {
  std::vector<RuleText> texts = embedded_rule_texts();
  for (RuleText& t : texts) {
    const std::size_t block = t.text.find(std::string("\n") + m.rule);
    if (block == std::string::npos) continue;
    const std::size_t at = t.text.find(m.was, block + 1), end = t.text.find("\n\n", block);
    if (at >= end) throw std::runtime_error(std::string(m.rule) + " has no " + m.was);
    t.text.replace(at, std::string(m.was).size(), m.becomes);
    return texts;
  }
  throw std::runtime_error(std::string("there is no block ") + m.rule);
}

const std::vector<Mutant>& mutants() {
  // clang-format off
  static const std::vector<Mutant> table = {
      // Refused when the project is built.
      {"linear kronecker/right-factor", "source   mn2019:3.7, mn2019:9.15", "", "E-RULE-02"},
      {"operator trace/trace", "teach ", "proof ", "E-RULE-02"},
      {"rule vec/of-sum", "source   mn2019:2.4", "source   folklore", "E-RULE-03"},
      {"linear transpose/slot", "adjoint  G'", "adjoint  G", "E-RULE-04"},
      {"linear reduce/slot-of-column-sums", "kron(eye(n), ones(1,m))", "kron(ones(1,n), eye(m))", "E-RULE-04"},
      {"operator reduce/down-the-columns", "sum(dA,1)", "sum(dA,2)", "E-RULE-04"},
      {"rule kronecker/mixed-product", "kron(A*C, B*D)", "kron(B*D, A*C)'", "E-RULE-04"},
      {"rule transpose/twice", "transpose/twice", "transpose/of-sum", "E-RULE-05"},
      {"element cosh(x)", "element cosh", "element sinh", "E-RULE-05"},
      {"operator arithmetic/product", "dA*B + A*dB", "dA*dB", "E-RULE-06"},
      {"operator elementwise/function", "f'(A).*dA", "f'(A).*dA + f(A)", "E-RULE-06"},
      {"operator inverse/inverse", "-(inv(A)*dA*inv(A))", "-(inv(A)*dA*inv(A)*dA)", "E-RULE-06"},
      {"linear hadamard/factor", "adjoint  A.*G", "adjoint  A.*A.*X", "E-RULE-06"},
      {"rule diagonal/diag-then-diagvec", "to       x", "to       y", "E-NAME-01"},
      {"rule reduce/total-as-product", "for      A(m,n)", "for      A(m,n), B(m,n)", "E-RULE-07"},
      {"rule inverse/of-product", "inv(B)*inv(A)", "inv(B)*inv(A", "E-PARSE"},
      {"rule arithmetic/distributive-left", "A*B + A*C", "A*B + C*A", "E-SHAPE-02"},
      {"linear arithmetic/left-factor", "adjoint  A'*G", "adjoint  A*G", "E-SHAPE-02"},
      {"rule trace/cyclic", "rule trace/cyclic <=>", "rule trace/cyclic", "E-RULE-01"},
      {"linear arithmetic/left-factor", "A*[X]", "2*A*[X]", "E-RULE-01"},
      {"operator hadamard/product", "form     A.*B", "form     A.*A", "E-RULE-01"},

      // Of the right shape, and wrong.
      {"linear kronecker/right-factor", "commutation_matrix(q,m)", "commutation_matrix(m,q)", "soundness"},
      {"linear kronecker/left-factor", "commutation_matrix(q,m)", "commutation_matrix(m,q)", "soundness"},
      {"linear kronecker/left-factor", "commutation_matrix(m,q)", "commutation_matrix(q,m)", "soundness"},
      {"rule commutation/definition", "from     commutation_matrix(m,n)", "from     commutation_matrix(n,m)", "soundness"},
      {"rule commutation/turns-kronecker-round", "commutation_matrix(q,n)", "commutation_matrix(n,q)", "soundness"},
      {"linear transpose/slot", "commutation_matrix(m,n)", "commutation_matrix(n,m)", "soundness"},
      {"operator inverse/inverse", "-(inv(A)*dA*inv(A))", "inv(A)*dA*inv(A)", "soundness"},
      {"operator inverse/inverse", "-(inv(A)*dA*inv(A))", "-(inv(A)*dA'*inv(A))", "soundness"},
      {"operator inverse/inverse", "-(inv(A)*dA*inv(A))", "-(inv(A)*inv(A)*dA)", "soundness"},
      {"operator determinant/det", "det(A)*trace(inv(A)*dA)", "trace(inv(A)*dA)", "soundness"},
      {"operator determinant/logdet", "trace(inv(A)*dA)", "det(A)*trace(inv(A)*dA)", "soundness"},
      {"operator determinant/logdet", "trace(inv(A)*dA)", "trace(inv(A)'*dA)", "soundness"},
      {"rule vec/of-triple-product", "kron(B', A)", "kron(A, B')", "soundness"},
      {"rule vec/of-outer-product", "kron(b, a)", "kron(a, b)", "soundness"},
      {"operator hadamard/product", "dA.*B + A.*dB", "dA.*B", "soundness"},
      {"operator hadamard/product", "dA.*B + A.*dB", "dA.*B - A.*dB", "soundness"},
      {"operator kronecker/product", "kron(dA,B) + kron(A,dB)", "2*kron(dA,B) + kron(A,dB)", "soundness"},
      {"operator elementwise/function", "f'(A).*dA", "f(A).*dA", "soundness"},
      {"operator elementwise/function", "f'(A).*dA", "f''(A).*dA", "soundness"},
      {"operator elementwise/power", "A.^(q-1)", "A.^q", "soundness"},
      {"operator elementwise/power", "q*(A.^(q-1))", "(q-1)*(A.^(q-1))", "soundness"},
      {"operator arithmetic/stop", "zeros(m,n)", "dA", "soundness"},
      {"operator arithmetic/scaling", "ds*A + s*dA", "s*dA", "soundness"},
      {"linear arithmetic/multiple-of-matrix", "sum(G.*A)", "sum(G)", "soundness"},
      {"linear reduce/slot-of-total", "G*ones(m,n)", "2*G*ones(m,n)", "soundness"},
      {"linear diagonal/slot-of-diag", "kron(eye(n), ones(n,1)).*kron(ones(n,1), eye(n))", "kron(eye(n), ones(n,1))", "soundness"},
      {"linear vec/slot-of-reshape", "adjoint  vec(G)", "adjoint  vec(G')", "soundness"},
      {"linear vec/slot", "reshape(G, m, n)", "reshape(G, n, m)'", "soundness"},
      {"linear arithmetic/right-factor", "kron(B', eye(m))", "-kron(B', eye(m))", "soundness"},
      {"linear hadamard/factor", "diag(vec(A))", "eye(m*n)", "soundness"},
      {"linear trace/slot", "G*eye(n)", "G*ones(n,n)", "soundness"},
      {"rule kronecker/inverse", "kron(inv(A), inv(B))", "kron(inv(B), inv(A))", "soundness"},
      {"rule trace/of-kronecker", "trace(A)*trace(B)", "trace(A) + trace(B)", "soundness"},
      {"rule inverse/of-product", "inv(B)*inv(A)", "inv(A)*inv(B)", "soundness"},
      {"rule determinant/of-inverse", "1/det(A)", "-1/det(A)", "soundness"},
      {"rule transpose/of-symmetric", "S(n,n) symmetric", "S(n,n)", "soundness"},
      {"rule hadamard/quadratic-form", "A*diag(y)*B'", "B*diag(y)*A'*0", "soundness"},
      {"element tanh(x)", "1 - tanh(x)^2", "1 + tanh(x)^2", "soundness"},
      {"element sigmoid(x)", "sigmoid(x)*(1 - sigmoid(x))", "sigmoid(x)*(1 + sigmoid(x))", "soundness"},
      {"element cos(x)", "-sin(x)", "sin(x)", "soundness"},
      {"element atan(x)", "1/(1 + x^2)", "1/(1 - x^2)", "soundness"},
      {"element erf(x)", "2*exp(-x^2)/pi^(1/2)", "2*exp(-x^2)/pi", "soundness"},
      {"element relu(x)", "step(x)", "1", "soundness"},
      {"element abs(x)", "sign(x)", "step(x)", "soundness"},
  };
  // clang-format on
  return table;
}

const std::set<std::string>& keys() {
  static const std::set<std::string> all = bib_keys(embedded_sources());
  return all;
}

}  // namespace

TEST_CASE("a rule with one mistake is refused", "[rules]") {
  for (const Mutant& m : mutants()) {
    INFO(m.rule << ": " << m.was << " -> " << m.becomes);
    TermPool pool;
    const auto loaded = RuleBook::load(mutated(m), keys(), pool);
    const auto* errors = std::get_if<RuleErrors>(&loaded);
    if (std::string(m.refused_by) != "soundness") {
      REQUIRE(errors);
      INFO(errors->rendered.front());
      CHECK(errors->rendered.front().find(m.refused_by) != std::string::npos);
      continue;
    }
    if (errors) FAIL("refused by the build already: " << errors->rendered.front());
    const RuleBook& book = std::get<RuleBook>(loaded);
    const std::string header(m.rule), word = header.substr(header.find(' ') + 1);
    const bool element = header.starts_with("element");
    const Rule* rule = book.find(element ? "element/" + word.substr(0, word.find('(')) : word);
    REQUIRE(rule);
    const SoundnessReport report = test_soundness(pool, *rule);
    INFO(report.text());
    CHECK(report.verdict() == Soundness::Unsound);
  }
}

TEST_CASE("a mutant that only equal sizes hide is refuted at pairwise distinct ones", "[rules]") {
  const Mutant m = {"rule commutation/definition", "from     commutation_matrix(m,n)",
                    "from     commutation_matrix(n,m)", ""};
  TermPool pool;
  const auto loaded = RuleBook::load(mutated(m), keys(), pool);
  const Rule* rule = std::get<RuleBook>(loaded).find("commutation/definition");
  REQUIRE(rule);
  for (const SoundnessCheck& c : test_soundness(pool, *rule).checks) {
    const bool hidden = c.sizes.at("m") == 1 || c.sizes.at("n") == 1;
    CHECK((c.verdict == Soundness::Unsound) == !hidden);
  }
}

TEST_CASE("a wrong slope is refused by differences even where dual numbers would be wrong too", "[rules]") {
  const Mutant m = {"element tanh(x)", "1 - tanh(x)^2", "1 + tanh(x)^2", ""};
  TermPool pool;
  const auto loaded = RuleBook::load(mutated(m), keys(), pool);
  const Rule* rule = std::get<RuleBook>(loaded).find("element/tanh");
  REQUIRE(rule);
  const SoundnessReport report = test_soundness(pool, *rule);
  CHECK(report.checks.back().verdict == Soundness::Unsound);
  CHECK(report.checks.back().reason.find("the slope is") != std::string::npos);
}

TEST_CASE("the build names the place of a mistake in a rule", "[rules]") {
  const Mutant m = {"linear transpose/slot", "adjoint  G'", "adjoint  G", ""};
  TermPool pool;
  const auto loaded = RuleBook::load(mutated(m), keys(), pool);
  REQUIRE(std::holds_alternative<RuleErrors>(loaded));
  CHECK(std::get<RuleErrors>(loaded).rendered.front() ==
        "rules/transpose.rules:14:12: error E-RULE-04: the adjoint has the slot's shape\n"
        "      adjoint  G\n"
        "               ^\n"
        "    n×m against m×n\n");
}
