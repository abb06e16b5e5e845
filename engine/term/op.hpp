#pragma once
/// The operators and their table, from op.def. A new row makes every `switch` that must know it fail to compile.

#include <cstdint>
#include <optional>
#include <string_view>

namespace dvec {

enum class Op : std::uint8_t {
#define DVEC_OP(name, text, arity) name,
#include "term/op.def"
#undef DVEC_OP
};

[[nodiscard]] std::string_view name(Op op);
[[nodiscard]] std::optional<Op> op_named(std::string_view text);
/// Functions of square matrices that come from functions of numbers.
enum class PrimaryFunction : std::uint8_t { Exponential, Logarithm, SquareRoot, Power };
/// expm, logm, sqrtm, mpower.
[[nodiscard]] std::string_view name(PrimaryFunction f);
[[nodiscard]] std::optional<PrimaryFunction> primary_function_named(std::string_view text);

/// Number of arguments; -1: two or more, -2: one or more.
[[nodiscard]] int arity(Op op);
[[nodiscard]] inline bool is_leaf(Op op) { return arity(op) == 0; }

}  // namespace dvec
