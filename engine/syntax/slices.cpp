/// Slices A(i,:), A(a:b,c:d) and blocks [A, B; C, D]: products with columns of the identity.

#include <array>

#include <fmt/format.h>

#include "syntax/expression.hpp"
#include "syntax/shape_error.hpp"

namespace dvec {

/// What an index stands for: rows or columns first ... last, counted from 1.
struct ExpressionElaborator::Ranged {
  bool all = false;
  Dim first, last, count;
};

/// A size in which `end` is the last row or column.
std::optional<Dim> ExpressionElaborator::index_size(const Frame& frame, SyntaxId id, Dim whole) {
  const SyntaxNode& node = frame.tree[id];
  if (node.kind == SyntaxKind::Name && node.text == "end" && !frame.scope.find("end")) return whole;
  if (node.kind == SyntaxKind::Binary && (node.op == Operator::Add || node.op == Operator::Subtract)) {
    const auto left = index_size(frame, node.args[0], whole);
    const auto right = left ? index_size(frame, node.args[1], whole) : std::nullopt;
    if (!right) return std::nullopt;
    return node.op == Operator::Add ? pool_.dims.add(*left, *right) : pool_.dims.subtract(*left, *right);
  }
  return size_of(frame, id);
}

std::optional<ExpressionElaborator::Ranged> ExpressionElaborator::ranged(const Frame& frame, SyntaxId id, Dim whole) {
  DimTable& dims = pool_.dims;
  const SyntaxNode& node = frame.tree[id];
  if (node.kind == SyntaxKind::Colon) return Ranged{.all = true, .first = dims.one(), .last = whole, .count = whole};
  const bool range = node.kind == SyntaxKind::Binary && node.op == Operator::Range;
  const auto first = index_size(frame, range ? node.args[0] : id, whole);
  const auto last = range && first ? index_size(frame, node.args[1], whole) : first;
  if (!first || !last) return std::nullopt;
  const Ranged r{.first = *first, .last = *last, .count = dims.add(dims.subtract(*last, *first), dims.one())};
  const auto below_one = [&](Dim d) {
    const auto value = dims.as_constant(d);
    return value && *value < 1;
  };
  const Dim room = dims.add(dims.subtract(whole, *last), dims.one());
  if (below_one(*first))
    return error(frame, "E-INDEX-01", node.span, fmt::format("indices count from 1, not from {}", dims.text(*first)));
  if (below_one(r.count))
    return error(frame, "E-INDEX-01", node.span,
                 fmt::format("the range {}:{} is empty", dims.text(*first), dims.text(*last)));
  if (below_one(room))
    return error(frame, "E-INDEX-02", node.span,
                 fmt::format("index {} is beyond the last one, {}", dims.text(*last), dims.text(whole)));
  // What the sizes decide is a condition of all that follows.
  if (making_terms() && work_.program) {
    const auto holds_if = [&](Dim low, Dim high) {
      if (dims.as_constant(dims.subtract(high, low)) || (low == dims.one() && dims.as_symbol(high))) return;
      const Assumption a{pool_.size(low), pool_.size(high), "<=", node.span};
      for (const Assumption& known : work_.program->assumptions)
        if (known.left == a.left && known.right == a.right && known.relation == a.relation) return;
      work_.program->assumptions.push_back(a);
    };
    holds_if(*last, whole);
    holds_if(*first, *last);
    holds_if(dims.one(), *first);
  }
  return r;
}

/// A(:) is vec(A), x(i) an entry of a row or column.
std::optional<Value> ExpressionElaborator::index(const Frame& frame, const SyntaxNode& node, const Value& indexed,
                                                 std::size_t first) {
  Value a = indexed;
  for (int k = 0; k < node.primes; ++k) a = *transpose(a);
  const std::size_t count = node.args.size() - first;
  if (count == 1 && frame.tree[node.args[first]].kind == SyntaxKind::Colon) return vec_of(a);
  const Shape s = at(a.shape);
  const bool row = one(s.rows), column = one(s.cols);
  if (count == 0 || count > 2 || (count == 1 && !row && !column))
    return report(frame, [&] {
      ShapeError e(*this, frame);
      Diagnostic d = error_at("E-INDEX-03", node.span,
                              count == 1 ? "a matrix takes two indices" : fmt::format("a matrix takes two indices, not {}", count));
      d.detail = {fmt::format("What is indexed is {}.", e.shape(a))};
      if (count == 1) {
        const std::string base(frame.tree.source->slice({node.span.begin, frame.tree[node.args[first]].span.begin}));
        const std::string i(frame.tree.source->slice(frame.tree[node.args[first]].span));
        d.repair = base + i + ",:)";
      }
      return d;
    });
  std::optional<Ranged> rows, cols;
  if (count == 1) {
    const Ranged all{.all = true, .first = pool_.dims.one(), .last = pool_.dims.one(), .count = pool_.dims.one()};
    auto r = ranged(frame, node.args[first], row ? s.cols : s.rows);
    rows = row ? all : r;
    cols = row ? r : all;
  } else {
    rows = ranged(frame, node.args[first], s.rows);
    cols = rows ? ranged(frame, node.args[first + 1], s.cols) : std::nullopt;
  }
  if (!rows || !cols) return std::nullopt;
  return Value{.shape = {rows->all ? s.rows : rows->count, cols->all ? s.cols : cols->count}, .term = make([&] {
                 TermId t = a.term;
                 if (!rows->all)
                   t = pool_.matmul(pool_.transpose(pool_.selection(s.rows, rows->first, rows->last)), t);
                 return cols->all ? t : pool_.matmul(t, pool_.selection(s.cols, cols->first, cols->last));
               })};
}

/// [A, B; C, D]: each block is put at its place in a matrix of zeros, and all are added.
std::optional<Value> ExpressionElaborator::blocks(const Frame& frame, const SyntaxNode& node) {
  DimTable& dims = pool_.dims;
  std::vector<std::vector<Value>> grid;
  std::size_t next = 0;
  for (const std::uint32_t in_row : node.rows) {
    grid.emplace_back();
    for (std::uint32_t k = 0; k < in_row; ++k) {
      auto value = evaluate(frame, node.args[next++]);
      if (!value) return std::nullopt;
      grid.back().push_back(std::move(*value));
    }
  }
  const auto mismatch = [&](std::size_t i, std::size_t k, bool is_row, Dim want, Dim have) {
    return report(frame, [&] {
      std::size_t flat = k;
      for (std::size_t r = 0; r < i; ++r) flat += grid[r].size();
      ShapeError e(*this, frame);
      Diagnostic d = error_at("E-SHAPE-14", frame.tree[node.args[flat]].span,
                              is_row ? "blocks side by side have the same number of rows"
                                     : "rows of blocks have the same number of columns");
      d.detail = {is_row ? fmt::format("{} is {} but the first block of its row is {}.", e.quoted(node.args[flat]),
                                       e.shape(grid[i][k]), e.shape(grid[i][0]))
                         : fmt::format("This row of blocks has {} columns, the first one {}.", dims.text(have), dims.text(want))};
      return d;
    });
  };
  Dim height = dims.constant(0), width;
  std::vector<Dim> heights;
  for (std::size_t i = 0; i < grid.size(); ++i) {
    if (grid[i].empty()) continue;
    const Dim tall = at(grid[i][0].shape).rows;
    Dim wide = dims.constant(0);
    for (std::size_t k = 0; k < grid[i].size(); ++k) {
      const Shape s = at(grid[i][k].shape);
      if (!same(s.rows, tall)) return mismatch(i, k, true, tall, s.rows);
      wide = dims.add(wide, s.cols);
    }
    if (width.valid() && !same(width, wide)) return mismatch(i, 0, false, width, wide);
    if (!width.valid()) width = wide;
    heights.push_back(tall);
    height = dims.add(height, tall);
  }
  if (!width.valid()) return error(frame, "E-SHAPE-14", node.span, "there is no matrix without entries");
  return Value{.shape = {height, width}, .term = make([&] {
                 std::vector<TermId> placed;
                 Dim top = dims.one();
                 for (std::size_t i = 0; i < grid.size(); ++i) {
                   const Dim below = dims.add(top, heights[i]);
                   Dim left = dims.one();
                   for (const Value& v : grid[i]) {
                     const Dim right = dims.add(left, pool_.shape(v.term).cols);
                     const TermId rows = pool_.selection(height, top, dims.subtract(below, dims.one()));
                     const TermId cols = pool_.selection(width, left, dims.subtract(right, dims.one()));
                     const TermId across = pool_[cols].op == Op::Eye ? cols : pool_.transpose(cols);
                     placed.push_back(pool_.matmul(std::array{rows, v.term, across}));
                     left = right;
                   }
                   top = below;
                 }
                 return pool_.sum(placed, std::vector<Rational>(placed.size(), Rational(1)));
               })};
}

}  // namespace dvec
