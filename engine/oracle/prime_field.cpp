#include "oracle/prime_field.hpp"

#include <array>

#include "oracle/keyed_hash.hpp"

namespace dvec {

namespace {

bool is_square(std::uint64_t a, const Modulus& m) { return m.power(m.enter(a), (m.prime() - 1) / 2) == m.one(); }

/// Names of the oracles that are not the program's own functions.
enum : std::uint64_t { kLog = 101, kAngle, kAtan, kErf, kGammaln, kPsi, kPolygamma, kExponent };

}  // namespace

PrimePair find_prime_pair(std::uint64_t start) {
  std::uint64_t q = (std::uint64_t{1} << 54) + (scramble(start) >> 12) % (std::uint64_t{1} << 53);
  for (q |= 1U;; q += 2) {
    if (!is_prime(q)) continue;
    for (std::uint64_t k = 2; k <= 126; k += 2) {
      // No third or fifth roots of unity, so that cube and fifth roots are unique.
      const std::uint64_t p = k * q + 1;
      if (p % 8 != 7 || k % 3 == 0 || k % 5 == 0 || p >= (std::uint64_t{1} << 62) || !is_prime(p)) continue;
      const Modulus m(p);
      bool good = true;
      for (const std::uint64_t s : {3, 5, 7, 11, 13}) good = good && is_square(s, m);
      if (!good) continue;
      for (std::uint64_t h = 2;; ++h)
        if (const std::uint64_t g = m.power(m.enter(h), k); g != m.one()) return {p, q, m.leave(g)};
    }
  }
}

std::span<const PrimePair> prime_pairs() {
  static constexpr std::array kTable = {
#include "oracle/prime_pairs.inc"
  };
  return kTable;
}

PrimeField::PrimeField(const PrimePair& pair, std::uint64_t seed, Exponents exponents)
    : p_(pair.p), q_(pair.q), g_(p_.enter(pair.g)), seed_(seed), exponents_(exponents == Exponents::Used) {
  const std::uint64_t root = uniform(p_, combine(seed, 314159));
  pi_ = {p_.multiply(root, root), exponents_ ? uniform(q_, combine(seed, 314160)) : kAbsent};
}

std::uint64_t PrimeField::uniform(const Modulus& m, std::uint64_t key) {
  // h * 2^64 + l modulo the prime, for two words h and l: Montgomery form is a product with 2^64.
  return m.add(m.enter(scramble(key)), m.leave(m.enter(scramble(key ^ 0x9d39247e33776d41ULL))));
}

PrimeField::Value PrimeField::integer(std::int64_t k) const {
  const auto magnitude = static_cast<std::uint64_t>(k < 0 ? -k : k);
  const Value v{p_.enter(magnitude), exponents_ ? q_.enter(magnitude) : kAbsent};
  return k < 0 ? negate(v) : v;
}

PrimeField::Value PrimeField::rational(const Rational& r) const {
  if (const auto w = r.words()) return w->second == 1 ? integer(w->first) : divide(integer(w->first), integer(w->second));
  const auto p = r.modulo(p_.prime());
  if (!p) throw Undefined("a denominator vanishes modulo the prime");
  Value v{p_.enter(*p), kAbsent};
  if (exponents_)
    if (const auto q = r.modulo(q_.prime())) v.q = q_.enter(*q);
  return v;
}

PrimeField::Value PrimeField::inverse(const Value& a) const {
  if (a.p == 0) throw Undefined("a division by zero");
  return {p_.inverse(a.p), a.q == kAbsent || a.q == 0 ? kAbsent : q_.inverse(a.q)};
}

void PrimeField::invert(std::span<Value> values) const {
  std::vector<std::uint64_t> before;  // products of those before each
  const auto all = [&](auto residue, const Modulus& m, const auto& skipped) {
    before.clear();
    std::uint64_t product = m.one();
    for (Value& v : values) {
      before.push_back(product);
      if (!skipped(residue(v))) product = m.multiply(product, residue(v));
    }
    std::uint64_t rest = m.inverse(product);
    for (std::size_t i = values.size(); i-- > 0;) {
      std::uint64_t& here = residue(values[i]);
      if (skipped(here)) continue;
      const std::uint64_t inverse = m.multiply(rest, before[i]);
      rest = m.multiply(rest, here);
      here = inverse;
    }
  };
  for (const Value& v : values)
    if (v.p == 0) throw Undefined("a division by zero");
  all([](Value& v) -> std::uint64_t& { return v.p; }, p_, [](std::uint64_t) { return false; });
  if (!exponents_) return;
  for (Value& v : values)
    if (v.q == 0) v.q = kAbsent;
  all([](Value& v) -> std::uint64_t& { return v.q; }, q_, [](std::uint64_t q) { return q == kAbsent; });
}

int PrimeField::sign(const Value& a) const {
  if (a.p == 0) return 0;
  return p_.power(a.p, (p_.prime() - 1) / 2) == p_.one() ? 1 : -1;
}

PrimeField::Value PrimeField::oracle(std::uint64_t name, const Value& a) const {
  const std::uint64_t key = combine(combine(seed_, name), a.p);
  return {uniform(p_, key), exponents_ ? uniform(q_, combine(key, 2)) : kAbsent};
}

std::uint64_t PrimeField::oracle_exponent(const Value& a) const { return exponents_ ? oracle(kExponent, {a.p, kAbsent}).q : kAbsent; }

PrimeField::Value PrimeField::odd_oracle(std::uint64_t name, const Value& a) const {
  const bool flipped = p_.leave(a.p) > p_.prime() / 2;
  const Value v = oracle(name, flipped ? negate(a) : a);
  return a.p == 0 ? zero() : flipped ? negate(v) : v;
}

PrimeField::Value PrimeField::signed_by(int s, const Value& a) const { return s > 0 ? a : s < 0 ? negate(a) : zero(); }

PrimeField::Value PrimeField::log(const Value& a) const {
  if (a.p == 0) throw Undefined("the log of zero");
  if (a.p == p_.one()) return zero();
  return oracle(kLog, a);
}

PrimeField::Value PrimeField::exp(const Value& a) const {
  if (a.q == kAbsent) throw Unsupported("an exponential of a value that has no residue modulo q");
  const Value v{p_.power(g_, q_.leave(a.q)), kAbsent};
  return {v.p, oracle_exponent(v)};
}

/// The root that is itself a square: multiplicative on squares, as the positive root is.
std::optional<PrimeField::Value> PrimeField::square_root_if(const Value& a) const {
  if (a.p == 0) throw Undefined("a root at zero");
  const Value v{p_.power(a.p, (p_.prime() + 1) / 4), kAbsent};
  if (p_.multiply(v.p, v.p) != a.p) return std::nullopt;
  return Value{v.p, oracle_exponent(v)};
}

std::optional<PrimeField::Value> PrimeField::root_if(const Value& a, std::int64_t order) const {
  if (order > 1000) throw Unsupported("a root of high order");
  Value v = a;
  for (; order % 2 == 0; order /= 2) {
    const auto root = square_root_if(v);
    if (!root) return std::nullopt;
    v = *root;
  }
  if (order > 1) {
    const std::uint64_t inverse = inverse_modulo(static_cast<std::uint64_t>(order), p_.prime() - 1);
    if (inverse == 0) throw Unsupported("a root that is not unique modulo the prime");
    v = {p_.power(v.p, inverse), kAbsent};
    v.q = oracle_exponent(v);
  }
  return v;
}

void PrimeField::take_roots(std::span<Value> values, std::int64_t order, std::vector<std::size_t>& off) const {
  if (order != 2) {
    for (std::size_t i = 0; i < values.size(); ++i)
      if (const auto root = root_if(values[i], order))
        values[i] = *root;
      else
        off.push_back(i);
    return;
  }
  std::vector<std::uint64_t> roots;
  for (const Value& v : values) {
    if (v.p == 0) throw Undefined("a root at zero");
    roots.push_back(v.p);
  }
  p_.raise_all(roots, (p_.prime() + 1) / 4);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (p_.multiply(roots[i], roots[i]) == values[i].p)
      values[i] = {roots[i], oracle_exponent({roots[i], kAbsent})};
    else
      off.push_back(i);
}

PrimeField::Value PrimeField::raise(const Value& a, std::int64_t exponent) const {
  const Value base = exponent < 0 ? inverse(a) : a;
  const auto e = static_cast<std::uint64_t>(exponent < 0 ? -exponent : exponent);
  return {p_.power(base.p, e), base.q == kAbsent ? kAbsent : q_.power(base.q, e)};
}

PrimeField::Value PrimeField::power(const Value& a, const Rational& exponent) const {
  if (const auto k = exponent.to_int64()) return raise(a, *k);
  const auto w = exponent.words();
  if (!w) throw Unsupported("a root of high order");
  const auto v = root_if(a, w->second);
  if (!v) throw OffDomain("the root of a non-square");
  return raise(*v, w->first);
}

bool PrimeField::has_power(const Value& a, const Rational& exponent) const {
  const auto w = exponent.words();
  return !w || w->second % 2 != 0 || sign(a) >= 0;
}

PrimeField::Value PrimeField::power_by(const Value& a, const Value& exponent) const {
  const std::uint64_t e = p_.leave(exponent.p);
  constexpr std::uint64_t kSmall = 1000;
  if (e <= kSmall) return raise(a, static_cast<std::int64_t>(e));
  if (p_.prime() - e <= kSmall) return raise(a, -static_cast<std::int64_t>(p_.prime() - e));
  throw Unsupported("an exponent that is no small integer");
}

/// tan(a/2), by which sin and cos are consistent with each other.
PrimeField::Value PrimeField::half_angle(const Value& a) const { return odd_oracle(kAngle, a); }

PrimeField::Value PrimeField::primitive(Primitive f, const Value& a) const {
  const auto half = [this](const Value& v) { return multiply(rational(Rational(1, 2)), v); };
  const auto up = [&] { return exp(a); };
  switch (f) {
    case Primitive::Exp: return up();
    case Primitive::Log: return log(a);
    case Primitive::Sqrt: return power(a, Rational(1, 2));
    case Primitive::Sin: {
      const Value t = half_angle(a);
      return divide(add(t, t), add(one(), multiply(t, t)));
    }
    case Primitive::Cos: {
      const Value t = half_angle(a), s = multiply(t, t);
      return divide(subtract(one(), s), add(one(), s));
    }
    case Primitive::Tan: return divide(primitive(Primitive::Sin, a), primitive(Primitive::Cos, a));
    case Primitive::Sinh: return half(subtract(up(), exp(negate(a))));
    case Primitive::Cosh: return half(add(up(), exp(negate(a))));
    case Primitive::Tanh: {
      const Value e = exp(add(a, a));
      return divide(subtract(e, one()), add(e, one()));
    }
    case Primitive::Atan: return odd_oracle(kAtan, a);
    case Primitive::Abs: return signed_by(sign(a), a);
    case Primitive::Sign: return integer(sign(a));
    case Primitive::Step: return sign(a) > 0 ? one() : zero();
    case Primitive::Relu: return sign(a) > 0 ? a : zero();
    case Primitive::Sigmoid: return inverse(add(one(), exp(negate(a))));
    case Primitive::Softplus: return log(add(one(), up()));
    case Primitive::Erf: return odd_oracle(kErf, a);
    case Primitive::Gammaln: return oracle(kGammaln, a);
    case Primitive::Psi: return oracle(kPsi, a);
  }
  throw Bug("unknown elementwise function");
}

PrimeField::Value PrimeField::polygamma(int k, const Value& a) const {
  return oracle(combine(kPolygamma, static_cast<std::uint64_t>(k)), a);
}

PrimeField::Value PrimeField::opaque(std::uint64_t name, int order, const Value& a) const {
  return oracle(combine(name, static_cast<std::uint64_t>(order) + 1), a);
}

PrimeField::Value PrimeField::draw(Draw kind, std::uint64_t key) const {
  const std::uint64_t k = combine(seed_, key);
  const std::uint64_t q = exponents_ ? uniform(q_, combine(k, 1)) : kAbsent;
  const std::uint64_t t = uniform(p_, k);
  switch (kind) {
    case Draw::Any: return {t, q};
    case Draw::Positive: return {p_.multiply(t, t), q};
    case Draw::Unit: {
      // u = (2t/(1+t^2))^2, 1-u = ((1-t^2)/(1+t^2))^2: both squares.
      const std::uint64_t s = p_.add(p_.one(), p_.multiply(t, t));
      if (s == 0) throw Undefined("an unlucky draw");
      const std::uint64_t r = p_.multiply(p_.add(t, t), p_.inverse(s));
      return {p_.multiply(r, r), q};
    }
    case Draw::Sign: return integer(t % 2 == 0 ? 1 : -1);
    case Draw::Integer: return integer(2 + static_cast<std::int64_t>(t % 4));
  }
  throw Bug("unknown kind of draw");
}

}  // namespace dvec
