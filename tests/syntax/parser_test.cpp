#include <catch2/catch.hpp>

#include "syntax/parser.hpp"

using namespace dvec;

namespace {

/// A tree in brackets: "(+ a (* b c))".
std::string brackets(const SyntaxTree& tree, SyntaxId id) {
  const SyntaxNode& n = tree[id];
  std::string head;
  switch (n.kind) {
    case SyntaxKind::Number:
    case SyntaxKind::Name: return n.text;
    case SyntaxKind::Slot: return "[" + n.text + "]";
    case SyntaxKind::Colon: return ":";
    case SyntaxKind::Call: head = n.text + std::string(static_cast<std::size_t>(n.primes), '\''); break;
    case SyntaxKind::Index: head = "index"; break;
    case SyntaxKind::Unary:
    case SyntaxKind::Binary: head = text(n.op); break;
    case SyntaxKind::Transpose: head = "'"; break;
    case SyntaxKind::Block: {
      std::string out = "[";
      std::size_t i = 0;
      for (const std::uint32_t row : n.rows) {
        if (i > 0) out += ";";
        for (std::uint32_t k = 0; k < row; ++k) out += (k ? " " : "") + brackets(tree, n.args[i++]);
      }
      return out + "]";
    }
  }
  std::string out = "(" + head;
  for (const SyntaxId a : n.args) out += " " + brackets(tree, a);
  return out + ")";
}

std::string parsed(const std::string& text, ParseOptions options = {}) {
  const SourceText source("test", text);
  const auto tree = parse_expression(source, whole(source), options);
  return tree.ok() ? brackets(*tree, tree->root) : tree.errors()[0].code;
}

/// The codes of the errors of a program.
std::string codes(const std::string& text) {
  const SourceText source("test", text);
  const auto tree = parse_program(source);
  std::string out;
  if (!tree.ok())
    for (const Diagnostic& d : tree.errors()) out += (out.empty() ? "" : " ") + d.code;
  return out;
}

std::size_t statements(const std::string& text) {
  const SourceText source("test", text);
  const auto tree = parse_program(source);
  REQUIRE(tree.ok());
  return tree->statements.size();
}

}  // namespace

TEST_CASE("sums bind looser than products, products looser than signs, signs looser than powers", "[syntax]") {
  CHECK(parsed("a+b*c") == "(+ a (* b c))");
  CHECK(parsed("a-b-c") == "(- (- a b) c)");
  CHECK(parsed("-a*b") == "(* (- a) b)");
  CHECK(parsed("-a^b") == "(- (^ a b))");
  CHECK(parsed("a*-b") == "(* a (- b))");
  CHECK(parsed("a - -b") == "(- a (- b))");
}

TEST_CASE("* and .* and / share one level, left to right", "[syntax]") {
  CHECK(parsed("A*B.*C*D") == "(* (.* (* A B) C) D)");
  CHECK(parsed("A./B*C") == "(* (./ A B) C)");
  CHECK(parsed("A\\b/c") == "(/ (\\ A b) c)");
}

TEST_CASE("powers and transposes share one level, left to right", "[syntax]") {
  CHECK(parsed("A^B'") == "(' (^ A B))");
  CHECK(parsed("2^3^2") == "(^ (^ 2 3) 2)");
  CHECK(parsed("A'.^2'") == "(' (.^ (' A) 2))");
  CHECK(parsed("2^-1'") == "(' (^ 2 (- 1)))");
  CHECK(parsed("x.^-y.^z") == "(.^ (.^ x (- y)) z)");
}

TEST_CASE("comparisons are loosest, and as operators they may be nested", "[syntax]") {
  CHECK(parsed("a+1 > b*2") == "(> (+ a 1) (* b 2))");
  CHECK(parsed("(x >= 0) .* x") == "(.* (>= x 0) x)");
}

TEST_CASE("2./x divides 2 entrywise, 2.5 is a number, 1e-3 is a number", "[syntax]") {
  CHECK(parsed("2./x") == "(./ 2 x)");
  CHECK(parsed("2.*x") == "(.* 2 x)");
  CHECK(parsed("2.5*x") == "(* 2.5 x)");
  CHECK(parsed(".5") == ".5");
  CHECK(parsed("1e-3+x") == "(+ 1e-3 x)");
  CHECK(parsed("3.'") == "(' 3)");
}

TEST_CASE("primes between a name and a bracket belong to the call, elsewhere they transpose", "[syntax]") {
  CHECK(parsed("a'(B)") == "(a' B)");
  CHECK(parsed("a''(B)'") == "(' (a'' B))");
  CHECK(parsed("a'*(B)") == "(* (' a) B)");
  CHECK(parsed("a.'") == "(' a)");
  CHECK(parsed("a''") == "(' (' a))");
}

TEST_CASE("Unicode spellings mean the same operators", "[syntax]") {
  CHECK(parsed("A ⊙ Bᵀ") == "(.* A (' B))");
  CHECK(parsed("A ⊗ B*C") == "(* (⊗ A B) C)");
  CHECK(parsed("γ₁ − Ω") == "(- γ₁ Ω)");
  CHECK(parsed("x² ") == "E-PARSE-02");
  CHECK(parsed("a × b") == "E-PARSE-02");
}

TEST_CASE("blocks are read as Octave reads them", "[syntax]") {
  CHECK(parsed("[A, B; C, D]") == "[A B;C D]");
  CHECK(parsed("[a -b]") == "[a (- b)]");
  CHECK(parsed("[a - b]") == "[(- a b)]");
  CHECK(parsed("[a' b']") == "[(' a) (' b)]");
  CHECK(parsed("[f (x)]") == "[f x]");
  CHECK(parsed("[f(x -y) 1]") == "[(f (- x y)) 1]");
  CHECK(parsed("[A B\n C D]") == "[A B;C D]");
}

TEST_CASE("indexing parses", "[syntax]") {
  CHECK(parsed("A(:,j)") == "(A : j)");
  CHECK(parsed("A(:)") == "(A :)");
  CHECK(parsed("(A*B)(1,2)") == "(index (* A B) 1 2)");
  CHECK(parsed("A(1:n,2)") == "(A (: 1 n) 2)");
}

TEST_CASE("a slot is a name in square brackets where slots are asked for", "[syntax]") {
  CHECK(parsed("A*[X]'", {.slots = true}) == "(* A (' [X]))");
  CHECK(parsed("[X, Y]", {.slots = true}) == parsed("[X, Y]"));
  CHECK(parsed("[X]") == "[X]");
}

TEST_CASE("an expression inside a larger text has places in the larger text", "[syntax]") {
  const SourceText source("rules", "form  A*B\nd  dA*B");
  const auto tree = parse_expression(source, {13, 17});
  REQUIRE(tree.ok());
  CHECK(source.slice((*tree)[tree->root].span) == "dA*B");
  CHECK(source.place((*tree)[tree->root].span.begin).line == 2);
}

TEST_CASE("a line goes on after an operator, a comma, an open bracket, and inside brackets", "[syntax]") {
  CHECK(statements("let a = b +\n c\nlet d = a") == 2);
  CHECK(statements("let a = f(b,\n c\n )\nlet d = a") == 2);
  CHECK(statements("var X(n),   # a comment\n  Y(n)") == 1);
  CHECK(statements("let a = b ... and so on\n + c") == 1);
  CHECK(statements("let a = b; let c = d;\n;;\n") == 2);
  CHECK(codes("let a = b\n + c") == "E-PARSE-04");
}

TEST_CASE("every statement of the language parses", "[syntax]") {
  CHECK(
      statements("dim N, p1\ndim n = 3\nvar X(N,p1) spd positive, y(N), s\nfunction a\nfunction f(x) = x/(1+exp(-x))\n"
                 "let Z = X\nlet quad(A,x) = x'*A*x\nderive grad(R,X), jac(Z,X)\noutput Z, y\nassume s > 0\n"
                 "assume N >= 2; assume N == p1\nclaim \"l\": Z == X\nclaim Z != X expect false\n"
                 "claim Z == X expect ill-typed % done\n") == 15);
}

TEST_CASE("a claim may be read by itself", "[syntax]") {
  const SourceText source("-e", "vec(A) == vec(B)");
  const auto tree = parse_claim(source, whole(source));
  REQUIRE(tree.ok());
  CHECK(tree->statements.size() == 1);
}

TEST_CASE("after an error the parser goes on with the next statement", "[syntax]") {
  CHECK(codes("let a = \nlet b = 2x\nvar\nlet c = (d\nlet e = f)") ==
        "E-PARSE-06 E-PARSE-08 E-PARSE-05 E-PARSE-07 E-PARSE-07");
}

TEST_CASE("errors are reported up to a limit", "[syntax]") {
  std::string many;
  for (int i = 0; i < 300; ++i) many += "let\n";
  const SourceText source("test", many);
  CHECK(parse_program(source).errors().size() == 20);
}

TEST_CASE("nesting has a stated limit, chains have none", "[syntax]") {
  const auto times = [](std::size_t n, const std::string& s) {
    std::string out;
    for (std::size_t i = 0; i < n; ++i) out += s;
    return out;
  };
  CHECK(parsed(times(900, "(") + "x" + times(900, ")")) == "x");
  for (const char* opening : {"(", "f(", "-", "2^(", "[", "x'("})
    CHECK(parsed(times(100000, opening) + "x") == "E-PARSE-09");
  CHECK(parsed("2^" + times(100000, "-") + "x") == "E-PARSE-09");
  const SourceText chain("test", "x" + times(100000, "+x"));
  CHECK(parse_expression(chain, whole(chain)).ok());
  const SourceText powers("test", times(100000, "2^-") + "x");
  CHECK(parse_expression(powers, whole(powers)).ok());
}
