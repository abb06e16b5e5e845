#include "network/word_reduction.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <set>

#include "network/structure.hpp"

namespace dvec {

namespace {

constexpr std::size_t kMaxRules = 48, kMaxOverlaps = 400, kMaxLead = 8;
constexpr std::uint64_t kMaxWeight = 4000;  ///< nodes of a term with its names put in

/// Where `part` stands in `letters` from `from` on, if anywhere.
std::optional<std::size_t> find(const std::vector<TermId>& letters, const std::vector<TermId>& part, std::size_t from = 0) {
  const auto at = std::search(letters.begin() + static_cast<std::ptrdiff_t>(from), letters.end(), part.begin(), part.end());
  if (at == letters.end()) return std::nullopt;
  return static_cast<std::size_t>(at - letters.begin());
}

/// coefficient * before * sum * after, added.
void add_between(WordSum& into, const Word& outer, std::size_t from, std::size_t to, const WordSum& sum, const Rational& coefficient) {
  for (const auto& [inner, c] : sum) {
    Word w{outer.scalars, {outer.letters.begin(), outer.letters.begin() + static_cast<std::ptrdiff_t>(from)}};
    WordAlgebra::multiply_scalars(w, inner.scalars, Rational(1));
    w.letters.insert(w.letters.end(), inner.letters.begin(), inner.letters.end());
    w.letters.insert(w.letters.end(), outer.letters.begin() + static_cast<std::ptrdiff_t>(to), outer.letters.end());
    WordAlgebra::add(into, w, coefficient * c);
  }
}

/// Longer words come later; among equally long ones, the letters' structural order decides.
bool before(const TermPool& pool, const Word& a, const Word& b) {
  if (a.letters.size() != b.letters.size()) return a.letters.size() < b.letters.size();
  for (std::size_t i = 0; i < a.letters.size(); ++i)
    if (const auto order = pool.compare(a.letters[i], b.letters[i]); order != 0) return order < 0;
  return a.scalars < b.scalars;
}

/// Rules that grow by their overlaps.
class Completion {
 public:
  explicit Completion(WordAlgebra& algebra) : algebra_(algebra) {}

  /// Rules for every inverse, orthogonal and idempotent letter of the term.
  void learn(TermId term) {
    TermPool& pool = algebra_.pool();
    for (const TermId t : reachable(pool, term)) {
      const Node n = pool[t];
      if (n.op == Op::Inverse) {
        learn_inverse(t);
      } else if (n.op == Op::Symbol && has(pool.symbols[n.symbol].attributes, Attribute::Idempotent)) {
        for (const TermId l : std::set{t, algebra_.flipped(t)}) insert({{Word{{}, {l, l}}, Rational(1)}, {Word{{}, {l}}, Rational(-1)}});
      } else if (n.op == Op::Symbol && has(pool.symbols[n.symbol].attributes, Attribute::Orthogonal)) {
        const TermId u = algebra_.flipped(t);
        for (const auto& pair : {std::vector{t, u}, std::vector{u, t}}) insert({{Word{{}, pair}, Rational(1)}, {Word{}, Rational(-1)}});
      }
    }
  }

  void complete() {
    std::size_t tried = 0;
    for (std::size_t i = 0; i < rules_.size() && tried < kMaxOverlaps; ++i)
      for (std::size_t k = 0; k <= i && tried < kMaxOverlaps; ++k)
        for (const auto& [a, b] : {std::pair(i, k), std::pair(k, i)}) {
          overlap(a, b, tried);
          if (i == k) break;
        }
  }

  [[nodiscard]] std::span<const WordRule> rules() const { return rules_; }

 private:
  void learn_inverse(TermId t) {
    const auto letters = algebra_.words(t, Distribute::AllSums);
    if (!letters) return;
    for (const auto& [word, c] : *letters)
      for (const TermId l : word.letters) {
        if (!known_.insert(l).second) continue;
        for (const TermId w : std::set{l, algebra_.flipped(l)}) {
          const auto inside = algebra_.inverted(w, Distribute::AllSums);
          if (!inside) continue;
          // inv(S)*S - I = 0 and S*inv(S) - I = 0.
          WordSum left{{Word{}, Rational(-1)}}, right = left;
          for (const auto& [v, d] : *inside) {
            Word a{v.scalars, {w}}, b = v;
            a.letters.insert(a.letters.end(), v.letters.begin(), v.letters.end());
            b.letters.push_back(w);
            WordAlgebra::add(left, a, d);
            WordAlgebra::add(right, b, d);
          }
          insert(left);
          insert(right);
        }
      }
  }

  /// A polynomial that is zero, as a rule for its last word.
  void insert(const WordSum& zero) {
    if (rules_.size() >= kMaxRules) return;
    const auto normal = reduced(zero, rules_);
    if (!normal || normal->empty()) return;
    const TermPool& pool = algebra_.pool();
    const auto lead = std::max_element(normal->begin(), normal->end(), [&](const auto& a, const auto& b) { return before(pool, a.first, b.first); });
    if (lead->first.letters.empty() || lead->first.letters.size() > kMaxLead) return;
    // Two words that differ in scalars only have no leading one.
    if (std::ranges::count_if(*normal, [&](const auto& x) { return x.first.letters == lead->first.letters; }) > 1) return;
    WordRule rule{lead->first.letters, {}};
    for (const auto& [word, c] : *normal) {
      if (word == lead->first) continue;
      Word w = word;
      WordAlgebra::multiply_scalars(w, lead->first.scalars, Rational(-1));
      WordAlgebra::add(rule.rest, w, -c / lead->second);
    }
    rules_.push_back(std::move(rule));
  }

  /// Leads that share letters: ...xy and yz...; both ways to rewrite xyz are equal.
  void overlap(std::size_t i, std::size_t k, std::size_t& tried) {
    const std::vector<TermId> a = rules_[i].lead, b = rules_[k].lead;
    for (std::size_t shared = 1; shared < a.size() && shared < b.size(); ++shared) {
      if (!std::equal(b.begin(), b.begin() + static_cast<std::ptrdiff_t>(shared), a.end() - static_cast<std::ptrdiff_t>(shared))) continue;
      ++tried;
      Word whole{{}, a};
      whole.letters.insert(whole.letters.end(), b.begin() + static_cast<std::ptrdiff_t>(shared), b.end());
      WordSum difference;
      add_between(difference, whole, 0, a.size(), rules_[i].rest, Rational(1));
      add_between(difference, whole, a.size() - shared, whole.letters.size(), rules_[k].rest, Rational(-1));
      insert(difference);
    }
  }

  WordAlgebra& algebra_;
  std::vector<WordRule> rules_;
  std::set<TermId> known_;
};

/// Names put in, transitively.
TermId unfolded(TermPool& pool, TermId t, const TermMap& definitions) {
  constexpr int kMaxDepth = 64;
  for (int depth = 0; depth < kMaxDepth; ++depth) {
    const TermId next = substitute(pool, t, definitions);
    if (next == t) return t;
    t = next;
    if (pool[t].weight > kMaxWeight) return t;
  }
  return t;
}

}  // namespace

std::vector<WordRule> rules_of_inverse(TermId letter, const WordSum& inverted, const Word& lead) {
  const Rational c = inverted.at(lead);
  WordRule left{{letter}, {}}, right{lead.letters, {}};
  left.lead.insert(left.lead.end(), lead.letters.begin(), lead.letters.end());
  right.lead.push_back(letter);
  const auto add = [&](Word w, const Rational& coefficient, WordSum& into) {
    WordAlgebra::multiply_scalars(w, lead.scalars, Rational(-1));
    WordAlgebra::add(into, w, coefficient / c);
  };
  add({}, Rational(1), left.rest);
  add({}, Rational(1), right.rest);
  for (const auto& [word, d] : inverted) {
    if (word == lead) continue;
    Word a{word.scalars, {letter}}, b = word;
    a.letters.insert(a.letters.end(), word.letters.begin(), word.letters.end());
    b.letters.push_back(letter);
    add(a, -d, left.rest);
    add(b, -d, right.rest);
  }
  return {left, right};
}

std::optional<WordSum> reduced(WordSum sum, std::span<const WordRule> rules, std::size_t max_steps) {
  WordSum done;
  for (std::size_t steps = 0; !sum.empty();) {
    const auto last = std::prev(sum.end());
    const Word word = last->first;
    const Rational c = last->second;
    sum.erase(last);
    bool used = false;
    for (const WordRule& rule : rules) {
      const auto at = find(word.letters, rule.lead);
      if (!at) continue;
      add_between(sum, word, *at, *at + rule.lead.size(), rule.rest, c);
      used = true;
      break;
    }
    if (!used) WordAlgebra::add(done, word, c);
    if (used && ++steps > max_steps) return std::nullopt;
    if (sum.size() + done.size() > WordAlgebra::kMaxWords) return std::nullopt;
  }
  return done;
}

std::pair<TermId, TermId> with_inverses_reduced(TermPool& pool, TermId a, TermId b, const TermMap& definitions) {
  a = unfolded(pool, a, definitions);
  b = unfolded(pool, b, definitions);
  if (pool[a].weight > kMaxWeight || pool[b].weight > kMaxWeight) return {a, b};
  const TermMap none;
  const Properties properties(pool, none);
  WordAlgebra algebra(pool, properties);
  Completion completion(algebra);
  algebra.learn_diagonals(a);
  algebra.learn_diagonals(b);
  // Inner inverses first: what stands in a later one is already reduced.
  const auto normal = [&](TermId t) {
    return transform(pool, t, [&](TermId node) {
      const TermId n = by_structure(pool, properties, node);
      const Op op = pool[n].op;
      if (op != Op::MatMul && op != Op::Sum && op != Op::Scale && op != Op::Transpose && op != Op::Inverse && op != Op::Hadamard) return n;
      const auto words = algebra.words(n, Distribute::AllSums);
      if (!words) return n;
      const auto less = reduced(*words, completion.rules());
      return less ? algebra.term(*less, pool.shape(n)) : n;
    });
  };
  a = normal(a);
  b = normal(b);
  completion.learn(a);
  completion.learn(b);
  completion.complete();
  return {normal(a), normal(b)};
}

}  // namespace dvec
