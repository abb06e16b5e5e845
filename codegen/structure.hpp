#pragma once
/// What is known of a value besides its shape, and how it is therefore held.

#include <cstdint>
#include <string_view>

namespace dvec {

enum class Structure : std::uint8_t {
  Dense,                ///< a general matrix, row or column: its entries
  Scalar,               ///< 1×1
  Diagonal,             ///< diag(v): held as v
  RowBroadcast,         ///< ones(m,1)*row: held as the row
  ColumnBroadcast,      ///< column*ones(1,n): held as the column
  Identity,             ///< eye(n): nothing is held
  Constant,             ///< c*ones(m,n): a number is held
  ImplicitKronecker,    ///< A ⊗ B: the factors are held
  ImplicitCommutation,  ///< K(m,n): nothing is held
  Materialised,         ///< one of the above written out as a matrix, since it was asked for by name
};

/// "RowBroadcast".
[[nodiscard]] std::string_view name(Structure s);
/// The entries are in memory, and may be read by an instruction other than Materialise.
[[nodiscard]] bool is_stored(Structure s);

}  // namespace dvec
