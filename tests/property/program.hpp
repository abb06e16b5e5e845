#pragma once
/// A generated program as a value: it can be written down, and made smaller.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "expression.hpp"

namespace dvec::property {

struct Variable {
  Extents shape;
  std::string attributes;  ///< "spd", "symmetric positive"; may be empty
};

struct Let {
  std::string name;
  std::vector<std::string> parameters;  ///< of a let with arguments; its body speaks of them
  Expr body;
};

/// grad({0},X), jac({0},X), d({0},X,{1}), d(grad({0},X),X,{1}), ...
struct Request {
  std::string pattern;
  std::vector<Expr> args;
  std::string wrt;       ///< must be declared, whether it occurs or not
  std::string also = {};  ///< the same of a second variable
};

struct Specimen {
  std::uint64_t seed = 0;
  std::map<std::string, Variable> variables;
  std::map<std::string, std::string> functions;  ///< name to declaration
  std::vector<std::string> assumptions;
  std::vector<Let> lets;
  std::vector<Request> requests;
};

inline std::string text_of(const Request& r) {
  Expr e;
  e.pattern = r.pattern;
  e.args = r.args;
  return render(e);
}

namespace detail {

inline void names_in(const Expr& e, std::set<std::string>& out) {
  if (!e.name.empty()) out.insert(e.name);
  for (const Expr& a : e.args) names_in(a, out);
}

}  // namespace detail

/// Names that the requests need, through lets.
inline std::set<std::string> needed(const Specimen& s) {
  std::set<std::string> out;
  for (const Request& r : s.requests) {
    out.insert(r.wrt);
    if (!r.also.empty()) out.insert(r.also);
    for (const Expr& a : r.args) detail::names_in(a, out);
  }
  for (auto let = s.lets.rbegin(); let != s.lets.rend(); ++let)
    if (out.contains(let->name)) detail::names_in(let->body, out);
  return out;
}

/// Declarations of what is needed, and the lets.
inline std::string preamble(const Specimen& s) {
  const std::set<std::string> names = needed(s);
  std::string lets, vars, functions, body;
  for (const Let& l : s.lets) {
    if (!names.contains(l.name)) continue;
    std::string parameters;
    for (const std::string& p : l.parameters) parameters += (parameters.empty() ? "(" : ",") + p;
    lets += "let " + l.name + parameters + (parameters.empty() ? "" : ")") + " = " + render(l.body) + "\n";
  }
  for (const auto& [name, v] : s.variables) {
    if (!names.contains(name)) continue;
    vars += "var " + name;
    if (!v.shape.scalar()) vars += "(" + v.shape.rows.text() + (v.shape.cols.one() ? "" : "," + v.shape.cols.text()) + ")";
    vars += (v.attributes.empty() ? "" : " " + v.attributes) + "\n";
  }
  body = lets;
  for (const Request& r : s.requests) body += text_of(r);
  for (const auto& [name, declaration] : s.functions)
    if (body.find(name + "(") != std::string::npos || body.find(name + "'") != std::string::npos) functions += declaration + "\n";
  std::string assumptions;
  for (const std::string& a : s.assumptions) assumptions += "assume " + a + "\n";
  return "dim m, n, p\n" + assumptions + vars + functions + lets;
}

/// What is asked: one statement.
inline std::string derive_of(const Specimen& s) {
  std::string out;
  for (const Request& r : s.requests) out += (out.empty() ? "derive " : ", ") + text_of(r);
  return out + "\n";
}

inline std::string text_of(const Specimen& s) { return preamble(s) + derive_of(s); }

}  // namespace dvec::property
