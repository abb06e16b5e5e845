/// What is printed for programs of many layers: a recursion, the same for every layer.

#include <catch2/catch.hpp>

#include <regex>

#include "simplify/readers.hpp"
#include "tests/depth/layers.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

/// The text with each number behind a name taken relative to `layer`: W5 in layer 4 is W{+1}.
std::string relative(const std::string& text, int layer) {
  static const std::regex number("([A-Za-z_])([0-9]+)");
  std::string out;
  auto at = text.cbegin();
  for (std::sregex_iterator it(text.begin(), text.end(), number), end; it != end; ++it) {
    out.append(at, (*it)[0].first);
    const int shift = std::stoi((*it)[2]) - layer;
    out += (*it)[1].str() + "{" + (shift < 0 ? "" : "+") + std::to_string(shift) + "}";
    at = (*it)[0].second;
  }
  return out.append(at, text.cend());
}

}  // namespace

TEST_CASE("the recursion of a plain net prints as one: each layer's line is made of the next one's", "[depth]") {
  constexpr int layers = 8;
  const Derived net(plain_net(layers));
  CHECK(net.answers.lines.size() == layers);
  CHECK(net.line("dR_dZ8") == "-2*e.*a'(Z8)/N");
  CHECK(net.line("dR_dZ3") == "(dR_dZ4*W4').*a'(Z3)");
  for (int k = 1; k < layers; ++k) {
    INFO("layer " << k);
    CHECK(relative(net.line(numbered("dR_dZ", k)), k) == "(dR_dZ{+1}*W{+1}').*a'(Z{+0})");
    CHECK(relative(net.result(static_cast<std::size_t>(layers + k - 1)), k) == "sum(dR_dZ{+0},1)");
    if (k > 1) CHECK(relative(net.result(static_cast<std::size_t>(k - 1)), k) == "H{-1}'*dR_dZ{+0}");
  }
  CHECK(net.result(0) == "X'*dR_dZ1");
}

TEST_CASE("every layer of a batch-normalised net has lines of the same form, the first and the tenth too", "[depth]") {
  constexpr int layers = 12;
  const Derived net(batch_normalised_net(layers));
  const auto form = [&](const std::string& name) -> std::size_t {
    for (const Binding& b : net.answers.lines)
      if (net.session.pool.symbols[b.name].name == name) return form_of(net.session.pool, b.value);
    return 0;
  };
  CHECK(net.answers.lines.size() == 2 * layers);
  for (int k = 1; k < layers; ++k) {
    INFO("layer " << k);
    CHECK(form(numbered("dR_dZ", k)) != 0);
    CHECK(form(numbered("dR_dZ", k)) == form("dR_dZ2"));
    CHECK(form(numbered("dR_dB", k)) == form("dR_dB2"));
    CHECK(net.result(static_cast<std::size_t>(k - 1)) == (k == 1 ? "X" : numbered("H", k - 1)) + "'*" + numbered("dR_dZ", k));
  }
}

TEST_CASE("derived by the innermost weights only, a deep net is a recursion and no formula of a hundred brackets", "[depth]") {
  constexpr int layers = 100;
  const Derived net(plain_layers(layers) + "derive grad(R,W1)\n");
  CHECK(net.answers.lines.size() >= layers / 3);
  CHECK(net.answers.lines.size() <= layers);
  for (const Binding& b : net.answers.lines) CHECK(net.session.pool[b.value].weight <= 30);
  CHECK(net.session.pool[net.answers.derivations[0].result].weight <= 30);
}

TEST_CASE("derived by the innermost weights only, a net of few layers is one formula", "[depth]") {
  const Derived net(plain_layers(3) + "derive grad(R,W1)\n");
  CHECK(net.answers.lines.empty());
}
