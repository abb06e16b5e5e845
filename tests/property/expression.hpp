#pragma once
/// Expressions as trees of patterns, and their text with as few parentheses as Octave's precedence allows: what is
/// tested begins with the parser.

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace dvec::property {

/// A size as the product of its factors (names of dims, whole numbers); 1 has none.
struct Extent {
  std::vector<std::string> factors;

  Extent() = default;
  explicit Extent(std::vector<std::string> f) : factors(std::move(f)) { std::ranges::sort(factors); }
  [[nodiscard]] bool one() const { return factors.empty(); }
  [[nodiscard]] std::string text() const {
    std::string out;
    for (const std::string& f : factors) out += (out.empty() ? "" : "*") + f;
    return out.empty() ? "1" : out;
  }
  friend bool operator==(const Extent&, const Extent&) = default;
  friend Extent operator*(const Extent& a, const Extent& b) {
    std::vector<std::string> all = a.factors;
    all.insert(all.end(), b.factors.begin(), b.factors.end());
    return Extent(std::move(all));
  }
};

struct Extents {
  Extent rows, cols;

  [[nodiscard]] bool scalar() const { return rows.one() && cols.one(); }
  [[nodiscard]] bool column() const { return cols.one() && !rows.one(); }
  [[nodiscard]] bool row() const { return rows.one() && !cols.one(); }
  [[nodiscard]] bool matrix() const { return !rows.one() && !cols.one(); }
  [[nodiscard]] bool square() const { return matrix() && rows == cols; }
  [[nodiscard]] Extents turned() const { return {cols, rows}; }
  [[nodiscard]] std::size_t factors() const { return rows.factors.size() + cols.factors.size(); }
  friend bool operator==(const Extents&, const Extents&) = default;
};

/// What is known of a value, so that what is written is defined at almost all points.
enum class Sort {
  Any,
  Positive,     ///< every entry is > 0
  Nonsingular,  ///< square, almost surely
  Symmetric,
  Spd,
};

/// How tightly a text binds.
enum Level : int { kAnything = 0, kSum = 1, kProduct = 2, kMinus = 3, kPostfix = 4, kPrimary = 5 };

/// `pattern` has holes {k:level}: argument k, in parentheses when it binds less tightly.
struct Expr {
  std::string pattern;
  int level = kPrimary;
  std::vector<Expr> args;
  Extents shape;
  Sort sort = Sort::Any;   ///< what its place asks for
  std::string production;  ///< the row of the grammar
  std::string name;        ///< of a variable or a let; empty otherwise

  [[nodiscard]] std::size_t size() const {
    std::size_t n = 1;
    for (const Expr& a : args) n += a.size();
    return n;
  }
};

inline std::string render(const Expr& e, int least = kAnything) {
  std::string out;
  for (std::size_t i = 0; i < e.pattern.size(); ++i) {
    const bool hole = e.pattern[i] == '{' && i + 4 < e.pattern.size() && e.pattern[i + 2] == ':';
    if (!hole) {
      out += e.pattern[i];
      continue;
    }
    out += render(e.args.at(static_cast<std::size_t>(e.pattern[i + 1] - '0')), e.pattern[i + 3] - '0');
    i += 4;
  }
  return e.level < least ? "(" + out + ")" : out;
}

/// All places of a tree, the root first.
inline void places(Expr& e, std::vector<Expr*>& out) {
  out.push_back(&e);
  for (Expr& a : e.args) places(a, out);
}

inline bool mentions(const Expr& e, const std::string& name) {
  return e.name == name || std::ranges::any_of(e.args, [&](const Expr& a) { return mentions(a, name); });
}

}  // namespace dvec::property
