#include "cli/session.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include "cli/write_json.hpp"
#include "syntax/derivative_request.hpp"
#include "syntax/elaborate.hpp"
#include "syntax/spelling.hpp"
#include "term/traverse.hpp"

namespace dvec::cli {

namespace {

constexpr std::size_t kLargestFile = std::size_t{16} << 20U;

Diagnostic use_error(const std::string& message, std::optional<std::string> repair = {}) {
  Diagnostic d = error_at("E-USE-01", {}, message);
  d.repair = repair.value_or("");
  return d;
}

Result<std::string> read_stream(std::FILE* file, const std::string& name) {
  std::string text;
  char buffer[65536];
  std::size_t got = 0;
  while ((got = std::fread(buffer, 1, sizeof buffer, file)) > 0) {
    text.append(buffer, got);
    if (text.size() > kLargestFile) throw LimitReached(fmt::format("{} is larger than 16 MiB", name));
  }
  if (std::ferror(file) != 0)
    return error_at("E-FILE-01", {}, fmt::format("{} cannot be read: {}", name, std::strerror(errno)));
  return text;
}

SymbolId let_named(const Program& program, const TermPool& pool, const std::string& name) {
  for (auto it = program.lets.rbegin(); it != program.lets.rend(); ++it)
    if (pool.symbols[it->name].name == name) return it->name;
  return {};
}

/// Keeps the derivatives that lets are made of.
void drop_unused_derivatives(Program& program, const TermPool& pool) {
  std::vector<TermId> roots;
  for (const Binding& b : program.lets) roots.push_back(b.value);
  std::vector<Derivative> kept;
  for (auto d = program.derivatives.rbegin(); d != program.derivatives.rend(); ++d) {
    const bool used = std::ranges::any_of(roots, [&](TermId t) { return occurs(pool, d->result, t); });
    if (!used) continue;
    roots.push_back(d->of);
    kept.push_back(*d);
  }
  std::ranges::reverse(kept);
  program.derivatives = std::move(kept);
}

/// --wrt on a file.
Diagnostics replace_derivatives(Session& session, Program& program, const Options& options) {
  TermPool& pool = session.pool;
  std::vector<std::string> names;
  SymbolId of;
  for (const Binding& b : program.lets) {
    names.push_back(pool.symbols[b.name].name);
    if (options.of.empty() && pool.is_scalar(pool.symbols[b.name].shape)) of = b.name;
  }
  if (!options.of.empty()) of = let_named(program, pool, options.of);
  if (!of.valid()) {
    if (options.of.empty()) return {use_error("the file has no 1×1 `let` to derive; name a matrix with --of")};
    return {use_error(fmt::format("the file has no `let {}`", options.of), nearest(options.of, names))};
  }
  Program plain = program;
  plain.derive.clear();
  plain.derive_spans.clear();
  plain.claims.clear();
  drop_unused_derivatives(plain, pool);
  for (const std::string& x : options.wrt) {
    SymbolId by = let_named(program, pool, x);
    std::vector<std::string> variables;
    for (const SymbolId v : program.variables) {
      variables.push_back(pool.symbols[v].name);
      if (pool.symbols[v].name == x) by = v;
    }
    if (!by.valid()) return {use_error(fmt::format("the file declares no variable {}", x), nearest(x, variables))};
    const Symbol phi = pool.symbols[of], var = pool.symbols[by];
    const bool scalar = pool.is_scalar(phi.shape);
    Derivative request{.kind = scalar ? DerivativeKind::Gradient : DerivativeKind::Jacobian, .of = pool.symbol(of), .wrt = by};
    if (!scalar) request.convention = Convention::Unconstrained;
    const Shape shape = scalar ? var.shape
                               : Shape{pool.dims.multiply(phi.shape.rows, phi.shape.cols),
                                       pool.dims.multiply(var.shape.rows, var.shape.cols)};
    plain.derive.push_back(pool.symbol(request_derivative(plain, pool, request, shape, phi.name)));
    plain.derive_spans.push_back(phi.declared);
  }
  program = std::move(plain);
  return {};
}

}  // namespace

Session::Session(RuleSelection rules) : book(embedded_rule_book(pool, rules)) {}

Result<std::unique_ptr<SourceText>> read_source(const Options& options) {
  if (options.expression) return std::make_unique<SourceText>("<expression>", *options.expression);
  if (options.file == "-") {
    DVEC_TRY(text, read_stream(stdin, "standard input"));
    return std::make_unique<SourceText>("<stdin>", std::move(text));
  }
  std::FILE* file = std::fopen(options.file.c_str(), "rb");
  if (file == nullptr)
    return error_at("E-FILE-01", {}, fmt::format("{} cannot be read: {}", options.file, std::strerror(errno)));
  Result<std::string> text = read_stream(file, options.file);
  std::fclose(file);
  if (!text) return text.errors();
  return std::make_unique<SourceText>(options.file, std::move(*text));
}

Result<Program> read_input(Session& session, const Options& options) {
  DVEC_TRY(source, read_source(options));
  session.source = std::move(source);
  if (options.expression)
    return read_expression(*session.source, options.wrt, session.book.vocabulary(), session.pool);
  Result<Program> program = read_program(*session.source, session.book.vocabulary(), session.pool);
  if (program && !options.wrt.empty())
    if (Diagnostics why = replace_derivatives(session, *program, options); !why.empty()) return why;
  return program;
}

Response refuse(const Session& session, const Diagnostics& errors, const Options& options) {
  Response r;
  r.status = Status::BadInput;
  for (const Diagnostic& d : errors) {
    if (session.source && !(d.span.empty() && d.span.begin == 0)) {
      r.diagnostics += render(d, *session.source);
    } else {
      r.diagnostics += fmt::format("dvec: error {}: {}\n", d.code, d.message);
      for (const std::string& line : d.detail) r.diagnostics += "    " + line + "\n";
      if (!d.repair.empty()) r.diagnostics += fmt::format("    did you mean  {} ?\n", d.repair);
    }
  }
  if (options.format == Format::Json) r.text = json_of_errors(errors, session.source.get());
  return r;
}

}  // namespace dvec::cli
