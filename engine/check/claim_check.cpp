#include "check/claim_check.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "check/diagnosis.hpp"
#include "network/index_form.hpp"
#include "support/result.hpp"
#include "term/term_print.hpp"
#include "term/traverse.hpp"

namespace dvec {

namespace {

constexpr std::size_t kNamesAsAtoms = 200, kNamesPutIn = 120;  ///< monomials that the index form may have
constexpr std::uint64_t kLargestRepair = 400;                  ///< nodes of a closed form given as repair

DerivativeForm form_of(DerivativeKind kind) {
  switch (kind) {
    case DerivativeKind::Gradient: return DerivativeForm::Gradient;
    case DerivativeKind::Jacobian: return DerivativeForm::Jacobian;
    case DerivativeKind::Hessian: return DerivativeForm::Hessian;
    case DerivativeKind::Differential: return DerivativeForm::Differential;
  }
  throw Bug("unknown kind of derivative");
}

Reading reading_of(const Derivative& d) {
  if (d.by_vech) return Reading::Stacked;
  switch (d.convention) {
    case Convention::Structured: return Reading::Structured;
    case Convention::Entries: return Reading::Entries;
    case Convention::Unconstrained: return Reading::Unconstrained;
  }
  throw Bug("unknown convention");
}

class ClaimJudge {
 public:
  ClaimJudge(TermPool& pool, const Program& program, std::span<const Definition> definitions,
             const EqualOptions& options, const Answers* answers)
      : pool_(pool), program_(program), definitions_(definitions), options_(options), answers_(answers) {}

  ClaimVerdict judge(const Claim& claim) {
    if (!claim.ill_typed.empty()) {
      ClaimVerdict v;
      v.verdict = Verdict::IllTyped;
      v.reason = ill_typed_reason(claim);
      v.repair = claim.ill_typed.front().repair;
      return v;
    }
    const bool same = same_form(claim.left, claim.right);
    const Equality equality = evaluate(claim.left, claim.right);
    if (same && equality.outcome == Comparison::Different)
      throw Bug(fmt::format("the claim {} has one index form on both sides and is refuted by evaluation", claim.text));
    ClaimVerdict v = verdict(equality, same, claim.negated);
    if (equality.outcome == Comparison::Different && !claim.negated) {
      if (auto found = diagnose(pool_, claim, program_, definitions_, equality, options_)) {
        v.reason = std::move(found->reason);
        v.repair = std::move(found->repair);
      } else {
        v.repair = closed_form(claim);
      }
    }
    return v;
  }

 private:
  /// The derivative that a term is, alone.
  [[nodiscard]] const Derivative* derivative(TermId t) const {
    if (pool_[t].op != Op::Symbol) return nullptr;
    for (const Derivative& d : program_.derivatives)
      if (d.result == pool_[t].symbol) return &d;
    return nullptr;
  }

  /// Equal for all sizes, by steps that can be replayed.
  [[nodiscard]] bool same_form(TermId a, TermId b) {
    if (same_index_form(pool_, a, b, {}, kNamesAsAtoms) == SameForm::Yes) return true;
    TermMap used;
    std::set<SymbolId> names;
    const auto take = [&](TermId t) {
      for (const SymbolId s : symbols_of(pool_, t)) names.insert(s);
    };
    take(a);
    take(b);
    for (auto d = definitions_.rbegin(); d != definitions_.rend(); ++d)
      if (names.contains(d->name)) {
        take(d->value);
        used[pool_.symbol(d->name)] = d->value;
      }
    if (used.empty() || !std::ranges::all_of(program_.derivatives, [&](const Derivative& d) {
          return !names.contains(d.result) || derived_symbolically(d);
        }))
      return false;
    return same_index_form(pool_, a, b, used, kNamesPutIn) == SameForm::Yes;
  }

  /// No step of the derivation, or of the lines that derivations share, rests on exact evaluation.
  [[nodiscard]] bool derived_symbolically(const Derivative& d) const {
    if (answers_ == nullptr) return false;
    const auto symbolic = [](const Trace& t) {
      return std::ranges::none_of(t.steps, [](const Step& s) { return s.kind == StepKind::Exact; });
    };
    const auto at =
        std::ranges::find_if(answers_->derivations, [&](const Derivation& x) { return x.request.result == d.result; });
    return at != answers_->derivations.end() && symbolic(at->trace) && symbolic(answers_->line_trace);
  }

  /// Equality by evaluation; of a derivative with a candidate by dual numbers.
  [[nodiscard]] Equality evaluate(TermId left, TermId right) {
    for (const auto& [side, other] : {std::pair(left, right), std::pair(right, left)})
      for (const bool turned : {false, true}) {
        if (turned && pool_[side].op != Op::Transpose) continue;
        const Derivative* d = derivative(turned ? pool_[side].args[0] : side);
        if (d != nullptr) return as_derivative(*d, turned ? pool_.transpose(other) : other, left, right);
      }
    return are_equal(pool_, left, right, definitions_, options_);
  }

  /// By dual numbers; the closed forms serve where dual numbers do not reach, and for a witness with both sides.
  [[nodiscard]] Equality as_derivative(const Derivative& d, TermId candidate, TermId left, TermId right) {
    DerivativeQuestion q;
    q.form = form_of(d.kind);
    q.of = d.of;
    q.wrt = d.wrt;
    q.candidate = candidate;
    q.reading = reading_of(d);
    q.direction = d.direction;
    Equality dual = derivative_equals(pool_, q, definitions_, options_);
    if (dual.equal()) return dual;
    Equality direct = are_equal(pool_, left, right, definitions_, options_);
    if (dual.outcome != Comparison::Different) return direct;
    if (direct.equal())
      throw Bug(fmt::format("{} is refuted as {} by dual numbers, and equals its closed form", print(pool_, candidate),
                            pool_.symbols[d.result].name));
    return direct.outcome == Comparison::Different ? direct : dual;
  }

  /// "grad(R,x) == ..." when a side is that derivative alone and its closed form needs no names but the program's.
  [[nodiscard]] std::string closed_form(const Claim& claim) const {
    const Derivative* d = derivative(claim.left);
    if (d == nullptr) d = derivative(claim.right);
    if (d == nullptr) return {};
    const auto at = std::ranges::find(definitions_, d->result, &Definition::name);
    if (at == definitions_.end() || pool_[at->value].weight > kLargestRepair) return {};
    for (const SymbolId s : symbols_of(pool_, at->value))
      if (program_.find(s) == nullptr && std::ranges::find(program_.variables, s) == program_.variables.end())
        return {};
    return fmt::format("{} == {}", pool_.symbols[d->result].name, print(pool_, at->value));
  }

  [[nodiscard]] static ClaimVerdict verdict(const Equality& e, bool same_form, bool negated) {
    ClaimVerdict v;
    v.sizes.assign(e.sizes.begin(), e.sizes.end());
    v.points = e.trials;
    if (same_form || e.equal()) {
      v.verdict = negated ? Verdict::False : Verdict::True;
      v.reason = negated ? "both sides are equal" : e.equal() ? e.reason : "";
      if (!negated) certify(e, same_form, v);
      return v;
    }
    switch (e.outcome) {
      case Comparison::Different:
        v.verdict = negated ? Verdict::True : Verdict::False;
        if (negated) v.certificate = e.method == Method::Field ? "exact" : "numeric";
        v.reason = e.reason;
        v.witness = e.witness;
        break;
      case Comparison::Undefined:
        v.reason = e.reason.empty() ? "no point was found at which both sides are defined" : e.reason;
        break;
      case Comparison::Unsupported: v.reason = e.reason; break;
      case Comparison::Equal: throw Bug("equality was answered before");
    }
    return v;
  }

  static void certify(const Equality& e, bool same_form, ClaimVerdict& v) {
    if (same_form) {
      v.certificate = "symbolic";
    } else if (e.method == Method::Field) {
      v.certificate = "exact";
      if (e.error_bits > 0) v.error_bound = fmt::format("2^-{}", e.error_bits);
    } else {
      v.certificate = "numeric";
      const double error = e.worst_relative_error > 0 ? e.worst_relative_error : 1e-33;
      v.error_bound = fmt::format("{} digits", static_cast<int>(std::floor(-std::log10(error))));
    }
  }

  TermPool& pool_;
  const Program& program_;
  std::span<const Definition> definitions_;
  const EqualOptions& options_;
  const Answers* answers_;
};

}  // namespace

const char* text(Verdict verdict) {
  switch (verdict) {
    case Verdict::True: return "true";
    case Verdict::False: return "false";
    case Verdict::IllTyped: return "ill-typed";
    case Verdict::Undecided: return "undecided";
  }
  throw Bug("unknown verdict");
}

ClaimVerdict check_claim(TermPool& pool, const Program& program, const Claim& claim,
                         std::span<const Definition> definitions, const EqualOptions& options, const Answers* answers) {
  ClaimVerdict v = ClaimJudge(pool, program, definitions, options, answers).judge(claim);
  v.as_expected = !claim.expected || *claim.expected == v.verdict;
  return v;
}

std::vector<ClaimVerdict> check_claims(TermPool& pool, const Program& program, std::span<const Definition> definitions,
                                       const EqualOptions& options, const Answers* answers) {
  std::vector<ClaimVerdict> out;
  for (const Claim& claim : program.claims)
    out.push_back(check_claim(pool, program, claim, definitions, options, answers));
  return out;
}

}  // namespace dvec
