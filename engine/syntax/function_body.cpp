/// Bodies of elementwise functions: scalar expressions of one argument.

#include <fmt/format.h>

#include "syntax/elaborate.hpp"
#include "syntax/spelling.hpp"

namespace dvec {

namespace {

class BodyElaborator {
 public:
  BodyElaborator(const SyntaxTree& tree, std::string_view parameter, const Scope& scope, TermPool& pool)
      : tree_(tree), parameter_(parameter), scope_(scope), pool_(pool) {}

  Result<ScalarExpr> run(SyntaxId root) {
    auto body = expression(root);
    if (body) return std::move(*body);
    return std::move(*why_);
  }

 private:
  using Maybe = std::optional<ScalarExpr>;

  Maybe fail(const char* code, Span span, std::string message, std::string repair = {}) {
    why_ = error_at(code, span, std::move(message));
    why_->repair = std::move(repair);
    return std::nullopt;
  }

  /// Walks down the left operands, so that long sums need no deep stack.
  Maybe expression(SyntaxId id) {
    std::vector<SyntaxId> spine;
    for (; tree_[id].kind == SyntaxKind::Binary || tree_[id].kind == SyntaxKind::Unary; id = tree_[id].args[0])
      spine.push_back(id);
    Maybe value = operand(tree_[id]);
    std::vector<ScalarExpr> sum;  // terms of a sum not yet put together
    const auto finish = [&] {
      if (sum.size() > 1) value = ScalarExpr::add(std::move(sum));
      sum.clear();
    };
    for (auto it = spine.rbegin(); value && it != spine.rend(); ++it) {
      const SyntaxNode& n = tree_[*it];
      if (n.kind == SyntaxKind::Unary) {
        finish();
        if (n.op == Operator::Subtract) value = negative(std::move(*value));
        continue;
      }
      Maybe right = expression(n.args[1]);
      if (!right) return right;
      if (n.op == Operator::Add || n.op == Operator::Subtract) {
        if (sum.empty()) sum.push_back(std::move(*value));
        sum.push_back(n.op == Operator::Add ? std::move(*right) : negative(std::move(*right)));
        continue;
      }
      finish();
      value = binary(n, std::move(*value), std::move(*right));
    }
    if (value) finish();
    return value;
  }

  static ScalarExpr negative(ScalarExpr e) {
    if (e.kind == ScalarExpr::Kind::Number) return ScalarExpr::of_number(-e.number);
    return ScalarExpr::multiply({ScalarExpr::of_number(Rational(-1)), std::move(e)});
  }

  Maybe quotient(const SyntaxNode& n, ScalarExpr over, ScalarExpr under) {
    if (under.kind != ScalarExpr::Kind::Number)
      return ScalarExpr::multiply(
          {std::move(over), ScalarExpr::power(std::move(under), ScalarExpr::of_number(Rational(-1)))});
    if (under.number.is_zero()) return fail("E-NUMBER-01", n.span, "division by zero");
    if (over.kind == ScalarExpr::Kind::Number) return ScalarExpr::of_number(over.number / under.number);
    return ScalarExpr::multiply({ScalarExpr::of_number(under.number.inverse()), std::move(over)});
  }

  Maybe binary(const SyntaxNode& n, ScalarExpr left, ScalarExpr right) {
    switch (n.op) {
      case Operator::Times:
      case Operator::EntryTimes: return ScalarExpr::multiply({std::move(left), std::move(right)});
      case Operator::Divide:
      case Operator::EntryDivide: return quotient(n, std::move(left), std::move(right));
      case Operator::LeftDivide:
      case Operator::EntryLeftDivide: return quotient(n, std::move(right), std::move(left));
      case Operator::Power:
      case Operator::EntryPower: return ScalarExpr::power(std::move(left), std::move(right));
      case Operator::Less:
      case Operator::LessEqual:
      case Operator::Greater:
      case Operator::GreaterEqual:
        return fail("E-LATER-01", n.mark,
                    fmt::format("the comparison `{}` as a value is part of the language but not yet of this version",
                                text(n.op)));
      case Operator::Add:
      case Operator::Subtract: break;
      case Operator::Kronecker:
      case Operator::Range: break;
    }
    return fail("E-BODY-01", n.mark,
                fmt::format("`{}` cannot stand in the body of an elementwise function", text(n.op)));
  }

  Maybe operand(const SyntaxNode& n) {
    switch (n.kind) {
      case SyntaxKind::Number: {
        const auto number = Rational::parse(n.text);
        if (!number) return fail("E-NUMBER-02", n.span, fmt::format("the number {} is out of range", n.text));
        return ScalarExpr::of_number(*number);
      }
      case SyntaxKind::Name: return name(n);
      case SyntaxKind::Call: return call(n);
      case SyntaxKind::Transpose:
        return fail("E-BODY-01", n.span, "the body of an elementwise function has numbers only: nothing to transpose");
      case SyntaxKind::Slot:
      case SyntaxKind::Index:
      case SyntaxKind::Block:
      case SyntaxKind::Colon:
      case SyntaxKind::Unary:
      case SyntaxKind::Binary: break;
    }
    return fail("E-BODY-01", n.span, "this cannot stand in the body of an elementwise function");
  }

  Maybe name(const SyntaxNode& n) {
    if (n.text == parameter_) return ScalarExpr::argument();
    const Named* known = scope_.find(n.text);
    if (!known && n.text == "pi") return ScalarExpr::pi();
    if (known && (std::holds_alternative<SymbolId>(known->what) || std::holds_alternative<Dim>(known->what)))
      return fail(
          "E-BODY-02", n.span,
          fmt::format("the body of an elementwise function sees its argument `{0}` only, not `{1}`; with `{1}` as a "
                      "second argument it is a `let`",
                      parameter_, n.text));
    if (known || pool_.functions.find(n.text))
      return fail("E-NAME-03", n.span, fmt::format("`{}` is a function: it needs its argument", n.text));
    return fail("E-NAME-01", n.span, fmt::format("`{}` is not declared; the argument is `{}`", n.text, parameter_));
  }

  Maybe call(const SyntaxNode& n) {
    std::optional<FunctionId> function;
    if (const Named* known = scope_.find(n.text)) {
      if (const FunctionId* f = std::get_if<FunctionId>(&known->what))
        function = *f;
      else
        return fail("E-BODY-01", n.mark, fmt::format("`{}` is not an elementwise function", n.text));
    } else {
      function = pool_.functions.find(n.text);
    }
    const bool root = !function && n.text == "sqrt" && n.primes == 0;
    if (!function && !root) {
      std::vector<std::string> names = {"sqrt"};
      for (std::size_t f = 0; f < pool_.functions.size(); ++f) names.push_back(pool_.functions[FunctionId(f)].name);
      return fail("E-NAME-01", n.mark, fmt::format("`{}` is no elementwise function that is known here", n.text),
                  nearest(n.text, names).value_or(""));
    }
    if (n.args.size() != 1)
      return fail("E-CALL-01", n.span, fmt::format("`{}` takes one argument, not {}", n.text, n.args.size()));
    Maybe argument = expression(n.args[0]);
    if (!argument) return argument;
    if (root) return ScalarExpr::power(std::move(*argument), ScalarExpr::of_number(Rational(1, 2)));
    return ScalarExpr::call(*function, n.primes, std::move(*argument));
  }

  const SyntaxTree& tree_;
  const std::string_view parameter_;
  const Scope& scope_;
  const TermPool& pool_;
  std::optional<Diagnostic> why_;
};

}  // namespace

Result<ScalarExpr> elaborate_body(const SyntaxTree& tree, SyntaxId root, std::string_view parameter, const Scope& scope,
                                  TermPool& pool) {
  return BodyElaborator(tree, parameter, scope, pool).run(root);
}

}  // namespace dvec
