#pragma once
/// The order in which a set of terms is evaluated: each shared node once, each let where it is first needed.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "oracle/slot_table.hpp"
#include "support/result.hpp"
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
  static constexpr std::uint32_t kNone = SlotTable::kNone;

  struct Item {
    TermId term;
    std::uint32_t definition = kNone;  ///< Symbol of a defined let: the slot of its value
    std::uint32_t latest = kNone;      ///< the last drawn variable on which this item depends, as a slot
    std::uint32_t args_begin = 0;      ///< slots of the arguments, in `args`
    std::uint32_t args_end = 0;
    /// Places among the distinct sizes: of the shape, and of the sizes that the node itself has (0 where it has none).
    std::uint32_t rows = 0, cols = 0, first = 0, second = 0;
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
  /// Requires: the term occurs.
  [[nodiscard]] std::uint32_t slot(TermId term) const {
    const std::uint32_t found = slots_.find(term);
    require(found != kNone, "a term that is scheduled");
    return found;
  }
  [[nodiscard]] bool contains(TermId term) const { return slots_.contains(term); }
  /// Slot of a symbol's node, kNone when it does not occur.
  [[nodiscard]] std::uint32_t slot(SymbolId symbol) const;
  /// Slots of the variables to be drawn, in order.
  [[nodiscard]] const std::vector<std::uint32_t>& variables() const { return variables_; }
  /// Size symbols that occur in shapes or as scalars, sorted by name.
  [[nodiscard]] const std::vector<std::string>& size_symbols() const { return size_symbols_; }
  /// The distinct sizes of shapes and nodes.
  [[nodiscard]] const std::vector<Dim>& distinct_sizes() const { return dims_; }
  /// Slots at which roots are taken entrywise, and of Cholesky factors.
  [[nodiscard]] const std::vector<std::uint32_t>& root_slots() const { return roots_; }
  /// Whether a slot is needed for one of these terms, lets seen through.
  [[nodiscard]] std::vector<bool> needed_for(std::span<const TermId> terms) const;
  /// Does an operator occur?
  [[nodiscard]] bool uses(Op op) const { return (ops_ >> static_cast<unsigned>(op) & 1U) != 0; }

 private:
  const TermPool* pool_;
  std::vector<Item> items_;
  std::vector<std::uint32_t> args_;
  SlotTable slots_;
  std::unordered_map<SymbolId, std::uint32_t> symbol_slots_;
  std::vector<std::uint32_t> variables_, roots_;
  std::vector<Dim> dims_;
  std::vector<std::string> size_symbols_;
  std::uint64_t ops_ = 0;
};

/// Sizes put into a schedule.
class Layout {
 public:
  Layout(const Schedule& schedule, DimValues sizes);

  // The node's own sizes; 0 where one is no positive integer.
  [[nodiscard]] std::size_t rows(std::size_t slot) const { return values_[(*schedule_)[slot].rows]; }
  [[nodiscard]] std::size_t cols(std::size_t slot) const { return values_[(*schedule_)[slot].cols]; }
  [[nodiscard]] std::size_t first(std::size_t slot) const { return values_[(*schedule_)[slot].first]; }
  [[nodiscard]] std::size_t second(std::size_t slot) const { return values_[(*schedule_)[slot].second]; }
  [[nodiscard]] std::size_t entries(std::size_t slot) const { return rows(slot) * cols(slot); }
  [[nodiscard]] const DimValues& sizes() const { return sizes_; }

 private:
  const Schedule* schedule_;
  DimValues sizes_;
  std::vector<std::size_t> values_;  ///< parallel to the schedule's distinct sizes
};

/// What one evaluation costs at these sizes.
struct Cost {
  double largest = 0;       ///< entries of the largest matrix that must be written out
  double multiplications = 0;
};
/// Nothing when a shape has no positive integer value there, or a slice reaches beyond its matrix.
[[nodiscard]] std::optional<Cost> cost(const Schedule& schedule, const Layout& layout);
[[nodiscard]] inline std::optional<Cost> cost(const Schedule& schedule, const DimValues& sizes) {
  return cost(schedule, Layout(schedule, sizes));
}
/// Entries under roots that must turn out to be squares together, for one draw of the variable that was drawn last before
/// them; the most of any variable. The columns of a matrix that has those of the variable (the same size by name) can be
/// drawn each for itself, or the rows: then the entries of one of them.
[[nodiscard]] double roots_at_once(const Schedule& schedule, const Layout& layout);

}  // namespace dvec
