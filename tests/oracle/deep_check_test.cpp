#include <catch2/catch.hpp>

#include "tests/oracle/deep_network.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

/// The places of the answers that were not accepted.
std::vector<std::size_t> refused(const std::vector<Equality>& judged) {
  std::vector<std::size_t> out;
  for (std::size_t k = 0; k < judged.size(); ++k)
    if (!judged[k].equal()) out.push_back(k);
  return out;
}

void check_all_refuted(const std::vector<Equality>& judged, const std::vector<std::size_t>& expected) {
  CHECK(refused(judged) == expected);
  for (const std::size_t k : expected) CHECK(judged[k].outcome == Comparison::Different);
}

}  // namespace

TEST_CASE("gradients of a deep normalised network are accepted in exact arithmetic, roots and all") {
  const DeepNetwork net(30, Normalised::Yes, Activation::Opaque);
  const auto judged = net.judged();
  REQUIRE(judged.size() == 60);
  CHECK(refused(judged).empty());
  CHECK(judged[0].method == Method::Field);
  CHECK(judged[0].sizes.size() >= 2);
}

TEST_CASE("a slip in one answer of a deep network is found and named") {
  for (const int l : {1, 6, 10}) {
    const std::size_t k = 2 * static_cast<std::size_t>(10 - l) + 1;  // answers go from the last layer to the first
    const auto wrong = [&](auto&& slip) {
      DeepNetwork net(10, Normalised::Yes, Activation::Opaque);
      net.questions[k].candidate = slip(net, net.candidate(k)).id;
      check_all_refuted(net.judged(), {k});
    };
    CAPTURE(l);
    wrong([](DeepNetwork&, Expr c) { return -c; });
    wrong([](DeepNetwork&, Expr c) { return 2 * c; });
    wrong([](DeepNetwork& net, Expr c) { return net.b.size("N") * c; });
    wrong([](DeepNetwork&, Expr c) { return c + c % c; });
    wrong([](DeepNetwork&, Expr c) { return c - c; });
  }
}

TEST_CASE("a term lost in the shared line of a layer makes the answers below it wrong and those above it not") {
  for (const Slip slip : {Slip::LostMean, Slip::LostProjection, Slip::LostActivation, Slip::DividedByVariance}) {
    const DeepNetwork net(6, Normalised::Yes, Activation::Opaque, Widths::Own, 1, 4, slip);
    const auto judged = net.judged();
    CAPTURE(static_cast<int>(slip));
    for (std::size_t k = 0; k < judged.size(); ++k) {
      const int layer = 6 - static_cast<int>(k / 2);
      const bool scale = k % 2 == 0;  // g, then W
      const bool touched = layer < 4 || (layer == 4 && (!scale || slip == Slip::LostActivation));
      CAPTURE(layer, scale);
      // Without the mean the product H'dZ is wrong unless the columns of H are centred: those of X are not.
      CHECK(judged[k].equal() == !touched);
    }
  }
}

TEST_CASE("errors of two answers that are each other's negative are found") {
  for (const Activation f : {Activation::Opaque, Activation::Tanh, Activation::Power}) {
    DeepNetwork net(5, Normalised::No, f, Widths::Same);
    const Expr error = net.candidate(2);
    net.questions[1].candidate = (net.candidate(1) + error).id;
    net.questions[3].candidate = (net.candidate(3) - error).id;
    check_all_refuted(net.judged(), {1, 3});
  }
}

TEST_CASE("tanh within tanh is accepted in exact arithmetic, without a bound") {
  const DeepNetwork net(20, Normalised::No, Activation::Tanh);
  const auto judged = net.judged();
  CHECK(refused(judged).empty());
  CHECK(judged[0].method == Method::Field);
  CHECK(judged[0].error_bits == 0);
}

TEST_CASE("where the field does not reach, floats accept a deep network and say so") {
  const DeepNetwork net(20, Normalised::No, Activation::Power);
  const auto judged = net.judged();
  CHECK(refused(judged).empty());
  for (const Equality& e : judged) {
    CHECK(e.method == Method::Float);
    CHECK(e.worst_relative_error < 1e-22);
  }
}

TEST_CASE("in floats a slip is found in each layer, however small its gradient is beside the others") {
  // Each layer further from the objective has a gradient a thousand times smaller, or a million times.
  const auto net = [](Activation f) { return DeepNetwork(12, Normalised::No, f, Widths::Own, Rational(1, 1000)); };
  for (const Activation f : {Activation::Tanh, Activation::Power}) {
    const DeepNetwork right = net(f);
    CHECK(refused(right.judged()).empty());
    for (std::size_t k = 0; k < 12; k += 5) {
      DeepNetwork wrong = net(f);
      wrong.questions[k].candidate = (k % 2 == 0 ? 2 * wrong.candidate(k) : -wrong.candidate(k)).id;
      CAPTURE(static_cast<int>(f), k);
      check_all_refuted(wrong.judged(), {k});
    }
  }
}

TEST_CASE("in floats an answer that is said to be zero is refuted, and one that is zero accepted") {
  DeepNetwork net(6, Normalised::No, Activation::Tanh, Widths::Own, Rational(1, 1000));
  const Expr free = net.b.var("F", "p1", "p4");
  net.ask(free, free - free);
  CHECK(refused(net.judged()).empty());
  net.questions[5].candidate = (net.candidate(5) - net.candidate(5)).id;
  check_all_refuted(net.judged(), {5});
}

namespace {

/// Steps H = W*H with each column divided by its norm, W the same in all: tr(C'H) and its gradient by W.
struct RecurrentNetwork {
  Builder b;
  std::vector<Definition> lets;
  DerivativeQuestion question;

  explicit RecurrentNetwork(int steps) {
    const auto let = [&](const std::string& name, Expr value) {
      const SymbolId s = b.pool.symbols.add({name, SymbolKind::Let, b.pool.shape(value.id), Attribute::None, {}});
      lets.push_back({s, value.id});
      return Expr{&b, b.pool.symbol(s)};
    };
    const auto spread = [&](Expr row) { return b.ones("n", "1") * row; };
    const Expr W = b.var("W", "n", "n"), C = b.var("C", "n", "p");
    std::vector<Expr> H{b.var("X", "n", "p")}, norm = H;
    for (int k = 1; k <= steps; ++k) {
      const Expr A = let("A" + std::to_string(k), W * H.back());
      norm.push_back(let("s" + std::to_string(k), pow(sum1(A % A), Rational(1, 2))));
      H.push_back(let("H" + std::to_string(k), A % spread(pow(norm.back(), Rational(-1)))));
    }
    const Expr phi = let("phi", sum(C % H.back()));
    Expr dH = C, dW = W - W;
    for (std::size_t k = H.size() - 1; k >= 1; --k) {
      const Expr dA = let("dA" + std::to_string(k), (dH - H[k] % spread(sum1(dH % H[k]))) % spread(pow(norm[k], Rational(-1))));
      dW = dW + dA * T(H[k - 1]);
      dH = T(W) * dA;
    }
    question = {DerivativeForm::Gradient, phi.id, b.pool[W.id].symbol, dW.id, Reading::Unconstrained, {}};
  }
};

}  // namespace

TEST_CASE("where more squares are needed at once than can be hoped for, floats are taken at once") {
  RecurrentNetwork few(2);
  CHECK(derivative_equals(few.b.pool, few.question, few.lets).method == Method::Field);
  RecurrentNetwork many(12);
  const Equality e = derivative_equals(many.b.pool, many.question, many.lets);
  CHECK(e.equal());
  CHECK(e.method == Method::Float);
  CHECK(e.worst_relative_error < 1e-25);
  CHECK(e.items % e.trials == 0);  // no point was tried in vain
  many.question.candidate = many.b.pool.times(Rational(2), many.question.candidate);
  CHECK(derivative_equals(many.b.pool, many.question, many.lets).outcome == Comparison::Different);
}

TEST_CASE("of many equal judgements none is dearer for the number of answers: items are counted once") {
  const DeepNetwork short_one(10, Normalised::No, Activation::Opaque), long_one(40, Normalised::No, Activation::Opaque);
  const Equality a = short_one.judged().front(), b = long_one.judged().front();
  CHECK(a.trials == b.trials);
  CHECK(static_cast<double>(b.items) < 4.5 * static_cast<double>(a.items));
}
