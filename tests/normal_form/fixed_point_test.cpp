#include <catch2/catch.hpp>

#include "simplify/definition_form.hpp"
#include "simplify/simplify.hpp"
#include "syntax/elaborate.hpp"
#include "tests/normal_form/answer.hpp"
#include "tests/normal_form/base_programs.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

/// The names of a program and of the lines of its answer.
Scope scope_of(const RuleSession& session, const Program& program, const Answers& answers) {
  Scope scope;
  for (const std::string& d : program.dims) scope.bind(d, session.pool.dims.symbol(d));
  for (const SymbolId v : program.variables) scope.bind(session.pool.symbols[v].name, v);
  for (const FunctionId f : program.functions) scope.bind(session.pool.functions[f].name, f);
  for (const Binding& b : program.lets) scope.bind(session.pool.symbols[b.name].name, b.name);
  for (const Binding& b : answers.lines) scope.bind(session.pool.symbols[b.name].name, b.name);
  return scope;
}

/// The term of a text.
TermId read(RuleSession& session, const Scope& scope, const std::string& text) {
  const SourceText source("answer.dv", text);
  const Result<SyntaxTree> tree = parse_expression(source, whole(source));
  if (!tree) throw std::runtime_error(render(tree.errors(), source));
  const Result<TermId> term = elaborate_expression(*tree, scope, session.book.vocabulary(), session.pool);
  if (!term) throw std::runtime_error(render(term.errors(), source));
  return *term;
}

}  // namespace

TEST_CASE("an answer that is printed, read and simplified again prints the same", "[normal_form]") {
  for (const BaseProgram& base : base_programs()) {
    if (base.name == "projector") continue;  // a search that is cut short goes on: see the README of simplify
    DYNAMIC_SECTION(base.name) {
      RuleSession session;
      const Program program = session.read(base.text);
      const Result<Answers> answers = derive(program, session.book, session.pool, Tracing::Sweeps);
      REQUIRE(answers);
      const Scope scope = scope_of(session, program, *answers);
      std::vector<Binding> names = plain_definitions(session.pool, program.lets);
      names.insert(names.end(), answers->lines.begin(), answers->lines.end());
      Simplifier simplifier(session.pool, names);
      for (const Derivation& d : answers->derivations) {
        const std::string text = print(session.pool, d.result);
        INFO(session.pool.symbols[d.request.result].name);
        CHECK(print(session.pool, simplifier.simplify(read(session, scope, text))) == text);
      }
    }
  }
}
