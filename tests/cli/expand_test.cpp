/// Matrices written out entry by entry.

#include <catch2/catch.hpp>

#include "tests/run_dvec.hpp"

using namespace dvec::test;

namespace {

Run expand(const std::string& expression, const std::string& sizes) { return run_dvec({"expand", expression, "--dims", sizes, "--ascii", "-q"}); }

}  // namespace

TEST_CASE("a size of 1 makes entries, not scalars of another shape") {
  const Run sines = expand("sum(sin(X*u))", "m=2,n=1");
  INFO(sines.err);
  CHECK(sines.status == 0);
  CHECK(sines.out.find("sin(x1*u1)") != std::string::npos);
  CHECK(sines.out.find("sin(x2*u1)") != std::string::npos);
  CHECK(expand("jac(var(X*u+v,1),u)", "m=1,n=2").status == 0);
  CHECK(expand("kron(X,u)*s + X(:)*u'", "m=1,n=1").status != 4);
}

TEST_CASE("triangles, slices and blocks are written out") {
  const Run vech = expand("vech(X*X)", "n=2");
  INFO(vech.out << vech.err);
  CHECK(vech.status == 0);
  CHECK(vech.out.find("x12*x21+x22*x22") != std::string::npos);
  const Run low = expand("tril(X)", "m=2,n=3");
  CHECK(low.status == 0);
  CHECK(low.out.find("x22") != std::string::npos);
  CHECK(low.out.find("x12") == std::string::npos);
  CHECK(low.out.find("x23") == std::string::npos);
  const Run rows = expand("(X*Y)(2:3,:)", "m=3,n=2,p=1");
  CHECK(rows.status == 0);
  CHECK(rows.out.find("x11") == std::string::npos);
  CHECK(rows.out.find("x31") != std::string::npos);
  CHECK(expand("elimination_matrix(n)*duplication_matrix(n)", "n=2").status == 0);
}

TEST_CASE("powers and small Cholesky factors are written out, other functions of matrices are a stated limit") {
  CHECK(expand("mpower(X,2)", "n=2").out.find("x12*x21+x22*x22") != std::string::npos);
  CHECK(expand("chol(X)", "n=2").status == 0);
  for (const char* limit : {"chol(X)", "expm(X)", "logm(X)", "sqrtm(X)"}) CHECK(expand(limit, "n=3").status == 3);
  const Run pinv = expand("pinv(X)", "m=2,n=3");
  CHECK(pinv.status == 3);
  CHECK(pinv.err.find("pseudo-inverse") != std::string::npos);
}
