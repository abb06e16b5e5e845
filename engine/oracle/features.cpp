#include "oracle/features.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "oracle/primitive.hpp"

namespace dvec {

namespace {

bool is_root(const Rational& exponent) { return !exponent.is_integer(); }

/// Walks elementwise functions and their bodies. `deep` says of an argument that it has no residue mod q of its own:
/// an exponential, a root or a logarithm stands in it.
class FunctionWalk {
 public:
  FunctionWalk(const TermPool& pool, Features& out) : pool_(pool), out_(out) {}

  /// Is f of such an argument deep?
  bool call(FunctionId f, bool deep, int depth = 0) {
    const ElementFunction& e = pool_.functions[f];
    if (depth > 100) {
      out_.incomplete = true;
      return true;
    }
    switch (e.kind) {
      case ElementFunction::Kind::Opaque: return deep;
      case ElementFunction::Kind::Defined: return body(e.body, deep, depth + 1);
      case ElementFunction::Kind::Primitive: break;
    }
    const auto primitive = primitive_named(e.name);
    return primitive ? this->primitive(*primitive, deep) : deep;
  }

  /// Is the primitive of such an argument deep?
  bool primitive(Primitive f, bool deep) {
    switch (f) {
      case Primitive::Exp: case Primitive::Sinh: case Primitive::Cosh: case Primitive::Tanh: case Primitive::Sigmoid:
        out_.exponents = true;
        out_.incomplete = out_.incomplete || deep;
        return true;
      case Primitive::Softplus: case Primitive::Erf: out_.exponents = out_.incomplete = true; return true;
      case Primitive::Log: case Primitive::Sin: case Primitive::Cos: case Primitive::Tan: case Primitive::Atan:
      case Primitive::Gammaln: case Primitive::Psi: out_.incomplete = true; return true;
      case Primitive::Abs: case Primitive::Sign: case Primitive::Step: case Primitive::Relu: ++out_.branches; return deep;
      case Primitive::Sqrt: ++out_.branches; return true;
    }
    return deep;
  }

 private:
  bool body(const ScalarExpr& e, bool deep, int depth) {
    bool within = e.kind == ScalarExpr::Kind::Argument && deep;
    for (const ScalarExpr& a : e.args) within = body(a, deep, depth) || within;
    if (e.kind == ScalarExpr::Kind::Call) return call(e.function, within, depth);
    if (e.kind == ScalarExpr::Kind::Power) {
      if (e.args[1].kind != ScalarExpr::Kind::Number) out_.incomplete = true;
      else if (is_root(e.args[1].number)) ++out_.branches, within = true;
    }
    return within;
  }

  const TermPool& pool_;
  Features& out_;
};

/// Functions of matrices that are no rational functions of the entries.
bool transcendental(const Node& n) { return n.op == Op::MatrixFunction && n.primary != PrimaryFunction::Power; }

/// Entries of which the sign is taken or the root: of a Cholesky factor those of the diagonal.
double coins(const Schedule& schedule, std::size_t slot, const Layout& layout) {
  return static_cast<double>(schedule.node(slot).op == Op::Cholesky ? layout.rows(slot) : layout.entries(slot));
}

}  // namespace

Features features(const Schedule& schedule) {
  Features out;
  FunctionWalk walk(schedule.pool(), out);
  std::vector<bool> deep(schedule.size(), false);
  for (std::size_t s = 0; s < schedule.size(); ++s) {
    const Node& n = schedule.node(s);
    bool within = schedule[s].definition != Schedule::kNone && deep[schedule[s].definition];
    for (const std::uint32_t a : schedule.args(s)) within = within || deep[a];
    const int before = out.branches;
    if (n.op == Op::Apply) within = walk.call(n.function, within);
    if (n.op == Op::ColumnSoftmax || n.op == Op::RowSoftmax) within = walk.primitive(Primitive::Exp, within);
    if (n.op == Op::ColumnLogSumExp || n.op == Op::RowLogSumExp) within = walk.primitive(Primitive::Log, walk.primitive(Primitive::Exp, within));
    if (n.op == Op::Power && is_root(n.numbers[0])) ++out.branches, within = true;
    if (n.op == Op::Cholesky) ++out.branches, within = true;
    if (n.op == Op::LogDet || n.op == Op::PowerBy || transcendental(n)) out.incomplete = within = true;
    if (out.branches > before) out.branching.push_back(static_cast<std::uint32_t>(s));
    deep[s] = within;
  }
  return out;
}

std::size_t branch_entries(const Schedule& schedule, const Features& features, const Layout& layout) {
  double least = 0;
  for (const std::uint32_t s : features.branching) {
    const double here = coins(schedule, s, layout);
    least = least == 0 ? here : std::min(least, here);
  }
  return static_cast<std::size_t>(std::max(1.0, least));
}

std::size_t all_branch_entries(const Schedule& schedule, const Features& features, const Layout& layout) {
  double all = 0;
  for (const std::uint32_t s : features.branching) all += coins(schedule, s, layout);
  return static_cast<std::size_t>(all);
}

// --- degrees -----------------------------------------------------------------------------------------------------------

namespace {

/// An entry is a fraction of these degrees; `shared`: all entries of the matrix over one denominator.
struct Degree {
  double num = 0, den = 0;
  bool shared = true;
};

constexpr double kHopeless = 1e30;

/// The sum of `count` entries.
Degree summed(Degree d, double count) {
  if (!d.shared) d.num += (count - 1) * d.den, d.den *= count;
  return d;
}

Degree multiplied(const Degree& a, const Degree& b) { return {a.num + b.num, a.den + b.den, a.shared && b.shared}; }

/// All entries over one denominator.
Degree over_one(const Degree& d, double entries) {
  return d.shared ? d : Degree{d.num + (entries - 1) * d.den, entries * d.den, true};
}

/// The inverse, adj over det, of an n x n matrix over one denominator.
Degree inverted(const Degree& d, double n) { return {(n - 1) * d.num + d.den, n * d.num, true}; }

/// A^k of an n x n matrix over one denominator, and its derivatives along directions over one denominator each.
Degree raised(Degree a, double n, double k, std::span<const Degree> directions) {
  if (k < 0) a = inverted(a, n), k = -k;
  // By the product rule each direction is one more factor; those of inv(A) are -inv(A)*E*inv(A).
  const double factors = k + static_cast<double>(directions.size());
  Degree d{factors * a.num, factors * a.den, true};
  for (const Degree& e : directions) d = multiplied(d, e);
  return d;
}

Degree of_variable(Attribute a, double order) {
  if (has(a, Attribute::Orthogonal)) return {6 * order, 6 * order, true};
  if (has(a, Attribute::Idempotent)) return {2 * order, 2 * order, true};
  if (has(a, Attribute::Unit)) return {4, 4, false};
  return {has(a, Attribute::Spd) || has(a, Attribute::Positive) ? 2.0 : 1.0, 0, true};
}

Degree applied(const TermPool& pool, const ScalarExpr& body, const Degree& x);

/// f^(order) of an entry. Values of opaque functions, exponentials and logarithms are new variables.
Degree applied(const TermPool& pool, FunctionId f, int order, const Degree& x) {
  const ElementFunction& e = pool.functions[f];
  const Degree variable{1, 0, true}, curve{2, 2, false};  // a rational function of a new variable
  switch (e.kind) {
    case ElementFunction::Kind::Opaque: return variable;
    case ElementFunction::Kind::Defined: {
      Degree d = applied(pool, e.body, x);
      // By the quotient rule.
      for (int k = 0; k < order; ++k) d = {2 * (d.num + d.den), 2 * d.den, d.shared};
      return d;
    }
    case ElementFunction::Kind::Primitive: break;
  }
  const auto p = primitive_named(e.name);
  if (!p) return {kHopeless, kHopeless, false};
  if (*p == Primitive::Abs || *p == Primitive::Sign || *p == Primitive::Step || *p == Primitive::Relu) return x;
  if (*p == Primitive::Sqrt) return {x.num * (1 + 2.0 * order), x.den * (1 + 2.0 * order), false};
  if (*p == Primitive::Exp || (*p == Primitive::Log && order == 0)) return variable;
  // f, f', f'' are rational functions of a new variable and of the argument.
  return multiplied({curve.num * (1 + order), curve.den * (1 + order), false}, order == 0 ? Degree{} : Degree{2 * x.num, 2 * x.num, false});
}

Degree applied(const TermPool& pool, const ScalarExpr& body, const Degree& x) {
  using Kind = ScalarExpr::Kind;
  switch (body.kind) {
    case Kind::Number: return {};
    case Kind::Pi: return {2, 0, true};
    case Kind::Argument: return x;
    case Kind::Call: return applied(pool, body.function, body.order, applied(pool, body.args[0], x));
    case Kind::Add: case Kind::Multiply: {
      Degree d = applied(pool, body.args[0], x);
      for (std::size_t i = 1; i < body.args.size(); ++i) {
        const Degree a = applied(pool, body.args[i], x);
        d = body.kind == Kind::Add ? Degree{std::max(d.num + a.den, a.num + d.den), d.den + a.den, d.shared && a.shared}
                                   : multiplied(d, a);
      }
      return d;
    }
    case Kind::Power: {
      if (body.args[1].kind != Kind::Number) return {kHopeless, kHopeless, false};
      const Degree d = applied(pool, body.args[0], x);
      const double q = std::max(1.0, std::abs(body.args[1].number.to_double()));
      return body.args[1].number.is_negative() ? Degree{q * d.den, q * d.num, false} : Degree{q * d.num, q * d.den, d.shared};
    }
  }
  return {kHopeless, kHopeless, false};
}

}  // namespace

double log2_degree(const Schedule& schedule, const Layout& layout) {
  const TermPool& pool = schedule.pool();
  std::vector<Degree> degree(schedule.size());
  double worst = 1;
  double drawn = 0, argument = 0;  // arguments of elementwise functions: how many, and the highest degree
  for (std::size_t s = 0; s < schedule.size(); ++s) {
    const Node& n = schedule.node(s);
    const auto args = schedule.args(s);
    const auto arg = [&](std::size_t i) -> const Degree& { return degree[args[i]]; };
    const auto rows = [&](std::size_t i) { return static_cast<double>(layout.rows(args[i])); };
    const auto order = [&] { return rows(0); };
    const auto cols = [&] { return static_cast<double>(layout.cols(args[0])); };
    Degree d;
    switch (n.op) {
      case Op::Symbol:
        d = schedule[s].definition != Schedule::kNone ? degree[schedule[s].definition]
                                                      : of_variable(pool.symbols[n.symbol].attributes, static_cast<double>(layout.rows(s)));
        break;
      case Op::Number: case Op::Size: case Op::Ones: case Op::Zeros: case Op::Eye: case Op::Commutation: case Op::Duplication:
      case Op::Elimination: case Op::Selection: break;
      case Op::Pi: d = {2, 0, true}; break;
      case Op::Sum:
        d = arg(0);
        for (std::size_t i = 1; i < args.size(); ++i)
          d = {std::max(d.num + arg(i).den, arg(i).num + d.den), d.den + arg(i).den, d.shared && arg(i).shared};
        break;
      case Op::MatMul:
        d = arg(0);
        for (std::size_t i = 1; i < args.size(); ++i) d = summed(multiplied(d, arg(i)), rows(i));
        break;
      case Op::Scale: case Op::Hadamard: case Op::Kron:
        d = arg(0);
        for (std::size_t i = 1; i < args.size(); ++i) d = multiplied(d, arg(i));
        break;
      case Op::Transpose: case Op::Vec: case Op::Reshape: case Op::Diag: case Op::DiagVec: case Op::Tril: case Op::Stop:
        d = arg(0);
        break;
      case Op::Trace: d = summed(arg(0), order()); break;
      case Op::Total: d = summed(arg(0), order() * cols()); break;
      case Op::ColumnSums: d = summed(arg(0), order()); break;
      case Op::RowSums: d = summed(arg(0), cols()); break;
      case Op::Power: {
        const double q = std::max(1.0, std::abs(n.numbers[0].to_double()));
        d = {q * arg(0).num, q * arg(0).den, arg(0).shared && !n.numbers[0].is_negative()};
        if (n.numbers[0].is_negative()) std::swap(d.num, d.den);
        break;
      }
      case Op::PowerBy: d = {kHopeless, kHopeless, false}; break;
      case Op::PseudoInverse: {
        // Over the sum of squares of all minors of order r, the rank, the entries are sums of such a minor by one of its own
        // of order r-1 (Ben-Israel & Greville).
        const double r = std::min(order(), cols());
        const Degree one = over_one(arg(0), order() * cols());
        d = {(2 * r - 1) * one.num + one.den, 2 * r * one.num, true};
        break;
      }
      case Op::Cholesky: {
        // l(i,j) is a minor of order j over the root of the leading one and of that before it.
        const double k = order();
        const Degree one = over_one(arg(0), k * k);
        d = {2 * k * std::max(one.num, one.den), 2 * k * std::max(one.num, one.den), false};
        break;
      }
      case Op::MatrixFunction: {
        if (n.primary != PrimaryFunction::Power) {
          d = {kHopeless, kHopeless, false};
          break;
        }
        const double k = order();
        std::vector<Degree> directions;
        for (std::size_t i = 1; i < args.size(); ++i) directions.push_back(over_one(arg(i), k * k));
        d = raised(over_one(arg(0), k * k), k, static_cast<double>(pool.dims.evaluate(n.first, layout.sizes()).value_or(1)), directions);
        break;
      }
      case Op::Apply:
        d = applied(pool, n.function, n.order, arg(0));
        drawn += static_cast<double>(layout.entries(s));
        argument = std::max(argument, arg(0).num + arg(0).den);
        break;
      // Exponentials and logarithms are new variables: an entry over a sum of entries, or the logarithm of one.
      case Op::ColumnSoftmax: case Op::RowSoftmax: case Op::ColumnLogSumExp: case Op::RowLogSumExp:
        d = n.op == Op::ColumnSoftmax || n.op == Op::RowSoftmax ? Degree{1, 1, false} : Degree{1, 0, true};
        drawn += static_cast<double>(layout.entries(args[0]) + layout.entries(s));
        argument = std::max(argument, arg(0).num + arg(0).den);
        break;
      case Op::Inverse: case Op::Det: case Op::LogDet: {
        const double k = order();
        const Degree one = over_one(arg(0), k * k);
        d = n.op == Op::Inverse ? inverted(one, k) : Degree{k * one.num, k * one.den, true};
        break;
      }
    }
    d.num = std::min(d.num, kHopeless);
    d.den = std::min(d.den, kHopeless);
    degree[s] = d;
    worst = std::max(worst, d.num + d.den);
  }
  // Two arguments that agree by chance show as equal what is not: each pair is a difference of their degree.
  return std::log2(2 * worst + drawn * drawn * argument);
}

}  // namespace dvec
