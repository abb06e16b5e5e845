#include "cli/entries.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include <fmt/format.h>

#include "term/term_print.hpp"
#include "term/traverse.hpp"

namespace dvec::cli {

namespace {

constexpr std::size_t kMostEntries = 10'000;
constexpr std::size_t kLargestDeterminant = 5;
constexpr std::size_t kLargestCholesky = 2;
constexpr std::int64_t kLargestExponent = 8;

std::string lower(std::string name) {
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

}  // namespace

Entries::Entries(TermPool& pool, const DimValues& sizes, const std::vector<SymbolId>& variables) : pool_(pool), sizes_(sizes) {
  std::map<std::string, int> count;
  for (const SymbolId v : variables) ++count[lower(pool.symbols[v].name)];
  for (const SymbolId v : variables) {
    const std::string& name = pool.symbols[v].name;
    stems_[v] = count[lower(name)] > 1 ? name : lower(name);
  }
}

std::size_t Entries::size(Dim d) const {
  const auto value = pool_.dims.evaluate(d, sizes_);
  if (!value || *value < 1) throw LimitReached(fmt::format("the size {} is no positive integer here", pool_.dims.text(d)));
  return static_cast<std::size_t>(*value);
}

TermId Entries::sum(const std::vector<TermId>& terms) {
  return pool_.sum(terms, std::vector<Rational>(terms.size(), Rational(1)));
}

Matrix<TermId> Entries::of(TermId term) {
  for (const TermId t : reachable(pool_, term)) {
    if (known_.contains(t)) continue;
    const Shape s = pool_.shape(t);
    if (size(s.rows) > kMostEntries || size(s.cols) > kMostEntries || size(s.rows) * size(s.cols) > kMostEntries)
      throw LimitReached("a matrix has more than 10,000 entries at these sizes");
    known_[t] = compute(t);
  }
  return known_.at(term);
}

Matrix<TermId> Entries::variable(SymbolId symbol) {
  const Symbol x = pool_.symbols[symbol];
  const std::size_t rows = size(x.shape.rows), cols = size(x.shape.cols);
  // A matrix whose sizes are 1 here is no scalar of the program: its one entry is a symbol of its own.
  const bool vector = rows == 1 || cols == 1, scalar = pool_.is_scalar(x.shape);
  std::string stem = x.name;
  if (const auto known = stems_.find(symbol); known != stems_.end()) stem = known->second;
  const bool apart = rows > 9 || cols > 9;
  if (!scalar && std::isdigit(static_cast<unsigned char>(stem.back())) != 0) stem += "_";
  const bool symmetric = has(x.attributes, Attribute::Symmetric) || has(x.attributes, Attribute::Spd) || has(x.attributes, Attribute::Idempotent);
  const bool skew = has(x.attributes, Attribute::Skew), diagonal = has(x.attributes, Attribute::Diagonal);
  const bool lower_half = has(x.attributes, Attribute::Lower), upper_half = has(x.attributes, Attribute::Upper);
  std::map<std::string, TermId> made;
  Grid out(rows, cols);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < cols; ++j) {
      if ((diagonal && i != j) || (lower_half && i < j) || (upper_half && i > j) || (skew && i == j)) {
        out(i, j) = pool_.number(Rational(0));
        continue;
      }
      std::size_t a = i, b = j;
      if ((symmetric || skew) && a > b) std::swap(a, b);
      std::string name = stem;
      if (!scalar) name += vector ? std::to_string(std::max(a, b) + 1) : fmt::format("{}{}{}", a + 1, apart ? "_" : "", b + 1);
      if (!made.contains(name)) {
        const Shape one{pool_.dims.one(), pool_.dims.one()};
        made[name] = pool_.symbol(scalar ? symbol : pool_.symbols.add({name, SymbolKind::Variable, one, Attribute::None, {}}));
      }
      out(i, j) = skew && i > j ? pool_.negate(made[name]) : made[name];
    }
  return out;
}

TermId Entries::determinant(const Grid& a) {
  const std::size_t n = a.rows();
  if (n > kLargestDeterminant) throw LimitReached("determinants and inverses are written out up to 5×5");
  if (n == 1) return a(0, 0);
  std::vector<TermId> terms;
  std::vector<Rational> signs;
  for (std::size_t k = 0; k < n; ++k) {
    Grid minor(n - 1, n - 1);
    for (std::size_t i = 1; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        if (j != k) minor(i - 1, j < k ? j : j - 1) = a(i, j);
    terms.push_back(product(a(0, k), determinant(minor)));
    signs.push_back(Rational(k % 2 == 0 ? 1 : -1));
  }
  return pool_.sum(terms, signs);
}

Matrix<TermId> Entries::inverse(const Grid& a) {
  const std::size_t n = a.rows();
  const TermId over = pool_.power(determinant(a), Rational(-1));
  Grid out(n, n, over);
  if (n == 1) return out;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      Grid minor(n - 1, n - 1);
      for (std::size_t r = 0; r < n; ++r)
        for (std::size_t c = 0; c < n; ++c)
          if (r != j && c != i) minor(r < j ? r : r - 1, c < i ? c : c - 1) = a(r, c);
      const TermId cofactor = pool_.times(Rational((i + j) % 2 == 0 ? 1 : -1), determinant(minor));
      out(i, j) = product(cofactor, over);
    }
  return out;
}

Matrix<TermId> Entries::product(const Grid& a, const Grid& b) {
  Grid out(a.rows(), b.cols());
  for (std::size_t i = 0; i < out.rows(); ++i)
    for (std::size_t j = 0; j < out.cols(); ++j) {
      std::vector<TermId> terms;
      for (std::size_t k = 0; k < a.cols(); ++k) terms.push_back(product(a(i, k), b(k, j)));
      out(i, j) = sum(terms);
    }
  return out;
}

/// Entry (r,c) of vech's column, r >= c, has the number that the loop counts.
Matrix<TermId> Entries::duplication(std::size_t n, bool both) {
  Grid out(n * n, n * (n + 1) / 2, pool_.number(Rational(0)));
  std::size_t at = 0;
  for (std::size_t c = 0; c < n; ++c)
    for (std::size_t r = c; r < n; ++r, ++at) {
      out(c * n + r, at) = pool_.number(Rational(1));
      if (both) out(r * n + c, at) = pool_.number(Rational(1));
    }
  return both ? out : out.transposed();
}

Matrix<TermId> Entries::cholesky(const Grid& a) {
  const std::size_t n = a.rows();
  if (n > kLargestCholesky) throw LimitReached("Cholesky factors are written out up to 2×2");
  Grid l(n, n, pool_.number(Rational(0)));
  l(0, 0) = pool_.power(a(0, 0), Rational(1, 2));
  if (n == 1) return l;
  l(1, 0) = product(a(1, 0), pool_.power(a(0, 0), Rational(-1, 2)));
  const TermId rest = product(pool_.power(a(1, 0), Rational(2)), pool_.power(a(0, 0), Rational(-1)));
  l(1, 1) = pool_.power(pool_.subtract(a(1, 1), rest), Rational(1, 2));
  return l;
}

Matrix<TermId> Entries::power(const Grid& a, std::int64_t exponent) {
  if (exponent > kLargestExponent || exponent < -kLargestExponent) throw LimitReached("powers of matrices are written out up to the 8th");
  const Grid base = exponent < 0 ? inverse(a) : a;
  Grid out(a.rows(), a.rows(), pool_.number(Rational(0)));
  for (std::size_t i = 0; i < a.rows(); ++i) out(i, i) = pool_.number(Rational(1));
  for (std::int64_t k = std::abs(exponent); k > 0; --k) out = product(out, base);
  return out;
}

/// Along directions: the upper right block of f([A,E; 0,A]), the other directions doubled like A.
Matrix<TermId> Entries::power_along(std::vector<Grid> args, std::int64_t exponent) {
  if (args.size() == 1) return power(args[0], exponent);
  const std::size_t n = args[0].rows();
  const Grid along = args[1];
  args.erase(args.begin() + 1);
  for (Grid& a : args) {
    Grid twice(2 * n, 2 * n, pool_.number(Rational(0)));
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) {
        twice(i, j) = twice(n + i, n + j) = a(i, j);
        if (&a == &args[0]) twice(i, n + j) = along(i, j);
      }
    a = std::move(twice);
  }
  const Grid whole = power_along(args, exponent);
  Grid out(n, n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) out(i, j) = whole(i, n + j);
  return out;
}

Matrix<TermId> Entries::compute(TermId t) {
  const Node n = pool_[t];
  const std::size_t rows = size(n.shape.rows), cols = size(n.shape.cols);
  Grid out(rows, cols);
  const auto arg = [&](std::size_t k) -> const Grid& { return known_.at(n.args[k]); };
  const auto fill = [&](const auto& entry) {
    for (std::size_t j = 0; j < cols; ++j)
      for (std::size_t i = 0; i < rows; ++i) out(i, j) = entry(i, j);
  };
  const auto number = [&](std::int64_t v) { return pool_.number(Rational(v)); };
  // Operators that take one matrix to one scalar or vector by sums.
  const auto summed = [&](std::size_t count, const auto& entry) {
    std::vector<TermId> terms;
    for (std::size_t k = 0; k < count; ++k) terms.push_back(entry(k));
    return sum(terms);
  };
  switch (n.op) {
    case Op::Symbol: return variable(n.symbol);
    case Op::Number: fill([&](auto, auto) { return t; }); break;
    case Op::Pi: fill([&](auto, auto) { return t; }); break;
    case Op::Size: {
      const auto value = pool_.dims.evaluate_exact(n.first, sizes_);
      require(value.has_value(), "a size has no value");
      fill([&](auto, auto) { return pool_.number(*value); });
      break;
    }
    case Op::Ones: fill([&](auto, auto) { return number(1); }); break;
    case Op::Zeros: fill([&](auto, auto) { return number(0); }); break;
    case Op::Eye: fill([&](auto i, auto j) { return number(i == j ? 1 : 0); }); break;
    case Op::Commutation: {
      const std::size_t m = size(n.first), k = size(n.second);
      fill([&](auto r, auto c) { return number(r % k == c / m && r / k == c % m ? 1 : 0); });
      break;
    }
    case Op::Sum:
      fill([&](auto i, auto j) {
        std::vector<TermId> terms;
        for (std::size_t k = 0; k < n.args.size(); ++k) terms.push_back(arg(k)(i, j));
        return pool_.sum(terms, std::vector<Rational>(n.numbers.begin(), n.numbers.end()));
      });
      break;
    case Op::Scale: fill([&](auto i, auto j) { return product(arg(0)(0, 0), arg(1)(i, j)); }); break;
    case Op::MatMul: {
      Grid left = arg(0);
      for (std::size_t f = 1; f < n.args.size(); ++f) left = product(left, arg(f));
      return left;
    }
    case Op::Hadamard:
      fill([&](auto i, auto j) {
        std::vector<TermId> factors;
        for (std::size_t k = 0; k < n.args.size(); ++k) factors.push_back(arg(k)(i, j));
        return pool_.hadamard(factors);
      });
      break;
    case Op::Kron: {
      Grid left = arg(0);
      for (std::size_t f = 1; f < n.args.size(); ++f) {
        const Grid& right = arg(f);
        Grid next(left.rows() * right.rows(), left.cols() * right.cols());
        for (std::size_t i = 0; i < next.rows(); ++i)
          for (std::size_t j = 0; j < next.cols(); ++j)
            next(i, j) = product(left(i / right.rows(), j / right.cols()), right(i % right.rows(), j % right.cols()));
        left = std::move(next);
      }
      return left;
    }
    case Op::Transpose: return arg(0).transposed();
    case Op::Vec: case Op::Reshape: return arg(0).reshaped(rows, cols);
    case Op::Diag: fill([&](auto i, auto j) { return i == j ? arg(0)[i] : number(0); }); break;
    case Op::DiagVec: fill([&](auto i, auto) { return arg(0)(i, i); }); break;
    case Op::Trace: fill([&](auto, auto) { return summed(arg(0).rows(), [&](std::size_t k) { return arg(0)(k, k); }); }); break;
    case Op::Total: fill([&](auto, auto) { return summed(arg(0).size(), [&](std::size_t k) { return arg(0)[k]; }); }); break;
    case Op::ColumnSums:
      fill([&](auto, auto j) { return summed(arg(0).rows(), [&](std::size_t k) { return arg(0)(k, j); }); });
      break;
    case Op::RowSums:
      fill([&](auto i, auto) { return summed(arg(0).cols(), [&](std::size_t k) { return arg(0)(i, k); }); });
      break;
    case Op::Power: fill([&](auto i, auto j) { return pool_.power(arg(0)(i, j), n.numbers[0]); }); break;
    case Op::PowerBy:
      fill([&](auto i, auto j) { return pool_.power_by(arg(0)(i, j), arg(1).size() == 1 ? arg(1)[0] : arg(1)(i, j)); });
      break;
    case Op::Apply: fill([&](auto i, auto j) { return pool_.apply(n.function, n.order, arg(0)(i, j)); }); break;
    case Op::ColumnSoftmax: case Op::RowSoftmax: case Op::ColumnLogSumExp: case Op::RowLogSumExp: {
      const auto exp = pool_.functions.find("exp"), log = pool_.functions.find("log");
      require(exp && log, "exp and log are not in the rule book");
      const bool across = n.op == Op::RowSoftmax || n.op == Op::RowLogSumExp;
      const auto exponential = [&](std::size_t i, std::size_t j) { return pool_.apply(*exp, 0, arg(0)(i, j)); };
      const auto total = [&](std::size_t i, std::size_t j) {
        return summed(across ? arg(0).cols() : arg(0).rows(), [&](std::size_t k) { return across ? exponential(i, k) : exponential(k, j); });
      };
      fill([&](auto i, auto j) {
        if (n.op == Op::ColumnLogSumExp || n.op == Op::RowLogSumExp) return pool_.apply(*log, 0, total(i, j));
        return product(exponential(i, j), pool_.power(total(i, j), Rational(-1)));
      });
      break;
    }
    case Op::Inverse: return inverse(arg(0));
    case Op::Det: fill([&](auto, auto) { return determinant(arg(0)); }); break;
    case Op::LogDet: {
      const auto log = pool_.functions.find("log"), abs = pool_.functions.find("abs");
      require(log && abs, "log and abs are not in the rule book");
      fill([&](auto, auto) { return pool_.apply(*log, 0, pool_.apply(*abs, 0, determinant(arg(0)))); });
      break;
    }
    case Op::Duplication: case Op::Elimination: return duplication(size(n.first), n.op == Op::Duplication);
    case Op::Selection: {
      const std::size_t first = size(n.first), last = size(n.second);
      if (last > rows || first > last) throw LimitReached("`" + print(pool_, t) + "` reaches beyond the matrix at these sizes");
      fill([&](auto i, auto j) { return number(i == first - 1 + j ? 1 : 0); });
      break;
    }
    case Op::Tril: fill([&](auto i, auto j) { return i < j ? number(0) : arg(0)(i, j); }); break;
    case Op::Cholesky: return cholesky(arg(0));
    case Op::PseudoInverse: throw LimitReached("pseudo-inverses are not written out entry by entry");
    case Op::MatrixFunction: {
      if (n.primary != PrimaryFunction::Power)
        throw LimitReached(fmt::format("`{}` of a matrix is not written out entry by entry", name(n.primary)));
      const auto exponent = pool_.dims.evaluate(n.first, sizes_);
      if (!exponent) throw LimitReached("an exponent is not known at these sizes");
      std::vector<Grid> args;
      for (std::size_t k = 0; k < n.args.size(); ++k) args.push_back(arg(k));
      return power_along(args, *exponent);
    }
    case Op::Stop: return arg(0);
  }
  return out;
}

}  // namespace dvec::cli
