#include "syntax/name_order.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_set>

#include "syntax/roles.hpp"
#include "term/traverse.hpp"

namespace dvec {

namespace {

class NameOrder {
 public:
  NameOrder(Program& program, TermPool& pool) : program_(program), pool_(pool), roles_(roles(program, pool)) {}

  void run() {
    order_sizes();
    order_functions();
    order_symbols();
    for (SymbolId& v : program_.variables) v = symbols_.at(v);
    for (Binding& b : program_.lets) {
      b.name = symbols_.at(b.name);
      renew(b.value);
    }
    for (Derivative& d : program_.derivatives) {
      d.result = symbols_.at(d.result);
      d.wrt = symbols_.at(d.wrt);
      renew(d.of);
      if (d.direction) renew(*d.direction);
    }
    for (std::vector<TermId>* terms : {&program_.derive, &program_.outputs})
      for (TermId& t : *terms) renew(t);
    for (Claim& c : program_.claims)
      for (TermId* side : {&c.left, &c.right})
        if (side->valid()) renew(*side);
    for (Assumption& a : program_.assumptions) {
      renew(a.left);
      renew(a.right);
    }
  }

 private:
  void order_sizes() {
    // What counts a variable's rows stands before what counts its columns: the Jacobian of an m×n matrix has m*n rows.
    struct Place {
      int before = 0, columns = 0;  ///< sizes that stand before it and are not placed yet; variables whose columns it counts
      std::vector<std::string> after;
    };
    std::map<std::string, Place> places;
    for (const auto& [name, role] : roles_.sizes) places[name];
    for (const SymbolId v : program_.variables)
      for (const std::string& c : pool_.dims.symbols(pool_.symbols[v].shape.cols)) {
        ++places[c].columns;
        for (const std::string& r : pool_.dims.symbols(pool_.symbols[v].shape.rows)) {
          if (r == c) continue;
          places[r].after.push_back(c);
          ++places[c].before;
        }
      }
    const auto key = [&](const std::string& name) {
      const auto role = roles_.sizes.find(name);
      return std::tuple(places[name].before, places[name].columns, role == roles_.sizes.end() ? 0 : role->second, name);
    };
    std::set<std::tuple<int, int, std::uint64_t, std::string>> open;
    for (const auto& [name, place] : places) open.insert(key(name));
    std::vector<std::string> names;
    while (!open.empty()) {
      const std::string next = std::get<3>(*open.begin());
      open.erase(open.begin());
      names.push_back(next);
      for (const std::string& c : places[next].after)
        if (const auto at = open.find(key(c)); at != open.end()) {
          open.erase(at);
          --places[c].before;
          open.insert(key(c));
        }
    }
    pool_.dims.order_symbols(names);
  }

  void order_functions() {
    if (program_.functions.size() < 2) {
      for (const FunctionId f : program_.functions) functions_[f] = f;
      return;
    }
    std::vector<FunctionId> sorted = program_.functions;
    // A body calls functions that were declared before it; those keep standing before it.
    std::ranges::stable_sort(sorted, {}, [this](FunctionId f) {
      return std::tuple(calls_depth(pool_.functions[f].body), roles_.functions.at(f), pool_.functions[f].name);
    });
    for (const FunctionId f : sorted) {
      ElementFunction copy = pool_.functions[f];
      renew(copy.body);
      functions_[f] = pool_.functions.declare(std::move(copy));
    }
    for (FunctionId& f : program_.functions) f = functions_.at(f);
  }
  [[nodiscard]] int calls_depth(const ScalarExpr& e) const {
    int depth = 0;
    for (const ScalarExpr& a : e.args) depth = std::max(depth, calls_depth(a));
    if (e.kind == ScalarExpr::Kind::Call && roles_.functions.contains(e.function))
      depth = std::max(depth, 1 + calls_depth(pool_.functions[e.function].body));
    return depth;
  }
  void renew(ScalarExpr& e) const {
    if (e.kind == ScalarExpr::Kind::Call)
      if (const auto to = functions_.find(e.function); to != functions_.end()) e.function = to->second;
    for (ScalarExpr& a : e.args) renew(a);
  }

  /// Everything that occurs, results of derivatives and names that only claims have included.
  void order_symbols() {
    std::vector<SymbolId> all = program_.variables;
    std::vector<TermId> roots;
    for (const Binding& b : program_.lets) {
      all.push_back(b.name);
      roots.push_back(b.value);
    }
    for (const Derivative& d : program_.derivatives) {
      all.push_back(d.result);
      all.push_back(d.wrt);
      roots.push_back(d.of);
      if (d.direction) roots.push_back(*d.direction);
    }
    for (const auto* terms : {&program_.derive, &program_.outputs}) roots.insert(roots.end(), terms->begin(), terms->end());
    for (const Claim& c : program_.claims)
      for (const TermId side : {c.left, c.right})
        if (side.valid()) roots.push_back(side);
    for (const Assumption& a : program_.assumptions) roots.insert(roots.end(), {a.left, a.right});
    for (const TermId t : reachable(pool_, roots))
      if (pool_[t].op == Op::Symbol) all.push_back(pool_[t].symbol);
    std::unordered_set<SymbolId> seen;
    std::erase_if(all, [&](SymbolId s) { return !seen.insert(s).second; });
    std::ranges::stable_sort(all, {}, [this](SymbolId s) {
      const auto role = roles_.symbols.find(s);
      const bool made = pool_.symbols[s].kind == SymbolKind::Let;  // what is given stands before what is made of it
      return std::tuple(made, role == roles_.symbols.end() ? 0 : role->second, pool_.symbols[s].name);
    });
    for (const SymbolId s : all) symbols_[s] = pool_.symbols.add(pool_.symbols[s]);
  }

  void renew(TermId& term) {
    for (const TermId t : reachable(pool_, term)) {
      if (terms_.contains(t)) continue;
      const Node n = pool_[t];
      if (n.op == Op::Symbol) {
        terms_[t] = pool_.symbol(symbols_.at(n.symbol));
        continue;
      }
      std::vector<TermId> args;
      for (const TermId a : n.args) args.push_back(terms_.at(a));
      const auto function = n.op == Op::Apply ? functions_.find(n.function) : functions_.end();
      terms_[t] = function != functions_.end() ? pool_.apply(function->second, n.order, args[0]) : pool_.rebuild(t, args);
    }
    term = terms_.at(term);
  }

  Program& program_;
  TermPool& pool_;
  Roles roles_;
  std::unordered_map<SymbolId, SymbolId> symbols_;
  std::unordered_map<FunctionId, FunctionId> functions_;
  TermMap terms_;
};

}  // namespace

void order_by_role(Program& program, TermPool& pool) { NameOrder(program, pool).run(); }

}  // namespace dvec
