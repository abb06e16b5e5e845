#include "simplify/extract.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "simplify/cost.hpp"
#include "simplify/orient.hpp"
#include "simplify/scalar_product.hpp"
#include "support/result.hpp"
#include "term/traverse.hpp"

namespace dvec {

Extractor::Extractor(TermPool& pool, IndexSpace& space, IsSymmetric symmetric)
    : pool_(pool), space_(space), symmetric_(std::move(symmetric)) {}

TermId Extractor::extract(const Network& network, Shape shape) {
  const Network* const around = std::exchange(network_, &network);
  AtomName names = std::exchange(names_, {});
  const TermId t = read(network, shape);
  network_ = around;
  names_ = std::move(names);
  if (!t.valid() || std::ranges::none_of(network.terms, [&](const Monomial& m) {
        return std::ranges::any_of(m.factors, [&](const Factor& f) { return pool_[f.atom].op == Op::Tril; });
      }))
    return t;
  return transform(pool_, t, [this](TermId n) { return triangle(n); });
}

/// A.*tril(ones(m,n)) is tril(A); with the mask of the upper triangle it is triu(A).
TermId Extractor::triangle(TermId t) {
  const Node n = pool_[t];
  if (n.op != Op::Hadamard) return t;
  for (const TermId a : n.args) {
    const bool upper = pool_[a].op == Op::Transpose;
    const Node& mask = pool_[upper ? pool_[a].args[0] : a];
    if (mask.op != Op::Tril || pool_[mask.args[0]].op != Op::Ones) continue;
    std::vector<TermId> others(n.args.begin(), n.args.end());
    others.erase(std::ranges::find(others, a));
    const TermId inside = pool_.hadamard(others);
    return upper ? pool_.transpose(pool_.tril(flipped(inside))) : pool_.tril(inside);
  }
  return t;
}

TermId Extractor::read(const Network& network, Shape shape) {
  // A variable whose rows another factor has cut into pairs has no reading as a matrix.
  const auto cut = [&](const Factor& f) {
    const Op op = pool_[f.atom].op;
    return op != Op::Duplication && op != Op::Elimination && (f.rows.size() > 1 || f.cols.size() > 1);
  };
  if (std::ranges::any_of(network.terms, [&](const Monomial& m) { return std::ranges::any_of(m.factors, cut); })) return {};
  if (network.terms.empty()) return pool_.zeros(shape);
  if (has_outer(network)) return outer(network, shape);
  if (network.rows.size() <= 1 && network.cols.size() <= 1) {
    const Index row = network.rows.empty() ? Index() : network.rows[0];
    const Index col = network.cols.empty() ? Index() : network.cols[0];
    return simple(network.terms, row, col, shape);
  }
  return composites(network.terms, network.rows, network.cols);
}

// --- orientation and small helpers -----------------------------------------------------------------------------------

TermId Extractor::flipped(TermId t) { return flip(pool_, t, symmetric_); }

TermId Extractor::column(const Piece& p) { return p.row.valid() ? p.term : flipped(p.term); }

TermId Extractor::as(const Piece& p, Index row, Index col) {
  if (p.row == row && p.col == col) return p.term;
  require(p.row == col && p.col == row, "a piece has the indices it is asked for");
  return flipped(p.term);
}

TermId Extractor::factor_term(const Factor& f) {
  TermId t = pool_.power(f.atom, f.exponent);
  return t;
}

Dim Extractor::size(const IndexList& list) const {
  Dim d = pool_.dims.one();
  for (const Index i : list) d = pool_.dims.multiply(d, space_.dim(i));
  return d;
}

Shape Extractor::shape_of(Index row, Index col) const {
  return {row.valid() ? space_.dim(row) : pool_.dims.one(), col.valid() ? space_.dim(col) : pool_.dims.one()};
}

/// a*b with equal scalars as a power.
TermId Extractor::multiplied(TermId a, TermId b) {
  ScalarProduct product = scalar_product(pool_, a);
  product *= scalar_product(pool_, b);
  return pool_.times(product.coefficient, powers_term(pool_, product));
}

/// coefficient * sizes * t.
TermId Extractor::scaled_by(TermId t, const Monomial& m) {
  TermId s = pool_.number(1);
  for (const auto& [d, e] : m.sizes) s = pool_.hadamard(s, pool_.power(pool_.size(d), e));
  return pool_.times(m.coefficient, pool_.scale(s, t));
}

// --- elimination of bound indices ------------------------------------------------------------------------------------

/// Matrices on the same two indices, and vectors on the same free index, become one Hadamard product.
void Extractor::merge_parallel(std::vector<Piece>& pieces) {
  std::vector<Piece> out;
  for (const Piece& p : pieces) {
    if (p.row.valid() && p.row == p.col) {
      out.push_back({pool_.diagvec(p.term), p.row, Index()});
      continue;
    }
    out.push_back(p);
  }
  pieces = std::move(out);
  for (std::size_t a = 0; a < pieces.size(); ++a) {
    if (!pieces[a].row.valid() || !pieces[a].col.valid()) continue;
    for (std::size_t b = a + 1; b < pieces.size();) {
      const bool same = pieces[b].row == pieces[a].row && pieces[b].col == pieces[a].col;
      const bool turned = pieces[b].row == pieces[a].col && pieces[b].col == pieces[a].row;
      if (!same && !turned) {
        ++b;
        continue;
      }
      pieces[a].term = pool_.hadamard(pieces[a].term, same ? pieces[b].term : flipped(pieces[b].term));
      pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(b));
    }
  }
}

/// sum over both indices of a.*b, as trace(AB) or sum(A.*B), whichever needs fewer transposes.
TermId Extractor::closed_pair(const Piece& a, const Piece& b) {
  if (a.row == b.row) {
    if (pool_[a.term].op == Op::MatMul) return pool_.trace(pool_.matmul(a.term, flipped(b.term)));
    if (pool_[b.term].op == Op::MatMul) return pool_.trace(pool_.matmul(flipped(a.term), b.term));
    return pool_.total(pool_.hadamard(a.term, b.term));
  }
  return pool_.trace(pool_.matmul(a.term, b.term));
}

bool Extractor::eliminate_index(Index k, std::vector<Piece>& pieces, std::vector<TermId>& scalars) {
  std::vector<Piece> vectors, matrices, rest;
  for (const Piece& p : pieces) {
    const bool matrix = p.row.valid() && p.col.valid();
    if (p.row != k && p.col != k)
      rest.push_back(p);
    else if (matrix)
      matrices.push_back(p);
    else
      vectors.push_back(p);
  }
  std::sort(vectors.begin(), vectors.end(), [this](const Piece& a, const Piece& b) { return pool_.compare(a.term, b.term) < 0; });
  const auto other = [k](const Piece& p) { return p.row == k ? p.col : p.row; };
  const auto all_vectors = [&](std::size_t from) {
    TermId v = column(vectors[from]);
    for (std::size_t i = from + 1; i < vectors.size(); ++i) v = pool_.hadamard(v, column(vectors[i]));
    return v;
  };
  if (matrices.empty()) {
    if (vectors.size() >= 2) {
      scalars.push_back(pool_.matmul(flipped(column(vectors[0])), all_vectors(1)));
    } else {
      const TermId v = vectors[0].term;
      const Node n = pool_[v];
      const auto e = n.op == Op::Power ? (n.numbers[0] / Rational(2)).to_int64() : std::nullopt;
      if (e && *e == 1) {
        const TermId half = n.args[0];
        scalars.push_back(vectors[0].row.valid() ? pool_.matmul(flipped(half), half) : pool_.matmul(half, flipped(half)));
      } else {
        const bool sums = n.op == Op::ColumnSums || n.op == Op::RowSums;
        scalars.push_back(pool_.total(sums ? n.args[0] : v));
      }
    }
  } else if (matrices.size() == 1) {
    const Index i = other(matrices[0]);
    const TermId m = as(matrices[0], i, k);
    if (!vectors.empty())
      rest.push_back({pool_.matmul(m, all_vectors(0)), i, Index()});
    else if (matrices[0].row == k)
      rest.push_back({pool_.column_sums(matrices[0].term), Index(), i});
    else
      rest.push_back({pool_.row_sums(matrices[0].term), i, Index()});
  } else {
    const Index i = other(matrices[0]), j = other(matrices[1]);
    const TermId a = as(matrices[0], i, k), b = as(matrices[1], k, j);
    const TermId product =
        vectors.empty() ? pool_.matmul(a, b) : pool_.matmul(std::array{a, pool_.diag(all_vectors(0)), b});
    rest.push_back({product, i, j});
  }
  pieces = std::move(rest);
  return true;
}

bool Extractor::eliminate(const Component& part, std::vector<Piece>& pieces, TermId& scalar) {
  for (const Factor& f : part.factors) {
    if (f.rows.size() > 1 || f.cols.size() > 1) return false;
    pieces.push_back({factor_term(f), f.rows.empty() ? Index() : f.rows[0], f.cols.empty() ? Index() : f.cols[0]});
  }
  std::vector<TermId> scalars;
  std::erase_if(pieces, [&](const Piece& p) {
    if (p.row.valid() || p.col.valid()) return false;
    scalars.push_back(p.term);
    return true;
  });
  IndexList bound = part.bound;
  while (!bound.empty()) {
    // A closed cycle of two matrices is read as a trace or an entrywise sum before they are merged.
    const auto is_bound = [&](Index i) { return std::find(bound.begin(), bound.end(), i) != bound.end(); };
    if (bound.size() == 2 && pieces.size() == 2 && std::ranges::all_of(pieces, [&](const Piece& p) {
          return p.row != p.col && is_bound(p.row) && is_bound(p.col);
        })) {
      scalars.push_back(closed_pair(pieces[0], pieces[1]));
      pieces.clear();
      break;
    }
    if (bound.size() == 2 && pieces.size() == 1 && pieces[0].row != pieces[0].col && is_bound(pieces[0].row) &&
        is_bound(pieces[0].col)) {
      scalars.push_back(pool_.total(pieces[0].term));
      pieces.clear();
      break;
    }
    if (bound.size() == 1 && pieces.size() == 1 && pieces[0].row == bound[0] && pieces[0].col == bound[0]) {
      scalars.push_back(pool_.trace(pieces[0].term));
      pieces.clear();
      break;
    }
    merge_parallel(pieces);
    const auto degree = [&](Index k) {
      return std::count_if(pieces.begin(), pieces.end(), [k](const Piece& p) {
        return p.row.valid() && p.col.valid() && (p.row == k || p.col == k);
      });
    };
    // Among equals: where a vector waits (A*x before sum(A,1)), then the structurally first neighbour, so that the reading
    // does not depend on how indices were numbered.
    const auto waits = [&](Index k) {
      return std::ranges::any_of(pieces, [k](const Piece& p) {
        return (p.row == k && !p.col.valid()) || (p.col == k && !p.row.valid());
      });
    };
    const auto neighbour = [&](Index k) {
      TermId first;
      for (const Piece& p : pieces)
        if ((p.row == k || p.col == k) && (!first.valid() || pool_.compare(p.term, first) < 0)) first = p.term;
      return first;
    };
    const auto best = std::min_element(bound.begin(), bound.end(), [&](Index a, Index b) {
      const auto da = std::pair(degree(a), !waits(a)), db = std::pair(degree(b), !waits(b));
      if (da != db) return da < db;
      const auto order = pool_.compare(neighbour(a), neighbour(b));
      return order != 0 ? order < 0 : a < b;
    });
    if (degree(*best) > 2) return false;
    const Index k = *best;
    bound.erase(best);
    if (!eliminate_index(k, pieces, scalars)) return false;
  }
  merge_parallel(pieces);
  scalar = pool_.number(1);
  for (const TermId s : scalars) scalar = pool_.hadamard(scalar, s);
  return true;
}

// --- monomials over one row and one column index ---------------------------------------------------------------------

/// column(i) * row(j) * matrix(i,j), any of them missing.
TermId Extractor::spread_product(TermId matrix, TermId column, TermId row, Shape shape) {
  const Dim one = pool_.dims.one();
  if (!matrix.valid()) {
    if (column.valid() && row.valid()) return pool_.matmul(column, row);
    if (column.valid()) return shape.cols == one ? column : pool_.matmul(column, pool_.ones({one, shape.cols}));
    if (row.valid()) return shape.rows == one ? row : pool_.matmul(pool_.ones({shape.rows, one}), row);
    return pool_.ones(shape);
  }
  if (column.valid() && row.valid()) return pool_.hadamard(pool_.matmul(column, row), matrix);
  const bool chain = pool_[matrix].op == Op::MatMul;
  if (column.valid()) {
    if (chain || pool_[column].op == Op::Transpose) return pool_.matmul(pool_.diag(column), matrix);
    return pool_.hadamard(pool_.matmul(column, pool_.ones({one, shape.cols})), matrix);
  }
  if (row.valid()) {
    if (chain || pool_[row].op == Op::Transpose) return pool_.matmul(matrix, pool_.diag(row));
    return pool_.hadamard(pool_.matmul(pool_.ones({shape.rows, one}), row), matrix);
  }
  return matrix;
}

TermId Extractor::assemble(std::vector<Piece> pieces, const Monomial& m, Index row, Index col, Shape shape, bool diagonal) {
  TermId matrix, down, across;
  const auto times = [this](TermId& product, TermId factor) {
    product = product.valid() ? pool_.hadamard(product, factor) : factor;
  };
  if (diagonal) {
    for (const Piece& p : pieces) times(down, column(p));
    return scaled_by(down.valid() ? pool_.diag(down) : pool_.eye(shape.rows), m);
  }
  for (const Piece& p : pieces) {
    if (p.row.valid() && p.col.valid())
      times(matrix, as(p, row, col));
    else if ((p.row.valid() ? p.row : p.col) == row)
      times(down, column(p));
    else
      times(across, flipped(column(p)));
  }
  return scaled_by(spread_product(matrix, down, across, shape), m);
}

TermId Extractor::monomial(const Monomial& m, Index row, Index col, Shape shape) {
  const TermId whole = eliminated(m, row, col, shape);
  const auto has_diagonal = [&](TermId t) {
    return t.valid() && std::ranges::any_of(reachable(pool_, t), [&](TermId u) {
             return pool_[u].op == Op::Diag && std::ranges::none_of(m.factors, [&](const Factor& f) { return f.atom == u; });
           });
  };
  if (whole.valid() && !has_diagonal(whole)) return whole;
  // diag(v) in the middle of a chain may be dearer than a Hadamard product inside it: take a chain end off first.
  TermId best = whole;
  for (const Literal& l : literals(m, row, col)) {
    const bool left = l.kind == Literal::Kind::Left, right = l.kind == Literal::Kind::Right;
    if ((!left && !right) || l.key.find("vector") != std::string::npos) continue;
    const Index inner_row = left ? l.inner : row, inner_col = right ? l.inner : col;
    const Shape inner_shape{left ? space_.dim(l.inner) : shape.rows, right ? space_.dim(l.inner) : shape.cols};
    Monomial plain = l.rest;
    plain.coefficient = Rational(1);
    plain.sizes.clear();
    const TermId inner = monomial(plain, inner_row, inner_col, inner_shape);
    if (!inner.valid()) continue;
    const TermId t = scaled_by(apply(l, inner, shape), m);
    if (!best.valid() || cost(pool_, t) < cost(pool_, best)) best = t;
  }
  return best;
}

TermId Extractor::eliminated(const Monomial& m, Index row, Index col, Shape shape) {
  std::vector<Piece> pieces;
  TermId scalars = pool_.number(1);
  for (const Component& part : components(m)) {
    std::vector<Piece> own;
    TermId scalar;
    if (!eliminate(part, own, scalar)) return {};
    scalars = multiplied(scalars, scalar);
    pieces.insert(pieces.end(), own.begin(), own.end());
  }
  merge_parallel(pieces);
  const TermId t = assemble(pieces, m, row, col, shape, !m.equal.empty());
  // The scalar stands with the sizes, before the matrix and under one coefficient.
  const Node n = pool_[t];
  if (n.op == Op::Sum && n.args.size() == 1) return pool_.times(n.numbers[0], pool_.scale(scalars, n.args[0]));
  return pool_.scale(scalars, t);
}

}  // namespace dvec
