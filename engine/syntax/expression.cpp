#include "syntax/expression.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "syntax/shape_error.hpp"

namespace dvec {

namespace {

constexpr int kDeepest = 1500;  // frames of evaluate() within each other, calls included
constexpr std::uint64_t kMostSteps =
    40'000'000;  // nodes visited, and arguments copied, for one expression with its calls

/// Terms of a sum, or factors of a product, not yet put together: a chain of n operands takes n steps, not n*n.
struct Chain {
  enum class Kind { None, Sum, Product, Entries };
  Kind kind = Kind::None;
  std::vector<TermId> terms;
  std::vector<Rational> coefficients;

  void begin(Kind k, TermId first) {
    kind = k;
    terms = {first};
    coefficients = {Rational(1)};
  }
  void push(TermId t, const Rational& c) {
    terms.push_back(t);
    coefficients.push_back(c);
  }
  void finish(TermPool& pool, Value& into) {
    switch (std::exchange(kind, Kind::None)) {
      case Kind::None: return;
      case Kind::Sum: into.term = pool.sum(terms, coefficients); return;
      case Kind::Product: into.term = pool.matmul(terms); return;
      case Kind::Entries: into.term = pool.hadamard(terms); return;
    }
  }
};

/// What an operator does to two operands that fit as they are; None where something has to be done to them first.
Chain::Kind chain_kind(Operator op, const Value& left, const Value& right, const TermPool& pool) {
  const bool equal = left.shape == right.shape;
  if (op == Operator::Add || op == Operator::Subtract)
    return equal && !(left.size && right.size) ? Chain::Kind::Sum : Chain::Kind::None;
  if (pool.is_scalar(left.shape) || pool.is_scalar(right.shape)) {
    const auto constant = [](const Value& v) { return v.number || v.size; };
    const bool factors = equal && (op == Operator::Times || op == Operator::EntryTimes);
    return factors && !(constant(left) && constant(right)) ? Chain::Kind::Entries : Chain::Kind::None;
  }
  if (op == Operator::Times) return left.shape.cols == right.shape.rows ? Chain::Kind::Product : Chain::Kind::None;
  return op == Operator::EntryTimes && equal ? Chain::Kind::Entries : Chain::Kind::None;
}

bool on_spine(const SyntaxNode& n) {
  return n.kind == SyntaxKind::Binary || n.kind == SyntaxKind::Transpose || n.kind == SyntaxKind::Unary;
}

class Deeper {
 public:
  explicit Deeper(int& depth) : depth_(depth) { ++depth_; }
  ~Deeper() { --depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  int& depth_;
};

}  // namespace

// --- what is asked ---------------------------------------------------------------------------------------------------

std::optional<Value> ExpressionElaborator::term(const SyntaxTree& tree, SyntaxId root, const Scope& scope) {
  const auto both = run(tree, {root}, scope);
  return both[0];
}

std::optional<std::pair<Value, Value>> ExpressionElaborator::terms(const SyntaxTree& tree, SyntaxId left,
                                                                   SyntaxId right, const Scope& scope) {
  const auto both = run(tree, {left, right}, scope);
  if (!both[0] || !both[1]) return std::nullopt;
  return std::pair(*both[0], *both[1]);
}

std::vector<std::optional<Value>> ExpressionElaborator::run(const SyntaxTree& tree, const std::vector<SyntaxId>& roots,
                                                            const Scope& scope) {
  const std::size_t broadcasts = work_.program ? work_.program->broadcasts.size() : 0;
  const auto evaluate_all = [&] {
    met_ = 0;
    std::vector<std::optional<Value>> values;
    for (const SyntaxId root : roots) {
      steps_ = 0;
      values.push_back(evaluate({.tree = tree, .scope = scope, .root = root}, root));
    }
    return values;
  };
  constants_.clear();
  constants_known_ = needs_constants_ = false;
  std::vector<std::optional<Value>> values = evaluate_all();
  if (!needs_constants_) return values;

  // Constants without sizes occur: look for shapes first, then make the terms.
  if (work_.program) work_.program->broadcasts.resize(broadcasts);
  SizeUnifier sizes(pool_.dims);
  sizes_ = &sizes;
  const std::vector<std::optional<Value>> shapes = evaluate_all();
  if (shapes.size() == 2 && shapes[0] && shapes[1] &&
      sizes.unknown(shapes[0]->shape) + sizes.unknown(shapes[1]->shape) > 0)
    (void)sizes.unify(shapes[0]->shape, shapes[1]->shape);
  (void)sizes.settle();
  for (Shape& s : constants_) s = sizes.resolve(s);
  for (Shape& s : constants_)
    if (sizes.unknown(s)) s = {};
  sizes_ = nullptr;
  constants_known_ = true;
  return evaluate_all();
}

std::optional<Dim> ExpressionElaborator::size(const SyntaxTree& tree, SyntaxId root, const Scope& scope) {
  return size_of({.tree = tree, .scope = scope, .root = root}, root);
}

std::optional<Shape> ExpressionElaborator::shape(const SyntaxTree& tree, SyntaxId root, const Scope& scope,
                                                 SizeUnifier& sizes, const Parameters& given) {
  sizes_ = &sizes;
  given_ = &given;
  met_ = 0;
  steps_ = 0;
  const auto value = evaluate({.tree = tree, .scope = scope, .root = root}, root);
  sizes_ = nullptr;
  given_ = nullptr;
  if (!value) return std::nullopt;
  return value->shape;
}

bool ExpressionElaborator::conforms(const SyntaxTree& tree, const Scope& scope, const Parameters* parameters) {
  SizeUnifier sizes(pool_.dims);
  sizes_ = &sizes;
  const bool good =
      evaluate({.tree = tree, .scope = scope, .root = tree.root, .parameters = parameters}, tree.root).has_value();
  sizes_ = nullptr;
  return good;
}

// --- walking ---------------------------------------------------------------------------------------------------------

std::optional<Value> ExpressionElaborator::evaluate(const Frame& frame, SyntaxId id) {
  const Deeper deeper(depth_);
  if (depth_ > kDeepest)
    return error(frame, "E-CALL-05", frame.tree[id].span, "calls and brackets are nested too deep here");

  ++steps_;
  std::vector<SyntaxId> spine;
  for (; on_spine(frame.tree[id]); id = frame.tree[id].args[0]) spine.push_back(id);
  std::optional<Value> value = operand(frame, id);
  Chain chain;
  for (auto it = spine.rbegin(); it != spine.rend(); ++it) {
    if (!value) return value;
    if (++steps_ > kMostSteps)
      return error(frame, "E-CALL-06", frame.tree[*it].span,
                   "this expression is too large, or grows too large when its calls are put in");
    const SyntaxNode& node = frame.tree[*it];
    if (node.kind != SyntaxKind::Binary) {
      chain.finish(pool_, *value);
      value = node.kind == SyntaxKind::Transpose ? transpose(*value) : negate(*value, node.op);
      continue;
    }
    const std::optional<Value> right = evaluate(frame, node.args[1]);
    if (!right) return right;
    const Chain::Kind kind = making_terms() ? chain_kind(node.op, *value, *right, pool_) : Chain::Kind::None;
    if (kind == Chain::Kind::None) {
      chain.finish(pool_, *value);
      value = operate(frame, node, *value, *right);
      if (value && value->term.valid()) steps_ += pool_[value->term].args.size();
      continue;
    }
    if (chain.kind != kind) {
      chain.finish(pool_, *value);
      chain.begin(kind, value->term);
    }
    chain.push(right->term, Rational(node.op == Operator::Subtract ? -1 : 1));
    value = Value{.shape = {value->shape.rows, right->shape.cols}};
  }
  if (value) chain.finish(pool_, *value);
  return value;
}

std::optional<Value> ExpressionElaborator::operand(const Frame& frame, SyntaxId id) {
  const SyntaxNode& node = frame.tree[id];
  switch (node.kind) {
    case SyntaxKind::Number: {
      const auto number = Rational::parse(node.text);
      if (!number)
        return error(frame, "E-NUMBER-02", node.span, fmt::format("the number {} is out of range", node.text));
      return of_number(*number);
    }
    case SyntaxKind::Name: return name(frame, node);
    case SyntaxKind::Slot: {
      const auto slot = frame.scope.slot(node.text);
      if (!slot) return error(frame, "E-NAME-01", node.span, fmt::format("`{}` has no slot here", node.text));
      return Value{.shape = pool_.symbols[*slot].shape, .term = make([&] { return pool_.symbol(*slot); })};
    }
    case SyntaxKind::Call: return call(frame, node);
    case SyntaxKind::Index: {
      const auto indexed = evaluate(frame, node.args[0]);
      return indexed ? index(frame, node, *indexed, 1) : std::nullopt;
    }
    case SyntaxKind::Block: return blocks(frame, node);
    case SyntaxKind::Colon: return error(frame, "E-INDEX-03", node.span, "a bare : stands among indices only");
    case SyntaxKind::Unary:
    case SyntaxKind::Binary:
    case SyntaxKind::Transpose: break;
  }
  throw Bug("an operator is no operand");
}

// --- names -----------------------------------------------------------------------------------------------------------

Value ExpressionElaborator::of_number(const Rational& q) {
  Value v{.shape = unit(), .term = make([&] { return pool_.number(q); }), .number = q};
  if (const auto whole = q.to_int64()) v.size = pool_.dims.constant(*whole);
  return v;
}

std::optional<Value> ExpressionElaborator::named(const Named& named) {
  if (const SymbolId* s = std::get_if<SymbolId>(&named.what))
    return Value{.shape = pool_.symbols[*s].shape, .term = make([&] { return pool_.symbol(*s); })};
  if (const Dim* d = std::get_if<Dim>(&named.what)) {
    Value v{.shape = unit(), .term = make([&] { return pool_.size(*d); }), .size = *d};
    v.number = pool_.dims.as_number(*d);
    return v;
  }
  return std::nullopt;
}

std::optional<Value> ExpressionElaborator::name(const Frame& frame, const SyntaxNode& node) {
  if (frame.parameters)
    if (const auto known = frame.parameters->find(node.text); known != frame.parameters->end()) return known->second;
  if (const Named* known = frame.scope.find(node.text)) {
    if (auto value = named(*known)) return value;
    return report(frame, [&] {
      Diagnostic d =
          error_at("E-NAME-03", node.span, fmt::format("`{}` is a function: it needs its arguments", node.text));
      return d;
    });
  }
  if (given_)
    if (const auto known = given_->find(node.text); known != given_->end()) return known->second;
  if (node.text == "pi") return Value{.shape = unit(), .term = make([&] { return pool_.pi(); })};
  if (node.text == "I" || node.text == "eye" || node.text == "ones" || node.text == "zeros")
    return constant(frame, node);
  return unknown(frame, node);
}

std::optional<Value> ExpressionElaborator::unknown(const Frame& frame, const SyntaxNode& node) {
  if (work_.broken.contains(node.text)) return std::nullopt;
  return report(frame, [&] { return ShapeError(*this, frame).unknown_name(node); });
}

std::optional<Dim> ExpressionElaborator::size_of(const Frame& frame, SyntaxId id) {
  const auto value = evaluate(frame, id);
  if (!value) return std::nullopt;
  if (value->size) return value->size;
  return report(frame, [&] {
    Diagnostic d = error_at("E-SIZE-01", frame.tree[id].span, "a size is made of names of sizes and whole numbers");
    if (frame.tree[id].kind == SyntaxKind::Name && !value->number) d.notes = ShapeError(*this, frame).origins({id});
    return d;
  });
}

// --- signs and transposes --------------------------------------------------------------------------------------------

std::optional<Value> ExpressionElaborator::transpose(const Value& a) {
  Value v = a;
  v.shape = transposed(a.shape);
  v.term = make([&] { return pool_.transpose(a.term); });
  return v;
}

std::optional<Value> ExpressionElaborator::negate(const Value& a, Operator sign) {
  if (sign == Operator::Add) return a;
  if (a.number) return of_number(-*a.number);
  Value v{.shape = a.shape, .term = make([&] { return pool_.negate(a.term); })};
  if (a.size) v.size = pool_.dims.scale(Rational(-1), *a.size);
  return v;
}

// --- errors ----------------------------------------------------------------------------------------------------------

std::nullopt_t ExpressionElaborator::error(const Frame& frame, Diagnostic d) {
  if (!making_terms()) return std::nullopt;
  for (const Frame* f = &frame; f->caller; f = f->caller) {
    if (f->foreign) {
      d.span = f->call;
      d.also.clear();
      d.repair.clear();
      d.notes.push_back(fmt::format("this is found in the meaning of {}", f->name));
    } else {
      const Place place = f->caller->tree.source->place(f->call.begin);
      d.notes.push_back(fmt::format("in {}, called at {}:{}", f->name, place.line, place.column));
    }
  }
  work_.errors.push_back(std::move(d));
  return std::nullopt;
}

std::nullopt_t ExpressionElaborator::error(const Frame& frame, const char* code, Span span, std::string message) {
  return error(frame, error_at(code, span, std::move(message)));
}

}  // namespace dvec
