#include "network/convert.hpp"

#include <algorithm>
#include <array>

#include "support/result.hpp"

namespace dvec {

std::set<Index> indices_of(const Factor& f) {
  std::set<Index> out(f.rows.begin(), f.rows.end());
  out.insert(f.cols.begin(), f.cols.end());
  return out;
}

std::optional<Dim> as_size(TermPool& pool, TermId term) {
  const Node& n = pool[term];
  if (n.op == Op::Size) return n.first;
  if (n.op == Op::Number) return pool.dims.scale(n.numbers[0], pool.dims.one());
  if (n.op == Op::Sum && pool.is_scalar(term)) {
    Dim sum = pool.dims.constant(0);
    for (std::size_t i = 0; i < n.args.size(); ++i) {
      const auto part = as_size(pool, n.args[i]);
      if (!part) return std::nullopt;
      sum = pool.dims.add(sum, pool.dims.scale(n.numbers[i], *part));
    }
    return sum;
  }
  if (n.op == Op::Hadamard && pool.is_scalar(term)) {
    Dim product = pool.dims.one();
    for (const TermId a : n.args) {
      const auto part = as_size(pool, a);
      if (!part) return std::nullopt;
      product = pool.dims.multiply(product, *part);
    }
    return product;
  }
  return std::nullopt;
}

namespace {

constexpr int kMaxDepth = 400;

/// Factors with the same atom and slots become one, exponents added; exponent 0 drops out.
void merge_equal(std::vector<Factor>& factors) {
  std::vector<Factor> out;
  for (const Factor& f : factors) {
    const auto same = std::find_if(out.begin(), out.end(), [&](const Factor& g) {
      return g.atom == f.atom && g.rows == f.rows && g.cols == f.cols;
    });
    if (same == out.end())
      out.push_back(f);
    else
      same->exponent += f.exponent;
  }
  std::erase_if(out, [](const Factor& f) { return f.exponent.is_zero(); });
  factors = std::move(out);
}

/// Every constructor of terms, as relabelling. `state` holds the product so far, one monomial per chosen summand.
class Converter {
 public:
  Converter(TermPool& pool, IndexSpace& space, const ConvertOptions& options)
      : pool_(pool), space_(space), options_(options) {}

  using State = std::vector<Monomial>;

  bool convert(TermId t, const IndexList& rows, const IndexList& cols, State& state, int depth = 0) {
    if (depth > kMaxDepth) return false;
    if (options_.definitions) {
      const auto by = options_.definitions->find(t);
      if (by != options_.definitions->end() && by->second != t) return convert(by->second, rows, cols, state, depth + 1);
    }
    const Node n = pool_[t];
    const auto go = [&](TermId a, const IndexList& r, const IndexList& c) { return convert(a, r, c, state, depth + 1); };
    switch (n.op) {
      case Op::Number:
        for (Monomial& m : state) m.coefficient *= n.numbers[0];
        return true;
      case Op::Size: return size(n.first, Rational(1), state);
      case Op::Ones: return true;
      case Op::Zeros:
        for (Monomial& m : state) m.coefficient = Rational(0);
        return true;
      case Op::Eye: return equate(rows, cols, state);
      case Op::Commutation: {
        const auto r = space_.cut(rows, n.first), c = space_.cut(cols, n.second);
        return r && c && equate(r->first, c->second, state) && equate(r->second, c->first, state);
      }
      case Op::Sum: return sum(t, n, rows, cols, state, depth);
      case Op::Scale: return go(n.args[0], {}, {}) && go(n.args[1], rows, cols);
      case Op::MatMul: {
        IndexList left = rows;
        for (std::size_t i = 0; i < n.args.size(); ++i) {
          const bool last = i + 1 == n.args.size();
          const IndexList right = last ? cols : bind(pool_.shape(n.args[i]).cols, state);
          if (!go(n.args[i], left, right)) return false;
          left = right;
        }
        return true;
      }
      case Op::Hadamard:
        return std::ranges::all_of(n.args, [&](TermId a) { return go(a, rows, cols); });
      case Op::Kron: {
        IndexList r = rows, c = cols;
        for (std::size_t i = 0; i + 1 < n.args.size(); ++i) {
          const Shape s = pool_.shape(n.args[i]);
          const auto rc = space_.cut(r, s.rows), cc = space_.cut(c, s.cols);
          if (!rc || !cc || !go(n.args[i], rc->first, cc->first)) return false;
          r = rc->second;
          c = cc->second;
        }
        return go(n.args.back(), r, c);
      }
      case Op::Transpose: return go(n.args[0], cols, rows);
      case Op::Vec: {
        const auto cut = space_.cut(rows, pool_.shape(n.args[0]).cols);
        return cut && go(n.args[0], cut->second, cut->first);
      }
      case Op::Reshape: {
        const Shape s = pool_.shape(n.args[0]);
        const IndexList r = bind(s.rows, state), c = bind(s.cols, state);
        IndexList outer = cols, inner = c;
        outer.insert(outer.end(), rows.begin(), rows.end());
        inner.insert(inner.end(), r.begin(), r.end());
        return equate(outer, inner, state) && go(n.args[0], r, c);
      }
      case Op::Diag: {
        const bool column = pool_.shape(n.args[0]).cols == pool_.dims.one();
        return equate(rows, cols, state) && (column ? go(n.args[0], rows, {}) : go(n.args[0], {}, rows));
      }
      case Op::DiagVec: return go(n.args[0], rows, rows);
      case Op::Trace: {
        const IndexList k = bind(pool_.shape(n.args[0]).rows, state);
        return go(n.args[0], k, k);
      }
      case Op::Total: {
        const Shape s = pool_.shape(n.args[0]);
        const IndexList r = bind(s.rows, state);
        return go(n.args[0], r, bind(s.cols, state));
      }
      case Op::ColumnSums: return go(n.args[0], bind(pool_.shape(n.args[0]).rows, state), cols);
      case Op::RowSums: return go(n.args[0], rows, bind(pool_.shape(n.args[0]).cols, state));
      case Op::Power: return power(t, n, rows, cols, state, depth);
      case Op::Apply: return entrywise(t, n, rows, cols, state);
      case Op::Inverse: return inverse(t, n.args[0], rows, cols, state, depth);
      case Op::Symbol: case Op::Pi: case Op::PowerBy: case Op::Det: case Op::LogDet: case Op::Stop:
        return atom(t, Rational(1), rows, cols, state);
    }
    throw Bug("unknown operator");
  }

 private:
  IndexList bind(Dim d, State& state) {
    const IndexList fresh = space_.fresh_list(d);
    for (Monomial& m : state) m.bound.insert(m.bound.end(), fresh.begin(), fresh.end());
    return fresh;
  }

  static bool atom(TermId t, const Rational& exponent, const IndexList& rows, const IndexList& cols, State& state) {
    for (Monomial& m : state) m.factors.push_back({t, exponent, rows, cols});
    return true;
  }

  bool size(Dim d, const Rational& exponent, State& state) const {
    for (Monomial& m : state) {
      if (const auto value = pool_.dims.as_number(d); value && exponent.to_int64())
        m.coefficient *= dvec::power(*value, *exponent.to_int64());
      else
        m.sizes[d] += exponent;
    }
    return true;
  }

  bool equate(const IndexList& a, const IndexList& b, State& state) {
    const auto pairs = space_.match(a, b);
    if (!pairs) return false;
    for (Monomial& m : state) m.equal.insert(m.equal.end(), pairs->begin(), pairs->end());
    return true;
  }

  bool sum(TermId t, const Node& n, const IndexList& rows, const IndexList& cols, State& state, int depth) {
    if (n.args.size() == 1) {
      for (Monomial& m : state) m.coefficient *= n.numbers[0];
      return convert(n.args[0], rows, cols, state, depth + 1);
    }
    if (pool_.is_scalar(t))
      if (const auto d = as_size(pool_, t)) return size(*d, Rational(1), state);
    if (!options_.expand(t)) return atom(t, Rational(1), rows, cols, state);
    State out;
    for (std::size_t i = 0; i < n.args.size(); ++i) {
      State part = state;
      for (Monomial& m : part) m.coefficient *= n.numbers[i];
      if (!convert(n.args[i], rows, cols, part, depth + 1)) return false;
      out.insert(out.end(), part.begin(), part.end());
      if (out.size() > options_.max_terms) return false;
    }
    state = std::move(out);
    return true;
  }

  /// (c * x^e * ...)^q entry by entry, where that is the same for all signs.
  bool power(TermId, const Node& n, const IndexList& rows, const IndexList& cols, State& state, int depth) {
    const Rational q = n.numbers[0];
    const TermId base = n.args[0];
    State inner(1);
    ConvertOptions closed = options_;
    closed.expand = [](TermId) { return false; };
    Converter sub(pool_, space_, closed);
    bool ok = sub.convert(base, rows, cols, inner, depth + 1) && inner.size() == 1 && inner[0].bound.empty() &&
              inner[0].equal.empty();
    if (ok) merge_equal(inner[0].factors);
    ok = ok && (q.is_integer() || fractional_power_distributes(inner[0], q));
    if (!ok || inner[0].coefficient.is_zero()) return atom(base, q, rows, cols, state);
    for (Monomial& m : state) {
      m.coefficient *= raised(inner[0].coefficient, q);
      for (const auto& [d, e] : inner[0].sizes) m.sizes[d] += e * q;
      for (Factor f : inner[0].factors) {
        f.exponent *= q;
        m.factors.push_back(f);
      }
    }
    return true;
  }

  static Rational raised(const Rational& c, const Rational& q) {
    if (c.is_one()) return c;
    if (const auto k = q.to_int64()) return dvec::power(c, *k);
    const auto k = Rational(*Rational::parse(q.denominator())).to_int64();
    return dvec::power(*exact_root(c, *k), *(q * Rational(*k)).to_int64());
  }

  /// One factor to an odd power (so that its sign is forced), sizes (positive), and a coefficient with an exact root.
  bool fractional_power_distributes(const Monomial& m, const Rational& q) const {
    if (m.factors.size() > 1 || m.coefficient.is_negative()) return false;
    const auto k = Rational(*Rational::parse(q.denominator())).to_int64();
    const auto p = (q * Rational(k ? *k : 1)).to_int64();
    if (!k || !p || (!m.coefficient.is_one() && !exact_root(m.coefficient, *k))) return false;
    for (const Factor& f : m.factors) {
      const std::string numerator = f.exponent.numerator();
      if ((numerator.back() - '0') % 2 == 0 && !(options_.nonnegative && options_.nonnegative(f.atom))) return false;
    }
    return true;
  }

  /// inv goes through what it goes through for all sizes: transposes, multiples, ⊗ and products of square factors,
  /// another inverse. What is left is an atom.
  bool inverse(TermId t, TermId inside, const IndexList& rows, const IndexList& cols, State& state, int depth) {
    const Node n = pool_[inside];
    const auto again = [&](TermId u, const IndexList& r, const IndexList& c) { return convert(u, r, c, state, depth + 1); };
    const auto square = [&](TermId a) { return pool_.shape(a).rows == pool_.shape(a).cols; };
    switch (n.op) {
      case Op::Transpose: return again(pool_.inverse(n.args[0]), cols, rows);
      case Op::Inverse: return again(n.args[0], rows, cols);
      case Op::Commutation: return again(pool_.commutation(n.second, n.first), rows, cols);
      case Op::Sum:
        if (n.args.size() > 1) break;
        for (Monomial& m : state) m.coefficient *= n.numbers[0].inverse();
        return again(pool_.inverse(n.args[0]), rows, cols);
      case Op::Scale:
        return again(pool_.power(n.args[0], Rational(-1)), {}, {}) && again(pool_.inverse(n.args[1]), rows, cols);
      case Op::MatMul: case Op::Kron: {
        if (!std::ranges::all_of(n.args, square)) break;
        std::vector<TermId> inverses;
        for (const TermId a : n.args) inverses.push_back(pool_.inverse(a));
        if (n.op == Op::MatMul) std::ranges::reverse(inverses);
        return again(n.op == Op::MatMul ? pool_.matmul(inverses) : pool_.kron(inverses), rows, cols);
      }
      default: break;
    }
    return atom(t, Rational(1), rows, cols, state);
  }

  /// f of a transpose or of a spread vector is the transpose or the spread of f.
  bool entrywise(TermId t, const Node& n, const IndexList& rows, const IndexList& cols, State& state) {
    const Node a = pool_[n.args[0]];
    if (a.op == Op::Transpose) return atom(pool_.apply(n.function, n.order, a.args[0]), Rational(1), cols, rows, state);
    if ((a.op == Op::MatMul || a.op == Op::Kron) && a.args.size() == 2) {
      const Node left = pool_[a.args[0]], right = pool_[a.args[1]];
      const Dim one = pool_.dims.one();
      if (left.op == Op::Ones && left.shape.cols == one && right.shape.rows == one)
        return atom(pool_.apply(n.function, n.order, a.args[1]), Rational(1), {}, cols, state);
      if (right.op == Op::Ones && right.shape.rows == one && left.shape.cols == one && a.op == Op::MatMul)
        return atom(pool_.apply(n.function, n.order, a.args[0]), Rational(1), rows, {}, state);
      if (right.op == Op::Ones && right.shape.cols == one && left.shape.rows == one && a.op == Op::Kron)
        return atom(pool_.apply(n.function, n.order, a.args[0]), Rational(1), {}, cols, state);
    }
    return atom(t, Rational(1), rows, cols, state);
  }

  TermPool& pool_;
  IndexSpace& space_;
  const ConvertOptions& options_;
};

// --- normalisation ---------------------------------------------------------------------------------------------------

/// Free indices and their places: rows before columns.
using FreePlaces = std::map<Index, std::size_t>;

/// Deltas as a substitution: each class of equal indices is represented by its first free index where it has one.
class Substitution {
 public:
  explicit Substitution(const FreePlaces& free) : free_(free) {}

  Index operator()(Index i) const {
    auto it = to_.find(i);
    while (it != to_.end()) {
      i = it->second;
      it = to_.find(i);
    }
    return i;
  }
  void equate(Index a, Index b) {
    a = (*this)(a);
    b = (*this)(b);
    if (a == b) return;
    const auto place = [&](Index i) {
      const auto at = free_.find(i);
      return at == free_.end() ? free_.size() : at->second;
    };
    const bool keep_a = std::pair(place(a), a) < std::pair(place(b), b);
    if (keep_a)
      to_[b] = a;
    else
      to_[a] = b;
  }
  void apply(IndexList& list) const {
    for (Index& i : list) i = (*this)(i);
  }

 private:
  const FreePlaces& free_;
  std::map<Index, Index> to_;
};

void substitute(Monomial& m, const Substitution& by) {
  for (Factor& f : m.factors) {
    by.apply(f.rows);
    by.apply(f.cols);
  }
}

/// Does the index occur in exactly these two slots and nowhere else?
int occurrences(const Monomial& m, Index i) {
  int count = 0;
  for (const Factor& f : m.factors) {
    count += static_cast<int>(std::count(f.rows.begin(), f.rows.end(), i));
    count += static_cast<int>(std::count(f.cols.begin(), f.cols.end(), i));
  }
  return count;
}

class Normaliser {
 public:
  Normaliser(TermPool& pool, IndexSpace& space, const ConvertOptions& options, FreePlaces free)
      : pool_(pool), space_(space), options_(options), free_(std::move(free)) {}

  void run(Monomial& m) {
    resolve(m);
    use_deltas(m);
    for (bool changed = true; changed && !m.coefficient.is_zero();) {
      orient(m);
      merge_equal(m.factors);
      changed = cancel_inverse(m) || merge_functions(m);
      if (drop_zero_sum(m)) m.coefficient = Rational(0);
    }
    count_unused(m);
    std::erase_if(m.sizes, [](const auto& s) { return s.second.is_zero(); });
    std::sort(m.factors.begin(), m.factors.end(), [this](const Factor& a, const Factor& b) {
      if (a.atom != b.atom) return pool_.compare(a.atom, b.atom) < 0;
      if (a.exponent != b.exponent) return a.exponent < b.exponent;
      return std::tie(a.rows, a.cols) < std::tie(b.rows, b.cols);
    });
  }

 private:
  void resolve(Monomial& m) {
    for (Factor& f : m.factors) {
      f.rows = space_.resolve(f.rows);
      f.cols = space_.resolve(f.cols);
    }
    m.bound = space_.resolve(m.bound);
  }

  void use_deltas(Monomial& m) {
    Substitution by(free_);
    for (const auto& [i, j] : m.equal) by.equate(i, j);
    substitute(m, by);
    std::set<Index> bound;
    for (const Index i : m.bound)
      if (const Index r = by(i); !free_.contains(r)) bound.insert(r);
    m.bound.assign(bound.begin(), bound.end());
    m.equal.clear();
    for (const auto& [i, place] : free_)
      if (const Index r = by(i); r != i) m.equal.emplace_back(r, i);
    std::sort(m.equal.begin(), m.equal.end(), [this](const auto& a, const auto& b) {
      return std::pair(free_.at(a.first), free_.at(a.second)) < std::pair(free_.at(b.first), free_.at(b.second));
    });
  }

  void orient(Monomial& m) const {
    if (!options_.symmetric) return;
    for (Factor& f : m.factors)
      if (f.cols < f.rows && f.rows.size() == f.cols.size() && options_.symmetric(f.atom)) std::swap(f.rows, f.cols);
  }

  /// inv(X)[i,k] X[k,j] = delta(i,j) when k occurs nowhere else.
  bool cancel_inverse(Monomial& m) {
    for (std::size_t a = 0; a < m.factors.size(); ++a) {
      const Factor& f = m.factors[a];
      if (pool_[f.atom].op != Op::Inverse || !f.exponent.is_one()) continue;
      const TermId inside = pool_[f.atom].args[0];
      for (std::size_t b = 0; b < m.factors.size(); ++b) {
        const Factor& g = m.factors[b];
        if (a == b || g.atom != inside || !g.exponent.is_one()) continue;
        const auto private_to_both = [&](const IndexList& k) {
          return std::ranges::all_of(k, [&](Index i) { return !free_.contains(i) && occurrences(m, i) == 2; });
        };
        const bool left = f.cols == g.rows && private_to_both(f.cols);
        const bool right = !left && f.rows == g.cols && private_to_both(f.rows);
        if (!left && !right) continue;
        const IndexList gone = left ? f.cols : f.rows;
        const IndexList x = left ? f.rows : g.rows, y = left ? g.cols : f.cols;
        std::vector<Factor> rest;
        for (std::size_t i = 0; i < m.factors.size(); ++i)
          if (i != a && i != b) rest.push_back(m.factors[i]);
        m.factors = std::move(rest);
        std::erase_if(m.bound, [&](Index i) { return std::find(gone.begin(), gone.end(), i) != gone.end(); });
        for (std::size_t i = 0; i < x.size(); ++i) m.equal.emplace_back(x[i], y[i]);
        use_deltas(m);
        return true;
      }
    }
    return false;
  }

  /// Products of elementwise functions of one argument that are one of them: exp(u) (1+exp(u))^-1 = sigmoid(u),
  /// step(u)^k = step(u), relu(u) step(u) = relu(u).
  bool merge_functions(Monomial& m) {
    const auto is = [&](const Factor& f, const char* name) {
      const Node& n = pool_[f.atom];
      return n.op == Op::Apply && n.order == 0 && pool_.functions[n.function].name == name &&
             pool_.functions[n.function].kind == ElementFunction::Kind::Primitive;
    };
    for (Factor& e : m.factors) {
      const bool exponential = is(e, "exp"), step = is(e, "step");
      if ((!exponential && !step) || e.exponent.is_negative() || e.exponent.is_zero()) continue;
      const Node n = pool_[e.atom];
      const auto same_place = [&](const Factor& d) { return d.rows == e.rows && d.cols == e.cols; };
      if (step && !e.exponent.is_one()) {
        e.exponent = Rational(1);
        return true;
      }
      if (step)
        for (const Factor& d : m.factors)
          if (is(d, "relu") && same_place(d) && pool_[d.atom].args[0] == n.args[0] && !d.exponent.is_negative()) {
            e.exponent = Rational(0);
            return true;
          }
      const auto sigmoid = pool_.functions.find("sigmoid");
      if (!exponential || !sigmoid) continue;
      const TermId below = pool_.add(pool_.ones(n.shape), e.atom);
      for (Factor& d : m.factors) {
        if (d.atom != below || !same_place(d) || !d.exponent.is_negative()) continue;
        const Rational power = std::min(e.exponent, -d.exponent);
        const Factor found{pool_.apply(*sigmoid, 0, n.args[0]), power, e.rows, e.cols};
        e.exponent += -power;
        d.exponent += power;
        m.factors.push_back(found);
        return true;
      }
    }
    return false;
  }

  bool drop_zero_sum(const Monomial& m) const {
    if (!options_.sums_to_zero) return false;
    for (const Factor& f : m.factors) {
      if (!f.exponent.is_one()) continue;
      for (const bool rows : {true, false}) {
        const IndexList& mine = rows ? f.rows : f.cols;
        const bool alone = mine.size() == 1 && !free_.contains(mine[0]) && occurrences(m, mine[0]) == 1;
        if (alone && options_.sums_to_zero(f.atom, rows)) return true;
      }
    }
    return false;
  }

  void count_unused(Monomial& m) const {
    IndexList used;
    for (const Index i : m.bound) {
      if (occurrences(m, i) > 0)
        used.push_back(i);
      else if (const auto value = pool_.dims.as_number(space_.dim(i)))
        m.coefficient *= *value;
      else
        m.sizes[space_.dim(i)] += Rational(1);
    }
    m.bound = std::move(used);
  }

  TermPool& pool_;
  IndexSpace& space_;
  const ConvertOptions& options_;
  FreePlaces free_;
};

}  // namespace

std::optional<Network> to_network(TermPool& pool, IndexSpace& space, TermId term, const IndexList& rows,
                                  const IndexList& cols, const ConvertOptions& options) {
  Network out{rows, cols, std::vector<Monomial>(1)};
  if (!Converter(pool, space, options).convert(term, rows, cols, out.terms)) return std::nullopt;
  return out;
}

namespace {

/// An index that one monomial has split is split in all, and so is whatever is equal to it.
void settle_splits(IndexSpace& space, Network& network) {
  for (std::size_t before = 0; before != space.size();) {
    before = space.size();
    for (Monomial& m : network.terms) {
      std::vector<std::pair<Index, Index>> equal;
      for (const auto& [i, j] : m.equal) {
        const auto pairs = space.match({i}, {j});
        if (!pairs) throw LimitReached("composite indices do not line up");
        equal.insert(equal.end(), pairs->begin(), pairs->end());
      }
      m.equal = std::move(equal);
    }
  }
}

}  // namespace

void normalise(TermPool& pool, IndexSpace& space, Network& network, const ConvertOptions& options) {
  settle_splits(space, network);
  network.rows = space.resolve(network.rows);
  network.cols = space.resolve(network.cols);
  FreePlaces free;
  for (const IndexList* list : {&network.rows, &network.cols})
    for (const Index i : *list) free.emplace(i, free.size());
  Normaliser normaliser(pool, space, options, free);
  for (Monomial& m : network.terms)
    if (!m.coefficient.is_zero()) normaliser.run(m);
  std::erase_if(network.terms, [](const Monomial& m) { return m.coefficient.is_zero(); });
}

}  // namespace dvec
