#include "term/op.hpp"

#include <array>

namespace dvec {

namespace {

struct Row {
  std::string_view text;
  int arity;
};

constexpr std::array kRows = {
#define DVEC_OP(name, text, arity) Row{text, arity},
#include "term/op.def"
#undef DVEC_OP
};

}  // namespace

std::string_view name(Op op) { return kRows[static_cast<std::size_t>(op)].text; }
int arity(Op op) { return kRows[static_cast<std::size_t>(op)].arity; }

namespace {

constexpr std::array<std::string_view, 4> kPrimary = {"expm", "logm", "sqrtm", "mpower"};

}  // namespace

std::string_view name(PrimaryFunction f) { return kPrimary[static_cast<std::size_t>(f)]; }

std::optional<PrimaryFunction> primary_function_named(std::string_view text) {
  for (std::size_t i = 0; i < kPrimary.size(); ++i)
    if (kPrimary[i] == text) return static_cast<PrimaryFunction>(i);
  return std::nullopt;
}

std::optional<Op> op_named(std::string_view text) {
  for (std::size_t i = 0; i < kRows.size(); ++i)
    if (kRows[i].text == text) return static_cast<Op>(i);
  return std::nullopt;
}

}  // namespace dvec
