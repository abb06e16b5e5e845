#include "term/term_layout.hpp"

#include <algorithm>
#include <optional>

#include "support/result.hpp"
#include "term/khatri_rao.hpp"

namespace dvec {

namespace {

constexpr int kDeepest = 50'000;

class Layout {
 public:
  Layout(const TermPool& pool, const Notation& notation) : pool_(pool), notation_(notation) {}

  Text term(TermId t) {
    if (++depth_ > kDeepest) throw LimitReached("a formula is nested more than 50,000 deep: it is not printed");
    Text out = node(t, pool_[t]);
    --depth_;
    return out;
  }

 private:
  Text node(TermId t, const Node& n) {
    switch (n.op) {
      case Op::Symbol: return {notation_.name(pool_.symbols[n.symbol].name), kAtom};
      case Op::Number: return notation_.number(n.numbers[0]);
      case Op::Size: return notation_.size(n.first);
      case Op::Pi: case Op::Ones: case Op::Zeros: case Op::Eye: case Op::Commutation: case Op::Duplication:
      case Op::Elimination: return notation_.constant(n);
      case Op::Selection: return notation_.slice(identity(n.shape.rows), {}, {n.first, n.second});
      case Op::Sum: return sum(n);
      case Op::Scale: return product(n.args.first(1), n.args[1], Rational(1));
      case Op::MatMul: return chain(n);
      case Op::Hadamard: case Op::Power: return entrywise(t, n);
      case Op::Kron: return notation_.kron(each(n.args));
      case Op::Transpose: return transpose(n);
      case Op::PowerBy: return notation_.power_by(term(n.args[0]), term(n.args[1]), pool_.is_scalar(t));
      case Op::Vec: case Op::Reshape: case Op::Diag: case Op::DiagVec: case Op::Tril: case Op::Trace: case Op::Total: case Op::ColumnSums:
      case Op::RowSums: case Op::Apply: case Op::Inverse: case Op::Det: case Op::LogDet: case Op::PseudoInverse: case Op::Cholesky:
      case Op::ColumnSoftmax: case Op::RowSoftmax: case Op::ColumnLogSumExp: case Op::RowLogSumExp:
      case Op::MatrixFunction: case Op::Stop:
        return notation_.call(n, each(n.args));
    }
    throw Bug("unknown operator");
  }

  Text identity(Dim size) {
    Node eye;
    eye.op = Op::Eye;
    eye.shape = {size, size};
    return notation_.constant(eye);
  }

  const Node* selection(TermId t) const { return pool_[t].op == Op::Selection ? &pool_[t] : nullptr; }
  const Node* turned_selection(TermId t) const {
    return pool_[t].op == Op::Transpose ? selection(pool_[t].args[0]) : nullptr;
  }

  /// Some rows are a slice of the identity; triu(A) is tril(A')'.
  Text transpose(const Node& n) {
    const Node& a = pool_[n.args[0]];
    if (a.op == Op::Selection) return notation_.slice(identity(a.shape.rows), {a.first, a.second}, {});
    if (a.op == Op::Tril) {
      const Node& inner = pool_[a.args[0]];
      if (inner.op == Op::Transpose) return notation_.triu(term(inner.args[0]));
    }
    return notation_.transpose(term(n.args[0]));
  }

  /// A product; where it selects rows or columns of a factor, a slice; where it takes vec's lower triangle, vech.
  Text chain(const Node& n) {
    std::vector<Text> factors;
    for (std::size_t i = 0; i < n.args.size(); ++i) {
      const TermId a = n.args[i];
      const auto next = [&](std::size_t k) { return i + k < n.args.size() ? n.args[i + k] : TermId(); };
      if (pool_[a].op == Op::Elimination && next(1).valid() && pool_[next(1)].op == Op::Vec) {
        factors.push_back(notation_.vech(term(pool_[next(1)].args[0])));
        i += 1;
        continue;
      }
      Range rows, cols;
      TermId of = a;
      if (const Node* s = turned_selection(a); s && next(1).valid() && !selection(next(1))) {
        rows = {s->first, s->second};
        of = next(1);
        i += 1;
      }
      if (const Node* s = next(1).valid() ? selection(next(1)) : nullptr; s && !selection(of) && !turned_selection(of)) {
        cols = {s->first, s->second};
        i += 1;
      }
      const bool sliced = rows.first.valid() || cols.first.valid();
      factors.push_back(sliced ? notation_.slice(term(of), rows, cols) : term(of));
    }
    return factors.size() == 1 ? factors[0] : notation_.chain(factors);
  }

  struct Place {
    Range rows, cols;
    std::vector<TermId> factors;  ///< of the block
    Dim identity;                 ///< its size, where there are none
  };

  /// c*S*B*T' with selections S and T, one of them at least: B put at a place in a matrix of zeros.
  std::optional<Place> place(TermId t) const {
    const Node& n = pool_[t];
    Place p;
    if (n.op != Op::MatMul) return std::nullopt;
    auto factors = n.args;
    if (const Node* s = selection(factors.front())) {
      p.rows = {s->first, s->second};
      factors = factors.subspan(1);
    }
    if (const Node* s = factors.empty() ? nullptr : turned_selection(factors.back())) {
      p.cols = {s->first, s->second};
      factors = factors.first(factors.size() - 1);
    }
    if (!p.rows.first.valid() && !p.cols.first.valid()) return std::nullopt;
    if (factors.empty()) p.identity = pool_.shape(n.args.front()).cols;
    p.factors.assign(factors.begin(), factors.end());
    return p;
  }

  /// Ranges put end to end from 1 to `size`; nothing when they leave a gap or overlap.
  std::optional<std::vector<Range>> tiling(const std::vector<Place>& places, Range Place::*side, Dim size) const {
    std::vector<Range> out;
    Dim first = pool_.dims.one();
    if (!(places[0].*side).first.valid()) {
      for (const Place& p : places)
        if ((p.*side).first.valid()) return std::nullopt;
      return std::vector<Range>{Range{}};
    }
    while (out.empty() || out.back().last != size) {
      const auto next = std::ranges::find_if(places, [&](const Place& p) { return (p.*side).first == first; });
      if (next == places.end() || out.size() > places.size()) return std::nullopt;
      out.push_back((*next).*side);
      first = pool_.dims.add(out.back().last, pool_.dims.one());
    }
    return out;
  }

  /// A sum whose terms are blocks put side by side, one for each place at most.
  std::optional<Text> blocks(const Node& n) {
    std::vector<Place> places;
    for (const TermId a : n.args) {
      auto p = place(a);
      if (!p) return std::nullopt;
      places.push_back(std::move(*p));
    }
    const auto rows = tiling(places, &Place::rows, n.shape.rows), cols = tiling(places, &Place::cols, n.shape.cols);
    if (!rows || !cols) return std::nullopt;
    const DimTable& dims = pool_.dims;
    const auto size = [&](const Range& r, Dim whole) {
      return r.first.valid() ? dims.add(dims.subtract(r.last, r.first), dims.one()) : whole;
    };
    std::size_t used = 0;
    std::vector<std::vector<Text>> out;
    for (const Range& r : *rows) {
      std::vector<Text> line;
      for (const Range& c : *cols) {
        const auto here = [&](const Place& p) { return p.rows.first == r.first && p.rows.last == r.last && p.cols.first == c.first && p.cols.last == c.last; };
        if (std::ranges::count_if(places, here) > 1) return std::nullopt;
        const auto at = std::ranges::find_if(places, here);
        if (at == places.end()) {
          Node zeros;
          zeros.op = Op::Zeros;
          zeros.shape = {size(r, n.shape.rows), size(c, n.shape.cols)};
          line.push_back(notation_.constant(zeros));
          continue;
        }
        ++used;
        line.push_back(block(*at, n.numbers[static_cast<std::size_t>(at - places.begin())]));
      }
      out.push_back(std::move(line));
    }
    if (used != places.size()) return std::nullopt;
    return notation_.blocks(out);
  }

  Text block(const Place& p, const Rational& coefficient) {
    if (p.factors.empty() && p.identity == pool_.dims.one()) return notation_.number(coefficient);
    Node chained;
    chained.op = Op::MatMul;
    chained.args = p.factors;
    Text inside = p.factors.empty() ? identity(p.identity) : p.factors.size() == 1 ? term(p.factors[0]) : chain(chained);
    if (coefficient.is_one()) return inside;
    if (!coefficient.abs().is_one()) inside = notation_.product({notation_.number(coefficient.abs())}, &inside, {});
    return coefficient.is_negative() ? notation_.sum({inside}, {true}) : inside;
  }

  std::vector<Text> each(std::span<const TermId> args) {
    std::vector<Text> out;
    out.reserve(args.size());
    for (const TermId a : args) out.push_back(term(a));
    return out;
  }

  /// |c|*t as a product; t may be the number 1.
  Text with_coefficient(const Rational& magnitude, TermId t) {
    const Node& n = pool_[t];
    if (n.op == Op::Number) return notation_.number(magnitude * n.numbers[0]);
    if (magnitude.is_one()) return term(t);
    if (n.op == Op::Scale) return product(n.args.first(1), n.args[1], magnitude);
    if (n.op == Op::Hadamard && pool_.is_scalar(t)) return product(n.args, {}, magnitude);
    if (pool_.is_scalar(t)) return product(std::span(&t, 1), {}, magnitude);
    return product({}, t, magnitude);
  }

  /// Products and functions before names, names before constants: A*x-b, N-1.
  int reading_rank(TermId t) const {
    const Node& n = pool_[t];
    if (n.op == Op::Symbol || n.op == Op::Size) return 1;
    if (n.op == Op::Transpose && pool_[n.args[0]].op == Op::Symbol) return 1;
    return is_leaf(n.op) ? 2 : 0;
  }

  Text sum(const Node& n) {
    if (auto grid = blocks(n)) return std::move(*grid);
    std::vector<Text> parts;
    std::vector<bool> signs;
    for (const bool negative : {false, true})
      for (const int rank : {0, 1, 2})
        for (std::size_t i = 0; i < n.args.size(); ++i)
          if (n.numbers[i].is_negative() == negative && reading_rank(n.args[i]) == rank) {
            parts.push_back(with_coefficient(n.numbers[i].abs(), n.args[i]));
            if (parts.back().strength <= kSum) parts.back() = {notation_.bracket(parts.back().text), kAtom};
            signs.push_back(negative);
          }
    if (parts.size() == 1 && !signs[0]) return parts[0];
    return notation_.sum(parts, signs);
  }

  struct Fraction {
    std::vector<Text> over, under;
  };

  /// Sorts the factors of a scalar into numerator and denominator.
  void split(TermId s, Fraction& f) {
    const Node& n = pool_[s];
    if (n.op == Op::Hadamard) {
      for (const TermId a : n.args) split(a, f);
    } else if (n.op == Op::Power && n.numbers[0].is_negative()) {
      f.under.push_back(power(n.args[0], -n.numbers[0]));
    } else if (n.op == Op::Sum && n.args.size() == 1 && !n.numbers[0].is_negative()) {
      const Rational c = n.numbers[0];
      if (c.numerator() != "1") f.over.insert(f.over.begin(), {c.numerator(), kAtom});
      if (!c.is_integer()) f.under.insert(f.under.begin(), {c.denominator(), kAtom});
      split(n.args[0], f);
    } else {
      f.over.push_back(term(s));
    }
  }

  /// magnitude * scalars * matrix, with one denominator. `matrix` may be missing.
  Text product(std::span<const TermId> scalars, TermId matrix, Rational magnitude) {
    while (matrix.valid() && pool_[matrix].op == Op::Sum && pool_[matrix].args.size() == 1 &&
           !pool_[matrix].numbers[0].is_negative()) {
      magnitude *= pool_[matrix].numbers[0];
      matrix = pool_[matrix].args[0];
    }
    Fraction f;
    if (magnitude.numerator() != "1") f.over.push_back({magnitude.numerator(), kAtom});
    if (!magnitude.is_integer()) f.under.push_back({magnitude.denominator(), kAtom});
    for (const TermId s : scalars) split(s, f);
    if (!matrix.valid()) return notation_.product(f.over, nullptr, f.under);
    const Text m = term(matrix);
    return notation_.product(f.over, &m, f.under);
  }

  /// base.^q for q > 0.
  /// v when the scalar is v'*v for a column v, or sum(v.^2).
  TermId squared_norm_of(TermId t) const {
    const Node& n = pool_[t];
    if (n.op == Op::Total && pool_[n.args[0]].op == Op::Power && pool_[n.args[0]].numbers[0] == Rational(2)) return pool_[n.args[0]].args[0];
    if (n.op != Op::MatMul || pool_[n.args[0]].op != Op::Transpose) return {};
    const TermId v = pool_[n.args[0]].args[0];
    const auto rest = n.args.subspan(1);
    const bool whole = rest.size() == 1 && rest[0] == v;
    const bool factors = pool_[v].op == Op::MatMul && std::ranges::equal(pool_[v].args, rest);
    return whole || factors ? v : TermId();
  }

  Text power(TermId base, const Rational& q) {
    if (const auto k = (q * Rational(2)).to_int64(); k && *k % 2 != 0)
      if (const TermId v = squared_norm_of(base); v.valid()) {
        const Text norm = notation_.norm(term(v), pool_.shape(v).cols != pool_.dims.one());
        return *k == 1 ? norm : notation_.power(norm, Rational(*k), true);
      }
    return q.is_one() ? term(base) : notation_.power(term(base), q, pool_.is_scalar(base));
  }

  /// Entrywise products and powers.
  Text entrywise(TermId t, const Node& n) {
    if (const auto k = khatri_rao(pool_, t); k && !k->of_rows)
      if (auto columns = notation_.khatrirao(term(k->a), term(k->b))) return std::move(*columns);
    if (n.op == Op::Power && !n.numbers[0].is_negative()) return power(n.args[0], n.numbers[0]);
    if (pool_.is_scalar(t)) return product(std::span(&t, 1), {}, Rational(1));
    std::vector<Text> over, under;
    const std::vector<TermId> factors = n.op == Op::Power ? std::vector{t} : std::vector(n.args.begin(), n.args.end());
    for (const TermId a : factors) {
      const Node& m = pool_[a];
      if (m.op == Op::Power && m.numbers[0].is_negative())
        under.push_back(power(m.args[0], -m.numbers[0]));
      else
        over.push_back(term(a));
    }
    return notation_.entrywise(over, under);
  }

  const TermPool& pool_;
  const Notation& notation_;
  int depth_ = 0;
};

}  // namespace

std::string lay_out(const TermPool& pool, TermId term, const Notation& notation) {
  return Layout(pool, notation).term(term).text;
}

}  // namespace dvec
