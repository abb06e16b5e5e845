#pragma once
/// A handful of derived operators and elementwise functions: what the tests of this layer need in the place of the rule
/// book, which stands above it.

#include <memory>
#include <string>
#include <vector>

#include "support/result.hpp"
#include "syntax/parser.hpp"
#include "syntax/vocabulary.hpp"
#include "term/term_pool.hpp"

namespace dvec::test {

class SmallVocabulary {
 public:
  explicit SmallVocabulary(TermPool& pool) {
    for (const char* name : {"exp", "log", "abs", "relu", "step", "sigmoid", "tanh"}) {
      ElementFunction f;
      f.name = name;
      f.kind = ElementFunction::Kind::Primitive;
      pool.functions.add(f);
    }
    define("mean", "A(m,n)", {"A"}, "sum(A)/(m*n)");
    define("mean", "A(m,n)", {"A", "1"}, "sum(A,1)/m");
    define("mean", "A(m,n)", {"A", "2"}, "sum(A,2)/n");
    define("var", "A(m,n)", {"A", "0", "1"}, "sum((A - ones(m,1)*mean(A,1)).^2, 1)/(m-1)");
    define("var", "A(m,n)", {"A", "1", "1"}, "sum((A - ones(m,1)*mean(A,1)).^2, 1)/m");
    define("std", "A(m,n)", {"A", "0", "1"}, "sqrt(var(A,0,1))");
    define("std", "A(m,n)", {"A", "1", "1"}, "sqrt(var(A,1,1))");
    define("norm2", "v(n)", {"v"}, "sqrt(v'*v)");
    define("norm2", "v(1,n)", {"v"}, "sqrt(v*v')");
    define("dot", "a(n), b(n)", {"a", "b"}, "a'*b");
    define("normF", "A(m,n)", {"A"}, "sqrt(sum(A.^2))");
  }

  Vocabulary vocabulary;

 private:
  std::shared_ptr<const SyntaxTree> keep(Result<SyntaxTree> tree) {
    require(tree.ok(), "the small vocabulary is well-formed");
    return std::make_shared<const SyntaxTree>(std::move(tree).value());
  }

  const SourceText& text(const std::string& s) {
    texts_.push_back(std::make_unique<SourceText>("small", s));
    return *texts_.back();
  }

  void define(const std::string& name, const std::string& declarations, const std::vector<std::string>& parameters,
              const std::string& body) {
    const SourceText& d = text(declarations);
    const SourceText& b = text(body);
    DerivedOperator derived{.name = name,
                            .parameters = {},
                            .declarations = keep(parse_variables(d, whole(d))),
                            .body = keep(parse_expression(b, whole(b)))};
    for (const std::string& p : parameters) {
      DerivedParameter parameter;
      parameter.literal = Rational::parse(p);
      for (const VariableDeclaration& v : std::get<VarStatement>(derived.declarations->statements[0].what).items)
        if (v.name.name == p) {
          parameter.name = p;
          parameter.declaration = v;
        }
      derived.parameters.push_back(parameter);
    }
    vocabulary.add(std::move(derived));
  }

  std::vector<std::unique_ptr<SourceText>> texts_;
};

}  // namespace dvec::test
