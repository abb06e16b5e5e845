#pragma once
/// Numbers that depend on a key and nothing else: the same seed gives the same points on every machine.
/// Source: the finalizer of Steele, Lea & Flood's SplitMix64 (2014).

#include <bit>
#include <cstdint>
#include <string_view>

namespace dvec {

[[nodiscard]] constexpr std::uint64_t scramble(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

[[nodiscard]] constexpr std::uint64_t combine(std::uint64_t key, std::uint64_t part) {
  return scramble(key ^ scramble(part ^ 0xd1b54a32d192ed03ULL) ^ std::rotl(part, 29));
}

[[nodiscard]] constexpr std::uint64_t hash_text(std::string_view text) {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return scramble(h);
}

/// In [0, 1).
[[nodiscard]] constexpr double to_unit(std::uint64_t h) { return static_cast<double>(h >> 11) * 0x1p-53; }

}  // namespace dvec
