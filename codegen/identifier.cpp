#include "codegen/identifier.hpp"

#include <array>
#include <map>

#include "term/greek.hpp"

namespace dvec {

namespace {

const std::map<std::string, std::string, std::less<>>& transliterations() {
  static const std::map<std::string, std::string, std::less<>> table = [] {
    std::map<std::string, std::string, std::less<>> out;
    for (const char* letter :
         {"alpha", "beta",  "gamma", "delta",  "epsilon", "zeta",  "eta",   "theta",   "iota",  "kappa", "lambda", "mu",
          "nu",    "xi",    "pi",    "rho",    "sigma",   "tau",   "upsilon", "phi",   "chi",   "psi",   "omega",  "Gamma",
          "Delta", "Theta", "Lambda", "Xi",    "Pi",      "Sigma", "Upsilon", "Phi",   "Psi",   "Omega"})
      if (const auto sign = greek_letter(letter)) out.emplace(*sign, letter);
    const std::array<const char*, 10> digits{"₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"};
    for (std::size_t d = 0; d < digits.size(); ++d) out.emplace(digits[d], std::to_string(d));
    return out;
  }();
  return table;
}

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

std::size_t bytes_of_sign(char c) {
  const auto b = static_cast<unsigned char>(c);
  return b < 0x80 ? 1 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
}

constexpr const char* kReserved[] = {
    // C++ (and what <cmath> and macros put into every scope)
    "alignas", "alignof", "and", "and_eq", "asm", "assert", "auto", "bitand", "bitor", "bool", "break", "case", "catch", "char",
    "char8_t", "char16_t", "char32_t", "class", "co_await", "co_return", "co_yield", "compl", "concept", "const", "consteval",
    "constexpr", "constinit", "const_cast", "continue", "decltype", "default", "delete", "do", "double", "dynamic_cast",
    "else", "enum", "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "if", "inline", "int", "long",
    "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr", "operator", "or", "or_eq", "private",
    "protected", "public", "register", "reinterpret_cast", "requires", "return", "short", "signed", "sizeof", "static",
    "static_assert", "static_cast", "struct", "switch", "template", "this", "thread_local", "throw", "true", "try",
    "typedef", "typeid", "typename", "union", "unsigned", "using", "virtual", "void", "volatile", "wchar_t", "while", "xor",
    "xor_eq", "errno", "NULL", "EOF", "I", "INFINITY", "NAN", "HUGE_VAL", "M_PI", "stdin", "stdout", "stderr", "main", "linux", "unix",
    "y0", "y1", "yn", "j0", "j1", "jn", "signgam",
    // emitted code
    "std", "Eigen", "Index", "Scalar", "Matrix", "Row", "Column", "MatrixArg", "RowArg", "ColumnArg", "Types", "Workspace",
    "Result", "workspace", "result", "evaluate", "detail", "functions", "activations", "col", "row", "resize"};

}  // namespace

std::string identifier(std::string_view text) {
  std::string out;
  for (std::size_t k = 0; k < text.size();) {
    const std::size_t length = std::min(bytes_of_sign(text[k]), text.size() - k);
    const std::string_view sign = text.substr(k, length);
    k += length;
    if (length == 1 && is_word(sign[0])) out += sign[0];
    else if (const auto known = transliterations().find(sign); known != transliterations().end()) out += known->second;
    else if (!out.empty() && out.back() != '_') out += '_';
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  std::size_t start = 0;  // a leading number goes: 03_batchnorm is batchnorm
  while (start < out.size() && (out[start] == '_' || (out[start] >= '0' && out[start] <= '9'))) ++start;
  out.erase(0, start);
  constexpr std::size_t longest = 60;
  if (out.size() > longest) out.resize(longest);
  return out.empty() ? "x" : out;
}

Names::Names() : reserved_(std::begin(kReserved), std::end(kReserved)) {}

std::string Names::unique(std::string_view wish) {
  std::string base = identifier(wish);
  if (reserved_.contains(base)) base += '_';
  std::string name = base;
  for (int k = 2; !taken_.insert(name).second; ++k) name = base + (base.back() == '_' ? "" : "_") + std::to_string(k);
  return name;
}

}  // namespace dvec
