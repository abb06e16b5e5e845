/// What a layer costs does not depend on how many there are.

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <functional>

#include "tests/depth/layers.hpp"

using namespace dvec;
using namespace dvec::test;

namespace {

/// Both differences are those of as many further layers of the same program.
void grows_linearly(const std::function<std::string(int)>& program) {
  const Derived one(program(110)), two(program(210)), three(program(310));
  CHECK(two.answers.lines.size() > one.answers.lines.size());
  CHECK(three.answers.lines.size() - two.answers.lines.size() == two.answers.lines.size() - one.answers.lines.size());
  // Nodes that were made on the way may happen to be those of another layer.
  CHECK(std::abs(static_cast<double>(three.nodes - two.nodes) / static_cast<double>(two.nodes - one.nodes) - 1) < 0.01);
  CHECK(three.characters() - two.characters() == two.characters() - one.characters());
  CHECK(three.answers.line_trace.steps.size() - two.answers.line_trace.steps.size() ==
        two.answers.line_trace.steps.size() - one.answers.line_trace.steps.size());
}

/// Processor time, the least of three runs.
double seconds(const std::string& program) {
  double least = 1e9;
  for (int run = 0; run < 3; ++run) {
    RuleSession session;
    const Program read = session.read(program);
    const std::clock_t before = std::clock();
    CHECK(derive(read, session.book, session.pool, Tracing::Sweeps).ok());
    least = std::min(least, static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC);
  }
  return least;
}

}  // namespace

TEST_CASE("lines, nodes, steps and text of a plain net grow by the same with every hundred layers", "[depth]") { grows_linearly(plain_net); }
TEST_CASE("lines, nodes, steps and text of a batch-normalised net grow by the same with every hundred layers", "[depth]") {
  grows_linearly(batch_normalised_net);
}
TEST_CASE("lines, nodes, steps and text of a residual net grow by the same with every hundred layers", "[depth]") { grows_linearly(residual_net); }

TEST_CASE("four times the layers take four times as long, give or take as much again", "[depth]") {
  for (const auto& net : {plain_net, residual_net}) CHECK(seconds(net(400)) < 8 * seconds(net(100)) + 0.05);
}

TEST_CASE("a net of 3,000 layers is derived", "[depth]") {
  const Derived net(plain_net(3000));
  CHECK(net.answers.lines.size() == 3000);
  CHECK(net.answers.derivations.size() == 6000);
  CHECK(net.result(2999) == "H2999'*dR_dZ3000");
}

TEST_CASE("a chain of 3,000 names of which each is used once is derived by the innermost", "[depth]") {
  const Derived net(plain_layers(3000) + "derive grad(R,W1)\n");
  CHECK(net.answers.lines.size() >= 1000);
}
