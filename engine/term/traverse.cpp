#include "term/traverse.hpp"

#include <algorithm>
#include <array>

namespace dvec {

namespace {

/// A set of terms by open addressing. Most terms that are walked over are small: their set needs no allocation.
class Seen {
 public:
  /// Was it not in the set before?
  bool insert(TermId t) {
    if (2 * (count_ + 1) > capacity_) grow();
    if (!place(t.value)) return false;
    ++count_;
    return true;
  }

 private:
  static constexpr std::uint32_t kEmpty = ~std::uint32_t{0};

  bool place(std::uint32_t value) {
    std::uint32_t* const slots = large_.empty() ? small_.data() : large_.data();
    const std::size_t mask = capacity_ - 1;
    for (std::size_t at = (value * 0x9e3779b1U) >> 7U;; ++at) {
      std::uint32_t& slot = slots[at & mask];
      if (slot == value) return false;
      if (slot != kEmpty) continue;
      slot = value;
      return true;
    }
  }
  void grow() {
    const std::vector<std::uint32_t> old = large_.empty() ? std::vector<std::uint32_t>(small_.begin(), small_.end()) : std::move(large_);
    capacity_ *= 4;
    large_.assign(capacity_, kEmpty);
    for (const std::uint32_t value : old)
      if (value != kEmpty) place(value);
  }

  static constexpr std::size_t kSmall = 128;
  static constexpr std::array<std::uint32_t, kSmall> all_empty() {
    std::array<std::uint32_t, kSmall> out{};
    out.fill(kEmpty);
    return out;
  }
  std::array<std::uint32_t, kSmall> small_ = all_empty();
  std::vector<std::uint32_t> large_;
  std::size_t capacity_ = kSmall, count_ = 0;
};

/// What stands in the place of each node of a term, filled from its leaves upwards.
class Rebuilding {
 public:
  Rebuilding(TermPool& pool, TermId root) : pool_(pool), nodes_(reachable(pool, root)) { done_.reserve(nodes_.size()); }

  [[nodiscard]] const std::vector<TermId>& nodes() const { return nodes_; }
  /// The next node, on its new arguments.
  TermId rebuilt(TermId t) {
    args_.clear();
    bool same = true;
    for (const TermId a : pool_[t].args) {
      args_.push_back(at(a));
      same = same && args_.back() == a;
    }
    return same ? t : pool_.rebuild(t, args_);
  }
  void put(TermId in_its_place) { done_.push_back(in_its_place); }
  [[nodiscard]] TermId last() const { return done_.back(); }

 private:
  [[nodiscard]] TermId at(TermId t) const {
    return done_[static_cast<std::size_t>(std::lower_bound(nodes_.begin(), nodes_.end(), t) - nodes_.begin())];
  }

  TermPool& pool_;
  std::vector<TermId> nodes_, done_, args_;
};

}  // namespace

std::vector<TermId> reachable(const TermPool& pool, std::span<const TermId> roots) {
  Seen seen;
  std::vector<TermId> out;
  for (const TermId r : roots)
    if (seen.insert(r)) out.push_back(r);
  for (std::size_t i = 0; i < out.size(); ++i)
    for (const TermId a : pool[out[i]].args)
      if (seen.insert(a)) out.push_back(a);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<TermId> reachable(const TermPool& pool, TermId root) { return reachable(pool, std::array{root}); }

TermId substitute(TermPool& pool, TermId term, const TermMap& by) {
  if (by.empty()) return term;
  Rebuilding r(pool, term);
  for (const TermId t : r.nodes()) {
    const auto replaced = by.find(t);
    r.put(replaced != by.end() ? replaced->second : r.rebuilt(t));
  }
  return r.last();
}

TermId substitute(TermPool& pool, TermId term, SymbolId symbol, TermId by) {
  return substitute(pool, term, {{pool.symbol(symbol), by}});
}

TermId transform(TermPool& pool, TermId term, const std::function<TermId(TermId)>& visit) {
  Rebuilding r(pool, term);
  for (const TermId t : r.nodes()) r.put(visit(r.rebuilt(t)));
  return r.last();
}

bool occurs(const TermPool& pool, SymbolId symbol, TermId in) {
  return std::ranges::any_of(reachable(pool, in), [&](TermId t) {
    return pool[t].op == Op::Symbol && pool[t].symbol == symbol;
  });
}

std::vector<SymbolId> symbols_of(const TermPool& pool, TermId term) {
  std::vector<SymbolId> out;
  for (const TermId t : reachable(pool, term))
    if (pool[t].op == Op::Symbol) out.push_back(pool[t].symbol);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace dvec
