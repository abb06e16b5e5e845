#include "oracle/equal.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "oracle/float_field.hpp"
#include "oracle/prime_field.hpp"
#include "oracle/sample.hpp"
#include "support/result.hpp"
#include "term/traverse.hpp"

namespace dvec {

namespace {

constexpr int kRedraws = 300;        ///< points tried for one trial
constexpr int kSignTrials = 40;      ///< trials at each shape where signs are at stake
constexpr double kQuadTolerance = 1e-22;

/// What is compared at one point: numbers that must be equal.
template <class P>
using Differences = std::vector<std::pair<typename P::Value, typename P::Value>>;

/// A question to the oracle: which terms are evaluated, how variables move, and what must then agree.
struct Question {
  std::vector<TermId> roots;
  std::vector<Definition> definitions;
  int order = 0;
  /// Direction of a variable: nothing, or the slot symbol that carries it, or a random one.
  struct Motion {
    SymbolId variable;
    SymbolId slot;          ///< valid: the direction is the value of this free symbol
    TermId direction;       ///< valid: the direction is the value of this root
    bool in_structure = false;
  };
  std::vector<Motion> motions;
};

/// Which features of the terms decide how they can be judged.
struct Features {
  bool exponents = false, signs = false, inexact = false, roots = false;
};

Features features(const Schedule& schedule) {
  Features f;
  const TermPool& pool = schedule.pool();
  std::set<FunctionId> seen;
  const auto name = [&](const std::string& s) {
    for (const char* e : {"exp", "sinh", "cosh", "tanh", "sigmoid", "softplus", "erf"}) f.exponents = f.exponents || s == e;
    for (const char* e : {"abs", "sign", "step", "relu"}) f.signs = f.signs || s == e;
    for (const char* e : {"log", "softplus", "erf", "gammaln", "psi", "atan"}) f.inexact = f.inexact || s == e;
  };
  const auto body = [&](const auto& self, const ScalarExpr& e) -> void {
    if (e.kind == ScalarExpr::Kind::Call) {
      name(pool.functions[e.function].name);
      if (pool.functions[e.function].kind == ElementFunction::Kind::Defined && seen.insert(e.function).second)
        self(self, pool.functions[e.function].body);
    }
    if (e.kind == ScalarExpr::Kind::Power && e.args[1].kind == ScalarExpr::Kind::Number && !e.args[1].number.is_integer()) f.roots = true;
    for (const ScalarExpr& a : e.args) self(self, a);
  };
  for (std::size_t s = 0; s < schedule.size(); ++s) {
    const Node& n = schedule.node(s);
    if (n.op == Op::Apply) {
      const ElementFunction& e = pool.functions[n.function];
      if (e.kind == ElementFunction::Kind::Primitive) name(e.name);
      if (e.kind == ElementFunction::Kind::Defined) body(body, e.body);
    }
    if (n.op == Op::Power && !n.numbers[0].is_integer()) f.roots = true;
    if (n.op == Op::LogDet || n.op == Op::PowerBy) f.inexact = true;
  }
  return f;
}

/// Degree of the numerator and denominator of an entry in the drawn entries, by the build of the terms: an upper bound
/// for rational operators, the usual heuristic for the others.
double degree(const Schedule& schedule, const DimValues& sizes) {
  struct D {
    double num = 0, den = 0;
  };
  std::vector<D> d(schedule.size());
  const DimTable& dims = schedule.pool().dims;
  double worst = 1;
  for (std::size_t s = 0; s < schedule.size(); ++s) {
    const Node& n = schedule.node(s);
    const auto args = schedule.args(s);
    D out;
    if (n.op == Op::Symbol) out = schedule[s].definition != Schedule::kNone ? d[schedule[s].definition] : D{2, 0};
    for (const std::uint32_t a : args) {
      if (n.op == Op::Sum) {
        out.num = std::max(out.num + d[a].den, d[a].num + out.den);
        out.den += d[a].den;
      } else {
        out.num += d[a].num;
        out.den += d[a].den;
      }
    }
    if (n.op == Op::Inverse || n.op == Op::Det || n.op == Op::LogDet) {
      const double order = static_cast<double>(dims.evaluate(n.shape.rows == dims.one() ? schedule.pool().shape(n.args[0]).rows : n.shape.rows, sizes).value_or(8));
      out = {order * out.num + order * out.den, order * out.num + order * out.den};
    }
    if (n.op == Op::Power) {
      const double q = std::abs(n.numbers[0].to_double());
      if (n.numbers[0].is_negative()) std::swap(out.num, out.den);
      out.num *= std::max(1.0, q);
      out.den *= std::max(1.0, q);
    }
    out.num = std::min(out.num, 1e15);
    out.den = std::min(out.den, 1e15);
    d[s] = out;
    worst = std::max({worst, out.num, out.den});
  }
  return 2 * worst;
}

/// One point: draws the variables, moves them, evaluates, and hands the values over.
template <class P>
class Point {
 public:
  using V = typename P::Value;

  Point(const P& policy, const Schedule& schedule, const Question& question, const DimValues& sizes, std::uint64_t seed)
      : k_(policy), schedule_(schedule), seed_(seed) {
    const TermPool& pool = schedule.pool();
    const auto symbol_key = [&](SymbolId s) { return combine(combine(seed, hash_text(pool.symbols[s].name)), s.value); };
    // A direction that is a term is evaluated first, unmoved.
    std::map<SymbolId, Matrix<V>> directions;
    const bool needs_values = std::ranges::any_of(question.motions, [](const auto& m) { return m.direction.valid(); });
    const auto draw = [&](SymbolId s, std::size_t r, std::size_t c) {
      return draw_matrix(k_, pool.symbols[s].attributes, r, c, symbol_key(s));
    };
    if (needs_values) {
      Evaluation<P> still(k_, 0);
      const auto values = still.run(schedule, sizes, [&](SymbolId s, std::size_t r, std::size_t c) { return Series<V>{draw(s, r, c)}; });
      for (const auto& m : question.motions)
        if (m.direction.valid()) directions.emplace(m.variable, values[schedule.slot(m.direction)][0]);
    }
    Evaluation<P> moving(k_, question.order);
    values_ = moving.run(schedule, sizes, [&](SymbolId s, std::size_t r, std::size_t c) {
      Series<V> out{draw(s, r, c)};
      for (const auto& m : question.motions) {
        if (m.variable != s) continue;
        Matrix<V> h;
        if (m.direction.valid())
          h = directions.at(s);
        else if (m.slot.valid())
          h = draw(m.slot, r, c);
        else
          h = draw_direction(k_, pool.symbols[s].attributes, m.in_structure, r, c, symbol_key(s));
        moved_[s] = h;
        out.push_back(h);
        if (question.order >= 2) out.push_back(Matrix<V>(r, c, k_.zero()));
      }
      return out;
    });
  }

  [[nodiscard]] const Matrix<V>& value(TermId t) const { return values_[schedule_.slot(t)][0]; }
  /// Taylor coefficient; zero when the term does not move.
  [[nodiscard]] Matrix<V> coefficient(TermId t, std::size_t order) const {
    const Series<V>& s = values_[schedule_.slot(t)];
    return order < s.size() ? s[order] : Matrix<V>(s[0].rows(), s[0].cols(), k_.zero());
  }
  [[nodiscard]] Matrix<V> direction(SymbolId s, const Matrix<V>& like) const {
    const auto at = moved_.find(s);
    // A variable that occurs nowhere moves all the same: its derivative must be zero.
    return at != moved_.end() ? at->second : draw_direction(k_, Attribute::None, false, like.rows(), like.cols(), seed_);
  }
  [[nodiscard]] const P& policy() const { return k_; }

 private:
  const P& k_;
  const Schedule& schedule_;
  std::uint64_t seed_;
  std::vector<Series<V>> values_;
  std::map<SymbolId, Matrix<V>> moved_;
};

/// What must agree at a point, for both kinds of arithmetic.
struct Agreement {
  std::function<Differences<PrimeField>(const Point<PrimeField>&)> field;
  std::function<Differences<FloatField<Quad>>(const Point<FloatField<Quad>>&)> floats;
};

template <class F>
Agreement agreement(F f) {
  return {[f](const Point<PrimeField>& p) { return f(p); }, [f](const Point<FloatField<Quad>>& p) { return f(p); }};
}

template <class M, class V>
void compare_all(std::vector<std::pair<V, V>>& out, const M& a, const M& b) {
  for (std::size_t i = 0; i < a.size(); ++i) out.emplace_back(a[i], b[i]);
}

class Judge {
 public:
  Judge(const TermPool& pool, const Question& question, const Agreement& agreement, const EqualOptions& options)
      : pool_(pool), question_(question), agreement_(agreement), options_(options),
        schedule_(pool, question.roots, question.definitions), features_(features(schedule_)) {}

  Equality run() {
    Equality field = in_field();
    const bool refusal_proves = !features_.signs && !features_.inexact;
    if (field.outcome == Comparison::Equal || (field.outcome == Comparison::Different && refusal_proves)) return field;
    if (!options_.floats) return field;
    Equality floats = in_floats();
    if (floats.outcome == Comparison::Undefined && field.outcome == Comparison::Different) return field;
    return floats;
  }

 private:
  Equality in_field() {
    Equality out;
    out.method = Method::Field;
    const auto exponents = features_.exponents ? PrimeField::Exponents::Used : PrimeField::Exponents::Unused;
    const int trials = features_.signs ? kSignTrials : features_.roots ? options_.trials + 2 : options_.trials;
    double bits = 0;
    std::string why = "no point was found at which both sides have values";
    for (int round = 0; round < options_.shapes; ++round) {
      const auto sizes = draw_sizes(schedule_, round, options_.shapes, options_.seed, options_.admissible);
      if (!sizes) {
        out.reason = "no admissible sizes were found within the limits";
        continue;
      }
      if (std::ranges::find(out.sizes, *sizes) != out.sizes.end() && !schedule_.size_symbols().empty()) continue;
      int done = 0;
      int failures = 0;
      for (int attempt = 0; done < trials && attempt < kRedraws; ++attempt) {
        const std::uint64_t key = combine(combine(options_.seed, static_cast<std::uint64_t>(round)), static_cast<std::uint64_t>(attempt));
        const PrimeField field(prime_pairs()[key % prime_pairs().size()], key, exponents);
        try {
          const Point<PrimeField> point(field, schedule_, question_, *sizes, key);
          for (const auto& [a, b] : agreement_.field(point))
            if (!field.equal(a, b)) {
              out.outcome = Comparison::Different;
              out.sizes.push_back(*sizes);
              out.trials += 1;
              return out;
            }
          ++done;
        } catch (const Undefined& e) {
          why = e.what();
          // What is singular at these sizes for every draw is left after a few.
          if (++failures > 40 && done == 0 && !features_.roots) break;
        } catch (const Unsupported& e) {
          out.outcome = Comparison::Unsupported;
          out.reason = e.what();
          return out;
        } catch (const LimitReached& e) {
          out.outcome = Comparison::Unsupported;
          out.reason = e.what();
          return out;
        }
      }
      if (done == 0) continue;
      out.trials += done;
      out.sizes.push_back(*sizes);
      bits += done * std::max(0.0, 58 - std::log2(degree(schedule_, *sizes)));
      if (schedule_.size_symbols().empty()) break;
    }
    out.outcome = out.trials > 0 ? Comparison::Equal : Comparison::Undefined;
    if (out.outcome == Comparison::Undefined) out.reason = why;
    // Signs, logs and nested exponentials have no bound of this kind; roots halve what a trial is worth.
    out.error_bits = features_.signs || features_.inexact ? 0 : static_cast<int>(features_.roots ? bits / 4 : bits);
    return out;
  }

  Equality in_floats() {
    Equality out;
    out.method = Method::Float;
    const FloatField<Quad> field(FloatField<Quad>::Opaque::StandIn);
    std::string why = "no point was found at which both sides have values";
    for (int round = 0; round < options_.shapes + 1; ++round) {
      const auto sizes = draw_sizes(schedule_, round, options_.shapes + 1, options_.seed, options_.admissible);
      if (!sizes) continue;
      int done = 0;
      for (int attempt = 0; done < options_.trials && attempt < 60; ++attempt) {
        const std::uint64_t key = combine(combine(options_.seed, 900 + static_cast<std::uint64_t>(round)), static_cast<std::uint64_t>(attempt));
        try {
          const Point<FloatField<Quad>> point(field, schedule_, question_, *sizes, key);
          double worst = 0;
          double scale = 0;
          const auto pairs = agreement_.floats(point);
          const auto size = [](Quad v) { return static_cast<double>(v < 0 ? -v : v); };
          for (const auto& [a, b] : pairs) scale = std::max({scale, size(a), size(b)});
          for (const auto& [a, b] : pairs) worst = std::max(worst, size(a - b));
          const double error = scale == 0 ? 0 : worst / scale;
          if (!std::isfinite(error)) throw Undefined("a value that is not finite");
          out.worst_relative_error = std::max(out.worst_relative_error, error);
          ++out.trials;
          ++done;
          if (error > kQuadTolerance) {
            out.outcome = Comparison::Different;
            out.sizes.push_back(*sizes);
            return out;
          }
        } catch (const Undefined& e) {
          why = e.what();
        } catch (const Unsupported& e) {
          out.outcome = Comparison::Unsupported;
          out.reason = e.what();
          return out;
        } catch (const LimitReached& e) {
          out.outcome = Comparison::Unsupported;
          out.reason = e.what();
          return out;
        }
      }
      if (done > 0) out.sizes.push_back(*sizes);
    }
    out.outcome = out.trials > 0 ? Comparison::Equal : Comparison::Undefined;
    if (out.trials == 0) out.reason = why;
    return out;
  }

  const TermPool& pool_;
  const Question& question_;
  const Agreement& agreement_;
  const EqualOptions& options_;
  Schedule schedule_;
  Features features_;
};

/// Small sizes and whole entries at which the two sides differ in doubles, if a short search finds any.
std::optional<Witness> find_witness(const TermPool& pool, TermId left, TermId right, std::span<const Definition> definitions,
                                    const EqualOptions& options) {
  const std::array roots{left, right};
  const Schedule schedule(pool, roots, definitions);
  const FloatField<double> field(FloatField<double>::Opaque::StandIn);
  for (std::uint64_t attempt = 0; attempt < 240; ++attempt) {
    DimValues sizes;
    const std::uint64_t key = combine(options.seed, 7000 + attempt);
    for (std::size_t i = 0; i < schedule.size_symbols().size(); ++i)
      sizes[schedule.size_symbols()[i]] = 1 + static_cast<std::int64_t>(combine(key, i) % (attempt < 80 ? 2 : 3));
    if (options.admissible && !options.admissible(sizes)) continue;
    Witness w;
    w.sizes = sizes;
    try {
      Evaluation<FloatField<double>> evaluation(field, 0);
      std::map<std::string, Matrix<double>> drawn;
      const auto values = evaluation.run(schedule, sizes, [&](SymbolId s, std::size_t r, std::size_t c) {
        const Attribute a = pool.symbols[s].attributes;
        Matrix<double> m = draw_matrix(field, a, r, c, combine(combine(key, hash_text(pool.symbols[s].name)), s.value));
        // Whole numbers where no attribute forbids it.
        if (a == Attribute::None || a == Attribute::Nonsingular || a == Attribute::Constant || a == Attribute::Symmetric)
          for (double& v : m) v = std::round(v * 2);
        else if (a == Attribute::Positive)
          for (double& v : m) v = std::ceil(v * 2);
        drawn[pool.symbols[s].name] = m;
        return Series<double>{m};
      });
      w.left = values[schedule.slot(left)][0];
      w.right = values[schedule.slot(right)][0];
      double worst = 0, scale = 0;
      for (std::size_t i = 0; i < w.left.size(); ++i) {
        worst = std::max(worst, std::abs(w.left[i] - w.right[i]));
        scale = std::max({scale, std::abs(w.left[i]), std::abs(w.right[i])});
      }
      if (worst <= 1e-6 * scale) continue;
      w.values.assign(drawn.begin(), drawn.end());
      bool opaque = false;
      for (std::size_t s = 0; s < schedule.size(); ++s)
        opaque = opaque || (schedule.node(s).op == Op::Apply && pool.functions[schedule.node(s).function].kind == ElementFunction::Kind::Opaque);
      if (opaque) w.functions = "opaque functions stand for t -> sin(1.3*t+c)+0.1*t^3+0.4*t, with c fixed for each name";
      return w;
    } catch (const Undefined&) {
    } catch (const Unsupported&) {
      return std::nullopt;
    } catch (const LimitReached&) {
    }
  }
  return std::nullopt;
}

std::vector<Definition> without(std::span<const Definition> definitions, SymbolId name) {
  std::vector<Definition> out;
  for (const Definition& d : definitions)
    if (d.name != name) out.push_back(d);
  return out;
}

bool has_structure(Attribute a) {
  for (const Attribute s : {Attribute::Symmetric, Attribute::Spd, Attribute::Diagonal, Attribute::Lower, Attribute::Upper,
                            Attribute::Skew, Attribute::Idempotent})
    if (has(a, s)) return true;
  return false;
}

/// <candidate, H> under a reading: the free entries are counted once when the derivative is by entries.
template <class P>
typename P::Value inner(const P& k, const Matrix<typename P::Value>& g, const Matrix<typename P::Value>& h, bool entries, Attribute a) {
  typename P::Value sum = k.zero();
  const bool mirrored = has(a, Attribute::Symmetric) || has(a, Attribute::Spd) || has(a, Attribute::Idempotent) || has(a, Attribute::Skew);
  for (std::size_t j = 0; j < g.cols(); ++j)
    for (std::size_t i = 0; i < g.rows(); ++i) {
      if (entries && mirrored && i < j) continue;
      sum = k.add(sum, k.multiply(g(i, j), h(i, j)));
    }
  return sum;
}

/// The candidate lies in the structure of its variable.
template <class P>
void check_structure(const P& k, Differences<P>& out, const Matrix<typename P::Value>& g, Attribute a) {
  const bool symmetric = has(a, Attribute::Symmetric) || has(a, Attribute::Spd) || has(a, Attribute::Idempotent);
  for (std::size_t j = 0; j < g.cols(); ++j)
    for (std::size_t i = 0; i < g.rows(); ++i) {
      if (symmetric && i > j) out.emplace_back(g(i, j), g(j, i));
      if (has(a, Attribute::Skew) && i >= j) out.emplace_back(g(i, j), k.negate(g(j, i)));
      if (has(a, Attribute::Diagonal) && i != j) out.emplace_back(g(i, j), k.zero());
      if (has(a, Attribute::Lower) && i < j) out.emplace_back(g(i, j), k.zero());
      if (has(a, Attribute::Upper) && i > j) out.emplace_back(g(i, j), k.zero());
    }
}

}  // namespace

Equality are_equal(const TermPool& pool, TermId left, TermId right, std::span<const Definition> definitions,
                   const EqualOptions& options) {
  require(pool.shape(left) == pool.shape(right), "only terms of one shape are compared");
  Question q;
  q.roots = {left, right};
  q.definitions.assign(definitions.begin(), definitions.end());
  const Agreement a = agreement([=](const auto& p) {
    std::vector<std::pair<std::decay_t<decltype(p.value(left)[0])>, std::decay_t<decltype(p.value(left)[0])>>> out;
    compare_all(out, p.value(left), p.value(right));
    return out;
  });
  Equality e = Judge(pool, q, a, options).run();
  if (e.outcome == Comparison::Different && options.witness) e.witness = find_witness(pool, left, right, definitions, options);
  return e;
}

Equality differential_equals(const TermPool& pool, TermId of, TermId differential,
                             std::span<const std::pair<SymbolId, SymbolId>> slots, std::span<const Definition> definitions,
                             const EqualOptions& options) {
  require(pool.shape(of) == pool.shape(differential), "a differential has the shape of what it is the differential of");
  Question q;
  q.roots = {of, differential};
  q.definitions.assign(definitions.begin(), definitions.end());
  q.order = 1;
  for (const auto& [variable, slot] : slots) q.motions.push_back({variable, slot, {}, false});
  const Agreement a = agreement([=](const auto& p) {
    std::vector<std::pair<std::decay_t<decltype(p.value(of)[0])>, std::decay_t<decltype(p.value(of)[0])>>> out;
    compare_all(out, p.coefficient(of, 1), p.value(differential));
    return out;
  });
  return Judge(pool, q, a, options).run();
}

Equality derivative_equals(const TermPool& pool, const DerivativeQuestion& question, std::span<const Definition> definitions,
                           const EqualOptions& options) {
  const Attribute attributes = pool.symbols[question.wrt].attributes;
  if (question.reading == Reading::Stacked) {
    Equality e;
    e.reason = "derivatives by the stacked free entries are not judged by this version";
    return e;
  }
  const bool structured = question.form == DerivativeForm::Gradient && question.reading != Reading::Unconstrained && has_structure(attributes);
  Question q;
  q.roots = {question.of, question.candidate};
  if (question.direction) q.roots.push_back(*question.direction);
  q.definitions = without(definitions, question.wrt);
  q.order = question.form == DerivativeForm::Hessian ? 2 : 1;
  Question::Motion motion{question.wrt, {}, {}, structured};
  if (question.direction) motion.direction = *question.direction;
  q.motions.push_back(motion);
  const Agreement a = agreement([=](const auto& p) {
    using V = std::decay_t<decltype(p.value(question.of)[0])>;
    using P = std::decay_t<decltype(p.policy())>;
    const P& k = p.policy();
    std::vector<std::pair<V, V>> out;
    const Matrix<V>& c = p.value(question.candidate);
    const Matrix<V> first = p.coefficient(question.of, 1);
    switch (question.form) {
      case DerivativeForm::Gradient: {
        const Matrix<V> h = p.direction(question.wrt, c);
        out.emplace_back(first[0], inner(k, c, h, structured && question.reading == Reading::Entries, attributes));
        if (structured) check_structure<P>(k, out, c, attributes);
        break;
      }
      case DerivativeForm::Jacobian: case DerivativeForm::Hessian: {
        const Matrix<V> h = p.direction(question.wrt, Matrix<V>(c.cols(), 1, k.zero()));
        std::vector<V> image(c.rows(), k.zero());
        for (std::size_t j = 0; j < c.cols(); ++j)
          for (std::size_t i = 0; i < c.rows(); ++i) image[i] = k.add(image[i], k.multiply(c(i, j), h[j]));
        if (question.form == DerivativeForm::Jacobian) {
          for (std::size_t i = 0; i < image.size(); ++i) out.emplace_back(first[i], image[i]);
          break;
        }
        V form = k.zero();
        for (std::size_t i = 0; i < image.size(); ++i) form = k.add(form, k.multiply(h[i], image[i]));
        out.emplace_back(k.multiply(k.integer(2), p.coefficient(question.of, 2)[0]), form);
        for (std::size_t j = 0; j < c.cols(); ++j)
          for (std::size_t i = 0; i < j; ++i) out.emplace_back(c(i, j), c(j, i));
        break;
      }
      case DerivativeForm::Differential: compare_all(out, first, c); break;
    }
    return out;
  });
  return Judge(pool, q, a, options).run();
}

std::vector<Equality> derivatives_equal(const TermPool& pool, std::span<const DerivativeQuestion> questions,
                                        std::span<const Definition> definitions, const EqualOptions& options) {
  std::vector<Equality> out;
  for (const DerivativeQuestion& q : questions) out.push_back(derivative_equals(pool, q, definitions, options));
  return out;
}

}  // namespace dvec
