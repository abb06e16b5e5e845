#pragma once
/// Walks over the shared graph, never over the written-out tree: ascending ids are a topological order.

#include <functional>
#include <span>
#include <unordered_map>
#include <vector>

#include "term/term_pool.hpp"

namespace dvec {

/// Every node reachable from the roots, once, arguments before their users.
[[nodiscard]] std::vector<TermId> reachable(const TermPool& pool, std::span<const TermId> roots);
[[nodiscard]] std::vector<TermId> reachable(const TermPool& pool, TermId root);

using TermMap = std::unordered_map<TermId, TermId>;

/// The term with every occurrence of a key of `by` replaced (largest first, no replacement inside a replacement).
TermId substitute(TermPool& pool, TermId term, const TermMap& by);
TermId substitute(TermPool& pool, TermId term, SymbolId symbol, TermId by);

/// Rebuilds bottom-up: `visit` gets each reachable node already rebuilt on its new arguments and returns what stands in
/// its place.
TermId transform(TermPool& pool, TermId term, const std::function<TermId(TermId)>& visit);

/// Does the symbol occur?
[[nodiscard]] bool occurs(const TermPool& pool, SymbolId symbol, TermId in);
/// Symbols that occur, in order of their ids.
[[nodiscard]] std::vector<SymbolId> symbols_of(const TermPool& pool, TermId term);

}  // namespace dvec
