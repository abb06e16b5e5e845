#include "cli/closed_form.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

#include "support/result.hpp"
#include "syntax/parser.hpp"
#include "term/term_print.hpp"
#include "term/traverse.hpp"

namespace dvec::cli {

namespace {

constexpr std::size_t kLongest = 100'000;

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

TermId with_formulas(TermPool& pool, TermId term) {
  return transform(pool, term, [&pool](TermId t) {
    const Node& n = pool[t];
    if (n.op == Op::Stop) return n.args[0];
    if (n.op != Op::Apply || stays(pool, n)) return t;
    const TermId put_in = pool.instantiate(pool.functions.formula(n.function, n.order), n.args[0]);
    return put_in == t ? t : with_formulas(pool, put_in);
  });
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

std::optional<TermId> expanded_term(TermPool& pool, const Definitions& definitions, TermId term) {
  TermMap values;
  for (const Binding& d : used(pool, definitions, std::array{term}))
    values[pool.symbol(d.name)] = substitute(pool, d.value, values);
  TermId all = substitute(pool, term, values);
  if (pool[all].weight > kLongest) return std::nullopt;
  all = with_formulas(pool, all);
  if (pool[all].weight > kLongest) return std::nullopt;
  for (const TermId t : reachable(pool, all))
    if (pool[t].op == Op::Apply && !stays(pool, pool[t])) return std::nullopt;  // psi' has no formula in other functions
  return all;
}

std::optional<std::string> expanded(TermPool& pool, const Definitions& definitions, TermId term) {
  const std::optional<TermId> all = expanded_term(pool, definitions, term);
  if (!all) return std::nullopt;
  std::string text = print(pool, *all);
  if (text.size() > kLongest) return std::nullopt;
  return text;
}

std::int64_t operations(const std::string& expression) {
  const SourceText source("expression", expression);
  const Result<SyntaxTree> parsed = parse_expression(source, whole(source));
  if (!parsed) throw Bug("a printed expression cannot be parsed: " + parsed.errors().front().message);
  const SyntaxTree& tree = *parsed;

  // Equal subexpressions get equal numbers, bottom up.
  std::map<std::string, std::size_t> numbers;
  std::vector<std::size_t> number(tree.nodes.size());
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
    std::string key = fmt::format("{} {} {} {}", static_cast<int>(n.kind), infix ? text(n.op) : "", n.primes, n.text);
    for (const SyntaxId a : n.args) key += fmt::format(" {}", number[a.value]);
    number[i] = numbers.try_emplace(key, numbers.size()).first->second;
  }

  std::set<std::size_t> counted;
  std::vector<SyntaxId> open{tree.root};
  std::set<std::size_t> seen;
  while (!open.empty()) {
    const SyntaxId id = open.back();
    open.pop_back();
    const SyntaxNode& n = tree[id];
    if (n.kind == SyntaxKind::Number || n.kind == SyntaxKind::Name || is_constructor(n)) continue;
    if (!seen.insert(id.value).second) continue;
    if (!(n.kind == SyntaxKind::Unary && n.op == Operator::Add)) counted.insert(number[id.value]);
    open.insert(open.end(), n.args.begin(), n.args.end());
  }
  return static_cast<std::int64_t>(counted.size());
}

}  // namespace dvec::cli
