#pragma once
/// Programs as text that can be written again in other ways: read by the engine's parser, kept as plain trees, printed with
/// every bracket.

#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/source_text.hpp"
#include "syntax/parser.hpp"

namespace dvec::test {

struct Expr {
  SyntaxKind kind = SyntaxKind::Number;
  Operator op = Operator::Add;
  int primes = 0;
  std::string text;
  std::vector<Expr> args;
  std::vector<std::uint32_t> rows;
};

inline Expr name_of(std::string text) { return {SyntaxKind::Name, Operator::Add, 0, std::move(text), {}, {}}; }
inline Expr number_of(std::string text) { return {SyntaxKind::Number, Operator::Add, 0, std::move(text), {}, {}}; }
inline Expr binary(Operator op, Expr a, Expr b) { return {SyntaxKind::Binary, op, 0, {}, {std::move(a), std::move(b)}, {}}; }
inline Expr negated(Expr a) { return {SyntaxKind::Unary, Operator::Subtract, 0, {}, {std::move(a)}, {}}; }
inline Expr turned(Expr a) { return {SyntaxKind::Transpose, Operator::Add, 0, {}, {std::move(a)}, {}}; }
inline Expr call(std::string name, std::vector<Expr> args) { return {SyntaxKind::Call, Operator::Add, 0, std::move(name), std::move(args), {}}; }

/// Names in other words; a name that is not there stays.
using Renaming = std::map<std::string, std::string>;
inline std::string in(const Renaming& by, const std::string& name) {
  const auto at = by.find(name);
  return at == by.end() ? name : at->second;
}

inline std::string text_of(const Expr& e, const Renaming& by) {
  const auto arg = [&](std::size_t i) { return text_of(e.args.at(i), by); };
  const auto list = [&] {
    std::string out;
    for (std::size_t i = 0; i < e.args.size(); ++i) out += (i ? ", " : "") + arg(i);
    return out;
  };
  switch (e.kind) {
    case SyntaxKind::Number: return e.text;
    case SyntaxKind::Name: return in(by, e.text);
    case SyntaxKind::Call: return in(by, e.text) + std::string(static_cast<std::size_t>(e.primes), '\'') + "(" + list() + ")";
    case SyntaxKind::Unary: return std::string("(") + text(e.op) + arg(0) + ")";
    case SyntaxKind::Binary: return "(" + arg(0) + " " + text(e.op) + " " + arg(1) + ")";
    case SyntaxKind::Transpose: return arg(0) + "'";
    case SyntaxKind::Index: {
      std::string out = arg(0) + "(";
      for (std::size_t i = 1; i < e.args.size(); ++i) out += (i > 1 ? ", " : "") + arg(i);
      return out + ")";
    }
    case SyntaxKind::Colon: return ":";
    case SyntaxKind::Block: {
      std::string out = "[";
      std::size_t at = 0;
      for (std::size_t r = 0; r < e.rows.size(); ++r) {
        if (r) out += "; ";
        for (std::uint32_t c = 0; c < e.rows[r]; ++c) out += (c ? ", " : "") + arg(at++);
      }
      return out + "]";
    }
    case SyntaxKind::Slot: break;
  }
  throw std::runtime_error("a slot in a program");
}

inline Expr expression(const SyntaxTree& tree, SyntaxId id) {
  const SyntaxNode& n = tree[id];
  Expr e{n.kind, n.op, n.primes, n.text, {}, n.rows};
  for (const SyntaxId a : n.args) e.args.push_back(expression(tree, a));
  return e;
}

/// How often a name is read.
inline int uses(const Expr& e, const std::string& name) {
  int count = (e.kind == SyntaxKind::Name || e.kind == SyntaxKind::Call) && e.text == name ? 1 : 0;
  for (const Expr& a : e.args) count += uses(a, name);
  return count;
}
inline void names_in(const Expr& e, std::set<std::string>& out) {
  if (e.kind == SyntaxKind::Name || e.kind == SyntaxKind::Call) out.insert(e.text);
  for (const Expr& a : e.args) names_in(a, out);
}
inline void put_in(Expr& e, const std::string& name, const Expr& value) {
  if (e.kind == SyntaxKind::Name && e.text == name) {
    e = value;
    return;
  }
  for (Expr& a : e.args) put_in(a, name, value);
}

/// One declaration, let or request. A statement with several of them is as many of these.
struct Line {
  enum class Kind { Dim, Var, Function, Let, Derive, Assume } kind = Kind::Let;
  std::string name;                     ///< Function: with a body, `parameter` is its argument
  std::string parameter;
  std::vector<std::string> attributes;  ///< Var
  std::vector<Expr> parts;              ///< Dim: its value; Var: rows, cols; others: what stands there
  std::string relation;                 ///< Assume
};

inline std::string text_of(const Line& l, const Renaming& by) {
  switch (l.kind) {
    case Line::Kind::Dim: return "dim " + in(by, l.name) + (l.parts.empty() ? "" : " = " + text_of(l.parts[0], by));
    case Line::Kind::Var: {
      std::string out = "var " + in(by, l.name);
      if (!l.parts.empty()) out += "(" + text_of(l.parts[0], by) + (l.parts.size() > 1 ? "," + text_of(l.parts[1], by) : "") + ")";
      for (const std::string& a : l.attributes) out += " " + a;
      return out;
    }
    case Line::Kind::Function: {
      if (l.parts.empty()) return "function " + in(by, l.name);
      Renaming inside = by;
      inside.erase(l.parameter);
      return "function " + in(by, l.name) + "(" + l.parameter + ") = " + text_of(l.parts[0], inside);
    }
    case Line::Kind::Let: return "let " + in(by, l.name) + " = " + text_of(l.parts[0], by);
    case Line::Kind::Derive: return "derive " + text_of(l.parts[0], by);
    case Line::Kind::Assume: return "assume " + text_of(l.parts[0], by) + " " + l.relation + " " + text_of(l.parts[1], by);
  }
  return {};
}

using Lines = std::vector<Line>;

inline std::string text_of(const Lines& lines, const Renaming& by = {}) {
  std::string out;
  for (const Line& l : lines) out += text_of(l, by) + "\n";
  return out;
}

/// The declarations, lets and requests of a program. Claims and outputs are left out, macros are not known here.
inline Lines lines_of(const std::string& text) {
  const SourceText source("base.dv", text);
  Result<SyntaxTree> parsed = parse_program(source);
  if (!parsed) throw std::runtime_error(render(parsed.errors(), source));
  const SyntaxTree& tree = *parsed;
  Lines out;
  for (const Statement& s : tree.statements) {
    if (const auto* dims = std::get_if<DimStatement>(&s.what)) {
      for (const DimDeclaration& d : dims->items) {
        Line l{Line::Kind::Dim, d.name.name, {}, {}, {}, {}};
        if (d.value.valid()) l.parts.push_back(expression(tree, d.value));
        out.push_back(l);
      }
    } else if (const auto* vars = std::get_if<VarStatement>(&s.what)) {
      for (const VariableDeclaration& v : vars->items) {
        Line l{Line::Kind::Var, v.name.name, {}, {}, {}, {}};
        for (const SyntaxId e : {v.rows, v.cols})
          if (e.valid()) l.parts.push_back(expression(tree, e));
        for (const Spelled& a : v.attributes) l.attributes.push_back(a.name);
        out.push_back(l);
      }
    } else if (const auto* f = std::get_if<FunctionStatement>(&s.what)) {
      Line l{Line::Kind::Function, f->name.name, f->parameter ? f->parameter->name : "", {}, {}, {}};
      if (f->parameter) l.parts.push_back(expression(tree, f->body));
      out.push_back(l);
    } else if (const auto* let = std::get_if<LetStatement>(&s.what)) {
      if (!let->parameters.empty()) throw std::runtime_error("a macro in a base program");
      out.push_back({Line::Kind::Let, let->name.name, {}, {}, {expression(tree, let->value)}, {}});
    } else if (const auto* derive = std::get_if<DeriveStatement>(&s.what)) {
      for (const SyntaxId e : derive->items) out.push_back({Line::Kind::Derive, {}, {}, {}, {expression(tree, e)}, {}});
    } else if (const auto* assume = std::get_if<AssumeStatement>(&s.what)) {
      out.push_back({Line::Kind::Assume, {}, {}, {}, {expression(tree, assume->left), expression(tree, assume->right)}, assume->relation});
    }
  }
  // Lets that nothing derived rests on would only be compared with themselves.
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (out[i].kind != Line::Kind::Let) continue;
      int count = 0;
      for (const Line& l : out)
        for (const Expr& e : l.parts) count += uses(e, out[i].name);
      if (count > 0) continue;
      out.erase(out.begin() + static_cast<std::ptrdiff_t>(i));
      changed = true;
      break;
    }
  }
  return out;
}

}  // namespace dvec::test
