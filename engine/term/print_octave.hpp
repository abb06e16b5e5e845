#pragma once
/// Terms as Octave runs them. The language of programs is Octave's but for sum(A) (all entries), diagvec, logdet,
/// chol (lower), derivatives of matrix functions, and f'.

#include <span>
#include <string>
#include <vector>

#include "term/term_layout.hpp"

namespace dvec {

class OctaveNotation final : public Notation {
 public:
  using Notation::Notation;
  [[nodiscard]] Text call(const Node& n, const std::vector<Text>& args) const override;
  [[nodiscard]] Text matrix_function(const Node& n, const std::vector<Text>& args) const override;
  [[nodiscard]] std::optional<Text> khatrirao(const Text&, const Text&) const override { return std::nullopt; }
  [[nodiscard]] Text norm(const Text& a, bool frobenius) const override;
};

/// The function called for f^(order): "a", "a_1", "a_2".
[[nodiscard]] std::string octave_function(const std::string& name, int order);
/// Definitions, as anonymous functions, of the elementwise functions of the language that Octave does not have and that
/// these terms call.
[[nodiscard]] std::vector<std::string> octave_helpers(const TermPool& pool, std::span<const TermId> terms);

[[nodiscard]] std::string print_octave(const TermPool& pool, TermId term);

}  // namespace dvec
