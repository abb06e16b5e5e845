#include "codegen/cpp_size.hpp"

#include <cctype>
#include <vector>

#include "support/result.hpp"

namespace dvec {

namespace {

struct Monomial {
  Rational coefficient = 1;
  std::vector<std::string> symbols;  ///< with repetitions
};

/// Reads what DimTable::text prints: a sum of products of numbers and powers of names.
std::vector<Monomial> monomials(const std::string& text) {
  std::vector<Monomial> out;
  std::size_t k = 0;
  const auto word = [&] {
    const std::size_t begin = k;
    while (k < text.size() && std::string_view("+-*^").find(text[k]) == std::string_view::npos) ++k;
    std::string w = text.substr(begin, k - begin);
    std::erase_if(w, [](char c) { return c == ' ' || c == '(' || c == ')'; });
    return w;
  };
  while (k < text.size()) {
    Monomial m;
    while (k < text.size() && (text[k] == '+' || text[k] == '-' || text[k] == ' '))
      if (text[k++] == '-') m.coefficient = -m.coefficient;
    while (true) {
      const std::string factor = word();
      require(!factor.empty(), "a size is a polynomial");
      std::int64_t power = 1;
      if (k < text.size() && text[k] == '^') {
        ++k;
        power = std::stoll(word());
      }
      const std::size_t slash = factor.find('/');
      if (std::isdigit(static_cast<unsigned char>(factor[0])) != 0) {
        const auto value = slash == std::string::npos
                               ? Rational::parse(factor)
                               : std::optional(*Rational::parse(factor.substr(0, slash)) / *Rational::parse(factor.substr(slash + 1)));
        m.coefficient *= dvec::power(*value, power);
      } else {
        for (std::int64_t i = 0; i < power; ++i) m.symbols.push_back(factor.substr(0, slash));
        if (slash != std::string::npos) m.coefficient = m.coefficient / *Rational::parse(factor.substr(slash + 1));
      }
      if (k >= text.size() || text[k] != '*') break;
      ++k;
    }
    out.push_back(std::move(m));
  }
  return out;
}

}  // namespace

std::map<std::string, std::string> dim_identifiers(const KernelPlan& plan) {
  std::map<std::string, std::string> out;
  for (std::size_t i = 0; i < plan.dims.size(); ++i) out[plan.dims[i]] = plan.dim_names[i];
  return out;
}

std::string cpp_size(const DimTable& dims, Dim size, const std::map<std::string, std::string>& names) {
  const std::string text = dims.text(size);
  // The entries of a triangle are printed as n*(n+1)/2.
  if (const std::size_t bracket = text.find("*("); bracket != std::string::npos) {
    const std::string side = text.substr(0, bracket);
    require(text == side + "*(" + side + "+1)/2" && names.contains(side), "a size is a polynomial");
    return names.at(side) + " * (" + names.at(side) + " + 1) / 2";
  }
  const std::vector<Monomial> sum = monomials(text);
  Rational common(1);  // a common denominator
  for (const Monomial& m : sum) {
    const Rational c = m.coefficient * common;
    common = common * *Rational::parse(c.denominator());
  }
  std::string out;
  // A positive term first: "n - 1" rather than "-1 + n".
  std::vector<const Monomial*> order;
  for (const bool negative : {false, true})
    for (const Monomial& m : sum)
      if (m.coefficient.is_negative() == negative) order.push_back(&m);
  for (const Monomial* m : order) {
    const Rational c = m->coefficient * common;
    out += c.is_negative() ? (out.empty() ? "-" : " - ") : (out.empty() ? "" : " + ");
    std::string product = c.abs().is_one() && !m->symbols.empty() ? "" : c.abs().text();
    for (const std::string& s : m->symbols) product += (product.empty() ? "" : " * ") + names.at(s);
    out += product;
  }
  if (out.empty()) out = "0";
  return common.is_one() ? out : "(" + out + ") / " + common.text();
}

std::string cpp_size_factor(const DimTable& dims, Dim size, const std::map<std::string, std::string>& names) {
  const std::string text = cpp_size(dims, size, names);
  return text.find(' ') == std::string::npos ? text : "(" + text + ")";
}

}  // namespace dvec
