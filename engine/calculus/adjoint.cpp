#include "calculus/adjoint.hpp"

#include <map>

#include "calculus/dependence.hpp"
#include "calculus/fresh_names.hpp"

namespace dvec {

namespace {

class Sweep {
 public:
  Sweep(const Program& program, std::span<const SymbolId> wrt, Templates& templates, TermPool& pool, Trace& trace)
      : program_(program), wrt_(wrt), templates_(templates), pool_(pool), trace_(trace), depends_(pool, program, wrt),
        names_(pool, program) {}

  AdjointProgram run(TermId objective) {
    const Node& n = pool_[objective];
    const std::string of = n.op == Op::Symbol ? pool_.symbols[n.symbol].name : "F";
    send(objective, pool_.number(Rational(1)), of);
    for (auto b = program_.lets.rbegin(); b != program_.lets.rend(); ++b) {
      const auto received = received_.find(b->name);
      // A let that is wanted is swept through all the same: others may be reached only through it.
      if (received == received_.end() || !depends_.changes(b->value)) continue;
      const TermId total = accumulate_at(b->name, received->second, of);
      received->second = {total};
      send(b->value, named(total, of, b->name), pool_.symbols[b->name].name);
    }
    AdjointProgram out;
    for (const SymbolId v : wrt_) {
      const auto received = received_.find(v);
      out.gradients.push_back(received == received_.end() ? pool_.zeros(pool_.symbols[v].shape)
                                                          : accumulate_at(v, received->second, of));
    }
    out.adjoints = std::move(adjoints_);
    return out;
  }

 private:
  /// The sum of the contributions, recorded with all of them; `to` is not valid for a node without a name.
  TermId accumulate(const std::vector<TermId>& contributions, const std::string& subject, SymbolId to) {
    const TermId total = pool_.sum(contributions, std::vector<Rational>(contributions.size(), Rational(1)));
    if (contributions.size() > 1) {
      Bindings parts;
      for (const TermId c : contributions) parts.terms.emplace_back(to, c);
      trace_.steps.push_back({StepKind::Accumulate, "arithmetic/sum", subject, contributions[0], total, {}, {}, std::move(parts), {}});
    }
    return total;
  }
  TermId accumulate_at(SymbolId to, const std::vector<TermId>& contributions, const std::string& of) {
    return accumulate(contributions, "d" + of + "_d" + pool_.symbols[to].name, to);
  }

  /// An adjoint worth a name gets one, so that it is written once however many paths go through it.
  TermId named(TermId total, const std::string& of, SymbolId let) {
    if (is_leaf(pool_[total].op)) return total;
    const std::string name = names_.take("d" + of + "_d" + pool_.symbols[let].name);
    const SymbolId s = pool_.symbols.add({name, SymbolKind::Let, pool_.shape(total), Attribute::None, {}});
    adjoints_.push_back({s, total, {}});
    return pool_.symbol(s);
  }

  /// Sends an adjoint from a term down to the names in it, users before arguments.
  void send(TermId root, TermId upstream, const std::string& binding) {
    const auto changes = depends_.nodes(root);
    if (!changes.at(root)) return;
    std::map<TermId, std::vector<TermId>, std::greater<>> open;
    open[root].push_back(upstream);
    const std::string subject = "through " + binding;
    while (!open.empty()) {
      const auto [t, contributions] = *open.begin();
      open.erase(open.begin());
      const TermId g = accumulate(contributions, subject, {});
      const Node n = pool_[t];
      if (n.op == Op::Symbol) {
        received_[n.symbol].push_back(g);
        continue;
      }
      for (std::size_t i = 0; i < n.args.size(); ++i)
        if (changes.at(n.args[i])) open[n.args[i]].push_back(templates_.contribution(t, i, g, trace_, subject));
    }
  }

  const Program& program_;
  std::span<const SymbolId> wrt_;
  Templates& templates_;
  TermPool& pool_;
  Trace& trace_;
  Dependence depends_;
  FreshNames names_;
  std::map<SymbolId, std::vector<TermId>> received_;
  std::vector<Binding> adjoints_;
};

}  // namespace

AdjointProgram adjoint_sweep(const Program& program, TermId objective, std::span<const SymbolId> wrt, Templates& templates,
                             TermPool& pool, Trace& trace) {
  require(pool.is_scalar(objective), "the objective of a gradient is 1x1");
  return Sweep(program, wrt, templates, pool, trace).run(objective);
}

}  // namespace dvec
