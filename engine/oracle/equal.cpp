#include "oracle/equal.hpp"

#include "oracle/judge.hpp"
#include "oracle/witness.hpp"
#include "support/result.hpp"

namespace dvec {

namespace {

template <class M, class Pairs>
void all_equal(Pairs& pairs, const M& a, const M& b) {
  for (std::size_t i = 0; i < a.size(); ++i) pairs.emplace_back(a[i], b[i]);
}

PointQuestion question_about(std::initializer_list<TermId> roots, std::span<const Definition> definitions, int order) {
  PointQuestion q;
  q.roots = roots;
  q.definitions.assign(definitions.begin(), definitions.end());
  q.order = order;
  return q;
}

}  // namespace

Equality are_equal(const TermPool& pool, TermId left, TermId right, std::span<const Definition> definitions,
                   const EqualOptions& options) {
  require(pool.shape(left) == pool.shape(right), "only terms of one shape are compared");
  const PointQuestion q = question_about({left, right}, definitions, 0);
  Equality e = judge(pool, q, agreement([&](const auto& point, auto& pairs) { all_equal(pairs, point.value(left), point.value(right)); }),
                     options);
  if (e.outcome == Comparison::Different && options.witness) e.witness = find_witness(pool, left, right, definitions, options);
  return e;
}

Equality differential_equals(const TermPool& pool, TermId of, TermId differential,
                             std::span<const std::pair<SymbolId, SymbolId>> slots, std::span<const Definition> definitions,
                             const EqualOptions& options) {
  require(pool.shape(of) == pool.shape(differential), "a differential has the shape of what it is the differential of");
  PointQuestion q = question_about({of, differential}, definitions, 1);
  q.followed = {of};
  for (const auto& [variable, slot] : slots) q.motions.push_back({variable, slot, {}, false});
  return judge(pool, q, agreement([&](const auto& point, auto& pairs) {
                 all_equal(pairs, point.coefficient(of, 1), point.value(differential));
               }),
               options);
}

}  // namespace dvec
