#pragma once
/// A small dense matrix, stored by columns.

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace dvec {

template <class S>
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t cols, const S& entry = S{}) : rows_(rows), cols_(cols), entries_(rows * cols, entry) {}

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }

  S& operator()(std::size_t i, std::size_t j) { return entries_[j * rows_ + i]; }
  const S& operator()(std::size_t i, std::size_t j) const { return entries_[j * rows_ + i]; }
  /// Entries in the order of vec.
  S& operator[](std::size_t k) { return entries_[k]; }
  const S& operator[](std::size_t k) const { return entries_[k]; }
  [[nodiscard]] S* column(std::size_t j) { return entries_.data() + j * rows_; }
  [[nodiscard]] const S* column(std::size_t j) const { return entries_.data() + j * rows_; }

  [[nodiscard]] std::span<S> entries() { return entries_; }
  auto begin() { return entries_.begin(); }
  auto end() { return entries_.end(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

  /// The same entries in the order of vec under another shape of the same size.
  [[nodiscard]] Matrix reshaped(std::size_t rows, std::size_t cols) const {
    Matrix out(*this);
    out.rows_ = rows;
    out.cols_ = cols;
    return out;
  }
  [[nodiscard]] Matrix transposed() const {
    Matrix out(cols_, rows_);
    for (std::size_t j = 0; j < cols_; ++j)
      for (std::size_t i = 0; i < rows_; ++i) out(j, i) = (*this)(i, j);
    return out;
  }

  friend bool operator==(const Matrix&, const Matrix&) = default;

 private:
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
  std::vector<S> entries_;
};

}  // namespace dvec
