#pragma once
/// The same program written in other ways. Each way keeps the value of every let (but for the two that move a let in or out).

#include <algorithm>
#include <random>

#include "tests/normal_form/source.hpp"

namespace dvec::test {

/// Random choices with the same outcome on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <class T>
  void shuffle(std::vector<T>& v) {
    for (std::size_t i = v.size(); i > 1; --i) std::swap(v[i - 1], v[below(i)]);
  }

 private:
  std::mt19937_64 engine_;
};

/// Rows and columns as texts; {"1","1"} is a scalar.
using TextShape = std::pair<std::string, std::string>;
using Shapes = std::map<std::string, TextShape>;

inline const TextShape kScalar{"1", "1"};

/// The shape of an expression where it is plain to see.
inline std::optional<TextShape> shape_of(const Expr& e, const Shapes& names) {
  const auto arg = [&](std::size_t i) { return shape_of(e.args.at(i), names); };
  switch (e.kind) {
    case SyntaxKind::Number: return kScalar;
    case SyntaxKind::Name: {
      const auto at = names.find(e.text);
      return at == names.end() ? std::nullopt : std::optional(at->second);
    }
    case SyntaxKind::Unary: return arg(0);
    case SyntaxKind::Transpose: {
      const auto a = arg(0);
      return a ? std::optional(TextShape{a->second, a->first}) : a;
    }
    case SyntaxKind::Binary: {
      const auto a = arg(0), b = arg(1);
      if (!a || !b) return std::nullopt;
      if (e.op == Operator::Power) return a;
      if (e.op == Operator::LeftDivide || e.op == Operator::Kronecker || e.op == Operator::Range) return std::nullopt;
      if (*a == kScalar) return b;
      if (*b == kScalar) return a;
      if (e.op == Operator::Times) return a->second == b->first ? std::optional(TextShape{a->first, b->second}) : std::nullopt;
      if (e.op == Operator::Divide) return std::nullopt;
      return *a == *b ? a : std::nullopt;
    }
    case SyntaxKind::Call: {
      static const std::set<std::string> scalars{"trace", "det", "logdet", "norm2", "normF", "dot"};
      static const std::set<std::string> same{"exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "softplus", "relu", "inv"};
      if (scalars.contains(e.text) || (e.text == "sum" && e.args.size() == 1)) return kScalar;
      if (same.contains(e.text) && e.args.size() == 1) return arg(0);
      return std::nullopt;
    }
    default: return std::nullopt;
  }
}

/// Changes to expressions, each a place and a rule drawn at random.
class Rewriter {
 public:
  Rewriter(Dice& dice, const Shapes& shapes) : dice_(dice), shapes_(shapes) {}

  Expr run(Expr e) {
    // Arguments that are conventions, sizes or directions of sums are left alone.
    const bool open = e.kind != SyntaxKind::Call && e.kind != SyntaxKind::Index && e.kind != SyntaxKind::Block;
    const std::size_t plain = e.kind == SyntaxKind::Call && !kSizes.contains(e.text) ? 1 : 0;
    for (std::size_t i = 0; i < e.args.size(); ++i)
      if ((open && !(e.kind == SyntaxKind::Binary && is_power(e) && i == 1)) || i < plain || e.text == "kron" || e.text == "dot")
        e.args[i] = run(e.args[i]);
    return change(std::move(e));
  }

 private:
  static bool is_power(const Expr& e) { return e.op == Operator::Power || e.op == Operator::EntryPower; }
  static bool is(const Expr& e, Operator op) { return e.kind == SyntaxKind::Binary && e.op == op; }
  static bool is_call(const Expr& e, const char* name) { return e.kind == SyntaxKind::Call && e.text == name && e.args.size() == 1; }
  [[nodiscard]] bool scalar(const Expr& e) const { return shape_of(e, shapes_) == kScalar; }
  [[nodiscard]] bool matrix(const Expr& e) const {
    const auto s = shape_of(e, shapes_);
    return s && *s != kScalar;
  }
  [[nodiscard]] bool same_shape(const Expr& a, const Expr& b) const {
    const auto s = shape_of(a, shapes_), t = shape_of(b, shapes_);
    return s && s == t;
  }
  static Expr times(Expr a, Expr b) { return binary(Operator::Times, std::move(a), std::move(b)); }

  Expr change(Expr e) {
    if (e.kind == SyntaxKind::Binary) {
      Expr& a = e.args[0];
      Expr& b = e.args[1];
      switch (e.op) {
        case Operator::Add:
          if (factors_out(e) && dice_.one_in(2)) return factored(e);
          if (dice_.one_in(2)) return binary(Operator::Add, b, a);
          break;
        case Operator::Subtract:
          if (dice_.one_in(3)) return binary(Operator::Add, negated(b), a);
          break;
        case Operator::EntryTimes:
          if (dice_.one_in(2)) return binary(Operator::EntryTimes, b, a);
          break;
        case Operator::Divide:
          if (scalar(b) && matrix(a) && dice_.one_in(3)) return times(binary(Operator::Divide, number_of("1"), b), a);
          break;
        case Operator::Times:
          return product(std::move(e));
        default: break;
      }
    }
    if (e.kind == SyntaxKind::Transpose && is(e.args[0], Operator::Times) && dice_.one_in(2)) {
      const Expr& p = e.args[0];
      return times(turned(p.args[1]), turned(p.args[0]));
    }
    if (is_call(e, "trace") && is(e.args[0], Operator::Times)) {
      const Expr& p = e.args[0];
      if (matrix(p.args[0]) && matrix(p.args[1]) && dice_.one_in(2)) {
        if (p.args[0].kind == SyntaxKind::Transpose && dice_.one_in(2))
          return call("sum", {binary(Operator::EntryTimes, p.args[0].args[0], p.args[1])});
        return call("trace", {times(p.args[1], p.args[0])});
      }
    }
    if (is_call(e, "trace") && dice_.one_in(4)) return call("trace", {turned(e.args[0])});
    if (is_call(e, "sum") && is(e.args[0], Operator::EntryTimes) && same_shape(e.args[0].args[0], e.args[0].args[1]) && dice_.one_in(3))
      return call("trace", {times(turned(e.args[0].args[0]), e.args[0].args[1])});
    if (matrix(e) && dice_.one_in(12)) return turned(turned(std::move(e)));
    if (dice_.one_in(25) && shape_of(e, shapes_)) return times(number_of("1"), std::move(e));
    return e;
  }

  Expr product(Expr e) {
    const Expr& a = e.args[0];
    const Expr& b = e.args[1];
    if ((scalar(a) || scalar(b)) && dice_.one_in(2)) return times(b, a);
    if (scalar(a) && is(b, Operator::Times) && dice_.one_in(2)) return times(b.args[0], times(a, b.args[1]));
    // e'*e
    if (a.kind == SyntaxKind::Transpose && a.args[0].kind == SyntaxKind::Name && b.kind == SyntaxKind::Name && a.args[0].text == b.text)
      if (const auto s = shape_of(b, shapes_); s && s->second == "1" && dice_.one_in(2)) {
        if (dice_.one_in(2)) return call("dot", {b, b});
        return call("sum", {binary(Operator::EntryPower, b, number_of("2"))});
      }
    if (!matrix(a) || !matrix(b)) return e;
    const auto distributed = [&](const Expr& sum) { return (is(sum, Operator::Add) || is(sum, Operator::Subtract)) && same_shape(sum.args[0], sum.args[1]); };
    if (distributed(b) && dice_.one_in(2)) return binary(b.op, times(a, b.args[0]), times(a, b.args[1]));
    if (distributed(a) && dice_.one_in(2)) return binary(a.op, times(a.args[0], b), times(a.args[1], b));
    const bool both = a.kind == SyntaxKind::Transpose && b.kind == SyntaxKind::Transpose;
    if (both && dice_.one_in(2)) return turned(times(b.args[0], a.args[0]));
    if (dice_.one_in(6)) return turned(times(turned(b), turned(a)));
    if (is(b, Operator::Times) && matrix(b.args[0]) && matrix(b.args[1]) && dice_.one_in(2)) return times(times(a, b.args[0]), b.args[1]);
    return e;
  }

  /// P*Q + P*R or Q*P + R*P.
  [[nodiscard]] bool factors_out(const Expr& e) const {
    const auto ok = [&](const Expr& p) { return is(p, Operator::Times) && matrix(p.args[0]) && matrix(p.args[1]); };
    if (!ok(e.args[0]) || !ok(e.args[1])) return false;
    return left_shared(e) || text_of(e.args[0].args[1], {}) == text_of(e.args[1].args[1], {});
  }
  static bool left_shared(const Expr& e) { return text_of(e.args[0].args[0], {}) == text_of(e.args[1].args[0], {}); }
  static Expr factored(const Expr& e) {
    const Expr &p = e.args[0], &q = e.args[1];
    if (left_shared(e)) return times(p.args[0], binary(Operator::Add, p.args[1], q.args[1]));
    return times(binary(Operator::Add, p.args[0], q.args[0]), p.args[1]);
  }

  inline static const std::set<std::string> kSizes{"ones", "zeros", "eye", "I", "commutation_matrix", "duplication_matrix", "elimination_matrix"};
  Dice& dice_;
  const Shapes& shapes_;
};

/// Which changes are made.
struct Ways {
  bool shuffle = false, rename = false, rewrite = false;
};

struct Variant {
  std::string text;
  Renaming back;  ///< new names to old ones
};

/// Lets before what is made of them, otherwise in any order; declarations first, requests in any order after.
inline void shuffle(Lines& lines, Dice& dice) {
  Lines declarations, lets, requests;
  for (const Line& l : lines) {
    const bool is_request = l.kind == Line::Kind::Derive || l.kind == Line::Kind::Assume;
    (l.kind == Line::Kind::Let ? lets : is_request ? requests : declarations).push_back(l);
  }
  Lines dims;
  std::erase_if(declarations, [&](const Line& l) {
    if (l.kind != Line::Kind::Dim) return false;
    dims.push_back(l);
    return true;
  });
  dice.shuffle(dims);
  dice.shuffle(declarations);
  dice.shuffle(requests);
  lines = dims;
  lines.insert(lines.end(), declarations.begin(), declarations.end());
  std::set<std::string> open;
  for (const Line& l : lets) open.insert(l.name);
  while (!lets.empty()) {
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < lets.size(); ++i)
      if (std::ranges::none_of(open, [&](const std::string& n) { return uses(lets[i].parts[0], n) > 0; })) ready.push_back(i);
    const std::size_t next = ready.at(dice.below(ready.size()));
    open.erase(lets[next].name);
    lines.push_back(lets[next]);
    lets.erase(lets.begin() + static_cast<std::ptrdiff_t>(next));
  }
  lines.insert(lines.end(), requests.begin(), requests.end());
}

/// All user names changed. One time in two the new names stand in the alphabet the other way round.
inline Renaming renaming(const Lines& lines, Dice& dice) {
  std::vector<std::string> old;
  for (const Line& l : lines)
    if (l.kind != Line::Kind::Derive && l.kind != Line::Kind::Assume) old.push_back(l.name);
  std::ranges::sort(old);
  if (dice.one_in(2))
    std::ranges::reverse(old);
  else
    dice.shuffle(old);
  Renaming out;
  for (std::size_t i = 0; i < old.size(); ++i) {
    const std::string letters{static_cast<char>('a' + i / 26), static_cast<char>('a' + i % 26)};
    out[old[i]] = "u" + letters + "u";
  }
  return out;
}

inline Variant variant(Lines lines, const Shapes& shapes, Ways ways, std::uint64_t seed) {
  Dice dice(seed);
  if (ways.rewrite)
    for (Line& l : lines)
      if (l.kind == Line::Kind::Let) l.parts[0] = Rewriter(dice, shapes).run(l.parts[0]);
  if (ways.shuffle) shuffle(lines, dice);
  const Renaming by = ways.rename ? renaming(lines, dice) : Renaming{};
  Variant out{text_of(lines, by), {}};
  for (const auto& [from, to] : by) out.back[to] = from;
  return out;
}

}  // namespace dvec::test
