#pragma once
/// A network of any depth with its gradients by backpropagation, written by hand as lines.
///
///   Z = H*W, with batch normalisation Zhat = (Z - 1*mu)./(1*sd), B = (1*g).*Zhat + 1*b, H = f(B); R = sum((H-Y).^2)/N
///
/// Adjoints: dB = dH.*f'(B), dg = 1'(dB.*Zhat), db = 1'dB, dZhat = dB.*(1*g),
/// dZ = (dZhat - mean(dZhat) - Zhat.*mean(dZhat.*Zhat))./(1*sd) (Ioffe & Szegedy 2015), dW = H'dZ, dH = dZ*W'.

#include <string>
#include <vector>

#include "oracle/equal.hpp"
#include "tests/term_builder.hpp"

namespace dvec::test {

enum class Normalised { No, Yes };
enum class Activation { Opaque, Tanh, Power };  ///< a(t), tanh(t), (1+t^2)^s
enum class Widths { Own, Same };  ///< of the layers

/// What is done to the lines of a layer, or to its answers.
enum class Slip { None, LostMean, LostProjection, LostActivation, DividedByVariance };

struct DeepNetwork {
  Builder b;
  std::vector<Definition> lets;
  std::vector<DerivativeQuestion> questions;  ///< for each layer: W, and where normalised g, b
  Expr objective;
  Expr exponent = b.var("s", "1", "1", Attribute::Positive);

  /// Weights count `part` of themselves: the smaller it is, the faster gradients vanish with the distance to the objective.
  DeepNetwork(int layers, Normalised normalised, Activation activation, Widths widths = Widths::Own, Rational part = 1,
              int slipping = 0, Slip slip = Slip::None) {
    const bool norm = normalised == Normalised::Yes;
    const Expr N = b.size("N");
    const auto width = [&](int l) { return widths == Widths::Own ? "p" + std::to_string(l) : std::string("p"); };
    const auto spread = [&](Expr row) { return b.ones("N", "1") * row; };
    const auto mean = [&](Expr m) { return sum1(m) / N; };
    std::vector<Expr> H{b.var("X", "N", width(0))}, W{H[0]}, Zhat = W, sd = W, g = W, B = W;
    for (int l = 1; l <= layers; ++l) {
      const std::string k = std::to_string(l), p = width(l);
      W.push_back(b.var("W" + k, width(l - 1), p));
      const Expr Z = let("Z" + k, b.number(part) * (H.back() * W[l]));
      if (norm) {
        const Expr centred = let("C" + k, Z - spread(mean(Z)));
        sd.push_back(let("sd" + k, pow(mean(centred % centred), Rational(1, 2))));
        Zhat.push_back(let("Zhat" + k, centred % spread(pow(sd[l], Rational(-1)))));
        g.push_back(b.var("g" + k, "1", p));
        B.push_back(let("B" + k, spread(g[l]) % Zhat[l] + spread(b.var("b" + k, "1", p))));
      } else {
        B.push_back(Z);
      }
      H.push_back(let("H" + k, activated(activation, width(l), B[l])));
    }
    const Expr e = let("e", H.back() - b.var("Y", "N", width(layers)));
    objective = let("R", sum(e % e) / N);

    Expr dH = 2 * (e / N);
    for (int l = layers; l >= 1; --l) {
      const std::string k = std::to_string(l);
      const Slip here = l == slipping ? slip : Slip::None;
      const Expr rise = slope(activation, width(l), B[l], H[l]);
      const Expr dB = let("dB" + k, here == Slip::LostActivation ? dH : dH % rise);
      Expr dZ = dB;
      if (norm) {
        const Expr dZhat = let("dZhat" + k, dB % spread(g[l]));
        Expr sum = dZhat;
        if (here != Slip::LostMean) sum = sum - spread(mean(dZhat));
        if (here != Slip::LostProjection) sum = sum - Zhat[l] % spread(mean(dZhat % Zhat[l]));
        dZ = let("dZ" + k, sum % spread(pow(sd[l], Rational(here == Slip::DividedByVariance ? -2 : -1))));
        ask(g[l], sum1(dB % Zhat[l]));
      }
      ask(W[l], b.number(part) * (T(H[l - 1]) * dZ));
      dH = let("dH" + k, b.number(part) * (dZ * T(W[l])));
    }
  }

  Expr function(const char* name, ElementFunction::Kind kind, int order, Expr x) {
    const auto known = b.pool.functions.find(name);
    return {&b, b.pool.apply(known ? *known : b.pool.functions.add({name, kind, {}, {}, "", ""}), order, x.id)};
  }
  Expr activated(Activation f, const std::string& width, Expr x) {
    switch (f) {
      case Activation::Opaque: return function("a", ElementFunction::Kind::Opaque, 0, x);
      case Activation::Tanh: return function("tanh", ElementFunction::Kind::Primitive, 0, x);
      case Activation::Power: break;
    }
    return {&b, b.pool.power_by((b.ones("N", width) + x % x).id, exponent.id)};
  }
  Expr slope(Activation f, const std::string& width, Expr x, Expr value) {
    const Expr one = b.ones("N", width);
    switch (f) {
      case Activation::Opaque: return function("a", ElementFunction::Kind::Opaque, 1, x);
      case Activation::Tanh: return one - value % value;
      case Activation::Power: break;
    }
    return 2 * (exponent * (x % Expr{&b, b.pool.power_by((one + x % x).id, (exponent - b.number(1)).id)}));
  }
  Expr let(const std::string& name, Expr value) {
    const SymbolId s = b.pool.symbols.add({name, SymbolKind::Let, b.pool.shape(value.id), Attribute::None, {}});
    lets.push_back({s, value.id});
    return {&b, b.pool.symbol(s)};
  }
  void ask(Expr variable, Expr candidate) {
    questions.push_back({DerivativeForm::Gradient, objective.id, b.pool[variable.id].symbol, candidate.id, Reading::Unconstrained, {}});
  }
  [[nodiscard]] Expr candidate(std::size_t k) { return {&b, questions[k].candidate}; }
  [[nodiscard]] std::vector<Equality> judged(const EqualOptions& options = {}) const {
    return derivatives_equal(b.pool, questions, lets, options);
  }
};

}  // namespace dvec::test
