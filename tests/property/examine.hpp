#pragma once
/// One program through the whole engine: read, derive, print; what was printed is read again and held against the oracle,
/// which shares no code with differentiation or simplification.

#include <functional>
#include <map>
#include <set>

#include "oracle/equal.hpp"
#include "simplify/derive.hpp"
#include "syntax/elaborate.hpp"
#include "term/print_latex.hpp"
#include "term/print_numpy.hpp"
#include "term/print_octave.hpp"
#include "term/print_unicode.hpp"
#include "term/term_print.hpp"
#include "term/traverse.hpp"
#include "tests/rule_session.hpp"

namespace dvec::property {

enum class Outcome {
  Right,
  Refused,     ///< for a stated reason: a limit, what cannot be done
  Unjudged,    ///< the oracle found no point at which it has a value, or reached a limit of its own
  Wrong,       ///< the answer is not the derivative
  Unreadable,  ///< the answer's text is no program, or has another shape or value than the answer
  Restless,    ///< a second run prints another answer
  IllShaped,   ///< the generated program was not accepted
  Bug,         ///< a broken invariant
  Crash,
  Hang,
};

inline const char* word(Outcome v) {
  switch (v) {
    case Outcome::Right: return "right";
    case Outcome::Refused: return "refused";
    case Outcome::Unjudged: return "not judged";
    case Outcome::Wrong: return "wrong";
    case Outcome::Unreadable: return "unreadable";
    case Outcome::Restless: return "restless";
    case Outcome::IllShaped: return "ill-shaped";
    case Outcome::Bug: return "bug";
    case Outcome::Crash: return "crash";
    case Outcome::Hang: return "hang";
  }
  return "?";
}

/// May the outcome stand in a suite that passes?
inline bool harmless(Outcome v) { return v == Outcome::Right || v == Outcome::Refused || v == Outcome::Unjudged; }

struct Finding {
  Outcome outcome = Outcome::Right;
  std::string detail;
  int derivatives = 0;  ///< that were judged right
  int zero = 0;         ///< of these, that are zero everywhere
};

/// The answers to one program as text, in the names of the program.
struct Printed {
  std::vector<std::string> lines;    ///< "dR_dB = ..."
  std::vector<std::string> answers;  ///< one for each derivative that occurs
};

namespace detail {

/// Lets, lines and results, each after those that it uses.
inline std::vector<Binding> in_order(const TermPool& pool, const Program& program, const Answers& answers) {
  std::vector<Binding> all = program.lets, out;
  all.insert(all.end(), answers.lines.begin(), answers.lines.end());
  for (const Derivation& d : answers.derivations) all.push_back({d.request.result, d.result, {}});
  std::map<SymbolId, std::size_t> where;
  for (std::size_t i = 0; i < all.size(); ++i) where[all[i].name] = i;
  std::vector<bool> placed(all.size(), false);
  const std::function<void(std::size_t)> place = [&](std::size_t i) {
    if (placed[i]) return;
    placed[i] = true;
    for (const SymbolId s : symbols_of(pool, all[i].value))
      if (const auto at = where.find(s); at != where.end()) place(at->second);
    out.push_back(all[i]);
  };
  for (std::size_t i = 0; i < all.size(); ++i) place(i);
  return out;
}

inline std::string first_line(const Diagnostics& errors) {
  return errors.empty() ? "" : errors.front().code + ": " + errors.front().message;
}

}  // namespace detail

/// How a derivative that was read is put to the oracle.
inline DerivativeQuestion question_of(const Derivative& d, TermId candidate) {
  DerivativeQuestion q;
  q.form = d.kind == DerivativeKind::Gradient   ? DerivativeForm::Gradient
           : d.kind == DerivativeKind::Jacobian ? DerivativeForm::Jacobian
           : d.kind == DerivativeKind::Hessian  ? DerivativeForm::Hessian
                                                : DerivativeForm::Differential;
  q.of = d.of;
  q.wrt = d.wrt;
  q.candidate = candidate;
  q.reading = d.by_vech                                  ? Reading::Stacked
              : d.convention == Convention::Structured ? Reading::Structured
              : d.convention == Convention::Entries    ? Reading::Entries
                                                       : Reading::Unconstrained;
  q.direction = d.direction;
  return q;
}

/// What the program's answers are, as text; every printer runs.
inline Printed printed(TermPool& pool, const Program& program, const Answers& answers) {
  constexpr std::uint64_t kLongest = 200'000;  // nodes of one answer; more is nobody's reading
  Printed out;
  TermMap results;
  std::set<SymbolId> lines;
  for (const Binding& b : answers.lines) lines.insert(b.name);
  std::map<SymbolId, std::string> texts;
  for (const Binding& b : detail::in_order(pool, program, answers)) {
    const TermId value = substitute(pool, b.value, results);
    if (pool[value].weight > kLongest) throw LimitReached("the closed form is longer than anybody reads");
    const bool line = lines.contains(b.name);
    if (line) out.lines.push_back(pool.symbols[b.name].name + " = " + print(pool, value));
    if (line || program.find(b.name) != nullptr) continue;
    results[pool.symbol(b.name)] = value;
    texts[b.name] = print(pool, value);
    (void)print_unicode(pool, value);
    (void)print_latex(pool, value);
    (void)print_octave(pool, value);
    (void)print_numpy(pool, value);
  }
  for (const Derivation& d : answers.derivations) out.answers.push_back(texts.at(d.request.result));
  return out;
}

/// A program with the answers as lets, so that they can be judged.
struct Reread {
  Program program;
  std::vector<TermId> candidates;
  std::vector<Definition> definitions;  ///< of lets, lines, and of the results of inner derivatives
};

inline Result<Reread> read_again(TermPool& pool, const RuleBook& book, const std::string& preamble, const std::string& derive,
                                 const Printed& answers) {
  std::string text = preamble;
  for (const std::string& line : answers.lines) text += "let " + line + "\n";
  for (std::size_t k = 0; k < answers.answers.size(); ++k) text += "let answer_" + std::to_string(k) + " = " + answers.answers[k] + "\n";
  const SourceText source("answer.dv", text + derive);
  Result<Program> program = read_program(source, book.vocabulary(), pool);
  if (!program) {
    Diagnostic d = program.errors().front();
    d.message += "\n" + render(program.errors(), source);
    return d;
  }
  Reread out{std::move(*program), {}, {}};
  out.definitions = definitions(out.program.lets);
  for (std::size_t k = 0; k < answers.answers.size(); ++k)
    for (const Binding& b : out.program.lets)
      if (pool.symbols[b.name].name == "answer_" + std::to_string(k)) out.candidates.push_back(b.value);
  for (std::size_t k = 0; k < out.program.derivatives.size(); ++k)
    out.definitions.push_back({out.program.derivatives[k].result, out.candidates.at(k)});
  return out;
}

/// The first program's term in the names of the second.
inline TermId renamed(TermPool& pool, TermId t, const Program& from, const Reread& to) {
  std::map<std::string, SymbolId> names;
  for (const SymbolId v : to.program.variables) names[pool.symbols[v].name] = v;
  for (const Binding& b : to.program.lets) names[pool.symbols[b.name].name] = b.name;
  for (const Derivative& d : to.program.derivatives) names[pool.symbols[d.result].name] = d.result;
  std::map<std::string, FunctionId> functions;
  for (const FunctionId f : to.program.functions) functions[pool.functions[f].name] = f;
  return transform(pool, t, [&](TermId at) {
    const Node n = pool[at];
    if (n.op == Op::Symbol)
      if (const auto known = names.find(pool.symbols[n.symbol].name); known != names.end()) return pool.symbol(known->second);
    if (n.op == Op::Apply && std::ranges::count(from.functions, n.function) > 0)
      return pool.apply(functions.at(pool.functions[n.function].name), n.order, n.args[0]);
    return at;
  });
}

/// What the program's assumptions say of sizes.
inline std::function<bool(const DimValues&)> admissible(const TermPool& pool, const Program& program) {
  if (program.assumptions.empty()) return {};
  return [&pool, assumptions = program.assumptions](const DimValues& sizes) {
    const auto value = [&](TermId t) -> std::optional<Rational> {
      const Node& n = pool[t];
      return n.op == Op::Number ? std::optional(n.numbers[0]) : n.op == Op::Size ? pool.dims.evaluate_exact(n.first, sizes) : std::nullopt;
    };
    return std::ranges::all_of(assumptions, [&](const Assumption& a) {
      const auto l = value(a.left), r = value(a.right);
      if (!l || !r) return true;
      return a.relation == ">" ? *l > *r : a.relation == ">=" ? *l >= *r : a.relation == "<" ? *l < *r : a.relation == "<=" ? *l <= *r : *l == *r;
    });
  };
}

/// Not the points at which the engine tests its own steps.
inline EqualOptions examination(const TermPool& pool, const Program& program) {
  EqualOptions how;
  how.seed = 20121115;
  how.witness = false;
  how.admissible = admissible(pool, program);
  return how;
}

/// `preamble` declares and lets; `derive` asks.
inline Finding examine(dvec::test::RuleSession& session, const std::string& preamble, const std::string& derive, bool twice) {
  TermPool& pool = session.pool;
  Finding found;
  try {
    const SourceText source("random.dv", preamble + derive);
    const Result<Program> program = read_program(source, session.book.vocabulary(), pool);
    if (!program) return {Outcome::IllShaped, render(program.errors(), source)};
    const Result<Answers> answers = dvec::derive(*program, session.book, pool);
    if (!answers) return {Outcome::Refused, detail::first_line(answers.errors())};
    const Printed text = printed(pool, *program, *answers);

    Result<Reread> again = read_again(pool, session.book, preamble, derive, text);
    if (!again) return {Outcome::Unreadable, again.errors().front().message};
    // What is stopped in a derivative stays constant in derivatives of it, which its printed value does not say.
    for (std::size_t k = 0; k < answers->derivations.size(); ++k)
      if (const TermId meaning = answers->derivations[k].meaning; meaning.valid())
        for (Definition& d : again->definitions)
          if (d.name == again->program.derivatives[k].result) d.value = renamed(pool, meaning, *program, *again);
    for (std::size_t k = 0; k < again->candidates.size(); ++k) {
      const Derivative& d = again->program.derivatives[k];
      const TermId candidate = again->candidates[k];
      if (pool.shape(candidate) != pool.symbols[d.result].shape)
        return {Outcome::Unreadable, "has another shape: " + text.answers[k]};
      const Equality e = derivative_equals(pool, question_of(d, candidate), again->definitions, examination(pool, again->program));
      const std::string what = pool.symbols[d.result].name + " = " + text.answers[k] + "\n    " + e.reason;
      if (e.outcome == Comparison::Different) return {Outcome::Wrong, what};
      if (!e.equal()) found = {Outcome::Unjudged, e.reason, found.derivatives, found.zero};
      else ++found.derivatives;
      if (pool[candidate].op == Op::Zeros || (pool[candidate].op == Op::Number && pool[candidate].numbers[0].is_zero())) ++found.zero;
      const TermId meant = renamed(pool, answers->derivations[k].result, *program, *again);
      if (e.equal() && are_equal(pool, meant, candidate, again->definitions, examination(pool, again->program)).outcome == Comparison::Different)
        return {Outcome::Unreadable, "reads as another value: " + text.answers[k]};
    }
    if (twice) {
      dvec::test::RuleSession fresh;
      const Result<Program> other = read_program(source, fresh.book.vocabulary(), fresh.pool);
      const Result<Answers> other_answers = dvec::derive(*other, fresh.book, fresh.pool);
      const Printed other_text = printed(fresh.pool, *other, *other_answers);
      if (other_text.answers != text.answers || other_text.lines != text.lines) return {Outcome::Restless, "a second run prints another answer"};
    }
  } catch (const LimitReached& limit) {
    return {Outcome::Refused, limit.what()};
  } catch (const std::bad_alloc&) {
    return {Outcome::Refused, "there is not enough memory"};
  } catch (const std::exception& e) {
    return {Outcome::Bug, e.what()};
  }
  return found;
}

}  // namespace dvec::property
