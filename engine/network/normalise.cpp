/// The normal form of a network, monomial by monomial.

#include <algorithm>
#include <array>

#include "network/convert.hpp"
#include "network/exponential.hpp"
#include "support/result.hpp"

namespace dvec {

namespace {

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
      changed = cancel_inverse(m) || merge_functions(m) || sum_exponentials(m) || drop_unit_sum(m) || use_triangles(m) || undo_selections(m) || use_attributes(m);
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
        // Symmetric factors may meet at any of their ends.
        const bool turns = options_.symmetric && options_.symmetric(inside);
        IndexList gone, x, y;
        const auto meet = [&](const IndexList& fr, const IndexList& fc, const IndexList& gr, const IndexList& gc) {
          if (fc != gr || !private_to_both(fc)) return false;
          gone = fc, x = fr, y = gc;
          return true;
        };
        if (!meet(f.rows, f.cols, g.rows, g.cols) && !meet(g.rows, g.cols, f.rows, f.cols) &&
            !(turns && (meet(f.rows, f.cols, g.cols, g.rows) || meet(f.cols, f.rows, g.rows, g.cols))))
          continue;
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
  /// step(u)^k = step(u), relu(u) step(u) = relu(u), 1/(1+exp(u)) = sigmoid(-u).
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
    return lone_sigmoid(m);
  }

  /// 1/(1+exp(u)) = sigmoid(-u); beside sigmoid(v), sigmoid(-v) is 1-sigmoid(v).
  bool lone_sigmoid(Monomial& m) {
    const auto sigmoid = pool_.functions.find("sigmoid");
    if (!sigmoid) return false;
    for (Factor& d : m.factors) {
      if (!d.exponent.is_negative()) continue;
      const auto u = one_plus_exponential(pool_, d.atom, nullptr);
      if (!u) continue;
      d = {pool_.apply(*sigmoid, 0, negated(pool_, *u)), -d.exponent, d.rows, d.cols};
      return true;
    }
    for (const Factor& f : m.factors) {
      const Node v = pool_[f.atom];
      if (v.op != Op::Apply || v.function != *sigmoid || v.order != 0) continue;
      const TermId opposite = pool_.apply(*sigmoid, 0, negated(pool_, v.args[0]));
      if (pool_[opposite].weight < v.weight) continue;  // that one is the -v
      for (Factor& g : m.factors)
        if (g.atom == opposite && g.rows == f.rows && g.cols == f.cols) {
          g.atom = pool_.subtract(pool_.ones(v.shape), f.atom);
          return true;
        }
    }
    return false;
  }

  /// exp(Z)[i,j], summed over an index that nothing else has, is the sum by which the monomial divides.
  bool sum_exponentials(Monomial& m) const {
    const TermMap* names = options_.names ? options_.names : options_.definitions;
    for (std::size_t a = 0; a < m.factors.size(); ++a) {
      const Factor e = m.factors[a];
      if (!e.exponent.is_one() || !exponent_of(pool_, e.atom, names)) continue;
      for (Factor& s : m.factors) {
        if (!s.exponent.is_negative() || !belongs(pool_, s, e, names)) continue;
        const IndexList& summed = sum_of_exponentials(pool_, s.atom, names)->across ? e.cols : e.rows;
        if (!std::ranges::all_of(summed, [&](Index i) { return !free_.contains(i) && occurrences(m, i) == 1; })) continue;
        s.exponent += Rational(1);
        std::erase_if(m.bound, [&](Index i) { return std::ranges::find(summed, i) != summed.end(); });
        m.factors.erase(m.factors.begin() + static_cast<std::ptrdiff_t>(a));
        return true;
      }
    }
    return false;
  }

  /// The mask tril(ones(m,n)): a power of it is itself, on its diagonal and on a lower triangular matrix it is 1, and with
  /// its transpose it leaves the diagonal.
  bool use_triangles(Monomial& m) {
    const auto mask = [&](const Factor& f) { return pool_[f.atom].op == Op::Tril && pool_[pool_[f.atom].args[0]].op == Op::Ones; };
    const auto lower = [&](const Factor& f) {
      TermId t = f.atom;
      while (pool_[t].op == Op::Inverse) t = pool_[t].args[0];
      const Node& n = pool_[t];
      return n.op == Op::Cholesky || (n.op == Op::Symbol && has(pool_.symbols[n.symbol].attributes, Attribute::Lower));
    };
    for (std::size_t a = 0; a < m.factors.size(); ++a) {
      Factor& t = m.factors[a];
      if (!mask(t) || t.exponent.is_zero() || t.exponent.is_negative()) continue;
      if (!t.exponent.is_one()) {
        t.exponent = Rational(1);
        return true;
      }
      const bool covered = t.rows == t.cols || std::ranges::any_of(m.factors, [&](const Factor& f) {
                             return lower(f) && f.rows == t.rows && f.cols == t.cols && !f.exponent.is_negative();
                           });
      if (covered) {
        m.factors.erase(m.factors.begin() + static_cast<std::ptrdiff_t>(a));
        return true;
      }
      for (std::size_t b = a + 1; b < m.factors.size(); ++b) {
        const Factor& u = m.factors[b];
        if (!mask(u) || u.rows != t.cols || u.cols != t.rows || t.rows.size() != t.cols.size()) continue;
        for (std::size_t i = 0; i < t.rows.size(); ++i) m.equal.emplace_back(t.rows[i], t.cols[i]);
        use_deltas(m);
        return true;
      }
    }
    return false;
  }

  /// S' S = I for columns of the identity, 0 for columns that are apart; L D = I on either side of vech.
  bool undo_selections(Monomial& m) {
    const DimTable& dims = pool_.dims;
    for (std::size_t a = 0; a < m.factors.size(); ++a)
      for (std::size_t b = a + 1; b < m.factors.size(); ++b) {
        const Factor& f = m.factors[a];
        const Factor& g = m.factors[b];
        if (!f.exponent.is_one() || !g.exponent.is_one()) continue;
        const Node& x = pool_[f.atom];
        const Node& y = pool_[g.atom];
        const auto meets = [&](const IndexList& k) {
          return std::ranges::all_of(k, [&](Index i) { return !free_.contains(i) && occurrences(m, i) == 2; });
        };
        IndexList left, right, gone;
        if (x.op == Op::Selection && y.op == Op::Selection && f.rows == g.rows) {
          const auto apart = [&](const Node& p, const Node& q) {
            const auto gap = dims.as_constant(dims.subtract(q.first, p.second));
            return gap && *gap > 0;
          };
          if (apart(x, y) || apart(y, x)) {
            m.coefficient = Rational(0);
            return true;
          }
          if (f.atom != g.atom || !meets(f.rows)) continue;
          left = f.cols, right = g.cols, gone = f.rows;
        } else if ((x.op == Op::Elimination && y.op == Op::Duplication) || (x.op == Op::Duplication && y.op == Op::Elimination)) {
          const Factor& l = x.op == Op::Elimination ? f : g;
          const Factor& d = x.op == Op::Elimination ? g : f;
          const IndexList swapped(d.rows.rbegin(), d.rows.rend());
          if ((l.cols != d.rows && l.cols != swapped) || !meets(l.cols)) continue;
          left = l.rows, right = d.cols, gone = l.cols;
        } else {
          continue;
        }
        std::vector<Factor> rest;
        for (std::size_t i = 0; i < m.factors.size(); ++i)
          if (i != a && i != b) rest.push_back(m.factors[i]);
        m.factors = std::move(rest);
        std::erase_if(m.bound, [&](Index i) { return std::find(gone.begin(), gone.end(), i) != gone.end(); });
        if (left.size() != right.size()) continue;
        for (std::size_t i = 0; i < left.size(); ++i) m.equal.emplace_back(left[i], right[i]);
        use_deltas(m);
        return true;
      }
    return false;
  }

  /// Q Q' = Q' Q = I for an orthogonal Q, P P = P for an idempotent P; the index between the two occurs nowhere else.
  bool use_attributes(Monomial& m) {
    const auto is = [&](const Factor& f, Attribute a) {
      const Node& n = pool_[f.atom];
      return n.op == Op::Symbol && has(pool_.symbols[n.symbol].attributes, a) && f.exponent.is_one() && f.rows.size() == 1 && f.cols.size() == 1;
    };
    const auto between = [&](const IndexList& k) { return !free_.contains(k[0]) && occurrences(m, k[0]) == 2; };
    for (std::size_t a = 0; a < m.factors.size(); ++a)
      for (std::size_t b = 0; b < m.factors.size(); ++b) {
        if (a == b || m.factors[a].atom != m.factors[b].atom) continue;
        const Factor f = m.factors[a], g = m.factors[b];
        const bool inner = is(f, Attribute::Idempotent) && is(g, Attribute::Idempotent) && f.cols == g.rows && between(f.cols);
        const bool by_cols = is(f, Attribute::Orthogonal) && is(g, Attribute::Orthogonal) && f.cols == g.cols && between(f.cols);
        const bool by_rows = is(f, Attribute::Orthogonal) && is(g, Attribute::Orthogonal) && f.rows == g.rows && between(f.rows);
        if (!inner && !by_cols && !by_rows) continue;
        const Index gone = inner || by_cols ? f.cols[0] : f.rows[0];
        std::erase(m.bound, gone);
        if (inner) {
          m.factors[a].cols = g.cols;
          m.factors.erase(m.factors.begin() + static_cast<std::ptrdiff_t>(b));
          return true;
        }
        m.factors.erase(m.factors.begin() + static_cast<std::ptrdiff_t>(std::max(a, b)));
        m.factors.erase(m.factors.begin() + static_cast<std::ptrdiff_t>(std::min(a, b)));
        m.equal.emplace_back(by_cols ? f.rows[0] : f.cols[0], by_cols ? g.rows[0] : g.cols[0]);
        use_deltas(m);
        return true;
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

  /// A factor whose rows (columns) are summed, nothing else having their index, to ones.
  bool drop_unit_sum(Monomial& m) const {
    if (!options_.sums_to_one) return false;
    for (std::size_t a = 0; a < m.factors.size(); ++a) {
      const Factor f = m.factors[a];
      if (!f.exponent.is_one()) continue;
      for (const bool rows : {true, false}) {
        const IndexList& mine = rows ? f.rows : f.cols;
        const bool alone = mine.size() == 1 && !free_.contains(mine[0]) && occurrences(m, mine[0]) == 1;
        if (!alone || !options_.sums_to_one(f.atom, rows)) continue;
        std::erase(m.bound, mine[0]);
        m.factors.erase(m.factors.begin() + static_cast<std::ptrdiff_t>(a));
        return true;
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
