#pragma once
/// Strong 32-bit ids: an index into one table cannot be mistaken for an index into another.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>

namespace dvec {

template <class Tag>
struct Id {
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t value = kNone;

  constexpr Id() = default;
  constexpr explicit Id(std::size_t v) : value(static_cast<std::uint32_t>(v)) {}
  [[nodiscard]] constexpr bool valid() const { return value != kNone; }
  friend constexpr auto operator<=>(const Id&, const Id&) = default;
};

}  // namespace dvec

template <class Tag>
struct std::hash<dvec::Id<Tag>> {
  std::size_t operator()(dvec::Id<Tag> id) const noexcept { return std::hash<std::uint32_t>{}(id.value); }
};
