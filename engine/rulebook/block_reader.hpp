#pragma once
/// One block of a rule file on its way to a rule: its names, and the fields read with them.

#include <set>
#include <string>
#include <variant>

#include "rulebook/rule.hpp"
#include "rulebook/rule_blocks.hpp"
#include "syntax/elaborate.hpp"
#include "syntax/parser.hpp"

namespace dvec {

class BlockReader {
 public:
  BlockReader(const SourceText& source, const RuleBlock& block, TermPool& pool, const Vocabulary& vocabulary)
      : source_(source), block_(block), pool_(pool), vocabulary_(vocabulary) {}

  /// The field's text as written; empty when the block does not have it.
  [[nodiscard]] std::string text(const std::string& field) const {
    const auto at = block_.fields.find(field);
    return at == block_.fields.end() ? std::string() : std::string(source_.slice(at->second));
  }
  [[nodiscard]] Span span(const std::string& field) const { return block_.fields.at(field); }
  Scope& scope() { return scope_; }

  /// Declares the variables of `for`; the sizes in their shapes, and the one of `sizes`, become the rule's own: m is
  /// the pattern size "?m".
  Diagnostics declare(Rule& rule) {
    auto tree = parse_variables(source_, span("for"));
    if (!tree) return tree.errors();
    std::set<std::string> sizes;
    for (const SyntaxNode& n : tree->nodes)
      if (n.kind == SyntaxKind::Name) sizes.insert(n.text);
    if (block_.fields.contains("sizes")) sizes.insert(text("sizes"));
    for (const std::string& s : sizes) {
      scope_.bind(s, pool_.dims.symbol("?" + s));
      rule.dims.push_back("?" + s);
    }
    for (const VariableDeclaration& v : std::get<VarStatement>(tree->statements.at(0).what).items) {
      auto symbol = declare_variable(*tree, v, SymbolKind::Pattern, scope_, pool_);
      if (!symbol) return symbol.errors();
      scope_.bind(v.name.name, *symbol, v.name.span);
      rule.variables.push_back(*symbol);
    }
    return {};
  }

  /// The field's expression as a term in the rule's variables.
  /// Errors: E-PARSE-*, and those of elaborate_expression.
  Result<TermId> expression(const std::string& field) {
    ParseOptions options;
    options.slots = true;
    auto tree = parse_expression(source_, span(field), options);
    if (!tree) return tree.errors();
    return elaborate_expression(*tree, scope_, vocabulary_, pool_);
  }

  /// A new slot (dA), known by its name from here on.
  SymbolId direction(const std::string& name, Shape shape) {
    const SymbolId s = pool_.symbols.add({name, SymbolKind::Direction, shape, Attribute::None, {}});
    scope_.bind(name, s);
    return s;
  }

 private:
  const SourceText& source_;
  const RuleBlock& block_;
  TermPool& pool_;
  const Vocabulary& vocabulary_;
  Scope scope_;
};

}  // namespace dvec
