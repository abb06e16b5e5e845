#include "codegen/structure.hpp"

#include "support/result.hpp"

namespace dvec {

std::string_view name(Structure s) {
  switch (s) {
    case Structure::Dense: return "Dense";
    case Structure::Scalar: return "Scalar";
    case Structure::Diagonal: return "Diagonal";
    case Structure::RowBroadcast: return "RowBroadcast";
    case Structure::ColumnBroadcast: return "ColumnBroadcast";
    case Structure::Identity: return "Identity";
    case Structure::Constant: return "Constant";
    case Structure::ImplicitKronecker: return "ImplicitKronecker";
    case Structure::ImplicitCommutation: return "ImplicitCommutation";
    case Structure::Materialised: return "Materialised";
  }
  throw Bug("unknown structure");
}

bool is_stored(Structure s) {
  return s == Structure::Dense || s == Structure::Scalar || s == Structure::Materialised;
}

}  // namespace dvec
