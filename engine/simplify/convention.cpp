#include "simplify/convention.hpp"

#include <array>

namespace dvec {

namespace {

Diagnostic later(const Derivative& request, const std::string& what) {
  return error_at("E-LATER-01", request.span, what + " is part of the language but not yet of this version");
}

}  // namespace

Result<TermId> apply_convention(TermPool& pool, const Derivative& request, TermId g, std::vector<std::string>& notes) {
  const Symbol& x = pool.symbols[request.wrt];
  if (request.by_vech) return later(request, "differentiating by the free entries, vech(" + x.name + "),");
  const Attribute a = x.attributes;
  const bool symmetric = has(a, Attribute::Symmetric) || has(a, Attribute::Spd);
  const bool diagonal = has(a, Attribute::Diagonal), skew = has(a, Attribute::Skew);
  const bool triangular = has(a, Attribute::Lower) || has(a, Attribute::Upper);
  if (!symmetric && !diagonal && !skew && !triangular) return g;
  const std::string structure = diagonal ? "diagonal" : skew ? "skew" : triangular ? "triangular" : "symmetric";
  const TermId mirrored = pool.transpose(g);
  const auto said = [&](const std::string& what) {
    notes.push_back(x.name + " is " + structure + ": " + what + ", G the gradient with all entries independent");
  };
  if (request.convention == Convention::Unconstrained) {
    said("this is G itself (convention: unconstrained)");
    return g;
  }
  if (triangular) return later(request, "the gradient by a triangular matrix under the convention asked for");
  const TermId own = pool.diag(pool.diagvec(g));
  if (diagonal) {
    said("this is the diagonal of G (structured and entries agree)");
    return own;
  }
  const Rational sign(skew ? -1 : 1);
  if (request.convention == Convention::Structured) {
    said(std::string("this is (G") + (skew ? "-" : "+") + "G')/2 (convention: structured)");
    return pool.times(Rational(1, 2), pool.sum(std::array{g, mirrored}, std::array{Rational(1), sign}));
  }
  if (skew) {
    said("this is G-G' (convention: entries)");
    return pool.subtract(g, mirrored);
  }
  said("this is G+G'-diag(diagvec(G)) (convention: entries)");
  return pool.sum(std::array{g, mirrored, own}, std::array{Rational(1), Rational(1), Rational(-1)});
}

}  // namespace dvec
