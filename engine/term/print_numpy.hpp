#pragma once
/// Terms as NumPy expressions over two-dimensional arrays.

#include <string>
#include <vector>

#include "term/term_layout.hpp"

namespace dvec {

/// Every value is a 2-D array (a scalar may be 1x1 or a number); sizes are integers of the same name. Elementwise
/// functions that NumPy does not have, K, D, L and vech are called by the names in `numpy_helpers`; the k-th derivative of an
/// opaque f is called f_k.
class NumpyNotation final : public Notation {
 public:
  using Notation::Notation;
  [[nodiscard]] std::string name(const std::string& symbol) const override;
  [[nodiscard]] Text size(Dim d) const override;
  [[nodiscard]] Text constant(const Node& n) const override;
  [[nodiscard]] Text call(const Node& n, const std::vector<Text>& args) const override;
  [[nodiscard]] Text matrix_function(const Node& n, const std::vector<Text>& args) const override;
  [[nodiscard]] Text kron(const std::vector<Text>& args) const override;
  [[nodiscard]] Text transpose(const Text& a) const override;
  [[nodiscard]] Text chain(const std::vector<Text>& factors) const override;
  [[nodiscard]] Text power(const Text& base, const Rational& q, bool scalar) const override;
  [[nodiscard]] std::optional<Text> khatrirao(const Text&, const Text&) const override { return std::nullopt; }
  [[nodiscard]] Text norm(const Text& a, bool frobenius) const override;
  [[nodiscard]] Text power_by(const Text& base, const Text& exponent, bool scalar) const override;
  [[nodiscard]] Text vech(const Text& a) const override;
  [[nodiscard]] Text triu(const Text& a) const override;
  [[nodiscard]] Text slice(const Text& a, const Range& rows, const Range& cols) const override;
  [[nodiscard]] Text blocks(const std::vector<std::vector<Text>>& rows) const override;
  [[nodiscard]] Text entrywise(const std::vector<Text>& over, const std::vector<Text>& under) const override;
};

/// A name that Python accepts and does not reserve.
[[nodiscard]] std::string numpy_name(const std::string& name);
/// The function called for f^(order).
[[nodiscard]] std::string numpy_function(const std::string& name, int order);
/// Python definitions of what the expressions of these terms call and NumPy does not have, in order of name.
[[nodiscard]] std::vector<std::string> numpy_helpers(const TermPool& pool, std::span<const TermId> terms);

[[nodiscard]] std::string print_numpy(const TermPool& pool, TermId term);

}  // namespace dvec
