#include "term/print_numpy.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "support/result.hpp"
#include "term/traverse.hpp"

namespace dvec {

namespace {

using Row = std::pair<std::string_view, std::string_view>;

/// Elementwise functions that NumPy has, or that have a one-line definition below.
constexpr std::array kNumpy = {Row{"exp", "np.exp"},   Row{"log", "np.log"},   Row{"sqrt", "np.sqrt"}, Row{"sin", "np.sin"},
                               Row{"cos", "np.cos"},   Row{"tan", "np.tan"},   Row{"sinh", "np.sinh"}, Row{"cosh", "np.cosh"},
                               Row{"tanh", "np.tanh"}, Row{"atan", "np.arctan"}, Row{"abs", "np.abs"}, Row{"sign", "np.sign"}};
constexpr std::array kHelpers = {
    Row{"erf", "def erf(x):\n    return np.vectorize(math.erf, otypes=[float])(x)"},
    Row{"gammaln", "def gammaln(x):\n    return np.vectorize(math.lgamma, otypes=[float])(x)"},
    Row{"relu", "def relu(x):\n    return np.maximum(x, 0)"},
    Row{"sigmoid", "def sigmoid(x):\n    return 0.5 * (1 + np.tanh(0.5 * x))"},
    Row{"softplus", "def softplus(x):\n    return np.logaddexp(0, x)"},
    Row{"step", "def step(x):\n    return (x > 0).astype(float)"}};
/// The largest entry is taken off first, so that no exponential overflows.
constexpr std::string_view kSoftmax =
    "def softmax(a, axis):\n"
    "    e = np.exp(a - np.max(a, axis=axis, keepdims=True))\n"
    "    return e / np.sum(e, axis=axis, keepdims=True)";
constexpr std::string_view kLogSumExp =
    "def logsumexp(a, axis):\n"
    "    c = np.max(a, axis=axis, keepdims=True)\n"
    "    return c + np.log(np.sum(np.exp(a - c), axis=axis, keepdims=True))";
constexpr std::string_view kCommutation =
    "def commutation_matrix(m, n):\n"
    "    \"\"\"K with K @ vec(A) == vec(A.T) for A of shape (m, n), vec stacking columns.\"\"\"\n"
    "    return np.eye(m * n)[np.arange(m * n).reshape(n, m).T.ravel()]";

constexpr std::string_view kDuplication =
    "def duplication_matrix(n):\n"
    "    \"\"\"D with D @ vech(S) == vec(S) for symmetric S of shape (n, n).\"\"\"\n"
    "    c, r = np.triu_indices(n)\n"
    "    d = np.zeros((n * n, n * (n + 1) // 2))\n"
    "    d[c * n + r, np.arange(r.size)] = d[r * n + c, np.arange(r.size)] = 1\n"
    "    return d";
constexpr std::string_view kElimination =
    "def elimination_matrix(n):\n"
    "    \"\"\"L with L @ vec(A) == vech(A) for A of shape (n, n).\"\"\"\n"
    "    c, r = np.triu_indices(n)\n"
    "    return np.eye(n * n)[c * n + r]";
constexpr std::string_view kVech =
    "def vech(a):\n"
    "    \"\"\"The lower triangle, column by column.\"\"\"\n"
    "    return a.T[np.triu_indices(a.shape[0])][:, None]";

constexpr std::string_view kReserved[] = {
    "and",   "as",    "assert", "async", "await",    "break", "class", "continue", "def",    "del",   "elif", "else", "except",
    "False", "finally", "for",  "from",  "global",   "if",    "import", "in",      "is",     "lambda", "math", "None", "nonlocal",
    "not",   "np",    "or",     "pass",  "raise",    "return", "True", "try",      "while",  "with",  "yield", "softmax",
    "logsumexp"};

template <class Table>
const Row* find(const Table& table, std::string_view name) {
  const auto found = std::ranges::find(table, name, &Row::first);
  return found == table.end() ? nullptr : &*found;
}

}  // namespace

std::string numpy_name(const std::string& name) {
  const bool taken = std::ranges::count(kReserved, name) > 0 || find(kHelpers, name) != nullptr;
  return taken ? name + "_" : name;
}

std::string numpy_function(const std::string& name, int order) {
  if (order == 0) {
    if (const Row* row = find(kNumpy, name)) return std::string(row->second);
    if (find(kHelpers, name) != nullptr) return name;
  }
  const std::string own = std::ranges::count(kReserved, name) > 0 ? name + "_" : name;
  return order == 0 ? own : own + "_" + std::to_string(order);
}

std::string NumpyNotation::name(const std::string& symbol) const { return numpy_name(symbol); }

Text NumpyNotation::size(Dim d) const {
  Text out = Notation::size(d);
  for (std::size_t at = 0; (at = out.text.find('^', at)) != std::string::npos; at += 2) out.text.replace(at, 1, "**");
  // Sizes are whole; a half of one must not become a float inside np.ones((...)).
  for (std::size_t at = 0; (at = out.text.find('/', at)) != std::string::npos; at += 2) out.text.replace(at, 1, "//");
  return out;
}

Text NumpyNotation::constant(const Node& n) const {
  const std::string shape = "((" + dim(n.shape.rows) + ", " + dim(n.shape.cols) + "))";
  switch (n.op) {
    case Op::Pi: return {"np.pi", kAtom};
    case Op::Ones: return {"np.ones" + shape, kAtom};
    case Op::Zeros: return {"np.zeros" + shape, kAtom};
    case Op::Eye: return {"np.eye(" + dim(n.shape.rows) + ")", kAtom};
    case Op::Commutation: return {"commutation_matrix(" + dim(n.first) + ", " + dim(n.second) + ")", kAtom};
    case Op::Duplication: return {"duplication_matrix(" + dim(n.first) + ")", kAtom};
    case Op::Elimination: return {"elimination_matrix(" + dim(n.first) + ")", kAtom};
    default: throw Bug("not a constant");
  }
}

Text NumpyNotation::call(const Node& n, const std::vector<Text>& args) const {
  const std::string& a = args.at(0).text;
  const auto named = [&](const std::string& name, const std::string& more = "") {
    return Text{name + "(" + a + more + ")", kAtom};
  };
  switch (n.op) {
    case Op::Vec: return named("np.reshape", ", (-1, 1), order=\"F\"");
    case Op::Reshape:
      return named("np.reshape", ", (" + dim(n.shape.rows) + ", " + dim(n.shape.cols) + "), order=\"F\"");
    case Op::Diag: return named("np.diagflat");
    case Op::DiagVec: return {"np.diagonal(" + a + ")[:, None]", kAtom};
    case Op::Tril: return named("np.tril");
    case Op::Trace: return named("np.trace");
    case Op::Total: return named("np.sum");
    case Op::ColumnSums: return named("np.sum", ", axis=0, keepdims=True");
    case Op::RowSums: return named("np.sum", ", axis=1, keepdims=True");
    case Op::Apply: return named(numpy_function(pool_.functions[n.function].name, n.order));
    case Op::ColumnSoftmax: return named("softmax", ", axis=0");
    case Op::RowSoftmax: return named("softmax", ", axis=1");
    case Op::ColumnLogSumExp: return named("logsumexp", ", axis=0");
    case Op::RowLogSumExp: return named("logsumexp", ", axis=1");
    case Op::Inverse: return named("np.linalg.inv");
    case Op::Det: return named("np.linalg.det");
    case Op::LogDet: return {"np.linalg.slogdet(" + a + ")[1]", kAtom};
    case Op::PseudoInverse: return named("np.linalg.pinv");
    case Op::Cholesky: return named("np.linalg.cholesky");
    case Op::MatrixFunction: return matrix_function(n, args);
    case Op::Stop: return {bracket(a), kAtom};
    default: throw Bug("not a call");
  }
}

/// The derivative along E is the upper right block of f([A, E; 0, A]).
Text NumpyNotation::matrix_function(const Node& n, const std::vector<Text>& args) const {
  const bool power = n.primary == PrimaryFunction::Power;
  const auto of = [&](const std::string& a) {
    return power ? "np.linalg.matrix_power(" + a + ", " + dim(n.first) + ")"
                 : "scipy.linalg." + std::string(dvec::name(n.primary)) + "(" + a + ")";
  };
  if (args.size() == 1) return {of(args[0].text), kAtom};
  std::string a = args[0].text, size = dim(n.shape.rows);
  Dim whole = n.shape.rows;
  for (std::size_t i = 1; i < args.size(); ++i) {
    const std::string zeros = "np.zeros((" + size + ", " + size + "))";
    const std::string along = i == 1 ? args[i].text : "np.kron(np.eye(" + std::to_string(1 << (i - 1)) + "), " + args[i].text + ")";
    a = "np.block([[" + a + ", " + along + "], [" + zeros + ", " + a + "]])";
    whole = pool_.dims.scale(Rational(2), whole);
    size = dim(whole);
  }
  return {of(a) + "[:" + dim(n.shape.rows) + ", -" + at_least(Notation::size(n.shape.rows), kAtom) + ":]", kAtom};
}

Text NumpyNotation::vech(const Text& a) const { return {"vech(" + a.text + ")", kAtom}; }
Text NumpyNotation::triu(const Text& a) const { return {"np.triu(" + a.text + ")", kAtom}; }

Text NumpyNotation::slice(const Text& a, const Range& rows, const Range& cols) const {
  const auto range = [&](const Range& r) {
    if (!r.first.valid()) return std::string(":");
    const Dim before = pool_.dims.subtract(r.first, pool_.dims.one());
    return (pool_.dims.as_constant(before) == 0 ? "" : dim(before)) + ":" + dim(r.last);
  };
  return {at_least(a, kAtom) + "[" + range(rows) + ", " + range(cols) + "]", kAtom};
}

Text NumpyNotation::blocks(const std::vector<std::vector<Text>>& rows) const {
  std::vector<std::string> lines;
  for (const std::vector<Text>& row : rows) lines.push_back("[" + join(each_at_least(row, kSum), ", ") + "]");
  return {"np.block([" + join(lines, ", ") + "])", kAtom};
}

Text NumpyNotation::kron(const std::vector<Text>& args) const {
  std::string out = args.back().text;
  for (std::size_t i = args.size() - 1; i-- > 0;) out = "np.kron(" + args[i].text + ", " + out + ")";
  return {out, kAtom};
}

Text NumpyNotation::transpose(const Text& a) const { return {at_least(a, kAtom) + ".T", kAtom}; }

Text NumpyNotation::chain(const std::vector<Text>& factors) const {
  return {join(each_at_least(factors, kPower), " @ "), kProduct};
}

Text NumpyNotation::norm(const Text& a, bool) const { return {"np.linalg.norm(" + a.text + ")", kAtom}; }

Text NumpyNotation::power(const Text& base, const Rational& q, bool) const {
  if (q == Rational(1, 2)) return {"np.sqrt(" + base.text + ")", kAtom};
  return {at_least(base, kAtom) + "**" + (q.is_integer() ? q.text() : bracket(q.text())), kPower};
}

Text NumpyNotation::power_by(const Text& base, const Text& exponent, bool) const {
  return {at_least(base, kAtom) + "**" + at_least(exponent, kAtom), kPower};
}

Text NumpyNotation::entrywise(const std::vector<Text>& over, const std::vector<Text>& under) const {
  std::string out = over.empty() ? "1" : join(each_at_least(over, kPower), "*");
  for (const Text& u : under) out += "/" + at_least(u, kPower);
  return {out, kProduct};
}

std::vector<std::string> numpy_helpers(const TermPool& pool, std::span<const TermId> terms) {
  std::map<std::string_view, std::string_view> found;
  for (const TermId t : reachable(pool, terms)) {
    const Node& n = pool[t];
    if (n.op == Op::Commutation) found["commutation_matrix"] = kCommutation;
    if (n.op == Op::Duplication) found["duplication_matrix"] = kDuplication;
    if (n.op == Op::ColumnSoftmax || n.op == Op::RowSoftmax) found["softmax"] = kSoftmax;
    if (n.op == Op::ColumnLogSumExp || n.op == Op::RowLogSumExp) found["logsumexp"] = kLogSumExp;
    if (n.op == Op::Elimination) {
      found["elimination_matrix"] = kElimination;
      found["vech"] = kVech;
    }
    if (n.op != Op::Apply || n.order != 0) continue;
    if (pool.functions[n.function].kind == ElementFunction::Kind::Opaque) continue;
    if (const Row* row = find(kHelpers, pool.functions[n.function].name)) found[row->first] = row->second;
  }
  std::vector<std::string> out;
  for (const auto& [name, definition] : found) out.emplace_back(definition);
  return out;
}

std::string print_numpy(const TermPool& pool, TermId term) { return lay_out(pool, term, NumpyNotation(pool)); }

}  // namespace dvec
