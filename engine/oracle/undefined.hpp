#pragma once
/// Why an evaluation has no value. Thrown and caught inside the oracle and its callers in engine/check; no user sees them.

#include <stdexcept>

namespace dvec {

/// Not defined at this point: a singular matrix, a division by zero, the root of a non-square. Draw another point.
class Undefined : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Undefined because an argument is off the function's domain: the root of a non-square, the log of a negative number.
/// Which arguments that befalls is a matter of signs, so another draw of one variable helps often.
class OffDomain : public Undefined {
 public:
  using Undefined::Undefined;
};

/// Without a meaning in this arithmetic: a cube root mod p, an opaque function on data. Take another arithmetic.
class Unsupported : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace dvec
