#include "cli/narrate.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cli/make_report.hpp"
#include "cli/spelling_out.hpp"
#include "rulebook/instantiate.hpp"
#include "rulebook/plain.hpp"
#include "term/traverse.hpp"

namespace dvec::cli {

namespace {

/// A formula longer than this many nodes is not written out inside a line.
constexpr std::uint64_t kReadable = 200;
/// What is no longer than this is repeated rather than referred to.
constexpr std::uint64_t kShort = 8;
/// Between the ends of a chain of equations, what is longer than this is not written again.
constexpr std::uint64_t kLink = 60;

class Narrator {
 public:
  Narrator(Session& session, const Report& report, const Narration& narration, const Options& options)
      : pool_(session.pool), book_(session.book), report_(report), narration_(narration), spell_(session.pool, options.ascii), quiet_(options.quiet) {}

  std::string run() {
    if (!report_.program.inferred.empty() && !quiet_)
      out_ += fmt::format("inferred: {}\n\n", spell_.prose(fmt::format("{}", fmt::join(report_.program.inferred, ", "))));
    definitions();
    broadcasts();
    if (!narration_.lines.empty()) {
      out_ += spell_.prose(
          "\nThe sweep, backwards through the definitions. \"f gets G\" means: through f, the objective changes by ⟨G, df⟩, the sum\n"
          "of the entries of G ⊙ df; what the arguments of f get follows from its differential. (k) is the result of step k.\n");
      steps(narration_.lines);
    }
    for (std::size_t i = 0; i < report_.answers.derivations.size(); ++i) derivation(report_.answers.derivations[i], narration_.derivations[i]);
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

  void derivation(const Derivation& d, const std::vector<Told>& told) {
    out_ += fmt::format("\n{}\n", pool_.symbols[d.request.result].name);
    steps(told);
    out_ += fmt::format("    result: {}\n", formula(d.result));
    for (const std::string& note : d.notes) out_ += fmt::format("    note: {}\n", spell_.prose(note));
  }

  void steps(const std::vector<Told>& all) {
    std::string subject;
    for (const Told& t : all) {
      const Step& s = t.step;
      if (s.subject != subject) out_ += fmt::format("  {}\n", spell_.prose(s.subject));
      subject = s.subject;
      if (goes_without_saying(s)) {
        ++number_;
        continue;
      }
      if (t.by.empty())
        out_ += fmt::format("{:>5}. {}   [{}]\n", number_ + 1, sentence(s), justification(s));
      else
        chain(t.by);
      ++number_;
      remember(s);
    }
  }

  /// Is one formula written twice alike?
  bool goes_without_saying(const Step& s) {
    const bool simplification = s.kind == StepKind::IndexForm || s.kind == StepKind::Exact;
    return simplification && pool_[s.before].weight <= kReadable && pool_[s.after].weight <= kReadable && formula(s.before) == formula(s.after);
  }

  /// A simplification as a chain of equations; steps in a row by one rule are one link.
  void chain(const std::vector<Step>& by) {
    const std::string indent(7, ' ');
    std::string head = fmt::format("{:>5}. {}", number_ + 1, folded(by.front().before));
    for (std::size_t i = 0; i < by.size();) {
      std::size_t last = i;
      std::string why = justification(by[i]);
      const auto continues = [&](const Step& s) {
        return s.kind == by[i].kind && (s.rule == by[i].rule || (is_notation(s) && is_notation(by[i]))) && s.kind == StepKind::Identity;
      };
      while (last + 1 < by.size() && continues(by[last + 1])) {
        ++last;
        if (const std::string more = justification(by[last]); why.find(more) == std::string::npos) why += "; " + more;
      }
      const Step& s = by[last];
      const bool ends = last + 1 == by.size();
      std::string link = "= " + (ends || s.kind == StepKind::IndexForm || s.kind == StepKind::Exact || pool_[s.after].weight <= kLink ? formula(s.after) : at_its_place(s));
      if (i == 0 && ends) {
        out_ += fmt::format("{} {}   [{}]\n", head, link, why);
      } else {
        if (i == 0) out_ += head + "\n";
        out_ += fmt::format("{}{}   [{}]\n", indent, link, why);
      }
      i = last + 1;
    }
  }

  /// Does the step only write scalars and transposes elsewhere?
  [[nodiscard]] bool is_notation(const Step& s) { return s.kind == StepKind::Identity && writer_.plain(s.before) == writer_.plain(s.after); }

  /// What changes in a formula that is too long to be written again.
  std::string at_its_place(const Step& s) {
    const Rule* rule = s.kind == StepKind::Identity ? book_.find(s.rule) : nullptr;
    const std::string dots = spell_.ascii() ? "..." : "…";
    if (rule == nullptr) return dots;
    const std::string left = formula(writer_.plain(instantiate(pool_, rule->form, s.bindings)));
    const std::string right = formula(writer_.plain(instantiate(pool_, rule->to, s.bindings)));
    return left == right ? dots : fmt::format("{}, where {} = {}", dots, left, right);
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
      case StepKind::Identity: case StepKind::Definition: case StepKind::IndexForm: case StepKind::Exact:
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
      case StepKind::Definition: return fmt::format("definition of {}", spell_.name(pool_.symbols[s.unfolded[0]].name));
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
    for (const std::string& name : rules_used(steps_of(narration_)))
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
  PlainWriter writer_{pool_};
  TermMap known_;
  const Report& report_;
  const Narration& narration_;
  Spelling spell_;
  bool quiet_;
  std::string out_;
  std::size_t number_ = 0;
};

}  // namespace

Definitions definitions_of_steps(const TermPool& pool, const Report& report) {
  Answers all = report.answers;
  all.lines.insert(all.lines.end(), all.put_in.begin(), all.put_in.end());
  return in_order(pool, report.program, all);
}

Narration narration_of(Session& session, const Report& report) {
  const Definitions all = definitions_of_steps(session.pool, report);
  Narrating narrating(session.pool, session.book, all);
  Narration out;
  out.lines = narrating.tell(report.answers.line_trace);
  for (const Derivation& d : report.answers.derivations) out.derivations.push_back(narrating.tell(d.trace));
  out.figures = narrating.figures();
  return out;
}

std::vector<Step> steps_of(const Narration& narration) {
  std::vector<Step> out;
  const auto take = [&](const std::vector<Told>& told) {
    for (const Told& t : told) {
      if (t.by.empty()) out.push_back(t.step);
      out.insert(out.end(), t.by.begin(), t.by.end());
    }
  };
  take(narration.lines);
  for (const auto& d : narration.derivations) take(d);
  return out;
}

std::vector<std::string> rules_used(const std::vector<Step>& steps) {
  std::vector<std::string> out;
  for (const Step& s : steps)
    if (!s.rule.empty() && std::ranges::count(out, s.rule) == 0) out.push_back(s.rule);
  return out;
}

std::string narrate(Session& session, const Report& report, const Narration& narration, const Options& options) {
  return Narrator(session, report, narration, options).run();
}

}  // namespace dvec::cli
