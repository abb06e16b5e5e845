/// Gradients by lets, asked together with gradients by the variables that the lets are made of.

#include <catch2/catch.hpp>

#include "calculus/adjoint.hpp"
#include "network/index_form.hpp"
#include "syntax/elaborate.hpp"
#include "term/term_print.hpp"
#include "term/traverse.hpp"

using namespace dvec;

namespace {

struct Session {
  TermPool pool;
  RuleBook book = embedded_rule_book(pool);
  Program program;

  explicit Session(const std::string& text) {
    const SourceText source("test.dv", text);
    auto read = read_program(source, book.vocabulary(), pool);
    if (!read) FAIL(render(read.errors(), source));
    program = std::move(*read);
  }

  SymbolId name(const std::string& text) const {
    for (const SymbolId v : program.variables)
      if (pool.symbols[v].name == text) return v;
    for (const Binding& b : program.lets)
      if (pool.symbols[b.name].name == text) return b.name;
    throw Bug("the test names something that its program does not declare");
  }

  AdjointProgram sweep(const std::vector<std::string>& wrt) {
    std::vector<SymbolId> by;
    for (const std::string& w : wrt) by.push_back(name(w));
    Templates templates(pool, book);
    Trace trace;
    return adjoint_sweep(program, pool.symbol(name("R")), by, templates, pool, trace);
  }

  /// The k-th gradient in the program's own names.
  TermId written_out(const AdjointProgram& a, std::size_t k) {
    TermMap lines;
    for (const Binding& b : a.adjoints) lines[pool.symbol(b.name)] = substitute(pool, b.value, lines);
    return substitute(pool, a.gradients.at(k), lines);
  }
};

const char* const kLayers = "dim N, p, q, r\n"
                            "var X(N,p), W(p,q), V(q,r)\n"
                            "function a\n"
                            "let B = a(X*W)\n"
                            "let C = a(B*V)\n"
                            "let R = sum(C.*C)\n";

}  // namespace

TEST_CASE("a gradient by a variable is the same whether or not the gradient by a let between is asked for too") {
  Session s(kLayers);
  const AdjointProgram alone = s.sweep({"W"});
  const TermId expected = s.written_out(alone, 0);
  REQUIRE(s.pool[expected].op != Op::Zeros);
  const std::vector<std::vector<std::string>> together = {
      {"B", "W"}, {"W", "B"}, {"C", "W"}, {"R", "W"}, {"C", "V", "B", "W"}};
  for (const auto& wrt : together) {
    const AdjointProgram a = s.sweep(wrt);
    for (std::size_t k = 0; k < wrt.size(); ++k)
      if (wrt[k] == "W") CHECK(s.written_out(a, k) == expected);
  }
}

TEST_CASE("a gradient by a let is its adjoint, whatever else is asked for") {
  Session s(kLayers);
  const SymbolId b = s.name("B"), c = s.name("C");
  const TermId alone = s.written_out(s.sweep({"B"}), 0);
  CHECK(s.written_out(s.sweep({"W", "B"}), 1) == alone);
  CHECK(s.written_out(s.sweep({"C", "B", "W"}), 1) == alone);
  // dR/dC = 2 C, found without looking into C.
  const TermId by_c = s.written_out(s.sweep({"W", "C"}), 1);
  CHECK(same_index_form(s.pool, by_c, s.pool.times(Rational(2), s.pool.symbol(c)), {}) == SameForm::Yes);
  CHECK(same_index_form(s.pool, by_c, s.pool.symbol(c), {}) == SameForm::No);
  CHECK(occurs(s.pool, b, alone));
}

TEST_CASE("a let that is asked for and reached on two paths sends their sum on, once") {
  Session s("dim m, n\n"
            "var X(m,n), A(m,n)\n"
            "let B = X.*A\n"
            "let R = sum(B.*B) + trace(B'*A)\n");
  const TermId by_x = s.written_out(s.sweep({"B", "X"}), 1);
  CHECK(by_x == s.written_out(s.sweep({"X"}), 0));
  const TermId A = s.pool.symbol(s.name("A")), B = s.pool.symbol(s.name("B"));
  const TermId expected = s.pool.hadamard(A, s.pool.add(s.pool.times(Rational(2), B), A));  // A .* (2*B + A)
  CHECK(same_index_form(s.pool, by_x, expected, {}) == SameForm::Yes);
  CHECK(same_index_form(s.pool, by_x, s.pool.hadamard(A, B), {}) == SameForm::No);
}

TEST_CASE("a let that is asked for, and made of nothing that is, gets no line") {
  Session s(kLayers);
  CHECK(s.sweep({"B"}).adjoints.size() == s.sweep({"B", "V"}).adjoints.size());
  for (const Binding& line : s.sweep({"B", "V"}).adjoints) CHECK(s.pool.symbols[line.name].name != "dR_dB");
}
