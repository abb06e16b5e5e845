/// The rule book against arithmetic.

#include <catch2/catch.hpp>

#include <set>

#include "oracle/equal.hpp"
#include "rulebook/soundness.hpp"
#include "tests/rule_session.hpp"

using namespace dvec;
using namespace dvec::test;

TEST_CASE("every rule of the rule book is sound", "[rules]") {
  RuleSession t;
  // Testing adds terms, not rules.
  for (const Rule& r : t.book.rules()) {
    const SoundnessReport report = test_soundness(t.pool, r);
    INFO(r.file << ": " << r.text);
    INFO(report.text());
    CHECK(report.verdict() == Soundness::Sound);
  }
}

TEST_CASE("every rule with sizes is tested where no two of them are equal", "[rules]") {
  RuleSession t;
  for (const Rule& r : t.book.rules()) {
    const SoundnessReport report = test_soundness(t.pool, r, 7);
    INFO(r.name);
    std::size_t distinct = 0;
    for (const SoundnessCheck& c : report.checks) {
      std::set<std::int64_t> values;
      for (const auto& [name, value] : c.sizes) values.insert(value);
      const bool apart = values.size() == c.sizes.size() && !values.contains(1);
      if (apart && c.verdict == Soundness::Sound) ++distinct;
    }
    const bool says_nothing = r.kind == RuleKind::Element && !t.pool.functions[r.function].derivative;
    CHECK(distinct >= (says_nothing ? 0U : 1U));
    if (r.kind != RuleKind::Element && !r.dims.empty()) CHECK(distinct >= 2);
  }
}

TEST_CASE("sizes are chosen apart first, then with ones", "[rules]") {
  const auto three = size_choices(3);
  REQUIRE(three.size() == 6);
  CHECK(three[0] == std::vector<std::int64_t>{2, 3, 4});
  CHECK(three[1] == std::vector<std::int64_t>{4, 3, 2});
  CHECK(three[3] == std::vector<std::int64_t>{2, 1, 4});
  CHECK(three[5] == std::vector<std::int64_t>{1, 1, 1});
  CHECK(size_choices(0).size() == 1);
}

TEST_CASE("every operator of the language has a block, and every operator in a differential a linear block",
          "[rules]") {
  RuleSession t;
  std::set<Op> operators, linear;
  for (const Rule& r : t.book.rules()) {
    if (r.kind == RuleKind::Operator) operators.insert(t.pool[r.form].op);
    if (r.kind == RuleKind::Linear) linear.insert(t.pool[r.form].op);
  }
  for (const Op op : {Op::Sum,     Op::Scale, Op::MatMul,  Op::Hadamard, Op::Kron,   Op::Transpose,  Op::Vec,
                      Op::Reshape, Op::Diag,  Op::DiagVec, Op::Trace,    Op::Total,  Op::ColumnSums, Op::RowSums,
                      Op::PowerBy, Op::Apply, Op::Inverse, Op::Det,      Op::LogDet, Op::Stop}) {
    INFO(name(op));
    CHECK(operators.contains(op));
  }
  for (const Op op : {Op::Scale, Op::MatMul, Op::Hadamard, Op::Kron, Op::Transpose, Op::Vec, Op::Reshape, Op::Diag,
                      Op::DiagVec, Op::Trace, Op::Total, Op::ColumnSums, Op::RowSums}) {
    INFO(name(op));
    CHECK(linear.contains(op));
  }
}

// --- derived operators against other words for the same
// --------------------------------------------------------------------

namespace {

constexpr const char* kNames = "dim m, n\nvar A(m,n), B(m,n), x(n), z(1,n), y(n), P(m,n) positive, p(n) positive, s, V(m,m)";
const std::string kCentring = "(eye(m) - ones(m,m)/m)", kAcross = "(eye(n) - ones(n,n)/n)";

}  // namespace

TEST_CASE("derived operators mean what their names say", "[rules]") {
  const std::vector<std::pair<std::string, std::string>> meanings = {
      {"mean(A,1)", "ones(1,m)*A/m"},
      {"mean(A,2)", "A*ones(n,1)/n"},
      {"mean(A)", "ones(1,m)*A*ones(n,1)/(n*m)"},
      {"var(A,0,1)", "diagvec(A'*" + kCentring + "*A)'/(m-1)"},
      {"var(A,1,1)", "diagvec(A'*" + kCentring + "*A)'/m"},
      {"var(A,0,2)", "diagvec(A*" + kAcross + "*A')/(n-1)"},
      {"var(A,1,2)", "diagvec(A*" + kAcross + "*A')/n"},
      {"var(A,1,1)", "sum(A.^2,1)/m - (sum(A,1)/m).^2"},
      {"var(x)", "x'*" + kAcross + "*x/(n-1)"},
      {"var(x,0)", "x'*" + kAcross + "*x/(n-1)"},
      {"var(x,1)", "x'*" + kAcross + "*x/n"},
      {"var(z)", "z*" + kAcross + "*z'/(n-1)"},
      {"std(A,0,1).^2", "diagvec(A'*" + kCentring + "*A)'/(m-1)"},
      {"std(A,1,1).^2", "diagvec(A'*" + kCentring + "*A)'/m"},
      {"std(A,0,2).^2", "diagvec(A*" + kAcross + "*A')/(n-1)"},
      {"std(A,1,2).^2", "diagvec(A*" + kAcross + "*A')/n"},
      {"std(x)^2", "x'*" + kAcross + "*x/(n-1)"},
      {"std(x,0)^2", "x'*" + kAcross + "*x/(n-1)"},
      {"std(x,1)^2", "x'*" + kAcross + "*x/n"},
      {"std(z)^2", "z*" + kAcross + "*z'/(n-1)"},
      {"norm2(x)^2", "trace(x*x')"},
      {"norm2(z)^2", "trace(z'*z)"},
      {"normF(A)^2", "trace(A'*A)"},
      {"norm1(p)", "sum(p)"},
      {"dot(x,y)", "trace(x*y')"},
      {"dot(A,B)", "trace(A'*B)"},
      {"khatrirao(A,B)*x", "vec(B*diag(x)*A')"},
      {"triu(A)", "A - tril(A) + tril(triu(A))"},
      {"vech(A*A')", "vech(A*A' + triu(V) - diag(diagvec(V)))"},
      {"max(A,B)", "A.*(A > B) + B.*(A <= B)"},
      {"max(A,s)", "A.*(A > s) + s*(A <= s)"},
      {"max(s,A)", "A.*(A > s) + s*(A <= s)"},
      {"min(A,B)", "A + B - max(A,B)"},
      {"min(A,s)", "A.*(A <= s) + s*(A > s)"},
      {"min(s,A)", "A.*(A <= s) + s*(A > s)"},
  };
  std::set<std::string> called;
  for (const auto& [derived, directly] : meanings) {
    RuleSession t;
    const Program p = t.read(std::string(kNames) + "\noutput " + derived + ", " + directly + "\n");
    EqualOptions options;
    options.admissible = [](const DimValues& sizes) {
      std::set<std::int64_t> values;
      for (const auto& [name, value] : sizes) values.insert(value);
      return values.size() == sizes.size() && !values.contains(1);
    };
    const Equality e = are_equal(t.pool, p.outputs[0], p.outputs[1], {}, options);
    INFO(derived << " and " << directly << ": " << e.reason);
    CHECK(e.outcome == Comparison::Equal);
    const std::string base = derived.starts_with("exp(") ? derived.substr(4) : derived;
    called.insert(base.substr(0, base.find('(')));
  }
  RuleSession t;
  for (const Rule& r : t.book.rules())
    if (r.kind == RuleKind::Define) {
      const std::string call = r.name.substr(r.name.find('/') + 1);
      INFO(r.name << " has no second definition in this test");
      CHECK(called.contains(call.substr(0, call.find('('))));
    }
}
