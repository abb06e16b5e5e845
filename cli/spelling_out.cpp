#include "cli/spelling_out.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "term/print_unicode.hpp"

namespace dvec::cli {

Spelling::Spelling(const TermPool& pool, bool ascii) : pool_(pool), ascii_(ascii) {
  if (ascii)
    notation_ = std::make_shared<Notation>(pool);
  else
    notation_ = std::make_shared<UnicodeNotation>(pool);
}

std::string Spelling::term(TermId t) const { return lay_out(pool_, t, *notation_); }

std::string Spelling::name(const std::string& symbol) const { return notation_->name(symbol); }

std::string Spelling::shape(Shape s) const {
  if (pool_.is_scalar(s)) return "scalar";
  const auto size = [&](Dim d) {
    const Text text = notation_->size(d);
    return text.strength < kAtom ? "(" + text.text + ")" : text.text;
  };
  return size(s.rows) + (ascii_ ? "x" : "×") + size(s.cols);
}

std::string Spelling::left_side(const ResultView& r) const {
  if (ascii_ || !r.of_name.valid() || !r.wrt_name.valid()) return "";
  const std::string of = name(r.of), wrt = name(r.wrt);
  const auto is_column = [&](SymbolId s) { return pool_.symbols[s].shape.cols == pool_.dims.one(); };
  if (r.kind == "gradient") return "∂" + of + "/∂" + wrt + " = ";
  if (r.kind == "jacobian")
    return "∂" + (is_column(r.of_name) ? of : "vec " + of) + "/∂" + (is_column(r.wrt_name) ? wrt : "(vec " + wrt + ")") + "ᵀ = ";
  return "";
}

std::string Spelling::prose(const std::string& text) const {
  if (!ascii_) return text;
  using Row = std::pair<std::string_view, std::string_view>;
  static constexpr std::array table = {Row{"×", "x"}, Row{"⟨", "<"},  Row{"⟩", ">"},  Row{"·", "*"},  Row{"⊙", ".*"},
                                       Row{"⊗", "(x)"}, Row{"≤", "<="}, Row{"≥", ">="}, Row{"→", "->"}, Row{"′", "'"},
                                       Row{"ᵀ", "'"}, Row{"≠", "!="}, Row{"∂", "d"},  Row{"…", "..."}, Row{"−", "-"},
                                       Row{"²", "^2"}, Row{"Σ", "Sigma"}, Row{"½", "1/2"}, Row{"Φ", "Phi"}, Row{"ψ", "psi"},
                                       Row{"Γ", "Gamma"}, Row{"σ", "sigma"}};
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    bool found = false;
    for (const auto& [from, to] : table)
      if (std::string_view(text).substr(i).starts_with(from)) {
        out += to;
        i += from.size();
        found = true;
        break;
      }
    if (!found) out += text[i++];
  }
  return out;
}

}  // namespace dvec::cli
