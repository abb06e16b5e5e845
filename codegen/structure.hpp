#pragma once
/// What a value is known to be, so that a kernel never forms what it need not form.

#include <string_view>

namespace dvec {

/// How a matrix value is held. The plan decides by it, the emitter spells by it.
///
/// | structure           | stands for             | held as                      |
/// |---------------------|------------------------|------------------------------|
/// | Dense               | a general matrix       | itself                       |
/// | Scalar              | a 1×1 value            | a number                     |
/// | Diagonal            | diag(v)                | v, a column                  |
/// | RowBroadcast        | ones(N,1)*row          | the row                      |
/// | ColumnBroadcast     | column*ones(1,n)       | the column                   |
/// | Symmetric           | A with A' = A          | itself                       |
/// | Identity            | eye(n)                 | nothing                      |
/// | Constant            | s*ones(m,n)            | the number s                 |
/// | ImplicitKronecker   | kron(A,B)              | A and B                      |
/// | ImplicitCommutation | commutation_matrix(m,n)| nothing                      |
/// | ImplicitSelection   | columns of eye(n)      | nothing                      |
/// | ImplicitDuplication | D(n)                   | nothing                      |
/// | ImplicitElimination | L(n)                   | nothing                      |
/// | Materialised        | any of these, asked for by name | all its entries     |
enum class Structure {
  Dense,
  Scalar,
  Diagonal,
  RowBroadcast,
  ColumnBroadcast,
  Symmetric,
  Identity,
  Constant,
  ImplicitKronecker,
  ImplicitCommutation,
  ImplicitSelection,
  ImplicitDuplication,
  ImplicitElimination,
  Materialised,
};

[[nodiscard]] std::string_view name(Structure structure);

/// Held as something smaller than itself: an operand only where an instruction knows how to use it.
[[nodiscard]] bool is_implicit(Structure structure);

/// How the entry (i,j) of a value depends on its place: on nothing, on j alone, on i alone, on both.
enum class Extent { Scalar, Row, Column, Full };

/// Extent of an entrywise combination.
[[nodiscard]] Extent join(Extent a, Extent b);

}  // namespace dvec
