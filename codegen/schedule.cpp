#include "codegen/schedule.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "support/result.hpp"

namespace dvec {

namespace {

Extent extent_of(const KernelPlan& plan, Shape s) {
  const Dim one = plan.pool->dims.one();
  if (s.rows == one) return s.cols == one ? Extent::Scalar : Extent::Row;
  return s.cols == one ? Extent::Column : Extent::Full;
}

bool has_sum(const EntryExpr& e) {
  return e.kind == EntryExpr::Kind::Sum || std::ranges::any_of(e.args, [](const EntryExpr& a) { return has_sum(a); });
}

}  // namespace

std::vector<Read> reads(const KernelPlan& plan, const Instruction& i) {
  std::vector<Read> out;
  for (const PlanOperand& o : i.operands) out.push_back({o.value, false});
  for (const auto& [value, turned] : leaves(i.entries)) {
    const Extent e = extent_of(plan, plan.shape({value, turned}));
    out.push_back({value, e == Extent::Row || (e == Extent::Full && !turned)});
  }
  for (const auto& [value, turned] : leaves(i.scale)) out.push_back({value, false});
  if (i.diagonal)
    for (const auto& [value, turned] : leaves(*i.diagonal)) out.push_back({value, false});
  return out;
}

Dim columns_of(const KernelPlan& plan, const Instruction& i) {
  switch (i.kind) {
    case InstructionKind::Map: {
      const Shape s = plan[i.result].shape;
      const Extent e = extent_of(plan, s);
      return e == Extent::Full || e == Extent::Row ? s.cols : Dim{};
    }
    case InstructionKind::Total: case InstructionKind::ColumnSums: case InstructionKind::RowSums:
      return extent_of(plan, i.domain) == Extent::Full ? i.domain.cols : Dim{};
    case InstructionKind::Product: case InstructionKind::Diagonal: case InstructionKind::Factorise: case InstructionKind::Solve:
    case InstructionKind::Invert: case InstructionKind::LogDet: case InstructionKind::Det: case InstructionKind::Reshape:
    case InstructionKind::Slice: case InstructionKind::Place: case InstructionKind::LowerTriangle: case InstructionKind::ColumnMaxima: case InstructionKind::TriangleRows:
    case InstructionKind::CholeskyFactor: case InstructionKind::PseudoInverse: case InstructionKind::MatrixFunction:
    case InstructionKind::Materialise: case InstructionKind::Copy: return {};
  }
  throw Bug("unknown instruction");
}

bool finishes_columns(const KernelPlan& plan, const Instruction& i) {
  return columns_of(plan, i).valid() && (i.kind == InstructionKind::Map || i.kind == InstructionKind::ColumnSums);
}

namespace {

/// Needs the loop: a row that is no sum can as well be computed at once.
bool needs_loop(const KernelPlan& plan, const Instruction& i) {
  if (!columns_of(plan, i).valid()) return false;
  return i.kind != InstructionKind::Map || extent_of(plan, plan[i.result].shape) == Extent::Full || has_sum(i.entries);
}

class Scheduler {
 public:
  explicit Scheduler(KernelPlan& plan) : plan_(plan), waits_(plan.instructions.size(), 0), readers_(plan.instructions.size()) {
    std::map<ValueId, std::size_t> maker;
    for (std::size_t i = 0; i < plan.instructions.size(); ++i) maker[plan.instructions[i].result] = i;
    for (std::size_t i = 0; i < plan.instructions.size(); ++i)
      for (const Read& r : reads(plan, plan.instructions[i])) {
        const auto m = maker.find(r.value);
        if (m == maker.end()) continue;  // an argument
        const Dim columns = columns_of(plan, plan.instructions[i]);
        const bool local = r.same_column && columns.valid() && columns == columns_of(plan, plan.instructions[m->second]) &&
                           finishes_columns(plan, plan.instructions[m->second]);
        readers_[m->second].push_back({i, local});
        ++waits_[i];
      }
  }

  void run() {
    for (std::size_t i = 0; i < waits_.size(); ++i)
      if (waits_[i] == 0) ready_.insert(i);
    while (!ready_.empty()) {
      const auto whole = std::ranges::find_if(ready_, [&](std::size_t i) { return !columns_of(plan_, plan_.instructions[i]).valid(); });
      if (whole != ready_.end()) one(*whole);
      else loop();
    }
    require(order_.size() == plan_.instructions.size(), "instructions depend on each other in a circle");
    std::vector<Instruction> sorted;
    for (const std::size_t i : order_) sorted.push_back(std::move(plan_.instructions[i]));
    plan_.instructions = std::move(sorted);
    plan_.steps = std::move(steps_);
  }

 private:
  struct Reader {
    std::size_t instruction;
    bool local;  ///< may read while the loop is at the same column
  };

  void place(std::size_t i) {
    ready_.erase(i);
    order_.push_back(i);
  }

  void release(std::size_t reader) {
    if (--waits_[reader] == 0) ready_.insert(reader);
  }

  void one(std::size_t i) {
    if (!steps_.empty() && !steps_.back().by_column) ++steps_.back().end;
    else steps_.push_back({order_.size(), order_.size() + 1, false, {}});
    place(i);
    for (const Reader& r : readers_[i]) release(r.instruction);
  }

  void loop() {
    // Begun for the first that needs it; when none does, the rows that are ready are computed at once.
    auto first = std::ranges::find_if(ready_, [&](std::size_t i) { return needs_loop(plan_, plan_.instructions[i]); });
    if (first == ready_.end()) {
      one(*ready_.begin());
      return;
    }
    const Dim columns = columns_of(plan_, plan_.instructions[*first]);
    PlanStep step{order_.size(), order_.size(), true, columns};
    std::vector<std::size_t> later;
    while (true) {
      const auto next = std::ranges::find_if(ready_, [&](std::size_t i) { return columns_of(plan_, plan_.instructions[i]) == columns; });
      if (next == ready_.end()) break;
      const std::size_t i = *next;
      place(i);
      for (const Reader& r : readers_[i]) {
        if (r.local) release(r.instruction);
        else later.push_back(r.instruction);
      }
    }
    step.end = order_.size();
    steps_.push_back(step);
    for (const std::size_t r : later) release(r);
  }

  KernelPlan& plan_;
  std::vector<std::size_t> waits_;  ///< reads that are not yet there
  std::vector<std::vector<Reader>> readers_;
  std::set<std::size_t> ready_;
  std::vector<std::size_t> order_;
  std::vector<PlanStep> steps_;
};

}  // namespace

void schedule(KernelPlan& plan) { Scheduler(plan).run(); }

}  // namespace dvec
