#include "calculus/identify.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "calculus/dependence.hpp"
#include "calculus/fresh_names.hpp"

namespace dvec {

namespace {

/// Forward over the bindings, with one value for each node that changes: a Jacobian or a tangent.
class Forward {
 public:
  enum class Kind { Jacobian, Tangent };

  Forward(const Program& program, SymbolId x, TermId seed, Kind kind, Templates& templates, TermPool& pool,
          Trace& trace)
      : kind_(kind), templates_(templates), pool_(pool), trace_(trace), depends_(pool, program, std::span(&x, 1)),
        x_(x), names_(pool, program) {
    known_[x] = seed;
  }

  ForwardProgram run(const Program& program, TermId f) {
    // Only lets that f needs.
    std::set<SymbolId> needed;
    const auto need = [&](TermId t) {
      for (const TermId u : reachable(pool_, t))
        if (pool_[u].op == Op::Symbol) needed.insert(pool_[u].symbol);
    };
    need(f);
    for (auto b = program.lets.rbegin(); b != program.lets.rend(); ++b)
      if (needed.contains(b->name) && b->name != x_) need(b->value);
    for (const Binding& b : program.lets)
      if (needed.contains(b.name) && b.name != x_ && depends_.on_symbol(b.name)) {
        const std::string name = pool_.symbols[b.name].name;
        known_[b.name] = named(value(b.value, name), name);
      }
    ForwardProgram out;
    out.result = value(f, "F");
    out.bindings = std::move(bindings_);
    return out;
  }

 private:
  Shape shape_for(TermId t) const {
    const Shape s = pool_.shape(t);
    if (kind_ == Kind::Tangent) return s;
    const Shape x = pool_.symbols[x_].shape;
    return {pool_.dims.multiply(s.rows, s.cols), pool_.dims.multiply(x.rows, x.cols)};
  }

  TermId value(TermId root, const std::string& binding) {
    const auto changes = depends_.nodes(root);
    if (!changes.at(root)) return pool_.zeros(shape_for(root));
    const std::string subject = "through " + binding;
    std::map<TermId, TermId> at;
    for (const TermId t : reachable(pool_, root)) {
      if (!changes.at(t)) continue;
      const Node n = pool_[t];
      if (n.op == Op::Symbol) {
        at[t] = known_.at(n.symbol);
        continue;
      }
      if (kind_ == Kind::Tangent) {
        std::vector<TermId> tangents;
        for (const TermId a : n.args) tangents.push_back(changes.at(a) ? at.at(a) : TermId());
        at[t] = templates_.tangent(t, tangents, trace_, subject);
        continue;
      }
      std::vector<TermId> terms;
      for (std::size_t i = 0; i < n.args.size(); ++i)
        if (changes.at(n.args[i])) terms.push_back(pool_.matmul(templates_.vec_form(t, i, trace_, subject), at.at(n.args[i])));
      at[t] = pool_.sum(terms, std::vector<Rational>(terms.size(), Rational(1)));
    }
    return at.at(root);
  }

  TermId named(TermId total, const std::string& let) {
    if (is_leaf(pool_[total].op)) return total;
    const std::string name = names_.take((kind_ == Kind::Jacobian ? "D_" : "d_") + let);
    const SymbolId s = pool_.symbols.add({name, SymbolKind::Let, pool_.shape(total), Attribute::None, {}});
    bindings_.push_back({s, total, {}});
    return pool_.symbol(s);
  }

  Kind kind_;
  Templates& templates_;
  TermPool& pool_;
  Trace& trace_;
  Dependence depends_;
  SymbolId x_;
  FreshNames names_;
  std::map<SymbolId, TermId> known_;
  std::vector<Binding> bindings_;
};

}  // namespace

ForwardProgram jacobian(const Program& program, TermId f, SymbolId x, Templates& templates, TermPool& pool, Trace& trace) {
  const Shape s = pool.symbols[x].shape;
  const TermId seed = pool.eye(pool.dims.multiply(s.rows, s.cols));
  return Forward(program, x, seed, Forward::Kind::Jacobian, templates, pool, trace).run(program, f);
}

ForwardProgram differential(const Program& program, TermId f, SymbolId x, TermId direction, Templates& templates, TermPool& pool,
                            Trace& trace) {
  require(pool.shape(direction) == pool.symbols[x].shape, "a direction has the shape of its variable");
  return Forward(program, x, direction, Forward::Kind::Tangent, templates, pool, trace).run(program, f);
}

}  // namespace dvec
