#pragma once
/// Programs from seeds: variables and lets of drawn shapes and attributes, expressions by the grammar, derivatives of all
/// kinds by one of the variables, on which what is derived depends.

#include <array>

#include "grammar.hpp"
#include "program.hpp"

namespace dvec::property {

class Generator {
 public:
  Generator(std::uint64_t seed, const std::vector<Production>& rows) : draws_(seed * 0x9E3779B97F4A7C15ULL + 1), rows_(rows) { out_.seed = seed; }

  Specimen specimen() {
    out_.functions = {{"a", "function a"},
                      {"b", "function b"},
                      {"swish", "function swish(x) = x/(1+exp(-x))"},
                      {"bump", draws_.chance(50) ? "function bump(x) = x^3/3 - 2*x" : "function bump(x) = 1/(1+x^2)"}};
    if (draws_.chance(10)) out_.assumptions.push_back(draws_.word({"m >= 2", "n > 1", "m > n", "p <= m", "m == n"}));
    const Extents shape = wrt_shape();
    std::string attributes = any_attributes(shape);
    if (attributes == "constant") attributes.clear();
    wrt_ = declare(shape, attributes);
    const std::size_t lets = draws_.chance(40) ? 1 + draws_.below(3) : 0;
    for (std::size_t k = 0; k < lets; ++k) add_let(k);
    if (draws_.chance(20)) {
      sweep();
      return std::move(out_);
    }
    if (draws_.chance(15)) by_let();
    const std::size_t requests = 1 + (draws_.chance(25) ? 1 : 0);
    for (std::size_t k = 0; k < requests; ++k) request();
    return std::move(out_);
  }

 private:
  // --- variables -------------------------------------------------------------------------------------------------------

  Extent small_extent() {
    static const std::vector<Extent> kSizes = {Extent({"m"}), Extent({"n"}), Extent({"p"}), Extent({"2"}), Extent({"3"})};
    return draws_.of(kSizes);
  }

  Extents wrt_shape() {
    const std::size_t kind = draws_.below(10);
    const Extent n = small_extent();
    if (kind < 1) return unit();
    if (kind < 4) return column(n);
    if (kind < 5) return row(n);
    if (kind < 7) return by(n, n);
    return by(n, small_extent());
  }

  std::string any_attributes(const Extents& s) {
    if (s.square() && draws_.chance(50))
      return draws_.word({"symmetric", "spd", "diagonal", "lower", "upper", "skew", "orthogonal", "idempotent", "nonsingular", "symmetric idempotent"});
    if (draws_.chance(15)) return draws_.word({"positive", "unit", "sign", "constant"});
    if (s.scalar() && draws_.chance(10)) return "integer";
    return "";
  }

  std::string declare(const Extents& shape, const std::string& attributes) {
    static const std::array<const char*, 8> kScalars = {"s", "t", "alpha", "beta", "c1", "c2", "c3", "c4"},
                                            kColumns = {"u", "v", "w", "x", "y", "z", "u1", "u2"},
                                            kRows = {"r", "q", "g", "h", "r1", "r2", "r3", "r4"},
                                            kMatrices = {"X", "A", "B", "C", "S", "T", "W", "M"};
    const auto& names = shape.scalar() ? kScalars : shape.column() ? kColumns : shape.row() ? kRows : kMatrices;
    std::size_t& count = counts_[names[0]];
    const std::string name = count < names.size() ? names[count] : names[0] + std::string("_") + std::to_string(count);
    ++count;
    out_.variables[name] = {shape, attributes};
    return name;
  }

  static bool has(const Variable& v, std::string_view word) { return v.attributes.find(word) != std::string::npos; }

  /// May this variable stand where a value of the sort is asked for?
  bool serves(const std::string& name, Sort sort) const {
    if (!out_.variables.contains(name)) return sort == Sort::Any;  // a let
    const Variable& v = out_.variables.at(name);
    switch (sort) {
      case Sort::Any: return true;
      case Sort::Positive: return has(v, "positive") || has(v, "unit") || has(v, "integer");
      case Sort::Symmetric: return has(v, "symmetric") || has(v, "spd") || has(v, "diagonal");
      case Sort::Spd: return has(v, "spd");
      case Sort::Nonsingular: return !has(v, "idempotent") && !has(v, "skew") && !has(v, "sign");
    }
    return false;
  }

  std::string attributes_for(const Extents& shape, Sort sort) {
    switch (sort) {
      case Sort::Any: return any_attributes(shape);
      case Sort::Positive: return draws_.word({"positive", "positive", "unit"});
      case Sort::Symmetric: return draws_.word({"symmetric", "symmetric", "diagonal"});
      case Sort::Spd: return "spd";
      case Sort::Nonsingular: return draws_.word({"nonsingular", "nonsingular", "orthogonal", "spd", "lower", "upper"});
    }
    return "";
  }

  // --- expressions -----------------------------------------------------------------------------------------------------

  static Expr leaf(const std::string& text, const Need& need, bool name) {
    Expr e;
    e.pattern = text;
    e.shape = need.shape;
    e.sort = need.sort;
    e.production = name ? "name" : "constant";
    if (name) e.name = text;
    if (!name && text.find_first_of("*/-") != std::string::npos) e.level = kProduct;
    return e;
  }

  /// A name or a constant.
  Expr simple(const Need& need) {
    std::vector<std::string> known;
    if (parameters_.empty() || draws_.chance(30)) {
      for (const auto& [name, v] : out_.variables)
        if (v.shape == need.shape && serves(name, need.sort)) known.push_back(name);
      if (need.sort == Sort::Any)
        for (const Let& l : out_.lets)
          if (l.body.shape == need.shape && l.parameters.empty()) known.insert(known.end(), 3, l.name);
    }
    if (need.sort == Sort::Any)
      for (const auto& [name, shape] : parameters_)
        if (shape == need.shape) known.insert(known.end(), 4, name);
    if (!known.empty() && draws_.chance(75)) return leaf(draws_.of(known), need, true);
    if (draws_.chance(15)) {
      if (need.shape.scalar() && need.sort == Sort::Any) return leaf(draws_.word({"2", "m", "n", "1/2", "3", "pi", "0"}), need, false);
      if (need.shape.square() && (need.sort == Sort::Nonsingular || need.sort == Sort::Spd || need.sort == Sort::Any))
        return leaf("eye(" + need.shape.rows.text() + ")", need, false);
      if (!need.shape.scalar() && (need.sort == Sort::Any || need.sort == Sort::Positive))
        return leaf((need.sort == Sort::Any && draws_.chance(15) ? "zeros(" : "ones(") + need.shape.rows.text() + "," + need.shape.cols.text() + ")", need, false);
    }
    if (!known.empty() && out_.variables.size() > 6) return leaf(draws_.of(known), need, true);
    return leaf(declare(need.shape, attributes_for(need.shape, need.sort)), need, true);
  }

  /// A variable without attributes: that of the derivative when it is one.
  Expr plain(const Need& need, bool wanted) {
    std::vector<std::string> known;
    for (const auto& [name, v] : out_.variables)
      if (v.shape == need.shape && v.attributes.empty()) known.push_back(name);
    if (wanted && std::ranges::count(known, wrt_) > 0) return leaf(wrt_, need, true);
    if (known.empty()) known.push_back(declare(need.shape, ""));
    return leaf(draws_.of(known), need, true);
  }

  static Expr node(const std::string& production, const Plan& plan, const Need& need, std::vector<Expr> args) {
    Expr e;
    e.pattern = plan.pattern;
    e.level = plan.level;
    e.args = std::move(args);
    e.shape = need.shape;
    e.sort = need.sort;
    e.production = production;
    return e;
  }

  /// The shortest way from the variable of the derivative to a value of this shape and sort.
  Expr bridge(const Need& need) {
    const Variable x = by_what_variable();
    const Need whole{x.shape, Sort::Any};
    if (x.shape == need.shape && serves(wrt_, need.sort)) return leaf(wrt_, need, true);
    const auto through = [&](const std::string& pattern, int level, Need inner) {
      return node("bridge", Plan{pattern, level, {}}, need, {bridge(inner)});
    };
    switch (need.sort) {
      case Sort::Any: break;
      case Sort::Positive: return through("{0:4}.^2 + 1", kSum, {need.shape});
      case Sort::Nonsingular: return through("eye(" + need.shape.rows.text() + ") + {0:2}", kSum, {need.shape});
      case Sort::Symmetric: return through("{0:1} + {0:4}'", kSum, {need.shape});
      case Sort::Spd: {
        const Extents root = x.shape.rows == need.shape.rows ? x.shape : by(need.shape.rows, x.shape.cols);
        return through("{0:2}*{0:4}' + eye(" + need.shape.rows.text() + ")", kSum, {root});
      }
    }
    if (x.shape == need.shape.turned()) return through("{0:4}'", kPostfix, whole);
    if (x.shape.scalar()) return node("bridge", Plan{"{0:2}*{1:3}", kProduct, {}}, need, {leaf(wrt_, whole, true), simple(need)});
    if (need.shape.scalar()) {
      if (x.shape.square() && draws_.chance(50)) return through("trace({0:0})", kPrimary, whole);
      if (draws_.chance(40)) return through("sum({0:0})", kPrimary, whole);
      if (draws_.chance(50)) return node("bridge", Plan{"sum({0:2}.*{1:3})", kPrimary, {}}, need, {leaf(wrt_, whole, true), simple(whole)});
    }
    const bool left = !(x.shape.rows == need.shape.rows), right = !(x.shape.cols == need.shape.cols);
    std::vector<Expr> args{leaf(wrt_, whole, true)};
    std::string pattern = "{0:2}";
    if (left) {
      args.push_back(simple({by(need.shape.rows, x.shape.rows)}));
      pattern = "{1:2}*{0:3}";
    }
    if (right) {
      pattern += "*{" + std::to_string(args.size()) + ":3}";
      args.push_back(simple({by(x.shape.cols, need.shape.cols)}));
    }
    return node("bridge", Plan{pattern, kProduct, {}}, need, std::move(args));
  }

  static std::size_t weight(const Production& row, const Need& need) {
    if (need.tame && row.wild) return 0;
    if (!row.fits(need.shape)) return 0;
    if (row.gives == need.sort) return 3 * row.weight;
    if (need.sort == Sort::Any) return row.weight;
    return 0;
  }

  /// An expression; with `wanted` it depends on the variable of the derivative.
  Expr expression(const Need& need, std::size_t depth, bool wanted) {
    if (need.plain) return plain(need, wanted);
    if (depth == 0 || draws_.chance(10) || need.shape.factors() > 4) return wanted ? bridge(need) : simple(need);
    if (!macros_.empty() && need.sort == Sort::Any && draws_.chance(10))
      for (const Let& l : out_.lets)
        if (!l.parameters.empty() && l.body.shape == need.shape && parameters_.empty()) return call(l, need, depth, wanted);
    std::size_t all = 0;
    for (const Production& row : rows_) all += weight(row, need);
    if (all == 0) return wanted ? bridge(need) : simple(need);
    std::size_t at = draws_.below(all);
    const Production* chosen = nullptr;
    for (const Production& row : rows_) {
      const std::size_t w = weight(row, need);
      if (at < w) {
        chosen = &row;
        break;
      }
      at -= w;
    }
    const Plan plan = chosen->plan(draws_, need.shape);
    std::size_t carrier = plan.needs.empty() ? 0 : draws_.below(plan.needs.size());
    if (!plan.needs.empty() && plan.needs[carrier].plain) carrier = 0;
    if (plan.needs.empty() && wanted) return bridge(need);
    std::vector<Expr> args;
    for (std::size_t k = 0; k < plan.needs.size(); ++k) {
      Need inner = plan.needs[k];
      inner.tame = inner.tame || need.tame;
      const bool carries = wanted ? k == carrier || draws_.chance(35) : draws_.chance(10) && parameters_.empty();
      args.push_back(expression(inner, depth - 1, carries));
    }
    return node(chosen->name, plan, need, std::move(args));
  }

  Expr call(const Let& macro, const Need& need, std::size_t depth, bool wanted) {
    std::string pattern = macro.name + "(";
    std::vector<Expr> args;
    const std::vector<Extents> shapes = macros_.at(macro.name);
    const std::size_t carrier = draws_.below(shapes.size());
    for (std::size_t k = 0; k < shapes.size(); ++k) {
      pattern += (k == 0 ? "{" : ",{") + std::to_string(k) + ":0}";
      args.push_back(expression({shapes[k]}, depth - 1, wanted && k == carrier));
    }
    Expr e = node("call of a let", Plan{pattern + ")", kPrimary, {}}, need, std::move(args));
    e.name = macro.name;
    return e;
  }

  Extents some_shape() {
    const std::size_t kind = draws_.below(10);
    if (kind < 2) return unit();
    if (kind < 4) return column(small_extent());
    if (kind < 5) return row(small_extent());
    if (kind < 7) {
      const Extent n = small_extent();
      return by(n, n);
    }
    return by(small_extent(), small_extent());
  }

  void add_let(std::size_t k) {
    const std::string name = "L" + std::to_string(k + 1);
    const Extents shape = some_shape();
    if (draws_.chance(25)) {
      const std::vector<Extents> shapes = {some_shape(), some_shape()};
      parameters_ = {{"P1", shapes[0]}, {"P2", shapes[1]}};
      Expr body = expression({shape}, 1 + draws_.below(2), false);
      parameters_.clear();
      macros_[name] = shapes;
      out_.lets.push_back({name, {"P1", "P2"}, std::move(body)});
      return;
    }
    if (draws_.chance(10)) {
      Expr phi = expression({unit()}, 1 + draws_.below(3), true);
      const Extents x = out_.variables.at(wrt_).shape;
      Expr gradient = node("derivative", Plan{"grad({0:0}," + wrt_ + ")", kPrimary, {}}, {x}, {std::move(phi)});
      gradient.name = wrt_;
      out_.lets.push_back({name, {}, std::move(gradient)});
      return;
    }
    Expr body = expression({shape}, 1 + draws_.below(3), draws_.chance(80));
    out_.lets.push_back({name, {}, std::move(body)});
  }

  /// What is derived may be by a let, which is taken as independent.
  void by_let() {
    std::vector<std::string> names;
    for (const Let& l : out_.lets)
      if (l.parameters.empty() && l.body.production != "derivative") names.push_back(l.name);
    if (!names.empty()) wrt_ = draws_.of(names);
  }

  /// An objective with a name, by several variables and a let.
  void sweep() {
    Expr body = expression({unit()}, depth(2, 6), true);
    out_.lets.push_back({"R", {}, std::move(body)});
    const Expr name = leaf("R", {unit()}, true);
    add("grad({0:0}," + wrt_ + ")", {name});
    std::vector<std::string> others;
    const std::set<std::string> used = needed(out_);
    for (const auto& [other, v] : out_.variables)
      if (other != wrt_ && used.contains(other) && !has(v, "constant")) others.push_back(other);
    for (const Let& l : out_.lets)
      if (used.contains(l.name) && l.parameters.empty() && l.name != "R" && l.body.production != "derivative") others.push_back(l.name);
    for (std::size_t k = 0; k < 2 && !others.empty(); ++k) {
      const std::size_t at = draws_.below(others.size());
      add("grad({0:0}," + others[at] + ")", {name}, others[at]);
      if (draws_.chance(90)) others.erase(others.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }

  // --- what is asked ---------------------------------------------------------------------------------------------------

  /// Depths of objectives: more are shallow than deep.
  std::size_t depth(std::size_t least, std::size_t most) { return least + std::min(draws_.below(most - least + 1), draws_.below(most - least + 2)); }

  /// The variable of the derivative, or a let as one.
  Variable by_what_variable() const {
    for (const Let& l : out_.lets)
      if (l.name == wrt_) return {l.body.shape, ""};
    return out_.variables.at(wrt_);
  }

  bool structured() const {
    const Variable x = by_what_variable();
    for (const char* word : {"symmetric", "spd", "diagonal", "lower", "upper", "skew"})
      if (has(x, word)) return true;
    return false;
  }

  /// How X is written in a derivative: X; X, entries; vech(X).
  std::string by_what(bool convention_allowed) {
    const Variable x = by_what_variable();
    const bool stacks = has(x, "symmetric") || has(x, "spd") || has(x, "lower");
    if (stacks && draws_.chance(20)) return "vech(" + wrt_ + ")";
    if (convention_allowed && structured() && draws_.chance(50)) return wrt_ + draws_.word({",entries", ",unconstrained", ",structured"});
    return wrt_;
  }

  void request() {
    const Extents x = by_what_variable().shape;
    const std::size_t kind = draws_.below(100);
    if (kind < 45) return add("grad({0:0}," + by_what(true) + ")", {expression({unit()}, depth(2, 6), true)});
    if (kind < 70) {
      const std::string by = by_what(false);
      return add("jac({0:0}," + by + ")", {expression({some_shape()}, depth(1, 4), true)});
    }
    if (kind < 80) {
      const std::string by = by_what(false);
      return add("hess({0:0}," + by + ")", {expression({unit()}, depth(1, 3), true)});
    }
    if (kind < 90) {
      Expr f = expression({some_shape()}, depth(1, 5), true);
      Expr v = draws_.chance(80) ? simple({x}) : expression({x}, 1, draws_.chance(50));
      return add("d({0:0}," + wrt_ + ",{1:0})", {std::move(f), std::move(v)});
    }
    Expr phi = expression({unit()}, depth(1, 3), true);
    if (kind < 93) return add("d(grad({0:0}," + wrt_ + ")," + wrt_ + ",{1:0})", {std::move(phi), simple({x})});
    if (kind < 96) {
      Expr f = expression({some_shape()}, depth(1, 2), true);
      return add("d(d({0:0}," + wrt_ + ",{1:0})," + wrt_ + ",{2:0})", {std::move(f), simple({x}), simple({x})});
    }
    const std::string other = another_variable(phi);
    add("jac(grad({0:0}," + wrt_ + ")," + other + ")", {std::move(phi)}, other);
  }

  std::string another_variable(const Expr& phi) {
    std::vector<std::string> names;
    for (const auto& [name, v] : out_.variables)
      if (name != wrt_ && mentions(phi, name) && !has(v, "constant")) names.push_back(name);
    return names.empty() ? wrt_ : draws_.of(names);
  }

  void add(const std::string& pattern, std::vector<Expr> args, const std::string& also = "") {
    out_.requests.push_back({pattern, std::move(args), wrt_, also});
  }

  Draws draws_;
  const std::vector<Production>& rows_;
  Specimen out_;
  std::string wrt_;
  std::map<std::string, std::size_t> counts_;
  std::map<std::string, Extents> parameters_;
  std::map<std::string, std::vector<Extents>> macros_;
};

}  // namespace dvec::property
