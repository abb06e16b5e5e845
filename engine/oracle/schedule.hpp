#pragma once
/// The order in which a set of terms is evaluated: each shared node once, each let where it is first needed.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "term/term_pool.hpp"

namespace dvec {

/// A let's name and what it stands for. (The engine's bindings, without their places in a source text.)
struct Definition {
  SymbolId name;
  TermId value;
};

/// Definitions of anything that has `name` and `value`: the lets of a program, the lines of an answer.
template <class Bindings>
[[nodiscard]] std::vector<Definition> definitions(const Bindings& bindings) {
  std::vector<Definition> out;
  for (const auto& b : bindings) out.push_back({b.name, b.value});
  return out;
}

class Schedule {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  struct Item {
    TermId term;
    std::uint32_t definition = kNone;  ///< Symbol of a defined let: the slot of its value
    std::uint32_t latest = kNone;      ///< the last drawn variable on which this item depends, as a slot
    std::uint32_t args_begin = 0;      ///< slots of the arguments, in `args`
    std::uint32_t args_end = 0;
    bool wanted_dense = true;          ///< false when only products use it and they can apply it unmaterialised
  };

  /// Depth first, without recursion; a variable is drawn just before its first use, so that it can be drawn again
  /// without evaluating again what stands before it. A let without a definition is a free variable.
  /// Later definitions may use earlier ones only.
  Schedule(const TermPool& pool, std::span<const TermId> roots, std::span<const Definition> definitions);

  [[nodiscard]] const TermPool& pool() const { return *pool_; }
  [[nodiscard]] std::size_t size() const { return items_.size(); }
  [[nodiscard]] const Item& operator[](std::size_t slot) const { return items_[slot]; }
  [[nodiscard]] const Node& node(std::size_t slot) const { return (*pool_)[items_[slot].term]; }
  [[nodiscard]] std::span<const std::uint32_t> args(std::size_t slot) const {
    return std::span(args_).subspan(items_[slot].args_begin, items_[slot].args_end - items_[slot].args_begin);
  }
  [[nodiscard]] std::uint32_t slot(TermId term) const { return slots_.at(term); }
  [[nodiscard]] bool contains(TermId term) const { return slots_.contains(term); }
  /// Slot of a symbol's node, kNone when it does not occur.
  [[nodiscard]] std::uint32_t slot(SymbolId symbol) const;
  /// Slots of the variables to be drawn, in order.
  [[nodiscard]] const std::vector<std::uint32_t>& variables() const { return variables_; }
  /// Size symbols that occur in shapes or as scalars, sorted by name.
  [[nodiscard]] const std::vector<std::string>& size_symbols() const { return size_symbols_; }
  /// Does an operator occur? An elementwise function of this name?
  [[nodiscard]] bool uses(Op op) const { return (ops_ >> static_cast<unsigned>(op) & 1U) != 0; }

 private:
  const TermPool* pool_;
  std::vector<Item> items_;
  std::vector<std::uint32_t> args_;
  std::unordered_map<TermId, std::uint32_t> slots_;
  std::unordered_map<SymbolId, std::uint32_t> symbol_slots_;
  std::vector<std::uint32_t> variables_;
  std::vector<std::string> size_symbols_;
  std::uint64_t ops_ = 0;
};

/// What one evaluation costs at these sizes.
struct Cost {
  double largest = 0;       ///< entries of the largest matrix that must be written out
  double multiplications = 0;
  double roots = 0;  ///< entries of the largest matrix of which roots are taken entrywise
};
/// Nothing when a shape has no positive integer value there, or a slice reaches beyond its matrix.
[[nodiscard]] std::optional<Cost> cost(const Schedule& schedule, const DimValues& sizes);

}  // namespace dvec
