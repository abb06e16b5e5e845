#include "codegen/cpp_blocks.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "codegen/cpp_size.hpp"

namespace dvec {

std::string room_for_blocks(const KernelPlan& plan) {
  const DimTable& dims = plan.pool->dims;
  const std::map<std::string, std::string> names = dim_identifiers(plan);
  const auto size = [&](Dim d) { return cpp_size(dims, d, names); };
  std::vector<std::string> said;
  const Dim one = plan.pool->dims.one();
  // Sizes are whole and positive: without a minus a size is known to be so.
  const auto may_be_negative = [&](Dim d) { return dims.text(d).find('-') != std::string::npos; };
  const auto check = [&](Dim first, Dim count, Dim whole) {
    const Dim last = dims.subtract(dims.add(first, count), one);
    const auto refuse = [&](const std::string& when, const std::string& what) {
      said.push_back(fmt::format("  if ({}) throw std::invalid_argument(\"{}: {}\");\n", when, plan.name, what));
    };
    if (may_be_negative(dims.subtract(whole, last)))
      refuse(fmt::format("{} < {}", size(whole), size(last)), fmt::format("there is no {} among {}", dims.text(last), dims.text(whole)));
    if (may_be_negative(count)) refuse(fmt::format("{} < 1", size(count)), fmt::format("a slice of {} is empty", dims.text(count)));
    if (may_be_negative(first)) refuse(fmt::format("{} < 1", size(first)), fmt::format("a slice begins at {}", dims.text(first)));
  };
  const auto both = [&](Shape place, Shape part, Shape whole) {
    if (part.rows != whole.rows) check(place.rows, part.rows, whole.rows);
    if (part.cols != whole.cols) check(place.cols, part.cols, whole.cols);
  };
  for (const Instruction& i : plan.instructions) {
    const Shape r = plan[i.result].shape;
    if (i.kind == InstructionKind::Slice) both(i.places[0], r, plan.shape(i.operands[0]));
    if (i.kind == InstructionKind::Place)
      for (std::size_t k = 0; k < i.operands.size(); ++k) both(i.places[k], plan.shape(i.operands[k]), r);
    if (i.kind == InstructionKind::Materialise && i.materialised == Structure::ImplicitSelection) check(i.first, r.cols, r.rows);
  }
  std::string text;
  for (std::size_t k = 0; k < said.size(); ++k)
    if (std::find(said.begin(), said.begin() + static_cast<std::ptrdiff_t>(k), said[k]) == said.begin() + static_cast<std::ptrdiff_t>(k)) text += said[k];
  return text;
}

}  // namespace dvec
