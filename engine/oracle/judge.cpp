#include "oracle/judge.hpp"

#include <cmath>

#include "oracle/features.hpp"
#include "support/result.hpp"

namespace dvec {

namespace {

constexpr int kAttempts = 300;          ///< points tried at one choice of sizes
constexpr int kHopelessAttempts = 40;   ///< after which sizes are left at which nothing had a value
constexpr int kOtherOnes = 2;           ///< more choices of sizes where those with a 1 had no point
constexpr int kFieldRedraws = 60000;    ///< of single variables, for one question
constexpr int kFloatRedraws = 6000;
constexpr int kPointRedraws = 300, kBranchRedraws = 50;  ///< for one point, and for each root in it
constexpr double kMostRoots = 10;       ///< entries that must be squares at once: 2^10 redraws are expected
constexpr double kCoins = 100;          ///< throws that make a branch overlooked unlikely: 2^-100 for one sign
constexpr double kMostTrials = 40;
constexpr double kItems = 20000;        ///< items evaluated at one choice of sizes, all trials together
constexpr double kCoinItems = 6000;     ///< the same, for trials that are more for the sake of signs
constexpr double kMostItems = 2e6;      ///< the same, points without values included
constexpr double kTolerance = 1e-22;    ///< 113 bits are 34 digits; the rest is for conditioning
constexpr double kRefuted = 1e-9;       ///< what differs by less than this at a point is badly conditioned there, and says nothing
// A refutation must stand when the entries move by kNudge of themselves and sums, products and values of functions by
// kRounding: what is zero but for rounding, under a root or below a fraction, moves by more than kSteady then, each time with
// probability 1/2 or more.
constexpr double kNudge = 1e-18, kRounding = 1e-28, kSteady = 1e-9;
constexpr int kNudges = 12;
constexpr double kCancelled = 1e-8;     ///< what is smaller than this part of the largest intermediate value is compared with that part

class Judge {
 public:
  Judge(const TermPool& pool, const PointQuestion& question, const Agreement& agreement, const EqualOptions& options)
      : question_(question), agreement_(agreement), options_(options),
        schedule_(pool, question.roots, question.definitions), plan_(schedule_, question), features_(features(schedule_)) {}

  Equality run() {
    Equality e = judged();
    e.items = items_;
    return e;
  }

 private:
  Equality judged() {
    Equality field = rounds<PrimeField>();
    if (field.outcome == Comparison::Equal) {
      field.error_bits = error_bits();
      return field;
    }
    if (field.outcome == Comparison::Different && features_.refusal_proves()) return field;
    if (!options_.floats) {
      if (field.outcome == Comparison::Different) {
        field.outcome = Comparison::Unsupported;
        field.reason = "exact arithmetic has no model of all functions that occur";
      }
      return field;
    }
    return rounds<QuadField>();
  }

  template <class P>
  static constexpr bool kExact = std::is_same_v<P, PrimeField>;

  template <class P>
  Equality rounds() {
    Equality out;
    out.method = kExact<P> ? Method::Field : Method::Float;
    redraws_ = kExact<P> ? kFieldRedraws : kFloatRedraws;
    each_.clear();
    std::string undefined = "no point was found at which both sides have values", limit;
    const int count = options_.shapes + (kExact<P> ? 0 : 1);
    // The last round has a size of 1, which may be just the one at which nothing has a value: then another.
    for (int attempt = 0; attempt < count + kOtherOnes && (attempt < count || static_cast<int>(out.sizes.size()) < count); ++attempt) {
      const int round = std::min(attempt, count - 1);
      const std::uint64_t seed = attempt < count ? options_.seed : combine(options_.seed, static_cast<std::uint64_t>(attempt));
      const auto layout = draw_sizes(schedule_, round, count, seed, options_.admissible);
      if (!layout) {
        limit = "no admissible sizes were found within the limits";
        continue;
      }
      if (kExact<P> && roots_at_once(schedule_, *layout) > kMostRoots) {
        limit = "exact arithmetic needs too many squares at once";
        continue;
      }
      if (std::ranges::find(out.sizes, layout->sizes()) != out.sizes.end()) continue;
      try {
        const int done = points<P>(round, *layout, out, undefined);
        if (done > 0) {
          out.sizes.add(layout->sizes());
          each_.push_back({*layout, done});
          out.trials += done;
        }
        if (out.outcome == Comparison::Different) return out;
      } catch (const Unsupported& e) {
        out.outcome = Comparison::Unsupported;
        out.reason = e.what();
        return out;
      } catch (const LimitReached& e) {
        limit = e.what();
      }
    }
    if (out.trials > 0) {
      out.outcome = Comparison::Equal;
      if (biased_) out.reason = "tested where entries under roots and logarithms are positive";
    } else {
      out.outcome = Comparison::Undefined;
      out.reason = limit.empty() ? undefined : limit;
    }
    return out;
  }

  /// Points at one choice of sizes; how many had values. Sets the outcome when a point refutes.
  template <class P>
  int points(int round, const Layout& layout, Equality& out, std::string& undefined) {
    const int wanted = trials(layout);
    int done = 0, failures = 0;
    const int attempts = static_cast<int>(std::clamp(kMostItems / static_cast<double>(schedule_.size()), 1.0, double{kAttempts}));
    for (int attempt = 0; done < wanted && attempt < attempts; ++attempt) {
      items_ += static_cast<std::int64_t>(schedule_.size());
      const std::uint64_t seed = combine(combine(options_.seed, static_cast<std::uint64_t>(round) + (kExact<P> ? 0 : 900)),
                                         static_cast<std::uint64_t>(attempt));
      const Bias bias = failures < 4 ? Bias::None : failures < 20 ? Bias::Some : Bias::All;
      try {
        const bool agrees = at<P>(seed, layout, bias, out);
        ++done;
        biased_ = biased_ || bias == Bias::All;
        if (agrees) continue;
        out.outcome = Comparison::Different;
        return done;
      } catch (const Undefined& e) {
        undefined = e.what();
        if (++failures > kHopelessAttempts && done == 0) break;
      }
    }
    return done;
  }

  template <class P>
  std::vector<Series<typename P::Value>>& store() {
    if constexpr (kExact<P>)
      return field_store_;
    else
      return float_store_;
  }

  /// Redraws for one point, taken from those of the question.
  struct Allowance {
    int& all;
    int given, left;
    Allowance(int& question, int branches)
        : all(question), given(std::min(question, kPointRedraws + kBranchRedraws * branches)), left(given) {}
    ~Allowance() { all -= given - left; }
    Allowance(const Allowance&) = delete;
    Allowance& operator=(const Allowance&) = delete;
  };

  template <class P>
  bool at(std::uint64_t seed, const Layout& layout, Bias bias, Equality& out) {
    Allowance redraws(redraws_, features_.branches);
    if constexpr (kExact<P>) {
      const auto exponents = features_.exponents ? PrimeField::Exponents::Used : PrimeField::Exponents::Unused;
      const PrimeField field(prime_pairs()[seed % prime_pairs().size()], seed, exponents);
      const Point<P> point(field, plan_, layout, seed, bias, redraws.left, store<P>());
      most_redraws_ = std::max(most_redraws_, redraws.given - redraws.left);
      return std::ranges::all_of(agreement_.field(point), [&](const auto& p) { return field.equal(p.first, p.second); });
    } else {
      const QuadField field(QuadField::Opaque::StandIn);
      const Point<P> point(field, plan_, layout, seed, bias, redraws.left, store<P>());
      const Errors error = errors(point);
      if (error.relative <= kTolerance) {
        out.worst_relative_error = std::max(out.worst_relative_error, error.relative);
        return true;
      }
      bool steady = error.relative >= kRefuted;
      for (int k = 1; steady && k <= kNudges; ++k) {
        const QuadField nudged = field.nudged({kNudge, kRounding, static_cast<std::uint64_t>(k)});
        const Point<P> nearby(nudged, plan_, layout, seed, bias, redraws.left, nearby_store_);
        steady = moved(agreement_.floats(point), agreement_.floats(nearby)) <= kSteady && !blown_up(point, nearby);
      }
      if (steady) return false;
      if (error.beside_largest > kTolerance) throw Undefined(error.relative >= kRefuted ? "a value that is zero but for rounding" : "a badly conditioned point");
      out.worst_relative_error = std::max(out.worst_relative_error, error.beside_largest);
      return true;
    }
  }

  static double magnitude(Quad v) { return static_cast<double>(v < 0 ? -v : v); }

  /// By how much the numbers at a point differ from those at another, relative to the largest.
  static double moved(const Pairs<QuadField>& here, const Pairs<QuadField>& there) {
    double scale = 0, worst = 0;
    for (std::size_t i = 0; i < here.size(); ++i) {
      scale = std::max({scale, magnitude(here[i].first), magnitude(here[i].second)});
      worst = std::max({worst, magnitude(here[i].first - there[i].first), magnitude(here[i].second - there[i].second)});
    }
    return scale > 0 ? worst / scale : 0;
  }

  /// Is there an inverse, a logarithm, a root or a sign of what is zero but for rounding? What is made of it may be steady:
  /// the noise cancels in a fraction.
  [[nodiscard]] bool blown_up(const Point<QuadField>& here, const Point<QuadField>& there) const {
    const auto size = [](Quad v) { return v < 0 ? -v : v; };
    for (std::uint32_t s = 0; s < schedule_.size(); ++s) {
      const Series<Quad>& a = here.values()[s];
      const Series<Quad>& b = there.values()[s];
      if (a.empty() || b.empty() || !amplifies(schedule_.node(s))) continue;
      Quad scale = 0, worst = 0;
      for (std::size_t i = 0; i < a[0].size(); ++i) {
        scale = std::max(scale, size(a[0][i]));
        worst = std::max(worst, size(a[0][i] - b[0][i]));
      }
      if (worst > Quad{kSteady} * scale) return true;
    }
    return false;
  }
  [[nodiscard]] bool amplifies(const Node& n) const {
    switch (n.op) {
      case Op::Inverse: case Op::Det: case Op::LogDet: case Op::PseudoInverse: case Op::Cholesky: case Op::MatrixFunction:
      case Op::PowerBy: case Op::ColumnLogSumExp: case Op::RowLogSumExp: return true;
      case Op::Power: return n.numbers[0].is_negative() || !n.numbers[0].is_integer();
      case Op::Apply: {
        const ElementFunction& f = schedule_.pool().functions[n.function];
        const auto primitive = f.kind == ElementFunction::Kind::Primitive ? primitive_named(f.name) : std::nullopt;
        if (!primitive) return f.kind == ElementFunction::Kind::Defined;
        return *primitive == Primitive::Log || *primitive == Primitive::Sqrt || *primitive == Primitive::Abs ||
               *primitive == Primitive::Sign || *primitive == Primitive::Step || *primitive == Primitive::Relu ||
               *primitive == Primitive::Gammaln || *primitive == Primitive::Psi;
      }
      case Op::Symbol: case Op::Number: case Op::Size: case Op::Pi: case Op::Ones: case Op::Zeros: case Op::Eye:
      case Op::Commutation: case Op::Duplication: case Op::Elimination: case Op::Selection: case Op::Sum: case Op::Scale:
      case Op::MatMul: case Op::Hadamard: case Op::Kron: case Op::Transpose: case Op::Vec: case Op::Reshape: case Op::Diag:
      case Op::DiagVec: case Op::Tril: case Op::Trace: case Op::Total: case Op::ColumnSums: case Op::RowSums:
      case Op::ColumnSoftmax: case Op::RowSoftmax: case Op::Stop: return false;
    }
    return false;
  }

  /// How far the numbers in pairs are apart, the farthest.
  struct Errors {
    double relative = 0;        ///< to the largest of the numbers
    double beside_largest = 0;  ///< to it or to a small part of the largest intermediate value: what is less is rounding
  };
  [[nodiscard]] Errors errors(const Point<QuadField>& point) const {
    Quad largest = 0, scale = 0, worst = 0;
    const auto size = [](Quad v) { return v < 0 ? -v : v; };
    for (const auto& [a, b] : agreement_.floats(point)) {
      scale = std::max({scale, size(a), size(b)});
      worst = std::max(worst, size(a - b));
    }
    if (worst == 0) return {};
    for (const auto& series : point.values())
      for (const auto& m : series)
        for (const Quad& v : m) largest = std::max(largest, size(v));
    const Errors e{static_cast<double>(worst / scale), static_cast<double>(worst / std::max(scale, Quad{kCancelled} * largest))};
    if (!std::isfinite(e.relative)) throw Undefined("a value that is not finite");
    return e;
  }

  /// More points where signs are at stake; fewer where each costs much.
  [[nodiscard]] int trials(const Layout& layout) const {
    const auto items = static_cast<double>(schedule_.size());
    const double least = std::max(1.0, std::min(static_cast<double>(options_.trials), std::floor(kItems / items)));
    if (features_.branches == 0) return static_cast<int>(least);
    const double coins = std::ceil(kCoins / (options_.shapes * static_cast<double>(branch_entries(schedule_, features_, layout))));
    return static_cast<int>(std::max(least, std::min({coins, kMostTrials, std::floor(kCoinItems / items)})));
  }

  /// A wrong "equal" passes with probability at most 2^-bits: by degrees, each trial for itself; and where signs are at
  /// stake, by the chance to meet the one pattern that shows it. 0 when no bound is known.
  [[nodiscard]] int error_bits() const {
    if (features_.incomplete) return 0;
    const double field_bits = features_.exponents ? 53 : 58;  // of the smaller modulus
    double by_degree = 0, by_pattern = 0;
    for (const Done& at : each_) {
      // Conditioning on k squares costs k bits, the norm over their signs another k; a point is one of those that redraws
      // went through.
      const double each = field_bits - log2_degree(schedule_, at.layout) - std::log2(1.0 + most_redraws_) -
                          2 * static_cast<double>(all_branch_entries(schedule_, features_, at.layout));
      by_degree += at.points * std::max(0.0, each);
      by_pattern += at.points * static_cast<double>(branch_entries(schedule_, features_, at.layout));
    }
    if (features_.branches == 0) return static_cast<int>(by_degree);
    by_pattern *= -std::log2(1 - std::exp2(-features_.branches));
    return static_cast<int>(std::min(by_degree, by_pattern));
  }

  const PointQuestion& question_;
  const Agreement& agreement_;
  const EqualOptions& options_;
  Schedule schedule_;
  PointPlan plan_;
  Features features_;
  struct Done {
    Layout layout;
    int points;
  };
  std::vector<Done> each_;  ///< sizes at which there were points
  std::vector<Series<PrimeField::Value>> field_store_;  ///< memory of the points
  std::vector<Series<Quad>> float_store_, nearby_store_;
  int redraws_ = 0, most_redraws_ = 0;  ///< left for the question; taken for one point of the field
  std::int64_t items_ = 0;
  bool biased_ = false;
};

}  // namespace

Equality judge(const TermPool& pool, const PointQuestion& question, const Agreement& agreement, const EqualOptions& options) {
  return Judge(pool, question, agreement, options).run();
}

}  // namespace dvec
