#include "rulebook/soundness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "oracle/equal.hpp"
#include "rulebook/element_by_differences.hpp"
#include "rulebook/instantiate.hpp"
#include "support/result.hpp"

namespace dvec {

namespace {

std::string plain(const std::string& pattern_size) {
  return pattern_size.starts_with('?') ? pattern_size.substr(1) : pattern_size;
}

std::string text_of(const DimValues& sizes) {
  std::string out;
  for (const auto& [name, value] : sizes) out += (out.empty() ? "" : ", ") + name + "=" + std::to_string(value);
  return out;
}

/// What variables are drawn from. The oracle takes another point where a side has no value; entries that are all
/// positive are the last resort (roots, logarithms).
enum class Entries { AsDeclared, Positive };

class Tester {
 public:
  Tester(TermPool& pool, const Rule& rule, std::uint64_t seed) : pool_(pool), rule_(rule), seed_(seed) {
    report_.rule = rule.name;
  }

  SoundnessReport run() {
    const bool element = rule_.kind == RuleKind::Element;
    const std::vector<std::string> dims = element ? std::vector<std::string>{"?m", "?n"} : rule_.dims;
    for (const auto& values : size_choices(dims.size())) {
      sizes_.clear();
      bindings_of_sizes_.clear();
      for (std::size_t i = 0; i < dims.size(); ++i) {
        sizes_[plain(dims[i])] = values[i];
        bindings_of_sizes_.emplace_back(dims[i], pool_.dims.constant(values[i]));
      }
      // A definition by n-1 has no value at n = 1; every other block is tested there too.
      if (rule_.kind == RuleKind::Define && has_one()) continue;
      statements();
    }
    if (element && pool_.functions[rule_.function].derivative) by_differences();
    return std::move(report_);
  }

 private:
  using Question = std::function<Equality(const Bindings&, const EqualOptions&)>;

  [[nodiscard]] bool has_one() const {
    return std::ranges::any_of(sizes_, [](const auto& s) { return s.second == 1; });
  }

  Dim put(Dim d) { return pool_.dims.substitute(d, bindings_of_sizes_); }
  Shape put(Shape s) { return {put(s.rows), put(s.cols)}; }

  /// A free name of the pattern's shape at the present sizes.
  SymbolId fresh(SymbolId pattern, Attribute more) {
    Symbol s = pool_.symbols[pattern];
    s.shape = put(s.shape);
    s.kind = SymbolKind::Variable;
    s.attributes = s.attributes | more;
    return pool_.symbols.add(std::move(s));
  }

  Bindings drawn(Entries entries) {
    Bindings b;
    b.dims = bindings_of_sizes_;
    const Attribute more = entries == Entries::Positive ? Attribute::Positive : Attribute::None;
    for (const SymbolId v : rule_.variables) b.terms.emplace_back(v, pool_.symbol(fresh(v, more)));
    return b;
  }

  void judge(const std::string& statement, const Question& ask) {
    SoundnessCheck check{statement, sizes_, Soundness::Untested, !has_one(), ""};
    EqualOptions options;
    options.seed = seed_ + report_.checks.size();
    options.shapes = 1;
    options.trials = 2;
    options.witness = false;
    for (const Entries entries : {Entries::AsDeclared, Entries::Positive}) {
      const Equality answer = ask(drawn(entries), options);
      check.reason = answer.reason;
      if (answer.outcome == Comparison::Equal) check.verdict = Soundness::Sound;
      if (answer.outcome == Comparison::Different) {
        check.verdict = Soundness::Unsound;
        if (check.reason.empty()) check.reason = "the two sides differ";
      }
      if (check.verdict != Soundness::Untested) break;
    }
    if (check.verdict == Soundness::Untested && check.reason.empty())
      check.reason = "no point was found at which both sides have values";
    report_.checks.push_back(std::move(check));
  }

  TermId value_of(const Bindings& b, SymbolId pattern) const {
    for (const auto& [symbol, term] : b.terms)
      if (symbol == pattern) return term;
    throw Bug("a variable of the rule has no value");
  }

  void statements() {
    switch (rule_.kind) {
      case RuleKind::Operator: return operator_();
      case RuleKind::Linear: return linear();
      case RuleKind::Identity:
        return judge(rule_.text, [&](const Bindings& b, const EqualOptions& options) {
          return are_equal(pool_, instantiate(pool_, rule_.form, b), instantiate(pool_, rule_.to, b), {}, options);
        });
      case RuleKind::Element: return element();
      case RuleKind::Define:
        return judge(rule_.text, [&](const Bindings& b, const EqualOptions& options) {
          const TermId meaning = instantiate(pool_, rule_.form, b);
          return are_equal(pool_, meaning, pool_.stop(meaning), {}, options);  // has a value
        });
    }
  }

  /// The differential against dual numbers; with `exponent`, the scalar exponent is that number and constant.
  Equality differential(Bindings b, const EqualOptions& options, const Rational* exponent) {
    std::vector<std::pair<SymbolId, SymbolId>> pairs;
    const SymbolId constant = exponent ? pool_[pool_[rule_.form].args[1]].symbol : SymbolId();
    Bindings changes = b;
    for (std::size_t i = 0; i < rule_.variables.size(); ++i) {
      const SymbolId v = rule_.variables[i];
      if (v == constant) {
        for (auto& [symbol, term] : changes.terms)
          if (symbol == v) term = pool_.number(*exponent);
        changes.terms.emplace_back(rule_.slots[i], pool_.number(Rational(0)));
        continue;
      }
      const SymbolId change = fresh(rule_.slots[i], Attribute::None);
      changes.terms.emplace_back(rule_.slots[i], pool_.symbol(change));
      pairs.emplace_back(pool_[value_of(b, v)].symbol, change);
    }
    return differential_equals(pool_, instantiate(pool_, rule_.form, changes),
                               instantiate(pool_, rule_.differential, changes), pairs, {}, options);
  }

  void operator_() {
    const Node form = pool_[rule_.form];
    judge(rule_.text,
          [&](const Bindings& b, const EqualOptions& options) { return differential(b, options, nullptr); });
    if (form.op != Op::PowerBy || !pool_.is_scalar(form.args[1])) return;
    // Exponents that are numbers are what programs have most; they allow exact arithmetic.
    static const std::array<Rational, 3> kExponents = {Rational(3), Rational(1, 2), Rational(-2)};
    for (const Rational& q : kExponents)
      judge(rule_.text + " at " + pool_.symbols[pool_[form.args[1]].symbol].name + " = " + q.text(),
            [&](const Bindings& b, const EqualOptions& options) { return differential(b, options, &q); });
  }

  void linear() {
    judge("vec L[X] = M*vec(X): " + rule_.text, [&](const Bindings& b, const EqualOptions& options) {
      const std::array factors{instantiate(pool_, rule_.vec_form, b), pool_.vec(value_of(b, rule_.slot))};
      return are_equal(pool_, pool_.vec(instantiate(pool_, rule_.form, b)), pool_.matmul(factors), {}, options);
    });
    judge("<G, L[X]> = <L*[G], X>: " + rule_.text, [&](Bindings b, const EqualOptions& options) {
      const TermId upstream = pool_.symbol(fresh(rule_.upstream, Attribute::None));
      b.terms.emplace_back(rule_.upstream, upstream);
      const auto inner = [&](TermId x, TermId y) { return pool_.total(pool_.hadamard(x, y)); };
      return are_equal(pool_, inner(upstream, instantiate(pool_, rule_.form, b)),
                       inner(instantiate(pool_, rule_.adjoint, b), value_of(b, rule_.slot)), {}, options);
    });
  }

  void element() {
    const ElementFunction& f = pool_.functions[rule_.function];
    if (!f.derivative) return;
    const ScalarExpr slope = *f.derivative;
    const Shape shape = put({pool_.dims.symbol("?m"), pool_.dims.symbol("?n")});
    for (const Entries entries : {Entries::Positive, Entries::AsDeclared}) {
      // Where f is not defined everywhere, positive arguments are the ones that are asked for.
      if (entries == Entries::AsDeclared && !f.domain.empty()) continue;
      judge(rule_.text + (entries == Entries::Positive ? " (positive arguments)" : ""),
            [&](const Bindings&, const EqualOptions& options) {
              const Attribute a = entries == Entries::Positive ? Attribute::Positive : Attribute::None;
              const SymbolId x = pool_.symbols.add({"x", SymbolKind::Variable, shape, a, {}});
              const SymbolId change = pool_.symbols.add({"dx", SymbolKind::Variable, shape, Attribute::None, {}});
              const TermId at = pool_.symbol(x);
              return differential_equals(pool_, pool_.apply(rule_.function, 0, at),
                                         pool_.hadamard(pool_.instantiate(slope, at), pool_.symbol(change)),
                                         std::array{std::pair{x, change}}, {}, options);
            });
    }
  }

  void by_differences() {
    SoundnessCheck check{rule_.text + " (by differences)", {}, Soundness::Sound, true, ""};
    const DifferenceAnswer answer = slope_by_differences(pool_.functions, rule_.function);
    if (!answer.known) check.verdict = Soundness::Untested;
    if (answer.known && !answer.agrees) check.verdict = Soundness::Unsound;
    check.reason = answer.reason;
    report_.checks.push_back(std::move(check));
  }

  TermPool& pool_;
  const Rule& rule_;
  std::uint64_t seed_;
  DimValues sizes_;
  std::vector<std::pair<std::string, Dim>> bindings_of_sizes_;
  SoundnessReport report_;
};

}  // namespace

std::vector<std::vector<std::int64_t>> size_choices(std::size_t names) {
  std::vector<std::vector<std::int64_t>> out;
  std::vector<std::int64_t> up;
  for (std::size_t i = 0; i < names; ++i) up.push_back(static_cast<std::int64_t>(i) + 2);
  out.push_back(up);
  if (names > 0) {
    out.emplace_back(up.rbegin(), up.rend());
    if (names == 1) out.back()[0] = 5;
  }
  for (std::size_t i = 0; names > 1 && i < names; ++i) {
    out.push_back(up);
    out.back()[i] = 1;
  }
  if (names > 0) out.emplace_back(names, 1);
  return out;
}

Soundness SoundnessReport::verdict() const {
  Soundness out = Soundness::Sound;
  for (const SoundnessCheck& c : checks) {
    if (c.verdict == Soundness::Unsound) return Soundness::Unsound;
    if (c.verdict == Soundness::Untested && c.required) out = Soundness::Untested;
  }
  return out;
}

std::string SoundnessReport::text() const {
  const Soundness v = verdict();
  if (v == Soundness::Sound) return fmt::format("{}: sound ({} checks)", rule, checks.size());
  for (const SoundnessCheck& c : checks)
    if (c.verdict == v && (v == Soundness::Unsound || c.required))
      return fmt::format("{}: {} at {}: {}: {}", rule, v == Soundness::Unsound ? "not sound" : "not tested",
                         text_of(c.sizes), c.statement, c.reason);
  throw Bug("a verdict without a check");
}

SoundnessReport test_soundness(TermPool& pool, const Rule& rule, std::uint64_t seed) {
  return Tester(pool, rule, seed).run();
}

}  // namespace dvec
