#pragma once
/// Rows × columns as interned sizes.

#include <string>

#include "scalar/dim.hpp"

namespace dvec {

struct Shape {
  Dim rows;
  Dim cols;
  friend auto operator<=>(const Shape&, const Shape&) = default;
};

[[nodiscard]] inline Shape transposed(Shape s) { return {s.cols, s.rows}; }
/// "N×p1".
[[nodiscard]] std::string text(Shape s, const DimTable& dims);

}  // namespace dvec
