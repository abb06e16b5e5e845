#pragma once
/// Which names and nodes change when some variables do. stop(E) does not.

#include <set>
#include <span>
#include <unordered_map>

#include "syntax/program.hpp"
#include "term/traverse.hpp"

namespace dvec {

class Dependence {
 public:
  /// A let in `wrt` changes by itself, whether or not its definition does.
  Dependence(const TermPool& pool, const Program& program, std::span<const SymbolId> wrt);

  [[nodiscard]] bool on_symbol(SymbolId s) const { return active_.contains(s); }
  /// Does a term change?
  [[nodiscard]] bool changes(TermId root) const { return nodes(root).at(root); }
  /// Nodes under `root` that change, with their values; arguments before users.
  [[nodiscard]] std::unordered_map<TermId, bool> nodes(TermId root) const;

 private:
  const TermPool& pool_;
  std::set<SymbolId> active_;
};

}  // namespace dvec
