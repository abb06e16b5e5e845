#include "rulebook/pattern.hpp"

#include <algorithm>
#include <array>

#include "rulebook/attributes.hpp"
#include "rulebook/instantiate.hpp"

namespace dvec {

namespace {
constexpr int kTrials = 1500;
}

/// Terms with their numbers.
struct PatternSearch::List {
  std::vector<TermId> terms;
  std::vector<Rational> numbers;
  void take_out(std::size_t i) {
    terms.erase(terms.begin() + static_cast<std::ptrdiff_t>(i));
    numbers.erase(numbers.begin() + static_cast<std::ptrdiff_t>(i));
  }
};

void PatternSearch::propose(TermId pattern, TermId term, const Found& found) {
  trials_ = 0;
  const Node p = pool_[pattern], n = pool_[term];
  const Bindings none;
  const TermId one = pool_.number(Rational(1));
  if (p.op == n.op && (p.op == Op::MatMul || p.op == Op::Kron)) {
    runs(p.op, p.args, n.args, one, true, none, found);
  } else if (p.op == Op::Hadamard && n.op == Op::Hadamard) {
    factors({p.args.begin(), p.args.end()}, {n.args.begin(), n.args.end()}, one, true, none, found);
  } else if (p.op == Op::Sum && p.args.size() > 1 && n.op == Op::Sum && n.args.size() > 1) {
    terms({{p.args.begin(), p.args.end()}, {p.numbers.begin(), p.numbers.end()}},
          {{n.args.begin(), n.args.end()}, {n.numbers.begin(), n.numbers.end()}}, std::nullopt, true, none, found);
  } else {
    fit(pattern, term, none, found);
  }
}

bool PatternSearch::variable(TermId t) const {
  const Node& n = pool_[t];
  return n.op == Op::Symbol && pool_.symbols[n.symbol].kind == SymbolKind::Pattern;
}

bool PatternSearch::sizes(Dim pattern, Dim actual, Bindings& b) {
  const Dim one = pool_.dims.one();
  return bind(pool_, Shape{pattern, one}, Shape{actual, one}, b);
}

TermId PatternSearch::product(Op op, std::span<const TermId> factors) {
  return op == Op::MatMul ? pool_.matmul(factors) : op == Op::Kron ? pool_.kron(factors) : pool_.hadamard(factors);
}

void PatternSearch::fit_arguments(std::span<const TermId> patterns, std::span<const TermId> terms, const Bindings& b, const Found& next) {
  if (patterns.empty()) return next(b);
  fit(patterns[0], terms[0], b, [&](const Bindings& with) { fit_arguments(patterns.subspan(1), terms.subspan(1), with, next); });
}

void PatternSearch::fit(TermId pattern, TermId term, const Bindings& b, const Found& next) {
  if (++trials_ > kTrials) return;
  const Node p = pool_[pattern], n = pool_[term];
  if (variable(pattern)) {
    Bindings with = b;
    if (known_to_be(pool_, term, pool_.symbols[p.symbol].attributes) && bind(pool_, p.symbol, term, with)) next(with);
    return;
  }
  const TermId one = pool_.number(Rational(1));
  Bindings with = b;
  switch (p.op) {
    case Op::Symbol: case Op::Number: case Op::Pi:
      if (pattern == term) next(b);
      return;
    case Op::Ones: case Op::Zeros: case Op::Eye:
      if (p.op == n.op && sizes(p.shape.rows, n.shape.rows, with) && sizes(p.shape.cols, n.shape.cols, with)) next(with);
      return;
    case Op::Size: case Op::Duplication: case Op::Elimination:
      if (p.op == n.op && sizes(p.first, n.first, with)) next(with);
      return;
    case Op::Commutation:
      if (p.op == n.op && sizes(p.first, n.first, with) && sizes(p.second, n.second, with)) next(with);
      return;
    case Op::Selection:
      if (p.op == n.op && sizes(p.shape.rows, n.shape.rows, with) && sizes(p.first, n.first, with) && sizes(p.second, n.second, with)) next(with);
      return;
    case Op::Transpose:
      if (n.op == Op::Transpose) return fit(p.args[0], n.args[0], b, next);
      if (variable(p.args[0])) fit(p.args[0], writer_.plain(pool_.transpose(term)), b, next);
      return;
    case Op::Scale: {
      const auto parts = writer_.parts(term);
      if (pool_.is_scalar(n.shape) || (parts.number.is_one() && parts.scalars.empty())) return;
      const auto split = [&](PlainWriter::Parts scalar, PlainWriter::Parts rest) {
        fit(p.args[0], writer_.join(std::move(scalar)), b, [&](const Bindings& w) { fit(p.args[1], writer_.join(rest), w, next); });
      };
      split({parts.number, parts.scalars, one}, {Rational(1), {}, parts.core});
      for (std::size_t i = 0; i < parts.scalars.size() && (parts.scalars.size() > 1 || !parts.number.is_one()); ++i) {
        auto rest = parts;
        rest.scalars.erase(rest.scalars.begin() + static_cast<std::ptrdiff_t>(i));
        split({Rational(1), {parts.scalars[i]}, one}, std::move(rest));
      }
      return;
    }
    case Op::MatMul: case Op::Kron:
      if (p.op == n.op) runs(p.op, p.args, n.args, one, false, b, next);
      return;
    case Op::Hadamard: {
      std::vector<TermId> all;
      if (n.op == Op::Hadamard) all.assign(n.args.begin(), n.args.end());
      else if (pool_.is_scalar(n.shape)) {
        const auto parts = writer_.parts(term);
        all = parts.scalars;
        if (!parts.number.is_one()) all.push_back(pool_.number(parts.number));
      }
      factors({p.args.begin(), p.args.end()}, std::move(all), one, false, b, next);
      return;
    }
    case Op::Sum:
      if (p.args.size() == 1) {
        const auto parts = writer_.parts(term);
        if (!parts.number.is_one()) fit(p.args[0], writer_.join({parts.number / p.numbers[0], parts.scalars, parts.core}), b, next);
      } else if (n.op == Op::Sum && n.args.size() > 1) {
        terms({{p.args.begin(), p.args.end()}, {p.numbers.begin(), p.numbers.end()}},
              {{n.args.begin(), n.args.end()}, {n.numbers.begin(), n.numbers.end()}}, Rational(1), false, b, next);
      }
      return;
    case Op::PowerBy:
      if (n.op == Op::Power)
        return fit(p.args[0], n.args[0], b, [&](const Bindings& w) { fit(p.args[1], pool_.number(n.numbers[0]), w, next); });
      break;
    case Op::MatrixFunction:
      if (p.op != n.op || p.primary != n.primary || p.args.size() != n.args.size()) return;
      if (p.first.valid() && !sizes(p.first, n.first, with)) return;
      return fit_arguments(p.args, n.args, with, next);
    case Op::Reshape:
      if (p.op != n.op || !bind(pool_, p.shape, n.shape, with)) return;
      return fit_arguments(p.args, n.args, with, next);
    default: break;
  }
  if (p.op != n.op || p.args.size() != n.args.size() || !std::ranges::equal(p.numbers, n.numbers) || p.function != n.function || p.order != n.order)
    return;
  fit_arguments(p.args, n.args, b, next);
}

/// The pattern against a term with scalars in front, which go to one of the pattern's variables.
void PatternSearch::scaled(TermId pattern, TermId term, const Bindings& b, const Found& next) {
  if (++trials_ > kTrials) return;
  auto parts = writer_.parts(term);
  if (variable(pattern) || (parts.number.is_one() && parts.scalars.empty())) return fit(pattern, term, b, next);
  const TermId one = pool_.number(Rational(1)), core = parts.core;
  const Node p = pool_[pattern], n = pool_[core];
  const TermId scalar = writer_.join({parts.number, parts.scalars, one});
  if (p.op == Op::Scale || p.op != n.op) return fit(pattern, term, b, next);
  switch (p.op) {
    case Op::MatMul: case Op::Kron: return runs(p.op, p.args, n.args, scalar, false, b, next);
    case Op::Hadamard: return factors({p.args.begin(), p.args.end()}, {n.args.begin(), n.args.end()}, scalar, false, b, next);
    case Op::Transpose: case Op::Vec: case Op::Diag: case Op::DiagVec: case Op::Tril: case Op::ColumnSums: case Op::RowSums:
      return scaled(p.args[0], writer_.join({parts.number, parts.scalars, n.args[0]}), b, next);
    default: return fit(pattern, term, b, next);
  }
}

/// Pattern factors against runs of the factors; open: the product may go on on both sides. A scalar other than 1 goes to
/// one of the variables.
void PatternSearch::runs(Op op, std::span<const TermId> patterns, std::span<const TermId> all, TermId scalar, bool open, const Bindings& b,
                         const Found& next) {
  const TermId one = pool_.number(Rational(1));
  const std::function<void(std::span<const TermId>, std::span<const TermId>, TermId, const Bindings&)> go =
      [&](std::span<const TermId> ps, std::span<const TermId> ts, TermId left, const Bindings& now) {
        if (++trials_ > kTrials) return;
        if (ps.empty()) {
          if ((open || ts.empty()) && left == one) next(now);
          return;
        }
        const std::size_t most = ts.size() < ps.size() ? 0 : variable(ps[0]) ? ts.size() - ps.size() + 1 : 1;
        for (std::size_t take = 1; take <= most; ++take) {
          const TermId run = product(op, ts.first(take));
          fit(ps[0], run, now, [&](const Bindings& with) { go(ps.subspan(1), ts.subspan(take), left, with); });
          if (left != one && variable(ps[0]))
            fit(ps[0], writer_.plain(pool_.scale(left, run)), now, [&](const Bindings& with) { go(ps.subspan(1), ts.subspan(take), one, with); });
        }
      };
  for (std::size_t first = 0; first < (open ? all.size() : 1); ++first) go(patterns, all.subspan(first), scalar, b);
}

/// Commutative factors: what is more than a variable chooses first, the last pattern of a closed list takes the rest.
void PatternSearch::factors(std::vector<TermId> patterns, std::vector<TermId> all, TermId scalar, bool open, const Bindings& b, const Found& next) {
  if (++trials_ > kTrials || all.size() < patterns.size()) return;
  const TermId one = pool_.number(Rational(1));
  std::ranges::stable_partition(patterns, [this](TermId t) { return !variable(t); });
  const TermId first = patterns.front();
  const auto take = [&](TermId taken, const std::vector<TermId>& rest) {
    std::vector<TermId> others(patterns.begin() + 1, patterns.end());
    const auto go_on = [&](TermId left) {
      return [&, left](const Bindings& with) {
        if (!others.empty()) return factors(others, rest, left, open, with, next);
        if ((open || rest.empty()) && left == one) next(with);
      };
    };
    fit(first, taken, b, go_on(scalar));
    if (scalar != one && variable(first)) fit(first, writer_.plain(pool_.scale(scalar, taken)), b, go_on(one));
  };
  if (patterns.size() == 1 && (!open || variable(first)) && all.size() > 1) take(pool_.hadamard(all), {});
  if (patterns.size() == 1 && !open && all.size() > 1) return;
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::vector<TermId> rest = all;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    take(all[i], rest);
  }
}

/// Terms of a sum: those of the pattern, all multiplied by one ratio.
void PatternSearch::terms(const List& patterns, const List& all, std::optional<Rational> ratio, bool open, const Bindings& b, const Found& next) {
  if (++trials_ > kTrials || all.terms.size() < patterns.terms.size()) return;
  std::size_t at = 0;
  while (at + 1 < patterns.terms.size() && variable(patterns.terms[at])) ++at;
  const TermId pattern = patterns.terms[at];
  List others = patterns;
  others.take_out(at);
  const auto then = [&](List rest, std::optional<Rational> now) {
    return [&, rest = std::move(rest), now](const Bindings& with) {
      if (!others.terms.empty()) return terms(others, rest, now, open, with, next);
      if (open || rest.terms.empty()) next(with);
    };
  };
  if (others.terms.empty() && !open && all.terms.size() > 1) {
    if (!variable(pattern)) return;
    std::vector<Rational> numbers;
    for (const Rational& c : all.numbers) numbers.push_back(c / (patterns.numbers[at] * ratio.value_or(Rational(1))));
    return fit(pattern, writer_.plain(pool_.sum(all.terms, numbers)), b, then({}, ratio));
  }
  for (std::size_t i = 0; i < all.terms.size(); ++i) {
    List rest = all;
    rest.take_out(i);
    const Rational own = all.numbers[i] / patterns.numbers[at];
    const bool sets_ratio = !ratio && !variable(pattern);
    const Rational share = sets_ratio ? Rational(1) : own / ratio.value_or(Rational(1));
    const TermId term = share.is_one() ? all.terms[i] : writer_.plain(pool_.times(share, all.terms[i]));
    scaled(pattern, term, b, then(std::move(rest), sets_ratio ? own : ratio));
  }
}

}  // namespace dvec
