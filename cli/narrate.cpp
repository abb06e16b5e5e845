#include "cli/narrate.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cli/spelling_out.hpp"
#include "term/traverse.hpp"

namespace dvec::cli {

namespace {

/// A formula longer than this many nodes is not written out inside a line.
constexpr std::uint64_t kReadable = 200;
/// What is no longer than this is repeated rather than referred to.
constexpr std::uint64_t kShort = 8;

class Narrator {
 public:
  Narrator(Session& session, const Report& report, const Options& options)
      : pool_(session.pool), book_(session.book), report_(report), spell_(session.pool, options.ascii), quiet_(options.quiet) {}

  std::string run() {
    if (!report_.program.inferred.empty() && !quiet_)
      out_ += fmt::format("inferred: {}\n\n", spell_.prose(fmt::format("{}", fmt::join(report_.program.inferred, ", "))));
    definitions();
    broadcasts();
    if (!report_.answers.line_trace.steps.empty()) {
      out_ += spell_.prose(
          "\nThe sweep, backwards through the definitions. \"f gets G\" means: through f, the objective changes by ⟨G, df⟩, the sum\n"
          "of the entries of G ⊙ df; what the arguments of f get follows from its differential. (k) is the result of step k.\n");
      steps(report_.answers.line_trace);
    }
    for (std::size_t i = 0; i < report_.answers.derivations.size(); ++i) derivation(report_.answers.derivations[i]);
    rules();
    return out_;
  }

 private:
  void definitions() {
    for (const Binding& b : report_.program.lets)
      out_ += fmt::format("{} = {}   {}\n", spell_.name(pool_.symbols[b.name].name), formula(b.value), spell_.shape(pool_.symbols[b.name].shape));
  }

  void broadcasts() {
    for (const Broadcast& b : report_.program.broadcasts) out_ += fmt::format("    spread: {}\n", spell_.prose(b.text));
  }

  void derivation(const Derivation& d) {
    out_ += fmt::format("\n{}\n", pool_.symbols[d.request.result].name);
    steps(d.trace);
    out_ += fmt::format("    result: {}\n", formula(d.result));
    for (const std::string& note : d.notes) out_ += fmt::format("    note: {}\n", spell_.prose(note));
  }

  void steps(const Trace& trace) {
    std::string subject;
    for (const Step& s : trace.steps) {
      if (s.subject != subject) out_ += fmt::format("  {}\n", spell_.prose(s.subject));
      subject = s.subject;
      out_ += fmt::format("{:>5}. {}   [{}]\n", number_ + 1, sentence(s), justification(s));
      ++number_;
      remember(s);
    }
  }

  std::string sentence(const Step& s) {
    switch (s.kind) {
      case StepKind::Differential: return fmt::format("d({}) = {}", formula(s.before), folded(s.after));
      case StepKind::Adjoint:
        if (!s.slot.valid()) return fmt::format("{} gets {}; a summand gets {}", formula(s.before), folded(s.upstream), folded(s.after));
        return fmt::format("{} gets {}; its {} gets {}", formula(s.before), folded(s.upstream), argument(s), folded(s.after));
      case StepKind::VecForm:
        return fmt::format("vec d({}) = {} * vec d({})", formula(s.before), folded(s.after), argument(s));
      case StepKind::Accumulate: return fmt::format("what arrives adds up to {}", folded(s.after));
      case StepKind::Identity: case StepKind::IndexForm: case StepKind::Exact:
        return fmt::format("{} = {}", folded(s.before), formula(s.after));
    }
    return "";
  }

  /// What the rule's slot stands for: the argument whose differential it is.
  std::string argument(const Step& s) const {
    const Rule* rule = book_.find(s.rule);
    if (rule == nullptr || !s.slot.valid()) return "term";
    for (std::size_t i = 0; i < rule->slots.size() && i < rule->variables.size(); ++i)
      if (rule->slots[i] == s.slot)
        for (const auto& [variable, value] : s.bindings.terms)
          if (variable == rule->variables[i]) return formula(value);
    return "argument";
  }

  std::string justification(const Step& s) const {
    switch (s.kind) {
      case StepKind::IndexForm: return s.rule + unfolded(s);
      case StepKind::Exact: return s.rule + unfolded(s) + "; trusted";
      case StepKind::Differential: case StepKind::Adjoint: case StepKind::VecForm: case StepKind::Accumulate: case StepKind::Identity: break;
    }
    const Rule* rule = book_.find(s.rule);
    return rule == nullptr ? s.rule : fmt::format("{}; {}", s.rule, rule->source);
  }

  /// Whose definitions the step rests on.
  std::string unfolded(const Step& s) const {
    constexpr std::size_t most = 8;
    std::vector<std::string> names;
    for (const SymbolId n : s.unfolded)
      if (names.size() < most) names.push_back(spell_.name(pool_.symbols[n].name));
    if (s.unfolded.size() > most) names.push_back(fmt::format("{} more", s.unfolded.size() - most));
    return names.empty() ? "" : fmt::format(" with {} put in", fmt::join(names, ", "));
  }

  void rules() {
    if (quiet_) return;
    std::string page;
    for (const std::string& name : rules_used(steps_of(report_.answers)))
      if (const Rule* rule = book_.find(name)) page += fmt::format("  {}: {}\n", rule->name, spell_.prose(rule->teach));
    if (!page.empty()) out_ += "\nthe rules\n" + page;
  }

  /// From here on the step's result is written as its number where it occurs again.
  void remember(const Step& s) {
    if (s.kind != StepKind::Adjoint && s.kind != StepKind::Accumulate && s.kind != StepKind::VecForm) return;
    if (pool_[s.after].weight < kShort || known_.contains(s.after)) return;
    known_[s.after] = pool_.symbol(pool_.symbols.add(
        {fmt::format("({})", number_), SymbolKind::Pattern, pool_.shape(s.after), Attribute::None, {}}));
  }

  /// A formula in terms of earlier steps.
  std::string folded(TermId t) { return t.valid() ? formula(substitute(pool_, t, known_)) : "?"; }

  std::string formula(TermId t) const {
    if (!t.valid()) return "?";
    const Node& n = pool_[t];
    if (n.weight > kReadable) return fmt::format("({} formula of {} symbols)", spell_.shape(n.shape), n.weight);
    return spell_.term(t);
  }

  TermPool& pool_;
  const RuleBook& book_;
  TermMap known_;
  const Report& report_;
  Spelling spell_;
  bool quiet_;
  std::string out_;
  std::size_t number_ = 0;
};

}  // namespace

std::vector<Step> steps_of(const Answers& answers) {
  std::vector<Step> out = answers.line_trace.steps;
  for (const Derivation& d : answers.derivations) out.insert(out.end(), d.trace.steps.begin(), d.trace.steps.end());
  return out;
}

std::vector<std::string> rules_used(const std::vector<Step>& steps) {
  std::vector<std::string> out;
  for (const Step& s : steps)
    if (!s.rule.empty() && std::ranges::count(out, s.rule) == 0) out.push_back(s.rule);
  return out;
}

std::string narrate(Session& session, const Report& report, const Options& options) {
  return Narrator(session, report, options).run();
}

}  // namespace dvec::cli
