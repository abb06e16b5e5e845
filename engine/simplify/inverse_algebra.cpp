#include "simplify/inverse_algebra.hpp"

#include <algorithm>
#include <array>

#include "simplify/cost.hpp"

namespace dvec {

namespace {

constexpr std::size_t kMaxStates = 40, kMaxFound = 3;
constexpr std::uint64_t kMaxWeight = 300;  ///< nodes of a term that is looked at
constexpr std::size_t kMaxSteps = 24;      ///< uses of one rule
constexpr std::size_t kMaxFactored = 12;   ///< words of a sum in which products of sums are looked for
constexpr std::size_t kMaxNamedWords = 6;  ///< of the value of a name that is looked for

bool joins_words(Op op) {
  return op == Op::MatMul || op == Op::Sum || op == Op::Scale || op == Op::Transpose || op == Op::Hadamard;
}

Word without(const Word& word, std::size_t from, std::size_t to, std::span<const TermId> instead) {
  Word w{word.scalars, {word.letters.begin(), word.letters.begin() + static_cast<std::ptrdiff_t>(from)}};
  w.letters.insert(w.letters.end(), instead.begin(), instead.end());
  w.letters.insert(w.letters.end(), word.letters.begin() + static_cast<std::ptrdiff_t>(to), word.letters.end());
  return w;
}

std::vector<TermId> part(const Word& word, std::size_t from, std::size_t to) {
  return {word.letters.begin() + static_cast<std::ptrdiff_t>(from), word.letters.begin() + static_cast<std::ptrdiff_t>(to)};
}

}  // namespace

/// Is something inverted in the term, or in the definition of a name that occurs?
bool InverseAlgebra::inverts(TermId term) {
  if (const auto known = inverting_.find(term); known != inverting_.end()) return known->second;
  bool found = false;
  for (const TermId t : reachable(pool_, term)) {
    if (pool_[t].op == Op::Inverse) found = true;
    if (t == term || pool_[t].op != Op::Symbol) continue;
    if (const auto value = definitions_.find(t); value != definitions_.end()) {
      const auto known = inverting_.find(t);
      found = found || (known != inverting_.end() ? known->second : (inverting_[t] = inverts(value->second)));
    }
  }
  if (const auto value = definitions_.find(term); value != definitions_.end()) found = found || inverts(value->second);
  return inverting_[term] = found;
}

void InverseAlgebra::define(TermId name) {
  inverting_.erase(name);
  if (!inverts(name) || pool_.is_scalar(name)) return;
  const TermId value = with_inverting_names_put_in(definitions_.at(name));
  if (!value.valid()) return;
  const auto sum = words_.words(value, Distribute::AllSums);
  if (!sum || sum->size() < 2 || sum->size() > kMaxNamedWords) return;
  const auto longest = std::max_element(sum->begin(), sum->end(), [this](const auto& a, const auto& b) {
    if (a.first.letters.size() != b.first.letters.size()) return a.first.letters.size() < b.first.letters.size();
    return std::ranges::lexicographical_compare(a.first.letters, b.first.letters, [this](TermId x, TermId y) { return pool_.compare(x, y) < 0; });
  });
  std::vector<WordRule> rules;
  for (const bool turned : {false, true}) {
    const WordSum s = turned ? words_.flipped(*sum) : *sum;
    const WordSum lead = turned ? words_.flipped({*longest}) : WordSum{*longest};
    const TermId letter = turned ? words_.flipped(name) : name;
    const auto& [word, c] = *lead.begin();
    if (!word.scalars.empty() || word.letters.size() < 2) return;
    WordRule rule{word.letters, {}};
    WordAlgebra::add(rule.rest, Word{{}, {letter}}, c.inverse());
    for (const auto& [w, d] : s)
      if (w != word) WordAlgebra::add(rule.rest, w, -d / c);
    if (rules.empty() || rules.front().lead != rule.lead) rules.push_back(std::move(rule));
  }
  named_.emplace_back(name, std::move(rules));
}

void InverseAlgebra::forget(TermId name) {
  std::erase_if(named_, [name](const auto& n) { return n.first == name; });
}

std::int64_t InverseAlgebra::written_out_cost(TermId term) {
  const TermId whole = with_inverting_names_put_in(term);
  return cost(pool_, whole.valid() ? whole : term);
}

TermId InverseAlgebra::with_inverting_names_put_in(TermId term) {
  constexpr int kMaxDepth = 8;
  for (int depth = 0; depth < kMaxDepth; ++depth) {
    TermMap by;
    for (const SymbolId s : symbols_of(pool_, term)) {
      const TermId name = pool_.symbol(s);
      if (const auto value = definitions_.find(name); value != definitions_.end() && inverts(name)) by[name] = value->second;
    }
    if (by.empty()) return term;
    term = substitute(pool_, term, by);
    if (pool_[term].weight > kMaxWeight) return {};
  }
  return {};
}

std::vector<TermId> InverseAlgebra::alternatives(TermId term) {
  std::vector<TermId> out;
  if (pool_[term].weight > kMaxWeight || !inverts(term)) return out;
  words_.learn_diagonals(term);
  rewrite(term, out);
  const TermId whole = with_inverting_names_put_in(term);
  if (whole.valid() && whole != term) {
    words_.learn_diagonals(whole);
    rewrite(whole, out);
  }
  const TermId known = whole.valid() ? whole : term;
  std::erase_if(out, [&](TermId t) { return inverts_other_sizes(t, known); });
  return out;
}

/// Alternatives of the largest products and sums in the term, each put in its place.
void InverseAlgebra::rewrite(TermId term, std::vector<TermId>& out) {
  std::set<TermId> roots;
  for (const TermId t : reachable(pool_, term)) {
    const Node n = pool_[t];
    if (t == term && joins_words(n.op)) roots.insert(t);
    if (joins_words(n.op) || n.op == Op::Inverse) continue;
    for (const TermId a : n.args)
      if (joins_words(pool_[a].op)) roots.insert(a);
  }
  for (const TermId t : roots) {
    if (!inverts(t)) continue;
    for (const TermId found : shortest(t)) out.push_back(t == term ? found : substitute(pool_, term, {{t, found}}));
  }
}

/// Best-first over the moves, by the cost of the term that the words make.
std::vector<TermId> InverseAlgebra::shortest(TermId term) {
  const Shape shape = pool_.shape(term);
  struct State {
    std::int64_t cost;
    std::size_t number;
    WordSum sum;
    bool operator<(const State& other) const { return std::tie(cost, number) < std::tie(other.cost, other.number); }
  };
  std::set<State> open;
  std::set<WordSum> seen;
  std::vector<std::pair<std::int64_t, TermId>> found;
  std::size_t number = 0;
  const auto meet = [&](WordSum sum, bool start) {
    if (!seen.insert(sum).second) return;
    const TermId t = folded_(words_.term(sum, shape));
    const std::int64_t c = cost(pool_, t);
    if (!start) found.emplace_back(c, t);
    open.insert({c, number++, std::move(sum)});
  };
  for (const Distribute how : {Distribute::TopSum, Distribute::AllSums})
    if (auto sum = words_.words(term, how)) meet(std::move(*sum), true);
  std::size_t visited = 0;
  while (!open.empty() && visited++ < kMaxStates) {
    const WordSum sum = open.begin()->sum;
    open.erase(open.begin());
    std::vector<WordSum> next;
    moves(sum, next);
    for (WordSum& s : next) meet(std::move(s), false);
  }
  std::ranges::stable_sort(found, {}, [](const auto& x) { return x.first; });
  std::vector<TermId> out;
  for (const auto& [c, t] : found)
    if (t != term && std::ranges::find(out, t) == out.end() && out.size() < kMaxFound) out.push_back(t);
  return out;
}

void InverseAlgebra::moves(const WordSum& sum, std::vector<WordSum>& out) {
  use_definitions_of_inverses(sum, out);
  use_names(sum, out);
  take_in_neighbours(sum, out);
  push_through(sum, out);
  gather(sum, out);
  factor(sum, out);
}

/// Is the letter known to be nonsingular, or inverted already: may its inverse be written without narrowing where the
/// whole is defined?
bool InverseAlgebra::may_be_inverted(TermId letter, const WordSum& sum) {
  const TermId bare = pool_[letter].op == Op::Transpose ? pool_[letter].args[0] : letter;
  if (pool_.shape(bare).rows != pool_.shape(bare).cols) return false;
  if (words_.properties().nonsingular(bare)) return true;
  const TermId inverse = pool_.inverse(bare);
  for (const auto& [word, c] : sum)
    for (const TermId l : word.letters)
      if (std::ranges::binary_search(reachable(pool_, l), inverse)) return true;
  return false;
}

/// inv(S)*S = I with each word of S as the one that is replaced.
void InverseAlgebra::use_definitions_of_inverses(const WordSum& sum, std::vector<WordSum>& out) {
  std::set<TermId> letters;
  for (const auto& [word, c] : sum) letters.insert(word.letters.begin(), word.letters.end());
  for (const TermId l : letters)
    for (const Distribute how : {Distribute::TopSum, Distribute::AllSums}) {
      const auto inside = words_.inverted(l, how);
      if (!inside) continue;
      for (const auto& [lead, c] : *inside) {
        if (lead.letters.empty()) continue;
        auto next = reduced(sum, rules_of_inverse(l, *inside, lead), kMaxSteps);
        if (next && *next != sum) out.push_back(std::move(*next));
      }
    }
}

void InverseAlgebra::use_names(const WordSum& sum, std::vector<WordSum>& out) {
  for (const auto& [name, rules] : named_) {
    auto next = reduced(sum, rules, kMaxSteps);
    if (next && *next != sum) out.push_back(std::move(*next));
  }
}

/// inv(Y)*inv(S) = inv(S*Y), and X*inv(S) = inv(S*inv(X)) where X is inverted in S; on the other side likewise.
void InverseAlgebra::take_in_neighbours(const WordSum& sum, std::vector<WordSum>& out) {
  for (const auto& [word, c] : sum)
    for (std::size_t i = 0; i + 1 < word.letters.size(); ++i)
      for (const bool left : {true, false}) {
        const TermId x = word.letters[left ? i : i + 1], w = word.letters[left ? i + 1 : i];
        if (pool_.shape(x) != pool_.shape(w) || x == w) continue;
        const auto inside = words_.inverted(w, Distribute::AllSums);
        if (!inside || inside->size() < 2) continue;
        const auto other = words_.inverse({{Word{{}, {x}}, Rational(1)}}, pool_.shape(x).rows, Distribute::TopSum);
        if (!other || other->size() != 1 || other->begin()->first.letters.size() != 1) continue;
        const TermId y = other->begin()->first.letters[0];
        const bool mixed = std::ranges::any_of(*inside, [&](const auto& v) {
          return std::ranges::find(v.first.letters, y) != v.first.letters.end() || std::ranges::find(v.first.letters, x) != v.first.letters.end();
        });
        if ((!mixed && pool_[x].op != Op::Inverse) || !may_be_inverted(x, sum)) continue;
        auto grown = left ? words_.product(*inside, *other) : words_.product(*other, *inside);
        const WordRule cancel[] = {{{x, y}, {{Word{}, Rational(1)}}}, {{y, x}, {{Word{}, Rational(1)}}}};
        if (grown) grown = reduced(*grown, cancel);
        if (!grown) continue;
        const TermId taken = pool_.inverse(words_.term(*grown, pool_.shape(w)));
        WordSum next = sum;
        next.erase(word);
        WordAlgebra::add(next, without(word, i, i + 2, std::array{taken}), c);
        out.push_back(std::move(next));
      }
}

/// u*inv(d*I + q*u) = inv(d*I + u*q)*u, and the other way round.
void InverseAlgebra::push_through(const WordSum& sum, std::vector<WordSum>& out) {
  for (const auto& [word, c] : sum)
    for (std::size_t i = 0; i < word.letters.size(); ++i) {
      const auto inside = words_.inverted(word.letters[i], Distribute::AllSums);
      if (!inside || inside->size() < 2 || std::ranges::none_of(*inside, [](const auto& v) { return v.first.letters.empty(); })) continue;
      for (const bool left : {true, false})
        for (std::size_t k = 1; left ? k <= i : i + k < word.letters.size(); ++k) {
          const std::vector<TermId> u = left ? part(word, i - k, i) : part(word, i + 1, i + 1 + k);
          const Dim n = left ? pool_.shape(u.front()).rows : pool_.shape(u.back()).cols;
          WordSum turned;
          bool fits = true;
          for (const auto& [v, d] : *inside) {
            if (v.letters.empty()) {
              WordAlgebra::add(turned, v, d);
              continue;
            }
            const std::size_t size = v.letters.size();
            fits = fits && size >= k && std::equal(u.begin(), u.end(), v.letters.begin() + static_cast<std::ptrdiff_t>(left ? size - k : 0));
            if (!fits) break;
            Word moved{v.scalars, {}};
            const std::vector<TermId> q = left ? part(v, 0, size - k) : part(v, k, size);
            if (left) moved.letters = u;
            moved.letters.insert(moved.letters.end(), q.begin(), q.end());
            if (!left) moved.letters.insert(moved.letters.end(), u.begin(), u.end());
            WordAlgebra::add(turned, moved, d);
          }
          if (!fits || pool_.is_scalar({n, n})) continue;
          std::vector<TermId> instead = u;
          instead.insert(left ? instead.begin() : instead.end(), pool_.inverse(words_.term(turned, {n, n})));
          WordSum next = sum;
          next.erase(word);
          WordAlgebra::add(next, left ? without(word, i - k, i + 1, instead) : without(word, i, i + 1 + k, instead), c);
          out.push_back(std::move(next));
        }
    }
}

/// P*D*Q - c*P*D*U*inv(E + c*V*D*U)*V*D*Q = P*inv(inv(D) + c*U*inv(E)*V)*Q, D a letter or the identity.
void InverseAlgebra::gather(const WordSum& sum, std::vector<WordSum>& out) {
  for (const auto& [word, c] : sum)
    for (std::size_t i = 1; i + 1 < word.letters.size(); ++i) {
      const auto inside = words_.inverted(word.letters[i], Distribute::AllSums);
      if (!inside || inside->size() < 2) continue;
      for (std::size_t l = 0; l < i; ++l)
        for (std::size_t r = i + 1; r < word.letters.size(); ++r)
          for (const bool unit : {false, true}) {
            // D at l and at r; without D, U starts at l and V ends at r.
            const TermId d = word.letters[l];
            if (!unit && (word.letters[r] != d || l + 1 == i || r == i + 1)) continue;
            const std::vector<TermId> u = part(word, unit ? l : l + 1, i), v = part(word, i + 1, unit ? r + 1 : r);
            Word middle{{}, v};
            if (!unit) middle.letters.push_back(d);
            middle.letters.insert(middle.letters.end(), u.begin(), u.end());
            const auto at = inside->find(middle);
            if (at == inside->end()) continue;
            const Dim n = unit ? pool_.shape(u.front()).rows : pool_.shape(d).rows;
            if (unit ? pool_.shape(v.back()).cols != n : pool_.shape(d).cols != n) continue;
            Word alone = without(word, l, r + 1, {});
            if (!unit) alone = without(word, l, r + 1, std::array{d});
            const auto first = sum.find(alone);
            if (first == sum.end() || c != -(at->second * first->second)) continue;
            WordSum e = *inside;
            e.erase(middle);
            const auto e_inverse = words_.inverse(e, pool_.shape(word.letters[i]).rows, Distribute::TopSum);
            const auto d_inverse = unit ? std::optional<WordSum>(WordSum{{Word{}, Rational(1)}})
                                        : words_.inverse({{Word{{}, {d}}, Rational(1)}}, n, Distribute::AllSums);
            if (!e_inverse || !d_inverse) continue;
            const bool defined = std::ranges::all_of(e, [&](const auto& x) {
              return std::ranges::all_of(x.first.letters, [&](TermId t) { return may_be_inverted(t, sum); });
            }) && (e.size() == 1 || words_.properties().nonsingular(words_.term(e, pool_.shape(word.letters[i]))));
            if (!defined || (!unit && !may_be_inverted(d, sum))) continue;
            const auto ue = words_.product({{Word{{}, u}, at->second}}, *e_inverse);
            const auto uev = ue ? words_.product(*ue, {{Word{{}, v}, Rational(1)}}) : std::nullopt;
            if (!uev) continue;
            WordSum whole = *d_inverse;
            WordAlgebra::add(whole, *uev, Rational(1));
            WordSum next = sum;
            next.erase(word);
            next.erase(alone);
            WordAlgebra::add(next, without(word, l, r + 1, std::array{pool_.inverse(words_.term(whole, {n, n}))}), first->second);
            out.push_back(std::move(next));
          }
    }
}

/// (a + b)*(c + d), found from a*c, a*d, b*c and b*d. (a + b)' where the right factor is its transpose.
void InverseAlgebra::factor(const WordSum& sum, std::vector<WordSum>& out) {
  if (sum.size() < 4 || sum.size() > kMaxFactored) return;
  const auto starts = [](const Word& w, const std::vector<TermId>& with) {
    return w.letters.size() >= with.size() && std::equal(with.begin(), with.end(), w.letters.begin());
  };
  const auto ends = [](const Word& w, const std::vector<TermId>& with) {
    return w.letters.size() >= with.size() && std::equal(with.rbegin(), with.rend(), w.letters.rbegin());
  };
  for (const auto& [ac, c1] : sum)
    for (std::size_t cut = 0; cut <= ac.letters.size(); ++cut) {
      const std::vector<TermId> a = part(ac, 0, cut), c = part(ac, cut, ac.letters.size());
      for (const auto& [ad, c2] : sum) {
        if (ad == ac || ad.scalars != ac.scalars || !starts(ad, a)) continue;
        const std::vector<TermId> d = part(ad, cut, ad.letters.size());
        for (const auto& [bc, c3] : sum) {
          if (bc == ac || bc == ad || bc.scalars != ac.scalars || !ends(bc, c)) continue;
          const std::vector<TermId> b = part(bc, 0, bc.letters.size() - c.size());
          Word bd{ac.scalars, b};
          bd.letters.insert(bd.letters.end(), d.begin(), d.end());
          const auto last = sum.find(bd);
          if (last == sum.end() || bd == ac || last->second != c2 * c3 / c1) continue;
          // (I - M) rather than (M - I): the one with the other sign is met as well.
          if ((b.empty() && (c3 / c1).is_negative()) || (d.empty() && (c2 / c1).is_negative())) continue;
          const auto rows = [&](const std::vector<TermId>& x, const std::vector<TermId>& y) {
            return x.empty() ? (y.empty() ? Dim() : pool_.shape(y.front()).rows) : pool_.shape(x.front()).rows;
          };
          const auto cols = [&](const std::vector<TermId>& x, const std::vector<TermId>& y) {
            return x.empty() ? (y.empty() ? Dim() : pool_.shape(y.back()).cols) : pool_.shape(x.back()).cols;
          };
          const Dim inner = c.empty() && d.empty() ? cols(a, b) : rows(c, d);
          const Shape left_shape{a.empty() && b.empty() ? inner : rows(a, b), a.empty() && b.empty() ? inner : cols(a, b)};
          const Shape right_shape{inner, cols(c, d).valid() ? cols(c, d) : inner};
          const WordSum right{{Word{{}, c}, Rational(1)}, {Word{{}, d}, c2 / c1}};
          const WordSum left{{Word{{}, a}, Rational(1)}, {Word{{}, b}, c3 / c1}};
          if (left.size() < 2 || right.size() < 2) continue;
          const TermId q = words_.term(right, right_shape);
          const TermId p = words_.flipped(right) == left ? words_.flipped(q) : words_.term(left, left_shape);
          WordSum next = sum;
          for (const Word& w : {ac, ad, bc, bd}) next.erase(w);
          WordAlgebra::add(next, Word{ac.scalars, {p, q}}, c1);
          out.push_back(std::move(next));
        }
      }
    }
}

/// Does the term invert a matrix of an order that is inverted nowhere in `than`?
bool InverseAlgebra::inverts_other_sizes(TermId term, TermId than) {
  std::set<Dim> known;
  for (const TermId t : reachable(pool_, than))
    if (pool_[t].op == Op::Inverse) known.insert(pool_.shape(t).rows);
  return std::ranges::any_of(reachable(pool_, term), [&](TermId t) { return pool_[t].op == Op::Inverse && !known.contains(pool_.shape(t).rows); });
}

}  // namespace dvec
