#pragma once
/// One point: variables drawn, moved, everything evaluated.

#include <algorithm>
#include <optional>
#include <unordered_map>
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
  /// In floats a random direction is scaled so that the largest entry of this root times it is 1: of gradients that go by
  /// one sum each has its part in it, however small it is beside the others.
  std::optional<TermId> gauge = {};
};

/// What is evaluated at a point.
struct PointQuestion {
  std::vector<TermId> roots;
  std::vector<Definition> definitions;
  int order = 0;  ///< of the Taylor coefficients
  std::vector<Motion> motions;
  std::vector<TermId> followed;  ///< the roots of which coefficients behind the first are asked
};

/// Which variables are drawn with positive entries only, for roots and logarithms.
enum class Bias { None, Some, All };

/// A question put to a schedule: what all its points have in common.
struct PointPlan {
  PointPlan(const Schedule& schedule, const PointQuestion& question);

  /// What the draws of a name depend on: its name, and its number among the names of this question that are called the
  /// same. What is added to a pool elsewhere moves no point.
  [[nodiscard]] std::uint64_t key(SymbolId s) const;

  const Schedule& schedule;
  const PointQuestion& question;
  bool given = false;            ///< directions that are terms
  bool gauged = false;           ///< directions that depend on the values of terms in floats
  std::vector<bool> moves;       ///< by slot
  std::vector<bool> followed;    ///< by slot; empty: nothing moves
  std::unordered_map<std::uint32_t, const Motion*> motions;  ///< by slot
  std::vector<bool> under_definite;  ///< by slot; empty where no variable must be drawn so
  std::unordered_map<SymbolId, std::uint64_t> keys;
};

template <class P>
class Point {
 public:
  using V = typename P::Value;

  /// Redraws single variables where an item is off its domain; each takes one from the budget. The values are put into the
  /// store, which may be that of a point before.
  /// Throws Undefined, Unsupported, LimitReached.
  Point(const P& policy, const PointPlan& plan, const Layout& layout, std::uint64_t seed, Bias bias, int& redraw_budget,
        std::vector<Series<V>>& store)
      : k_(policy), plan_(plan), schedule_(plan.schedule), seed_(seed), bias_(bias), values_(store) {
    const PointQuestion& question = plan.question;
    const Inputs<V> inputs = [this](std::uint32_t slot, std::size_t r, std::size_t c) {
      Draws& d = draws_[slot];
      if (d.value.empty()) d.value = drawn(slot, 0, r, c);
      return Series<V>{d.value};
    };
    const auto redraw = [&](std::uint32_t slot, const OffEntries& off) -> std::optional<std::uint32_t> {
      const std::optional<std::uint32_t> variable = to_blame(slot);
      if (!variable || redraw_budget <= 0) return std::nullopt;
      --redraw_budget;
      draw_again(*variable, off);
      return variable;
    };
    // Terms on which directions depend are evaluated first, at rest.
    std::unordered_map<SymbolId, Matrix<V>> directions;
    const bool rests_first = plan.given || (P::kOrdered && plan.gauged);
    if (rests_first) {
      values_ = Evaluation<P>(k_, 0).run(schedule_, layout, inputs, {.redraw = redraw}, std::move(values_));
      for (const Motion& m : question.motions)
        if (m.direction) directions.emplace(m.name, value(*m.direction));
      if constexpr (P::kOrdered)
        if (plan.gauged) gauge(layout);
    }
    const auto move = [&](std::uint32_t slot, Series<V>& series) {
      const Motion& m = *plan_.motions.at(slot);
      series.truncate(1);
      const std::size_t r = series[0].rows(), c = series[0].cols();
      Matrix<V> h = m.direction ? directions.at(m.name) : m.slot ? slot_value(*m.slot, r, c) : random_direction(m, r, c);
      directions_[m.name] = h;
      series.push_back(std::move(h));
      if (question.order >= 2) series.emplace_back(r, c, k_.zero());
    };
    Steering<V> steering{.moves = plan.moves, .move = move, .followed = plan.followed};
    if (!rests_first) steering.redraw = redraw;
    steering.resumed = rests_first;
    values_ = Evaluation<P>(k_, question.order).run(schedule_, layout, inputs, std::move(steering), std::move(values_));
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
    return at != directions_.end() ? at->second : random_direction(m, rows, cols);
  }
  /// By what the direction of a name is scaled.
  [[nodiscard]] V scale(const Motion& m) const {
    const auto at = scales_.find(m.name);
    return at != scales_.end() ? at->second : k_.one();
  }
  /// All matrices that were evaluated.
  [[nodiscard]] const std::vector<Series<V>>& values() const { return values_; }

 private:
  /// What a variable has been given so far.
  struct Draws {
    int count = 0;  ///< of draws after the first
    Matrix<V> value;
  };

  [[nodiscard]] const Series<V>& series(TermId t) const { return value_at(schedule_, values_, schedule_.slot(t)); }
  [[nodiscard]] std::uint64_t key(SymbolId s) const { return combine(seed_, plan_.key(s)); }
  [[nodiscard]] Matrix<V> random_direction(const Motion& m, std::size_t rows, std::size_t cols) const {
    Matrix<V> h = draw_direction(k_, schedule_.pool().symbols[m.name].attributes, m.in_structure, rows, cols, key(m.name));
    if (const auto at = scales_.find(m.name); at != scales_.end())
      for (V& v : h) v = k_.multiply(at->second, v);
    return h;
  }
  static constexpr double kRoundingNudge = 1e-28;  ///< far above the rounding of 113 bits
  static V magnitude(V v) { return v < 0 ? -v : v; }
  static V largest(const Matrix<V>& m) {
    V most = 0;
    for (const V& v : m) most = std::max(most, magnitude(v));
    return most;
  }
  /// Scales for the directions that have a gauge. A gauge that moves by much when rounding does is zero but for rounding: its
  /// part in the sum must stay below what counts there. One that is zero is scaled like the smallest of the others, to be
  /// seen where it should not be zero.
  void gauge(const Layout& layout) {
    constexpr double kUnsteady = 1e-9, kUnseen = 1e-26;
    const P jittered = k_.nudged({0, kRoundingNudge, seed_});
    const auto there = Evaluation<P>(jittered, 0).run(schedule_, layout, [this](std::uint32_t slot, std::size_t, std::size_t) {
      return Series<V>{draws_.at(slot).value};
    });
    V most = 0;
    std::vector<SymbolId> zero;
    for (const Motion& m : plan_.question.motions) {
      if (!m.gauge) continue;
      const Matrix<V>& here = value(*m.gauge);
      const V size = largest(here);
      if (size == 0) {
        zero.push_back(m.name);
        continue;
      }
      Matrix<V> moved = value_at(schedule_, there, schedule_.slot(*m.gauge))[0];
      for (std::size_t i = 0; i < moved.size(); ++i) moved[i] -= here[i];
      const bool steady = largest(moved) <= kUnsteady * size;
      scales_[m.name] = (steady ? 1 : kUnseen) / size;
      if (steady) most = std::max(most, 1 / size);
    }
    for (const SymbolId name : zero) scales_[name] = most > 0 ? most : 1;
  }
  /// The value of a free symbol that stands for a direction; it may occur nowhere else.
  [[nodiscard]] Matrix<V> slot_value(SymbolId s, std::size_t rows, std::size_t cols) const {
    const std::uint32_t slot = schedule_.slot(s);
    const auto at = slot == Schedule::kNone ? draws_.end() : draws_.find(slot);
    return at != draws_.end() && !at->second.value.empty() ? at->second.value : drawn_by_name(s, 0, false, rows, cols);
  }

  /// The variable to be drawn again when an item is off its domain: the last one on which it depends; after some draws in
  /// vain those before, one after the other. (Of A*b with a scalar b the squares are those of A.)
  [[nodiscard]] std::optional<std::uint32_t> to_blame(std::uint32_t slot) {
    constexpr std::size_t kPatience = 8;
    const std::uint32_t latest = schedule_[slot].latest;
    if (latest == Schedule::kNone) return std::nullopt;
    in_vain_ = slot == off_domain_ ? in_vain_ + 1 : 0;
    off_domain_ = slot;
    const std::vector<std::uint32_t>& variables = schedule_.variables();
    const auto at = static_cast<std::size_t>(std::ranges::lower_bound(variables, latest) - variables.begin());
    return variables[at - std::min(at, in_vain_ / kPatience)];
  }

  /// All entries again; or only those columns, or rows, in which an entry was off its domain, where there are as many as the
  /// matrix had that was: what is made of a product with the variable has its columns, or rows, each by itself.
  void draw_again(std::uint32_t slot, const OffEntries& off) {
    constexpr int kWhole = 8;  // every so many draws all of it: what is kept may be what stands in the way
    Draws& d = draws_.at(slot);
    ++d.count;
    Matrix<V> fresh = drawn(slot, d.count, d.value.rows(), d.value.cols());
    const bool cols = off.cols == fresh.cols(), rows = off.rows == fresh.rows();
    const bool parts = !off.entries.empty() && ((cols && off.cols > 1) || (rows && off.rows > 1)) && d.count % kWhole != 0;
    if (!parts || !has_free_entries(schedule_.pool().symbols[schedule_.node(slot).symbol].attributes)) {
      d.value = std::move(fresh);
      return;
    }
    for (const std::size_t e : off.entries)
      for (std::size_t j = 0; j < fresh.cols(); ++j)
        for (std::size_t i = 0; i < fresh.rows(); ++i)
          if ((!rows || i == e % off.rows) && (!cols || j == e / off.rows)) d.value(i, j) = fresh(i, j);
  }

  [[nodiscard]] Matrix<V> drawn(std::uint32_t slot, int count, std::size_t rows, std::size_t cols) const {
    const bool definite = P::kOrdered && !plan_.under_definite.empty() && plan_.under_definite[slot];
    return drawn_by_name(schedule_.node(slot).symbol, count, definite, rows, cols);
  }
  [[nodiscard]] Matrix<V> drawn_by_name(SymbolId s, int count, bool definite, std::size_t rows, std::size_t cols) const {
    constexpr int kPatience = 48;  // redraws after which every other draw is positive
    const std::uint64_t k = combine(key(s), static_cast<std::uint64_t>(count));
    Attribute a = schedule_.pool().symbols[s].attributes;
    const bool positive = bias_ == Bias::All || (bias_ == Bias::Some && k % 2 == 0) || (count > kPatience && count % 2 == 0);
    if (positive && entry_kind(a) == Draw::Any) a = a | Attribute::Positive;
    Matrix<V> m = draw_matrix(k_, a, rows, cols, k);
    // Half of the draws near what chol, logm and sqrtm take, a quarter near the opposite, a quarter anywhere.
    if (rows == cols && count % 4 != 1 && may_be_dominant(a) && definite) make_dominant(k_, m, count % 4 == 3 ? -1 : 1);
    return m;
  }

  const P& k_;
  const PointPlan& plan_;
  const Schedule& schedule_;
  std::uint64_t seed_;
  Bias bias_;
  std::unordered_map<std::uint32_t, Draws> draws_;  ///< by slot
  std::uint32_t off_domain_ = Schedule::kNone;  ///< the item that was off its domain last
  std::size_t in_vain_ = 0;                     ///< how often it was again, one time after the other
  std::vector<Series<V>>& values_;
  std::unordered_map<SymbolId, Matrix<V>> directions_;
  std::unordered_map<SymbolId, V> scales_;  ///< of directions that have a gauge
};

}  // namespace dvec
