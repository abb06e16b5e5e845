#include "term/print_octave.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "term/traverse.hpp"

namespace dvec {

namespace {

using Row = std::pair<std::string_view, std::string_view>;
constexpr std::array kHelpers = {Row{"relu", "relu = @(x) max(x, 0);"},
                                 Row{"sigmoid", "sigmoid = @(x) 1./(1+exp(-x));"},
                                 Row{"softplus", "softplus = @(x) max(x, 0)+log1p(exp(-abs(x)));"},
                                 Row{"step", "step = @(x) double(x > 0);"}};

/// The largest entry is taken off first, so that no exponential overflows.
constexpr Row kSoftmax = {"softmax", "softmax = @(a,k) exp(a-max(a,[],k))./sum(exp(a-max(a,[],k)),k);"};
constexpr Row kLogSumExp = {"logsumexp", "logsumexp = @(a,k) max(a,[],k)+log(sum(exp(a-max(a,[],k)),k));"};
constexpr Row kElimination = {"elimination_matrix",
                              "elimination_matrix = @(n) eye(n^2)(find(tril(ones(n))), :);"};

}  // namespace

std::string octave_function(const std::string& name, int order) {
  return order == 0 ? name : name + "_" + std::to_string(order);
}

Text OctaveNotation::call(const Node& n, const std::vector<Text>& args) const {
  const std::string& a = args.at(0).text;
  switch (n.op) {
    case Op::Total: return {"sum(vec(" + a + "))", kAtom};
    case Op::DiagVec: return {"diag(" + a + ")", kAtom};
    case Op::LogDet: return {"log(abs(det(" + a + ")))", kAtom};
    case Op::Cholesky: return {"chol(" + a + ",\"lower\")", kAtom};
    case Op::MatrixFunction: return matrix_function(n, args);
    case Op::Stop: return {bracket(a), kAtom};
    case Op::Apply: return {octave_function(pool_.functions[n.function].name, n.order) + "(" + a + ")", kAtom};
    default: return Notation::call(n, args);
  }
}

/// The derivative along E is the upper right block of f([A, E; 0, A]); along E and F that of [B, I⊗F; 0, B] with this B.
Text OctaveNotation::matrix_function(const Node& n, const std::vector<Text>& args) const {
  if (args.size() == 1) return Notation::matrix_function(n, args);
  std::string a = args[0].text;
  Dim size = n.shape.rows;
  for (std::size_t i = 1; i < args.size(); ++i) {
    const std::string zeros = "zeros(" + dim(size) + "," + dim(size) + ")";
    const std::string along = i == 1 ? args[i].text : "kron(eye(" + std::to_string(1 << (i - 1)) + ")," + args[i].text + ")";
    a = "[" + a + ", " + along + "; " + zeros + ", " + a + "]";
    size = pool_.dims.scale(Rational(2), size);
  }
  const Text whole = Notation::matrix_function(n, {Text{a, kAtom}});
  const Dim first = pool_.dims.add(pool_.dims.subtract(size, n.shape.rows), pool_.dims.one());
  return slice(whole, {pool_.dims.one(), n.shape.rows}, {first, size});
}

Text OctaveNotation::norm(const Text& a, bool frobenius) const {
  return {"norm(" + a.text + (frobenius ? ",\"fro\")" : ")"), kAtom};
}

std::vector<std::string> octave_helpers(const TermPool& pool, std::span<const TermId> terms) {
  std::map<std::string_view, std::string_view> found;
  for (const TermId t : reachable(pool, terms)) {
    const Node& n = pool[t];
    if (n.op == Op::ColumnSoftmax || n.op == Op::RowSoftmax) found[kSoftmax.first] = kSoftmax.second;
    if (n.op == Op::ColumnLogSumExp || n.op == Op::RowLogSumExp) found[kLogSumExp.first] = kLogSumExp.second;
    if (n.op == Op::Elimination) found[kElimination.first] = kElimination.second;
    if (n.op != Op::Apply || n.order != 0) continue;
    if (pool.functions[n.function].kind == ElementFunction::Kind::Opaque) continue;
    const auto row = std::ranges::find(kHelpers, std::string_view(pool.functions[n.function].name), &Row::first);
    if (row != kHelpers.end()) found[row->first] = row->second;
  }
  std::vector<std::string> out;
  for (const auto& [name, definition] : found) out.emplace_back(definition);
  return out;
}

std::string print_octave(const TermPool& pool, TermId term) { return lay_out(pool, term, OctaveNotation(pool)); }

}  // namespace dvec
