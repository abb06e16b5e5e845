#include "network/structure.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace dvec {

namespace {

class Structure {
 public:
  Structure(TermPool& pool, const Properties& properties) : pool_(pool), properties_(properties) {}

  TermId inverse(TermId node) {
    const TermId inside = pool_[node].args[0];
    const Node x = pool_[inside];
    if (x.op == Op::MatrixFunction && x.primary == PrimaryFunction::Exponential && x.args.size() == 1)
      return pool_.matrix_function(x.primary, x.first, std::array{pool_.negate(x.args[0])});
    if (properties_.orthogonal(inside) && x.op != Op::Kron && x.op != Op::MatMul) return pool_.transpose(inside);
    const TermId v = entries(inside);
    return v.valid() ? pool_.diag(pool_.power(v, Rational(-1))) : node;
  }

  TermId diag(TermId node) {
    const Node v = pool_[pool_[node].args[0]];
    return v.op == Op::DiagVec && properties_.diagonal(v.args[0]) ? v.args[0] : node;
  }

  TermId logdet(TermId node) {
    const TermId inside = pool_[node].args[0];
    const Node x = pool_[inside];
    if (properties_.orthogonal(inside)) return pool_.number(0);
    if (const TermId v = entries(inside); v.valid() && properties_.positive(v))
      if (const auto log = pool_.functions.find("log")) return pool_.total(pool_.apply(*log, 0, v));
    switch (x.op) {
      case Op::Transpose: return logdet(pool_.logdet(x.args[0]));
      case Op::Inverse: return pool_.negate(logdet(pool_.logdet(x.args[0])));
      case Op::MatMul: case Op::Kron: {
        if (!std::ranges::all_of(x.args, [this](TermId a) { return square(a); })) return node;
        TermId sum = pool_.number(0);
        for (const TermId a : x.args) {
          const TermId one = logdet(pool_.logdet(a));
          sum = pool_.add(sum, x.op == Op::MatMul ? one : pool_.scale(others(x, a), one));
        }
        return sum;
      }
      case Op::Scale: {
        const auto log = pool_.functions.find("log");
        if (!log || !properties_.positive(x.args[0])) return node;
        const TermId size = pool_.size(x.shape.rows);
        return pool_.add(pool_.hadamard(size, pool_.apply(*log, 0, x.args[0])), logdet(pool_.logdet(x.args[1])));
      }
      case Op::MatrixFunction:
        return x.primary == PrimaryFunction::Exponential && x.args.size() == 1 ? pool_.trace(x.args[0]) : node;
      default: return node;
    }
  }

  TermId det(TermId node) {
    const Node x = pool_[pool_[node].args[0]];
    const auto of = [this](TermId a) { return det(pool_.det(a)); };
    switch (x.op) {
      case Op::Eye: return pool_.number(1);
      case Op::Transpose: return of(x.args[0]);
      case Op::Inverse: return pool_.power(of(x.args[0]), Rational(-1));
      case Op::MatMul: {
        if (!std::ranges::all_of(x.args, [this](TermId a) { return square(a); })) return node;
        TermId product = pool_.number(1);
        for (const TermId a : x.args) product = pool_.hadamard(product, of(a));
        return product;
      }
      case Op::Kron: {
        if (!std::ranges::all_of(x.args, [this](TermId a) { return square(a); })) return node;
        TermId product = pool_.number(1);
        for (const TermId a : x.args) product = pool_.hadamard(product, pool_.power_by(of(a), others(x, a)));
        return product;
      }
      case Op::Scale: return pool_.hadamard(pool_.power_by(x.args[0], pool_.size(x.shape.rows)), of(x.args[1]));
      default: return node;
    }
  }

 private:
  [[nodiscard]] bool square(TermId a) const { return pool_.shape(a).rows == pool_.shape(a).cols; }

  /// The order of the Kronecker product divided by that of one factor.
  TermId others(const Node& kron, TermId one) {
    Dim size = pool_.dims.one();
    bool left_out = false;
    for (const TermId a : kron.args) {
      if (a == one && !left_out)
        left_out = true;
      else
        size = pool_.dims.multiply(size, pool_.shape(a).rows);
    }
    return pool_.size(size);
  }

  /// The diagonal, as a column, of what is built of diag(v) and identities only; not valid otherwise.
  TermId entries(TermId t) {
    const Node n = pool_[t];
    const Shape column{n.shape.rows, pool_.dims.one()};
    const auto combined = [&](auto&& combine) {
      TermId out;
      for (const TermId a : n.args) {
        const TermId v = entries(a);
        if (!v.valid()) return TermId();
        out = out.valid() ? combine(out, v) : v;
      }
      return out;
    };
    switch (n.op) {
      case Op::Diag: return pool_.shape(n.args[0]).cols == pool_.dims.one() ? n.args[0] : pool_.transpose(n.args[0]);
      case Op::Eye: return pool_.ones(column);
      case Op::Transpose: case Op::Stop: return entries(n.args[0]);
      case Op::Inverse: {
        const TermId v = entries(n.args[0]);
        return v.valid() ? pool_.power(v, Rational(-1)) : v;
      }
      case Op::MatMul: case Op::Hadamard:
        if (pool_.is_scalar(t)) return {};
        return combined([this](TermId a, TermId b) { return pool_.hadamard(a, b); });
      case Op::Scale: {
        const TermId v = entries(n.args[1]);
        return v.valid() ? pool_.scale(n.args[0], v) : v;
      }
      case Op::Sum: {
        std::vector<TermId> parts;
        for (const TermId a : n.args) {
          parts.push_back(pool_.is_scalar(t) ? TermId() : entries(a));
          if (!parts.back().valid()) return {};
        }
        return pool_.sum(parts, n.numbers);
      }
      default: return {};
    }
  }

  TermPool& pool_;
  const Properties& properties_;
};

}  // namespace

TermId by_structure(TermPool& pool, const Properties& properties, TermId node) {
  Structure structure(pool, properties);
  switch (pool[node].op) {
    case Op::Inverse: return structure.inverse(node);
    case Op::Diag: return structure.diag(node);
    case Op::LogDet: return structure.logdet(node);
    case Op::Det: return structure.det(node);
    default: return node;
  }
}

}  // namespace dvec
