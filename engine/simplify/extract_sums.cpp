/// Sums of monomials, factored: what all terms share goes first, then what saves most.

#include <algorithm>
#include <array>

#include "simplify/cost.hpp"
#include "simplify/extract.hpp"
#include "support/result.hpp"

namespace dvec {

std::vector<Extractor::Literal> Extractor::literals(const Monomial& m, Index row, Index col) {
  std::vector<Literal> out;
  const bool diagonal = !m.equal.empty();  // only scalars may leave a diagonal
  const std::vector<Component> parts = components(m);
  IndexList free;
  if (row.valid()) free.push_back(row);
  if (col.valid()) free.push_back(col);
  const auto without = [&](std::size_t skip) {
    Monomial rest = m;
    rest.factors.clear();
    rest.bound.clear();
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (i == skip) continue;
      rest.factors.insert(rest.factors.end(), parts[i].factors.begin(), parts[i].factors.end());
      rest.bound.insert(rest.bound.end(), parts[i].bound.begin(), parts[i].bound.end());
    }
    return rest;
  };
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Component& part = parts[i];
    std::vector<Piece> pieces;
    TermId scalar;
    if (!eliminate(part, pieces, scalar) || pieces.size() > 1) continue;
    Monomial alone;
    alone.factors = part.factors;
    alone.bound = part.bound;
    Literal l;
    const bool r = row.valid() && part.free.contains(row), c = col.valid() && part.free.contains(col);
    l.kind = r && c ? Literal::Kind::Matrix : r ? Literal::Kind::Down : c ? Literal::Kind::Across : Literal::Kind::Scalar;
    l.key = "part " + certificate(space_, alone, free, [this](TermId t) { return name(t); }, symmetric_);
    if (l.kind == Literal::Kind::Scalar) {
      if (!pieces.empty()) continue;
      l.term = scalar;
    } else if (diagonal) {
      continue;
    } else {
      if (pieces.empty()) continue;
      const TermId t = l.kind == Literal::Kind::Matrix ? as(pieces[0], row, col)
                       : l.kind == Literal::Kind::Down ? column(pieces[0])
                                                       : flipped(column(pieces[0]));
      l.term = pool_.scale(scalar, t);
    }
    l.gain = cost(pool_, l.term) + (l.kind == Literal::Kind::Scalar ? 1 : 2);
    l.rest = without(i);
    out.push_back(std::move(l));
  }
  if (diagonal) return out;
  // A chain end: the only factor at a free index, with a bound index at its other side.
  for (const bool left : {true, false}) {
    const Index at = left ? row : col, far = left ? col : row;
    if (!at.valid()) {
      vector_ends(m, parts, left, far, out);
      continue;
    }
    int count = 0;
    std::size_t which = 0;
    for (std::size_t k = 0; k < m.factors.size(); ++k) {
      const auto touched = indices_of(m.factors[k]);
      if (touched.contains(at)) {
        ++count;
        which = k;
      }
    }
    if (count != 1) continue;
    const Factor& f = m.factors[which];
    if (f.rows.size() != 1 || f.cols.size() != 1 || f.rows == f.cols) continue;
    const Index inner = f.rows[0] == at ? f.cols[0] : f.rows[0];
    if (inner == far) continue;
    Literal l;
    l.kind = left ? Literal::Kind::Left : Literal::Kind::Right;
    const bool symmetric = symmetric_ && symmetric_(f.atom);
    l.key = std::string(left ? "left " : "right ") + name(f.atom) + "^" + f.exponent.text() +
            (symmetric || f.rows[0] == at ? "" : "'");
    const TermId t = factor_term(f);
    l.term = left ? (f.rows[0] == at ? t : flipped(t)) : (f.cols[0] == at ? t : flipped(t));
    l.gain = cost(pool_, l.term) + 1;
    l.inner = inner;
    l.rest = m;
    l.rest.factors.erase(l.rest.factors.begin() + static_cast<std::ptrdiff_t>(which));
    std::erase(l.rest.bound, inner);
    out.push_back(std::move(l));
  }
  return out;
}

/// Where a side has no free index, the vectors that a chain ends with: A*x + B*x has x at its right.
void Extractor::vector_ends(const Monomial& m, const std::vector<Component>& parts, bool left, Index far,
                            std::vector<Literal>& out) {
  for (const Component& part : parts) {
    if (far.valid() && !part.free.contains(far)) continue;
    for (const Factor& f : part.factors) {
      const auto touched = indices_of(f);
      if (touched.size() != 1 || f.rows.size() + f.cols.size() != 1) continue;
      const Index k = *touched.begin();
      if (std::find(m.bound.begin(), m.bound.end(), k) == m.bound.end()) continue;
      Literal l;
      l.kind = left ? Literal::Kind::Left : Literal::Kind::Right;
      l.key = std::string(left ? "left " : "right ") + "vector " + name(f.atom) + "^" + f.exponent.text() +
              (f.rows.empty() ? "'" : "");
      const TermId column = f.rows.empty() ? flipped(factor_term(f)) : factor_term(f);
      l.term = left ? flipped(column) : column;
      l.gain = cost(pool_, l.term) + 1;
      l.inner = k;
      l.rest = m;
      l.rest.factors.erase(std::find(l.rest.factors.begin(), l.rest.factors.end(), f));
      std::erase(l.rest.bound, k);
      out.push_back(std::move(l));
    }
  }
}

TermId Extractor::apply(const Literal& l, TermId inner, Shape shape) {
  switch (l.kind) {
    case Literal::Kind::Scalar: return pool_.scale(l.term, inner);
    case Literal::Kind::Matrix: return pool_.hadamard(l.term, inner);
    case Literal::Kind::Left: return pool_.matmul(l.term, inner);
    case Literal::Kind::Right: return pool_.matmul(inner, l.term);
    case Literal::Kind::Down:
      return shape.cols == pool_.dims.one() ? pool_.hadamard(l.term, inner) : spread_product(inner, l.term, {}, shape);
    case Literal::Kind::Across:
      return shape.rows == pool_.dims.one() ? pool_.hadamard(l.term, inner) : spread_product(inner, {}, l.term, shape);
  }
  throw Bug("unknown kind of literal");
}

namespace {

/// Does no term depend on the index?
bool is_free_of(const std::vector<Monomial>& terms, Index i) {
  return std::ranges::none_of(terms, [&](const Monomial& m) {
    return std::ranges::any_of(m.equal, [&](const auto& e) { return e.first == i || e.second == i; }) ||
           std::ranges::any_of(m.factors, [&](const Factor& f) { return indices_of(f).contains(i); });
  });
}


/// Takes the common coefficient and the common powers of sizes and of single scalar factors out of all terms.
Monomial take_content(std::vector<Monomial>& terms) {
  Monomial content;
  // Sizes: a power that all terms have with one sign, the one nearest to zero.
  std::set<Dim> all;
  for (const Monomial& m : terms)
    for (const auto& [d, e] : m.sizes) all.insert(d);
  for (const Dim d : all) {
    Rational common;
    bool first = true, same_sign = true;
    for (const Monomial& m : terms) {
      const auto at = m.sizes.find(d);
      const Rational e = at == m.sizes.end() ? Rational(0) : at->second;
      if (first)
        common = e;
      else if (e.is_negative() != common.is_negative() || e.is_zero() || common.is_zero())
        same_sign = false;
      else if (e.abs() < common.abs())
        common = e;
      first = false;
    }
    if (!same_sign || common.is_zero()) continue;
    content.sizes[d] = common;
    for (Monomial& m : terms) {
      m.sizes[d] += common * Rational(-1);
      if (m.sizes[d].is_zero()) m.sizes.erase(d);
    }
  }
  // Coefficient: taken out when fewer are left to print.
  Rational g(0);
  for (const Monomial& m : terms) g = gcd(g, m.coefficient);
  const auto printed = [](const Rational& c) {
    return (c.abs().numerator() != "1" ? 1 : 0) + (c.is_integer() ? 0 : 1);
  };
  const bool all_negative = std::ranges::all_of(terms, [](const Monomial& m) { return m.coefficient.is_negative(); });
  int before = 0, after = printed(g);
  for (const Monomial& m : terms) {
    before += printed(m.coefficient);
    after += printed(m.coefficient / g);
  }
  if (after >= before) g = Rational(1);
  if (all_negative) g = -g;
  content.coefficient = g;
  for (Monomial& m : terms) m.coefficient *= g.inverse();
  return content;
}

}  // namespace

TermId Extractor::simple(Terms terms, Index row, Index col, Shape shape) {
  if (terms.size() == 1) return monomial(terms[0], row, col, shape);
  const Monomial content = take_content(terms);
  const TermId inner = factored(std::move(terms), row, col, shape);
  return inner.valid() ? scaled_by(inner, content) : inner;
}

/// Takes every part that all terms share out at once: scalars, a row factor, a column factor, Hadamard factors.
TermId Extractor::entrywise_common(Terms terms, const std::vector<std::vector<Literal>>& found, const std::set<std::string>& common,
                                   Index row, Index col, Shape shape) {
  TermId scalar = pool_.number(1), matrix, down, across;
  const auto times = [this](TermId& product, TermId factor) {
    product = product.valid() ? pool_.hadamard(product, factor) : factor;
  };
  std::set<std::string> taken;
  for (const Literal& l : found[0]) {
    if (!common.contains(l.key) || !taken.insert(l.key).second) continue;
    switch (l.kind) {
      case Literal::Kind::Scalar: scalar = pool_.hadamard(scalar, l.term); break;
      case Literal::Kind::Matrix: times(matrix, l.term); break;
      case Literal::Kind::Down: times(down, l.term); break;
      case Literal::Kind::Across: times(across, l.term); break;
      case Literal::Kind::Left: case Literal::Kind::Right: taken.erase(l.key); break;
    }
  }
  for (std::size_t i = 0; i < terms.size(); ++i) {
    std::vector<Literal> left;  // once something is out
    for (const std::string& key : taken) {
      const std::vector<Literal>& here = key == *taken.begin() ? found[i] : left;
      const auto at = std::ranges::find(here, key, &Literal::key);
      if (at == here.end()) continue;
      terms[i] = at->rest;
      if (key != *taken.rbegin()) left = literals(terms[i], row, col);
    }
  }
  const Dim one = pool_.dims.one();
  // Where only the factor taken out has the column index, what is left is a column: an outer product (and the same for rows).
  const auto untouched = [&](Index i) { return i.valid() && is_free_of(terms, i); };
  if (!matrix.valid() && across.valid() && !down.valid() && row.valid() && untouched(col)) {
    const TermId column = simple(std::move(terms), row, Index(), {shape.rows, one});
    return column.valid() ? pool_.scale(scalar, pool_.matmul(column, across)) : column;
  }
  if (!matrix.valid() && down.valid() && !across.valid() && col.valid() && untouched(row)) {
    const TermId line = simple(std::move(terms), Index(), col, {one, shape.cols});
    return line.valid() ? pool_.scale(scalar, pool_.matmul(down, line)) : line;
  }
  const TermId inner = simple(std::move(terms), row, col, shape);
  if (!inner.valid()) return inner;
  TermId t = inner;
  if (shape.cols == one && down.valid()) {
    times(matrix, down);
    down = {};
  }
  if (shape.rows == one && across.valid()) {
    times(matrix, across);
    across = {};
  }
  if (matrix.valid()) t = pool_.hadamard(matrix, t);
  if (down.valid() || across.valid()) t = spread_product(t, down, across, shape);
  return pool_.scale(scalar, t);
}

/// literal * quotient. A row vector taken out of terms that are the same in every column leaves a column: an outer product.
TermId Extractor::times_quotient(const Literal& literal, Terms quotient, Index row, Index col, Shape inner_shape, Shape shape) {
  const Dim one = pool_.dims.one();
  if (literal.kind == Literal::Kind::Across && row.valid() && col.valid() && is_free_of(quotient, col)) {
    const TermId column = simple(std::move(quotient), row, Index(), {shape.rows, one});
    return column.valid() ? pool_.matmul(column, literal.term) : column;
  }
  if (literal.kind == Literal::Kind::Down && row.valid() && col.valid() && is_free_of(quotient, row)) {
    const TermId line = simple(std::move(quotient), Index(), col, {one, shape.cols});
    return line.valid() ? pool_.matmul(literal.term, line) : line;
  }
  const TermId inner = simple(std::move(quotient), row, col, inner_shape);
  return inner.valid() ? apply(literal, inner, shape) : inner;
}

TermId Extractor::factored(Terms terms, Index row, Index col, Shape shape) {
  std::vector<std::vector<Literal>> found;
  struct Tally {
    int count = 0;
    std::int64_t gain = 0;
  };
  std::map<std::string, Tally> tally;
  for (const Monomial& m : terms) {
    found.push_back(literals(m, row, col));
    std::set<std::string> once;
    for (const Literal& l : found.back())
      if (once.insert(l.key).second) {
        ++tally[l.key].count;
        tally[l.key].gain = l.gain;
      }
  }
  // A chain end that all terms share goes first, then what all share entry by entry, then whatever saves most.
  const auto shared = [&](const std::string& key) { return tally[key].count == static_cast<int>(terms.size()); };
  std::string best;
  std::int64_t best_gain = 0;
  for (const auto& [key, t] : tally) {
    const bool end = key.starts_with("left ") || key.starts_with("right ");
    const std::int64_t gain = (t.count - 1) * t.gain + (end && shared(key) ? 1000 : 0);
    if (t.count >= 2 && gain > best_gain) {
      best = key;
      best_gain = gain;
    }
  }
  if (best_gain < 1000) {
    std::set<std::string> common;
    for (const auto& [key, t] : tally)
      if (shared(key)) common.insert(key);
    if (!common.empty()) return entrywise_common(std::move(terms), found, common, row, col, shape);
  }
  if (best.empty()) {
    std::vector<TermId> parts;
    for (const Monomial& m : terms) {
      parts.push_back(monomial(m, row, col, shape));
      if (!parts.back().valid()) return {};
    }
    return pool_.sum(parts, std::vector<Rational>(parts.size(), Rational(1)));
  }
  Terms quotient, rest;
  const Literal* literal = nullptr;
  Index inner_index;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const auto at = std::find_if(found[i].begin(), found[i].end(), [&](const Literal& l) { return l.key == best; });
    if (at == found[i].end()) {
      rest.push_back(terms[i]);
      continue;
    }
    if (!literal) literal = &*at;
    Monomial q = at->rest;
    if (at->inner.valid()) {
      if (!inner_index.valid()) inner_index = space_.fresh(space_.dim(at->inner));
      for (Factor& f : q.factors)
        for (IndexList* list : {&f.rows, &f.cols}) std::replace(list->begin(), list->end(), at->inner, inner_index);
    }
    quotient.push_back(std::move(q));
  }
  const bool left = literal->kind == Literal::Kind::Left, right = literal->kind == Literal::Kind::Right;
  const Index inner_row = left ? inner_index : row, inner_col = right ? inner_index : col;
  const Shape inner_shape{left ? space_.dim(inner_index) : shape.rows, right ? space_.dim(inner_index) : shape.cols};
  // What the quotient's terms share stands before the product: -(x-y)*(x-y)', not (x-y)*(y-x)'.
  const Monomial content = take_content(quotient);
  const TermId quotient_product = times_quotient(*literal, std::move(quotient), inner_row, inner_col, inner_shape, shape);
  if (!quotient_product.valid()) return {};
  const TermId product = scaled_by(quotient_product, content);
  if (rest.empty()) return product;
  const TermId others = simple(std::move(rest), row, col, shape);
  return others.valid() ? pool_.add(product, others) : others;
}

}  // namespace dvec
