#include "oracle/judge.hpp"

#include <cmath>

#include "oracle/features.hpp"
#include "support/result.hpp"

namespace dvec {

namespace {

constexpr int kAttempts = 300;          ///< points tried at one choice of sizes
constexpr int kHopelessAttempts = 40;   ///< after which sizes are left at which nothing had a value
constexpr int kFieldRedraws = 60000;    ///< of single variables, for one question
constexpr int kFloatRedraws = 6000;
constexpr int kPointRedraws = 300, kBranchRedraws = 50;  ///< for one point, and for each root in it
constexpr double kCoins = 100;          ///< throws that make a branch overlooked unlikely: 2^-100 for one sign
constexpr double kMostTrials = 40;
constexpr double kItems = 20000;        ///< items evaluated at one choice of sizes, all trials together
constexpr double kTolerance = 1e-22;    ///< 113 bits are 34 digits; the rest is for conditioning
constexpr double kRefuted = 1e-9;       ///< what differs by less than this at a point is badly conditioned there, and says nothing
constexpr double kNudge = 1e-18;        ///< a refutation must stand when the entries move by this part of themselves: what is
constexpr double kSteady = 1e-9;        ///< zero but for rounding, under a root or below a fraction, moves by more than this then,
constexpr int kNudges = 12;             ///< each time with probability 1/2 or more: rounding may have the same sign again
constexpr double kCancelled = 1e-8;     ///< what is smaller than this part of the largest intermediate value is compared with that part

class Judge {
 public:
  Judge(const TermPool& pool, const PointQuestion& question, const Agreement& agreement, const EqualOptions& options)
      : question_(question), agreement_(agreement), options_(options),
        schedule_(pool, question.roots, question.definitions), features_(features(schedule_)) {}

  Equality run() {
    Equality field = rounds<PrimeField>();
    if (field.outcome == Comparison::Equal) {
      field.error_bits = error_bits(field);
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

 private:
  template <class P>
  static constexpr bool kExact = std::is_same_v<P, PrimeField>;

  template <class P>
  Equality rounds() {
    Equality out;
    out.method = kExact<P> ? Method::Field : Method::Float;
    redraws_ = kExact<P> ? kFieldRedraws : kFloatRedraws;
    points_.clear();
    std::string undefined = "no point was found at which both sides have values", limit;
    const int count = options_.shapes + (kExact<P> ? 0 : 1);
    for (int round = 0; round < count; ++round) {
      const auto sizes = draw_sizes(schedule_, round, count, options_.seed, options_.admissible);
      if (!sizes) {
        limit = "no admissible sizes were found within the limits";
        continue;
      }
      if (std::ranges::find(out.sizes, *sizes) != out.sizes.end()) continue;
      try {
        const int done = points<P>(round, *sizes, out, undefined);
        if (done > 0) {
          out.sizes.push_back(*sizes);
          points_.push_back(done);
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
  int points(int round, const DimValues& sizes, Equality& out, std::string& undefined) {
    const int wanted = trials(sizes);
    int done = 0, failures = 0;
    for (int attempt = 0; done < wanted && attempt < kAttempts; ++attempt) {
      const std::uint64_t seed = combine(combine(options_.seed, static_cast<std::uint64_t>(round) + (kExact<P> ? 0 : 900)),
                                         static_cast<std::uint64_t>(attempt));
      const Bias bias = failures < 4 ? Bias::None : failures < 20 ? Bias::Some : Bias::All;
      try {
        const bool agrees = at<P>(seed, sizes, bias, out);
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
  bool at(std::uint64_t seed, const DimValues& sizes, Bias bias, Equality& out) {
    Allowance redraws(redraws_, features_.branches);
    if constexpr (kExact<P>) {
      const auto exponents = features_.exponents ? PrimeField::Exponents::Used : PrimeField::Exponents::Unused;
      const PrimeField field(prime_pairs()[seed % prime_pairs().size()], seed, exponents);
      const Point<P> point(field, schedule_, question_, sizes, seed, bias, redraws.left);
      return std::ranges::all_of(agreement_.field(point), [&](const auto& p) { return field.equal(p.first, p.second); });
    } else {
      const QuadField field(QuadField::Opaque::StandIn);
      const Point<P> point(field, schedule_, question_, sizes, seed, bias, redraws.left);
      const double error = relative_error(point);
      if (error > kTolerance && error < kRefuted) throw Undefined("a badly conditioned point");
      for (int k = 1; error >= kRefuted && k <= kNudges; ++k) {
        const QuadField nudged(QuadField::Opaque::StandIn, {kNudge, static_cast<std::uint64_t>(k)});
        const Point<P> nearby(nudged, schedule_, question_, sizes, seed, bias, redraws.left);
        if (moved(agreement_.floats(point), agreement_.floats(nearby)) > kSteady) throw Undefined("a value that is zero but for rounding");
      }
      out.worst_relative_error = std::max(out.worst_relative_error, error);
      return error <= kTolerance;
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

  [[nodiscard]] double relative_error(const Point<QuadField>& point) const {
    double largest = 0, scale = 0, worst = 0;
    for (const auto& series : point.values())
      for (const auto& m : series)
        for (const Quad& v : m) largest = std::max(largest, magnitude(v));
    for (const auto& [a, b] : agreement_.floats(point)) {
      scale = std::max({scale, magnitude(a), magnitude(b)});
      worst = std::max(worst, magnitude(a - b));
    }
    if (worst == 0) return 0;
    const double error = worst / std::max(scale, kCancelled * largest);
    if (!std::isfinite(error)) throw Undefined("a value that is not finite");
    return error;
  }

  /// More points where signs are at stake; fewer where each costs much.
  [[nodiscard]] int trials(const DimValues& sizes) const {
    double wanted = options_.trials;
    if (features_.branches > 0)
      wanted = std::clamp(std::ceil(kCoins / (options_.shapes * static_cast<double>(branch_entries(schedule_, sizes)))), wanted, kMostTrials);
    return static_cast<int>(std::max(1.0, std::min(wanted, std::floor(kItems / static_cast<double>(schedule_.size())))));
  }

  /// A wrong "equal" passes with probability at most 2^-bits: by degrees, each trial for itself; and where signs are at
  /// stake, by the chance to meet the one pattern that shows it. 0 when no bound is known.
  [[nodiscard]] int error_bits(const Equality& e) const {
    if (features_.incomplete) return 0;
    const double field_bits = features_.exponents ? 53 : 58;  // of the smaller modulus
    double by_degree = 0, by_pattern = 0;
    for (std::size_t i = 0; i < e.sizes.size(); ++i) {
      // Conditioning on k squares costs k bits, the norm over their signs another k.
      const double each = field_bits - log2_degree(schedule_, e.sizes[i]) - 2 * static_cast<double>(root_entries(schedule_, e.sizes[i]));
      by_degree += points_[i] * std::max(0.0, each);
      by_pattern += points_[i] * static_cast<double>(branch_entries(schedule_, e.sizes[i]));
    }
    if (features_.branches == 0) return static_cast<int>(by_degree);
    by_pattern *= -std::log2(1 - std::exp2(-features_.branches));
    return static_cast<int>(std::min(by_degree, by_pattern));
  }

  const PointQuestion& question_;
  const Agreement& agreement_;
  const EqualOptions& options_;
  Schedule schedule_;
  Features features_;
  std::vector<int> points_;  ///< parallel to the sizes of the answer
  int redraws_ = 0;
  bool biased_ = false;
};

}  // namespace

Equality judge(const TermPool& pool, const PointQuestion& question, const Agreement& agreement, const EqualOptions& options) {
  return Judge(pool, question, agreement, options).run();
}

}  // namespace dvec
