#include "simplify/readers.hpp"

#include <algorithm>

namespace dvec {

AdjointReaders::AdjointReaders(const TermPool& pool, std::span<const Binding> adjoints, std::span<const TermId> results) {
  for (const Binding& b : adjoints) entries_.emplace(b.name, Entry{});
  const auto count = [&](TermId root, SymbolId reader) {
    const auto read = [&](TermId t) {
      if (pool[t].op != Op::Symbol) return;
      const auto at = entries_.find(pool[t].symbol);
      if (at == entries_.end()) return;
      ++at->second.places;
      at->second.reader = reader;
    };
    read(root);
    for (const TermId t : reachable(pool, root))
      for (const TermId a : pool[t].args) read(a);
  };
  for (const Binding& b : adjoints) count(b.value, b.name);
  for (const TermId t : results) count(t, SymbolId());
  const auto next = [&](const Entry& e) -> Entry* { return e.places == 1 && e.reader.valid() ? &entries_.at(e.reader) : nullptr; };
  for (const Binding& b : adjoints) {
    const Entry& e = entries_.at(b.name);
    if (Entry* reader = next(e)) reader->before = std::max(reader->before, e.before + 1);
  }
  for (auto b = adjoints.rbegin(); b != adjoints.rend(); ++b) {
    Entry& e = entries_.at(b->name);
    if (const Entry* reader = next(e)) e.after = reader->after + 1;
  }
}

std::size_t AdjointReaders::places(SymbolId name) const { return entries_.at(name).places; }

std::size_t AdjointReaders::row_length(SymbolId name) const {
  const Entry& e = entries_.at(name);
  return e.before + e.after;
}

ReaderIndex::ReaderIndex(const TermPool& pool, std::span<const Binding> names) : pool_(pool) {
  for (const Binding& b : names) readers_.try_emplace(b.name);
}

std::vector<SymbolId> ReaderIndex::followed(TermId term) const {
  std::vector<SymbolId> out;
  for (const TermId t : reachable(pool_, term))
    if (pool_[t].op == Op::Symbol && readers_.contains(pool_[t].symbol)) out.push_back(pool_[t].symbol);
  return out;
}

void ReaderIndex::add(TermId term) {
  for (const SymbolId s : followed(term)) readers_.at(s).push_back(terms_.size());
  terms_.push_back(term);
}

void ReaderIndex::replace(std::size_t place, TermId term) {
  for (const SymbolId s : followed(terms_[place])) std::erase(readers_.at(s), place);
  terms_[place] = term;
  for (const SymbolId s : followed(term)) {
    std::vector<std::size_t>& places = readers_.at(s);
    places.insert(std::ranges::lower_bound(places, place), place);
  }
}

std::size_t form_of(const TermPool& pool, TermId term) {
  const auto mixed = [](std::size_t seed, std::size_t value) {
    return seed ^ (value * 0x9e3779b97f4a7c15ULL + (seed << 6U) + (seed >> 2U));
  };
  const std::vector<TermId> nodes = reachable(pool, term);
  std::unordered_map<TermId, std::size_t> form;
  for (const TermId t : nodes) {
    const Node& n = pool[t];
    std::size_t own = mixed(static_cast<std::size_t>(n.op) + 1, static_cast<std::size_t>(n.order));
    own = mixed(own, static_cast<std::size_t>(n.primary));
    if (n.op == Op::Apply) own = mixed(own, n.function.value);
    // Sums and entrywise products list their arguments in an order that depends on names.
    const bool commutes = n.op == Op::Sum || n.op == Op::Hadamard;
    std::size_t together = 0;
    for (std::size_t i = 0; i < n.args.size(); ++i) {
      std::size_t part = mixed(form.at(n.args[i]), 7);
      if (i < n.numbers.size()) part = mixed(part, n.numbers[i].hash());
      if (commutes)
        together += part;
      else
        own = mixed(own, part);
    }
    for (std::size_t i = n.args.size(); i < n.numbers.size(); ++i) own = mixed(own, n.numbers[i].hash());
    form[t] = mixed(own, together);
  }
  return form.at(term);
}

std::size_t occurrences(const TermPool& pool, TermId name, TermId in) {
  std::size_t count = in == name ? 1 : 0;
  for (const TermId t : reachable(pool, in)) count += static_cast<std::size_t>(std::ranges::count(pool[t].args, name));
  return count;
}

}  // namespace dvec
