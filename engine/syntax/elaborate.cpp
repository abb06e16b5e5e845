#include "syntax/elaborate.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "syntax/expression.hpp"
#include "syntax/name_order.hpp"
#include "syntax/parser.hpp"
#include "syntax/program_elaborator.hpp"

namespace dvec {

// --- sizes that an assumption identifies -----------------------------------------------------------------------------

/// `assume m == n` holds everywhere, also before its line: it is known before anything else is elaborated.
void ProgramElaborator::identify_sizes() {
  Scope sizes;
  std::vector<std::string> order;
  for (const Statement& s : tree_.statements)
    if (const auto* dim = std::get_if<DimStatement>(&s.what))
      for (const DimDeclaration& item : dim->items)
        if (!item.value.valid() && !sizes.find(item.name.name)) {
          sizes.bind(item.name.name, work_.pool.dims.symbol(item.name.name));
          order.push_back(item.name.name);
        }
  DimTable& dims = work_.pool.dims;
  for (const Statement& s : tree_.statements) {
    const auto* assume = std::get_if<AssumeStatement>(&s.what);
    if (!assume || assume->relation != "==") continue;
    const auto left_or = elaborate_size(tree_, assume->left, sizes, work_.pool);
    const auto right_or = elaborate_size(tree_, assume->right, sizes, work_.pool);
    if (!left_or.ok() || !right_or.ok()) continue;
    const Dim left = identified(*left_or), right = identified(*right_or);
    identifications_.insert(&s);
    if (left == right) continue;
    const auto position = [&](Dim d) {
      const auto symbol = dims.as_symbol(d);
      return symbol ? std::ranges::find(order, *symbol) - order.begin() : -1;
    };
    const auto occurs = [&](Dim symbol, Dim in) {
      return std::ranges::count(dims.symbols(in), *dims.as_symbol(symbol)) > 0;
    };
    // The size that is declared later gives way to the earlier one, and a name gives way to anything else.
    const bool left_goes = position(left) > position(right);
    Dim goes = left_goes ? left : right, stays = left_goes ? right : left;
    if (position(goes) < 0 || occurs(goes, stays)) {
      if (dims.as_constant(left) && dims.as_constant(right))
        work_.errors.push_back(error_at(
            "E-SIZE-04", s.span, fmt::format("this cannot hold: {} is not {}", dims.text(left), dims.text(right))));
      else
        identifications_.erase(&s);
      continue;
    }
    identified_.emplace_back(*dims.as_symbol(goes), stays);
  }
}

Dim ProgramElaborator::identified(Dim d) {
  for (const auto& [name, by] : identified_) d = work_.pool.dims.substitute(d, name, by);
  return d;
}

// --- statements ------------------------------------------------------------------------------------------------------

bool ProgramElaborator::is_new(const Spelled& name) {
  const Named* known = scope_.find(name.name);
  if (!known && !work_.broken.contains(name.name)) return true;
  if (!known) return false;
  const Place place = tree_.source->place(known->declared.begin);
  Diagnostic d = error_at("E-NAME-02", name.span, fmt::format("`{}` is declared already", name.name));
  d.notes = {fmt::format("it is declared at {}:{}", place.line, place.column)};
  work_.errors.push_back(std::move(d));
  return false;
}

void ProgramElaborator::broken(const Spelled& name, const Diagnostics& why) {
  work_.errors.insert(work_.errors.end(), why.begin(), why.end());
  work_.broken.insert(name.name);
}

void ProgramElaborator::statement(const Statement&, const DimStatement& dim) {
  for (const DimDeclaration& item : dim.items) {
    if (!is_new(item.name)) continue;
    Dim size;
    if (item.value.valid()) {
      const auto value = elaborate_size(tree_, item.value, scope_, work_.pool);
      if (!value.ok()) {
        broken(item.name, value.errors());
        continue;
      }
      size = *value;
    } else {
      size = identified(work_.pool.dims.symbol(item.name.name));
      if (work_.pool.dims.as_symbol(size) == item.name.name) program_.dims.push_back(item.name.name);
    }
    if (const auto number = work_.pool.dims.as_number(size);
        number && (*number <= Rational(0) || !number->is_integer())) {
      broken(item.name, {error_at("E-SIZE-02", item.name.span,
                                  fmt::format("a size is a positive whole number, not {}", number->text()))});
      continue;
    }
    scope_.bind(item.name.name, size, item.name.span);
  }
}

void ProgramElaborator::statement(const Statement&, const VarStatement& var) {
  for (const VariableDeclaration& item : var.items) {
    if (!is_new(item.name)) continue;
    const auto symbol = declare_variable(tree_, item, SymbolKind::Variable, scope_, work_.pool);
    if (!symbol.ok()) {
      broken(item.name, symbol.errors());
      continue;
    }
    scope_.bind(item.name.name, *symbol, item.name.span);
    program_.variables.push_back(*symbol);
  }
}

void ProgramElaborator::statement(const Statement&, const FunctionStatement& function) {
  if (!is_new(function.name)) return;
  ElementFunction f;
  f.name = function.name.name;
  if (function.parameter) {
    f.kind = ElementFunction::Kind::Defined;
    auto body = elaborate_body(tree_, function.body, function.parameter->name, scope_, work_.pool);
    if (!body.ok()) {
      broken(function.name, body.errors());
      return;
    }
    f.body = std::move(*body);
  }
  const FunctionId id = work_.pool.functions.declare(std::move(f));
  scope_.bind(function.name.name, id, function.name.span);
  program_.functions.push_back(id);
}

void ProgramElaborator::statement(const Statement& s, const LetStatement& let) {
  if (!is_new(let.name)) return;
  if (!let.parameters.empty()) {
    scope_.bind(let.name.name, Macro{&tree_, let.parameters, let.value}, let.name.span);
    return;
  }
  work_.subject = let.name.name;
  const auto value = expressions_.term(tree_, let.value, scope_);
  work_.subject.clear();
  if (!value) {
    work_.broken.insert(let.name.name);
    return;
  }
  const SymbolId symbol = work_.pool.symbols.add(
      {.name = let.name.name, .kind = SymbolKind::Let, .shape = value->shape, .declared = let.name.span});
  scope_.bind(let.name.name, symbol, let.name.span);
  program_.lets.push_back({symbol, value->term, s.span});
}

void ProgramElaborator::statement(const Statement&, const DeriveStatement& derive) {
  for (const SyntaxId item : derive.items) {
    const auto value = expressions_.term(tree_, item, scope_);
    if (!value) continue;
    program_.derive.push_back(value->term);
    program_.derive_spans.push_back(tree_[item].span);
  }
}

void ProgramElaborator::statement(const Statement&, const OutputStatement& output) {
  for (const SyntaxId item : output.items)
    if (const auto value = expressions_.term(tree_, item, scope_)) program_.outputs.push_back(value->term);
}

/// Sides without a shape, or with different ones, make the claim ill-typed; every other mistake is an error.
void ProgramElaborator::statement(const Statement& s, const ClaimStatement& claim) {
  Claim out{.label = claim.label, .negated = claim.negated, .span = s.span};
  const Span sides = cover(tree_[claim.left].span, tree_[claim.right].span);
  out.text = std::string(tree_.source->slice(sides));
  if (claim.expected)
    out.expected = claim.expected->name == "true"        ? Verdict::True
                   : claim.expected->name == "false"     ? Verdict::False
                   : claim.expected->name == "ill-typed" ? Verdict::IllTyped
                                                         : Verdict::Undecided;
  Diagnostics before = std::exchange(work_.errors, {});
  const auto both = expressions_.terms(tree_, claim.left, claim.right, scope_);
  Diagnostics found = std::exchange(work_.errors, std::move(before));
  const auto of_shapes = [](const Diagnostic& d) {
    return d.code.starts_with("E-SHAPE") || d.code.starts_with("E-SIZE");
  };
  if (!both) {
    if (found.empty() || !std::ranges::all_of(found, of_shapes)) {
      work_.errors.insert(work_.errors.end(), found.begin(), found.end());
      return;
    }
    out.ill_typed = std::move(found);
  } else if (both->first.shape != both->second.shape) {
    out.ill_typed = {different_sides(claim, both->first, both->second)};
  } else {
    out.left = both->first.term;
    out.right = both->second.term;
  }
  program_.claims.push_back(std::move(out));
}

Diagnostic ProgramElaborator::different_sides(const ClaimStatement& claim, const Value& left, const Value& right) {
  const DimTable& dims = work_.pool.dims;
  Diagnostic d = error_at("E-CLAIM-01", tree_[claim.right].span, "the two sides of the claim differ in shape");
  d.also = {tree_[claim.left].span};
  d.detail = {fmt::format("{} against {}", text(left.shape, dims), text(right.shape, dims))};
  if (transposed(left.shape) == right.shape) d.notes = {"one side has the shape of the other's transpose"};
  return d;
}

void ProgramElaborator::statement(const Statement& s, const AssumeStatement& assume) {
  if (identifications_.contains(&s)) return;
  const auto both = expressions_.terms(tree_, assume.left, assume.right, scope_);
  if (!both) return;
  const auto scalar = [&](const Value& v) { return work_.pool.is_scalar(v.shape); };
  if (both->first.shape != both->second.shape && !scalar(both->first) && !scalar(both->second)) {
    Diagnostic d = error_at("E-SHAPE-03", tree_[assume.right].span, "the two sides of the assumption differ in shape");
    d.also = {tree_[assume.left].span};
    d.detail = {fmt::format("{} against {}", text(both->first.shape, work_.pool.dims),
                            text(both->second.shape, work_.pool.dims))};
    work_.errors.push_back(std::move(d));
    return;
  }
  program_.assumptions.push_back({both->first.term, both->second.term, assume.relation, s.span});
}

Result<Program> ProgramElaborator::run() {
  identify_sizes();
  for (const Statement& s : tree_.statements) {
    if (work_.errors.size() >= work_.options.error_limit) break;
    std::visit([&](const auto& what) { statement(s, what); }, s.what);
  }
  return finish();
}

Result<Program> ProgramElaborator::finish() {
  if (work_.errors.empty()) {
    order_by_role(program_, work_.pool);
    return std::move(program_);
  }
  std::ranges::stable_sort(work_.errors, {}, [](const Diagnostic& d) { return d.span.begin; });
  return std::move(work_.errors);
}

// --- whole texts -----------------------------------------------------------------------------------------------------

Result<Program> elaborate(const SyntaxTree& file, const Vocabulary& vocabulary, TermPool& pool,
                          const ElaborateOptions& options) {
  return ProgramElaborator(file, vocabulary, pool, options).run();
}

Result<Program> read_program(const SourceText& source, const Vocabulary& vocabulary, TermPool& pool,
                             const ElaborateOptions& options) {
  DVEC_TRY(tree, parse_program(source));
  return elaborate(tree, vocabulary, pool, options);
}

}  // namespace dvec
