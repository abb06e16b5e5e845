#include "simplify/derive.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "calculus/adjoint.hpp"
#include "calculus/identify.hpp"
#include "simplify/convention.hpp"
#include "simplify/cost.hpp"
#include "simplify/justify.hpp"
#include "simplify/simplify.hpp"
#include "term/term_print.hpp"
#include "term/traverse.hpp"

namespace dvec {

namespace {

/// An adjoint no dearer than this is put in where it is used instead of getting a line of its own.
constexpr std::int64_t kInlineCost = 3;

/// What has been found so far: the program, extended by answers that later derivatives build on.
class Derivations {
 public:
  Derivations(const Program& program, const RuleBook& book, TermPool& pool)
      : program_(program), templates_(pool, book), pool_(pool), simplifier_(pool, program.lets) {
    answers_.derivations.resize(program.derivatives.size());
  }

  Result<Answers> run() {
    for (std::size_t k = 0; k < program_.derivatives.size(); ++k) {
      if (done_.contains(k)) continue;
      if (Diagnostics why = one(k); !why.empty()) return why;
    }
    inline_lonely_lines();
    return std::move(answers_);
  }

 private:
  Diagnostics one(std::size_t k) {
    const Derivative& request = program_.derivatives[k];
    if (request.kind == DerivativeKind::Gradient) return gradients(k);
    if (request.kind == DerivativeKind::Hessian) return hessian(k);
    Derivation& d = start(k);
    const ForwardProgram form = request.kind == DerivativeKind::Jacobian
                                    ? jacobian(program_, request.of, request.wrt, templates_, pool_, d.trace)
                                    : differential(program_, request.of, request.wrt, *request.direction, templates_, pool_, d.trace);
    TermMap inlined;
    for (const Binding& b : form.bindings) settle(b, form.bindings, std::array{form.result}, inlined);
    const TermId raw = request.kind == DerivativeKind::Jacobian ? convened(d, form.result) : form.result;
    keep_stops(d, raw, form.bindings);
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
    TermMap inlined;
    std::vector<Binding> all = sweep.adjoints;
    all.insert(all.end(), form.bindings.begin(), form.bindings.end());
    for (const Binding& b : all) settle(b, all, std::array{form.result}, inlined);
    const TermId raw = convened(d, form.result);
    keep_stops(d, raw, all);
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
    TermMap inlined;
    for (const Binding& b : sweep.adjoints) settle(b, sweep.adjoints, sweep.gradients, inlined);
    for (std::size_t i = 0; i < members.size(); ++i) {
      Derivation& d = start(members[i]);
      const TermId raw = apply_convention(pool_, d.request, sweep.gradients[i], d.notes);
      keep_stops(d, raw, sweep.adjoints);
      finish(d, raw, inlined);
    }
    return {};
  }

  Derivation& start(std::size_t k) {
    done_.insert(k);
    answers_.derivations[k].request = program_.derivatives[k];
    return answers_.derivations[k];
  }

  /// Simplifies an adjoint; inlines it when it has one place to go or is short, else gives it a line.
  void settle(const Binding& raw, std::span<const Binding> adjoints, std::span<const TermId> results, TermMap& inlined) {
    const TermId name = pool_.symbol(raw.name);
    const TermId before = without_stops(substitute(pool_, raw.value, inlined));
    const TermId after = simplified(before, answers_.line_trace, pool_.symbols[raw.name].name);
    std::size_t places = 0;
    for (const Binding& b : adjoints) places += occurrences(name, b.value);
    for (const TermId t : results) places += occurrences(name, t);
    if (places <= 1 || cost(pool_, after) <= kInlineCost) {
      inlined[name] = after;
      return;
    }
    const Binding line{raw.name, after, {}};
    answers_.lines.push_back(line);
    program_.lets.push_back(line);  // later derivatives go through it
    simplifier_.define(line);
  }

  /// How often a name is an argument under a term, each shared node counted once.
  [[nodiscard]] std::size_t occurrences(TermId name, TermId in) const {
    std::size_t count = in == name ? 1 : 0;
    for (const TermId t : reachable(pool_, in)) count += static_cast<std::size_t>(std::ranges::count(pool_[t].args, name));
    return count;
  }

  void finish(Derivation& d, TermId raw, const TermMap& inlined) {
    const TermId before = without_stops(substitute(pool_, raw, inlined));
    d.result = simplified(before, d.trace, pool_.symbols[d.request.result].name);
    add_notes(d);
    // Later derivatives may be of this one: grad(F,X) stands for its value there.
    const Binding answer{d.request.result, d.meaning.valid() ? d.meaning : d.result, {}};
    program_.lets.push_back(answer);
    if (std::ranges::any_of(program_.lets, [&](const Binding& b) { return occurs(pool_, answer.name, b.value); })) restore_order();
  }

  /// A let may be made of a derivative: then what was found must stand before it.
  void restore_order() {
    std::map<SymbolId, std::size_t> where;
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

  /// stop(E) is worth E but stays constant in derivatives of this derivative: those go through what was found, unsimplified.
  void keep_stops(Derivation& d, TermId raw, std::span<const Binding> bindings) {
    TermMap values;
    for (const Binding& b : bindings) values[pool_.symbol(b.name)] = substitute(pool_, b.value, values);
    const TermId whole = substitute(pool_, raw, values);
    const auto stops = [&](TermId t) { return pool_[t].op == Op::Stop; };
    if (std::ranges::any_of(reachable(pool_, whole), stops)) d.meaning = whole;
  }

  /// stop(E) has done its work once the sweep is over: its value is E.
  TermId without_stops(TermId t) {
    return transform(pool_, t, [this](TermId n) { return pool_[n].op == Op::Stop ? pool_[n].args[0] : n; });
  }

  /// Simplified, each place's step recorded with its justification.
  TermId simplified(TermId before, Trace& trace, const std::string& subject) {
    Simplifier::Steps steps;
    const TermId after = simplifier_.simplify(before, &steps);
    for (const auto& [from, to] : steps) trace.steps.push_back(justify(pool_, from, to, program_.lets, subject));
    return after;
  }

  /// Kinks, and what has to hold for the functions of matrices that occur.
  void add_notes(Derivation& d) {
    std::set<std::string> notes;
    for (const TermId t : reachable(pool_, with_definitions({d.request.of, d.result}))) {
      const Node& n = pool_[t];
      if (n.op == Op::Apply && !pool_.functions[n.function].kink.empty()) notes.insert(pool_.functions[n.function].kink);
      if (std::string condition = condition_of(n); !condition.empty()) notes.insert(std::move(condition));
    }
    d.notes.insert(d.notes.end(), notes.begin(), notes.end());
  }

  [[nodiscard]] std::string condition_of(const Node& n) const {
    constexpr std::uint64_t kLongest = 40;  // nodes of an argument that is written out
    const auto argument = [&] { return pool_[n.args[0]].weight <= kLongest ? print(pool_, n.args[0]) : std::string("the argument"); };
    switch (n.op) {
      case Op::PseudoInverse: return "pinv: where the rank of " + argument() + " is constant";
      case Op::Cholesky: return "chol: where " + argument() + " is positive definite";
      case Op::MatrixFunction:
        if (n.primary != PrimaryFunction::Logarithm && n.primary != PrimaryFunction::SquareRoot) return {};
        return std::string(name(n.primary)) + ": where " + argument() + " has no eigenvalue that is zero or negative";
      default: return {};
    }
  }

  /// The terms and the definitions that they rest on.
  [[nodiscard]] std::vector<TermId> with_definitions(std::vector<TermId> terms) const {
    std::set<SymbolId> needed;
    for (const TermId t : terms)
      for (const SymbolId s : symbols_of(pool_, t)) needed.insert(s);
    // Definitions stand before their readers: from the last to the first, each is met after all that need it.
    for (auto b = program_.lets.rbegin(); b != program_.lets.rend(); ++b) {
      if (!needed.contains(b->name)) continue;
      terms.push_back(b->value);
      for (const SymbolId s : symbols_of(pool_, b->value)) needed.insert(s);
    }
    return terms;
  }

  /// A line with a single reader left after simplification is put in there when the whole gets no longer.
  void inline_lonely_lines() {
    for (std::size_t i = answers_.lines.size(); i-- > 0;) {
      const Binding line = answers_.lines[i];
      const TermId name = pool_.symbol(line.name);
      std::vector<TermId*> readers;
      for (std::size_t k = i + 1; k < answers_.lines.size(); ++k)
        if (occurs(pool_, line.name, answers_.lines[k].value)) readers.push_back(&answers_.lines[k].value);
      for (Derivation& d : answers_.derivations)
        if (occurs(pool_, line.name, d.result)) readers.push_back(&d.result);
      if (readers.size() > 1) continue;
      if (readers.size() == 1) {
        const TermId before = substitute(pool_, *readers[0], {{name, line.value}});
        simplifier_.forget(line);
        Trace trace;
        const TermId after = simplified(before, trace, pool_.symbols[line.name].name);
        // Put in at several places it must pay for itself in the written-out text.
        if (occurrences(name, *readers[0]) > 1 && pool_[after].weight > pool_[*readers[0]].weight + pool_[line.value].weight) {
          simplifier_.define(line);
          continue;
        }
        *readers[0] = after;
        answers_.line_trace.steps.insert(answers_.line_trace.steps.end(), trace.steps.begin(), trace.steps.end());
      }
      answers_.lines.erase(answers_.lines.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }

  Program program_;
  Templates templates_;
  TermPool& pool_;
  Simplifier simplifier_;
  Answers answers_;
  std::set<std::size_t> done_;
};

}  // namespace

Result<Answers> derive(const Program& program, const RuleBook& book, TermPool& pool) {
  return Derivations(program, book, pool).run();
}

}  // namespace dvec
