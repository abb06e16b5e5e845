#include "simplify/convention.hpp"

#include <array>

#include "support/result.hpp"

namespace dvec {

namespace {

enum class Structure { None, Symmetric, Skew, Diagonal, Lower, Upper };

Structure structure_of(Attribute a) {
  if (has(a, Attribute::Diagonal)) return Structure::Diagonal;
  if (has(a, Attribute::Symmetric) || has(a, Attribute::Spd)) return Structure::Symmetric;
  if (has(a, Attribute::Skew)) return Structure::Skew;
  if (has(a, Attribute::Lower)) return Structure::Lower;
  return has(a, Attribute::Upper) ? Structure::Upper : Structure::None;
}

const char* word(Structure s) {
  switch (s) {
    case Structure::None: return "unstructured";
    case Structure::Symmetric: return "symmetric";
    case Structure::Skew: return "skew";
    case Structure::Diagonal: return "diagonal";
    case Structure::Lower: return "lower triangular";
    case Structure::Upper: return "upper triangular";
  }
  return "";
}

/// What is said beside the answer. `independent` is what it would be with all entries independent: G, J or H.
void say(const Symbol& x, Structure s, const std::string& what, const char* independent, std::vector<std::string>& notes) {
  const char* kind = independent[0] == 'G' ? "gradient" : independent[0] == 'J' ? "Jacobian" : "Hessian";
  notes.push_back(x.name + " is " + word(s) + ": this is " + what + ", " + independent + " the " + kind + " with all entries independent");
}

}  // namespace

TermId apply_convention(TermPool& pool, const Derivative& request, TermId g, std::vector<std::string>& notes) {
  const Symbol& x = pool.symbols[request.wrt];
  const Structure s = structure_of(x.attributes);
  if (s == Structure::None) return g;
  const auto said = [&](const std::string& what) { say(x, s, what, "G", notes); };
  if (request.by_vech) {
    const bool lower = s == Structure::Lower;
    said(lower ? "elimination_matrix*vec(G) (by the free entries, vech)" : "duplication_matrix'*vec(G) (by the free entries, vech)");
    return pool.matmul(pool.transpose(free_entries(pool, request.wrt)), pool.vec(g));
  }
  if (request.convention == Convention::Unconstrained) {
    said("G itself (convention: unconstrained)");
    return g;
  }
  const bool structured = request.convention == Convention::Structured;
  const TermId mirrored = pool.transpose(g), own = pool.diag(pool.diagvec(g));
  switch (s) {
    case Structure::None: return g;
    case Structure::Diagonal: said("the diagonal of G (structured and entries agree)"); return own;
    case Structure::Lower: said("the lower triangle of G (structured and entries agree)"); return pool.tril(g);
    case Structure::Upper:
      said("the upper triangle of G (structured and entries agree)");
      return pool.transpose(pool.tril(mirrored));
    case Structure::Skew:
      said(structured ? "(G-G')/2 (convention: structured)" : "G-G' (convention: entries)");
      return structured ? pool.times(Rational(1, 2), pool.subtract(g, mirrored)) : pool.subtract(g, mirrored);
    case Structure::Symmetric:
      said(structured ? "(G+G')/2 (convention: structured)" : "G+G'-diag(diagvec(G)) (convention: entries)");
      if (structured) return pool.times(Rational(1, 2), pool.add(g, mirrored));
      return pool.sum(std::array{g, mirrored, own}, std::array{Rational(1), Rational(1), Rational(-1)});
  }
  throw Bug("unknown structure");
}

TermId free_entries(TermPool& pool, SymbolId x) {
  const Symbol& symbol = pool.symbols[x];
  const Dim n = symbol.shape.rows;
  return structure_of(symbol.attributes) == Structure::Lower ? pool.transpose(pool.elimination(n)) : pool.duplication(n);
}

TermId convention_matrix(TermPool& pool, const Derivative& request, std::vector<std::string>& notes) {
  const Symbol& x = pool.symbols[request.wrt];
  const Structure s = structure_of(x.attributes);
  const bool hessian = request.kind == DerivativeKind::Hessian;
  if (s == Structure::None) return {};
  const auto said = [&](const std::string& matrix) {
    say(x, s, (hessian ? matrix + "'*H*" : "J*") + matrix + (request.by_vech ? " (by the free entries, vech)" : ""), hessian ? "H" : "J", notes);
  };
  if (request.by_vech) {
    said(s == Structure::Lower ? "elimination_matrix'" : "duplication_matrix");
    return free_entries(pool, request.wrt);
  }
  if (request.convention == Convention::Unconstrained) return {};
  const Shape shape = x.shape;
  const TermId whole = pool.eye(pool.dims.multiply(shape.rows, shape.cols)), swap = pool.commutation(shape.rows, shape.cols);
  const auto only = [&](TermId mask) { return pool.diag(pool.vec(mask)); };
  say(x, s, std::string(hessian ? "P*H*P" : "J*P") + " (convention: structured), P the projection on the structure", hessian ? "H" : "J", notes);
  switch (s) {
    case Structure::None: return {};
    case Structure::Diagonal: return only(pool.eye(shape.rows));
    case Structure::Lower: return only(pool.tril(pool.ones(shape)));
    case Structure::Upper: return only(pool.transpose(pool.tril(pool.ones(shape))));
    case Structure::Skew: return pool.times(Rational(1, 2), pool.subtract(whole, swap));
    case Structure::Symmetric: return pool.times(Rational(1, 2), pool.add(whole, swap));
  }
  throw Bug("unknown structure");
}

}  // namespace dvec
