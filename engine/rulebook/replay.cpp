#include "rulebook/replay.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "oracle/equal.hpp"
#include "rulebook/attributes.hpp"
#include "rulebook/instantiate.hpp"
#include "rulebook/plain.hpp"
#include "rulebook/readings.hpp"
#include "rulebook/replacement.hpp"
#include "support/result.hpp"
#include "term/term_print.hpp"
#include "term/traverse.hpp"

namespace dvec {

namespace {

constexpr std::uint64_t kPrintable = 200;  ///< nodes of a written-out tree that a reason may quote

/// What is known of a step.
struct Finding {
  enum class Kind { Follows, Trusted, Broken } kind = Kind::Follows;
  std::string reason;

  static Finding broken(std::string why) { return {Kind::Broken, std::move(why)}; }
};

class Replay {
 public:
  Replay(const RuleBook& book, TermPool& pool, const ReplayOptions& options)
      : book_(book), pool_(pool), readings_(pool, book), writer_(pool), options_(options) {}

  ReplayVerdict run(const Trace& trace) {
    ReplayVerdict verdict;
    left_ = {pool_.number(Rational(1))};
    for (std::size_t i = 0; i < trace.steps.size(); ++i) {
      const Step& step = trace.steps[i];
      const Finding f = check(step);
      if (f.kind == Finding::Kind::Broken) return {ReplayOutcome::Broken, verdict.trusted, i, f.reason};
      if (f.kind == Finding::Kind::Trusted) ++verdict.trusted;
      if (step.kind == StepKind::Adjoint || step.kind == StepKind::Accumulate) left_.insert(step.after);
    }
    if (verdict.trusted > 0) verdict.outcome = ReplayOutcome::Incomplete;
    return verdict;
  }

 private:
  Finding check(const Step& s) {
    if (!s.before.valid() || !s.after.valid()) return Finding::broken("a step goes from a term to a term");
    switch (s.kind) {
      case StepKind::Differential:
      case StepKind::Adjoint:
      case StepKind::VecForm: return by_block(s);
      case StepKind::Accumulate: return accumulate(s);
      case StepKind::Identity: return identity(s);
      case StepKind::Definition: return definition(s);
      case StepKind::IndexForm:
        if (!options_.same_index_form) return {Finding::Kind::Trusted, ""};
        if (options_.same_index_form(s.before, s.after, s.unfolded)) return {};
        return Finding::broken("not the same index form: " + quoted(s.before) + " and " + quoted(s.after));
      case StepKind::Exact:
        if (!options_.equal_values || options_.equal_values(s.before, s.after, s.unfolded))
          return {Finding::Kind::Trusted, ""};
        return Finding::broken("not equal: " + quoted(s.before) + " and " + quoted(s.after));
    }
    throw Bug("unknown kind of step");
  }

  // --- the rule's instance
  // ---------------------------------------------------------------------------------------------

  /// Every variable of the rule is bound, once, to a term of its shape; the sizes are bound once.
  Finding bindings_are_right(const Rule& rule, const Bindings& b) const {
    std::map<SymbolId, TermId> values;
    for (const auto& [symbol, term] : b.terms)
      if (!values.emplace(symbol, term).second) return Finding::broken(pool_.symbols[symbol].name + " is bound twice");
    for (std::size_t i = 0; i < b.dims.size(); ++i)
      for (std::size_t k = 0; k < i; ++k)
        if (b.dims[i].first == b.dims[k].first)
          return Finding::broken("the size " + b.dims[i].first + " is bound twice");
    for (const SymbolId v : rule.variables) {
      const auto at = values.find(v);
      if (at == values.end()) return Finding::broken(pool_.symbols[v].name + " is not bound");
      if (put(pool_.symbols[v].shape, b) != pool_.shape(at->second))
        return Finding::broken(pool_.symbols[v].name + " is bound to a term of another shape");
      if (!known_to_be(pool_, at->second, pool_.symbols[v].attributes))
        return Finding::broken(quoted(at->second) + " is not known to be " + text(pool_.symbols[v].attributes));
    }
    return {};
  }

  Shape put(Shape s, const Bindings& b) const {
    return {pool_.dims.substitute(s.rows, b.dims), pool_.dims.substitute(s.cols, b.dims)};
  }

  /// Is `part` the node, or a product of some of its factors (in a run, where their order matters)?
  bool is_of(TermId part, TermId whole) {
    if (part == whole) return true;
    const Node p = pool_[part], w = pool_[whole];
    if (w.op == Op::Kron && is_run(part, w.args)) return true;
    if (p.op != w.op) return false;
    if (w.op == Op::Hadamard) {
      std::vector<TermId> rest(w.args.begin(), w.args.end());
      return std::ranges::all_of(p.args, [&](TermId a) {
        const auto at = std::ranges::find(rest, a);
        if (at == rest.end()) return false;
        rest.erase(at);
        return true;
      });
    }
    return w.op == Op::MatMul && !std::ranges::search(w.args, p.args).empty();
  }

  /// A run of a Kronecker product's factors, cut in two: factors of 1x1 on one side of the cut are their product.
  bool is_run(TermId part, std::span<const TermId> factors) {
    for (std::size_t first = 0; first < factors.size(); ++first)
      for (std::size_t cut = first + 1; cut < factors.size(); ++cut)
        for (std::size_t last = cut + 1; last <= factors.size(); ++last)
          if (pool_.kron(pool_.kron(factors.subspan(first, cut - first)), pool_.kron(factors.subspan(cut, last - cut))) == part) return true;
    return false;
  }

  // --- by an operator's block
  // ------------------------------------------------------------------------------------------

  Finding by_block(const Step& s) {
    if (pool_[s.before].op == Op::Sum) return by_sum(s);
    const Rule* rule = book_.find(s.rule);
    if (!rule) return Finding::broken("there is no rule " + s.rule);
    if (rule->kind != RuleKind::Operator) return Finding::broken(s.rule + " is not the block of an operator");
    if (const Finding f = bindings_are_right(*rule, s.bindings); f.kind != Finding::Kind::Follows) return f;
    Bindings b = s.bindings;
    b.pattern = rule->function;
    const TermId instance = instantiate(pool_, rule->form, b);
    if (!is_of(instance, s.before))
      return Finding::broken(s.rule + " with its bindings is about " + quoted(instance) + ", not " + quoted(s.before));
    if (s.kind == StepKind::Differential) {
      for (std::size_t i = 0; i < rule->slots.size(); ++i)
        if (std::ranges::none_of(b.terms, [&](const auto& t) { return t.first == rule->slots[i]; }))
          return Finding::broken("the change of " + pool_.symbols[rule->variables[i]].name + " is not bound");
      if (instantiate(pool_, rule->differential, b) == s.after) return {};
      return Finding::broken("the differential by " + s.rule +
                             " is another: " + quoted(instantiate(pool_, rule->differential, b)));
    }
    if (std::ranges::find(rule->slots, s.slot) == rule->slots.end())
      return Finding::broken(s.rule + " has no such slot");
    return s.kind == StepKind::Adjoint ? adjoint(s, *rule, b, instance) : vec_form(s, *rule, b, instance);
  }

  /// The block's differential at the node when only the step's slot changes, by a new direction.
  std::pair<TermId, SymbolId> moved(const Step& s, const Rule& rule, Bindings b) {
    const SymbolId change =
        pool_.symbols.add({"change", SymbolKind::Direction, put(pool_.symbols[s.slot].shape, b), Attribute::None, {}});
    for (const SymbolId slot : rule.slots)
      b.terms.emplace_back(slot,
                           slot == s.slot ? pool_.symbol(change) : pool_.zeros(put(pool_.symbols[slot].shape, b)));
    return {instantiate(pool_, rule.differential, b), change};
  }

  Finding adjoint(const Step& s, const Rule& rule, Bindings b, TermId instance) {
    if (!s.upstream.valid() || pool_.shape(s.upstream) != pool_.shape(instance))
      return Finding::broken("the upstream adjoint has the node's shape");
    if (const Finding f = upstream_is_known(s); f.kind != Finding::Kind::Follows) return f;
    const SymbolId g = upstream_of(rule);
    const auto reading = readings_.adjoint(rule.differential, s.slot, pool_.symbol(g));
    if (reading) {
      Bindings with = b;
      with.terms.emplace_back(g, s.upstream);
      if (instantiate(pool_, *reading, with) == s.after) return {};
    }
    // Another form of the same adjoint? <G, d node> = <after, dA> at random points.
    const auto [d, change] = moved(s, rule, b);
    if (pool_.shape(s.after) != pool_.symbols[change].shape)
      return Finding::broken("an adjoint has the shape of its argument");
    const auto inner = [&](TermId x, TermId y) { return pool_.total(pool_.hadamard(x, y)); };
    return by_values(inner(s.upstream, d), inner(s.after, pool_.symbol(change)), "the adjoint by " + s.rule);
  }

  Finding vec_form(const Step& s, const Rule& rule, const Bindings& b, TermId instance) {
    const auto reading = readings_.vec_form(rule.differential, s.slot);
    if (reading && instantiate(pool_, *reading, b) == s.after) return {};
    const auto [d, change] = moved(s, rule, b);
    const Shape in = pool_.symbols[change].shape, out = pool_.shape(instance);
    if (pool_.shape(s.after) != Shape{pool_.dims.multiply(out.rows, out.cols), pool_.dims.multiply(in.rows, in.cols)})
      return Finding::broken("a vec form maps vec of the argument to vec of the node");
    return by_values(pool_.vec(d), pool_.matmul(s.after, pool_.vec(pool_.symbol(change))), "the vec form by " + s.rule);
  }

  Finding by_values(TermId left, TermId right, const std::string& what) const {
    EqualOptions options;
    options.witness = false;
    const Equality e = are_equal(pool_, left, right, {}, options);
    if (e.outcome == Comparison::Equal) return {Finding::Kind::Trusted, ""};
    return Finding::broken(what + (e.outcome == Comparison::Different ? " is another" : " could not be found again"));
  }

  /// A sum of terms has one block for two terms and any number of them: each summand gets its coefficient's share.
  Finding by_sum(const Step& s) {
    if (s.rule != "arithmetic/sum" || !book_.find(s.rule))
      return Finding::broken("a sum is differentiated by arithmetic/sum");
    const Node n = pool_[s.before];
    if (s.kind == StepKind::Differential) return Finding::broken("a sum's differential is written without a step");
    if (s.kind == StepKind::Adjoint) {
      if (!s.upstream.valid() || pool_.shape(s.upstream) != n.shape)
        return Finding::broken("the upstream adjoint has the node's shape");
      if (const Finding f = upstream_is_known(s); f.kind != Finding::Kind::Follows) return f;
    }
    const TermId unit =
        s.kind == StepKind::Adjoint ? s.upstream : pool_.eye(pool_.dims.multiply(n.shape.rows, n.shape.cols));
    if (s.bindings.terms.size() != 1) return Finding::broken("a step of a sum names one summand");
    const auto at = std::ranges::find(n.args, s.bindings.terms[0].second);
    if (at == n.args.end()) return Finding::broken(quoted(s.bindings.terms[0].second) + " is not in the sum");
    if (pool_.times(n.numbers[static_cast<std::size_t>(at - n.args.begin())], unit) == s.after) return {};
    return Finding::broken("the summand has another coefficient");
  }

  /// 1 at the objective, a name (a line of its own), or something that an earlier step left.
  bool is_known(TermId adjoint) const {
    const Node& n = pool_[adjoint];
    return left_.contains(adjoint) || (n.op == Op::Symbol && pool_.symbols[n.symbol].kind == SymbolKind::Let);
  }
  Finding upstream_is_known(const Step& s) const {
    if (is_known(s.upstream)) return {};
    return Finding::broken("the upstream adjoint " + quoted(s.upstream) + " was not left by an earlier step");
  }

  SymbolId upstream_of(const Rule& rule) {
    const auto [at, fresh] = upstreams_.try_emplace(&rule);
    if (fresh) at->second = pool_.symbols.add({"G", SymbolKind::Pattern, pool_.shape(rule.form), Attribute::None, {}});
    return at->second;
  }

  // --- the rest
  // --------------------------------------------------------------------------------------------------------

  Finding accumulate(const Step& s) const {
    std::vector<TermId> contributions;
    for (const auto& [symbol, term] : s.bindings.terms) {
      if (!is_known(term)) return Finding::broken("the contribution " + quoted(term) + " was not left by an earlier step");
      contributions.push_back(term);
    }
    if (contributions.empty()) return Finding::broken("a sum of contributions names them");
    if (pool_.sum(contributions, std::vector<Rational>(contributions.size(), Rational(1))) == s.after) return {};
    return Finding::broken("the contributions have another sum than " + quoted(s.after));
  }

  /// One side of the identity is in `before`, and the other side put there gives `after`, scalars written plainly.
  Finding identity(const Step& s) {
    const Rule* rule = book_.find(s.rule);
    if (!rule) return Finding::broken("there is no rule " + s.rule);
    if (rule->kind != RuleKind::Identity) return Finding::broken(s.rule + " is not an identity");
    if (const Finding f = bindings_are_right(*rule, s.bindings); f.kind != Finding::Kind::Follows) return f;
    const TermId from = instantiate(pool_, rule->form, s.bindings), to = instantiate(pool_, rule->to, s.bindings);
    if (substitute(pool_, s.before, {{from, to}}) == s.after) return {};
    const TermId plain_from = writer_.plain(from), plain_to = writer_.plain(to);
    if (plain_from == plain_to) {  // the rule is about the writing itself
      if (writer_.plain(s.before) == writer_.plain(s.after) &&
          (is_written(s.before, rule->form, plain_from) || (rule->two_way && is_written(s.before, rule->to, plain_from))))
        return {};
      return Finding::broken(s.rule + " does not lead from " + quoted(s.before) + " to " + quoted(s.after));
    }
    if (leads(s, plain_from, plain_to) || (rule->two_way && leads(s, plain_to, plain_from))) return {};
    return Finding::broken(s.rule + " does not lead from " + quoted(s.before) + " to " + quoted(s.after));
  }

  /// Is there a node with the operator of the rule's side that is written plainly as the instance?
  bool is_written(TermId in, TermId side, TermId plain) {
    return std::ranges::any_of(reachable(pool_, in), [&](TermId place) {
      return has_root_of(pool_, place, side) && !replacements(writer_, pool_, writer_.plain(place), plain, plain).empty();
    });
  }

  /// A name became its value at one place, or a value its name.
  Finding definition(const Step& s) {
    if (s.unfolded.size() != 1) return Finding::broken("a step by a definition names it");
    const SymbolId name = s.unfolded[0];
    const TermId value = options_.definition ? options_.definition(name) : TermId();
    if (!value.valid()) return Finding::broken("nothing is known of " + pool_.symbols[name].name);
    const TermId plain = writer_.plain(value), symbol = pool_.symbol(name);
    if (leads(s, plain, symbol) || leads(s, symbol, plain)) return {};
    return Finding::broken("the definition of " + pool_.symbols[name].name + " does not lead from " + quoted(s.before) + " to " + quoted(s.after));
  }

  /// Does `to` in the place of `from`, at one node, lead from before to after, or `from` in the place of `to` back?
  bool leads(const Step& s, TermId from, TermId to) {
    if (pool_.shape(from) != pool_.shape(to)) return false;
    const TermId before = writer_.plain(s.before), after = writer_.plain(s.after);
    return puts(before, from, to, after, s.place) || puts(after, to, from, before, {});
  }

  bool puts(TermId in, TermId from, TermId to, TermId result, TermId hint) {
    const auto there = [&](TermId place) {
      for (const TermId at : replacements(writer_, pool_, place, from, to))
        if (writer_.plain(place == in ? at : substitute(pool_, in, {{place, at}})) == result) return true;
      return false;
    };
    const std::vector<TermId> nodes = reachable(pool_, in);
    if (hint.valid() && std::ranges::count(nodes, hint) > 0 && there(hint)) return true;
    return std::ranges::any_of(nodes, there) || puts_in_one_argument(in, from, to, result);
  }

  /// The same where the place occurs elsewhere too: it is replaced in one argument of one node only.
  bool puts_in_one_argument(TermId in, TermId from, TermId to, TermId result) {
    for (const TermId node : reachable(pool_, in)) {
      std::vector<TermId> args(pool_[node].args.begin(), pool_[node].args.end());
      for (std::size_t k = 0; args.size() > 1 && k < args.size(); ++k) {
        const TermId argument = args[k];
        for (const TermId place : reachable(pool_, argument)) {
          for (const TermId at : replacements(writer_, pool_, place, from, to)) {
            args[k] = substitute(pool_, argument, {{place, at}});
            const TermId changed = pool_.rebuild(node, args);
            if (writer_.plain(node == in ? changed : substitute(pool_, in, {{node, changed}})) == result) return true;
          }
        }
        args[k] = argument;
      }
    }
    return false;
  }

  std::string quoted(TermId t) const { return pool_[t].weight <= kPrintable ? print(pool_, t) : "a long formula"; }

  const RuleBook& book_;
  TermPool& pool_;
  Readings readings_;
  PlainWriter writer_;
  const ReplayOptions& options_;
  std::set<TermId> left_;  ///< adjoints that earlier steps arrived at
  std::map<const Rule*, SymbolId> upstreams_;
};

}  // namespace

ReplayVerdict replay(const Trace& trace, const RuleBook& book, TermPool& pool, const ReplayOptions& options) {
  return Replay(book, pool, options).run(trace);
}

}  // namespace dvec
