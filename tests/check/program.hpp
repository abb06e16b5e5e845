#pragma once
/// A program read, derived, and made ready to be evaluated.

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "check/interpret.hpp"
#include "rulebook/rule_book.hpp"
#include "simplify/derive.hpp"
#include "syntax/elaborate.hpp"
#include "term/traverse.hpp"

namespace dvec::test {

struct Prepared {
  TermPool pool;
  RuleBook book = embedded_rule_book(pool);
  SourceText source;
  Program program;
  Answers answers;
  std::vector<Definition> definitions;  ///< lets, lines, results of derivatives, in dependency order

  explicit Prepared(const std::string& text, const std::string& name = "test.dv") : source(name, text) {
    auto read = read_program(source, book.vocabulary(), pool);
    if (!read) throw std::runtime_error(render(read.errors(), source));
    program = std::move(*read);
    auto derived = derive(program, book, pool);
    if (!derived) throw std::runtime_error(render(derived.errors(), source));
    answers = std::move(*derived);
    for (const Binding& b : program.lets) definitions.push_back({b.name, b.value});
    for (const Binding& b : answers.lines) definitions.push_back({b.name, b.value});
    for (const Derivation& d : answers.derivations) definitions.push_back({d.request.result, d.result});
    sort();
  }

  /// The term of a variable, a let or a derivative: "R", "grad(R, G1)".
  TermId term(std::string name) {
    std::erase(name, ' ');
    for (const SymbolId s : program.variables)
      if (pool.symbols[s].name == name) return pool.symbol(s);
    for (const Definition& d : definitions)
      if (pool.symbols[d.name].name == name) return pool.symbol(d.name);
    throw std::runtime_error("no name " + name);
  }

  Result<Matrix<double>> value(TermId t, const DataSet& data) {
    DVEC_TRY(values, interpret(pool, std::span(&t, 1), definitions, data));
    return std::move(values.front());
  }

 private:
  /// Lets of a source may use derivatives, and derivatives use lets: each after what it uses.
  void sort() {
    std::map<SymbolId, TermId> left;
    for (const Definition& d : definitions) left.emplace(d.name, d.value);
    std::vector<Definition> out;
    while (!left.empty()) {
      const std::size_t before = left.size();
      for (const Definition& d : definitions) {
        if (!left.contains(d.name)) continue;
        if (std::ranges::any_of(symbols_of(pool, d.value), [&](SymbolId s) { return left.contains(s); })) continue;
        out.push_back(d);
        left.erase(d.name);
      }
      if (left.size() == before) throw std::runtime_error("definitions in a circle");
    }
    definitions = out;
  }
};

}  // namespace dvec::test
