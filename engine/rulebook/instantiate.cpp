#include "rulebook/instantiate.hpp"

#include <algorithm>

#include "rulebook/attributes.hpp"
#include "support/result.hpp"
#include "term/traverse.hpp"

namespace dvec {

namespace {

constexpr int kMatchBudget = 20000;

Dim put(TermPool& pool, Dim d, const Bindings& b) { return pool.dims.substitute(d, b.dims); }
Shape put(TermPool& pool, Shape s, const Bindings& b) { return {put(pool, s.rows, b), put(pool, s.cols, b)}; }

const TermId* bound(const Bindings& b, SymbolId s) {
  for (const auto& [symbol, term] : b.terms)
    if (symbol == s) return &term;
  return nullptr;
}

bool bind_size(TermPool& pool, Dim pattern, Dim actual, Bindings& b) {
  if (const auto name = pool.dims.as_symbol(pattern); name && name->starts_with('?')) {
    for (const auto& [known, value] : b.dims)
      if (known == *name) return value == actual;
    b.dims.emplace_back(*name, actual);
    return true;
  }
  return true;  // a product or sum of sizes: checked once all are bound
}

}  // namespace

TermId apply_derivative(TermPool& pool, FunctionId f, int order, TermId argument) {
  if (order > 0 && pool.functions[f].kind == ElementFunction::Kind::Primitive)
    return pool.instantiate(pool.functions.formula(f, order), argument);
  return pool.apply(f, order, argument);
}

TermId instantiate(TermPool& pool, TermId pattern, const Bindings& bindings) {
  TermMap done;
  for (const TermId t : reachable(pool, pattern)) {
    const Node n = pool[t];
    std::vector<TermId> args;
    for (const TermId a : n.args) args.push_back(done.at(a));
    switch (n.op) {
      case Op::Symbol: {
        const TermId* value = bound(bindings, n.symbol);
        done[t] = value ? *value : t;
        break;
      }
      case Op::Ones: done[t] = pool.ones(put(pool, n.shape, bindings)); break;
      case Op::Zeros: done[t] = pool.zeros(put(pool, n.shape, bindings)); break;
      case Op::Eye: done[t] = pool.eye(put(pool, n.shape.rows, bindings)); break;
      case Op::Size: done[t] = pool.size(put(pool, n.first, bindings)); break;
      case Op::Commutation:
        done[t] = pool.commutation(put(pool, n.first, bindings), put(pool, n.second, bindings));
        break;
      case Op::Duplication: done[t] = pool.duplication(put(pool, n.first, bindings)); break;
      case Op::Elimination: done[t] = pool.elimination(put(pool, n.first, bindings)); break;
      case Op::Selection:
        done[t] = pool.selection(put(pool, n.shape.rows, bindings), put(pool, n.first, bindings), put(pool, n.second, bindings));
        break;
      case Op::MatrixFunction:
        done[t] = pool.matrix_function(n.primary, n.first.valid() ? put(pool, n.first, bindings) : n.first, args);
        break;
      case Op::Reshape: done[t] = pool.reshape(args[0], put(pool, n.shape, bindings)); break;
      case Op::Apply:
        done[t] = n.function == bindings.pattern
                      ? apply_derivative(pool, bindings.function, bindings.order + n.order, args[0])
                      : pool.rebuild(t, args);
        break;
      // Where a size has become 1 a product of matrices may have a scalar among its factors.
      case Op::Scale: done[t] = pool.scale(args[0], args[1]); break;
      default: done[t] = pool.rebuild(t, args);
    }
  }
  return done.at(pattern);
}

bool bind(TermPool& pool, SymbolId symbol, TermId term, Bindings& b) {
  if (const TermId* known = bound(b, symbol)) return *known == term;
  if (!bind(pool, pool.symbols[symbol].shape, pool.shape(term), b)) return false;
  b.terms.emplace_back(symbol, term);
  return true;
}

bool bind(TermPool& pool, Shape want, Shape have, Bindings& b) {
  if (!bind_size(pool, want.rows, have.rows, b) || !bind_size(pool, want.cols, have.cols, b)) return false;
  const Shape now = put(pool, want, b);
  const auto open = [&](Dim d) {
    return std::ranges::any_of(pool.dims.symbols(d), [](const std::string& s) { return s.starts_with('?'); });
  };
  return (open(now.rows) || now.rows == have.rows) && (open(now.cols) || now.cols == have.cols);
}

namespace {

class Matcher {
 public:
  explicit Matcher(TermPool& pool) : pool_(pool) {}

  bool run(TermId pattern, TermId term, Bindings& b) {
    if (++steps_ > kMatchBudget) return false;
    const Node p = pool_[pattern];
    if (p.op == Op::Symbol && pool_.symbols[p.symbol].kind == SymbolKind::Pattern) {
      return known_to_be(pool_, term, pool_.symbols[p.symbol].attributes) && bind(pool_, p.symbol, term, b);
    }
    const Node n = pool_[term];
    if (p.op != n.op) return false;
    switch (p.op) {
      case Op::Ones:
      case Op::Zeros:
      case Op::Eye: return sizes(p.shape.rows, n.shape.rows, b) && sizes(p.shape.cols, n.shape.cols, b);
      case Op::Size: return sizes(p.first, n.first, b);
      case Op::Duplication: case Op::Elimination: return sizes(p.first, n.first, b);
      case Op::Selection:
        return sizes(p.shape.rows, n.shape.rows, b) && sizes(p.first, n.first, b) && sizes(p.second, n.second, b);
      case Op::MatrixFunction:
        if (p.primary != n.primary || (p.first.valid() && !sizes(p.first, n.first, b))) return false;
        break;
      case Op::Commutation: return sizes(p.first, n.first, b) && sizes(p.second, n.second, b);
      case Op::Symbol: return pattern == term;
      case Op::MatMul:
      case Op::Kron: return ordered(p, n, b);
      case Op::Hadamard: return split(p, n, b);
      default: break;
    }
    if (p.args.size() != n.args.size() || !std::ranges::equal(p.numbers, n.numbers) || p.function != n.function ||
        p.order != n.order)
      return false;
    for (std::size_t i = 0; i < p.args.size(); ++i)
      if (!run(p.args[i], n.args[i], b)) return false;
    return true;
  }

 private:
  bool sizes(Dim pattern, Dim actual, Bindings& b) {
    return bind_size(pool_, pattern, actual, b) && put(pool_, pattern, b) == actual;
  }

  TermId product(Op op, std::span<const TermId> factors) {
    return op == Op::MatMul ? pool_.matmul(factors) : op == Op::Kron ? pool_.kron(factors) : pool_.hadamard(factors);
  }

  /// Pattern factors against runs of the term's factors, shortest first.
  bool ordered(const Node& p, const Node& n, Bindings& b) { return runs(p.op, p.args, n.args, b); }
  bool runs(Op op, std::span<const TermId> p, std::span<const TermId> n, Bindings& b) {
    if (p.empty()) return n.empty();
    for (std::size_t take = 1; take + p.size() <= n.size() + 1; ++take) {
      Bindings trial = b;
      if (run(p[0], product(op, n.first(take)), trial) && runs(op, p.subspan(1), n.subspan(take), trial)) {
        b = std::move(trial);
        return true;
      }
    }
    return false;
  }

  /// Commutative: one factor for each pattern but the last, which takes the rest.
  bool split(const Node& p, const Node& n, Bindings& b) {
    // A variable fits anything: what is more than a variable chooses first.
    std::vector<TermId> patterns(p.args.begin(), p.args.end());
    std::ranges::stable_partition(patterns, [this](TermId t) { return pool_[t].op != Op::Symbol; });
    return shares(std::move(patterns), std::vector(n.args.begin(), n.args.end()), b);
  }
  bool shares(std::vector<TermId> p, std::vector<TermId> n, Bindings& b) {
    if (p.size() == 1) return run(p[0], product(Op::Hadamard, n), b);
    if (n.size() < p.size()) return false;
    const TermId first = p.front();
    p.erase(p.begin());
    for (std::size_t i = 0; i < n.size(); ++i) {
      Bindings trial = b;
      std::vector<TermId> rest = n;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
      if (run(first, n[i], trial) && shares(p, rest, trial)) {
        b = std::move(trial);
        return true;
      }
    }
    return false;
  }

  TermPool& pool_;
  int steps_ = 0;
};

}  // namespace

std::optional<Bindings> match(TermPool& pool, TermId pattern, TermId term) {
  Bindings b;
  if (!Matcher(pool).run(pattern, term, b)) return std::nullopt;
  return b;
}

}  // namespace dvec
