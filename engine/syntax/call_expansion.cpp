/// Calls that mean another expression: macros of the program and derived operators of the rule book.

#include <algorithm>

#include <fmt/format.h>

#include "syntax/expression.hpp"
#include "syntax/shape_error.hpp"

namespace dvec {

std::optional<Value> ExpressionElaborator::macro(const Frame& frame, const SyntaxNode& node, const Macro& macro) {
  const auto args = arguments(frame, node, macro.parameters.size(), macro.parameters.size());
  if (!args) return std::nullopt;
  for (const Frame* f = &frame; f; f = f->caller)
    if (f->name == node.text && !f->foreign)
      return error(frame, "E-CALL-03", node.mark, fmt::format("`{}` is defined by itself", node.text));
  Parameters bound;
  for (std::size_t i = 0; i < args->size(); ++i) bound[macro.parameters[i].name] = (*args)[i];
  if (calls_ >= work_.options.call_depth_limit)
    return error(frame, "E-CALL-05", node.mark, "calls are nested too deep here");
  ++calls_;
  auto value = evaluate({.tree = *macro.tree,
                         .scope = frame.scope,
                         .root = macro.body,
                         .parameters = &bound,
                         .caller = &frame,
                         .call = node.span,
                         .name = node.text,
                         .foreign = false},
                        macro.body);
  --calls_;
  return value;
}

/// Do the arguments have the shapes and the literals of this form? Binds its names, sizes included.
bool ExpressionElaborator::fits(const DerivedOperator& form, const std::vector<Value>& args, Parameters& bound) {
  static const Scope kEmpty;
  if (form.parameters.size() != args.size()) return false;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const DerivedParameter& p = form.parameters[i];
    if (p.literal && args[i].number != p.literal) return false;
  }
  for (std::size_t i = 0; i < args.size(); ++i) {
    const DerivedParameter& p = form.parameters[i];
    if (p.literal) continue;
    const SyntaxTree& tree = *form.declarations;
    const auto size = [&](SyntaxId id, Dim actual) {
      if (!id.valid()) return same(pool_.dims.one(), actual);
      const SyntaxNode& n = tree[id];
      if (n.kind == SyntaxKind::Name && !bound.contains(n.text)) {
        bound[n.text] = {.shape = unit(), .term = make([&] { return pool_.size(actual); }), .size = actual};
        return true;
      }
      const Diagnostics before = work_.errors;
      const auto wanted = evaluate({.tree = tree, .scope = kEmpty, .root = id, .parameters = &bound}, id);
      work_.errors = before;
      return wanted && wanted->size && same(*wanted->size, actual);
    };
    const Shape s = at(args[i].shape);
    if (!size(p.declaration.rows, s.rows) || !size(p.declaration.cols, s.cols)) return false;
  }
  for (std::size_t i = 0; i < args.size(); ++i)
    if (!form.parameters[i].literal) bound[form.parameters[i].name] = args[i];
  return true;
}

std::optional<Value> ExpressionElaborator::derived(const Frame& frame, const SyntaxNode& node,
                                                   const std::vector<DerivedOperator>& forms) {
  static const Scope kEmpty;
  std::size_t least = forms[0].parameters.size(), most = least;
  for (const DerivedOperator& form : forms) {
    least = std::min(least, form.parameters.size());
    most = std::max(most, form.parameters.size());
  }
  const auto args = arguments(frame, node, least, most);
  if (!args) return std::nullopt;
  if (calls_ >= work_.options.call_depth_limit)
    return error(frame, "E-CALL-05", node.mark, "calls are nested too deep here");
  for (const DerivedOperator& form : forms) {
    Parameters bound;
    SizeUnifier* const sizes = sizes_;
    std::optional<SizeUnifier> before;
    if (sizes) before = *sizes;
    if (!fits(form, *args, bound)) {
      if (sizes) *sizes = *before;
      continue;
    }
    ++calls_;
    auto value = evaluate({.tree = *form.body,
                           .scope = kEmpty,
                           .root = form.body->root,
                           .parameters = &bound,
                           .caller = &frame,
                           .call = node.span,
                           .name = node.text,
                           .foreign = true},
                          form.body->root);
    --calls_;
    return value;
  }
  return report(frame, [&] {
    ShapeError e(*this, frame);
    Diagnostic d = error_at("E-SHAPE-09", node.span, fmt::format("`{}` has no form for these arguments", node.text));
    std::string shapes;
    for (std::size_t i = 0; i < args->size(); ++i)
      if (!(*args)[i].number)
        shapes += fmt::format("{}{} is {}", shapes.empty() ? "" : ", ", e.quoted(node.args[i]), e.shape((*args)[i]));
    std::string known;
    for (const DerivedOperator& form : forms) known += (known.empty() ? "" : "; ") + text(form);
    if (!shapes.empty()) d.detail.push_back(shapes + ".");
    d.detail.push_back(fmt::format("Known: {}.", known));
    d.notes = e.origins(node.args);
    std::vector<std::string> repairs = e.other_literals(node, forms), turned = e.other_arguments(node);
    repairs.insert(repairs.end(), turned.begin(), turned.end());
    d.repair = e.first_that_fits(node.span, repairs);
    return d;
  });
}

}  // namespace dvec
