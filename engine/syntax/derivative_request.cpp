/// grad, jac, hess and d, as expressions.

#include "syntax/derivative_request.hpp"

#include <fmt/format.h>

#include "syntax/expression.hpp"
#include "syntax/shape_error.hpp"
#include "term/term_print.hpp"

namespace dvec {

namespace {

constexpr std::uint64_t kLargestName = 200;  // nodes of a term that is printed as part of a name

const char* word(DerivativeKind kind) {
  switch (kind) {
    case DerivativeKind::Gradient: return "grad";
    case DerivativeKind::Jacobian: return "jac";
    case DerivativeKind::Hessian: return "hess";
    case DerivativeKind::Differential: return "d";
  }
  return "?";
}

const char* word(Convention convention) {
  switch (convention) {
    case Convention::Structured: return "structured";
    case Convention::Entries: return "entries";
    case Convention::Unconstrained: return "unconstrained";
  }
  return "?";
}

Convention usual(DerivativeKind kind) {
  return kind == DerivativeKind::Gradient ? Convention::Structured : Convention::Unconstrained;
}

}  // namespace

bool is_structured(Attribute attributes) {
  return has(attributes, Attribute::Symmetric | Attribute::Spd | Attribute::Diagonal | Attribute::Lower |
                             Attribute::Upper | Attribute::Skew);
}

SymbolId request_derivative(Program& program, TermPool& pool, Derivative request, Shape shape,
                            const std::string& of_text) {
  for (const Derivative& known : program.derivatives)
    if (known.kind == request.kind && known.of == request.of && known.wrt == request.wrt &&
        known.convention == request.convention && known.by_vech == request.by_vech &&
        known.direction == request.direction)
      return known.result;
  const auto written = [&](TermId t, const std::string& otherwise) {
    return pool[t].weight <= kLargestName ? print(pool, t) : otherwise;
  };
  const std::string& wrt = pool.symbols[request.wrt].name;
  std::string name = fmt::format("{}({},{}", word(request.kind), written(request.of, of_text),
                                 request.by_vech ? "vech(" + wrt + ")" : wrt);
  if (request.direction) name += "," + written(*request.direction, "V");
  if (request.kind != DerivativeKind::Differential && request.convention != usual(request.kind) && !request.by_vech)
    name += std::string(",") + word(request.convention);
  request.result = pool.symbols.add({.name = name + ")", .kind = SymbolKind::Let, .shape = shape, .declared = {}});
  program.derivatives.push_back(request);
  return request.result;
}

/// Shape of a derivative of F by X: LANGUAGE.md section 2.
std::optional<Shape> ExpressionElaborator::derivative_shape(const Frame& frame, const SyntaxNode& node,
                                                            DerivativeKind kind, const Value& of, Shape wrt,
                                                            bool by_vech) {
  DimTable& dims = pool_.dims;
  const Shape f = at(of.shape);
  const bool needs_scalar = kind == DerivativeKind::Gradient || kind == DerivativeKind::Hessian;
  const bool is_scalar = sizes_ ? sizes_->unify(f.rows, dims.one()) && sizes_->unify(f.cols, dims.one()) : scalar(f);
  if (needs_scalar && !is_scalar)
    return report(frame, [&] {
      ShapeError e(*this, frame);
      const std::string second(frame.tree.source->slice(frame.tree[node.args[1]].span));
      const std::string first(frame.tree.source->slice(frame.tree[node.args[0]].span));
      return e.argument(node, 0, of, "E-SHAPE-10", fmt::format("`{}` takes a scalar, a 1×1 value", node.text),
                        {kind == DerivativeKind::Gradient ? fmt::format("jac({},{})", first, second)
                                                          : fmt::format("hess(sum({}),{})", first, second)});
    });
  const Dim entries = by_vech ? dims.scale(Rational(1, 2), dims.multiply(wrt.rows, dims.add(wrt.rows, dims.one())))
                              : dims.multiply(wrt.rows, wrt.cols);
  switch (kind) {
    case DerivativeKind::Gradient: return by_vech ? Shape{entries, dims.one()} : wrt;
    case DerivativeKind::Jacobian: return Shape{dims.multiply(f.rows, f.cols), entries};
    case DerivativeKind::Hessian: return Shape{entries, entries};
    case DerivativeKind::Differential: return f;
  }
  throw Bug("unknown kind of derivative");
}

std::optional<Value> ExpressionElaborator::derivative(const Frame& frame, const SyntaxNode& node) {
  const SyntaxTree& tree = frame.tree;
  const DerivativeKind kind = node.text == "grad"   ? DerivativeKind::Gradient
                              : node.text == "jac"  ? DerivativeKind::Jacobian
                              : node.text == "hess" ? DerivativeKind::Hessian
                                                    : DerivativeKind::Differential;
  const bool differential = kind == DerivativeKind::Differential;
  if (node.args.size() < (differential ? 3 : 2) || node.args.size() > 3)
    return error(frame, "E-CALL-01", node.span,
                 differential ? "`d` takes a value, a variable and a direction: d(F, X, V)"
                              : fmt::format("`{0}` takes a value and a variable: {0}(F, X)", node.text));
  if (making_terms() && (!work_.program || frame.foreign))
    return error(frame, "E-DERIV-04", node.span, "a derivative cannot stand here");

  Derivative request{.kind = kind, .convention = usual(kind), .span = node.span};
  SyntaxId wrt_id = node.args[1];
  if (const SyntaxNode& wrt = tree[wrt_id];
      wrt.kind == SyntaxKind::Call && wrt.text == "vech" && wrt.args.size() == 1) {
    request.by_vech = true;
    wrt_id = wrt.args[0];
  }
  const auto of = evaluate(frame, node.args[0]);
  const auto wrt = of ? evaluate(frame, wrt_id) : std::nullopt;
  if (!wrt) return std::nullopt;

  // By what.
  if (making_terms()) {
    const Node& symbol = pool_[wrt->term];
    const SymbolKind symbol_kind = symbol.op == Op::Symbol ? pool_.symbols[symbol.symbol].kind : SymbolKind::Pattern;
    bool named = symbol_kind == SymbolKind::Variable || symbol_kind == SymbolKind::Let;
    for (const Derivative& other : work_.program->derivatives) named = named && other.result != symbol.symbol;
    if (!named)
      return error(frame, "E-DERIV-01", tree[wrt_id].span,
                   "a derivative is by a variable or by a name given with `let`");
    request.wrt = symbol.symbol;
    const Attribute attributes = pool_.symbols[request.wrt].attributes;
    if (has(attributes, Attribute::Constant))
      return error(frame, "E-DERIV-01", tree[wrt_id].span,
                   fmt::format("{} is declared constant", pool_.symbols[request.wrt].name));
    if (request.by_vech &&
        !has(attributes, Attribute::Symmetric | Attribute::Spd | Attribute::Lower)) {
      Diagnostic d = error_at("E-DERIV-03", tree[wrt_id].span,
                              "`vech` stacks the free entries of a symmetric or a lower triangular matrix");
      d.notes = ShapeError(*this, frame).origins({wrt_id});
      return error(frame, std::move(d));
    }
    if (request.by_vech) request.convention = Convention::Unconstrained;
  }

  // Which convention, or in which direction.
  if (differential) {
    const auto direction = evaluate(frame, node.args[2]);
    if (!direction) return std::nullopt;
    const Shape v = at(direction->shape), x = at(wrt->shape);
    if (!same(v.rows, x.rows) || !same(v.cols, x.cols))
      return report(frame, [&] {
        ShapeError e(*this, frame);
        Diagnostic d = e.argument(node, 2, *direction, "E-SHAPE-12", "the direction has to have the variable's shape",
                                  e.other_arguments(node));
        d.detail[0] = fmt::format("{} is {} but {} is {}.", e.quoted(node.args[1]), e.shape(*wrt),
                                  e.quoted(node.args[2]), e.shape(*direction));
        return d;
      });
    request.direction = direction->term;
  } else if (node.args.size() == 3) {
    const SyntaxNode& third = tree[node.args[2]];
    const bool is_word = third.kind == SyntaxKind::Name;
    if (is_word && third.text == "structured")
      request.convention = Convention::Structured;
    else if (is_word && third.text == "entries")
      request.convention = Convention::Entries;
    else if (is_word && third.text == "unconstrained")
      request.convention = Convention::Unconstrained;
    else
      return error(frame, "E-DERIV-02", third.span, "the convention is `structured`, `entries` or `unconstrained`");
    if (kind != DerivativeKind::Gradient && request.convention == Convention::Entries)
      return error(frame, "E-DERIV-02", third.span,
                   fmt::format("by the free entries `{0}` is written {0}(F,vech(X)): `entries` is a convention of gradients", node.text));
    if (request.by_vech)
      return error(frame, "E-DERIV-02", third.span, "by the free entries (vech) there is one convention only");
    if (making_terms() && !is_structured(pool_.symbols[request.wrt].attributes)) request.convention = usual(kind);
  }

  const auto shape = derivative_shape(frame, node, kind, *of, at(wrt->shape), request.by_vech);
  if (!shape) return std::nullopt;
  return Value{.shape = *shape,
               .term = make([&] {
                 request.of = of->term;
                 const std::string of_text = ShapeError(*this, frame).quoted(node.args[0]);
                 return pool_.symbol(request_derivative(*work_.program, pool_, request, *shape, of_text));
               })};
}

}  // namespace dvec
