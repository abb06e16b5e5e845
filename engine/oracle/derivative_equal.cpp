#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "oracle/equal.hpp"
#include "oracle/judge.hpp"
#include "support/result.hpp"

namespace dvec {

namespace {

bool mirrored(Attribute a) { return has(a, Attribute::Symmetric) || has(a, Attribute::Spd) || has(a, Attribute::Skew); }

bool has_structure(Attribute a) {
  return mirrored(a) || has(a, Attribute::Diagonal) || has(a, Attribute::Lower) || has(a, Attribute::Upper);
}

/// One question, with what its reading means for directions and inner products.
struct Reader {
  const DerivativeQuestion& q;
  Attribute attributes;
  Motion motion;
  bool stacked = false, entries = false, in_structure = false;

  Reader(const TermPool& pool, const DerivativeQuestion& question)
      : q(question), attributes(pool.symbols[question.wrt].attributes) {
    stacked = q.reading == Reading::Stacked;
    entries = q.reading == Reading::Entries && q.form == DerivativeForm::Gradient;
    // `entries` is a reading of gradients only.
    in_structure = has_structure(attributes) && (stacked || entries || q.reading == Reading::Structured) &&
                   q.form != DerivativeForm::Differential;
    motion = {q.wrt, {}, q.direction, in_structure};
  }

  /// The direction as the candidate's columns count it: vec H, or the free entries of H, stacked.
  template <class P>
  std::vector<typename P::Value> coordinates(const Matrix<typename P::Value>& h) const {
    std::vector<typename P::Value> out;
    for (std::size_t j = 0; j < h.cols(); ++j)
      for (std::size_t i = stacked ? j : 0; i < h.rows(); ++i) out.push_back(h(i, j));
    return out;
  }

  /// <G, H>; by entries each free entry counts once.
  template <class P>
  typename P::Value inner(const P& k, const Matrix<typename P::Value>& g, const Matrix<typename P::Value>& h) const {
    typename P::Value sum = k.zero();
    if (stacked) {
      const auto c = coordinates<P>(h);
      for (std::size_t i = 0; i < c.size(); ++i) sum = k.add(sum, k.multiply(g[i], c[i]));
      return sum;
    }
    for (std::size_t j = 0; j < g.cols(); ++j)
      for (std::size_t i = entries && mirrored(attributes) ? j : 0; i < g.rows(); ++i)
        sum = k.add(sum, k.multiply(g(i, j), h(i, j)));
    return sum;
  }

  /// The candidate lies in the structure of its variable.
  template <class P>
  void structure(const P& k, Pairs<P>& pairs, const Matrix<typename P::Value>& unscaled, const typename P::Value& scale) const {
    if (!in_structure || stacked) return;
    Matrix<typename P::Value> g = unscaled;
    for (auto& v : g) v = k.multiply(scale, v);
    const bool symmetric = has(attributes, Attribute::Symmetric) || has(attributes, Attribute::Spd);
    for (std::size_t j = 0; j < g.cols(); ++j)
      for (std::size_t i = 0; i < g.rows(); ++i) {
        if (symmetric && i > j) pairs.emplace_back(g(i, j), g(j, i));
        if (has(attributes, Attribute::Skew) && i >= j) pairs.emplace_back(g(i, j), k.negate(g(j, i)));
        if (has(attributes, Attribute::Diagonal) && i != j) pairs.emplace_back(g(i, j), k.zero());
        if (has(attributes, Attribute::Lower) && i < j) pairs.emplace_back(g(i, j), k.zero());
        if (has(attributes, Attribute::Upper) && i > j) pairs.emplace_back(g(i, j), k.zero());
      }
  }

  /// A direction of X's shape; `entries` is how many X has where it occurs nowhere.
  template <class P>
  Matrix<typename P::Value> direction(const Point<P>& point, std::size_t rows, std::size_t cols) const {
    return point.direction(motion, rows, cols);
  }
};

/// Jacobian and Hessian times the direction.
template <class P>
void check_columns(const Reader& r, const Point<P>& point, Pairs<P>& pairs) {
  const P& k = point.policy();
  const auto& c = point.value(r.q.candidate);
  const bool square = r.in_structure && !r.stacked;  // what has structure is square
  const auto side = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(c.cols()))));
  const auto h = r.template coordinates<P>(r.direction(point, r.stacked ? 0 : square ? side : c.cols(), r.stacked ? 0 : square ? side : 1));
  if (h.size() != c.cols()) throw Unsupported("a derivative by the stacked entries of a variable that does not occur");
  if (square)
    for (std::size_t i = 0; i < c.rows(); ++i) {
      Matrix<typename P::Value> row(side, side, k.zero());
      for (std::size_t j = 0; j < c.cols(); ++j) row[j] = c(i, j);
      r.template structure<P>(k, pairs, row, k.one());
    }
  std::vector<typename P::Value> image(c.rows(), k.zero());
  for (std::size_t j = 0; j < c.cols(); ++j)
    for (std::size_t i = 0; i < c.rows(); ++i) image[i] = k.add(image[i], k.multiply(c(i, j), h[j]));
  if (r.q.form == DerivativeForm::Jacobian) {
    const auto first = point.coefficient(r.q.of, 1);
    for (std::size_t i = 0; i < image.size(); ++i) pairs.emplace_back(first[i], image[i]);
    return;
  }
  typename P::Value form = k.zero();
  for (std::size_t i = 0; i < image.size(); ++i) form = k.add(form, k.multiply(h[i], image[i]));
  pairs.emplace_back(k.multiply(k.integer(2), point.coefficient(r.q.of, 2)[0]), form);
  for (std::size_t j = 0; j < c.cols(); ++j)
    for (std::size_t i = 0; i < j; ++i) pairs.emplace_back(c(i, j), c(j, i));
}

/// Gradients of one scalar, along one direction of all their variables together.
Equality judge_gradients(const TermPool& pool, std::span<const DerivativeQuestion> questions,
                         std::span<const std::size_t> group, std::span<const Definition> definitions, const EqualOptions& options) {
  std::vector<Reader> readers;
  PointQuestion p;
  const TermId of = questions[group[0]].of;
  p.roots.push_back(of);
  for (const std::size_t g : group) {
    readers.emplace_back(pool, questions[g]);
    p.roots.push_back(questions[g].candidate);
    p.motions.push_back(readers.back().motion);
    if (group.size() > 1) p.motions.back().gauge = questions[g].candidate;
  }
  p.definitions.assign(definitions.begin(), definitions.end());
  p.order = 1;
  p.followed = {of};
  return judge(pool, p, agreement([&](const auto& point, auto& pairs) {
                 const auto& k = point.policy();
                 using P = std::decay_t<decltype(k)>;
                 auto all = k.zero(), parts = k.zero();  // parts: of either sign, all counted
                 for (const Reader& r : readers) {
                   const auto& g = point.value(r.q.candidate);
                   const auto h = r.direction(point, r.stacked ? 0 : g.rows(), r.stacked ? 0 : g.cols());
                   if (r.stacked && r.template coordinates<P>(h).size() != g.size())
                     throw Unsupported("a derivative by the stacked entries of a variable that does not occur");
                   const auto part = r.inner(k, g, h);
                   all = k.add(all, part);
                   if constexpr (P::kOrdered) parts = k.add(parts, part < 0 ? k.negate(part) : part);
                   r.template structure<P>(k, pairs, g, point.scale(r.motion));
                 }
                 pairs.emplace_back(point.coefficient(of, 1)[0], all);
                 if (readers.size() > 1) pairs.emplace_back(parts, parts);  // what errors are relative to
               }),
               options);
}

Equality judge_alone(const TermPool& pool, const DerivativeQuestion& q, std::span<const Definition> definitions,
                     const EqualOptions& options) {
  const Reader r(pool, q);
  PointQuestion p;
  p.roots = {q.of, q.candidate};
  if (q.direction) p.roots.push_back(*q.direction);
  p.definitions.assign(definitions.begin(), definitions.end());
  p.order = q.form == DerivativeForm::Hessian ? 2 : 1;
  p.followed = {q.of};
  p.motions.push_back(r.motion);
  return judge(pool, p, agreement([&](const auto& point, auto& pairs) {
                 if (q.form != DerivativeForm::Differential) return check_columns(r, point, pairs);
                 const auto first = point.coefficient(q.of, 1);
                 const auto& c = point.value(q.candidate);
                 for (std::size_t i = 0; i < c.size(); ++i) pairs.emplace_back(first[i], c[i]);
               }),
               options);
}

constexpr std::int64_t kItems = 20'000'000;  ///< evaluated for one group

/// Judges gradients together; where that fails, each half by itself, until the wrong ones stand alone: a few of many are
/// found in few judgements. When floats have refuted a group, exact arithmetic alone finds where: what it accepts is equal,
/// and what it does not is halved on. Past the allowance what failed together is said to fail.
template <class Judgement>
void halve(const Judgement& judge_group, std::span<const std::size_t> group, bool refuted, const std::int64_t& allowed,
           std::vector<Equality>& out) {
  const Equality together = judge_group(group, group.size() == 1 || !refuted);
  if (together.equal() || group.size() == 1 || !refuted)
    for (const std::size_t i : group) out[i] = together;
  if (group.size() == 1 || together.equal() || allowed <= 0) return;
  refuted = refuted || together.outcome == Comparison::Different;
  halve(judge_group, group.first(group.size() / 2), refuted, allowed, out);
  halve(judge_group, group.subspan(group.size() / 2), refuted, allowed, out);
  if (together.outcome != Comparison::Different || !std::ranges::all_of(group, [&](std::size_t i) { return out[i].equal(); })) return;
  for (const std::size_t i : group) {
    out[i].outcome = Comparison::Undefined;
    out[i].reason = "the gradients agree one by one and not together";
  }
}

/// vech is of symmetric and of lower triangular matrices.
bool readable(const TermPool& pool, const DerivativeQuestion& q) {
  if (q.reading != Reading::Stacked) return true;
  const Attribute a = pool.symbols[q.wrt].attributes;
  return has(a, Attribute::Symmetric) || has(a, Attribute::Spd) || has(a, Attribute::Lower);
}

}  // namespace

Equality derivative_equals(const TermPool& pool, const DerivativeQuestion& question, std::span<const Definition> definitions,
                           const EqualOptions& options) {
  return derivatives_equal(pool, std::span(&question, 1), definitions, options).front();
}

std::vector<Equality> derivatives_equal(const TermPool& pool, std::span<const DerivativeQuestion> questions,
                                        std::span<const Definition> definitions, const EqualOptions& options) {
  std::vector<Equality> out(questions.size());
  // Gradients by different variables of one scalar go together. A let moves by itself and would cut others off: alone.
  std::map<TermId, std::vector<std::size_t>> groups;
  std::set<std::pair<TermId, SymbolId>> taken;
  std::vector<std::size_t> alone;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const DerivativeQuestion& q = questions[i];
    if (!readable(pool, q)) {
      out[i].reason = "vech is taken of a variable that is neither symmetric nor lower triangular";
      continue;
    }
    const bool joins = q.form == DerivativeForm::Gradient && pool.symbols[q.wrt].kind != SymbolKind::Let;
    if (joins && taken.insert({q.of, q.wrt}).second)
      groups[q.of].push_back(i);
    else
      alone.push_back(i);
  }
  for (auto& [of, group] : groups) {
    std::int64_t allowed = kItems;
    const auto judge_group = [&](std::span<const std::size_t> members, bool floats) {
      EqualOptions how = options;
      how.floats = options.floats && floats;
      Equality e = judge_gradients(pool, questions, members, definitions, how);
      allowed -= e.items;
      return e;
    };
    // What is said to be zero has no size that the others could be compared with.
    const auto zeros = std::ranges::stable_partition(group, [&](std::size_t i) {
      const Node& n = pool[questions[i].candidate];
      return n.op != Op::Zeros && !(n.op == Op::Number && n.numbers[0].is_zero());
    });
    const std::size_t rest = group.size() - zeros.size();
    const std::span<const std::size_t> all(group);
    if (rest > 0) halve(judge_group, all.first(rest), false, allowed, out);
    if (rest < group.size()) halve(judge_group, all.subspan(rest), false, allowed, out);
  }
  for (const std::size_t i : alone)
    out[i] = questions[i].form == DerivativeForm::Gradient
                 ? judge_gradients(pool, questions, std::span(&i, 1), definitions, options)
                 : judge_alone(pool, questions[i], definitions, options);
  return out;
}

}  // namespace dvec
