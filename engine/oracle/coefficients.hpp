#pragma once
/// The Taylor coefficients of a matrix, kept in place: evaluations make many of them, most with one.

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <utility>

#include "oracle/matrix.hpp"
#include "support/result.hpp"

namespace dvec {

/// A0, A1, A2 of A0 + A1 e + A2 e^2; those behind the last one given are zero.
template <class V>
class Series {
 public:
  static constexpr std::size_t kMost = 3;

  Series() = default;
  Series(std::initializer_list<Matrix<V>> coefficients) {
    for (const Matrix<V>& m : coefficients) push_back(m);
  }
  Series(std::size_t count, const Matrix<V>& each) {
    while (size_ < count) push_back(each);
  }
  explicit Series(Matrix<V>&& only) { push_back(std::move(only)); }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  Matrix<V>& operator[](std::size_t k) { return coefficients_[k]; }
  const Matrix<V>& operator[](std::size_t k) const { return coefficients_[k]; }
  [[nodiscard]] const Matrix<V>& front() const { return coefficients_[0]; }

  void push_back(Matrix<V> m) {
    require(size_ < kMost, "series are truncated behind the second order");
    coefficients_[size_++] = std::move(m);
  }
  template <class... Args>
  void emplace_back(Args&&... args) {
    push_back(Matrix<V>(std::forward<Args>(args)...));
  }
  /// Keeps the first so many.
  void truncate(std::size_t count) {
    while (size_ > count) coefficients_[--size_] = {};
  }
  void clear() { truncate(0); }

  auto begin() { return coefficients_.begin(); }
  auto end() { return coefficients_.begin() + static_cast<std::ptrdiff_t>(size_); }
  auto begin() const { return coefficients_.begin(); }
  auto end() const { return coefficients_.begin() + static_cast<std::ptrdiff_t>(size_); }

 private:
  std::array<Matrix<V>, kMost> coefficients_;
  std::size_t size_ = 0;
};

}  // namespace dvec
