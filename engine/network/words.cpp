#include "network/words.hpp"

#include <algorithm>
#include <array>

namespace dvec {

// --- sums of words ---------------------------------------------------------------------------------------------------

void WordAlgebra::add(WordSum& into, const Word& word, const Rational& coefficient) {
  if (coefficient.is_zero()) return;
  const auto [at, fresh] = into.try_emplace(word, coefficient);
  if (fresh) return;
  at->second += coefficient;
  if (at->second.is_zero()) into.erase(at);
}

void WordAlgebra::add(WordSum& into, const WordSum& sum, const Rational& coefficient) {
  for (const auto& [word, c] : sum) add(into, word, coefficient * c);
}

void WordAlgebra::multiply_scalars(Word& into, const std::vector<std::pair<TermId, Rational>>& scalars, const Rational& exponent) {
  for (const auto& [s, e] : scalars) {
    const auto at = std::ranges::lower_bound(into.scalars, s, {}, [](const auto& x) { return x.first; });
    if (at == into.scalars.end() || at->first != s)
      into.scalars.insert(at, {s, e * exponent});
    else if (at->second += e * exponent; at->second.is_zero())
      into.scalars.erase(at);
  }
}

std::optional<WordSum> WordAlgebra::product(const WordSum& a, const WordSum& b) const {
  if (a.size() * b.size() > kMaxWords * 4) return std::nullopt;
  WordSum out;
  for (const auto& [x, c] : a)
    for (const auto& [y, d] : b) {
      Word w = x;
      multiply_scalars(w, y.scalars, Rational(1));
      w.letters.insert(w.letters.end(), y.letters.begin(), y.letters.end());
      if (w.letters.size() > kMaxLetters) return std::nullopt;
      add(out, w, c * d);
    }
  if (out.size() > kMaxWords) return std::nullopt;
  return out;
}

TermId WordAlgebra::flipped(TermId letter) {
  const Node n = pool_[letter];
  switch (n.op) {
    case Op::Transpose: return n.args[0];
    case Op::Ones: return pool_.ones(transposed(n.shape));
    case Op::Commutation: return pool_.commutation(n.second, n.first);
    default: break;
  }
  if (pool_.is_scalar(letter) || properties_.symmetric(letter)) return letter;
  return pool_.transpose(letter);
}

WordSum WordAlgebra::flipped(const WordSum& sum) {
  WordSum out;
  for (const auto& [word, c] : sum) {
    Word w{word.scalars, {}};
    for (auto l = word.letters.rbegin(); l != word.letters.rend(); ++l) w.letters.push_back(flipped(*l));
    add(out, w, c);
  }
  return out;
}

// --- terms into words ------------------------------------------------------------------------------------------------

std::optional<WordSum> WordAlgebra::words(TermId term, Distribute distribute) {
  return pool_.is_scalar(term) ? scalar(term, distribute, true) : matrix(term, distribute, true);
}

/// Letters of 1×1 words become scalars: x'*A*y, or y'*A'*x, whichever comes first.
bool WordAlgebra::closed(WordSum& sum) {
  WordSum out;
  for (const auto& [word, c] : sum) {
    Word w{word.scalars, {}};
    if (!word.letters.empty()) {
      std::vector<TermId> turned;
      for (auto l = word.letters.rbegin(); l != word.letters.rend(); ++l) turned.push_back(flipped(*l));
      const TermId a = pool_.matmul(word.letters), b = pool_.matmul(turned);
      multiply_scalars(w, {{pool_.compare(b, a) < 0 ? b : a, Rational(1)}}, Rational(1));
    }
    add(out, w, c);
  }
  sum = std::move(out);
  return true;
}

/// A 1×1 term: a product of scalars, a chain from a row to a column, or a sum of them.
std::optional<WordSum> WordAlgebra::scalar(TermId term, Distribute distribute, bool top) {
  const Node n = pool_[term];
  const auto atom = [&] { return WordSum{{Word{{{term, Rational(1)}}, {}}, Rational(1)}}; };
  switch (n.op) {
    case Op::Number: return n.numbers[0].is_zero() ? WordSum{} : WordSum{{Word{}, n.numbers[0]}};
    case Op::Sum: {
      if (n.args.size() > 1 && !top && distribute == Distribute::TopSum) return atom();
      WordSum out;
      for (std::size_t i = 0; i < n.args.size(); ++i) {
        const auto part = scalar(n.args[i], distribute, top);
        if (!part) return std::nullopt;
        add(out, *part, n.numbers[i]);
      }
      if (out.size() > kMaxWords) return std::nullopt;
      return out;
    }
    case Op::Hadamard: {
      WordSum out{{Word{}, Rational(1)}};
      for (const TermId a : n.args) {
        auto part = scalar(a, distribute, false);
        if (!part || !closed(*part)) return std::nullopt;
        const auto next = product(out, *part);
        if (!next) return std::nullopt;
        out = *next;
      }
      return out;
    }
    case Op::Power: {
      auto base = scalar(n.args[0], Distribute::TopSum, false);
      if (!base || !closed(*base) || base->size() != 1) return atom();
      const auto& [word, c] = *base->begin();
      const auto k = n.numbers[0].to_int64();
      const bool single = word.scalars.size() == 1 && word.scalars[0].second.is_one() && c.is_one();
      if (!k && !single) return atom();
      Word w;
      multiply_scalars(w, word.scalars, n.numbers[0]);
      return WordSum{{w, k ? dvec::power(c, *k) : Rational(1)}};
    }
    case Op::MatMul: return matrix(term, distribute, top);
    default: return atom();
  }
}

std::optional<WordSum> WordAlgebra::matrix(TermId term, Distribute distribute, bool top) {
  const Node n = pool_[term];
  switch (n.op) {
    case Op::Zeros: return WordSum{};
    case Op::Eye: return WordSum{{Word{}, Rational(1)}};
    case Op::Sum: {
      if (n.args.size() > 1 && !top && distribute == Distribute::TopSum) return letter(term);
      WordSum out;
      for (std::size_t i = 0; i < n.args.size(); ++i) {
        const auto part = matrix(n.args[i], distribute, top);
        if (!part) return std::nullopt;
        add(out, *part, n.numbers[i]);
      }
      if (out.size() > kMaxWords) return std::nullopt;
      return out;
    }
    case Op::Scale: {
      auto s = scalar(n.args[0], distribute, false);
      const auto a = matrix(n.args[1], distribute, top);
      if (!s || !a || !closed(*s)) return std::nullopt;
      return product(*s, *a);
    }
    case Op::MatMul: {
      WordSum out{{Word{}, Rational(1)}};
      for (const TermId f : n.args) {
        auto part = pool_.is_scalar(f) ? scalar(f, distribute, false) : matrix(f, distribute, false);
        if (!part || (pool_.is_scalar(f) && !closed(*part))) return std::nullopt;
        const auto next = product(out, *part);
        if (!next) return std::nullopt;
        out = *next;
      }
      return out;
    }
    case Op::Transpose: {
      const auto a = matrix(n.args[0], distribute, top);
      if (!a) return std::nullopt;
      return flipped(*a);
    }
    case Op::Inverse: {
      const auto inside = matrix(n.args[0], distribute, true);
      if (!inside) return letter(term);
      if (distribute == Distribute::TopSum && inside->size() != 1) return letter(term);
      const auto out = inverse(*inside, n.shape.rows, distribute);
      return out ? *out : letter(term);
    }
    case Op::Hadamard: return scaled_column(term, distribute);
    default: return letter(term);
  }
}

void WordAlgebra::learn_diagonals(TermId term) {
  for (const TermId t : reachable(pool_, term))
    if (pool_[t].op == Op::Diag && pool_.shape(pool_[t].args[0]).cols == pool_.dims.one()) diagonals_.insert(pool_[t].args[0]);
}

/// v.*w.*x with known diagonals v and w is diag(v)*diag(w)*x.
std::optional<WordSum> WordAlgebra::scaled_column(TermId term, Distribute distribute) {
  if (pool_.shape(term).cols != pool_.dims.one()) return letter(term);
  std::vector<TermId> diagonal, rest;
  for (const TermId a : pool_[term].args) (diagonals_.contains(a) ? diagonal : rest).push_back(a);
  if (rest.empty()) {
    rest.push_back(diagonal.back());
    diagonal.pop_back();
  }
  if (diagonal.empty()) return letter(term);
  Word front;
  for (const TermId v : diagonal) front.letters.push_back(pool_.diag(v));
  const auto column = rest.size() == 1 ? matrix(rest[0], distribute, false) : std::optional<WordSum>(letter(pool_.hadamard(rest)));
  if (!column) return std::nullopt;
  return product({{front, Rational(1)}}, *column);
}

std::optional<WordSum> WordAlgebra::inverse(const WordSum& sum, Dim n, Distribute distribute) {
  if (sum.empty()) return std::nullopt;
  if (sum.size() == 1) {
    const auto& [word, c] = *sum.begin();
    const bool square = std::ranges::all_of(word.letters, [&](TermId l) { return pool_.shape(l).rows == n && pool_.shape(l).cols == n; });
    if (square) {
      Word w;
      multiply_scalars(w, word.scalars, Rational(-1));
      for (auto l = word.letters.rbegin(); l != word.letters.rend(); ++l) {
        const Node x = pool_[*l];
        const Node inner = x.op == Op::Transpose ? pool_[x.args[0]] : x;
        const bool orthogonal = inner.op == Op::Symbol && has(pool_.symbols[inner.symbol].attributes, Attribute::Orthogonal);
        if (x.op == Op::Inverse) w.letters.push_back(x.args[0]);
        else if (inner.op == Op::Inverse) w.letters.push_back(flipped(inner.args[0]));
        else if (orthogonal) w.letters.push_back(flipped(*l));
        else if (x.op == Op::Transpose) w.letters.push_back(flipped(pool_.inverse(x.args[0])));
        else w.letters.push_back(pool_.inverse(*l));
      }
      // What an inverse was of may be a sum, or a product.
      WordSum out{{Word{w.scalars, {}}, c.inverse()}};
      for (const TermId l : w.letters) {
        const Op op = pool_[l].op;
        const auto part = op == Op::Inverse || op == Op::Transpose ? std::optional<WordSum>(letter(l)) : matrix(l, distribute, false);
        const auto next = part ? product(out, *part) : std::nullopt;
        if (!next) return std::nullopt;
        out = *next;
      }
      return out;
    }
  }
  // One letter for a polynomial, its multiples and its transpose.
  const Rational content = sum.begin()->second;
  WordSum scaled;
  add(scaled, sum, content.inverse());
  const Shape shape{n, n};
  TermId inside = term(scaled, shape);
  bool turned = false;
  if (const TermId other = term(flipped(scaled), shape); pool_.compare(other, inside) < 0) {
    inside = other;
    turned = true;
  }
  const TermId l = pool_.inverse(inside);
  return WordSum{{Word{{}, {turned ? flipped(l) : l}}, content.inverse()}};
}

std::optional<WordSum> WordAlgebra::inverted(TermId letter, Distribute distribute) {
  const Node n = pool_[letter];
  if (n.op == Op::Inverse) return words(n.args[0], distribute);
  if (n.op != Op::Transpose || pool_[n.args[0]].op != Op::Inverse) return std::nullopt;
  const auto inside = words(pool_[n.args[0]].args[0], distribute);
  if (!inside) return std::nullopt;
  return flipped(*inside);
}

// --- and back --------------------------------------------------------------------------------------------------------

TermId WordAlgebra::term(const WordSum& sum, Shape shape) {
  if (sum.empty()) return pool_.zeros(shape);
  std::vector<TermId> terms;
  std::vector<Rational> coefficients;
  for (const auto& [word, c] : sum) {
    TermId s = pool_.number(1);
    for (const auto& [atom, e] : word.scalars) s = pool_.hadamard(s, pool_.power(atom, e));
    const TermId matrix = word.letters.empty() ? (pool_.is_scalar(shape) ? pool_.number(1) : pool_.eye(shape.rows)) : pool_.matmul(word.letters);
    terms.push_back(pool_.scale(s, matrix));
    coefficients.push_back(c);
  }
  return pool_.sum(terms, coefficients);
}

}  // namespace dvec
