#pragma once
/// The closed forms of a program as text that can be compared: names mapped back, lines numbered.

#include <cctype>

#include "simplify/derive.hpp"
#include "syntax/roles.hpp"
#include "term/term_print.hpp"
#include "tests/normal_form/variants.hpp"
#include "tests/rule_session.hpp"

namespace dvec::test {

/// Every identifier of a text in other words.
inline std::string renamed(const std::string& text, const Renaming& by) {
  const auto in_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && in_name(text[end])) ++end;
    if (end == i) {
      out += text[i++];
      continue;
    }
    out += in(by, text.substr(i, end - i));
    i = end;
  }
  return out;
}

/// What a program derives: the lines in order, then the results, sorted by what was asked.
struct Answer {
  std::vector<std::string> lines;
  std::map<std::string, std::string> results;

  [[nodiscard]] std::string text() const {
    std::string out;
    for (const std::string& l : lines) out += "  " + l + "\n";
    for (const auto& [asked, result] : results) out += "  " + asked + " = " + result + "\n";
    return out;
  }
};

inline Answer answer(const std::string& program_text, const Renaming& back) {
  RuleSession session;
  const Program program = session.read(program_text);
  const Result<Answers> answers = derive(program, session.book, session.pool, Tracing::Sweeps);
  if (!answers) throw std::runtime_error("not derived: " + program_text);
  Renaming by = back;
  Answer out;
  for (std::size_t i = 0; i < answers->lines.size(); ++i) by[session.pool.symbols[answers->lines[i].name].name] = "line" + std::to_string(i + 1);
  for (std::size_t i = 0; i < answers->lines.size(); ++i)
    out.lines.push_back("line" + std::to_string(i + 1) + " = " + renamed(print(session.pool, answers->lines[i].value), by));
  for (const Derivation& d : answers->derivations)
    out.results[renamed(session.pool.symbols[d.request.result].name, by)] = renamed(print(session.pool, d.result), by);
  return out;
}

/// Names that have one role: the program says the same when they are exchanged, or no one could tell.
inline std::vector<std::vector<std::string>> exchangeable(const std::string& program_text) {
  RuleSession session;
  const Program program = session.read(program_text);
  const Roles all = roles(program, session.pool);
  std::map<std::uint64_t, std::vector<std::string>> by_role;
  for (const SymbolId v : program.variables) by_role[all.symbols.at(v)].push_back(session.pool.symbols[v].name);
  for (const Binding& b : program.lets) by_role[all.symbols.at(b.name)].push_back(session.pool.symbols[b.name].name);
  for (const auto& [name, role] : all.sizes) by_role[role].push_back(name);
  for (const auto& [f, role] : all.functions) by_role[role].push_back(session.pool.functions[f].name);
  std::vector<std::vector<std::string>> out;
  for (auto& [role, names] : by_role)
    if (names.size() > 1) out.push_back(names);
  return out;
}

/// The answer to a program, and what it becomes where names of one role are exchanged: one answer up to renaming.
inline std::set<std::string> answers_up_to_exchange(const Lines& lines) {
  std::vector<Renaming> exchanges{{}};
  for (std::vector<std::string> names : exchangeable(text_of(lines))) {
    std::ranges::sort(names);
    std::vector<Renaming> more;
    std::vector<std::string> to = names;
    do
      for (Renaming by : exchanges) {
        for (std::size_t i = 0; i < names.size(); ++i) by[names[i]] = to[i];
        more.push_back(by);
      }
    while (std::next_permutation(to.begin(), to.end()) && more.size() < 100);
    exchanges = std::move(more);
  }
  std::set<std::string> out;
  for (const Renaming& by : exchanges) {
    Renaming back;
    for (const auto& [from, to] : by) back[to] = from;
    out.insert(answer(text_of(lines, by), back).text());
  }
  return out;
}

/// Shapes of a program's names, as texts.
inline Shapes shapes_of(const std::string& program_text) {
  RuleSession session;
  const Program program = session.read(program_text);
  Shapes out;
  const auto take = [&](SymbolId s) {
    const Symbol& symbol = session.pool.symbols[s];
    out[symbol.name] = {session.pool.dims.text(symbol.shape.rows), session.pool.dims.text(symbol.shape.cols)};
  };
  for (const SymbolId v : program.variables) take(v);
  for (const Binding& b : program.lets) take(b.name);
  for (const std::string& d : program.dims) out[d] = kScalar;
  return out;
}

}  // namespace dvec::test
