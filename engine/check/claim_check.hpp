#pragma once
/// Claims judged: by index form (all sizes), and by exact evaluation at random points, which never calls the
/// differentiator. The two may not contradict each other.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "calculus/derivation.hpp"
#include "oracle/equal.hpp"

namespace dvec {

struct ClaimVerdict {
  Verdict verdict = Verdict::Undecided;
  std::string certificate;         ///< of a `true`: "symbolic", "exact", "numeric"; empty otherwise
  std::string error_bound;         ///< exact: "2^-100"; numeric: "30 digits"; empty otherwise
  std::vector<DimValues> sizes;    ///< tried
  int points = 0;                  ///< at which both sides were evaluated
  std::string reason;              ///< one line: why false, ill-typed or undecided; what a `true` assumes; may be empty
  std::string repair;              ///< the claim that would be true, in the language; may be empty
  std::optional<Witness> witness;  ///< of a `false` ==, of a `true` !=
  bool as_expected = true;         ///< false when the claim carries another expected verdict
};

/// "true", "false", "ill-typed", "undecided".
[[nodiscard]] const char* text(Verdict verdict);

/// One claim. `definitions`: the program's lets, the answers' lines, and the result of every derivative of the program,
/// in dependency order. Where one side is a derivative alone (or its transpose), the other is tested as that derivative
/// by dual numbers; derivatives within sides stand for their closed forms.
/// "symbolic" is said of a claim about derivatives only with their `answers`, and when no step of these rests on exact
/// evaluation. An ill-typed claim passes through with its reason. Throws Bug when the two ways contradict each other.
[[nodiscard]] ClaimVerdict check_claim(TermPool& pool, const Program& program, const Claim& claim,
                                       std::span<const Definition> definitions, const EqualOptions& options = {},
                                       const Answers* answers = nullptr);

/// All claims of a program, in order.
[[nodiscard]] std::vector<ClaimVerdict> check_claims(TermPool& pool, const Program& program,
                                                     std::span<const Definition> definitions,
                                                     const EqualOptions& options = {},
                                                     const Answers* answers = nullptr);

}  // namespace dvec
