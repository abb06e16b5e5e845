#pragma once
/// The grammar: one row for each way to write a value of a given shape and sort. To add an operator, add its row.

#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "expression.hpp"

namespace dvec::property {

/// Draws that are the same on every machine.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : random_(seed) {}
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }
  bool chance(std::size_t percent) { return below(100) < percent; }
  template <class T>
  const T& of(const std::vector<T>& all) { return all[below(all.size())]; }
  std::string word(std::initializer_list<const char*> all) { return *(all.begin() + static_cast<std::ptrdiff_t>(below(all.size()))); }

  /// A size for an inner index.
  Extent extent() {
    static const std::vector<Extent> kSizes = {Extent({"m"}), Extent({"n"}), Extent({"p"}), Extent({"n"}), Extent({"m"}), Extent({"2"}), Extent()};
    return of(kSizes);
  }
  /// A size of which a variance may be taken.
  Extent long_extent() {
    static const std::vector<Extent> kSizes = {Extent({"m"}), Extent({"n"}), Extent({"p"}), Extent({"3"})};
    return of(kSizes);
  }

 private:
  std::mt19937_64 random_;
};

/// An operand that a production asks for.
struct Need {
  Extents shape;
  Sort sort = Sort::Any;
  bool tame = false;   ///< no exponentials in it: it is exponentiated
  bool plain = false;  ///< a variable: what must not be the same all along
};

/// What a production writes.
struct Plan {
  std::string pattern;
  int level = kPrimary;
  std::vector<Need> needs;
};

struct Production {
  std::string name;  ///< of the operator that it is there for
  std::size_t weight;
  Sort gives;
  std::function<bool(const Extents&)> fits;
  std::function<Plan(Draws&, const Extents&)> plan;
  bool wild = false;  ///< exponentials: not in tame places
};


// --- parts of rows ---------------------------------------------------------------------------------------------------

inline bool any(const Extents&) { return true; }
inline bool scalar(const Extents& s) { return s.scalar(); }
inline bool square(const Extents& s) { return s.square(); }
inline bool matrix(const Extents& s) { return s.matrix(); }
inline bool is_column(const Extents& s) { return s.column(); }
inline bool is_row(const Extents& s) { return s.row(); }
/// A size that has two factors or more can be split.
inline bool splits(const Extents& s) { return s.factors() >= 2 && s.factors() <= 4; }

/// The factors dealt over two sizes.
inline std::pair<Extent, Extent> dealt(Draws& draws, const Extent& e) {
  std::vector<std::string> a, b;
  for (const std::string& f : e.factors) (draws.chance(50) ? a : b).push_back(f);
  return {Extent(a), Extent(b)};
}

inline Extents by(const Extent& rows, const Extent& cols) { return {rows, cols}; }
inline Extents column(const Extent& n) { return {n, Extent()}; }
inline Extents row(const Extent& n) { return {Extent(), n}; }
inline Extents unit() { return {}; }

/// f(A), a function of entries.
inline Production entrywise(const std::string& f, std::size_t weight, Sort of = Sort::Any, Sort gives = Sort::Any, bool wild = false) {
  return {f, weight, gives, any, [f, of, wild](Draws&, const Extents& s) {
            return Plan{f + "({0:0})", kPrimary, {{s, of, wild}}};
          }, wild};
}

/// f(A) of a square matrix, 1×1.
inline Production of_square(const std::string& f, std::size_t weight, Sort of, Sort gives = Sort::Any) {
  return {f, weight, gives, scalar, [f, of](Draws& d, const Extents&) {
            const Extent n = d.long_extent();
            return Plan{f + "({0:0})", kPrimary, {{by(n, n), of}}};
          }};
}

/// f(A,…,1) down each column, f(A,…,2) along each row.
inline Production along(const std::string& f, const std::string& middle, std::size_t weight, Sort of = Sort::Any, Sort gives = Sort::Any, bool wild = false) {
  return {f + "(·" + middle + ",k)", weight, gives, [](const Extents& s) { return !s.matrix(); },
          [f, middle, of, wild](Draws& d, const Extents& s) {
            const Extent k = d.long_extent();
            const bool down = s.row() || (s.scalar() && d.chance(50));
            return Plan{f + "({0:0}" + middle + (down ? ",1)" : ",2)"), kPrimary, {{down ? by(k, s.cols) : by(s.rows, k), of, wild}}};
          }, wild};
}

/// A statistic f of what varies along the dimension: at the point at which a variance is zero there is no derivative of 1/var.
inline std::pair<std::string, std::vector<Need>> varied(Draws& d, const Extents& s) {
  if (d.chance(40)) return {"{0:0}", {{s, Sort::Any, false, true}}};
  if (d.chance(50)) return {"{0:1} + {1:2}", {{s}, {s, Sort::Any, false, true}}};
  return {"{0:2}.*{1:3}", {{s, Sort::Positive}, {s, Sort::Any, false, true}}};
}

/// var(A,…,1) down each column, var(A,…,2) along each row.
inline Production spread_along(const std::string& f, const std::string& divisor, std::size_t weight) {
  return {f + "(·," + divisor + ",k)", weight, Sort::Positive, [](const Extents& s) { return !s.matrix(); }, [f, divisor](Draws& d, const Extents& s) {
            const Extent k = d.long_extent();
            const bool down = s.row() || (s.scalar() && d.chance(50));
            const auto [text, needs] = varied(d, down ? by(k, s.cols) : by(s.rows, k));
            return Plan{f + "(" + text + "," + divisor + (down ? ",1)" : ",2)"), kPrimary, needs};
          }};
}

/// var(x), std(x,1) of a vector.
inline Production spread_of(const std::string& f, const std::string& divisor, std::size_t weight) {
  return {f + "(·" + divisor + ")", weight, Sort::Positive, scalar, [f, divisor](Draws& d, const Extents&) {
            const Extent k = d.long_extent();
            const auto [text, needs] = varied(d, d.chance(30) ? row(k) : column(k));
            return Plan{f + "(" + text + divisor + ")", kPrimary, needs};
          }};
}

/// The same pattern for an infix operator of two operands of the target's shape.
inline Production infix(const std::string& op, int level, std::size_t weight, Sort left, Sort right, Sort gives,
                        std::function<bool(const Extents&)> fits = any) {
  const std::string pattern = "{0:" + std::to_string(level) + "}" + op + "{1:" + std::to_string(level + 1) + "}";
  return {op, weight, gives, std::move(fits), [pattern, level, left, right](Draws&, const Extents& s) {
            return Plan{pattern, level, {{s, left}, {s, right}}};
          }};
}

}  // namespace dvec::property
