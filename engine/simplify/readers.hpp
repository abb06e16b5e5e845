#pragma once
/// Who reads a name: counted once for a whole program, and kept up to date while lines are put in where they are used.

#include <span>
#include <unordered_map>
#include <vector>

#include "syntax/program.hpp"
#include "term/traverse.hpp"

namespace dvec {

/// How adjoints of one sweep use each other.
class AdjointReaders {
 public:
  /// `adjoints` in the order of computation: each reads earlier ones only. Linear in all terms together.
  AdjointReaders(const TermPool& pool, std::span<const Binding> adjoints, std::span<const TermId> results);

  /// How often the name is an argument in the adjoints and results, each shared node counted once.
  [[nodiscard]] std::size_t places(SymbolId name) const;
  /// Adjoints in the longest row that goes through this one in which each has one place, in the next: of a deep chain of
  /// lets where only the innermost is differentiated by, all of them.
  [[nodiscard]] std::size_t row_length(SymbolId name) const;

 private:
  struct Entry {
    std::size_t places = 0;
    SymbolId reader;              ///< of a name with one place in an adjoint: that adjoint
    std::size_t before = 1, after = 0;
  };
  std::unordered_map<SymbolId, Entry> entries_;
};

/// Which places (terms with a number) a name occurs in.
class ReaderIndex {
 public:
  /// Only these names are followed.
  ReaderIndex(const TermPool& pool, std::span<const Binding> names);

  /// A further place; places are numbered from 0 in the order in which they are added.
  void add(TermId term);
  /// Another term at the place.
  void replace(std::size_t place, TermId term);
  [[nodiscard]] const std::vector<std::size_t>& readers(SymbolId name) const { return readers_.at(name); }

 private:
  [[nodiscard]] std::vector<SymbolId> followed(TermId term) const;

  const TermPool& pool_;
  std::unordered_map<SymbolId, std::vector<std::size_t>> readers_;  ///< ascending
  std::vector<TermId> terms_;
};

/// A number that terms share which differ only in names and sizes: the layers of a deep network.
[[nodiscard]] std::size_t form_of(const TermPool& pool, TermId term);

/// How often a term is an argument under another, each shared node counted once; itself counts as one.
[[nodiscard]] std::size_t occurrences(const TermPool& pool, TermId name, TermId in);

}  // namespace dvec
