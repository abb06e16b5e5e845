#include "oracle/primitive.hpp"

#include <array>
#include <utility>

namespace dvec {

std::optional<Primitive> primitive_named(std::string_view name) {
  using P = Primitive;
  constexpr std::array kNames = {
      std::pair{"exp", P::Exp},   std::pair{"log", P::Log},         std::pair{"sqrt", P::Sqrt},         std::pair{"sin", P::Sin},
      std::pair{"cos", P::Cos},   std::pair{"tan", P::Tan},         std::pair{"sinh", P::Sinh},         std::pair{"cosh", P::Cosh},
      std::pair{"tanh", P::Tanh}, std::pair{"atan", P::Atan},       std::pair{"abs", P::Abs},           std::pair{"sign", P::Sign},
      std::pair{"step", P::Step}, std::pair{"relu", P::Relu},       std::pair{"sigmoid", P::Sigmoid},   std::pair{"softplus", P::Softplus},
      std::pair{"erf", P::Erf},   std::pair{"gammaln", P::Gammaln}, std::pair{"psi", P::Psi},
  };
  for (const auto& [text, primitive] : kNames)
    if (name == text) return primitive;
  return std::nullopt;
}

}  // namespace dvec
