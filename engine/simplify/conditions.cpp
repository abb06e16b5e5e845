#include "simplify/conditions.hpp"

#include <algorithm>

#include "term/term_print.hpp"

namespace dvec {

namespace {

constexpr std::uint64_t kLongest = 40;  ///< nodes of a term that is written out
constexpr const char* kOthers = "the like holds in the definitions that are not listed";

/// Numbers and what is made of sizes only: N-1. Where they vanish there is nothing to differentiate.
bool is_of_sizes(const TermPool& pool, TermId t) {
  const Node& n = pool[t];
  if (n.op == Op::Number || n.op == Op::Size || n.op == Op::Pi || n.op == Op::Ones) return true;
  return (n.op == Op::Sum || n.op == Op::Hadamard || n.op == Op::Power || n.op == Op::Scale || n.op == Op::MatMul) &&
         std::ranges::all_of(n.args, [&](TermId a) { return is_of_sizes(pool, a); });
}

}  // namespace

Conditions::Conditions(const TermPool& pool, const TermMap& definitions, const std::vector<Assumption>& assumptions)
    : pool_(pool), properties_(pool, definitions) {
  for (const Assumption& a : assumptions) assume(a);
}

void Conditions::assume(const Assumption& a) {
  const auto known_sign = [&](TermId t) { return pool_[t].op == Op::Number && !pool_[t].numbers[0].is_negative(); };
  const bool zero = pool_[a.right].op == Op::Number && pool_[a.right].numbers[0].is_zero();
  if ((a.relation == ">" && known_sign(a.right)) || (a.relation == ">=" && known_sign(a.right) && !zero)) properties_.assume_positive(a.left);
  if ((a.relation == "<" && known_sign(a.left))) properties_.assume_positive(a.right);
  if (a.relation != "!=" || !zero) return;
  assumed_.insert(pool_[a.left].op == Op::Det ? nonsingular(pool_[a.left].args[0]) : nonzero(a.left));
}

void Conditions::gather(TermId node, ConditionTexts& texts) const {
  std::string found = condition(pool_[node], node);
  if (found.empty() || assumed_.contains(found) || texts.contains(found)) return;
  texts.insert(texts.size() < kMost ? std::move(found) : kOthers);
}

void Conditions::merge(ConditionTexts& into, const ConditionTexts& texts) {
  for (const std::string& t : texts)
    if (!into.contains(t)) into.insert(into.size() < kMost ? t : kOthers);
}

std::string Conditions::line(const ConditionTexts& texts) {
  const std::string no_entry = "no entry of ", zero = " is 0", not_zero = " is not 0";
  // What is positive is not 0.
  const auto implied = [&](const std::string& t) {
    if (t.starts_with(no_entry) && t.ends_with(zero))
      return texts.contains("every entry of " + t.substr(no_entry.size(), t.size() - no_entry.size() - zero.size()) + " is positive");
    return t.ends_with(not_zero) && texts.contains(t.substr(0, t.size() - not_zero.size()) + " is positive");
  };
  std::string out;
  for (const std::string& t : texts)
    if (t != kOthers && !implied(t)) out += (out.empty() ? "valid where " : ", ") + t;
  if (texts.contains(kOthers)) out += std::string("; ") + kOthers;
  return out;
}

std::string Conditions::condition(const Node& n, TermId node) const {
  switch (n.op) {
    case Op::Inverse: case Op::LogDet: return nonsingular(n.args[0]);
    case Op::Power: return n.numbers[0].is_negative() || !n.numbers[0].is_integer() ? of_power(n.args[0], !n.numbers[0].is_integer(), node) : "";
    case Op::PowerBy: return is_of_sizes(pool_, n.args[1]) ? "" : positive(n.args[0]);
    case Op::Apply: return pool_.functions[n.function].domain == "x > 0" ? positive(n.args[0]) : "";
    case Op::PseudoInverse: return "the rank of " + text(n.args[0]) + " is constant";
    case Op::Cholesky: return properties_.positive_definite(n.args[0]) ? "" : text(n.args[0]) + " is positive definite";
    case Op::MatrixFunction:
      if (n.primary != PrimaryFunction::Logarithm && n.primary != PrimaryFunction::SquareRoot) return {};
      return properties_.positive_definite(n.args[0]) ? "" : "no eigenvalue of " + text(n.args[0]) + " is zero or negative";
    default: return {};
  }
}

/// 1/b and roots of b. A root that has a name is spoken of by it; what cannot be negative must not be 0.
std::string Conditions::of_power(TermId base, bool root, TermId node) const {
  if (is_of_sizes(pool_, base) || properties_.positive(base)) return {};
  if (!root) return nonzero(base);
  const bool square = pool_.is_scalar(base) && properties_.positive_semidefinite(base);  // x'*x
  if (!properties_.nonnegative(base) && !square) return positive(base);
  const auto name = names_.find(node);
  return nonzero(name != names_.end() ? name->second : base);
}

std::string Conditions::nonsingular(TermId matrix) const {
  const Node& n = pool_[matrix];
  if (properties_.nonsingular(matrix)) return {};
  if (pool_.is_scalar(matrix)) return nonzero(matrix);
  if (n.op == Op::Diag) return properties_.positive(n.args[0]) ? "" : nonzero(n.args[0]);
  if (n.op == Op::Stop || n.op == Op::Transpose) return nonsingular(n.args[0]);
  if (n.op == Op::MatMul && std::ranges::all_of(n.args, [this](TermId a) { return pool_.shape(a).rows == pool_.shape(a).cols; })) {
    std::string out;
    for (const TermId a : std::set<TermId>(n.args.begin(), n.args.end()))
      if (const std::string one = nonsingular(a); !one.empty()) out += (out.empty() ? "" : ", ") + one;
    return out;
  }
  return text(matrix) + " is nonsingular";
}

std::string Conditions::positive(TermId t) const {
  if (is_of_sizes(pool_, t) || properties_.positive(t)) return {};
  return pool_.is_scalar(t) ? text(t) + " is positive" : "every entry of " + text(t) + " is positive";
}

std::string Conditions::nonzero(TermId t) const {
  if (is_of_sizes(pool_, t) || properties_.positive(t)) return {};
  const Node& n = pool_[t];
  // A spread vector is 0 where the vector is; a product where a factor is, a power where its base is.
  if (n.op == Op::MatMul && n.args.size() == 2)
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}})
      if (pool_[n.args[i]].op == Op::Ones && pool_[n.args[i]].shape != n.shape &&
          (pool_[n.args[i]].shape.rows == pool_.dims.one() || pool_[n.args[i]].shape.cols == pool_.dims.one()))
        return nonzero(n.args[1 - i]);
  if (n.op == Op::Stop) return nonzero(n.args[0]);
  if (n.op == Op::Power && !n.numbers[0].is_negative()) return nonzero(n.args[0]);
  if (n.op == Op::Sum && n.args.size() == 1) return nonzero(n.args[0]);
  if (n.op == Op::Det) return nonsingular(n.args[0]);
  return pool_.is_scalar(t) ? text(t) + " is not 0" : "no entry of " + text(t) + " is 0";
}

std::string Conditions::text(TermId t) const {
  if (const auto name = names_.find(t); name != names_.end()) t = name->second;
  return pool_[t].weight <= kLongest ? print(pool_, t) : "what stands there";
}

}  // namespace dvec
