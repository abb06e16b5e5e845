#pragma once
/// Syntax tree to terms: names resolved, shapes checked over symbolic sizes, broadcasts made explicit, derived
/// operators put in. Nothing is repaired silently.

#include <string>
#include <vector>

#include "support/result.hpp"
#include "syntax/program.hpp"
#include "syntax/scope.hpp"
#include "syntax/syntax_tree.hpp"
#include "syntax/vocabulary.hpp"

namespace dvec {

struct ElaborateOptions {
  int call_depth_limit = 200;  ///< macros and derived operators within each other
  std::size_t error_limit = 20;
};

/// The term of a parsed expression (its root). Derivatives (grad, ...) are not known here.
/// Errors: E-NAME-*, E-SHAPE-*, E-SIZE-*, E-CALL-*, E-LATER-01, places in the tree's source.
Result<TermId> elaborate_expression(const SyntaxTree& tree, const Scope& scope, const Vocabulary& vocabulary,
                                    TermPool& pool);
/// The same for one node of a tree.
Result<TermId> elaborate_expression(const SyntaxTree& tree, SyntaxId root, const Scope& scope,
                                    const Vocabulary& vocabulary, TermPool& pool);

/// A size: an expression of size names and whole numbers.
/// Errors: E-SIZE-*.
Result<Dim> elaborate_size(const SyntaxTree& tree, SyntaxId root, const Scope& scope, TermPool& pool);

/// Shape and attributes of a declared variable: `A(m,n) spd`. The symbol is made, and nothing bound.
/// Errors: E-SIZE-*, E-NAME-04 (unknown attribute), E-SHAPE-13 (attribute of square matrices).
Result<SymbolId> declare_variable(const SyntaxTree& tree, const VariableDeclaration& declaration, SymbolKind kind,
                                  const Scope& scope, TermPool& pool);

/// The body of an elementwise function of `parameter`. Calls are of functions in the scope, then in the pool's table.
/// Errors: E-NAME-*, E-CALL-*, E-BODY-01 (what cannot stand in a body).
Result<ScalarExpr> elaborate_body(const SyntaxTree& tree, SyntaxId root, std::string_view parameter, const Scope& scope,
                                  TermPool& pool);

/// A whole file. All its errors, up to the limit.
Result<Program> elaborate(const SyntaxTree& file, const Vocabulary& vocabulary, TermPool& pool,
                          const ElaborateOptions& options = {});

/// parse_program, then elaborate.
Result<Program> read_program(const SourceText& source, const Vocabulary& vocabulary, TermPool& pool,
                             const ElaborateOptions& options = {});

/// `dvec derive -e EXPR --wrt x`: a program whose `derive` is EXPR itself when it asks for derivatives; else the
/// gradient (of a 1×1 EXPR) or the Jacobian by each of `wrt`, or by every variable when `wrt` is empty. Shapes are
/// inferred.
Result<Program> read_expression(const SourceText& source, const std::vector<std::string>& wrt,
                                const Vocabulary& vocabulary, TermPool& pool);

/// `dvec expand EXPR`: a program whose output is EXPR. Shapes are inferred.
Result<Program> read_value(const SourceText& source, const Vocabulary& vocabulary, TermPool& pool);

/// `dvec prove 'L == R'`: a program with one claim. Shapes are inferred.
Result<Program> read_claim(const SourceText& source, const Vocabulary& vocabulary, TermPool& pool);

}  // namespace dvec
