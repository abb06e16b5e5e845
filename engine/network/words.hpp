#pragma once
/// Matrix expressions as noncommutative polynomials: sums of words of letters.
///
///     2*s*A*inv(A+B)*X' + X'   is   2 s · (A, inv(A+B), X')  +  1 · (X')
///
/// A letter is a matrix that is neither a sum nor a product: a variable, an inverse, the transpose of one. In this form
/// an inverse beside what it inverts is seen, also where that is a sum.

#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "network/property.hpp"

namespace dvec {

/// scalars * letters. Scalars commute and have rational exponents; they are sorted. No letters: an identity.
struct Word {
  std::vector<std::pair<TermId, Rational>> scalars;
  std::vector<TermId> letters;
  friend auto operator<=>(const Word&, const Word&) = default;
};

/// Words with their coefficients, none of which is 0. All have one shape, which the caller knows.
using WordSum = std::map<Word, Rational>;

/// Which sums are distributed over the products that they stand in.
enum class Distribute { TopSum, AllSums };

class WordAlgebra {
 public:
  WordAlgebra(TermPool& pool, const Properties& properties) : pool_(pool), properties_(properties) {}

  /// Columns v for which v.*x is read as diag(v)*x from now on: those that stand in a diag in the term.
  void learn_diagonals(TermId term);

  /// The term as words. With AllSums the insides of inverses are brought into one form too, so that inverses of equal
  /// polynomials are one letter. Nothing when it has more than kMaxWords words.
  [[nodiscard]] std::optional<WordSum> words(TermId term, Distribute distribute);

  /// The term that the words are. Requires: `shape` is theirs.
  [[nodiscard]] TermId term(const WordSum& sum, Shape shape);

  /// The transpose of a letter, and of words.
  [[nodiscard]] TermId flipped(TermId letter);
  [[nodiscard]] WordSum flipped(const WordSum& sum);

  /// a*b; nothing past the limit.
  [[nodiscard]] std::optional<WordSum> product(const WordSum& a, const WordSum& b) const;
  static void add(WordSum& into, const Word& word, const Rational& coefficient);
  static void add(WordSum& into, const WordSum& sum, const Rational& coefficient);
  static void multiply_scalars(Word& into, const std::vector<std::pair<TermId, Rational>>& scalars, const Rational& exponent);

  /// What an inverse letter (also a transposed one) is the inverse of, as words; nothing for other letters.
  [[nodiscard]] std::optional<WordSum> inverted(TermId letter, Distribute distribute);
  /// The letter, or the words, that invert the sum: inverse letters in reverse order for a word of square letters.
  [[nodiscard]] std::optional<WordSum> inverse(const WordSum& sum, Dim n, Distribute distribute);

  [[nodiscard]] TermPool& pool() const { return pool_; }
  [[nodiscard]] const Properties& properties() const { return properties_; }

  static constexpr std::size_t kMaxWords = 80, kMaxLetters = 24;

 private:
  std::optional<WordSum> scalar(TermId term, Distribute distribute, bool top);
  std::optional<WordSum> matrix(TermId term, Distribute distribute, bool top);
  [[nodiscard]] WordSum letter(TermId term) const { return {{Word{{}, {term}}, Rational(1)}}; }
  bool closed(WordSum& sum);
  std::optional<WordSum> scaled_column(TermId term, Distribute distribute);

  TermPool& pool_;
  const Properties& properties_;
  std::set<TermId> diagonals_;
};

}  // namespace dvec
