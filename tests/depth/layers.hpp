#pragma once
/// Networks of many layers as programs, and what was derived from them.

#include <string>

#include "simplify/derive.hpp"
#include "term/term_print.hpp"
#include "tests/rule_session.hpp"

namespace dvec::test {

inline std::string numbered(const std::string& name, int k) { return name + std::to_string(k); }

/// Declarations of a net from X (N×p0) to y (N×p<layers>); `more(k)` declares what else layer k has.
template <class More>
std::string declarations(int layers, const More& more) {
  std::string text = "dim N, p0\nfunction a\n";
  for (int k = 1; k <= layers; ++k) text += "dim " + numbered("p", k) + "\n";
  text += "var X(N,p0), y(N," + numbered("p", layers) + ")\n";
  for (int k = 1; k <= layers; ++k)
    text += "var " + numbered("W", k) + "(" + numbered("p", k - 1) + "," + numbered("p", k) + ")" + more(k) + "\n";
  return text;
}

inline std::string row(const std::string& name, int k) { return ", " + numbered(name, k) + "(1," + numbered("p", k) + ")"; }

inline std::string squared_error(int layers) {
  return "let e = y - " + numbered("H", layers) + "\nlet R = trace(e'*e)/N\n";
}

/// derive grad(R,W1), grad(R,W2), ... for each of the names.
inline std::string gradients(int layers, const std::string& names) {
  std::string text;
  for (const char name : names)
    for (int k = 1; k <= layers; ++k) text += "derive grad(R," + numbered(std::string(1, name), k) + ")\n";
  return text;
}

inline std::string plain_layers(int layers) {
  std::string text = declarations(layers, [](int k) { return row("b", k); });
  for (int k = 1; k <= layers; ++k)
    text += "let " + numbered("Z", k) + " = " + (k == 1 ? "X" : numbered("H", k - 1)) + "*" + numbered("W", k) + " + " + numbered("b", k) +
            "\nlet " + numbered("H", k) + " = a(" + numbered("Z", k) + ")\n";
  return text + squared_error(layers);
}
inline std::string plain_net(int layers) { return plain_layers(layers) + gradients(layers, "Wb"); }

inline std::string batch_normalised_net(int layers) {
  std::string text = declarations(layers, [](int k) { return row("g", k) + row("b", k); });
  for (int k = 1; k <= layers; ++k) {
    const std::string n = std::to_string(k), z = "Z" + n;
    text += "let " + z + " = " + (k == 1 ? "X" : numbered("H", k - 1)) + "*W" + n + "\nlet mu" + n + " = mean(" + z + ",1)\nlet sd" + n +
            " = std(" + z + ",1,1)\nlet Zh" + n + " = (" + z + " - mu" + n + ")./sd" + n + "\nlet B" + n + " = g" + n + ".*Zh" + n + " + b" + n +
            "\nlet H" + n + " = a(B" + n + ")\n";
  }
  return text + squared_error(layers) + gradients(layers, "Wgb");
}

inline std::string residual_net(int layers) {
  std::string text = "dim N, p\nfunction a\nvar X(N,p), y(N,p)\n";
  for (int k = 1; k <= layers; ++k) text += "var " + numbered("W", k) + "(p,p)\n";
  for (int k = 1; k <= layers; ++k) {
    const std::string before = k == 1 ? "X" : numbered("H", k - 1);
    text += "let " + numbered("H", k) + " = " + before + " + a(" + before + "*" + numbered("W", k) + ")\n";
  }
  return text + squared_error(layers) + gradients(layers, "W");
}

/// A program's answers without justification of each step, and how large they are.
struct Derived {
  RuleSession session;
  Answers answers;
  std::size_t nodes = 0;  ///< that deriving added to the pool

  explicit Derived(const std::string& text) {
    const Program program = session.read(text);
    const std::size_t before = session.pool.size();
    Result<Answers> got = derive(program, session.book, session.pool, Tracing::Sweeps);
    if (!got) throw std::runtime_error("the program is not derived");
    answers = std::move(got).value();
    nodes = session.pool.size() - before;
  }
  [[nodiscard]] std::string line(const std::string& name) const {
    for (const Binding& b : answers.lines)
      if (session.pool.symbols[b.name].name == name) return print(session.pool, b.value);
    return "";
  }
  [[nodiscard]] std::string result(std::size_t k) const { return print(session.pool, answers.derivations.at(k).result); }
  /// Characters of all lines and results.
  [[nodiscard]] std::size_t characters() const {
    std::size_t sum = 0;
    for (const Binding& b : answers.lines) sum += print(session.pool, b.value).size();
    for (const Derivation& d : answers.derivations) sum += print(session.pool, d.result).size();
    return sum;
  }
};

}  // namespace dvec::test
