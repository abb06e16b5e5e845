/// Calls: which function is meant, and the primitive ones.

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "syntax/expression.hpp"
#include "syntax/shape_error.hpp"

namespace dvec {

namespace {

constexpr std::size_t kAny = 1000;  // arguments

std::string counted(std::size_t n) {
  constexpr std::array<const char*, 5> kWords = {"no argument", "one argument", "two arguments", "three arguments",
                                                 "four arguments"};
  return n < kWords.size() ? kWords[n] : fmt::format("{} arguments", n);
}

}  // namespace

ExpressionElaborator::Handler ExpressionElaborator::primitive(std::string_view name) {
  using E = ExpressionElaborator;
  static const std::map<std::string_view, Handler> kHandlers = {
      {"kron", &E::kron},       {"vec", &E::vec},
      {"diag", &E::diag},       {"diagvec", &E::square},
      {"trace", &E::square},    {"det", &E::square},
      {"logdet", &E::square},   {"inv", &E::square},
      {"chol", &E::square},     {"expm", &E::matrix_function},
      {"logm", &E::matrix_function}, {"sqrtm", &E::matrix_function},
      {"mpower", &E::matrix_function}, {"pinv", &E::unary},
      {"tril", &E::unary},      {"duplication_matrix", &E::vech_matrix},
      {"elimination_matrix", &E::vech_matrix},
      {"softmax", &E::along},   {"logsumexp", &E::along},
      {"sum", &E::along},       {"sqrt", &E::sqrt},
      {"stop", &E::stop},       {"reshape", &E::reshape},
      {"ones", &E::constant},   {"zeros", &E::constant},
      {"eye", &E::constant},    {"commutation_matrix", &E::commutation},
      {"grad", &E::derivative}, {"jac", &E::derivative},
      {"hess", &E::derivative}, {"d", &E::derivative}};
  const auto known = kHandlers.find(name);
  return known == kHandlers.end() ? nullptr : known->second;
}

/// Declared names come first, then the primitives, elementwise functions, derived operators.
std::optional<Value> ExpressionElaborator::call(const Frame& frame, const SyntaxNode& node) {
  if (frame.parameters)
    if (const auto known = frame.parameters->find(node.text); known != frame.parameters->end())
      return index(frame, node, known->second, 0);
  if (const Named* known = frame.scope.find(node.text)) {
    const bool differential = node.text == "d" && node.args.size() == 3;
    if (!differential) return call_of(frame, node, *known);
  }
  if (given_)
    if (const auto known = given_->find(node.text); known != given_->end()) return index(frame, node, known->second, 0);
  const Handler handler = primitive(node.text);
  const std::vector<DerivedOperator>& forms = work_.vocabulary.find(node.text);
  const auto function = pool_.functions.find(node.text);
  if (node.primes > 0 && (handler || (!function && !forms.empty())))
    return error(frame, "E-CALL-04", node.mark,
                 fmt::format("`{}` is not elementwise: its derivative is no function of one number", node.text));
  if (handler) return (this->*handler)(frame, node);
  if (function) return elementwise(frame, node, *function);
  if (!forms.empty()) return derived(frame, node, forms);
  return unknown(frame, node);
}

std::optional<Value> ExpressionElaborator::call_of(const Frame& frame, const SyntaxNode& node, const Named& known) {
  if (const FunctionId* f = std::get_if<FunctionId>(&known.what)) return elementwise(frame, node, *f);
  if (const Macro* m = std::get_if<Macro>(&known.what)) {
    if (node.primes == 0) return macro(frame, node, *m);
    return error(frame, "E-CALL-04", node.mark,
                 fmt::format("`{}` is not declared as an elementwise function: it has no derivative mark", node.text));
  }
  return index(frame, node, *named(known), 0);
}

std::optional<std::vector<Value>> ExpressionElaborator::arguments(const Frame& frame, const SyntaxNode& node,
                                                                  std::size_t least, std::size_t most) {
  const std::size_t n = node.args.size();
  if (n < least || n > most)
    return error(frame, "E-CALL-01", node.span,
                 fmt::format("`{}` takes {}, not {}", node.text,
                             least == most  ? counted(least)
                             : most == kAny ? counted(least) + " or more"
                                            : fmt::format("{} to {} arguments", least, most),
                             n));
  std::vector<Value> out;
  for (const SyntaxId id : node.args) {
    auto value = evaluate(frame, id);
    if (!value) return std::nullopt;
    out.push_back(std::move(*value));
  }
  return out;
}

std::optional<Value> ExpressionElaborator::elementwise(const Frame& frame, const SyntaxNode& node, FunctionId f) {
  const auto args = arguments(frame, node, 1, 1);
  if (!args) return std::nullopt;
  const Value& a = (*args)[0];
  return Value{.shape = a.shape, .term = make([&] { return pool_.apply(f, node.primes, a.term); })};
}

// --- primitives ------------------------------------------------------------------------------------------------------

std::optional<Value> ExpressionElaborator::kron(const Frame& frame, const SyntaxNode& node) {
  const auto args = arguments(frame, node, 2, kAny);
  if (!args) return std::nullopt;
  Value v{.shape = unit()};
  std::vector<TermId> factors;
  for (const Value& a : *args) {
    const Shape s = at(a.shape);
    v.shape = {pool_.dims.multiply(v.shape.rows, s.rows), pool_.dims.multiply(v.shape.cols, s.cols)};
    factors.push_back(a.term);
  }
  v.term = make([&] { return pool_.kron(factors); });
  return v;
}

Value ExpressionElaborator::vec_of(const Value& a) {
  const Shape s = at(a.shape);
  return {.shape = {pool_.dims.multiply(s.rows, s.cols), pool_.dims.one()},
          .term = make([&] { return pool_.vec(a.term); })};
}

std::optional<Value> ExpressionElaborator::vec(const Frame& frame, const SyntaxNode& node) {
  const auto args = arguments(frame, node, 1, 1);
  if (!args) return std::nullopt;
  return vec_of((*args)[0]);
}

std::optional<Value> ExpressionElaborator::diag(const Frame& frame, const SyntaxNode& node) {
  const auto args = arguments(frame, node, 1, 1);
  if (!args) return std::nullopt;
  const Value& a = (*args)[0];
  const Shape s = at(a.shape);
  const bool row = one(s.rows);
  if (row || one(s.cols) || (sizes_ && same(s.cols, pool_.dims.one()))) {
    const Dim n = row ? s.cols : s.rows;
    return Value{.shape = {n, n}, .term = make([&] { return pool_.diag(a.term); })};
  }
  return report(frame, [&] {
    ShapeError e(*this, frame);
    return e.argument(
        node, 0, a, "E-SHAPE-08", "`diag` builds a matrix from a row or a column",
        {fmt::format("diagvec({})", e.quoted(node.args[0])), fmt::format("diag(vec({}))", e.quoted(node.args[0]))});
  });
}

/// diagvec, trace, det, logdet, inv, chol.
std::optional<Value> ExpressionElaborator::square(const Frame& frame, const SyntaxNode& node) {
  const auto args = arguments(frame, node, 1, 1);
  if (!args) return std::nullopt;
  const Value& a = (*args)[0];
  const Shape s = at(a.shape);
  if (!same(s.rows, s.cols))
    return report(frame, [&] {
      ShapeError e(*this, frame);
      const SyntaxNode& argument = frame.tree[node.args[0]];
      const std::string x = e.factor(node.args[0]);
      std::vector<std::string> repairs;
      if (argument.kind == SyntaxKind::Binary && argument.op == Operator::Times) {
        const std::string l = e.factor(argument.args[0]), r = e.factor(argument.args[1]);
        repairs = {fmt::format("{}({}*{})", node.text, l, e.turned(argument.args[1])),
                   fmt::format("{}({}*{})", node.text, e.turned(argument.args[0]), r)};
      }
      if (node.text == "diagvec" && (one(s.rows) || one(s.cols)))
        repairs = {fmt::format("diag({})", x)};
      else
        repairs.push_back(fmt::format("{}({}*{})", node.text, e.turned(node.args[0]), x));
      return e.argument(node, 0, a, "E-SHAPE-07", fmt::format("`{}` takes a square matrix", node.text), repairs);
    });
  const bool column = node.text == "diagvec";
  Value v{.shape = node.text == "inv" || node.text == "chol" ? s : column ? Shape{s.rows, pool_.dims.one()} : unit()};
  v.term = make([&] {
    if (column) return pool_.diagvec(a.term);
    if (node.text == "trace") return pool_.trace(a.term);
    if (node.text == "det") return pool_.det(a.term);
    if (node.text == "logdet") return pool_.logdet(a.term);
    if (node.text == "chol") return pool_.cholesky(a.term);
    return pool_.inverse(a.term);
  });
  return v;
}

/// sum(A) of all entries; sum, softmax, logsumexp with 1 of each column, with 2 of each row.
std::optional<Value> ExpressionElaborator::along(const Frame& frame, const SyntaxNode& node) {
  const bool sum = node.text == "sum", softmax = node.text == "softmax";
  const auto args = arguments(frame, node, sum ? 1 : 2, 2);
  if (!args) return std::nullopt;
  const Value& a = (*args)[0];
  const Shape s = at(a.shape);
  if (args->size() == 1) return Value{.shape = unit(), .term = make([&] { return pool_.total(a.term); })};
  const auto& along = (*args)[1].number;
  const bool down = along && *along == Rational(1), across = along && *along == Rational(2);
  if (!down && !across)
    return report(frame, [&] {
      ShapeError e(*this, frame);
      Diagnostic d = error_at("E-CALL-02", frame.tree[node.args[1]].span,
                              fmt::format("the second argument of `{}` is 1 (down each column) or 2 (along each row)", node.text));
      const std::string x = e.quoted(node.args[0]);
      d.repair = e.first_that_fits(node.span, {fmt::format("{}({},1)", node.text, x), fmt::format("{}({},2)", node.text, x)});
      return d;
    });
  Value v{.shape = softmax ? s : down ? Shape{pool_.dims.one(), s.cols} : Shape{s.rows, pool_.dims.one()}};
  v.term = make([&] {
    if (sum) return down ? pool_.column_sums(a.term) : pool_.row_sums(a.term);
    if (softmax) return down ? pool_.column_softmax(a.term) : pool_.row_softmax(a.term);
    return down ? pool_.column_logsumexp(a.term) : pool_.row_logsumexp(a.term);
  });
  return v;
}

std::optional<Value> ExpressionElaborator::sqrt(const Frame& frame, const SyntaxNode& node) {
  const auto args = arguments(frame, node, 1, 1);
  if (!args) return std::nullopt;
  const Value& a = (*args)[0];
  return Value{.shape = a.shape, .term = make([&] { return pool_.power(a.term, Rational(1, 2)); })};
}

std::optional<Value> ExpressionElaborator::stop(const Frame& frame, const SyntaxNode& node) {
  const auto args = arguments(frame, node, 1, 1);
  if (!args) return std::nullopt;
  const Value& a = (*args)[0];
  return Value{.shape = a.shape, .term = make([&] { return pool_.stop(a.term); })};
}

std::optional<Value> ExpressionElaborator::reshape(const Frame& frame, const SyntaxNode& node) {
  if (node.args.size() != 3)
    return error(frame, "E-CALL-01", node.span,
                 fmt::format("`reshape` takes a matrix and two sizes, not {}", counted(node.args.size())));
  const auto a = evaluate(frame, node.args[0]);
  const auto rows = size_of(frame, node.args[1]), cols = size_of(frame, node.args[2]);
  if (!a || !rows || !cols) return std::nullopt;
  const Shape s = at(a->shape), to{*rows, *cols};
  const Dim before = pool_.dims.multiply(s.rows, s.cols), after = pool_.dims.multiply(*rows, *cols);
  if (same(before, after)) return Value{.shape = to, .term = make([&] { return pool_.reshape(a->term, to); })};
  return report(frame, [&] {
    Diagnostic d =
        ShapeError(*this, frame).argument(node, 0, *a, "E-SHAPE-11", "`reshape` keeps the number of entries");
    d.detail.push_back(fmt::format("It has {} entries; {} has {}.", pool_.dims.text(before), text(to, pool_.dims),
                                   pool_.dims.text(after)));
    return d;
  });
}

/// ones(m,n), zeros(m,n), eye(n), with one size for a square, or without sizes where the context fixes them; I.
std::optional<Value> ExpressionElaborator::constant(const Frame& frame, const SyntaxNode& node) {
  const bool identity = node.text == "eye" || node.text == "I";
  Shape s;
  if (node.kind == SyntaxKind::Call && !node.args.empty()) {
    if (node.args.size() > 2)
      return error(frame, "E-CALL-01", node.span, fmt::format("`{}` takes sizes, two at most", node.text));
    const auto rows = size_of(frame, node.args[0]), cols = size_of(frame, node.args.back());
    if (!rows || !cols) return std::nullopt;
    s = {*rows, *cols};
    if (identity && !same(s.rows, s.cols))
      return error(frame, "E-SHAPE-07", node.span,
                   fmt::format("an identity matrix is square, not {}", text(s, pool_.dims)));
  } else if (sizes_) {
    s.rows = sizes_->fresh(SizeUnifier::Use::Constant);
    s.cols = identity ? s.rows : sizes_->fresh(SizeUnifier::Use::Constant);
    constants_.push_back(s);
  } else if (!constants_known_) {
    needs_constants_ = true;
    return std::nullopt;
  } else {
    if (met_ < constants_.size()) s = constants_[met_];
    ++met_;
    if (!s.rows.valid()) {
      Diagnostic d =
          error_at("E-SIZE-03", node.span, fmt::format("the context does not fix the size of `{}`", node.text));
      d.notes = {fmt::format("write the size: {}", identity ? "eye(n)" : node.text + "(m,n)")};
      return error(frame, std::move(d));
    }
  }
  return Value{.shape = s, .term = make([&] {
                             return identity ? pool_.eye(s.rows) : node.text == "ones" ? pool_.ones(s) : pool_.zeros(s);
                           })};
}

std::optional<Value> ExpressionElaborator::commutation(const Frame& frame, const SyntaxNode& node) {
  if (node.args.empty() || node.args.size() > 2)
    return error(frame, "E-CALL-01", node.span,
                 fmt::format("`commutation_matrix` takes two sizes, not {}", counted(node.args.size())));
  const auto m = size_of(frame, node.args[0]), n = size_of(frame, node.args.back());
  if (!m || !n) return std::nullopt;
  const Dim mn = pool_.dims.multiply(*m, *n);
  return Value{.shape = {mn, mn}, .term = make([&] { return pool_.commutation(*m, *n); })};
}

/// duplication_matrix(n), elimination_matrix(n)
std::optional<Value> ExpressionElaborator::vech_matrix(const Frame& frame, const SyntaxNode& node) {
  if (node.args.size() != 1)
    return error(frame, "E-CALL-01", node.span,
                 fmt::format("`{}` takes one size, not {}", node.text, counted(node.args.size())));
  const auto n = size_of(frame, node.args[0]);
  if (!n) return std::nullopt;
  const bool duplicates = node.text == "duplication_matrix";
  const Shape s{pool_.dims.multiply(*n, *n), pool_.dims.triangle(*n)};
  return Value{.shape = duplicates ? s : transposed(s),
               .term = make([&] { return duplicates ? pool_.duplication(*n) : pool_.elimination(*n); })};
}

/// tril, pinv.
std::optional<Value> ExpressionElaborator::unary(const Frame& frame, const SyntaxNode& node) {
  const auto args = arguments(frame, node, 1, 1);
  if (!args) return std::nullopt;
  const Value& a = (*args)[0];
  const Shape s = at(a.shape);
  if (node.text == "tril") return Value{.shape = s, .term = make([&] { return pool_.tril(a.term); })};
  return Value{.shape = transposed(s), .term = make([&] { return pool_.pseudo_inverse(a.term); })};
}

/// expm(A), logm(A), sqrtm(A), mpower(A,k); with one more matrix E the derivative at A along E.
std::optional<Value> ExpressionElaborator::matrix_function(const Frame& frame, const SyntaxNode& node) {
  const PrimaryFunction f = *primary_function_named(node.text);
  const std::size_t fixed = f == PrimaryFunction::Power ? 2 : 1;
  if (node.args.size() < fixed || node.args.size() > fixed + 1)
    return error(frame, "E-CALL-01", node.span,
                 fmt::format("`{}` takes a square matrix{}, and perhaps a direction", node.text,
                             fixed == 2 ? " and an exponent" : ""));
  const auto a = evaluate(frame, node.args[0]);
  if (!a) return std::nullopt;
  Dim exponent;
  if (fixed == 2) {
    const auto k = size_of(frame, node.args[1]);
    if (!k) return std::nullopt;
    exponent = *k;
  }
  const Shape s = at(a->shape);
  if (!same(s.rows, s.cols))
    return report(frame, [&] {
      return ShapeError(*this, frame)
          .argument(node, 0, *a, "E-SHAPE-07", fmt::format("`{}` takes a square matrix", node.text), {});
    });
  std::vector<TermId> terms{a->term};
  if (node.args.size() > fixed) {
    const auto along = evaluate(frame, node.args[fixed]);
    if (!along) return std::nullopt;
    const Shape v = at(along->shape);
    if (!same(v.rows, s.rows) || !same(v.cols, s.cols))
      return report(frame, [&] {
        return ShapeError(*this, frame)
            .argument(node, fixed, *along, "E-SHAPE-12", "the direction has to have the matrix's shape", {});
      });
    terms.push_back(along->term);
  }
  return Value{.shape = s, .term = make([&] { return pool_.matrix_function(f, exponent, terms); })};
}

}  // namespace dvec
