#include "check/diagnosis.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "simplify/simplify.hpp"
#include "term/term_print.hpp"

namespace dvec {

namespace {

constexpr std::uint64_t kLargestRepair = 400;  ///< nodes of a repair that is written out
constexpr std::size_t kVectorsTried = 40;

/// left = c*right entry by entry? To nine digits: a witness is small numbers in doubles.
std::optional<double> common_ratio(const Matrix<double>& left, const Matrix<double>& right) {
  std::optional<double> ratio;
  if (left.size() != right.size()) return ratio;
  double scale = 0;
  for (const double b : right) scale = std::max(scale, std::abs(b));
  for (std::size_t k = 0; k < left.size(); ++k) {
    if (std::abs(right[k]) <= 1e-12 * scale) {
      if (std::abs(left[k]) > 1e-9 * scale) return std::nullopt;
      continue;
    }
    const double c = left[k] / right[k];
    if (ratio && std::abs(c - *ratio) > 1e-9 * std::abs(c)) return std::nullopt;
    if (!ratio) ratio = c;
  }
  return ratio;
}

class Diagnostician {
 public:
  Diagnostician(TermPool& pool, const Program& program, const Claim& claim, std::span<const Definition> definitions,
                const EqualOptions& options)
      : pool_(pool), program_(program), left_(claim.left), right_(claim.right), definitions_(definitions),
        options_(options) {
    options_.witness = false;
  }

  std::optional<Diagnosis> run(const Equality& refuted) {
    if (auto found = transposed()) return found;
    if (refuted.witness)
      if (auto found = scalar_factor(*refuted.witness)) return found;
    std::vector<SymbolId> names = program_.variables;
    for (const Binding& b : program_.lets) names.push_back(b.name);
    return vector_factor(names);
  }

 private:
  [[nodiscard]] bool holds(TermId repaired) const {
    return are_equal(pool_, left_, repaired, definitions_, options_).equal();
  }

  [[nodiscard]] Diagnosis found(std::string reason, TermId repaired) {
    Diagnosis d{std::move(reason), {}};
    if (pool_[repaired].weight > kLargestRepair) return d;
    if (const TermId simple = Simplifier(pool_, program_.lets).simplify(repaired); holds(simple)) repaired = simple;
    if (pool_[left_].weight + pool_[repaired].weight <= kLargestRepair)
      d.repair = fmt::format("{} == {}", print(pool_, left_), print(pool_, repaired));
    return d;
  }

  [[nodiscard]] std::optional<Diagnosis> transposed() {
    const Shape s = pool_.shape(right_);
    if (s.rows != s.cols || pool_.is_scalar(s)) return std::nullopt;
    const TermId turned = pool_.transpose(right_);
    if (turned == right_ || !holds(turned)) return std::nullopt;
    return found("true up to transpose", turned);
  }

  /// q, q*N, q/N, q*N/M for small numbers q and sizes N, M.
  [[nodiscard]] std::optional<Diagnosis> scalar_factor(const Witness& w) {
    const auto ratio = common_ratio(w.left, w.right);
    if (!ratio) return std::nullopt;
    std::vector<std::pair<TermId, double>> sizes{{pool_.number(Rational(1)), 1.0}};
    for (const auto& [name, value] : w.sizes)
      sizes.emplace_back(pool_.size(pool_.dims.symbol(name)), static_cast<double>(value));
    for (const auto& [over, n] : sizes)
      for (const auto& [under, m] : sizes)
        for (const Rational& q :
             {Rational(1), Rational(-1), Rational(2), Rational(-2), Rational(1, 2), Rational(-1, 2)}) {
          const double c = q.to_double() * n / m;
          if (std::abs(c - *ratio) > 1e-9 * std::abs(c)) continue;
          const TermId factor = pool_.times(q, pool_.scale(over, pool_.power(under, Rational(-1))));
          const TermId scaled = pool_.scale(factor, right_);
          if (!holds(scaled)) continue;
          const bool sign = pool_[factor].op == Op::Number && pool_[factor].numbers[0] == Rational(-1);
          return found(sign ? "true up to the sign" : "true up to the scalar factor " + print(pool_, factor), scaled);
        }
    return std::nullopt;
  }

  /// A row that scales the columns, a column that scales the rows, or a scalar.
  [[nodiscard]] std::optional<Diagnosis> vector_factor(std::span<const SymbolId> names) {
    const Shape s = pool_.shape(right_);
    const Dim one = pool_.dims.one();
    std::size_t tried = 0;
    for (const SymbolId name : names) {
      const TermId v = pool_.symbol(name);
      const Shape vs = pool_.shape(v);
      const bool scalar = pool_.is_scalar(vs);
      const bool of_columns = vs.rows == one && vs.cols == s.cols, of_rows = vs.cols == one && vs.rows == s.rows;
      if (!scalar && !of_columns && !of_rows) continue;
      if (++tried > kVectorsTried) return std::nullopt;
      TermId spread = v;
      if (!scalar && of_columns && s.rows != one) spread = pool_.matmul(pool_.ones({s.rows, one}), v);
      if (!scalar && !of_columns && s.cols != one) spread = pool_.matmul(v, pool_.ones({one, s.cols}));
      for (const bool extra : {true, false}) {
        const TermId factor = extra ? pool_.power(spread, Rational(-1)) : spread;
        const TermId repaired = scalar ? pool_.scale(factor, right_) : pool_.hadamard(right_, factor);
        if (!holds(repaired)) continue;
        const std::string& n = pool_.symbols[name].name;
        const std::string where = scalar       ? n
                                  : of_columns ? fmt::format("{}_j in column j", n)
                                               : fmt::format("{}_i in row i", n);
        return found(fmt::format("{} factor {}", extra ? "extra" : "missing", where), repaired);
      }
    }
    return std::nullopt;
  }

  TermPool& pool_;
  const Program& program_;
  TermId left_, right_;
  std::span<const Definition> definitions_;
  EqualOptions options_;
};

}  // namespace

std::optional<Diagnosis> diagnose(TermPool& pool, const Claim& claim, const Program& program,
                                  std::span<const Definition> definitions, const Equality& refuted,
                                  const EqualOptions& options) {
  return Diagnostician(pool, program, claim, definitions, options).run(refuted);
}

}  // namespace dvec
