/// The infix operators: shapes, broadcasts, terms.

#include <array>

#include <fmt/format.h>

#include "syntax/expression.hpp"
#include "syntax/shape_error.hpp"

namespace dvec {

namespace {

enum class Side { Whole, Scalar, Row, Column };  // as it is; over everything; down the rows; along the columns

constexpr std::int64_t kLargestPower = 64;  // of a matrix, written out as a product

}  // namespace

/// The common shape of two operands, and how each comes to it.
struct ExpressionElaborator::Joint {
  Shape shape;
  Side left = Side::Whole, right = Side::Whole;
};

std::optional<ExpressionElaborator::Joint> ExpressionElaborator::join(const Frame& frame, const SyntaxNode& node,
                                                                      const Value& left, const Value& right) {
  const Shape l = at(left.shape), r = at(right.shape);
  if (l == r) return Joint{l};
  if (scalar(l)) return Joint{r, Side::Scalar, Side::Whole};
  if (scalar(r)) return Joint{l, Side::Whole, Side::Scalar};

  Joint joint{l};
  const auto one_size = [&](Dim a, Dim b, Dim& common, Side side) {
    const bool spreads = !(sizes_ && (sizes_->open_constant(a) || sizes_->open_constant(b)));
    if (a == b) return true;
    if (spreads && one(a)) {
      joint.left = joint.left == Side::Whole ? side : Side::Scalar;
      common = b;
      return true;
    }
    if (spreads && one(b)) {
      joint.right = joint.right == Side::Whole ? side : Side::Scalar;
      return true;
    }
    return same(a, b);
  };
  const bool rows = one_size(l.rows, r.rows, joint.shape.rows, Side::Row);
  const bool cols = one_size(l.cols, r.cols, joint.shape.cols, Side::Column);
  const bool sum = node.op == Operator::Add || node.op == Operator::Subtract;
  const char* what = node.op == Operator::Add          ? "sum"
                     : node.op == Operator::Subtract   ? "difference"
                     : node.op == Operator::EntryPower ? "entrywise power"
                     : node.op == Operator::EntryTimes ? "entrywise product"
                                                       : "entrywise quotient";
  if (!rows || !cols)
    return report(frame, [&] {
      const auto text = [&](Dim d) { return pool_.dims.text(d); };
      const std::string why = rows   ? fmt::format("they have {} and {} columns", text(l.cols), text(r.cols))
                              : cols ? fmt::format("they have {} and {} rows", text(l.rows), text(r.rows))
                                     : std::string("neither rows nor columns agree");
      return ShapeError(*this, frame)
          .operands(node, left, right, sum ? "E-SHAPE-01" : "E-SHAPE-03", fmt::format("{} does not conform", what),
                    why);
    });
  if (joint.left != Side::Whole && joint.right != Side::Whole)
    return report(frame, [&] {
      return ShapeError(*this, frame)
          .operands(node, left, right, "E-SHAPE-04",
                    fmt::format("both operands of this {} would have to be spread", what),
                    "one of the two has to be written out");
    });
  return joint;
}

TermId ExpressionElaborator::spread(const Value& v, const Joint& joint, bool is_left) {
  switch (is_left ? joint.left : joint.right) {
    case Side::Whole: return v.term;
    case Side::Scalar: return pool_.scale(v.term, pool_.ones(joint.shape));
    case Side::Row: return pool_.matmul(pool_.ones({joint.shape.rows, pool_.dims.one()}), v.term);
    case Side::Column: return pool_.matmul(v.term, pool_.ones({pool_.dims.one(), joint.shape.cols}));
  }
  throw Bug("unknown way to spread");
}

/// Rows and columns that are spread are put on record; a scalar over a matrix is no surprise.
void ExpressionElaborator::note_spread(const Frame& frame, const SyntaxNode& node, const Value& left,
                                       const Value& right, const Joint& joint) {
  if (!making_terms() || !work_.program || frame.foreign) return;
  for (const bool is_left : {true, false}) {
    const Side side = is_left ? joint.left : joint.right;
    if (side != Side::Row && side != Side::Column) continue;
    ShapeError names(*this, frame);
    const SyntaxId id = node.args[is_left ? 0 : 1];
    const Place place = frame.tree.source->place(frame.tree[id].span.begin);
    const std::string written = names.factor(id);
    const std::string spread = side == Side::Row
                                   ? fmt::format("ones({},1)*{}", pool_.dims.text(joint.shape.rows), written)
                                   : fmt::format("{}*ones(1,{})", written, pool_.dims.text(joint.shape.cols));
    work_.program->broadcasts.push_back(
        {frame.tree[id].span,
         fmt::format("{}at {}:{}: {} is {}, spread as {}", work_.subject.empty() ? "" : "in " + work_.subject + " ",
                     place.line, place.column, names.quoted(id), names.shape(is_left ? left : right), spread)});
  }
}

std::optional<Value> ExpressionElaborator::operate(const Frame& frame, const SyntaxNode& node, Value left,
                                                   Value right) {
  switch (node.op) {
    case Operator::Add:
    case Operator::Subtract:
    case Operator::EntryTimes: return entrywise(frame, node, left, right);
    case Operator::EntryDivide: {
      const auto joint = join(frame, node, left, right);
      if (!joint) return std::nullopt;
      note_spread(frame, node, left, right, *joint);
      return quotient(frame, node, left, right, *joint, node.args[1]);
    }
    case Operator::EntryLeftDivide: {
      const auto joint = join(frame, node, left, right);
      if (!joint) return std::nullopt;
      note_spread(frame, node, left, right, *joint);
      return quotient(frame, node, right, left, Joint{joint->shape, joint->right, joint->left}, node.args[0]);
    }
    case Operator::EntryPower: return entry_power(frame, node, left, right);
    case Operator::Times: return product(frame, node, left, right);
    case Operator::Divide: return divide(frame, node, left, right);
    case Operator::LeftDivide: return left_divide(frame, node, left, right);
    case Operator::Power: return matrix_power(frame, node, left, right);
    case Operator::Kronecker: {
      const Shape l = at(left.shape), r = at(right.shape);
      return Value{.shape = {pool_.dims.multiply(l.rows, r.rows), pool_.dims.multiply(l.cols, r.cols)},
                   .term = make([&] { return pool_.kron(left.term, right.term); })};
    }
    case Operator::Less:
    case Operator::LessEqual:
    case Operator::Greater:
    case Operator::GreaterEqual:
      return comparison(frame, node, left, right);
    case Operator::Range: return error(frame, "E-INDEX-03", node.mark, "a range a:b stands among indices only");
  }
  throw Bug("unknown operator");
}

/// + - .*
std::optional<Value> ExpressionElaborator::entrywise(const Frame& frame, const SyntaxNode& node, const Value& left,
                                                     const Value& right) {
  const auto joint = join(frame, node, left, right);
  if (!joint) return std::nullopt;
  if (node.op == Operator::EntryTimes) {
    if (joint->left == Side::Scalar || joint->right == Side::Scalar || scalar(joint->shape))
      return product(frame, node, left, right);
    note_spread(frame, node, left, right, *joint);
    return Value{.shape = joint->shape,
                 .term =
                     make([&] { return pool_.hadamard(spread(left, *joint, true), spread(right, *joint, false)); })};
  }
  const bool minus = node.op == Operator::Subtract;
  if (left.number && right.number)
    return of_number(minus ? *left.number - *right.number : *left.number + *right.number);
  note_spread(frame, node, left, right, *joint);
  Value v{.shape = joint->shape};
  if (left.size && right.size)
    v.size = minus ? pool_.dims.subtract(*left.size, *right.size) : pool_.dims.add(*left.size, *right.size);
  v.term = make([&] {
    if (v.size) return pool_.size(*v.size);
    const TermId l = spread(left, *joint, true), r = spread(right, *joint, false);
    return minus ? pool_.subtract(l, r) : pool_.add(l, r);
  });
  return v;
}

/// A > B is step(A-B), A >= B is 1-step(B-A): 1 where it holds, 0 elsewhere, constant almost everywhere.
std::optional<Value> ExpressionElaborator::comparison(const Frame& frame, const SyntaxNode& node, const Value& left,
                                                      const Value& right) {
  const auto joint = join(frame, node, left, right);
  if (!joint) return std::nullopt;
  note_spread(frame, node, left, right, *joint);
  const bool less = node.op == Operator::Less || node.op == Operator::LessEqual;
  const bool strict = node.op == Operator::Less || node.op == Operator::Greater;
  return Value{.shape = joint->shape, .term = make([&] {
                 const auto step = pool_.functions.find("step");
                 require(step.has_value(), "step is not among the elementwise functions");
                 const TermId l = spread(left, *joint, true), r = spread(right, *joint, false);
                 const TermId holds = pool_.apply(*step, 0, less == strict ? pool_.subtract(r, l) : pool_.subtract(l, r));
                 return strict ? holds : pool_.subtract(pool_.ones(joint->shape), holds);
               })};
}

/// A*B, and scalars with anything.
std::optional<Value> ExpressionElaborator::product(const Frame& frame, const SyntaxNode& node, const Value& left,
                                                   const Value& right) {
  if (scalar(left.shape) || scalar(right.shape)) {
    if (left.number && right.number) return of_number(*left.number * *right.number);
    const Value& s = scalar(left.shape) ? left : right;
    const Value& a = scalar(left.shape) ? right : left;
    Value v{.shape = at(a.shape), .term = make([&] { return pool_.scale(s.term, a.term); })};
    if (left.size && right.size)
      v.size = pool_.dims.multiply(*left.size, *right.size);
    else if (left.number && right.size)
      v.size = pool_.dims.scale(*left.number, *right.size);
    else if (right.number && left.size)
      v.size = pool_.dims.scale(*right.number, *left.size);
    return v;
  }
  const Shape l = at(left.shape), r = at(right.shape);
  if (same(l.cols, r.rows))
    return Value{.shape = {l.rows, r.cols}, .term = make([&] { return pool_.matmul(left.term, right.term); })};
  return report(frame, [&] {
    return ShapeError(*this, frame)
        .operands(node, left, right, "E-SHAPE-02", "product does not conform",
                  fmt::format("inner sizes {} and {} differ", pool_.dims.text(l.cols), pool_.dims.text(r.rows)));
  });
}

/// 1/a, entrywise.
std::optional<Value> ExpressionElaborator::reciprocal(const Frame& frame, SyntaxId id, const Value& a) {
  if (a.number && a.number->is_zero()) return error(frame, "E-NUMBER-01", frame.tree[id].span, "division by zero");
  if (a.number) return of_number(a.number->inverse());
  return Value{.shape = a.shape, .term = make([&] { return pool_.power(a.term, Rational(-1)); })};
}

/// over ./ under, where `id` is what stands below.
std::optional<Value> ExpressionElaborator::quotient(const Frame& frame, const SyntaxNode& node, const Value& over,
                                                    const Value& under, const Joint& joint, SyntaxId id) {
  if (joint.right == Side::Scalar || joint.left == Side::Scalar || scalar(joint.shape)) {
    const auto below = reciprocal(frame, id, under);
    return below ? product(frame, node, over, *below) : std::nullopt;
  }
  return Value{.shape = joint.shape, .term = make([&] {
                                       const TermId below = pool_.power(spread(under, joint, false), Rational(-1));
                                       return pool_.hadamard(spread(over, joint, true), below);
                                     })};
}

/// A/B = A inv(B) for a square B; A/s entrywise.
std::optional<Value> ExpressionElaborator::divide(const Frame& frame, const SyntaxNode& node, const Value& left,
                                                  const Value& right) {
  if (scalar(right.shape)) {
    const auto below = reciprocal(frame, node.args[1], right);
    return below ? product(frame, node, left, *below) : std::nullopt;
  }
  const Shape l = at(left.shape), r = at(right.shape);
  if (same(r.rows, r.cols) && same(l.cols, r.rows))
    return Value{.shape = {l.rows, r.rows},
                 .term = make([&] { return pool_.matmul(left.term, pool_.inverse(right.term)); })};
  return report(frame, [&] {
    const std::string why =
        r.rows != r.cols ? std::string("what stands below has to be square, or a scalar")
                         : fmt::format("columns {} and {} differ", pool_.dims.text(l.cols), pool_.dims.text(r.cols));
    return ShapeError(*this, frame).operands(node, left, right, "E-SHAPE-06", "quotient does not conform", why);
  });
}

/// A\B = inv(A) B for a square A; s\A entrywise.
std::optional<Value> ExpressionElaborator::left_divide(const Frame& frame, const SyntaxNode& node, const Value& left,
                                                       const Value& right) {
  if (scalar(left.shape)) {
    const auto below = reciprocal(frame, node.args[0], left);
    return below ? product(frame, node, *below, right) : std::nullopt;
  }
  const Shape l = at(left.shape), r = at(right.shape);
  if (same(l.rows, l.cols) && same(l.rows, r.rows))
    return Value{.shape = {l.cols, r.cols},
                 .term = make([&] { return pool_.matmul(pool_.inverse(left.term), right.term); })};
  return report(frame, [&] {
    const std::string why =
        l.rows != l.cols ? std::string("what is divided by has to be square, or a scalar")
                         : fmt::format("rows {} and {} differ", pool_.dims.text(l.rows), pool_.dims.text(r.rows));
    return ShapeError(*this, frame).operands(node, left, right, "E-SHAPE-06", "quotient does not conform", why);
  });
}

/// base.^exponent
std::optional<Value> ExpressionElaborator::entry_power(const Frame& frame, const SyntaxNode& node, const Value& base,
                                                       const Value& exponent) {
  const auto joint = join(frame, node, base, exponent);
  if (!joint) return std::nullopt;
  note_spread(frame, node, base, exponent, *joint);
  if (exponent.number) {
    const Rational& q = *exponent.number;
    if (base.number && base.number->is_zero() && q.is_negative())
      return error(frame, "E-NUMBER-01", node.span, "division by zero");
    const auto whole = q.to_int64();
    if (base.number && whole && *whole >= -kLargestPower && *whole <= kLargestPower)
      return of_number(power(*base.number, *whole));
    Value v{.shape = joint->shape, .term = make([&] { return pool_.power(base.term, q); })};
    if (base.size && whole && *whole >= 1 && *whole <= kLargestPower) {
      v.size = pool_.dims.one();
      for (std::int64_t k = 0; k < *whole; ++k) v.size = pool_.dims.multiply(*v.size, *base.size);
    }
    return v;
  }
  return Value{.shape = joint->shape,
               .term = make([&] {
                 const TermId below = spread(base, *joint, true);
                 const TermId above = joint->right == Side::Scalar ? exponent.term : spread(exponent, *joint, false);
                 return pool_.power_by(below, above);
               })};
}

/// A^k for a square A and a whole number k; scalars entrywise.
std::optional<Value> ExpressionElaborator::matrix_power(const Frame& frame, const SyntaxNode& node, const Value& base,
                                                        const Value& exponent) {
  if (scalar(base.shape) && scalar(exponent.shape)) return entry_power(frame, node, base, exponent);
  const Shape s = at(base.shape);
  const auto whole = exponent.number ? exponent.number->to_int64() : std::nullopt;
  const bool root = exponent.number && *exponent.number == Rational(1, 2);
  const bool symbolic = exponent.size && !exponent.number;
  if (same(s.rows, s.cols) && (root || symbolic))
    return Value{.shape = s, .term = make([&] {
                   return pool_.matrix_function(root ? PrimaryFunction::SquareRoot : PrimaryFunction::Power,
                                                root ? Dim() : *exponent.size, std::array{base.term});
                 })};
  if (!same(s.rows, s.cols) || !whole)
    return report(frame, [&] {
      const std::string why = s.rows != s.cols ? "only a square matrix has powers"
                                               : "a matrix has powers with whole numbers as exponents only";
      ShapeError e(*this, frame);
      Diagnostic d = e.operands(node, base, exponent, "E-SHAPE-05", "power does not conform", why);
      if (scalar(exponent.shape)) d.detail = {fmt::format("{} is {}: {}.", e.quoted(node.args[0]), e.shape(base), why)};
      return d;
    });
  if (*whole > kLargestPower || *whole < -kLargestPower)
    return error(frame, "E-NUMBER-03", frame.tree[node.args[1]].span,
                 fmt::format("powers of a matrix go from -{0} to {0}", kLargestPower));
  return Value{.shape = s, .term = make([&] {
                             if (*whole == 0) return pool_.eye(s.rows);
                             const TermId factor = *whole > 0 ? base.term : pool_.inverse(base.term);
                             return pool_.matmul(
                                 std::vector<TermId>(static_cast<std::size_t>(*whole > 0 ? *whole : -*whole), factor));
                           })};
}

}  // namespace dvec
