#include "term/shape.hpp"

namespace dvec {

std::string text(Shape s, const DimTable& dims) {
  const auto side = [&](Dim d) { return dims.is_sum(d) ? "(" + dims.text(d) + ")" : dims.text(d); };
  return side(s.rows) + "×" + side(s.cols);
}

}  // namespace dvec
