#include "term/khatri_rao.hpp"

#include "support/result.hpp"

namespace dvec {

std::optional<KhatriRao> khatri_rao(const TermPool& pool, TermId t) {
  const Node& n = pool[t];
  if (n.op != Op::Hadamard || n.args.size() != 2) return std::nullopt;
  const Dim one = pool.dims.one();
  for (const std::size_t first : {0U, 1U}) {
    const Node& left = pool[n.args[first]];
    const Node& right = pool[n.args[1 - first]];
    if (left.op != Op::Kron || right.op != Op::Kron || left.args.size() != 2 || right.args.size() != 2) continue;
    const TermId a = left.args[0], b = right.args[1];
    const Node& under = pool[left.args[1]];
    const Node& over = pool[right.args[0]];
    if (under.op != Op::Ones || over.op != Op::Ones) continue;
    const Shape x = pool.shape(a), y = pool.shape(b);
    if (x.cols == y.cols && x.cols != one && under.shape == Shape{y.rows, one} && over.shape == Shape{x.rows, one})
      return KhatriRao{a, b, false};
    if (x.rows == y.rows && x.rows != one && under.shape == Shape{one, y.cols} && over.shape == Shape{one, x.cols})
      return KhatriRao{a, b, true};
  }
  return std::nullopt;
}

TermId khatri_rao(TermPool& pool, TermId a, TermId b) {
  require(pool.shape(a).cols == pool.shape(b).cols, "a Khatri-Rao product is of matrices with as many columns");
  const Dim one = pool.dims.one();
  return pool.hadamard(pool.kron(a, pool.ones({pool.shape(b).rows, one})), pool.kron(pool.ones({pool.shape(a).rows, one}), b));
}

}  // namespace dvec
