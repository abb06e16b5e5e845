#include <fmt/format.h>

#include "support/result.hpp"
#include "term/term_layout.hpp"

namespace dvec {

std::string Notation::join(const std::vector<std::string>& parts, const std::string& between) {
  return fmt::format("{}", fmt::join(parts, between));
}

std::vector<std::string> Notation::each_at_least(const std::vector<Text>& parts, int strength) const {
  std::vector<std::string> out;
  for (const Text& p : parts) out.push_back(at_least(p, strength));
  return out;
}

Text Notation::size(Dim d) const {
  const std::string& text = pool_.dims.text(d);
  if (pool_.dims.is_sum(d)) return {text, kSum};
  if (text.find_first_of("*/") != std::string::npos) return {text, kProduct};
  return {text, text.find('^') != std::string::npos ? kPower : kAtom};
}

Text Notation::number(const Rational& q) const {
  if (q.is_negative()) return {q.text(), q.is_integer() ? kMinus : kSum};
  return {q.text(), q.is_integer() ? kAtom : kProduct};
}

Text Notation::constant(const Node& n) const {
  switch (n.op) {
    case Op::Pi: return {"pi", kAtom};
    case Op::Ones: return {"ones(" + sizes(n.shape) + ")", kAtom};
    case Op::Zeros: return {"zeros(" + sizes(n.shape) + ")", kAtom};
    case Op::Eye: return {"eye(" + dim(n.shape.rows) + ")", kAtom};
    case Op::Commutation: return {"commutation_matrix(" + dim(n.first) + "," + dim(n.second) + ")", kAtom};
    case Op::Duplication: return {"duplication_matrix(" + dim(n.first) + ")", kAtom};
    case Op::Elimination: return {"elimination_matrix(" + dim(n.first) + ")", kAtom};
    default: throw Bug("not a constant");
  }
}

Text Notation::call(const Node& n, const std::vector<Text>& args) const {
  const std::string& a = args.at(0).text;
  const auto named = [&](const char* name) { return Text{std::string(name) + "(" + a + ")", kAtom}; };
  switch (n.op) {
    case Op::Vec: return named("vec");
    case Op::Reshape: return {"reshape(" + a + "," + sizes(n.shape) + ")", kAtom};
    case Op::Diag: return named("diag");
    case Op::DiagVec: return named("diagvec");
    case Op::Tril: return named("tril");
    case Op::Trace: return named("trace");
    case Op::Total: return named("sum");
    case Op::ColumnSums: return {"sum(" + a + ",1)", kAtom};
    case Op::RowSums: return {"sum(" + a + ",2)", kAtom};
    case Op::Apply: {
      const std::string& function = pool_.functions[n.function].name;
      return {function + std::string(static_cast<std::size_t>(n.order), '\'') + "(" + a + ")", kAtom};
    }
    case Op::ColumnSoftmax: return {"softmax(" + a + ",1)", kAtom};
    case Op::RowSoftmax: return {"softmax(" + a + ",2)", kAtom};
    case Op::ColumnLogSumExp: return {"logsumexp(" + a + ",1)", kAtom};
    case Op::RowLogSumExp: return {"logsumexp(" + a + ",2)", kAtom};
    case Op::Inverse: return named("inv");
    case Op::Det: return named("det");
    case Op::LogDet: return named("logdet");
    case Op::PseudoInverse: return named("pinv");
    case Op::Cholesky: return named("chol");
    case Op::MatrixFunction: return matrix_function(n, args);
    case Op::Stop: return named("stop");
    default: throw Bug("not a call");
  }
}

Text Notation::matrix_function(const Node& n, const std::vector<Text>& args) const {
  if (n.primary == PrimaryFunction::Power && args.size() == 1) return {at_least(args[0], kAtom) + "^" + at_least(size(n.first), kAtom), kPower};
  std::string out = std::string(dvec::name(n.primary)) + "(" + args[0].text;
  if (n.primary == PrimaryFunction::Power) out += "," + dim(n.first);
  for (std::size_t i = 1; i < args.size(); ++i) out += "," + args[i].text;
  return {out + ")", kAtom};
}

Text Notation::vech(const Text& a) const { return {"vech(" + a.text + ")", kAtom}; }
std::optional<Text> Notation::khatrirao(const Text& a, const Text& b) const { return Text{"khatrirao(" + a.text + "," + b.text + ")", kAtom}; }
Text Notation::triu(const Text& a) const { return {"triu(" + a.text + ")", kAtom}; }

std::string Notation::range(const Range& r) const {
  if (!r.first.valid()) return ":";
  return r.first == r.last ? dim(r.first) : dim(r.first) + ":" + dim(r.last);
}

Text Notation::slice(const Text& a, const Range& rows, const Range& cols) const {
  return {at_least(a, kAtom) + "(" + range(rows) + "," + range(cols) + ")", kAtom};
}

Text Notation::blocks(const std::vector<std::vector<Text>>& rows) const {
  std::vector<std::string> lines;
  for (const std::vector<Text>& row : rows) lines.push_back(join(each_at_least(row, kSum), ", "));
  return {"[" + join(lines, "; ") + "]", kAtom};
}

Text Notation::kron(const std::vector<Text>& args) const {
  return {"kron(" + join(each_at_least(args, kSum), ",") + ")", kAtom};
}

Text Notation::transpose(const Text& a) const { return {at_least(a, kPower) + "'", kPower}; }

Text Notation::chain(const std::vector<Text>& factors) const {
  return {join(each_at_least(factors, kPower), "*"), kProduct};
}

Text Notation::power(const Text& base, const Rational& q, bool scalar) const {
  if (q == Rational(1, 2)) return {"sqrt(" + base.text + ")", kAtom};
  std::string exponent = "(" + q.text() + ")";
  if (q.is_integer()) exponent = q.text();
  else if (const auto below = (q - Rational(1, 2)).to_int64()) exponent = std::to_string(*below) + ".5";
  return {at_least(base, kAtom) + (scalar ? "^" : ".^") + exponent, kPower};
}

Text Notation::norm(const Text& a, bool frobenius) const { return {(frobenius ? "normF(" : "norm2(") + a.text + ")", kAtom}; }

Text Notation::power_by(const Text& base, const Text& exponent, bool scalar) const {
  return {at_least(base, kAtom) + (scalar ? "^" : ".^") + at_least(exponent, kAtom), kPower};
}

Text Notation::product(const std::vector<Text>& over, const Text* matrix, const std::vector<Text>& under) const {
  std::string out = join(each_at_least(over, kMinus), "*");
  if (matrix) out += (out.empty() ? "" : "*") + as_factor(*matrix);
  if (out.empty()) out = "1";
  if (under.empty()) return {out, kProduct};
  const std::string below = join(each_at_least(under, kPower), "*");
  return {out + "/" + (under.size() > 1 ? bracket(below) : below), kProduct};
}

Text Notation::entrywise(const std::vector<Text>& over, const std::vector<Text>& under) const {
  std::string out = over.empty() ? "1" : join(each_at_least(over, kPower), ".*");
  for (const Text& u : under) out += "./" + at_least(u, kPower);
  return {out, kProduct};
}

Text Notation::sum(const std::vector<Text>& parts, const std::vector<bool>& negative) const {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    out += negative[i] ? "-" : out.empty() ? "" : "+";
    out += at_least(parts[i], kProduct);
  }
  return {out, kSum};
}

}  // namespace dvec
