#include "codegen/term_lowering.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "term/term_print.hpp"

namespace dvec {

namespace {

constexpr std::uint64_t kLongestFormula = 120;  // nodes of a term that is printed in a comment

bool calls_opaque(const ScalarExpr& e, const FunctionTable& table) {
  if (e.kind == ScalarExpr::Kind::Call) {
    const ElementFunction& f = table[e.function];
    if (f.kind == ElementFunction::Kind::Opaque || (f.kind == ElementFunction::Kind::Defined && calls_opaque(f.body, table)))
      return true;
  }
  return std::ranges::any_of(e.args, [&](const ScalarExpr& a) { return calls_opaque(a, table); });
}

/// A derivative of a primitive that has no formula: psi'.
const ScalarExpr* without_formula(const ScalarExpr& e, const FunctionTable& table) {
  if (e.kind == ScalarExpr::Kind::Call && e.order > 0 && table[e.function].kind == ElementFunction::Kind::Primitive) return &e;
  for (const ScalarExpr& a : e.args)
    if (const ScalarExpr* found = without_formula(a, table)) return found;
  return nullptr;
}

}  // namespace

std::vector<StructuredValue> TermLowering::at(std::span<const TermId> terms) const {
  std::vector<StructuredValue> out;
  for (const TermId t : terms) out.push_back(at(t));
  return out;
}

std::optional<std::span<const TermId>> TermLowering::product_factors(TermId term) const {
  const Node& n = pool()[term];
  if (n.op != Op::MatMul) return std::nullopt;
  return n.args;
}

TermId TermLowering::resolved_call(const Node& call) {
  const FunctionTable& table = pool().functions;
  FunctionId f = call.function;
  // function a(x) = relu(x) is relu.
  for (int depth = 0; depth < 100 && table[f].kind == ElementFunction::Kind::Defined; ++depth) {
    const ScalarExpr& body = table[f].body;
    if (body.kind != ScalarExpr::Kind::Call || body.order != 0 || body.args[0].kind != ScalarExpr::Kind::Argument) break;
    f = body.function;
  }
  const ElementFunction& function = table[f];
  const TermId argument = call.args[0];
  const auto refuse = [&](const ScalarExpr& formula) {
    if (const ScalarExpr* missing = without_formula(formula, table))
      refused_ = fmt::format("{} of order {} has no formula to be emitted", table[missing->function].name + "'", missing->order);
    return !refused_.empty();
  };
  switch (function.kind) {
    case ElementFunction::Kind::Opaque: break;
    case ElementFunction::Kind::Primitive: {
      if (call.order == 0) break;
      const ScalarExpr formula = table.formula(f, call.order);
      if (refuse(formula)) return argument;
      return pool().instantiate(formula, argument);
    }
    case ElementFunction::Kind::Defined: {
      const ScalarExpr formula = table.formula(f, call.order);
      if (refuse(formula)) return argument;
      if (calls_opaque(formula, table)) return pool().instantiate(formula, argument);
      break;
    }
  }
  return f == call.function ? TermId{} : pool().apply(f, call.order, argument);
}

std::vector<TermId> TermLowering::needed(TermId term) {
  const Node& n = pool()[term];
  switch (n.op) {
    case Op::Symbol: {
      const auto definition = definitions_.find(term);
      if (definition == definitions_.end()) return {};
      return {definition->second};
    }
    case Op::Apply: {
      const TermId other = resolved_call(n);
      if (other.valid()) {
        resolved_[term] = other;
        return {other};
      }
      return {n.args[0]};
    }
    case Op::Trace: case Op::DiagVec: case Op::Total: case Op::ColumnSums: case Op::RowSums:
      if (const auto factors = product_factors(n.args[0])) return {factors->begin(), factors->end()};
      return {n.args.begin(), n.args.end()};
    case Op::Number: case Op::Size: case Op::Pi: case Op::Ones: case Op::Zeros: case Op::Eye: case Op::Commutation:
    case Op::Sum: case Op::Scale: case Op::MatMul: case Op::Hadamard: case Op::Kron: case Op::Transpose: case Op::Vec:
    case Op::Reshape: case Op::Diag: case Op::Power: case Op::PowerBy: case Op::Inverse: case Op::Det: case Op::LogDet:
    case Op::Duplication: case Op::Elimination: case Op::Selection: case Op::Tril: case Op::PseudoInverse: case Op::Cholesky:
    case Op::ColumnSoftmax: case Op::RowSoftmax: case Op::ColumnLogSumExp: case Op::RowLogSumExp:
    case Op::MatrixFunction: case Op::Stop: return {n.args.begin(), n.args.end()};
  }
  throw Bug("unknown operator");
}

Result<StructuredValue> TermLowering::lower(TermId root) {
  std::vector<std::pair<TermId, bool>> todo{{root, false}};
  while (!todo.empty()) {
    const auto [term, ready] = todo.back();
    if (values_.contains(term)) {
      todo.pop_back();
    } else if (!ready) {
      todo.back().second = true;
      for (const TermId t : needed(term))
        if (!values_.contains(t)) todo.emplace_back(t, false);
      if (!refused_.empty()) return error_at("E-EMIT-02", {}, refused_);
    } else {
      todo.pop_back();
      values_.emplace(term, step(term));
    }
  }
  return at(root);
}

StructuredValue TermLowering::variable(SymbolId symbol) {
  const Symbol& s = pool().symbols[symbol];
  const NodeRef argument = algebra_.graph().make({.compute = Compute::Argument, .shape = s.shape, .symbol = symbol});
  algebra_.graph().set_name(argument, s.name, "");
  StructuredValue value = algebra_.dense(argument);
  if (has(s.attributes, Attribute::Diagonal) && !pool().is_scalar(s.shape))
    value = algebra_.diagonal(algebra_.diagonal_of(value).ref, s.shape.rows);
  return value;
}

void TermLowering::name_after(TermId symbol, const StructuredValue& value) {
  if (!value.ref.node.valid() || value.inverse) return;
  const TermId definition = definitions_.at(symbol);
  const std::string& name = pool().symbols[pool()[symbol].symbol].name;
  const bool itself = !value.ref.transposed && (value.structure == Structure::Dense || value.structure == Structure::Scalar);
  const char* part = itself                                               ? ""
                     : value.structure == Structure::Dense                ? "_t"
                     : value.structure == Structure::RowBroadcast         ? "_row"
                     : value.structure == Structure::ColumnBroadcast      ? "_column"
                     : value.structure == Structure::Diagonal             ? "_diagonal"
                                                                          : "_entry";
  algebra_.graph().set_name(value.ref, name + part,
                            itself && pool()[definition].weight <= kLongestFormula ? print(pool(), definition) : "");
}

FunctionId TermLowering::function(const char* name) {
  const auto f = pool().functions.find(name);
  require(f.has_value(), "the rule book has exp and log");
  return *f;
}

/// E = exp(A - 1*m) with the row m of the largest entries: exp(A)./sum(exp(A)) and log(sum(exp(A))) - m are the same of A and
/// of A - 1*m, and exp of nothing positive cannot overflow; an entry of E is 1, so no sum is 0.
StructuredValue TermLowering::shifted_exponentials(const StructuredValue& a, const StructuredValue& maxima) {
  const StructuredValue ones = algebra_.constant(algebra_.graph().number(1), {a.shape.rows, pool().dims.one()});
  return algebra_.call(function("exp"), 0, algebra_.add({a, algebra_.product({ones, maxima})}, {Rational(1), Rational(-1)}));
}

/// E ./ (1*sum(E,1)).
StructuredValue TermLowering::softmax(const StructuredValue& a) {
  const StructuredValue e = shifted_exponentials(a, algebra_.column_maxima(a));
  const StructuredValue ones = algebra_.constant(algebra_.graph().number(1), {a.shape.rows, pool().dims.one()});
  return algebra_.hadamard({e, algebra_.product({ones, algebra_.power(algebra_.column_sums(e), Rational(-1))})});
}

/// m + log(sum(E,1)).
StructuredValue TermLowering::log_sum_exp(const StructuredValue& a) {
  const StructuredValue m = algebra_.column_maxima(a);
  const StructuredValue sums = algebra_.column_sums(shifted_exponentials(a, m));
  return algebra_.add({m, algebra_.call(function("log"), 0, sums)}, {Rational(1), Rational(1)});
}

StructuredValue TermLowering::step(TermId term) {
  const Node& n = pool()[term];
  StructuredAlgebra& alg = algebra_;
  ValueGraph& graph = alg.graph();
  switch (n.op) {
    case Op::Symbol: {
      const auto definition = definitions_.find(term);
      if (definition == definitions_.end()) return variable(n.symbol);
      const StructuredValue value = at(definition->second);
      name_after(term, value);
      return value;
    }
    case Op::Number: return alg.dense(graph.number(n.numbers[0]));
    case Op::Size: return alg.dense(graph.size_of(n.first));
    case Op::Pi: return alg.dense(graph.make({.compute = Compute::Pi, .shape = n.shape}));
    case Op::Ones: return alg.constant(graph.number(1), n.shape);
    case Op::Zeros: return alg.constant(graph.number(0), n.shape);
    case Op::Eye: return alg.identity(n.shape.rows);
    case Op::Commutation: return alg.commutation(n.first, n.second);
    case Op::Sum: return alg.add(at(n.args), {n.numbers.begin(), n.numbers.end()});
    case Op::Scale: return alg.scale(at(n.args[0]).ref, at(n.args[1]));
    case Op::MatMul: return alg.product(at(n.args));
    case Op::Hadamard: return alg.hadamard(at(n.args));
    case Op::Kron: {
      StructuredValue k = at(n.args[0]);
      for (std::size_t i = 1; i < n.args.size(); ++i) k = alg.kronecker(k, at(n.args[i]));
      return k;
    }
    case Op::Transpose: return alg.transpose(at(n.args[0]));
    case Op::Vec: case Op::Reshape: return alg.reshape(at(n.args[0]), n.shape);
    case Op::Diag: {
      const StructuredValue& v = at(n.args[0]);
      if (v.structure == Structure::Constant || v.structure == Structure::Scalar) return alg.diagonal(v.ref, n.shape.rows);
      const NodeRef held = alg.materialise(v);
      return alg.diagonal(graph.extent(held) == Extent::Row ? graph.transpose(held) : held, n.shape.rows);
    }
    case Op::DiagVec:
      // diagvec(A*B) = sum(A.*B',2)
      if (const auto factors = product_factors(n.args[0])) {
        const auto [left, right] = alg.halves(at(*factors));
        return alg.row_sums(alg.hadamard({left, alg.transpose(right)}));
      }
      return alg.diagonal_of(at(n.args[0]));
    case Op::Trace:
      // trace(A*B) = sum(A.*B')
      if (const auto factors = product_factors(n.args[0])) {
        const auto [left, right] = alg.halves(at(*factors));
        return alg.total(alg.hadamard({left, alg.transpose(right)}));
      }
      return alg.total(alg.diagonal_of(at(n.args[0])));
    case Op::Total: case Op::ColumnSums: case Op::RowSums: {
      // The sum of a product is a product with ones at its ends.
      if (const auto factors = product_factors(n.args[0])) {
        const Shape of = pool().shape(n.args[0]);
        const Dim one = pool().dims.one();
        std::vector<StructuredValue> chain = at(*factors);
        if (n.op != Op::RowSums) chain.insert(chain.begin(), alg.constant(graph.number(1), {one, of.rows}));
        if (n.op != Op::ColumnSums) chain.push_back(alg.constant(graph.number(1), {of.cols, one}));
        return alg.product(chain);
      }
      const StructuredValue& a = at(n.args[0]);
      return n.op == Op::Total ? alg.total(a) : n.op == Op::ColumnSums ? alg.column_sums(a) : alg.row_sums(a);
    }
    case Op::Power: return alg.power(at(n.args[0]), n.numbers[0]);
    case Op::PowerBy: return alg.power_by(at(n.args[0]), at(n.args[1]));
    case Op::Apply: {
      if (const auto other = resolved_.find(term); other != resolved_.end()) return at(other->second);
      return alg.call(n.function, n.order, at(n.args[0]));
    }
    case Op::Inverse: return alg.inverse(at(n.args[0]));
    case Op::Det: return alg.det(at(n.args[0]));
    case Op::LogDet: return alg.log_det(at(n.args[0]));
    case Op::ColumnSoftmax: return softmax(at(n.args[0]));
    case Op::RowSoftmax: return alg.transpose(softmax(alg.transpose(at(n.args[0]))));
    case Op::ColumnLogSumExp: return log_sum_exp(at(n.args[0]));
    case Op::RowLogSumExp: return alg.transpose(log_sum_exp(alg.transpose(at(n.args[0]))));
    case Op::Stop: return at(n.args[0]);
    case Op::Duplication: return alg.duplication(n.first);
    case Op::Elimination: return alg.elimination(n.first);
    case Op::Selection: return alg.selection(n.shape.rows, n.first, n.second);
    case Op::Tril: return alg.tril(at(n.args[0]));
    case Op::PseudoInverse: return alg.pseudo_inverse(at(n.args[0]));
    case Op::Cholesky: return alg.cholesky(at(n.args[0]));
    case Op::MatrixFunction: return alg.matrix_function(n.primary, n.first, at(n.args));
  }
  throw Bug("unknown operator");
}

}  // namespace dvec
