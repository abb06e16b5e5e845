#pragma once
/// A pool with the embedded rule book, and texts read into it.

#include <memory>
#include <stdexcept>
#include <string>

#include "rulebook/rule_book.hpp"
#include "support/result.hpp"
#include "syntax/elaborate.hpp"

namespace dvec::test {

struct RuleSession {
  TermPool pool;
  RuleBook book = embedded_rule_book(pool);

  /// Throws with the rendered diagnostics where the text is no program.
  Program read(const std::string& text) {
    const SourceText source("test.dv", text);
    Result<Program> program = read_program(source, book.vocabulary(), pool);
    if (!program) throw std::runtime_error(render(program.errors(), source));
    return std::move(program).value();
  }
  /// The one output of `declarations; output EXPRESSION`.
  TermId term(const std::string& declarations, const std::string& expression) {
    return read(declarations + "\noutput " + expression + "\n").outputs.at(0);
  }
  const Rule& rule(const std::string& name) const {
    const Rule* found = book.find(name);
    if (!found) throw std::runtime_error("there is no rule " + name);
    return *found;
  }
};

}  // namespace dvec::test
