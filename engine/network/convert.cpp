#include "network/convert.hpp"

#include <algorithm>
#include <array>

#include "network/exponential.hpp"
#include "support/result.hpp"

namespace dvec {

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
constexpr std::int64_t kMaxCopies = 4;  // of a sum to a whole power

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
      case Op::Apply:
        if (const auto known = known_value(pool_, t, names())) return go(*known, rows, cols);
        return entrywise(t, n, rows, cols, state);
      case Op::ColumnSoftmax: case Op::RowSoftmax: return softmax(n, rows, cols, state, depth);
      case Op::ColumnLogSumExp: case Op::RowLogSumExp: return log_sum(t, n, rows, cols, state, depth);
      case Op::Inverse: return inverse(t, n.args[0], rows, cols, state, depth);
      case Op::Tril: return atom(pool_.tril(pool_.ones(n.shape)), Rational(1), rows, cols, state) && go(n.args[0], rows, cols);
      case Op::PseudoInverse:
        if (const Node a = pool_[n.args[0]]; a.op == Op::Transpose) return go(pool_.pseudo_inverse(a.args[0]), cols, rows);
        return atom(t, Rational(1), rows, cols, state);
      case Op::MatrixFunction: return matrix_function(t, n, rows, cols, state, depth);
      case Op::Duplication: case Op::Elimination: case Op::Selection: case Op::Cholesky: case Op::Symbol: case Op::Pi: case Op::PowerBy: case Op::Det: case Op::LogDet: case Op::Stop:
        return atom(t, Rational(1), rows, cols, state);
    }
    throw Bug("unknown operator");
  }

 private:
  [[nodiscard]] const TermMap* names() const { return options_.names ? options_.names : options_.definitions; }

  IndexList bind(Dim d, State& state) {
    const IndexList fresh = space_.fresh_list(d);
    for (Monomial& m : state) m.bound.insert(m.bound.end(), fresh.begin(), fresh.end());
    return fresh;
  }

  bool atom(TermId t, const Rational& exponent, const IndexList& rows, const IndexList& cols, State& state) const {
    if (options_.settled) t = options_.settled(t);
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
    if (!options_.expand(t)) {
      const auto other = options_.multiples.find(t);
      if (other == options_.multiples.end()) return atom(t, Rational(1), rows, cols, state);
      for (Monomial& m : state) m.coefficient *= other->second.second;
      return atom(other->second.first, Rational(1), rows, cols, state);
    }
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

  /// exp(Z) over its sums. softmax(A',1) = softmax(A,2)'; what is added to all that is summed cancels.
  bool softmax(const Node& n, const IndexList& rows, const IndexList& cols, State& state, int depth) {
    const bool across = n.op == Op::RowSoftmax;
    const Node a = pool_[n.args[0]];
    const auto go = [&](TermId u, const IndexList& r, const IndexList& c) { return convert(u, r, c, state, depth + 1); };
    if (a.op == Op::Transpose) return go(across ? pool_.column_softmax(a.args[0]) : pool_.row_softmax(a.args[0]), cols, rows);
    const TermId z = shifted(pool_, n.args[0], across).rest;
    if (!z.valid()) return size(across ? n.shape.cols : n.shape.rows, Rational(-1), state);
    const auto exp = pool_.functions.find("exp");
    require(exp.has_value(), "the rule book has exp");
    return go(pool_.apply(*exp, 0, z), rows, cols) &&
           atom(sums(pool_, {z, across}), Rational(-1), across ? rows : IndexList{}, across ? IndexList{} : cols, state);
  }

  /// logsumexp(A',1) = logsumexp(A,2)'; what is added to all that is summed is added to it.
  bool log_sum(TermId t, const Node& n, const IndexList& rows, const IndexList& cols, State& state, int depth) {
    const bool across = n.op == Op::RowLogSumExp;
    const Node a = pool_[n.args[0]];
    const auto go = [&](TermId u, const IndexList& r, const IndexList& c) { return convert(u, r, c, state, depth + 1); };
    const auto of = [&](TermId z, bool along_rows) { return along_rows ? pool_.row_logsumexp(z) : pool_.column_logsumexp(z); };
    if (a.op == Op::Transpose) return go(of(a.args[0], !across), cols, rows);
    const Shifted parts = shifted(pool_, n.args[0], across);
    if (!parts.shift.valid() || !parts.rest.valid()) return atom(t, Rational(1), rows, cols, state);
    return go(pool_.add(of(parts.rest, across), parts.shift), rows, cols);
  }

  /// A power of sums of exponentials that are spread over a matrix or turned: of the sums, for a softmax to be known.
  bool power_of_sums(const Node& base, const Rational& q, const IndexList& rows, const IndexList& cols, State& state, int depth) {
    const auto known = [&](TermId u) { return sum_of_exponentials(pool_, u, names()).has_value(); };
    const auto go = [&](TermId u, const IndexList& r, const IndexList& c) { return convert(pool_.power(u, q), r, c, state, depth + 1); };
    const Dim one = pool_.dims.one();
    if (base.op == Op::Transpose && known(base.args[0])) return go(base.args[0], cols, rows);
    if (base.op == Op::MatMul && base.args.size() == 2) {
      const Node left = pool_[base.args[0]], right = pool_[base.args[1]];
      if (right.op == Op::Ones && right.shape.rows == one && known(base.args[0])) return go(base.args[0], rows, {});
      if (left.op == Op::Ones && left.shape.cols == one && known(base.args[1])) return go(base.args[1], {}, cols);
    }
    if (base.op == Op::Scale && q.is_integer() && known(base.args[0])) return go(base.args[0], {}, {}) && go(base.args[1], rows, cols);
    return false;
  }

  /// (c * x^e * ...)^q entry by entry, where that is the same for all signs.
  bool power(TermId, const Node& n, const IndexList& rows, const IndexList& cols, State& state, int depth) {
    const Rational q = n.numbers[0];
    const TermId base = n.args[0];
    if (options_.definitions)
      if (const auto by = options_.definitions->find(base); by != options_.definitions->end() && by->second != base)
        return convert(pool_.power(by->second, q), rows, cols, state, depth + 1);
    const Node whole = pool_[base];
    if (whole.op == Op::Transpose || whole.op == Op::MatMul || whole.op == Op::Scale) {
      const State before = state;
      if (power_of_sums(whole, q, rows, cols, state, depth)) return true;
      state = before;
    }
    State inner(1);
    ConvertOptions closed = options_;
    closed.expand = [](TermId) { return false; };
    Converter sub(pool_, space_, closed);
    const bool one_term = sub.convert(base, rows, cols, inner, depth + 1) && inner.size() == 1;
    // trace(A)^2 is trace(A)*trace(A): each sum has its own indices.
    if (const auto k = q.to_int64(); one_term && !inner[0].bound.empty() && pool_.is_scalar(base) && k && *k > 1 && *k <= kMaxCopies) {
      for (std::int64_t i = 0; i < *k; ++i)
        if (!convert(base, rows, cols, state, depth + 1)) return false;
      return true;
    }
    bool ok = one_term && inner[0].bound.empty() &&
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
      case Op::Symbol:
        if (!has(pool_.symbols[n.symbol].attributes, Attribute::Orthogonal)) break;
        return again(inside, cols, rows);
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

  /// f(A') = f(A)'. Along a direction: linear in it, f(A',E') = f(A,E)'; along what commutes with A it is f'(A) times that.
  bool matrix_function(TermId t, const Node& n, const IndexList& rows, const IndexList& cols, State& state, int depth) {
    const auto again = [&](TermId u, const IndexList& r, const IndexList& c) { return convert(u, r, c, state, depth + 1); };
    const Node a = pool_[n.args[0]];
    if (n.args.size() == 1) {
      if (a.op != Op::Transpose) return atom(t, Rational(1), rows, cols, state);
      return again(pool_.matrix_function(n.primary, n.first, a.args), cols, rows);
    }
    TermId along = n.args[1];
    const Node e = pool_[along];
    const auto with = [&](TermId direction) { return pool_.matrix_function(n.primary, n.first, std::array{n.args[0], direction}); };
    if (e.op == Op::Sum && e.args.size() == 1) {
      for (Monomial& m : state) m.coefficient *= e.numbers[0];
      return again(with(e.args[0]), rows, cols);
    }
    if (e.op == Op::Scale) return again(e.args[0], {}, {}) && again(with(e.args[1]), rows, cols);
    const auto bare = [&](TermId u) {
      while (pool_[u].op == Op::Scale || (pool_[u].op == Op::Sum && pool_[u].args.size() == 1)) u = pool_[u].args.back();
      return u;
    };
    const bool itself = bare(n.args[0]) == along;
    if (e.op == Op::Eye || itself) {
      const TermId slope = derivative_of(n);
      return again(itself ? pool_.matmul(along, slope) : slope, rows, cols);
    }
    if (a.op == Op::Transpose && e.op == Op::Transpose)
      return again(pool_.matrix_function(n.primary, n.first, std::array{a.args[0], e.args[0]}), cols, rows);
    return atom(t, Rational(1), rows, cols, state);
  }

  /// f'(A) for the function f of the node.
  TermId derivative_of(const Node& n) {
    const std::array a{n.args[0]};
    switch (n.primary) {
      case PrimaryFunction::Exponential: return pool_.matrix_function(n.primary, n.first, a);
      case PrimaryFunction::Logarithm: return pool_.inverse(a[0]);
      case PrimaryFunction::SquareRoot:
        return pool_.times(Rational(1, 2), pool_.inverse(pool_.matrix_function(n.primary, n.first, a)));
      case PrimaryFunction::Power: {
        const Dim less = pool_.dims.subtract(n.first, pool_.dims.one());
        return pool_.scale(pool_.size(n.first), pool_.matrix_function(n.primary, less, a));
      }
    }
    throw Bug("unknown function of matrices");
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

}  // namespace

std::optional<Network> to_network(TermPool& pool, IndexSpace& space, TermId term, const IndexList& rows,
                                  const IndexList& cols, const ConvertOptions& options) {
  Network out{rows, cols, std::vector<Monomial>(1)};
  if (!Converter(pool, space, options).convert(term, rows, cols, out.terms)) return std::nullopt;
  return out;
}

}  // namespace dvec
