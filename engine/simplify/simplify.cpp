#include "simplify/simplify.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <tuple>
#include <unordered_set>

#include "network/certificate.hpp"
#include "network/convert.hpp"
#include "network/exponential.hpp"
#include "network/structure.hpp"
#include "simplify/cost.hpp"
#include "simplify/extract.hpp"
#include "simplify/orient.hpp"
#include "simplify/scalar_product.hpp"
#include "simplify/signs.hpp"
#include "support/result.hpp"

namespace dvec {

namespace {

constexpr std::size_t kMaxExpandedTerms = 48;
constexpr int kMaxRounds = 6;

/// Operators that bound a region of monomials: what stands under them is simplified by itself.
bool closes_region(const Node& n) {
  switch (n.op) {
    case Op::Apply: case Op::Inverse: case Op::Det: case Op::LogDet: case Op::PowerBy: case Op::Power: case Op::Stop:
      return true;
    default: return false;
  }
}

/// Cost, and a surcharge for what a reader (and a kernel) would rather not meet where an index form avoids it.
std::int64_t choice_cost(const TermPool& pool, TermId term) {
  std::int64_t sum = cost(pool, term);
  for (const TermId t : reachable(pool, term)) {
    const Op op = pool[t].op;
    if (op == Op::Kron || op == Op::Vec || op == Op::Reshape || op == Op::Commutation) sum += 3;
  }
  return 16 * sum + static_cast<std::int64_t>(std::min<std::uint64_t>(pool[term].weight, 1'000'000));
}

/// Terms that could be merged have the same factors: one that has no partner is not cancelled by any other.
bool may_vanish(const Network& network) {
  std::unordered_map<std::size_t, std::size_t> partners;
  std::vector<std::size_t> keys;
  for (const Monomial& m : network.terms) {
    std::size_t key = m.factors.size();
    for (const Factor& f : m.factors) key += (std::size_t{f.atom.value} + 1) * 0x9e3779b97f4a7c15ULL ^ f.exponent.hash();
    keys.push_back(key);
    ++partners[key];
  }
  return std::ranges::all_of(keys, [&](std::size_t key) { return partners.at(key) > 1; });
}

/// Does some factor stand in a sum by itself: sum(A,1), and not (A.*B)'1? Only then may putting in what it stands for show that
/// the sum is zero.
bool sums_alone(const Network& network) {
  return std::ranges::any_of(network.terms, [](const Monomial& m) {
    std::unordered_map<Index, int> count;
    for (const Factor& f : m.factors)
      for (const IndexList* list : {&f.rows, &f.cols})
        for (const Index i : *list) ++count[i];
    return std::ranges::any_of(m.bound, [&](Index i) { return count[i] == 1; });
  });
}

bool is_one(const Monomial& m) {
  return m.coefficient.is_one() && m.sizes.empty() && m.factors.empty() && m.equal.empty() && m.bound.empty();
}

bool is_sum(const Node& n) { return n.op == Op::Sum && n.args.size() > 1; }

/// Is a product the argument of a function or a determinant in the term? Then answers hold the function of its normal form.
bool simplifies_inside(const TermPool& pool, TermId term) {
  constexpr std::uint64_t kLargest = 200;
  if (pool[term].weight > kLargest) return false;
  return std::ranges::any_of(reachable(pool, term), [&](TermId t) {
    const Node& n = pool[t];
    return (n.op == Op::Apply || n.op == Op::Det || n.op == Op::LogDet) &&
           std::ranges::any_of(reachable(pool, n.args[0]), [&](TermId a) { return pool[a].op == Op::MatMul; });
  });
}

/// Of two readings of one cost: the one with less text, then the one that comes first.
bool goes_before(const TermPool& pool, TermId a, TermId b) {
  if (pool[a].weight != pool[b].weight) return pool[a].weight < pool[b].weight;
  return pool.compare(a, b) < 0;
}

/// X-M, X'+A: a sum as somebody would write it down, with nothing to gain from distributing over it.
bool is_plain_sum(const TermPool& pool, TermId sum) {
  return std::ranges::all_of(pool[sum].args, [&](TermId a) { return is_leaf(pool[pool[a].op == Op::Transpose ? pool[a].args[0] : a].op); });
}

/// L = C./v or C/s: C and L.*v or s*L. Only divisors move across. Nothing where there is no divisor, or more than one factor
/// that is none.
std::optional<std::pair<TermId, TermId>> solved_for_dividend(TermPool& pool, TermId value, TermId name) {
  if (pool[value].op != Op::Hadamard && pool[value].op != Op::Scale) return std::nullopt;
  TermId dividend, scalars = pool.number(1);
  std::vector<TermId> solved{name};
  const auto take = [&](auto& self, TermId t) -> bool {
    const Node n = pool[t];
    if (n.op == Op::Hadamard || n.op == Op::Scale) return std::ranges::all_of(n.args, [&](TermId a) { return self(self, a); });
    if (n.op == Op::Power && n.numbers[0].is_negative()) {
      const TermId divisor = pool.power(n.args[0], -n.numbers[0]);
      if (pool.is_scalar(t) && !pool.is_scalar(value))
        scalars = pool.hadamard(scalars, divisor);
      else
        solved.push_back(divisor);
      return true;
    }
    if (dividend.valid() || pool.shape(t) != pool.shape(value)) return false;
    dividend = t;
    return true;
  };
  if (!take(take, value) || !dividend.valid()) return std::nullopt;
  return std::pair(dividend, pool.scale(scalars, pool.hadamard(solved)));
}

/// Sums in the term that are multiples of each other, all to be read as the one that has the most positive terms.
std::unordered_map<TermId, std::pair<TermId, Rational>> multiples_of_sums(TermPool& pool, TermId term) {
  std::unordered_map<TermId, std::vector<TermId>> alike;  // by the sum whose first coefficient is 1
  std::vector<TermId> order;
  for (const TermId t : reachable(pool, term)) {
    if (!is_sum(pool[t]) || t == term) continue;
    const TermId monic = multiplied_through(pool, pool[t].numbers[0].inverse(), t);
    if (alike[monic].empty()) order.push_back(monic);
    alike[monic].push_back(t);
  }
  std::unordered_map<TermId, std::pair<TermId, Rational>> out;
  for (const TermId monic : order) {
    std::vector<TermId>& sums = alike[monic];
    const auto negatives = [&](TermId t) { return std::ranges::count_if(pool[t].numbers, [](const Rational& c) { return c.is_negative(); }); };
    const auto key = [&](TermId t) { return std::tuple(cost(pool, t), negatives(t), pool[t].numbers[0].is_negative()); };
    const TermId kept = *std::ranges::min_element(sums, [&](TermId a, TermId b) { return key(a) < key(b); });
    for (const TermId t : sums)
      if (t != kept) out[t] = {kept, pool[t].numbers[0] / pool[kept].numbers[0]};
  }
  return out;
}

}  // namespace

Simplifier::Simplifier(TermPool& pool, std::span<const Binding> lets)
    : pool_(pool), properties_(pool, definitions_),
      inverses_(pool, properties_, definitions_, [this](TermId t) { return folded(t); }), runs_(pool, properties_) {
  for (const Binding& b : lets) define(b);
}

void Simplifier::look_for(std::span<const SymbolId> names) {
  for (const SymbolId s : names) {
    const TermId name = pool_.symbol(s);
    const auto known = definitions_.find(name);
    if (known == definitions_.end()) continue;
    const TermId value = known->second;
    const auto named = names_.find(value);
    if (named == names_.end() || named->second != name) continue;
    names_.erase(named);  // what the value is called otherwise
    if (simplifies_inside(pool_, value)) {
      const TermId simple = simplify(value);
      recognise(simple, name);
      runs_.define(name, simple);
    }
    inverses_.define(name);
    // Inverses in a name's value may be met in another form.
    for (const TermId t : inverses_.alternatives(value)) names_.emplace(t, name);
    names_[value] = name;
    runs_.define(name, value);
  }
  forget_forms();
}

void Simplifier::define(const Binding& line) {
  const TermId name = pool_.symbol(line.name);
  definitions_[name] = line.value;
  recognise(line.value, name);
}

void Simplifier::recognise(TermId value, TermId name) {
  const Node n = pool_[value];
  if (is_leaf(n.op)) return;
  names_.emplace(value, name);
  if (n.op == Op::Power) {
    roots_.emplace(n.args[0], name);
    root_power_.emplace(n.args[0], n.numbers[0]);
  }
  if (const auto solved = solved_for_dividend(pool_, value, name)) {
    const TermId product = fold_names(solved->second);
    if (inverse_names_.emplace(solved->first, product).second)
      for (const TermId t : reachable(pool_, product))
        if (pool_[t].op == Op::Symbol) mentioned_[t].push_back(solved->first);
  }
  forget_forms();
}

void Simplifier::forget(const Binding& line) {
  const TermId name = pool_.symbol(line.name);
  const auto known = definitions_.find(name);
  if (known == definitions_.end()) return;
  const TermId value = known->second;
  definitions_.erase(known);
  const auto erase = [name](TermMap& from, TermId key) {
    const auto at = from.find(key);
    if (at != from.end() && at->second == name) from.erase(at);
  };
  erase(names_, value);
  runs_.forget(name, value);
  inverses_.forget(name);
  if (pool_[value].op == Op::Power) erase(roots_, pool_[value].args[0]);
  if (const auto keys = mentioned_.find(name); keys != mentioned_.end()) {
    for (const TermId key : keys->second) inverse_names_.erase(key);
    mentioned_.erase(keys);
  }
  forget_forms();
}

/// Values of lets become their names again, roots and powers of what a name is a root of become powers of the name.
TermId Simplifier::fold_names(TermId term) {
  if (const auto whole = names_.find(term); whole != names_.end()) return whole->second;
  TermMap done;
  for (const TermId t : reachable(pool_, term)) {
    if (const auto named = names_.find(t); named != names_.end()) {
      done[t] = named->second;
      continue;
    }
    const Node n = pool_[t];
    if (n.op == Op::Power) {
      if (const auto root = roots_.find(n.args[0]); root != roots_.end()) {
        // L = X^p: X^q is L^(q/p) for whole q/p, or where X cannot be negative: under a square root.
        const Rational p = root_power_.at(n.args[0]), power = n.numbers[0] / p;
        if (power.is_integer() || (!p.is_integer() && (p + p).is_integer())) {
          done[t] = pool_.power(root->second, power);
          continue;
        }
      }
    }
    std::vector<TermId> args;
    for (const TermId a : n.args) args.push_back(done.at(a));
    const TermId rebuilt = pool_.rebuild(t, args);
    const auto named = names_.find(rebuilt);
    done[t] = named != names_.end() ? named->second : rebuilt;
  }
  return done.at(term);
}

TermId Simplifier::folded(TermId term) { return fold_names(runs_.fold(fold_names(term))); }

TermId Simplifier::simplify(TermId term, Steps* steps) {
  const auto note = [&](TermId before, TermId after) {
    if (steps && before != after) steps->emplace_back(before, after);
  };
  const TermId start = fold_names(term);
  note(term, start);
  // Tops of regions, bottom up.
  const std::vector<TermId> nodes = reachable(pool_, start);
  std::unordered_set<TermId> tops{start};
  for (const TermId t : nodes) {
    const Node& n = pool_[t];
    if (is_sum(n)) tops.insert(t);
    if (closes_region(n)) tops.insert(n.args.begin(), n.args.end());
  }
  TermMap done;
  for (const TermId t : nodes) {
    std::vector<TermId> args;
    for (const TermId a : pool_[t].args) args.push_back(done.at(a));
    TermId rebuilt = pool_.rebuild(t, args);
    const TermId plain = by_structure(pool_, properties_, rebuilt);
    note(rebuilt, plain);
    rebuilt = plain;
    if (tops.contains(t)) {
      const TermId normal = normal_form(rebuilt);
      if (const auto way = ways_.find(rebuilt); way != ways_.end() && steps)
        for (const TermId next : way->second) {
          note(rebuilt, next);
          rebuilt = next;
        }
      note(rebuilt, normal);
      rebuilt = normal;
    }
    const auto named = names_.find(rebuilt);
    done[t] = named != names_.end() ? named->second : rebuilt;
    note(rebuilt, done[t]);
  }
  const auto symmetric = [this](TermId t) { return properties_.symmetric(t); };
  const TermId out = absorb_signs(pool_, orient(pool_, done.at(start), symmetric));
  note(done.at(start), out);
  return out;
}

/// Readings that differ: without sums inside there is one way to distribute, without the definition of a name no other name.
std::vector<Simplifier::Reading> Simplifier::readings(TermId term) const {
  bool sums = false, plain = false, built = false, named = false, named_sums = false;
  std::unordered_set<TermId> below, divisors;
  for (const TermId t : reachable(pool_, term)) {
    const Node& n = pool_[t];
    const auto by_name = inverse_names_.find(t);
    if (is_sum(n) && t != term) {
      sums = true;
      named_sums = named_sums || by_name == inverse_names_.end();
      below.insert(t);
      (is_plain_sum(pool_, t) ? plain : built) = true;
    }
    if (n.op == Op::Power && n.numbers[0].is_negative()) divisors.insert(n.args[0]);
    if (by_name == inverse_names_.end()) continue;
    named = true;
    named_sums = named_sums || std::ranges::any_of(reachable(pool_, by_name->second), [&](TermId u) { return is_sum(pool_[u]); });
  }
  const bool divided = std::ranges::any_of(divisors, [&](TermId t) { return below.contains(t); });
  std::vector<Reading> out;
  const auto add = [&](bool names, bool inside) {
    out.push_back({Expand::Top, names});
    if (inside && plain && built && !names) out.push_back({Expand::Built, names});
    if (inside) out.push_back({Expand::Sums, names});
    if (inside && divided) out.push_back({Expand::All, names});
  };
  add(false, sums);
  if (named) add(true, named_sums);
  return out;
}

TermId Simplifier::normal_form(TermId term) {
  if (is_leaf(pool_[term].op)) return term;
  if (const auto known = memo_.find(term); known != memo_.end()) return known->second;
  TermId best = term;
  std::int64_t best_cost = std::numeric_limits<std::int64_t>::max();  // how the term was written is no candidate
  const auto consider = [&](TermId t, bool by_inverses = false) {
    if (!t.valid()) return;
    t = folded(t);
    const std::int64_t c = choice_cost(pool_, t);
    const auto inside = [&](TermId u) { return inverses_.written_out_cost(u); };
    const bool tie = c == best_cost && t != best;
    const bool shorter_inside = tie && by_inverses && inside(t) < inside(best);
    const bool earlier = tie && goes_before(pool_, t, best) && inside(t) <= inside(best);
    if (c < best_cost || shorter_inside || earlier) {
      best = t;
      best_cost = c;
    }
  };
  // What an expansion has uncovered may fold further: again, while it gets shorter. Inverses are moved when it does not.
  for (int round = 0; round < kMaxRounds; ++round) {
    const TermId start = best;
    for (const Reading reading : readings(start)) consider(candidate(start, reading));
    if (best != start && best != term) continue;
    const TermId read = best;
    for (const TermId t : inverses_.alternatives(read)) {
      consider(t, true);
      consider(sums_inside(candidate(t, {Expand::Top, false})), true);
    }
    if (best == read) break;
    // A step by inverses is seen as one when it stands alone.
    if (read != term) ways_[term].push_back(read);
  }
  memo_[term] = best;
  return best;
}

/// The term with the sums below its top in normal form: those that moving an inverse has made, not those that are made by
/// moving inverses in them.
TermId Simplifier::sums_inside(TermId term) {
  if (!term.valid() || inside_) return term;
  inside_ = true;
  std::vector<TermId> args(pool_[term].args.begin(), pool_[term].args.end());
  for (TermId& a : args) a = transform(pool_, a, [this](TermId t) { return is_sum(pool_[t]) ? normal_form(t) : t; });
  inside_ = false;
  return pool_.rebuild(term, args);
}

/// One reading of the term: its own sum (or all sums inside) distributed, put into normal form, factored again.
TermId Simplifier::candidate(TermId term, Reading reading) {
  const Expand expand = reading.expand;
  IndexSpace space(pool_.dims);
  const Shape shape = pool_.shape(term);
  ConvertOptions options;
  // A sum that the term also divides by is better left whole: (1-s)/(1-s) cancels.
  std::unordered_set<TermId> divisors;
  if (expand == Expand::Sums)
    for (const TermId t : reachable(pool_, term))
      if (pool_[t].op == Op::Power && pool_[t].numbers[0].is_negative()) divisors.insert(pool_[t].args[0]);
  options.expand = [&](TermId t) {
    switch (expand) {
      case Expand::Top: return t == term;
      case Expand::Built: return t == term || !is_plain_sum(pool_, t);
      case Expand::Sums: return t == term || !divisors.contains(t);
      case Expand::All: return true;
    }
    throw Bug("unknown reading");
  };
  options.definitions = reading.names ? &inverse_names_ : nullptr;
  options.multiples = multiples_of_sums(pool_, term);
  options.max_terms = kMaxExpandedTerms;
  options.symmetric = [this](TermId t) { return properties_.symmetric(t); };
  options.nonnegative = [this](TermId t) { return properties_.nonnegative(t); };
  options.names = &definitions_;
  options.sums_to_zero = [this](TermId t, bool rows) { return sum_of(t, rows) == SumIs::Zero; };
  options.sums_to_one = [this](TermId t, bool rows) { return sum_of(t, rows) == SumIs::One; };
  const IndexList rows = space.fresh_list(shape.rows), cols = space.fresh_list(shape.cols);
  try {
    auto network = to_network(pool_, space, term, rows, cols, options);
    if (!network) return {};
    normalise(pool_, space, *network, options);
    collect(space, *network, structural_names(pool_, *network), options.symmetric);
    fold_softmax(pool_, *network, &definitions_);
    TermId t = Extractor(pool_, space, options.symmetric).extract(*network, shape);
    return t.valid() ? absorb_signs(pool_, orient(pool_, t, options.symmetric)) : t;
  } catch (const LimitReached&) {
    return {};
  }
}

/// Definitions of the names in a term, and of the names in those, to a depth: what centring takes (Zhat of Z and mu, mu of Z),
/// and not the whole of a deep program.
TermMap Simplifier::definitions_near(TermId term) const {
  constexpr int kLevels = 3;
  TermMap out;
  std::vector<TermId> level{term};
  for (int depth = 0; depth < kLevels && !level.empty(); ++depth) {
    std::vector<TermId> next;
    for (const TermId t : reachable(pool_, level))
      if (pool_[t].op == Op::Symbol)
        if (const auto known = definitions_.find(t); known != definitions_.end() && out.insert(*known).second) next.push_back(known->second);
    level = std::move(next);
  }
  return out;
}

/// What 1'A (or A1) is once the definitions of names are put in: zeros for centred data and whatever is built on it, ones
/// for a softmax.
auto Simplifier::sum_of(TermId atom, bool rows) -> SumIs {
  const Shape shape = pool_.shape(atom);
  const Dim one = pool_.dims.one();
  if ((rows ? shape.rows : shape.cols) == one || sum_depth_ > 3) return SumIs::Unknown;
  const bool known_atom = definitions_.contains(atom) || is_sum(pool_[atom]);
  if (!known_atom) return SumIs::Unknown;
  const std::uint64_t key = (std::uint64_t{atom.value} << 1U) | (rows ? 1U : 0U);
  if (const auto known = sum_memo_.find(key); known != sum_memo_.end())
    if (known->second.is != SumIs::Unknown || known->second.depth <= sum_depth_) return known->second.is;
  ++sum_depth_;
  SumIs is = SumIs::Unknown;
  for (const bool unfold_inside : {false, true}) {
    IndexSpace space(pool_.dims);
    ConvertOptions options;
    const auto defined = definitions_.find(atom);
    const TermId body = defined != definitions_.end() ? defined->second : atom;
    const TermId sums = rows ? pool_.column_sums(body) : pool_.row_sums(body);
    options.expand = [](TermId) { return true; };
    options.max_terms = kMaxExpandedTerms;
    options.names = &definitions_;
    const TermMap near = unfold_inside ? definitions_near(body) : TermMap();
    if (unfold_inside) options.definitions = &near;
    options.symmetric = [this](TermId t) { return properties_.symmetric(t); };
    options.nonnegative = [this](TermId t) { return properties_.nonnegative(t); };
    if (!unfold_inside) {
      options.expand = [body](TermId t) { return t == body; };
      options.sums_to_zero = [this](TermId t, bool r) { return sum_of(t, r) == SumIs::Zero; };
      options.sums_to_one = [this](TermId t, bool r) { return sum_of(t, r) == SumIs::One; };
    }
    const IndexList r = space.fresh_list(pool_.shape(sums).rows), c = space.fresh_list(pool_.shape(sums).cols);
    try {
      auto network = to_network(pool_, space, sums, r, c, options);
      if (!network) continue;
      normalise(pool_, space, *network, options);
      if (network->terms.size() == 1 && is_one(network->terms[0])) {
        is = SumIs::One;
        break;
      }
      if (!unfold_inside && !network->terms.empty() && !sums_alone(*network)) break;
      if (!may_vanish(*network)) continue;
      collect(space, *network, structural_names(pool_, *network), options.symmetric);
      if (network->terms.empty()) is = SumIs::Zero;
      if (network->terms.size() == 1 && is_one(network->terms[0])) is = SumIs::One;
    } catch (const LimitReached&) {
      continue;
    }
    if (is != SumIs::Unknown) break;
  }
  --sum_depth_;
  sum_memo_[key] = {is, sum_depth_};
  return is;
}

}  // namespace dvec
