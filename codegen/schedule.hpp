#pragma once
/// The order of a plan's instructions, and which of them share a loop over columns.

#include "codegen/kernel_plan.hpp"

namespace dvec {

/// Which values an instruction reads, and whether it reads of each only the column (or the entry of a row) at which it is
/// itself.
struct Read {
  ValueId value;
  bool same_column = false;
};
[[nodiscard]] std::vector<Read> reads(const KernelPlan& plan, const Instruction& instruction);

/// The number of columns over which an instruction can be done column by column; not valid when it cannot.
[[nodiscard]] Dim columns_of(const KernelPlan& plan, const Instruction& instruction);
/// Is a column of the result finished once the loop has passed it? (A sum over columns is finished after the loop.)
[[nodiscard]] bool finishes_columns(const KernelPlan& plan, const Instruction& instruction);

/// Puts the instructions in an order in which each follows what it reads, with as few loops as a greedy choice gives:
/// what needs no loop first; then a loop, into which everything goes that reads only finished columns.
void schedule(KernelPlan& plan);

}  // namespace dvec
