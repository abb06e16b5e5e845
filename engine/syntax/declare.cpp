/// Single expressions, sizes and variables: what the rule book and programs share.

#include <fmt/format.h>

#include "syntax/elaborate.hpp"
#include "syntax/expression.hpp"
#include "syntax/spelling.hpp"

namespace dvec {

Result<TermId> elaborate_expression(const SyntaxTree& tree, SyntaxId root, const Scope& scope,
                                    const Vocabulary& vocabulary, TermPool& pool) {
  Elaboration work{.pool = pool, .vocabulary = vocabulary};
  const auto value = ExpressionElaborator(work).term(tree, root, scope);
  if (!value) return std::move(work.errors);
  return value->term;
}

Result<TermId> elaborate_expression(const SyntaxTree& tree, const Scope& scope, const Vocabulary& vocabulary,
                                    TermPool& pool) {
  return elaborate_expression(tree, tree.root, scope, vocabulary, pool);
}

Result<Dim> elaborate_size(const SyntaxTree& tree, SyntaxId root, const Scope& scope, TermPool& pool) {
  const Vocabulary none;
  Elaboration work{.pool = pool, .vocabulary = none};
  const auto size = ExpressionElaborator(work).size(tree, root, scope);
  if (!size) return std::move(work.errors);
  if (const auto number = pool.dims.as_number(*size); number && (!number->is_integer() || *number <= Rational(0)))
    return error_at("E-SIZE-02", tree[root].span,
                    fmt::format("a size is a positive whole number, not {}", number->text()));
  return *size;
}

Result<SymbolId> declare_variable(const SyntaxTree& tree, const VariableDeclaration& declaration, SymbolKind kind,
                                  const Scope& scope, TermPool& pool) {
  Symbol symbol{.name = declaration.name.name,
                .kind = kind,
                .shape = {pool.dims.one(), pool.dims.one()},
                .declared = declaration.name.span};
  for (const auto& [id, into] :
       {std::pair(declaration.rows, &symbol.shape.rows), std::pair(declaration.cols, &symbol.shape.cols)}) {
    if (!id.valid()) continue;
    DVEC_TRY(size, elaborate_size(tree, id, scope, pool));
    *into = size;
  }
  constexpr Attribute kSquare = Attribute::Symmetric | Attribute::Spd | Attribute::Diagonal | Attribute::Lower |
                                Attribute::Upper | Attribute::Skew | Attribute::Orthogonal | Attribute::Idempotent |
                                Attribute::Nonsingular;
  for (const Spelled& word : declaration.attributes) {
    const auto attribute = attribute_named(word.name);
    if (!attribute) {
      const std::vector<std::string> known = {"symmetric", "spd",        "diagonal",   "lower",       "upper",
                                              "skew",      "orthogonal", "idempotent", "nonsingular", "constant",
                                              "positive",  "unit",       "sign",       "integer"};
      Diagnostic d = error_at("E-NAME-04", word.span, fmt::format("`{}` is no attribute of a variable", word.name));
      d.repair = nearest(word.name, known).value_or("");
      return d;
    }
    if (has(kSquare, *attribute) && symbol.shape.rows != symbol.shape.cols) {
      Diagnostic d = error_at("E-SHAPE-13", word.span, fmt::format("only a square matrix can be {}", word.name));
      d.also = {declaration.name.span};
      d.detail = {fmt::format("{} is {}.", symbol.name, text(symbol.shape, pool.dims))};
      return d;
    }
    symbol.attributes = symbol.attributes | *attribute;
  }
  return pool.symbols.add(std::move(symbol));
}

}  // namespace dvec
