#include "term/print_unicode.hpp"

#include <cctype>
#include <set>

#include "term/greek.hpp"

namespace dvec {

namespace {

/// "G1" gives "G₁", "gamma" gives "γ"; other names stay.
std::string pretty(const std::string& name) {
  std::size_t digits = name.size();
  while (digits > 0 && name[digits - 1] >= '0' && name[digits - 1] <= '9') --digits;
  if (digits == 0 || name[digits - 1] == '_') digits = name.size();
  const std::string stem = name.substr(0, digits);
  std::string out(greek_letter(stem).value_or(stem));
  for (std::size_t i = digits; i < name.size(); ++i) out += std::string("\xE2\x82") + static_cast<char>(0x80 + (name[i] - '0'));
  return out;
}

/// The names in a size: "N*p1-1" has N and p1.
template <class Map>
std::string map_names(const std::string& text, const Map& map) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto in_name = [&](std::size_t k) {
      const auto c = static_cast<unsigned char>(text[k]);
      return std::isalnum(c) != 0 || c == '_' || c >= 0x80;
    };
    if (!in_name(i) || std::isdigit(static_cast<unsigned char>(text[i])) != 0) {
      out += text[i++];
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && in_name(end)) ++end;
    out += map(text.substr(i, end - i));
    i = end;
  }
  return out;
}

std::string superscript(const std::string& digits) {
  static const char* const table[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string out;
  for (const char c : digits) out += table[c - '0'];
  return out;
}

}  // namespace

UnicodeNotation::UnicodeNotation(const TermPool& pool) : Notation(pool) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < pool.symbols.size(); ++i) {
    const Symbol& s = pool.symbols[SymbolId(i)];
    if (s.kind != SymbolKind::Pattern) names.insert(s.name);
  }
  for (const std::string& n : names) ++spellings_[pretty(n)];
}

std::string UnicodeNotation::name(const std::string& symbol) const {
  std::string out = pretty(symbol);
  const auto known = spellings_.find(out);
  return known != spellings_.end() && known->second > 1 ? symbol : out;
}

Text UnicodeNotation::size(Dim d) const {
  const Text plain = Notation::size(d);
  std::string out;
  const std::string named = map_names(plain.text, [this](const std::string& n) { return name(n); });
  for (std::size_t i = 0; i < named.size(); ++i) {
    if (named[i] == '*') {
      out += "·";
    } else if (named[i] == '^') {
      std::size_t end = i + 1;
      while (end < named.size() && std::isdigit(static_cast<unsigned char>(named[end])) != 0) ++end;
      out += superscript(named.substr(i + 1, end - i - 1));
      i = end - 1;
    } else if ((named[i] == '+' || named[i] == '-') && i > 0) {
      out += std::string(" ") + named[i] + " ";
    } else {
      out += named[i];
    }
  }
  return {out, plain.strength};
}

Text UnicodeNotation::constant(const Node& n) const {
  if (n.op == Op::Pi) return {"π", kAtom};
  return Notation::constant(n);
}

Text UnicodeNotation::call(const Node& n, const std::vector<Text>& args) const {
  if (n.op != Op::Apply || n.order == 0) return Notation::call(n, args);
  std::string primes;
  for (int k = 0; k < n.order; ++k) primes += "′";
  return {pool_.functions[n.function].name + primes + "(" + args[0].text + ")", kAtom};
}

Text UnicodeNotation::kron(const std::vector<Text>& args) const { return {join(each_at_least(args, kPower), " ⊗ "), kProduct}; }

Text UnicodeNotation::transpose(const Text& a) const { return {at_least(a, kPower) + "ᵀ", kPower}; }

Text UnicodeNotation::chain(const std::vector<Text>& factors) const { return {join(each_at_least(factors, kPower), "·"), kProduct}; }

Text UnicodeNotation::norm(const Text& a, bool frobenius) const { return {"‖" + a.text + "‖" + (frobenius ? "F" : ""), kAtom}; }

Text UnicodeNotation::power(const Text& base, const Rational& q, bool scalar) const {
  if (!scalar || !q.is_integer()) return Notation::power(base, q, scalar);
  return {at_least(base, kAtom) + superscript(q.text()), kPower};
}

Text UnicodeNotation::product(const std::vector<Text>& over, const Text* matrix, const std::vector<Text>& under) const {
  std::string out = join(each_at_least(over, kMinus), "·");
  std::string below;
  if (!under.empty()) {
    below = join(each_at_least(under, kPower), "·");
    below = "/" + (under.size() > 1 ? bracket(below) : below);
  }
  if (!matrix) return {(out.empty() ? "1" : out) + below, kProduct};
  // A fraction of scalars leads: 2/N·(Xᵀ·e). A lone denominator stands behind: e/N.
  if (!out.empty()) return {out + below + "·" + as_factor(*matrix), kProduct};
  return {as_factor(*matrix) + below, kProduct};
}

Text UnicodeNotation::entrywise(const std::vector<Text>& over, const std::vector<Text>& under) const {
  std::string out = over.empty() ? "1" : join(each_at_least(over, kPower), " ⊙ ");
  for (const Text& u : under) out += " ./ " + at_least(u, kPower);
  return {out, kProduct};
}

Text UnicodeNotation::sum(const std::vector<Text>& parts, const std::vector<bool>& negative) const {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    out += i > 0 ? (negative[i] ? " - " : " + ") : negative[i] ? "-" : "";
    out += at_least(parts[i], kProduct);
  }
  return {out, kSum};
}

std::string print_unicode(const TermPool& pool, TermId term) { return lay_out(pool, term, UnicodeNotation(pool)); }

}  // namespace dvec
