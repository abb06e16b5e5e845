#include "codegen/structure.hpp"

#include "support/result.hpp"

namespace dvec {

std::string_view name(Structure structure) {
  switch (structure) {
    case Structure::Dense: return "dense";
    case Structure::Scalar: return "scalar";
    case Structure::Diagonal: return "diagonal";
    case Structure::RowBroadcast: return "row broadcast";
    case Structure::ColumnBroadcast: return "column broadcast";
    case Structure::Symmetric: return "symmetric";
    case Structure::Identity: return "identity";
    case Structure::Constant: return "constant";
    case Structure::ImplicitKronecker: return "implicit kronecker";
    case Structure::ImplicitCommutation: return "implicit commutation";
    case Structure::ImplicitSelection: return "implicit selection";
    case Structure::ImplicitDuplication: return "implicit duplication";
    case Structure::ImplicitElimination: return "implicit elimination";
    case Structure::Materialised: return "materialised";
  }
  throw Bug("unknown structure");
}

bool is_implicit(Structure structure) {
  switch (structure) {
    case Structure::Dense: case Structure::Scalar: case Structure::Symmetric: case Structure::Materialised: return false;
    case Structure::Diagonal: case Structure::RowBroadcast: case Structure::ColumnBroadcast: case Structure::Identity:
    case Structure::Constant: case Structure::ImplicitKronecker: case Structure::ImplicitCommutation:
    case Structure::ImplicitSelection: case Structure::ImplicitDuplication: case Structure::ImplicitElimination: return true;
  }
  throw Bug("unknown structure");
}

Extent join(Extent a, Extent b) {
  if (a == b || b == Extent::Scalar) return a;
  return a == Extent::Scalar ? b : Extent::Full;
}

}  // namespace dvec
