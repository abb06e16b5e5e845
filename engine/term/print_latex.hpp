#pragma once
/// Terms for typesetting. Needs amsmath and amssymb; no macros of its own.

#include <string>

#include "term/term_layout.hpp"

namespace dvec {

class LatexNotation final : public Notation {
 public:
  using Notation::Notation;
  [[nodiscard]] std::string name(const std::string& symbol) const override;
  [[nodiscard]] Text size(Dim d) const override;
  [[nodiscard]] Text number(const Rational& q) const override;
  [[nodiscard]] Text constant(const Node& n) const override;
  [[nodiscard]] Text call(const Node& n, const std::vector<Text>& args) const override;
  [[nodiscard]] Text matrix_function(const Node& n, const std::vector<Text>& args) const override;
  [[nodiscard]] Text kron(const std::vector<Text>& args) const override;
  [[nodiscard]] Text transpose(const Text& a) const override;
  [[nodiscard]] Text chain(const std::vector<Text>& factors) const override;
  [[nodiscard]] Text power(const Text& base, const Rational& q, bool scalar) const override;
  [[nodiscard]] std::optional<Text> khatrirao(const Text& a, const Text& b) const override;
  [[nodiscard]] Text norm(const Text& a, bool frobenius) const override;
  [[nodiscard]] Text power_by(const Text& base, const Text& exponent, bool scalar) const override;
  [[nodiscard]] Text product(const std::vector<Text>& over, const Text* matrix, const std::vector<Text>& under) const override;
  [[nodiscard]] Text vech(const Text& a) const override;
  [[nodiscard]] Text triu(const Text& a) const override;
  [[nodiscard]] Text slice(const Text& a, const Range& rows, const Range& cols) const override;
  [[nodiscard]] Text blocks(const std::vector<std::vector<Text>>& rows) const override;
  [[nodiscard]] Text entrywise(const std::vector<Text>& over, const std::vector<Text>& under) const override;
  [[nodiscard]] Text sum(const std::vector<Text>& parts, const std::vector<bool>& negative) const override;
  [[nodiscard]] std::string bracket(const std::string& inner) const override;
};

/// A name in math mode: \gamma, G_{1}, \hat{Z}, \mathit{sd}.
[[nodiscard]] std::string latex_name(const std::string& name);

[[nodiscard]] std::string print_latex(const TermPool& pool, TermId term);

}  // namespace dvec
