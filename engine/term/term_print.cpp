#include "term/term_print.hpp"

#include <vector>

#include "support/result.hpp"

namespace dvec {

namespace {

/// Binding strength, as in Octave: postfix and powers bind tighter than unary minus, that than products, those than sums.
enum Strength { kSum = 10, kProduct = 20, kMinus = 30, kPower = 40, kAtom = 50 };

struct Text {
  std::string text;
  int strength = kAtom;
};

class Printer {
 public:
  explicit Printer(const TermPool& pool) : pool_(pool) {}

  Text term(TermId t) const {
    const Node& n = pool_[t];
    switch (n.op) {
      case Op::Symbol: return {pool_.symbols[n.symbol].name, kAtom};
      case Op::Number: return number(n.numbers[0]);
      case Op::Size: return {pool_.dims.text(n.first), pool_.dims.is_sum(n.first) ? kSum : size_strength(n.first)};
      case Op::Pi: return {"pi", kAtom};
      case Op::Ones: return {"ones(" + shape(n.shape) + ")", kAtom};
      case Op::Zeros: return {"zeros(" + shape(n.shape) + ")", kAtom};
      case Op::Eye: return {"eye(" + pool_.dims.text(n.shape.rows) + ")", kAtom};
      case Op::Commutation:
        return {"commutation_matrix(" + pool_.dims.text(n.first) + "," + pool_.dims.text(n.second) + ")", kAtom};
      case Op::Sum: return sum(n);
      case Op::Scale: return product(n.args.first(1), n.args[1], Rational(1));
      case Op::MatMul: return chain(n);
      case Op::Hadamard: return hadamard(t, n);
      case Op::Kron: return call("kron", n.args);
      case Op::Transpose: return {at_least(n.args[0], kPower) + "'", kPower};
      case Op::Vec: return call("vec", n.args);
      case Op::Reshape: return {"reshape(" + term(n.args[0]).text + "," + shape(n.shape) + ")", kAtom};
      case Op::Diag: return call("diag", n.args);
      case Op::DiagVec: return call("diagvec", n.args);
      case Op::Trace: return call("trace", n.args);
      case Op::Total: return call("sum", n.args);
      case Op::ColumnSums: return {"sum(" + term(n.args[0]).text + ",1)", kAtom};
      case Op::RowSums: return {"sum(" + term(n.args[0]).text + ",2)", kAtom};
      case Op::Power: return hadamard(t, n);
      case Op::PowerBy:
        return {at_least(n.args[0], kAtom) + (scalar(t) ? "^" : ".^") + at_least(n.args[1], kAtom), kPower};
      case Op::Apply:
        return {pool_.functions[n.function].name + std::string(static_cast<std::size_t>(n.order), '\'') + "(" +
                    term(n.args[0]).text + ")", kAtom};
      case Op::Inverse: return call("inv", n.args);
      case Op::Det: return call("det", n.args);
      case Op::LogDet: return call("logdet", n.args);
      case Op::Stop: return call("stop", n.args);
    }
    throw Bug("unknown operator");
  }

 private:
  bool scalar(TermId t) const { return pool_.is_scalar(t); }
  std::string shape(Shape s) const { return pool_.dims.text(s.rows) + "," + pool_.dims.text(s.cols); }
  int size_strength(Dim d) const {
    const std::string& text = pool_.dims.text(d);
    return text.find_first_of("*/") != std::string::npos ? kProduct : text.find('^') != std::string::npos ? kPower : kAtom;
  }

  static Text number(const Rational& q) {
    if (q.is_negative()) return {q.text(), q.is_integer() ? kMinus : kSum};
    return {q.text(), q.is_integer() ? kAtom : kProduct};
  }

  std::string at_least(TermId t, int strength) const {
    Text inner = term(t);
    return inner.strength >= strength ? inner.text : "(" + inner.text + ")";
  }

  Text call(const char* name, std::span<const TermId> args) const {
    std::string out = std::string(name) + "(";
    for (std::size_t i = 0; i < args.size(); ++i) out += (i ? "," : "") + term(args[i]).text;
    return {out + ")", kAtom};
  }

  /// |c|*t as a product; t may be the number 1.
  Text with_coefficient(const Rational& magnitude, TermId t) const {
    const Node& n = pool_[t];
    if (n.op == Op::Number) return number(magnitude * n.numbers[0]);
    if (magnitude.is_one()) return n.op == Op::Sum ? Text{"(" + term(t).text + ")", kAtom} : term(t);
    if (n.op == Op::Scale) return product(n.args.first(1), n.args[1], magnitude);
    if (n.op == Op::Hadamard && scalar(t)) return product(n.args, {}, magnitude);
    if (scalar(t)) return product(std::span(&t, 1), {}, magnitude);
    return product({}, t, magnitude);
  }

  /// Products and functions before names, names before constants: A*x-b, N-1.
  int reading_rank(TermId t) const {
    const Node& n = pool_[t];
    if (n.op == Op::Symbol || n.op == Op::Size) return 1;
    if (n.op == Op::Transpose && pool_[n.args[0]].op == Op::Symbol) return 1;
    return is_leaf(n.op) ? 2 : 0;
  }

  Text sum(const Node& n) const {
    std::vector<std::size_t> order;
    for (const bool negative : {false, true})
      for (const int rank : {0, 1, 2})
        for (std::size_t i = 0; i < n.args.size(); ++i)
          if (n.numbers[i].is_negative() == negative && reading_rank(n.args[i]) == rank) order.push_back(i);
    std::string out;
    for (const std::size_t i : order) {
      const Text part = with_coefficient(n.numbers[i].abs(), n.args[i]);
      const bool negative = n.numbers[i].is_negative();
      out += negative ? "-" : out.empty() ? "" : "+";
      out += part.strength > kSum ? part.text : "(" + part.text + ")";
    }
    if (n.args.size() > 1) return {out, kSum};
    return {out, n.numbers[0].is_negative() ? kSum : kProduct};
  }

  struct Fraction {
    std::vector<std::string> over, under;
  };

  /// Sorts the factors of a scalar into numerator and denominator.
  void split(TermId s, Fraction& f) const {
    const Node& n = pool_[s];
    if (n.op == Op::Hadamard) {
      for (const TermId a : n.args) split(a, f);
    } else if (n.op == Op::Power && n.numbers[0].is_negative()) {
      f.under.push_back(power(n.args[0], -n.numbers[0], kPower));
    } else if (n.op == Op::Sum && n.args.size() == 1 && !n.numbers[0].is_negative()) {
      const Rational c = n.numbers[0];
      if (c.numerator() != "1") f.over.insert(f.over.begin(), c.numerator());
      if (!c.is_integer()) f.under.insert(f.under.begin(), c.denominator());
      split(n.args[0], f);
    } else {
      f.over.push_back(at_least(s, kMinus));
    }
  }

  /// magnitude * scalars * matrix, with one denominator. `matrix` may be missing.
  Text product(std::span<const TermId> scalars, TermId matrix, const Rational& magnitude) const {
    Fraction f;
    if (magnitude.numerator() != "1") f.over.push_back(magnitude.numerator());
    if (!magnitude.is_integer()) f.under.push_back(magnitude.denominator());
    for (const TermId s : scalars) split(s, f);
    std::string out;
    for (const std::string& factor : f.over) out += (out.empty() ? "" : "*") + factor;
    if (matrix.valid()) {
      const Text m = term(matrix);
      out += (out.empty() ? "" : "*") + (m.strength >= kProduct && m.strength != kMinus ? m.text : "(" + m.text + ")");
    }
    if (out.empty()) out = "1";
    if (f.under.empty()) return {out, kProduct};
    std::string under;
    for (const std::string& factor : f.under) under += (under.empty() ? "" : "*") + factor;
    const bool bracket = f.under.size() > 1;
    return {out + "/" + (bracket ? "(" + under + ")" : under), kProduct};
  }
  Text chain(const Node& n) const {
    std::string out;
    for (const TermId a : n.args) out += (out.empty() ? "" : "*") + at_least(a, kPower);
    return {out, kProduct};
  }

  static std::string exponent(const Rational& q) {
    if (q.is_integer()) return q.text();
    if (const auto below = (q - Rational(1, 2)).to_int64()) return std::to_string(*below) + ".5";
    return "(" + q.text() + ")";
  }

  /// base.^q for q > 0, at least as strong as asked.
  std::string power(TermId base, const Rational& q, int strength) const {
    if (q.is_one()) return at_least(base, strength);
    if (q == Rational(1, 2)) return "sqrt(" + term(base).text + ")";
    return at_least(base, kAtom) + (scalar(base) ? "^" : ".^") + exponent(q);
  }

  /// Entrywise products and powers: numerators joined by .*, then ./ for each negative power.
  Text hadamard(TermId t, const Node& n) const {
    if (n.op == Op::Power && !n.numbers[0].is_negative()) {
      const bool root = n.numbers[0] == Rational(1, 2);
      return {power(n.args[0], n.numbers[0], kPower), root ? kAtom : kPower};
    }
    if (scalar(t)) return product(std::span(&t, 1), {}, Rational(1));
    std::vector<TermId> factors = n.op == Op::Power ? std::vector{t} : std::vector(n.args.begin(), n.args.end());
    std::string over, under;
    for (const TermId a : factors) {
      const Node& m = pool_[a];
      if (m.op == Op::Power && m.numbers[0].is_negative())
        under += "./" + power(m.args[0], -m.numbers[0], kPower);
      else
        over += (over.empty() ? "" : ".*") + at_least(a, kPower);
    }
    return {(over.empty() ? "1" : over) + under, kProduct};
  }

  const TermPool& pool_;
};

}  // namespace

std::string print(const TermPool& pool, TermId term) { return Printer(pool).term(term).text; }

}  // namespace dvec
