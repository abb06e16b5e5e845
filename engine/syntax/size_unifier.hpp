#pragma once
/// Sizes that are not known yet, and what their uses say about them. Unknown sizes are symbols that begin with `?`.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "term/shape.hpp"

namespace dvec {

class SizeUnifier {
 public:
  explicit SizeUnifier(DimTable& dims) : dims_(&dims) {}

  /// A size that entrywise operators may take for 1 (of `ones` without sizes), or one that they spread over (of a
  /// name).
  enum class Use { Constant, Name };
  Dim fresh(Use use);

  /// The size as far as it is known.
  [[nodiscard]] Dim resolve(Dim d) const;
  [[nodiscard]] Shape resolve(Shape s) const { return {resolve(s.rows), resolve(s.cols)}; }
  /// Does an unknown size occur?
  [[nodiscard]] bool unknown(Dim d) const;
  [[nodiscard]] bool unknown(Shape s) const { return unknown(s.rows) || unknown(s.cols); }
  /// Is it one unknown size of a constant?
  [[nodiscard]] bool open_constant(Dim d) const;

  /// Makes two sizes equal; false when they cannot be. Equations that say nothing yet (a*b = c*d) wait.
  bool unify(Dim a, Dim b);
  bool unify(Shape a, Shape b) { return unify(a.rows, b.rows) && unify(a.cols, b.cols); }
  /// Tries the waiting equations again; false on a contradiction. Those that still wait must hold as they stand.
  bool settle();
  /// Decides the equations that still wait, where known sizes are as many as unknown ones: the sizes of one name (made
  /// one after the other) take them in the order given, others in the order of the alphabet. False on a contradiction.
  bool guess(const std::vector<std::string>& order);

 private:
  bool step(Dim a, Dim b, bool& waits);

  DimTable* dims_;
  std::map<std::string, Dim, std::less<>> known_;
  std::vector<std::pair<Dim, Dim>> waiting_;
  int made_ = 0;
};

}  // namespace dvec
