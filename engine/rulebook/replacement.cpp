#include "rulebook/replacement.hpp"

#include <algorithm>
#include <array>

namespace dvec {

namespace {

/// `all` without the elements of `some`; nothing when one of them is missing.
bool without(std::vector<TermId> all, std::span<const TermId> some, std::vector<TermId>& rest) {
  for (const TermId t : some) {
    const auto at = std::ranges::find(all, t);
    if (at == all.end()) return false;
    all.erase(at);
  }
  rest = std::move(all);
  return true;
}

class Replacing {
 public:
  Replacing(PlainWriter& writer, TermPool& pool, TermId to) : writer_(writer), pool_(pool), to_(to) {}

  std::vector<TermId> at(TermId place, TermId from) {
    if (pool_[place].op == Op::Sum && pool_[place].args.size() > 1) {
      terms(place, from);
      return std::move(out_);
    }
    if (pool_[place].op == Op::Sum && pool_[pool_[place].args[0]].op == Op::Sum) {
      const Rational number = pool_[place].numbers[0];
      terms(pool_[place].args[0], from);
      for (TermId& t : out_) t = writer_.plain(pool_.times(number, t));
      return std::move(out_);
    }
    const auto whole = writer_.parts(place), part = writer_.parts(from);
    std::vector<TermId> scalars;
    if (part.number.is_zero() || (pool_.is_scalar(from) && part.scalars.empty()) || !without(whole.scalars, part.scalars, scalars)) return {};
    outside_ = {whole.number / part.number, std::move(scalars), {}};
    if (pool_.is_scalar(from) || (whole.core == part.core && pool_.shape(place) == pool_.shape(from)))
      keep(to_, whole.core);
    else
      inside(whole.core, part.core);
    return std::move(out_);
  }

 private:
  /// `inner` stands where `from` stood; where that was a scalar the core stays beside it.
  void keep(TermId inner, TermId core) {
    std::vector<TermId> scalars = outside_.scalars;
    if (pool_.is_scalar(to_) && inner == to_ && !pool_.is_scalar(core)) inner = pool_.scale(inner, core);
    if (pool_.is_scalar(inner)) {
      scalars.push_back(inner);
      inner = pool_.hadamard(scalars);
    } else if (!scalars.empty()) {
      inner = pool_.scale(pool_.hadamard(scalars), inner);
    }
    const TermId result = writer_.plain(pool_.times(outside_.number, inner));
    if (std::ranges::find(out_, result) == out_.end()) out_.push_back(result);
  }

  void inside(TermId place, TermId from) {
    const Node w = pool_[place], p = pool_[from];
    if (w.op == Op::MatMul || w.op == Op::Kron) {
      const auto run = p.op == w.op ? p.args : std::span(&from, 1);
      for (std::size_t i = 0; i + run.size() <= w.args.size(); ++i) {
        if (!std::ranges::equal(run, w.args.subspan(i, run.size()))) continue;
        std::vector<TermId> args(w.args.begin(), w.args.begin() + static_cast<std::ptrdiff_t>(i));
        args.push_back(to_);
        args.insert(args.end(), w.args.begin() + static_cast<std::ptrdiff_t>(i + run.size()), w.args.end());
        keep(w.op == Op::Kron ? pool_.kron(args) : pool_.matmul(args), place);
      }
    } else if (w.op == Op::Hadamard) {
      std::vector<TermId> rest;
      if (!without({w.args.begin(), w.args.end()}, p.op == Op::Hadamard ? p.args : std::span(&from, 1), rest)) return;
      rest.push_back(to_);
      keep(pool_.hadamard(rest), place);
    }
  }

  /// Some terms of a sum, up to one number.
  void terms(TermId place, TermId from) {
    const Node w = pool_[place], multiple = pool_[from];
    const Rational one(1);
    TermId single = from;
    Rational share = one;  // of `from` in one of its primitive terms
    if (multiple.op == Op::Sum && multiple.args.size() == 1) {
      single = multiple.args[0];
      share = multiple.numbers[0];
    }
    const Node p = pool_[single];
    const bool many = p.op == Op::Sum;
    const std::span<const TermId> wanted = many ? p.args : std::span<const TermId>(&single, 1);
    const std::span<const Rational> numbers = many ? p.numbers : std::span<const Rational>(&one, 1);
    std::vector<TermId> args{to_};
    std::vector<Rational> all{one};
    std::size_t found = 0;
    for (std::size_t i = 0; i < w.args.size(); ++i) {
      const auto at = std::ranges::find(wanted, w.args[i]);
      if (at == wanted.end()) {
        args.push_back(w.args[i]);
        all.push_back(w.numbers[i]);
        continue;
      }
      const Rational ratio = w.numbers[i] / (share * numbers[static_cast<std::size_t>(at - wanted.begin())]);
      if (found++ == 0)
        all[0] = ratio;
      else if (!(all[0] == ratio))
        return;
    }
    if (found == wanted.size()) out_.push_back(writer_.plain(pool_.sum(args, all)));
  }

  PlainWriter& writer_;
  TermPool& pool_;
  TermId to_;
  PlainWriter::Parts outside_;
  std::vector<TermId> out_;
};

}  // namespace

std::vector<TermId> replacements(PlainWriter& writer, TermPool& pool, TermId place, TermId from, TermId to) {
  return Replacing(writer, pool, to).at(place, from);
}

bool has_root_of(const TermPool& pool, TermId place, TermId side) {
  const Node& n = pool[place];
  const Op wanted = pool[side].op;
  return n.op == wanted || (wanted == Op::Scale && n.op == Op::Sum && n.args.size() == 1);
}

}  // namespace dvec
