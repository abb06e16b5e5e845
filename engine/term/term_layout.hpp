#pragma once
/// How terms become text: one mechanism (precedence, order of summands, fractions) for all notations. A notation says
/// how each construct is spelled; `Notation` itself is the language of programs.

#include <optional>
#include <string>
#include <vector>

#include "term/term_pool.hpp"

namespace dvec {

/// Binding strength, as in Octave: postfix and powers bind tighter than unary minus, that than products, those than sums.
enum Strength { kSum = 10, kProduct = 20, kMinus = 30, kPower = 40, kAtom = 50 };

struct Text {
  std::string text;
  int strength = kAtom;
};

/// Rows or columns first ... last, counted from 1; all when invalid.
struct Range {
  Dim first, last;
};

class Notation {
 public:
  explicit Notation(const TermPool& pool) : pool_(pool) {}
  virtual ~Notation() = default;
  Notation(const Notation&) = delete;
  Notation& operator=(const Notation&) = delete;

  // Leaves.
  [[nodiscard]] virtual std::string name(const std::string& symbol) const { return symbol; }
  [[nodiscard]] virtual Text size(Dim d) const;
  [[nodiscard]] virtual Text number(const Rational& q) const;
  [[nodiscard]] virtual Text constant(const Node& n) const;  ///< pi, ones, zeros, eye, and the matrices K, D, L

  // Operators, on arguments already laid out.
  [[nodiscard]] virtual Text call(const Node& n, const std::vector<Text>& args) const;  ///< all that is written name(...)
  /// expm(A), A^k, and the derivative along directions: expm(A,E), mpower(A,k,E).
  [[nodiscard]] virtual Text matrix_function(const Node& n, const std::vector<Text>& args) const;
  [[nodiscard]] virtual Text kron(const std::vector<Text>& args) const;
  [[nodiscard]] virtual Text transpose(const Text& a) const;
  [[nodiscard]] virtual Text chain(const std::vector<Text>& factors) const;  ///< matrix product
  /// base to the power q > 0, q != 1, entrywise unless scalar.
  [[nodiscard]] virtual Text power(const Text& base, const Rational& q, bool scalar) const;
  /// Euclidean norm of a column, Frobenius norm of a matrix.
  [[nodiscard]] virtual Text norm(const Text& a, bool frobenius) const;
  [[nodiscard]] virtual Text power_by(const Text& base, const Text& exponent, bool scalar) const;
  /// over * matrix / under: scalars above and below one fraction line, and perhaps a matrix.
  [[nodiscard]] virtual Text product(const std::vector<Text>& over, const Text* matrix, const std::vector<Text>& under) const;
  /// Entrywise product of `over`, divided entrywise by each of `under`.
  [[nodiscard]] virtual Text entrywise(const std::vector<Text>& over, const std::vector<Text>& under) const;
  /// first or -first, then +next or -next, ...: `negative` says which. Parts are at least products.
  [[nodiscard]] virtual Text sum(const std::vector<Text>& parts, const std::vector<bool>& negative) const;
  /// Lower triangle of a square matrix, column by column.
  [[nodiscard]] virtual Text vech(const Text& a) const;
  /// Nothing where the notation has no name for it.
  [[nodiscard]] virtual std::optional<Text> khatrirao(const Text& a, const Text& b) const;
  [[nodiscard]] virtual Text triu(const Text& a) const;
  /// Rows and columns of a matrix; a range without a size is all of them.
  [[nodiscard]] virtual Text slice(const Text& a, const Range& rows, const Range& cols) const;
  /// A matrix of blocks, row by row.
  [[nodiscard]] virtual Text blocks(const std::vector<std::vector<Text>>& rows) const;
  [[nodiscard]] virtual std::string bracket(const std::string& inner) const { return "(" + inner + ")"; }

 protected:
  [[nodiscard]] std::string at_least(const Text& t, int strength) const {
    return t.strength >= strength ? t.text : bracket(t.text);
  }
  /// What may stand as the last factor of a product.
  [[nodiscard]] std::string as_factor(const Text& t) const {
    return t.strength >= kProduct && t.strength != kMinus ? t.text : bracket(t.text);
  }
  [[nodiscard]] static std::string join(const std::vector<std::string>& parts, const std::string& between);
  [[nodiscard]] std::vector<std::string> each_at_least(const std::vector<Text>& parts, int strength) const;
  [[nodiscard]] std::string dim(Dim d) const { return size(d).text; }
  /// "first:last" counted from 1, one number for one, ":" for all.
  [[nodiscard]] std::string range(const Range& r) const;
  /// "m,n" for a shape.
  [[nodiscard]] std::string sizes(Shape s) const { return dim(s.rows) + "," + dim(s.cols); }

  const TermPool& pool_;
};

/// Time and length grow with the written-out tree. Throws LimitReached for terms nested deeper than 50,000.
[[nodiscard]] std::string lay_out(const TermPool& pool, TermId term, const Notation& notation);

}  // namespace dvec
