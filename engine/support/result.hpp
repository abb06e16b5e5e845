#pragma once
/// A value, or the diagnostics that say why there is none; and `Bug` for broken invariants.

#include <source_location>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "support/diagnostic.hpp"

namespace dvec {

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Diagnostic why) : state_(Diagnostics{std::move(why)}) {}
  Result(Diagnostics why) : state_(std::move(why)) {}

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] T& value() & { return std::get<0>(state_); }
  [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
  [[nodiscard]] const Diagnostics& errors() const { return std::get<1>(state_); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, Diagnostics> state_;
};

/// An invariant of the engine does not hold: never the user's fault. The command line answers with exit 4.
class Bug : public std::logic_error {
 public:
  explicit Bug(const std::string& what, std::source_location where = std::source_location::current())
      : std::logic_error(what + " [" + where.function_name() + "]") {}
};

inline void require(bool condition, const char* what, std::source_location where = std::source_location::current()) {
  if (!condition) throw Bug(what, where);
}

/// A stated limit was reached (size, time, terms): the answer is weaker, not wrong. The command line answers with exit 3.
class LimitReached : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace dvec

/// `DVEC_TRY(x, f());` declares x as the value of f(), or returns its diagnostics.
#define DVEC_TRY(name, expression)                      \
  auto name##_or = (expression);                        \
  if (!name##_or.ok()) return name##_or.errors();       \
  auto& name = name##_or.value()
