#pragma once
/// Terms, shapes and names as the text format shows them: Unicode, or ASCII on request.

#include <memory>
#include <string>

#include "cli/report.hpp"
#include "term/term_layout.hpp"

namespace dvec::cli {

class Spelling {
 public:
  Spelling(const TermPool& pool, bool ascii);
  [[nodiscard]] std::string term(TermId t) const;
  [[nodiscard]] std::string name(const std::string& symbol) const;
  [[nodiscard]] std::string shape(Shape s) const;
  /// "∂R/∂γ = " where both sides have names; "" otherwise, and in ASCII.
  [[nodiscard]] std::string left_side(const ResultView& r) const;
  /// A sentence of the engine, whose × and the like become ASCII on request.
  [[nodiscard]] std::string prose(const std::string& text) const;
  [[nodiscard]] bool ascii() const { return ascii_; }

 private:
  const TermPool& pool_;
  bool ascii_;
  std::shared_ptr<const Notation> notation_;
};

}  // namespace dvec::cli
