#include "rulebook/plain.hpp"

#include <numeric>

#include "rulebook/attributes.hpp"
#include "term/traverse.hpp"

namespace dvec {

namespace {

/// The largest number whose multiples all are, with the sign of the first; 1 where numbers pass machine words.
Rational content_of(std::span<const Rational> numbers) {
  std::int64_t numerator = 0, denominator = 1;
  for (const Rational& c : numbers) {
    const auto w = c.words();
    constexpr std::int64_t kLargest = std::int64_t{1} << 30U;
    if (!w || w->second > kLargest || denominator > kLargest) return Rational(1);
    numerator = std::gcd(numerator, w->first);
    denominator = std::lcm(denominator, w->second);
  }
  const Rational size(numerator, denominator);
  return numbers[0].is_negative() ? -size : size;
}

}  // namespace

TermId PlainWriter::plain(TermId t) {
  if (const auto known = memo_.find(t); known != memo_.end()) return known->second;
  for (const TermId node : reachable(pool_, t)) {
    if (memo_.contains(node)) continue;
    const TermId written = write(pool_[node], node);
    memo_[node] = written;
    memo_.emplace(written, written);
  }
  return memo_.at(t);
}

PlainWriter::Parts PlainWriter::parts(TermId t) {
  Parts out{Rational(1), {}, t};
  if (const Node& n = pool_[t]; n.op == Op::Sum && n.args.size() == 1) {
    out.number = n.numbers[0];
    out.core = n.args[0];
  } else if (n.op == Op::Number) {
    out.number = n.numbers[0];
    out.core = pool_.number(Rational(1));
    return out;
  }
  const Node& n = pool_[out.core];
  if (pool_.is_scalar(n.shape)) {
    if (n.op == Op::Hadamard)
      out.scalars.assign(n.args.begin(), n.args.end());
    else if (n.op != Op::Number)
      out.scalars = {out.core};
    out.core = pool_.number(Rational(1));
  } else if (n.op == Op::Scale) {
    const Parts s = parts(n.args[0]);
    out.number *= s.number;
    out.scalars = s.scalars;
    out.core = n.args[1];
  }
  return out;
}

TermId PlainWriter::join(Parts p) {
  TermId out = p.core;
  if (!p.scalars.empty()) out = pool_.scale(pool_.hadamard(p.scalars), p.core);
  return p.number.is_one() ? out : pool_.times(p.number, out);
}

/// Factors that are 1x1, or make a 1x1 run where an inner size is 1, go in front; what is left is the core.
TermId PlainWriter::product(Shape shape, std::span<const TermId> factors) {
  const Dim one = pool_.dims.one();
  Parts out{Rational(1), {}, {}};
  std::vector<TermId> cores;
  for (const TermId f : factors) {
    Parts p = parts(f);
    out.number *= p.number;
    out.scalars.insert(out.scalars.end(), p.scalars.begin(), p.scalars.end());
    if (!pool_.is_scalar(f)) cores.push_back(p.core);
  }
  std::vector<TermId> left;
  for (std::size_t first = 0; first < cores.size();) {
    std::size_t last = first;  // a piece ends where the inner size is 1
    while (last + 1 < cores.size() && pool_.shape(cores[last]).cols != one) ++last;
    const auto piece = std::span(cores).subspan(first, last + 1 - first);
    if (pool_.shape(piece.front()).rows == one && pool_.shape(piece.back()).cols == one)
      out.scalars.push_back(scalar_product(piece));
    else
      left.insert(left.end(), piece.begin(), piece.end());
    first = last + 1;
  }
  out.core = !left.empty() ? pool_.matmul(left) : pool_.is_scalar(shape) ? pool_.number(Rational(1)) : pool_.eye(shape.rows);
  return join(std::move(out));
}

TermId PlainWriter::transposed(TermId plain) {
  Parts out = parts(plain);
  const Node& core = pool_[out.core];
  out.core = core.op == Op::Transpose ? core.args[0]
             : core.op == Op::Ones    ? pool_.ones({core.shape.cols, core.shape.rows})
             : known_to_be(pool_, out.core, Attribute::Symmetric) ? out.core
                                                                  : pool_.transpose(out.core);
  return join(std::move(out));
}

/// x'*A*y or y'*A'*x, whichever comes first: a scalar is its own transpose.
TermId PlainWriter::scalar_product(std::span<const TermId> factors) {
  const TermId direct = pool_.matmul(factors);
  std::vector<TermId> turned;
  for (std::size_t i = factors.size(); i-- > 0;) turned.push_back(transposed(factors[i]));
  const TermId back = pool_.matmul(turned);
  return pool_.compare(back, direct) < 0 ? back : direct;
}

/// Coefficients of all terms in one list, their common content in front.
TermId PlainWriter::sum(const Node& n) {
  std::vector<TermId> terms;
  std::vector<Rational> numbers;
  for (std::size_t i = 0; i < n.args.size(); ++i) {
    Parts p = parts(n.args[i]);
    const Rational c = n.numbers[i] * p.number;
    p.number = Rational(1);
    const TermId core = join(p);
    if (const Node& inner = pool_[core]; inner.op == Op::Sum) {
      for (std::size_t k = 0; k < inner.args.size(); ++k) {
        terms.push_back(inner.args[k]);
        numbers.push_back(c * inner.numbers[k]);
      }
    } else {
      terms.push_back(core);
      numbers.push_back(c);
    }
  }
  const TermId flat = pool_.sum(terms, numbers);
  const Node s = pool_[flat];
  if (s.op != Op::Sum || s.args.size() < 2) return flat;
  const Rational content = content_of(s.numbers);
  if (content.is_one()) return flat;
  std::vector<Rational> rest;
  for (const Rational& c : s.numbers) rest.push_back(c / content);
  return pool_.times(content, pool_.sum(s.args, rest));
}

TermId PlainWriter::write(const Node& at, TermId t) {
  const Node n = at;
  if (n.args.empty()) return t;
  std::vector<TermId> args;
  for (const TermId a : n.args) {
    const auto known = memo_.find(a);
    args.push_back(known == memo_.end() ? a : known->second);
  }
  switch (n.op) {
    case Op::Sum: {
      Node with = n;
      with.args = args;
      return sum(with);
    }
    case Op::MatMul: return product(n.shape, args);
    case Op::Scale: case Op::Hadamard: case Op::Kron: {
      Parts out{Rational(1), {}, {}};
      std::vector<TermId> cores;
      for (const TermId a : args) {
        const Parts p = parts(a);
        out.number *= p.number;
        out.scalars.insert(out.scalars.end(), p.scalars.begin(), p.scalars.end());
        if (!pool_.is_scalar(a)) cores.push_back(p.core);
      }
      if (cores.empty())
        out.core = pool_.is_scalar(n.shape) ? pool_.number(Rational(1)) : pool_.ones(n.shape);
      else
        out.core = n.op == Op::Kron ? pool_.kron(cores) : pool_.hadamard(cores);
      const Parts inner = parts(out.core);
      out.number *= inner.number;
      out.core = inner.core;
      return join(std::move(out));
    }
    case Op::Transpose: return transposed(args[0]);
    case Op::Vec: case Op::Reshape: case Op::Diag: case Op::DiagVec: case Op::Tril: {
      Parts out = parts(args[0]);
      if (pool_.is_scalar(args[0])) return pool_.rebuild(t, args);
      out.core = n.op == Op::Reshape ? pool_.reshape(out.core, n.shape) : pool_.rebuild(t, std::vector{out.core});
      return join(std::move(out));
    }
    case Op::Trace: case Op::Total: case Op::ColumnSums: case Op::RowSums: {
      Parts out = parts(args[0]);
      if (pool_.is_scalar(args[0])) return pool_.rebuild(t, args);
      const TermId reduced = pool_.rebuild(t, std::vector{out.core});
      if (!pool_.is_scalar(n.shape)) {
        out.core = reduced;
        return join(std::move(out));
      }
      const Parts inner = parts(reduced);
      out.number *= inner.number;
      out.scalars.insert(out.scalars.end(), inner.scalars.begin(), inner.scalars.end());
      out.core = pool_.number(Rational(1));
      return join(std::move(out));
    }
    default: return pool_.rebuild(t, args);
  }
}

}  // namespace dvec
