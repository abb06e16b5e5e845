#include "cli/closed_form.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_set>

#include "support/result.hpp"
#include "syntax/parser.hpp"
#include "term/term_print.hpp"
#include "term/traverse.hpp"

namespace dvec::cli {

namespace {

constexpr std::size_t kLongest = 100'000;
/// Putting in may shorten, but not so much: what has more nodes than this by count is not built.
constexpr std::uint64_t kFarTooLarge = 4 * kLongest;

/// Elementwise functions that whoever reads `expanded` knows.
constexpr std::array<std::string_view, 19> kKnown = {"exp",  "log",  "sqrt", "sin",  "cos",     "tan",      "sinh",
                                                     "cosh", "tanh", "atan", "abs",  "sign",    "step",     "relu",
                                                     "sigmoid", "softplus", "erf", "gammaln", "psi"};

bool stays(const TermPool& pool, const Node& n) {
  const ElementFunction& f = pool.functions[n.function];
  switch (f.kind) {
    case ElementFunction::Kind::Opaque: return true;
    case ElementFunction::Kind::Defined: return false;
    case ElementFunction::Kind::Primitive: return n.order == 0 && std::ranges::count(kKnown, f.name) > 0;
  }
  return true;
}

}  // namespace

namespace {

/// A node whose arguments stand by their formulas already.
TermId by_formula(TermPool& pool, TermId t) {
  const Node& n = pool[t];
  if (n.op == Op::Stop) return n.args[0];
  if (n.op != Op::Apply || stays(pool, n)) return t;
  const TermId put_in = pool.instantiate(pool.functions.formula(n.function, n.order), n.args[0]);
  return put_in == t ? t : with_formulas(pool, put_in);
}

}  // namespace

TermId with_formulas(TermPool& pool, TermId term) {
  return transform(pool, term, [&pool](TermId t) { return by_formula(pool, t); });
}

Definitions used(const TermPool& pool, const Definitions& definitions, std::span<const TermId> terms) {
  std::set<SymbolId> wanted;
  const auto want = [&](std::span<const TermId> roots) {
    for (const TermId t : reachable(pool, roots))
      if (pool[t].op == Op::Symbol) wanted.insert(pool[t].symbol);
  };
  want(terms);
  Definitions out;
  for (auto d = definitions.rbegin(); d != definitions.rend(); ++d) {
    if (!wanted.contains(d->name)) continue;
    want(std::array{d->value});
    out.push_back(*d);
  }
  std::ranges::reverse(out);
  return out;
}

Expansion::Expansion(TermPool& pool, const Definitions& definitions) : pool_(pool), definitions_(definitions) {
  for (const Binding& b : definitions) {
    std::vector<std::size_t> rests_on;
    for (const TermId t : reachable(pool, b.value))
      if (pool[t].op == Op::Symbol)
        if (const auto at = place_.find(pool[t].symbol); at != place_.end()) rests_on.push_back(at->second);
    const std::uint64_t w = weight(b.value);
    if (w <= kFarTooLarge) values_[pool.symbol(b.name)] = substitute(pool, b.value, values_);
    place_[b.name] = rests_on_.size();
    rests_on_.push_back(std::move(rests_on));
    weight_.push_back(w);
  }
}

std::vector<std::size_t> Expansion::used(TermId term) const {
  std::vector<std::size_t> out;
  std::unordered_set<std::size_t> seen;
  const auto take = [&](std::size_t place) {
    if (seen.insert(place).second) out.push_back(place);
  };
  for (const TermId t : reachable(pool_, term))
    if (pool_[t].op == Op::Symbol)
      if (const auto at = place_.find(pool_[t].symbol); at != place_.end()) take(at->second);
  for (std::size_t i = 0; i < out.size(); ++i)
    for (const std::size_t below : rests_on_[out[i]]) take(below);
  std::ranges::sort(out);
  return out;
}

/// Nodes of the written-out tree with every definition put in, saturating.
std::uint64_t Expansion::weight(TermId term) const {
  constexpr std::uint64_t most = std::uint64_t{1} << 62U;
  const std::vector<TermId> nodes = reachable(pool_, term);
  std::unordered_map<TermId, std::uint64_t> out;
  for (const TermId t : nodes) {
    const Node& n = pool_[t];
    std::uint64_t w = 1;
    if (n.op == Op::Symbol) {
      if (const auto at = place_.find(n.symbol); at != place_.end()) w = weight_[at->second];
    }
    for (const TermId a : n.args) w = std::min(most, w + out.at(a));
    out[t] = w;
  }
  return out.at(term);
}

TermId Expansion::formulas(TermId term) {
  for (const TermId t : reachable(pool_, term)) {
    if (formulas_.contains(t)) continue;
    std::vector<TermId> args;
    for (const TermId a : pool_[t].args) args.push_back(formulas_.at(a));
    formulas_[t] = by_formula(pool_, pool_.rebuild(t, args));
  }
  return formulas_.at(term);
}

std::optional<TermId> Expansion::term(TermId term) {
  if (weight(term) > kFarTooLarge) return std::nullopt;
  TermId all = substitute(pool_, term, values_);
  if (pool_[all].weight > kLongest) return std::nullopt;
  all = formulas(all);
  if (pool_[all].weight > kLongest) return std::nullopt;
  for (const TermId t : reachable(pool_, all))
    if (pool_[t].op == Op::Apply && !stays(pool_, pool_[t])) return std::nullopt;  // psi' has no formula in other functions
  return all;
}

std::optional<std::string> Expansion::text(TermId whole) {
  const std::optional<TermId> all = term(whole);
  if (!all) return std::nullopt;
  std::string text = print(pool_, *all);
  if (text.size() > kLongest) return std::nullopt;
  return text;
}

std::int64_t operations(const std::string& expression) {
  const SourceText source("expression", expression);
  const Result<SyntaxTree> parsed = parse_expression(source, whole(source));
  if (!parsed) throw Bug("a printed expression cannot be parsed: " + parsed.errors().front().message);
  const SyntaxTree& tree = *parsed;

  // Equal subexpressions get equal numbers, bottom up.
  std::unordered_map<std::string, std::uint32_t> numbers;
  std::vector<std::uint32_t> number(tree.nodes.size());
  std::string key;
  const auto append = [&key](std::uint32_t value) { key.append(reinterpret_cast<const char*>(&value), sizeof value); };
  const auto is_constructor = [](const SyntaxNode& n) {
    static constexpr std::string_view names[] = {"eye", "ones", "zeros", "commutation_matrix", "duplication_matrix",
                                                 "elimination_matrix"};
    return n.kind == SyntaxKind::Call && std::ranges::count(names, n.text) > 0;
  };
  for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
    const SyntaxNode& n = tree.nodes[i];
    if (n.kind == SyntaxKind::Unary && n.op == Operator::Add) {
      number[i] = number[n.args[0].value];
      continue;
    }
    const bool infix = n.kind == SyntaxKind::Binary || n.kind == SyntaxKind::Unary;
    key.clear();
    append(static_cast<std::uint32_t>(n.kind));
    append(infix ? static_cast<std::uint32_t>(n.op) + 1 : 0);
    append(static_cast<std::uint32_t>(n.primes));
    append(static_cast<std::uint32_t>(n.args.size()));
    for (const SyntaxId a : n.args) append(number[a.value]);
    key += n.text;
    number[i] = numbers.try_emplace(key, static_cast<std::uint32_t>(numbers.size())).first->second;
  }

  std::vector<bool> counted(numbers.size()), seen(tree.nodes.size());
  std::int64_t count = 0;
  std::vector<SyntaxId> open{tree.root};
  while (!open.empty()) {
    const SyntaxId id = open.back();
    open.pop_back();
    const SyntaxNode& n = tree[id];
    if (n.kind == SyntaxKind::Number || n.kind == SyntaxKind::Name || is_constructor(n)) continue;
    if (seen[id.value]) continue;
    seen[id.value] = true;
    if (!(n.kind == SyntaxKind::Unary && n.op == Operator::Add) && !counted[number[id.value]]) {
      counted[number[id.value]] = true;
      ++count;
    }
    open.insert(open.end(), n.args.begin(), n.args.end());
  }
  return count;
}

}  // namespace dvec::cli
