#include "simplify/scalar_product.hpp"

#include <algorithm>

#include "support/result.hpp"

namespace dvec {

ScalarProduct& ScalarProduct::operator*=(const ScalarProduct& other) {
  coefficient *= other.coefficient;
  for (const auto& [t, e] : other.powers)
    if ((powers[t] += e).is_zero()) powers.erase(t);
  return *this;
}

ScalarProduct scalar_product(const TermPool& pool, TermId scalar) {
  require(pool.is_scalar(scalar), "a product of scalars is made of scalars");
  ScalarProduct out;
  const Node& n = pool[scalar];
  switch (n.op) {
    case Op::Number: out.coefficient = n.numbers[0]; return out;
    case Op::Sum:
      if (n.args.size() > 1) break;
      out = scalar_product(pool, n.args[0]);
      out.coefficient *= n.numbers[0];
      return out;
    case Op::Hadamard: case Op::Scale:
      for (const TermId a : n.args) out *= scalar_product(pool, a);
      return out;
    case Op::Power:
      if (pool[n.args[0]].op == Op::Power) break;
      out.powers[n.args[0]] = n.numbers[0];
      return out;
    default: break;
  }
  out.powers[scalar] = Rational(1);
  return out;
}

TermId powers_term(TermPool& pool, const ScalarProduct& product) {
  TermId t = pool.number(1);
  for (const auto& [scalar, power] : product.powers) t = pool.hadamard(t, pool.power(scalar, power));
  return t;
}

TermId scaled(TermPool& pool, const ScalarProduct& product, TermId t) {
  return pool.times(product.coefficient, pool.scale(powers_term(pool, product), t));
}

TermId multiplied_through(TermPool& pool, const Rational& c, TermId t) {
  const Node n = pool[t];
  if (n.op != Op::Sum) return pool.times(c, t);
  std::vector<Rational> numbers;
  for (const Rational& k : n.numbers) numbers.push_back(c * k);
  return pool.sum(std::vector<TermId>(n.args.begin(), n.args.end()), numbers);
}

ScalarProduct take_common(std::vector<ScalarProduct*> products) {
  ScalarProduct common = *products.front();
  for (const ScalarProduct* p : products) {
    for (auto& [t, e] : common.powers) {
      const auto at = p->powers.find(t);
      if (at == p->powers.end() || at->second.is_negative() != e.is_negative())
        e = Rational(0);
      else if (at->second.abs() < e.abs())
        e = at->second;
    }
    if (p->coefficient.abs() != common.coefficient.abs()) common.coefficient = Rational(1);
  }
  std::erase_if(common.powers, [](const auto& p) { return p.second.is_zero(); });
  const bool negative = std::ranges::all_of(products, [](const ScalarProduct* p) { return p->coefficient.is_negative(); });
  common.coefficient = negative ? -common.coefficient.abs() : common.coefficient.abs();
  ScalarProduct inverse{common.coefficient.inverse(), common.powers};
  for (auto& [t, e] : inverse.powers) e = -e;
  for (ScalarProduct* p : products) *p *= inverse;
  return common;
}

}  // namespace dvec
