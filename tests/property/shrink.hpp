#pragma once
/// A failing program made smaller, as long as it fails in the same way.

#include "program.hpp"

namespace dvec::property {

/// Does this program still fail?
using Fails = std::function<bool(const Specimen&)>;

namespace detail {

/// What may stand in the place of an expression: parts of it with its shape and sort, then a lone variable.
inline std::vector<Expr> smaller(Specimen& s, const Expr& e) {
  std::vector<Expr> out;
  std::vector<Expr*> all;
  Expr copy = e;
  places(copy, all);
  const auto serves = [&](Sort sort) { return sort == e.sort || e.sort == Sort::Any; };
  for (std::size_t k = all.size(); k-- > 1;)
    if (all[k]->shape == e.shape && serves(all[k]->sort)) out.push_back(*all[k]);
  std::ranges::stable_sort(out, {}, &Expr::size);
  if (e.args.empty()) return out;
  // A variable of the right kind, made for the purpose where there is none.
  static const std::map<Sort, std::string> kAttributes = {
      {Sort::Any, ""}, {Sort::Positive, "positive"}, {Sort::Nonsingular, "nonsingular"}, {Sort::Symmetric, "symmetric"}, {Sort::Spd, "spd"}};
  const std::string& attributes = kAttributes.at(e.sort);
  std::string name;
  for (const auto& [known, v] : s.variables)
    if (v.shape == e.shape && v.attributes == attributes) name = known;
  if (name.empty()) {
    name = "V" + std::to_string(s.variables.size());
    s.variables[name] = {e.shape, attributes};
  }
  Expr leaf;
  leaf.pattern = leaf.name = name;
  leaf.shape = e.shape;
  leaf.sort = e.sort;
  out.push_back(std::move(leaf));
  return out;
}

/// Every place of every expression: of requests, then of lets.
inline std::vector<Expr*> all_places(Specimen& s) {
  std::vector<Expr*> out;
  for (Request& r : s.requests)
    for (Expr& a : r.args) places(a, out);
  for (Let& l : s.lets)
    if (l.parameters.empty()) places(l.body, out);
  return out;
}

}  // namespace detail

/// Tries at most `budget` programs.
inline Specimen shrunk(Specimen s, const Fails& fails, int budget = 300) {
  const auto accept = [&](Specimen candidate) {
    if (--budget < 0 || !fails(candidate)) return false;
    s = std::move(candidate);
    return true;
  };
  if (!s.assumptions.empty()) {
    Specimen c = s;
    c.assumptions.clear();
    accept(std::move(c));
  }
  for (std::size_t k = s.requests.size(); s.requests.size() > 1 && k-- > 0;) {
    Specimen c = s;
    c.requests.erase(c.requests.begin() + static_cast<std::ptrdiff_t>(k));
    accept(std::move(c));
  }
  for (bool again = true; again && budget > 0;) {
    again = false;
    // Names of lets give way to what they stand for.
    for (std::size_t k = 0; k < detail::all_places(s).size() && budget > 0; ++k) {
      const Expr here = *detail::all_places(s)[k];
      for (const Let& l : s.lets) {
        if (l.name != here.name || !l.parameters.empty()) continue;
        Specimen c = s;
        Expr body = l.body;
        body.sort = here.sort;
        *detail::all_places(c)[k] = body;
        again = accept(std::move(c)) || again;
        break;
      }
    }
    for (std::size_t k = 0; k < detail::all_places(s).size() && budget > 0; ++k) {
      const Expr here = *detail::all_places(s)[k];
      Specimen with_names = s;
      for (const Expr& less : detail::smaller(with_names, here)) {
        Specimen c = with_names;
        *detail::all_places(c)[k] = less;
        if (!accept(std::move(c))) continue;
        again = true;
        break;
      }
    }
  }
  return s;
}

}  // namespace dvec::property
