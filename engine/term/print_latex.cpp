#include "term/print_latex.hpp"

#include <cctype>

#include "support/result.hpp"
#include "support/source_text.hpp"
#include "term/greek.hpp"

namespace dvec {

namespace {

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '_') out += '\\';
    out += c;
  }
  return out;
}

/// One letter as it is, a Greek letter by name, anything longer upright as a word.
std::string stem(const std::string& s) {
  if (greek_letter(s)) return "\\" + s;
  return code_points(s) == 1 ? s : "\\mathit{" + escaped(s) + "}";
}

std::string subscript(const std::string& s) {
  const bool digits = s.find_first_not_of("0123456789") == std::string::npos;
  return "_{" + (digits || code_points(s) == 1 ? escaped(s) : "\\mathrm{" + escaped(s) + "}") + "}";
}

std::string operator_name(const char* name) { return std::string("\\operatorname{") + name + "}"; }

/// Juxtaposition; a dot where two numbers would run together.
std::string juxtapose(const std::vector<std::string>& factors) {
  std::string out;
  for (const std::string& f : factors) {
    if (!out.empty()) out += std::isdigit(static_cast<unsigned char>(f[0])) != 0 ? " \\cdot " : " ";
    out += f;
  }
  return out;
}

}  // namespace

std::string latex_name(const std::string& name) {
  const NameParts parts = name_parts(name);
  std::string out = stem(parts.stem);
  if (!parts.accent.empty()) out = "\\" + parts.accent + "{" + out + "}";
  return parts.subscript.empty() ? out : out + subscript(parts.subscript);
}

std::string LatexNotation::name(const std::string& symbol) const { return latex_name(symbol); }

Text LatexNotation::size(Dim d) const {
  const Text plain = Notation::size(d);
  std::string out;
  for (std::size_t i = 0; i < plain.text.size();) {
    const auto c = static_cast<unsigned char>(plain.text[i]);
    std::size_t end = i + 1;
    if (std::isdigit(c) != 0) {
      while (end < plain.text.size() && std::isdigit(static_cast<unsigned char>(plain.text[end])) != 0) ++end;
      out += plain.text.substr(i, end - i);
    } else if (std::isalpha(c) != 0 || c == '_' || c >= 0x80) {
      while (end < plain.text.size() && (std::isalnum(static_cast<unsigned char>(plain.text[end])) != 0 ||
                                         plain.text[end] == '_' || static_cast<unsigned char>(plain.text[end]) >= 0x80))
        ++end;
      out += name(plain.text.substr(i, end - i));
    } else if (c == '^') {
      while (end < plain.text.size() && std::isdigit(static_cast<unsigned char>(plain.text[end])) != 0) ++end;
      out += "^{" + plain.text.substr(i + 1, end - i - 1) + "}";
    } else {
      out += c == '*' ? " " : std::string(1, plain.text[i]);
    }
    i = end;
  }
  return {out, plain.strength};
}

Text LatexNotation::number(const Rational& q) const {
  if (q.is_integer()) return Notation::number(q);
  return {std::string(q.is_negative() ? "-" : "") + "\\frac{" + q.abs().numerator() + "}{" + q.denominator() + "}",
          q.is_negative() ? kSum : kProduct};
}

Text LatexNotation::constant(const Node& n) const {
  const Dim one = pool_.dims.one();
  const auto shaped = [&](const std::string& letter) {
    return letter + "_{" + dim(n.shape.rows) + " \\times " + dim(n.shape.cols) + "}";
  };
  switch (n.op) {
    case Op::Pi: return {"\\pi", kAtom};
    case Op::Ones:
      if (n.shape.cols == one) return {"\\mathbf{1}_{" + dim(n.shape.rows) + "}", kAtom};
      if (n.shape.rows == one) return {"\\mathbf{1}_{" + dim(n.shape.cols) + "}^\\top", kPower};
      return {shaped("\\mathbf{1}"), kAtom};
    case Op::Zeros: return {shaped("\\mathbf{0}"), kAtom};
    case Op::Eye: return {"I_{" + dim(n.shape.rows) + "}", kAtom};
    case Op::Commutation: return {"K_{" + dim(n.first) + "," + dim(n.second) + "}", kAtom};
    case Op::Duplication: return {"D_{" + dim(n.first) + "}", kAtom};
    case Op::Elimination: return {"L_{" + dim(n.first) + "}", kAtom};
    default: throw Bug("not a constant");
  }
}

Text LatexNotation::call(const Node& n, const std::vector<Text>& args) const {
  const Text& a = args.at(0);
  const auto named = [&](const char* name) { return Text{operator_name(name) + bracket(a.text), kAtom}; };
  switch (n.op) {
    case Op::Vec: return named("vec");
    case Op::Reshape:
      return {operator_name("reshape") + "_{" + dim(n.shape.rows) + " \\times " + dim(n.shape.cols) + "}" + bracket(a.text), kAtom};
    case Op::Diag: return named("diag");
    case Op::DiagVec: return named("diagvec");
    case Op::Tril: return named("tril");
    case Op::Trace: return {"\\operatorname{tr}" + bracket(a.text), kAtom};
    case Op::Total: {
      const Shape s = pool_.shape(n.args[0]);
      const std::string left = s.rows == pool_.dims.one() ? "" : "\\mathbf{1}^\\top ";
      const std::string right = s.cols == pool_.dims.one() ? "" : " \\mathbf{1}";
      return {left + at_least(a, kPower) + right, kProduct};
    }
    case Op::ColumnSums: return {"\\mathbf{1}^\\top " + at_least(a, kPower), kProduct};
    case Op::RowSums: return {at_least(a, kPower) + " \\mathbf{1}", kProduct};
    case Op::Apply: {
      static constexpr std::string_view known[] = {"exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh"};
      const std::string& function = pool_.functions[n.function].name;
      std::string spelled = latex_name(function);
      for (const std::string_view k : known)
        if (k == function) spelled = "\\" + function;
      if (spelled.starts_with("\\mathit")) spelled = operator_name(escaped(function).c_str());
      if (n.order == 0 && function == "abs") return {"\\left|" + a.text + "\\right|", kAtom};
      return {spelled + std::string(static_cast<std::size_t>(n.order), '\'') + bracket(a.text), kAtom};
    }
    case Op::ColumnSoftmax: return {operator_name("softmax") + "_{\\downarrow}" + bracket(a.text), kAtom};
    case Op::RowSoftmax: return {operator_name("softmax") + "_{\\rightarrow}" + bracket(a.text), kAtom};
    case Op::ColumnLogSumExp: return {operator_name("logsumexp") + "_{\\downarrow}" + bracket(a.text), kAtom};
    case Op::RowLogSumExp: return {operator_name("logsumexp") + "_{\\rightarrow}" + bracket(a.text), kAtom};
    case Op::Inverse: return {at_least(a, kAtom) + "^{-1}", kPower};
    case Op::Det: return {"\\det" + bracket(a.text), kAtom};
    case Op::LogDet: return {"\\log\\left|\\det" + bracket(a.text) + "\\right|", kAtom};
    case Op::PseudoInverse: return {at_least(a, kAtom) + "^{+}", kPower};
    case Op::Cholesky: return named("chol");
    case Op::MatrixFunction: return matrix_function(n, args);
    case Op::Stop: return named("stop");
    default: throw Bug("not a call");
  }
}

/// D f(A)[E] for the derivative along E.
Text LatexNotation::matrix_function(const Node& n, const std::vector<Text>& args) const {
  const bool power = n.primary == PrimaryFunction::Power;
  if (power && args.size() == 1) return {at_least(args[0], kAtom) + "^{" + dim(n.first) + "}", kPower};
  const std::string f = power ? "(\\cdot)^{" + dim(n.first) + "}" : operator_name(std::string(dvec::name(n.primary)).c_str());
  std::string out = (args.size() == 1 ? "" : args.size() == 2 ? "D" : "D^{" + std::to_string(args.size() - 1) + "}") + f + bracket(args[0].text);
  std::string along;
  for (std::size_t i = 1; i < args.size(); ++i) along += (along.empty() ? "" : ", ") + args[i].text;
  if (!along.empty()) out += "\\left[" + along + "\\right]";
  return {out, kAtom};
}

Text LatexNotation::vech(const Text& a) const { return {operator_name("vech") + bracket(a.text), kAtom}; }
std::optional<Text> LatexNotation::khatrirao(const Text& a, const Text& b) const {
  return Text{at_least(a, kPower) + " \\ast " + at_least(b, kPower), kProduct};
}
Text LatexNotation::triu(const Text& a) const { return {operator_name("triu") + bracket(a.text), kAtom}; }

Text LatexNotation::slice(const Text& a, const Range& rows, const Range& cols) const {
  return {bracket(a.text) + "_{" + range(rows) + ",\\," + range(cols) + "}", kAtom};
}

Text LatexNotation::blocks(const std::vector<std::vector<Text>>& rows) const {
  std::vector<std::string> lines;
  for (const std::vector<Text>& row : rows) lines.push_back(join(each_at_least(row, kSum), " & "));
  return {"\\begin{bmatrix} " + join(lines, " \\\\ ") + " \\end{bmatrix}", kAtom};
}

Text LatexNotation::kron(const std::vector<Text>& args) const {
  return {join(each_at_least(args, kPower), " \\otimes "), kProduct};
}

Text LatexNotation::transpose(const Text& a) const {
  // X^{-\top} for the transpose of an inverse; any other superscript is bracketed.
  if (a.strength == kPower && a.text.ends_with("^{-1}")) return {a.text.substr(0, a.text.size() - 5) + "^{-\\top}", kPower};
  return {at_least(a, kAtom) + "^\\top", kPower};
}

Text LatexNotation::chain(const std::vector<Text>& factors) const { return {juxtapose(each_at_least(factors, kPower)), kProduct}; }

Text LatexNotation::norm(const Text& a, bool frobenius) const { return {"\\lVert " + a.text + " \\rVert" + (frobenius ? "_F" : ""), kAtom}; }

Text LatexNotation::power(const Text& base, const Rational& q, bool scalar) const {
  if (q == Rational(1, 2) && scalar) return {"\\sqrt{" + base.text + "}", kAtom};
  const std::string exponent = q.is_integer() ? q.text() : q.numerator() + "/" + q.denominator();
  return {at_least(base, kAtom) + "^{" + (scalar ? "" : "\\circ ") + exponent + "}", kPower};
}

Text LatexNotation::power_by(const Text& base, const Text& exponent, bool scalar) const {
  return {at_least(base, kAtom) + "^{" + (scalar ? "" : "\\circ ") + (scalar ? exponent.text : bracket(exponent.text)) + "}", kPower};
}

Text LatexNotation::product(const std::vector<Text>& over, const Text* matrix, const std::vector<Text>& under) const {
  const auto side = [&](const std::vector<Text>& factors, bool alone) {
    if (factors.empty()) return std::string("1");
    if (factors.size() == 1 && alone) return factors[0].text;
    return juxtapose(each_at_least(factors, kPower));
  };
  std::string scalars;
  if (!under.empty()) scalars = "\\frac{" + side(over, true) + "}{" + side(under, true) + "}";
  else if (!over.empty()) scalars = side(over, false);
  if (!matrix) return {scalars.empty() ? "1" : scalars, kProduct};
  const std::string m = as_factor(*matrix);
  return {scalars.empty() ? m : juxtapose({scalars, m}), kProduct};
}

Text LatexNotation::entrywise(const std::vector<Text>& over, const std::vector<Text>& under) const {
  std::string out = over.empty() ? "1" : join(each_at_least(over, kPower), " \\odot ");
  for (const Text& u : under) out += " \\oslash " + at_least(u, kPower);
  return {out, kProduct};
}

Text LatexNotation::sum(const std::vector<Text>& parts, const std::vector<bool>& negative) const {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    out += i > 0 ? (negative[i] ? " - " : " + ") : negative[i] ? "-" : "";
    out += at_least(parts[i], kProduct);
  }
  return {out, kSum};
}

std::string LatexNotation::bracket(const std::string& inner) const { return "\\left(" + inner + "\\right)"; }

std::string print_latex(const TermPool& pool, TermId term) { return lay_out(pool, term, LatexNotation(pool)); }

}  // namespace dvec
