#include "network/index_form.hpp"

#include "network/certificate.hpp"
#include "network/convert.hpp"
#include "support/result.hpp"

namespace dvec {

SameForm same_index_form(TermPool& pool, TermId a, TermId b, const TermMap& definitions, std::size_t max_terms) {
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
  std::unordered_map<TermId, std::string> names;
  const auto name = [&](TermId t) {
    const auto [at, fresh] = names.try_emplace(t);
    if (fresh) at->second = std::to_string(substitute(pool, t, definitions).value);
    return at->second;
  };
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

}  // namespace dvec
