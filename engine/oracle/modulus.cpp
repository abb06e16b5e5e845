#include "oracle/modulus.hpp"

#include <utility>

namespace dvec {

namespace {

std::uint64_t multiply(std::uint64_t a, std::uint64_t b, std::uint64_t m) { return static_cast<std::uint64_t>(Word128{a} * b % m); }

std::uint64_t power(std::uint64_t a, std::uint64_t e, std::uint64_t m) {
  std::uint64_t out = 1 % m;
  for (a %= m; e != 0; e >>= 1) {
    if (e & 1U) out = multiply(out, a, m);
    a = multiply(a, a, m);
  }
  return out;
}

}  // namespace

bool is_prime(std::uint64_t n) {
  if (n < 2) return false;
  constexpr std::uint64_t kBases[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
  for (const std::uint64_t b : kBases)
    if (n % b == 0) return n == b;
  std::uint64_t odd = n - 1;
  int twos = 0;
  while (odd % 2 == 0) {
    odd /= 2;
    ++twos;
  }
  for (const std::uint64_t b : kBases) {
    std::uint64_t x = power(b, odd, n);
    if (x == 1 || x == n - 1) continue;
    bool composite = true;
    for (int i = 1; i < twos && composite; ++i) {
      x = multiply(x, x, n);
      composite = x != n - 1;
    }
    if (composite) return false;
  }
  return true;
}

std::uint64_t inverse_modulo(std::uint64_t b, std::uint64_t m) {
  std::int64_t t = 0, next_t = 1;
  auto r = static_cast<std::int64_t>(m), next_r = static_cast<std::int64_t>(b % m);
  while (next_r != 0) {
    const std::int64_t q = r / next_r;
    t -= q * next_t;
    std::swap(t, next_t);
    r -= q * next_r;
    std::swap(r, next_r);
  }
  if (r != 1) return 0;
  return static_cast<std::uint64_t>(t < 0 ? t + static_cast<std::int64_t>(m) : t);
}

}  // namespace dvec
