#pragma once
/// Slots by term: an open-addressed table, for schedules are made often and large ones are looked up at every node.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "term/term_pool.hpp"

namespace dvec {

class SlotTable {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  /// The slot of a term, kNone when it has none.
  [[nodiscard]] std::uint32_t find(TermId t) const { return entries_.empty() ? kNone : entries_[place(t)].slot; }
  [[nodiscard]] bool contains(TermId t) const { return find(t) != kNone; }
  void set(TermId t, std::uint32_t slot) {
    if (2 * (count_ + 1) > entries_.size()) grow();
    Entry& e = entries_[place(t)];
    if (!e.term.valid()) {
      e.term = t;
      ++count_;
    }
    e.slot = slot;
  }

 private:
  struct Entry {
    TermId term;
    std::uint32_t slot = kNone;
  };

  /// Where the term is, or would be put.
  [[nodiscard]] std::size_t place(TermId t) const {
    const std::size_t mask = entries_.size() - 1;
    std::size_t at = (t.value * std::uint64_t{0x9e3779b97f4a7c15} >> 20) & mask;
    while (entries_[at].term.valid() && entries_[at].term != t) at = (at + 1) & mask;
    return at;
  }
  void grow() {
    std::vector<Entry> old(entries_.empty() ? 64 : 2 * entries_.size());
    old.swap(entries_);
    for (const Entry& e : old)
      if (e.term.valid()) entries_[place(e.term)] = e;
  }

  std::vector<Entry> entries_;  ///< a power of two
  std::size_t count_ = 0;
};

}  // namespace dvec
