#pragma once
/// Terms by operators, for tests that should not need the parser: T(A)*(A*B) - T(A)*Y.

#include <array>
#include <string>

#include "term/term_pool.hpp"
#include "term/term_print.hpp"

namespace dvec::test {

struct Builder;

struct Expr {
  Builder* b = nullptr;
  TermId id;
};

struct Builder {
  TermPool pool;

  Dim dim(const std::string& text) {
    if (text == "1") return pool.dims.one();
    return pool.dims.symbol(text);
  }
  SymbolId declare(const std::string& name, const std::string& rows, const std::string& cols,
                   Attribute a = Attribute::None, SymbolKind kind = SymbolKind::Variable) {
    return pool.symbols.add({name, kind, {dim(rows), dim(cols)}, a, {}});
  }
  Expr var(const std::string& name, const std::string& rows, const std::string& cols, Attribute a = Attribute::None) {
    return {this, pool.symbol(declare(name, rows, cols, a))};
  }
  Expr ones(const std::string& rows, const std::string& cols) { return {this, pool.ones({dim(rows), dim(cols)})}; }
  Expr eye(const std::string& n) { return {this, pool.eye(dim(n))}; }
  Expr size(const std::string& n) { return {this, pool.size(dim(n))}; }
  Expr number(Rational q) { return {this, pool.number(q)}; }
  Expr K(const std::string& m, const std::string& n) { return {this, pool.commutation(dim(m), dim(n))}; }
};

inline Expr operator*(Expr a, Expr b) {
  TermPool& p = a.b->pool;
  if (p.is_scalar(a.id)) return {a.b, p.scale(a.id, b.id)};
  if (p.is_scalar(b.id)) return {a.b, p.scale(b.id, a.id)};
  return {a.b, p.matmul(a.id, b.id)};
}
inline Expr operator+(Expr a, Expr b) { return {a.b, a.b->pool.add(a.id, b.id)}; }
inline Expr operator-(Expr a, Expr b) { return {a.b, a.b->pool.subtract(a.id, b.id)}; }
inline Expr operator-(Expr a) { return {a.b, a.b->pool.negate(a.id)}; }
inline Expr operator*(int c, Expr a) { return {a.b, a.b->pool.times(Rational(c), a.id)}; }
inline Expr operator%(Expr a, Expr b) { return {a.b, a.b->pool.hadamard(a.id, b.id)}; }  ///< entrywise
inline Expr operator/(Expr a, Expr b) { return {a.b, a.b->pool.scale(a.b->pool.power(b.id, Rational(-1)), a.id)}; }
inline Expr pow(Expr a, Rational q) { return {a.b, a.b->pool.power(a.id, q)}; }
inline Expr T(Expr a) { return {a.b, a.b->pool.transpose(a.id)}; }
inline Expr kron(Expr a, Expr b) { return {a.b, a.b->pool.kron(a.id, b.id)}; }
inline Expr vec(Expr a) { return {a.b, a.b->pool.vec(a.id)}; }
inline Expr diag(Expr a) { return {a.b, a.b->pool.diag(a.id)}; }
inline Expr diagvec(Expr a) { return {a.b, a.b->pool.diagvec(a.id)}; }
inline Expr trace(Expr a) { return {a.b, a.b->pool.trace(a.id)}; }
inline Expr sum(Expr a) { return {a.b, a.b->pool.total(a.id)}; }
inline Expr sum1(Expr a) { return {a.b, a.b->pool.column_sums(a.id)}; }
inline Expr sum2(Expr a) { return {a.b, a.b->pool.row_sums(a.id)}; }
inline Expr inv(Expr a) { return {a.b, a.b->pool.inverse(a.id)}; }
inline std::string text(Expr a) { return print(a.b->pool, a.id); }

}  // namespace dvec::test
