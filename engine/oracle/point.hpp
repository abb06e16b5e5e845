#pragma once
/// One point: variables drawn, moved, everything evaluated.

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "oracle/evaluate.hpp"
#include "oracle/sample.hpp"

namespace dvec {

/// The direction in which a name moves: a random one, unless one is given.
struct Motion {
  SymbolId name;                     ///< a variable, or a let that moves by itself and not with what it is made of
  std::optional<SymbolId> slot;      ///< the direction is the value of this free symbol
  std::optional<TermId> direction;   ///< the direction is the value of this root
  bool in_structure = false;         ///< a random direction keeps the structure that the name's attributes give it
};

/// What is evaluated at a point.
struct PointQuestion {
  std::vector<TermId> roots;
  std::vector<Definition> definitions;
  int order = 0;  ///< of the Taylor coefficients
  std::vector<Motion> motions;
};

/// Which variables are drawn with positive entries only, for roots and logarithms.
enum class Bias { None, Some, All };

template <class P>
class Point {
 public:
  using V = typename P::Value;

  /// Redraws single variables where an item is off its domain; each takes one from the budget.
  /// Throws Undefined, Unsupported, LimitReached.
  Point(const P& policy, const Schedule& schedule, const PointQuestion& question, const DimValues& sizes, std::uint64_t seed,
        Bias bias, int& redraw_budget)
      : k_(policy), schedule_(schedule), seed_(seed), bias_(bias) {
    if constexpr (P::kOrdered) under_definite_ = under_definite_functions(schedule);
    // Directions that are terms are evaluated first, at rest.
    const bool given = std::ranges::any_of(question.motions, [](const Motion& m) { return m.direction.has_value(); });
    std::map<SymbolId, Matrix<V>> directions;
    const Inputs<V> inputs = [this](SymbolId s, std::size_t r, std::size_t c) { return Series<V>{drawn(s, r, c)}; };
    const auto redraw = [&](SymbolId s) {
      if (redraw_budget <= 0) return false;
      --redraw_budget;
      ++redraws_[s];
      return true;
    };
    if (given) {
      Evaluation<P> resting(k_, 0);
      const auto values = resting.run(schedule, sizes, inputs, {{}, redraw});
      for (const Motion& m : question.motions)
        if (m.direction) directions.emplace(m.name, values[schedule.slot(*m.direction)][0]);
    }
    const auto move = [&](SymbolId s, Series<V>& series) {
      for (const Motion& m : question.motions) {
        if (m.name != s) continue;
        series.resize(1);
        const std::size_t r = series[0].rows(), c = series[0].cols();
        const Attribute a = schedule.pool().symbols[s].attributes;
        const Matrix<V> h = m.direction ? directions.at(s) : m.slot ? drawn(*m.slot, r, c) : draw_direction(k_, a, m.in_structure, r, c, key(s));
        directions_[s] = h;
        series.push_back(h);
        if (question.order >= 2) series.emplace_back(r, c, k_.zero());
      }
    };
    Evaluation<P> moving(k_, question.order);
    values_ = moving.run(schedule, sizes, inputs, {move, given ? std::function<bool(SymbolId)>{} : redraw});
  }

  [[nodiscard]] const P& policy() const { return k_; }
  [[nodiscard]] const Matrix<V>& value(TermId t) const { return series(t)[0]; }
  /// Taylor coefficient; zero when the term does not move.
  [[nodiscard]] Matrix<V> coefficient(TermId t, std::size_t order) const {
    const Series<V>& s = series(t);
    return order < s.size() ? s[order] : Matrix<V>(s[0].rows(), s[0].cols(), k_.zero());
  }
  /// The direction in which a name moved, `rows` x `cols`. A name that occurs nowhere moves all the same: a derivative by
  /// it must be zero.
  [[nodiscard]] Matrix<V> direction(const Motion& m, std::size_t rows, std::size_t cols) const {
    const auto at = directions_.find(m.name);
    if (at != directions_.end()) return at->second;
    return draw_direction(k_, schedule_.pool().symbols[m.name].attributes, m.in_structure, rows, cols, key(m.name));
  }
  /// All matrices that were evaluated.
  [[nodiscard]] const std::vector<Series<V>>& values() const { return values_; }

 private:
  [[nodiscard]] const Series<V>& series(TermId t) const { return values_[schedule_.slot(t)]; }
  [[nodiscard]] std::uint64_t key(SymbolId s) const {
    // By name, and by number among those of one name: rules and functions that are added elsewhere move no point.
    const SymbolTable& symbols = schedule_.pool().symbols;
    std::uint64_t earlier = 0;
    for (std::size_t i = 0; i < s.value; ++i) {
      const Symbol& other = symbols[SymbolId(i)];
      if (other.kind == symbols[s].kind && other.name == symbols[s].name) ++earlier;
    }
    return combine(combine(seed_, hash_text(symbols[s].name)), earlier);
  }
  [[nodiscard]] Matrix<V> drawn(SymbolId s, std::size_t rows, std::size_t cols) const {
    constexpr int kPatience = 48;  // redraws after which every other draw is positive
    const auto at = redraws_.find(s);
    const int count = at == redraws_.end() ? 0 : at->second;
    const std::uint64_t k = combine(key(s), static_cast<std::uint64_t>(count));
    Attribute a = schedule_.pool().symbols[s].attributes;
    const bool positive = bias_ == Bias::All || (bias_ == Bias::Some && k % 2 == 0) || (count > kPatience && count % 2 == 0);
    if (positive && entry_kind(a) == Draw::Any) a = a | Attribute::Positive;
    Matrix<V> m = draw_matrix(k_, a, rows, cols, k);
    // Half of the draws near what chol, logm and sqrtm take, a quarter near the opposite, a quarter anywhere.
    if (rows == cols && count % 4 != 1 && may_be_dominant(a) && is_under_definite(s)) make_dominant(k_, m, count % 4 == 3 ? -1 : 1);
    return m;
  }
  [[nodiscard]] bool is_under_definite(SymbolId s) const {
    const std::uint32_t slot = under_definite_.empty() ? Schedule::kNone : schedule_.slot(s);
    return slot != Schedule::kNone && under_definite_[slot];
  }

  const P& k_;
  const Schedule& schedule_;
  std::uint64_t seed_;
  Bias bias_;
  std::vector<bool> under_definite_;  ///< by slot; empty where no variable must be drawn so
  std::map<SymbolId, int> redraws_;
  std::vector<Series<V>> values_;
  std::map<SymbolId, Matrix<V>> directions_;
};

}  // namespace dvec
