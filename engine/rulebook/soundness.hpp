#pragma once
/// Is a block true? Every block in exact arithmetic, at chosen sizes, judged by the oracle, which knows no rules.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "rulebook/rule.hpp"
#include "scalar/dim.hpp"

namespace dvec {

enum class Soundness {
  Sound,
  Unsound,   ///< refuted at some sizes
  Untested,  ///< no point with a value at pairwise distinct sizes, or an operation that no arithmetic supports
};

/// One statement of a block at one choice of sizes.
struct SoundnessCheck {
  std::string statement;  ///< "vec L[X] = (kron(eye(p), A))*vec(X)"
  DimValues sizes;        ///< by the names of the block: "m" is 2
  Soundness verdict = Soundness::Untested;
  bool required = true;  ///< false where some size is 1: there, a block need not have a value
  std::string reason;    ///< why not sound
};

struct SoundnessReport {
  std::string rule;
  std::vector<SoundnessCheck> checks;
  /// Unsound if any check is; Untested if a required one is; else Sound.
  [[nodiscard]] Soundness verdict() const;
  /// "hadamard/product: sound (5 checks)" or the first failing statement with its sizes.
  [[nodiscard]] std::string text() const;
};

/// Tests one block:
///   operator   d is the differential of form (dual numbers)
///   linear     vec L[X] = M vec X and <G, L[X]> = <adjoint, X>
///   rule       from = to
///   element    d is the derivative of f: by the oracle's dual numbers, and by differences of the C library's f
///   define     the meaning has a value
/// Sizes: 2, 3, 5, ... in both orders, so that no two are equal (a wrong K(m,q) passes whenever m = q); then each size
/// in turn 1, then all.
[[nodiscard]] SoundnessReport test_soundness(TermPool& pool, const Rule& rule, std::uint64_t seed = 1);

/// The choices of sizes for so many size names; the first two have pairwise distinct sizes >= 2.
[[nodiscard]] std::vector<std::vector<std::int64_t>> size_choices(std::size_t names);

}  // namespace dvec
