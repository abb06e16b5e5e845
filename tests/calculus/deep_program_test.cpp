/// Programs of many layers, and the names of the lines that sweeps add.

#include <catch2/catch.hpp>

#include <array>
#include <set>

#include "calculus/adjoint.hpp"
#include "calculus/identify.hpp"
#include "term/traverse.hpp"
#include "tests/rule_session.hpp"

using namespace dvec;
using dvec::test::RuleSession;

namespace {

/// H_k = a(H_(k-1)*W) + H_(k-1): each layer uses the one before twice, so the written-out tree doubles with each.
std::string layers(int count) {
  std::string text = "dim N, p\nvar X(N,p), W(p,p)\nfunction a\nlet H0 = X\n";
  for (int k = 1; k <= count; ++k) {
    const std::string before = "H" + std::to_string(k - 1);
    text += "let H" + std::to_string(k) + " = a(" + before + "*W) + " + before + "\n";
  }
  return text + "let R = sum(H" + std::to_string(count) + ")\n";
}

struct Size {
  std::size_t lines, steps, nodes;
};

Size swept(int count) {
  RuleSession session;
  const Program program = session.read(layers(count));
  Templates templates(session.pool, session.book);
  Trace trace;
  const std::size_t before = session.pool.size();
  const AdjointProgram a = adjoint_sweep(program, session.pool.symbol(program.lets.back().name), program.variables,
                                         templates, session.pool, trace);
  CHECK(a.gradients.size() == 2);
  for (const TermId g : a.gradients) CHECK(session.pool[g].op != Op::Zeros);
  return {a.adjoints.size(), trace.steps.size(), session.pool.size() - before};
}

const Binding* line(const RuleSession& s, const std::vector<Binding>& lines, const std::string& name) {
  for (const Binding& b : lines)
    if (s.pool.symbols[b.name].name == name) return &b;
  return nullptr;
}

}  // namespace

TEST_CASE("a sweep is linear in the number of layers: lines, steps and nodes") {
  const Size one = swept(100), two = swept(200), four = swept(400);
  // What a layer adds is the same wherever it stands.
  CHECK(two.lines - one.lines > 0);
  CHECK(four.lines - two.lines == 2 * (two.lines - one.lines));
  CHECK(four.steps - two.steps == 2 * (two.steps - one.steps));
  CHECK(four.nodes - two.nodes == 2 * (two.nodes - one.nodes));
}

TEST_CASE("10,000 layers are swept") {
  const Size deep = swept(10000);
  CHECK(deep.lines >= 9999);
  CHECK(deep.nodes < 40 * 10000);
}

TEST_CASE("the line of an adjoint is named after objective and let, and never as the program names something") {
  RuleSession session;
  const Program program = session.read("dim m, n\n"
                                       "var X(m,n), dR_dB(m,n), D_C(m,n)\n"
                                       "function dR_dC\n"
                                       "let A = X.*X\n"
                                       "let B = dR_dC(A).*dR_dB\n"
                                       "let C = B.*A.*D_C\n"
                                       "let R = sum(C.*B) + sum(C.*C.*A)\n");
  Templates templates(session.pool, session.book);
  Trace trace;
  const SymbolId x = program.variables[0];
  const AdjointProgram back = adjoint_sweep(program, session.pool.symbol(program.lets.back().name), std::array{x},
                                            templates, session.pool, trace);
  CHECK(line(session, back.adjoints, "dR_dA") != nullptr);
  CHECK(line(session, back.adjoints, "dR_dB_") != nullptr);
  CHECK(line(session, back.adjoints, "dR_dC_") != nullptr);
  CHECK(line(session, back.adjoints, "dR_dB") == nullptr);
  CHECK(line(session, back.adjoints, "dR_dC") == nullptr);
  const ForwardProgram forth =
      jacobian(program, session.pool.symbol(program.lets.back().name), x, templates, session.pool, trace);
  CHECK(line(session, forth.bindings, "D_A") != nullptr);
  CHECK(line(session, forth.bindings, "D_C_") != nullptr);
  CHECK(line(session, forth.bindings, "D_C") == nullptr);
  std::set<std::string> names;
  for (const Binding& b : back.adjoints) CHECK(names.insert(session.pool.symbols[b.name].name).second);
}
