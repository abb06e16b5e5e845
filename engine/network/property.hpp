#pragma once
/// What is known of a term from declared attributes and its build: symmetric, never negative.

#include <functional>
#include <unordered_map>

#include "term/traverse.hpp"

namespace dvec {

class Properties {
 public:
  /// `definitions`: symbols of lets to their values, looked into when a let itself is asked about.
  Properties(const TermPool& pool, const TermMap& definitions) : pool_(&pool), definitions_(&definitions) {}

  [[nodiscard]] bool symmetric(TermId t) const;
  [[nodiscard]] bool nonnegative(TermId t) const;

 private:
  [[nodiscard]] bool symmetric(TermId t, int depth) const;
  [[nodiscard]] bool nonnegative(TermId t, int depth) const;
  [[nodiscard]] bool transposes(TermId a, TermId b) const;

  const TermPool* pool_;
  const TermMap* definitions_;
  mutable std::unordered_map<TermId, bool> symmetric_memo_, nonnegative_memo_;
};

}  // namespace dvec
