#include "simplify/derive.hpp"

#include <algorithm>
#include <array>
#include <queue>
#include <set>
#include <unordered_set>

#include "calculus/adjoint.hpp"
#include "calculus/identify.hpp"
#include "simplify/conditions.hpp"
#include "simplify/convention.hpp"
#include "simplify/cost.hpp"
#include "simplify/definition_form.hpp"
#include "simplify/justify.hpp"
#include "simplify/known_functions.hpp"
#include "simplify/readers.hpp"
#include "simplify/simplify.hpp"
#include "term/term_print.hpp"
#include "term/traverse.hpp"

namespace dvec {

namespace {

/// An adjoint no dearer than this is put in where it is used instead of getting a line of its own.
constexpr std::int64_t kInlineCost = 3;

/// Adjoints with one place to go each, in a row: so many of them (a deep chain of lets, differentiated by the innermost only)
/// are written as a recursion, with lines no dearer than kRowCost, and not as one formula that nobody could read.
constexpr std::size_t kLongRow = 16;
constexpr std::int64_t kRowCost = 6;

/// So many lines of one form are a recursion: a further one is kept as well, even if it has a single reader.
constexpr std::size_t kRecursion = 3;

/// stop(E) is worth E but stays constant in derivatives of a derivative: those go through what was found, unsimplified.
class Stops {
 public:
  /// `bindings` in the order of computation.
  Stops(TermPool& pool, std::span<const Binding> bindings) : pool_(pool), bindings_(bindings) {
    for (const Binding& b : bindings)
      if (occur_in(b.value)) names_.insert(b.name);
  }

  /// The term with the bindings put in when a stop occurs in it then; not valid otherwise.
  TermId kept_in(TermId raw) {
    if (!occur_in(raw)) return {};
    if (values_.empty())
      for (const Binding& b : bindings_) values_[pool_.symbol(b.name)] = substitute(pool_, b.value, values_);
    return substitute(pool_, raw, values_);
  }

 private:
  [[nodiscard]] bool occur_in(TermId term) const {
    return std::ranges::any_of(reachable(pool_, term), [this](TermId t) {
      return pool_[t].op == Op::Stop || (pool_[t].op == Op::Symbol && names_.contains(pool_[t].symbol));
    });
  }

  TermPool& pool_;
  std::span<const Binding> bindings_;
  std::unordered_set<SymbolId> names_;  ///< of bindings with a stop in them
  TermMap values_;
};

/// The program with functions called by name that its lets have written out.
Program with_known_functions(Program program, TermPool& pool) {
  program.lets = with_known_functions(pool, program.lets);
  return program;
}

/// The program with its lets in a form and an order that do not depend on how they were written down.
Program prepared(Program program, TermPool& pool) {
  std::vector<Binding>& lets = program.lets;
  std::unordered_map<SymbolId, std::size_t> where;
  for (std::size_t i = 0; i < lets.size(); ++i) where[lets[i].name] = i;
  std::vector<std::vector<std::size_t>> users(lets.size());
  std::vector<std::size_t> missing(lets.size());
  const auto later = [&lets](std::size_t a, std::size_t b) { return lets[a].name > lets[b].name; };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> ready(later);
  for (std::size_t i = 0; i < lets.size(); ++i) {
    for (const SymbolId s : symbols_of(pool, lets[i].value))
      if (const auto at = where.find(s); at != where.end()) {
        users[at->second].push_back(i);
        ++missing[i];
      }
    if (missing[i] == 0) ready.push(i);
  }
  std::vector<Binding> ordered;
  while (!ready.empty()) {
    const std::size_t i = ready.top();
    ready.pop();
    ordered.push_back(lets[i]);
    for (const std::size_t u : users[i])
      if (--missing[u] == 0) ready.push(u);
  }
  lets = plain_definitions(pool, ordered);
  return program;
}

/// What has been found so far: the program, extended by answers that later derivatives build on.
class Derivations {
 public:
  Derivations(const Program& program, const RuleBook& book, TermPool& pool, Tracing tracing)
      : program_(prepared(with_known_functions(program, pool), pool)), templates_(pool, book), pool_(pool), simplifier_(pool, program_.lets), conditions_(pool, simplifier_.definitions(), program.assumptions), tracing_(tracing) {
    answers_.derivations.resize(program.derivatives.size());
    for (const Derivative& d : program.derivatives) results_.insert(d.result);
    for (const Binding& b : program_.lets) made_known(b);
    const std::vector<Binding> known = dvec::with_known_functions(pool, program.lets);
    for (std::size_t i = 0; i < known.size(); ++i) {
      const Binding& b = program.lets[i];
      if (known[i].value == b.value) continue;
      written_[b.name] = b.value;
      if (tracing_ == Tracing::All)
        answers_.line_trace.steps.push_back(justify(pool_, b.value, known[i].value, program.lets, pool_.symbols[b.name].name));
    }
  }

  Result<Answers> run() {
    simplifier_.look_for(names_of_objectives());
    for (std::size_t k = 0; k < program_.derivatives.size(); ++k) {
      if (done_.contains(k)) continue;
      if (Diagnostics why = one(k); !why.empty()) return why;
    }
    inline_lonely_lines();
    return std::move(answers_);
  }

 private:
  /// What is said beside an answer.
  struct Notes {
    std::set<std::string> kinks;
    ConditionTexts conditions;
  };

  Diagnostics one(std::size_t k) {
    restore_order();
    const Derivative request = program_.derivatives[k];
    if (request.kind == DerivativeKind::Gradient) return gradients(k);
    if (request.kind == DerivativeKind::Hessian) return hessian(k);
    Derivation& d = start(k);
    const ForwardProgram form = request.kind == DerivativeKind::Jacobian
                                    ? jacobian(program_, request.of, request.wrt, templates_, pool_, d.trace)
                                    : differential(program_, request.of, request.wrt, *request.direction, templates_, pool_, d.trace);
    const TermMap inlined = settle(form.bindings, std::array{form.result});
    const TermId raw = request.kind == DerivativeKind::Jacobian ? convened(d, form.result) : form.result;
    Stops stops(pool_, form.bindings);
    d.meaning = stops.kept_in(raw);
    finish(d, raw, inlined);
    return {};
  }

  /// The Jacobian of the gradient, reached through the gradient's own adjoints.
  Diagnostics hessian(std::size_t k) {
    const Derivative& request = program_.derivatives[k];
    Derivation& d = start(k);
    const AdjointProgram sweep = adjoint_sweep(program_, request.of, std::array{request.wrt}, templates_, pool_, d.trace);
    Program extended = program_;
    extended.lets.insert(extended.lets.end(), sweep.adjoints.begin(), sweep.adjoints.end());
    const ForwardProgram form = jacobian(extended, sweep.gradients[0], request.wrt, templates_, pool_, d.trace);
    std::vector<Binding> all = sweep.adjoints;
    all.insert(all.end(), form.bindings.begin(), form.bindings.end());
    const TermMap inlined = settle(all, std::array{form.result});
    const TermId raw = convened(d, form.result);
    Stops stops(pool_, all);
    d.meaning = stops.kept_in(raw);
    finish(d, raw, inlined);
    return {};
  }

  /// A Jacobian or Hessian under the convention that is asked for.
  TermId convened(Derivation& d, TermId raw) {
    const TermId m = convention_matrix(pool_, d.request, d.notes);
    if (!m.valid()) return raw;
    const TermId right = pool_.matmul(raw, m);
    return d.request.kind == DerivativeKind::Hessian ? pool_.matmul(pool_.transpose(m), right) : right;
  }

  /// All gradients of one objective share a sweep.
  Diagnostics gradients(std::size_t first) {
    const TermId objective = program_.derivatives[first].of;
    std::vector<std::size_t> members;
    std::vector<SymbolId> wrt;
    for (std::size_t k = first; k < program_.derivatives.size(); ++k) {
      const Derivative& d = program_.derivatives[k];
      if (d.kind != DerivativeKind::Gradient || d.of != objective) continue;
      members.push_back(k);
      wrt.push_back(d.wrt);
    }
    const AdjointProgram sweep = adjoint_sweep(program_, objective, wrt, templates_, pool_, answers_.line_trace);
    const TermMap inlined = settle(sweep.adjoints, sweep.gradients);
    Stops stops(pool_, sweep.adjoints);
    for (std::size_t i = 0; i < members.size(); ++i) {
      Derivation& d = start(members[i]);
      const TermId raw = apply_convention(pool_, d.request, sweep.gradients[i], d.notes);
      d.meaning = stops.kept_in(raw);
      finish(d, raw, inlined);
    }
    return {};
  }

  Derivation& start(std::size_t k) {
    done_.insert(k);
    answers_.derivations[k].request = program_.derivatives[k];
    return answers_.derivations[k];
  }

  /// Simplifies the adjoints of a sweep. One that has one place to go or is short is put in there: those are returned, with
  /// what they are; the others get lines.
  TermMap settle(std::span<const Binding> adjoints, std::span<const TermId> results) {
    TermMap inlined;
    std::unordered_map<std::size_t, std::size_t> forms;  // how many lines have a form
    const AdjointReaders readers(pool_, adjoints, results);
    for (const Binding& raw : adjoints) {
      const TermId before = without_stops(substitute(pool_, raw.value, inlined));
      const TermId after = simplified(before, answers_.line_trace, pool_.symbols[raw.name].name);
      const std::int64_t size = cost(pool_, after);
      const bool once = readers.places(raw.name) <= 1, in_row = readers.row_length(raw.name) >= kLongRow;
      std::size_t& alike = forms[form_of(pool_, after)];
      if (size <= kInlineCost || (once && alike + 1 < kRecursion && (!in_row || size <= kRowCost))) {
        inlined[pool_.symbol(raw.name)] = after;
        continue;
      }
      const Binding line{raw.name, after, {}};
      if (once && in_row) in_rows_.insert(raw.name);
      ++alike;
      answers_.lines.push_back(line);
      make_known(line);  // later derivatives go through it
      simplifier_.define(line);
    }
    return inlined;
  }

  void finish(Derivation& d, TermId raw, const TermMap& inlined) {
    const TermId before = without_stops(substitute(pool_, raw, inlined));
    d.result = simplified(before, d.trace, pool_.symbols[d.request.result].name);
    add_notes(d);
    // Later derivatives may be of this one: grad(F,X) stands for its value there. A let may be made of it: then it must
    // stand before that let, and what is known of the let is out of date.
    if (read_.contains(d.request.result)) {
      out_of_order_ = true;
      notes_.clear();
    }
    make_known({d.request.result, d.meaning.valid() ? d.meaning : d.result, {}});
  }

  /// The program's names that something which is differentiated rests on, in the order of their definitions.
  [[nodiscard]] std::vector<SymbolId> names_of_objectives() const {
    std::unordered_set<SymbolId> used;
    const auto use = [&](TermId t) {
      for (const SymbolId s : symbols_of(pool_, t)) used.insert(s);
    };
    for (const Derivative& d : program_.derivatives) use(d.of);
    std::vector<SymbolId> out;
    for (auto b = program_.lets.rbegin(); b != program_.lets.rend(); ++b) {
      if (!used.contains(b->name)) continue;
      use(b->value);
      out.push_back(b->name);
    }
    std::ranges::reverse(out);
    return out;
  }

  void make_known(const Binding& b) {
    program_.lets.push_back(b);
    made_known(b);
  }
  void made_known(const Binding& b) {
    values_[b.name] = b.value;
    conditions_.define(pool_.symbol(b.name), b.value);
    for (const TermId t : reachable(pool_, b.value))
      if (pool_[t].op == Op::Symbol && results_.contains(pool_[t].symbol)) read_.insert(pool_[t].symbol);
  }

  /// Lets after what they are made of.
  void restore_order() {
    if (!out_of_order_) return;
    out_of_order_ = false;
    std::unordered_map<SymbolId, std::size_t> where;
    for (std::size_t i = 0; i < program_.lets.size(); ++i) where[program_.lets[i].name] = i;
    enum class State { New, Open, Placed };
    std::vector<State> states(program_.lets.size(), State::New);
    std::vector<Binding> ordered;
    for (std::size_t first = 0; first < program_.lets.size(); ++first) {
      std::vector<std::size_t> stack{first};
      while (!stack.empty()) {
        const std::size_t i = stack.back();
        if (states[i] == State::New) {
          states[i] = State::Open;
          for (const SymbolId s : symbols_of(pool_, program_.lets[i].value))
            if (const auto at = where.find(s); at != where.end() && states[at->second] == State::New) stack.push_back(at->second);
          continue;
        }
        stack.pop_back();
        if (states[i] == State::Open) ordered.push_back(program_.lets[i]);
        states[i] = State::Placed;
      }
    }
    program_.lets = std::move(ordered);
  }

  /// stop(E) has done its work once the sweep is over: its value is E.
  TermId without_stops(TermId t) {
    const auto stop = [this](TermId n) { return pool_[n].op == Op::Stop; };
    if (std::ranges::none_of(reachable(pool_, t), stop)) return t;
    return transform(pool_, t, [&](TermId n) { return stop(n) ? pool_[n].args[0] : n; });
  }

  /// Simplified; where steps are wanted, each place's step recorded with its justification.
  TermId simplified(TermId before, Trace& trace, const std::string& subject) {
    if (tracing_ == Tracing::Sweeps) return simplifier_.simplify(before);
    restore_order();
    Simplifier::Steps steps;
    const TermId after = simplifier_.simplify(before, &steps);
    const std::vector<Binding> lets = lets_as_written();
    for (const auto& [from, to] : steps) trace.steps.push_back(justify(pool_, from, to, lets, subject));
    return after;
  }

  /// Who checks a step has the program, and no functions called by name that it has written out.
  [[nodiscard]] std::vector<Binding> lets_as_written() const {
    std::vector<Binding> out = program_.lets;
    for (Binding& b : out)
      if (const auto written = written_.find(b.name); written != written_.end()) b.value = written->second;
    return out;
  }

  /// Kinks, and what has to hold for the functions of matrices that occur, in definitions too.
  void add_notes(Derivation& d) {
    Notes notes;
    for (const TermId root : {d.request.of, d.result}) {
      settle_notes(root);
      gather_notes(root, notes);
    }
    d.notes.insert(d.notes.end(), notes.kinks.begin(), notes.kinks.end());
    if (std::string line = Conditions::line(notes.conditions); !line.empty()) d.notes.push_back(std::move(line));
  }

  /// The notes of all names under a term, innermost definitions first. Each definition is looked through once.
  void settle_notes(TermId root) {
    std::vector<SymbolId> open;
    const auto open_names = [&](TermId t) {
      const std::size_t before = open.size();
      for (const TermId u : reachable(pool_, t))
        if (pool_[u].op == Op::Symbol && values_.contains(pool_[u].symbol) && !notes_.contains(pool_[u].symbol)) open.push_back(pool_[u].symbol);
      return open.size() > before;
    };
    open_names(root);
    while (!open.empty()) {
      const SymbolId name = open.back();
      if (!notes_.contains(name)) {
        if (open_names(values_.at(name))) continue;
        Notes notes;
        gather_notes(values_.at(name), notes);
        notes_[name] = std::move(notes);
      }
      open.pop_back();
    }
  }

  void gather_notes(TermId root, Notes& notes) const {
    for (const TermId t : reachable(pool_, root)) {
      const Node& n = pool_[t];
      if (n.op == Op::Symbol)
        if (const auto below = notes_.find(n.symbol); below != notes_.end()) {
          notes.kinks.insert(below->second.kinks.begin(), below->second.kinks.end());
          Conditions::merge(notes.conditions, below->second.conditions);
        }
      if (n.op == Op::Apply && !pool_.functions[n.function].kink.empty()) notes.kinks.insert(pool_.functions[n.function].kink);
      conditions_.gather(t, notes.conditions);
    }
  }

  /// A line with a single reader left after simplification is put in there when the whole gets no longer, unless it is one
  /// layer of a recursion or the row it stands in is long.
  void inline_lonely_lines() {
    std::vector<Binding>& lines = answers_.lines;
    ReaderIndex index(pool_, lines);
    std::unordered_map<std::size_t, std::size_t> forms;
    for (const Binding& b : lines) {
      index.add(b.value);
      ++forms[form_of(pool_, b.value)];
    }
    for (const Derivation& d : answers_.derivations) index.add(d.result);
    std::vector<Binding> kept;
    for (std::size_t i = lines.size(); i-- > 0;) {
      const Binding line = lines[i];
      const std::vector<std::size_t>& readers = index.readers(line.name);
      const bool layer = in_rows_.contains(line.name) || forms.at(form_of(pool_, line.value)) >= kRecursion;
      if (readers.size() > 1 || (readers.size() == 1 && layer) || (readers.size() == 1 && !put_in(line, readers[0], index))) kept.push_back(line);
      else answers_.put_in.push_back(line);
    }
    std::ranges::reverse(kept);
    lines = std::move(kept);
  }

  /// The line put in at its only reader, unless that makes the written-out text longer.
  bool put_in(const Binding& line, std::size_t place, ReaderIndex& index) {
    const std::size_t first_result = answers_.lines.size();
    TermId& reader = place < first_result ? answers_.lines[place].value : answers_.derivations[place - first_result].result;
    const TermId name = pool_.symbol(line.name);
    const TermId before = substitute(pool_, reader, {{name, line.value}});
    simplifier_.forget(line);
    Trace trace;
    const TermId after = simplified(before, trace, pool_.symbols[line.name].name);
    // Put in at several places it must pay for itself in the written-out text.
    if (occurrences(pool_, name, reader) > 1 && pool_[after].weight > pool_[reader].weight + pool_[line.value].weight) {
      simplifier_.define(line);
      return false;
    }
    reader = after;
    index.replace(place, after);
    answers_.line_trace.steps.insert(answers_.line_trace.steps.end(), trace.steps.begin(), trace.steps.end());
    return true;
  }

  Program program_;
  std::unordered_map<SymbolId, TermId> written_;  ///< values of lets whose functions are called by name in program_
  Templates templates_;
  TermPool& pool_;
  Simplifier simplifier_;
  Conditions conditions_;
  Tracing tracing_;
  Answers answers_;
  std::set<std::size_t> done_;
  std::unordered_map<SymbolId, TermId> values_;                 ///< of program_.lets
  std::unordered_set<SymbolId> results_, read_;                 ///< names of derivatives; those that lets are made of
  std::unordered_map<SymbolId, Notes> notes_;   ///< of a name's definition and all that it rests on
  std::unordered_set<SymbolId> in_rows_;                        ///< lines with one reader in a long row
  bool out_of_order_ = false;
};

}  // namespace

Result<Answers> derive(const Program& program, const RuleBook& book, TermPool& pool, Tracing tracing) {
  return Derivations(program, book, pool, tracing).run();
}

}  // namespace dvec
