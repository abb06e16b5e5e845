#pragma once
/// Terms for the eye, as plain text: γ, G₁, Aᵀ·B, A ⊙ B, A ⊗ B.

#include <map>
#include <string>

#include "term/term_layout.hpp"

namespace dvec {

class UnicodeNotation final : public Notation {
 public:
  /// Requires: every symbol that will be printed is in the pool's table. Names that would come to look the same as
  /// another name (x1 beside x₁, gamma beside γ) are left as they are.
  explicit UnicodeNotation(const TermPool& pool);

  [[nodiscard]] std::string name(const std::string& symbol) const override;
  [[nodiscard]] Text size(Dim d) const override;
  [[nodiscard]] Text constant(const Node& n) const override;
  [[nodiscard]] Text call(const Node& n, const std::vector<Text>& args) const override;
  [[nodiscard]] Text kron(const std::vector<Text>& args) const override;
  [[nodiscard]] Text transpose(const Text& a) const override;
  [[nodiscard]] Text chain(const std::vector<Text>& factors) const override;
  [[nodiscard]] Text power(const Text& base, const Rational& q, bool scalar) const override;
  [[nodiscard]] Text norm(const Text& a, bool frobenius) const override;
  [[nodiscard]] Text product(const std::vector<Text>& over, const Text* matrix, const std::vector<Text>& under) const override;
  [[nodiscard]] Text entrywise(const std::vector<Text>& over, const std::vector<Text>& under) const override;
  [[nodiscard]] Text sum(const std::vector<Text>& parts, const std::vector<bool>& negative) const override;

 private:
  std::map<std::string, int> spellings_;  ///< how many names come to look like this
};

[[nodiscard]] std::string print_unicode(const TermPool& pool, TermId term);

}  // namespace dvec
