#include "network/index_form.hpp"

#include <unordered_set>

#include "network/certificate.hpp"
#include "network/convert.hpp"
#include "network/word_reduction.hpp"
#include "support/result.hpp"

namespace dvec {

namespace {

/// Terms with the names in them put in, those in their values too.
class NamesPutIn {
 public:
  NamesPutIn(TermPool& pool, const TermMap& definitions) : pool_(pool), definitions_(definitions) {}

  TermId operator()(TermId term) {
    const auto [at, fresh] = known_.try_emplace(term);
    if (fresh) {
      std::vector<TermId> open = open_names(term);
      while (!open.empty()) {
        const TermId name = open.back();
        const TermId value = definitions_.at(name);
        if (const std::vector<TermId> inner = open_names(value); !inner.empty()) {
          open.insert(open.end(), inner.begin(), inner.end());
          continue;
        }
        closed_[name] = substitute(pool_, value, closed_);
        open.pop_back();
      }
      at->second = substitute(pool_, term, closed_);
    }
    return at->second;
  }

 private:
  std::vector<TermId> open_names(TermId term) const {
    std::vector<TermId> out;
    for (const TermId t : reachable(pool_, term)) {
      const auto value = definitions_.find(t);
      if (value != definitions_.end() && value->second != t && !closed_.contains(t)) out.push_back(t);
    }
    return out;
  }

  TermPool& pool_;
  const TermMap& definitions_;
  TermMap closed_, known_;
};

SameForm compare(TermPool& pool, TermId a, TermId b, const TermMap& definitions, std::size_t max_terms) {
  if (a == b) return SameForm::Yes;
  if (pool.shape(a) != pool.shape(b)) return SameForm::No;
  const Properties properties(pool, definitions);
  ConvertOptions options;
  options.expand = [](TermId) { return true; };
  options.definitions = &definitions;
  options.max_terms = max_terms;
  options.symmetric = [&](TermId t) { return properties.symmetric(t); };
  options.nonnegative = [&](TermId t) { return properties.nonnegative(t); };
  // Atoms are terms whose own insides are compared as they stand, names put in.
  NamesPutIn put_in(pool, definitions);
  options.settled = [&](TermId t) { return put_in(t); };
  const auto name = [](TermId t) { return std::to_string(t.value); };
  IndexSpace space(pool.dims);
  const IndexList rows = space.fresh_list(pool.shape(a).rows), cols = space.fresh_list(pool.shape(a).cols);
  try {
    auto left = to_network(pool, space, a, rows, cols, options);
    auto right = to_network(pool, space, b, rows, cols, options);
    if (!left || !right) return SameForm::Unknown;
    for (Monomial& m : right->terms) {
      m.coefficient = -m.coefficient;
      left->terms.push_back(std::move(m));
    }
    normalise(pool, space, *left, options);
    collect(space, *left, name, options.symmetric);
    return left->terms.empty() ? SameForm::Yes : SameForm::No;
  } catch (const LimitReached&) {
    return SameForm::Unknown;
  }
}

/// Is something inverted in one of the terms, names put in?
bool has_inverse(const TermPool& pool, TermId a, TermId b, const TermMap& definitions) {
  std::vector<TermId> open{a, b};
  std::unordered_set<TermId> seen(open.begin(), open.end());
  while (!open.empty()) {
    const TermId t = open.back();
    open.pop_back();
    const Node& n = pool[t];
    if (n.op == Op::Inverse || n.op == Op::LogDet || n.op == Op::Det) return true;
    for (const TermId u : n.args)
      if (seen.insert(u).second) open.push_back(u);
    if (const auto value = definitions.find(t); value != definitions.end() && seen.insert(value->second).second) open.push_back(value->second);
  }
  return false;
}

}  // namespace

SameForm same_index_form(TermPool& pool, TermId a, TermId b, const TermMap& definitions, std::size_t max_terms) {
  const SameForm same = compare(pool, a, b, definitions, max_terms);
  if (same == SameForm::Yes || pool.shape(a) != pool.shape(b)) return same;
  // Indices do not see what an inverse of a sum has to do with its terms; words do.
  if (!has_inverse(pool, a, b, definitions)) return same;
  const auto [x, y] = with_inverses_reduced(pool, a, b, definitions);
  return x == a && y == b ? same : compare(pool, x, y, definitions, max_terms);
}

}  // namespace dvec
