#include "simplify/known_functions.hpp"

#include <algorithm>

#include "network/exponential.hpp"
#include "simplify/simplify.hpp"

namespace dvec {

namespace {

bool is_known_function(const TermPool& pool, TermId t) {
  const Node& n = pool[t];
  if (n.op == Op::Apply && n.order == 0) {
    const std::string& f = pool.functions[n.function].name;
    return f == "sigmoid" || f == "softplus";
  }
  return n.op == Op::ColumnSoftmax || n.op == Op::RowSoftmax || n.op == Op::ColumnLogSumExp || n.op == Op::RowLogSumExp;
}

std::ptrdiff_t known_functions(const TermPool& pool, TermId term) {
  return std::ranges::count_if(reachable(pool, term), [&](TermId t) { return is_known_function(pool, t); });
}

/// Could one be written out in the term? In all of them there is an exponential, by itself or by name, divided by or in a logarithm.
bool may_hold(const TermPool& pool, TermId term, const TermMap& definitions) {
  bool exponential = false, taken_apart = false;
  for (const TermId t : reachable(pool, term)) {
    const Node& n = pool[t];
    exponential = exponential || exponent_of(pool, t, &definitions) || sum_of_exponentials(pool, t, &definitions);
    taken_apart = taken_apart || (n.op == Op::Power && n.numbers[0].is_negative()) || n.op == Op::ColumnLogSumExp || n.op == Op::RowLogSumExp ||
                  (n.op == Op::Apply && (pool.functions[n.function].name == "log" || pool.functions[n.function].name == "exp"));
  }
  return exponential && taken_apart;
}

}  // namespace

std::vector<Binding> with_known_functions(TermPool& pool, const std::vector<Binding>& lets) {
  std::vector<Binding> out;
  Simplifier simplifier(pool, {});
  for (Binding b : lets) {
    if (may_hold(pool, b.value, simplifier.definitions())) {
      const TermId simple = simplifier.simplify(b.value);
      if (known_functions(pool, simple) > known_functions(pool, b.value)) b.value = simple;
    }
    simplifier.define(b);
    out.push_back(b);
  }
  return out;
}

}  // namespace dvec
