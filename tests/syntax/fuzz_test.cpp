// Whatever the bytes, there is an answer: a program or diagnostics.

#include <catch2/catch.hpp>

#include <random>

#include "small_vocabulary.hpp"
#include "syntax/elaborate.hpp"

using namespace dvec;

namespace {

/// Reads a text in every way there is; every place lies inside the text.
void survive(const std::string& text) {
  TermPool pool;
  const test::SmallVocabulary small(pool);
  const SourceText source("fuzz", text);
  const auto check = [&](const auto& result) {
    if (result.ok()) return;
    REQUIRE_FALSE(result.errors().empty());
    for (const Diagnostic& d : result.errors()) {
      REQUIRE(d.span.begin <= d.span.end);
      REQUIRE(d.span.end <= text.size());
    }
    REQUIRE_FALSE(render(result.errors(), source).empty());
  };
  check(read_program(source, small.vocabulary, pool));
  check(read_expression(source, {}, small.vocabulary, pool));
  check(read_claim(source, small.vocabulary, pool));
}

}  // namespace

TEST_CASE("random bytes are answered by diagnostics", "[syntax][fuzz]") {
  std::mt19937 random(20240501);
  for (int trial = 0; trial < 400; ++trial) {
    std::string text(random() % 120, ' ');
    for (char& c : text) c = static_cast<char>(random() % 256);
    survive(text);
  }
}

TEST_CASE("random tokens are answered by a program or by diagnostics", "[syntax][fuzz]") {
  const std::vector<std::string> tokens = {"dim ",    "var ",    "function ", "let ",    "derive ",
                                           "claim ",  "output ", "assume ",   "expect ", "n",
                                           "m",       "X",       "x",         "A",       "f",
                                           "kron",    "vec",     "inv",       "sum",     "mean",
                                           "grad",    "ones",    "I",         "eye",     "(",
                                           ")",       "[",       "]",         ",",       ";",
                                           "\n",      "+",       "-",         "*",       ".*",
                                           "/",       "./",      "^",         ".^",      "'",
                                           "==",      "!=",      ">",         "=",       ":",
                                           "\"l\"",   "2",       "0.5",       "⊗",       "ᵀ",
                                           "γ",       "# c",     "...",       "\xff",    "commutation_matrix",
                                           "reshape", "pi",      "-1"};
  std::mt19937 random(7);
  for (int trial = 0; trial < 3000; ++trial) {
    std::string text = trial % 2 ? "dim n, m\nvar X(n,m), x(n), A(n,n)\nfunction f\n" : "";
    const std::size_t count = random() % 24;
    for (std::size_t i = 0; i < count; ++i) text += tokens[random() % tokens.size()];
    survive(text);
  }
}

TEST_CASE("a good program with some characters changed is answered", "[syntax][fuzz]") {
  const std::string good = "dim N, p1, p2\nvar X(N,p1), y(N), G1(p1,p2), G2(p2)\nvar gamma(1,p2) positive\nfunction a\n"
                           "let Z = X*G1\nlet mu = mean(Z,1)\nlet B = gamma .* (Z - ones*mu)\nlet quad(A,x) = x'*A*x\n"
                           "let e = y - a(B)*G2\nlet R = e'*e/N + quad(X*X', y)\nderive grad(R, gamma), hess(R, G2)\n"
                           "claim \"c\": a'(B) == 2*B expect false\nassume N > 2\n";
  std::mt19937 random(11);
  for (int trial = 0; trial < 1500; ++trial) {
    std::string text = good;
    for (std::size_t k = random() % 4 + 1; k > 0; --k) {
      const std::size_t at = random() % text.size();
      if (random() % 3 == 0)
        text.erase(at, random() % 9);
      else if (random() % 2 == 0)
        text[at] = good[random() % good.size()];
      else
        text.insert(at, 1, static_cast<char>(random() % 256));
    }
    survive(text);
  }
}

TEST_CASE("long and deep texts are answered", "[syntax][fuzz]") {
  std::string sum = "x", product = "A", nested = "x", calls = "x", transposes = "A";
  for (int i = 0; i < 20000; ++i) {
    sum += i % 2 ? "+x" : "-x";
    product += "*A";
    transposes += "'";
  }
  for (int i = 0; i < 900; ++i) {
    nested = "(1+" + nested + ")";
    calls = "exp(" + calls + ")";
  }
  const std::string head = "dim n\nvar x(n), A(n,n)\n";
  for (const std::string& text : {sum, product, nested, calls, transposes}) survive(head + "let y = " + text);
  survive(std::string(200000, '('));
  survive(std::string(200000, '\''));
  survive("let a = " + std::string(100000, '-') + "1");
  std::string macros = "dim n\nvar A(n,n)\nlet f0(x) = x*x\n";
  for (int i = 1; i < 60; ++i)
    macros +=
        "let f" + std::to_string(i) + "(x) = f" + std::to_string(i - 1) + "(x) + f" + std::to_string(i - 1) + "(x)\n";
  survive(macros + "let y = f12(A)\n");
}
