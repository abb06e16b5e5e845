#include "syntax/shape_error.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "syntax/parser.hpp"
#include "syntax/spelling.hpp"

namespace dvec {

namespace {

constexpr std::size_t kLongestTried = 4000;  // bytes of an expression in which repairs are tried
constexpr std::size_t kMostOrigins = 4;

/// White space and line breaks within an expression become one space; what is long is cut.
std::string one_line(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string out;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (space && (out.empty() || out.back() == ' ')) continue;
    out += space ? ' ' : c;
  }
  if (code_points(out) <= kLongest) return out;
  std::size_t cut = 0;
  for (std::size_t n = 0; n < kLongest; ++n) do
      ++cut;
    while ((static_cast<unsigned char>(out[cut]) & 0xC0) == 0x80);
  return out.substr(0, cut) + "…";
}

}  // namespace

std::string ShapeError::shape(const Value& v) const { return text(v.shape, elaborator_.pool_.dims); }

std::string ShapeError::quoted(SyntaxId id) const { return one_line(frame_.tree.source->slice(frame_.tree[id].span)); }

std::string ShapeError::quoted_span(Span span) const { return one_line(frame_.tree.source->slice(span)); }

std::vector<std::string> ShapeError::other_arguments(const SyntaxNode& call) const {
  const auto with = [&](const auto& argument) {
    std::string out = call.text + "(";
    for (std::size_t i = 0; i < call.args.size(); ++i) out += (i ? "," : "") + argument(i);
    return out + ")";
  };
  const auto written = [&](std::size_t i) {
    return std::string(frame_.tree.source->slice(frame_.tree[call.args[i]].span));
  };
  std::vector<std::string> out;
  for (std::size_t turn = call.args.size(); turn-- > 0;)
    out.push_back(with([&](std::size_t i) { return i == turn ? turned(call.args[i]) : written(i); }));
  if (call.args.size() == 2) out.push_back(with([&](std::size_t i) { return written(1 - i); }));
  for (std::size_t stack = 0; stack < call.args.size(); ++stack)
    out.push_back(with([&](std::size_t i) { return i == stack ? "vec(" + written(i) + ")" : written(i); }));
  return out;
}

std::vector<std::string> ShapeError::other_literals(const SyntaxNode& call,
                                                    const std::vector<DerivedOperator>& forms) const {
  std::vector<std::string> out;
  for (const DerivedOperator& form : forms) {
    if (form.parameters.size() != call.args.size()) continue;
    std::string text = call.text + "(";
    for (std::size_t i = 0; i < call.args.size(); ++i) {
      const auto& literal = form.parameters[i].literal;
      text += (i ? "," : "") +
              (literal ? literal->text() : std::string(frame_.tree.source->slice(frame_.tree[call.args[i]].span)));
    }
    out.push_back(text + ")");
  }
  return out;
}

std::string ShapeError::factor(SyntaxId id) const {
  const SyntaxNode& n = frame_.tree[id];
  const std::string text(frame_.tree.source->slice(n.span));
  const bool loose = n.kind == SyntaxKind::Unary || n.kind == SyntaxKind::Binary;
  return loose && !n.bracketed ? "(" + text + ")" : text;
}

std::string ShapeError::turned(SyntaxId id) const {
  const SyntaxNode& n = frame_.tree[id];
  if (n.kind == SyntaxKind::Transpose) return std::string(frame_.tree.source->slice(frame_.tree[n.args[0]].span));
  return factor(id) + "'";
}

// --- one repair ------------------------------------------------------------------------------------------------------

bool ShapeError::fits(const std::string& text) {
  const SourceText source("repair", text);
  const auto tree = parse_expression(source, whole(source));
  if (!tree.ok()) return false;
  ExpressionElaborator trial(elaborator_.work_);
  return trial.conforms(*tree, frame_.scope, frame_.parameters);
}

std::string ShapeError::first_that_fits(Span place, const std::vector<std::string>& texts) {
  if (frame_.foreign) return {};
  const Span root = frame_.tree[frame_.root].span;
  if (root.end - root.begin > kLongestTried) return {};
  const SourceText& source = *frame_.tree.source;
  const std::string before(source.slice({root.begin, place.begin})), after(source.slice({place.end, root.end}));
  for (const std::string& text : texts)
    if (fits(before + "(" + text + ")" + after)) return one_line(text);
  for (const std::string& text : texts)
    if (fits(text)) return one_line(text);
  return {};
}

std::vector<std::string> ShapeError::repairs(const SyntaxNode& node, const Value& left, const Value& right) const {
  const SyntaxId a = node.args[0], b = node.args[1];
  const std::string l = node.op == Operator::Add || node.op == Operator::Subtract
                            ? std::string(frame_.tree.source->slice(frame_.tree[a].span))
                            : factor(a);
  const std::string r = factor(b);
  const auto join = [](const std::string& x, const char* op, const std::string& y) { return x + " " + op + " " + y; };
  const char* op = text(node.op);
  std::vector<std::string> out;
  const bool right_first = frame_.tree[b].kind == SyntaxKind::Transpose || frame_.tree[a].kind != SyntaxKind::Transpose;
  const auto transposes = [&](const char* o) {
    if (right_first) out.push_back(join(l, o, turned(b)));
    out.push_back(join(turned(a), o, r));
    if (!right_first) out.push_back(join(l, o, turned(b)));
  };
  switch (node.op) {
    case Operator::Times:
      transposes("*");
      out.push_back(join(r, "*", l));
      if (left.shape == right.shape) out.push_back(join(l, ".*", r));
      break;
    case Operator::EntryTimes:
      transposes(".*");
      out.push_back(join(l, "*", r));
      break;
    case Operator::Divide:
    case Operator::LeftDivide:
      out.push_back(join(l, node.op == Operator::Divide ? "./" : ".\\", r));
      transposes(op);
      break;
    case Operator::Power: out.push_back(join(l, ".^", r)); break;
    case Operator::Add:
    case Operator::Subtract:
      transposes(op);
      out.push_back(join(factor(a), "*", r));
      break;
    case Operator::EntryDivide:
    case Operator::EntryLeftDivide:
    case Operator::EntryPower: transposes(op); break;
    case Operator::Kronecker:
    case Operator::Less:
    case Operator::LessEqual:
    case Operator::Greater:
    case Operator::GreaterEqual:
    case Operator::Range: break;
  }
  // A column with a row: both spread, as a careful writer would say it.
  const DimTable& dims = elaborator_.pool_.dims;
  const auto column = [&](const Value& v) { return v.shape.cols == dims.one(); };
  const auto row = [&](const Value& v) { return v.shape.rows == dims.one(); };
  const auto spread = [&](const Value& v, const std::string& t, const Value& other) {
    return column(v) ? fmt::format("{}*ones(1,{})", t, dims.text(other.shape.cols))
                     : fmt::format("ones({},1)*{}", dims.text(other.shape.rows), t);
  };
  if (node.op != Operator::Times && node.op != Operator::Divide && node.op != Operator::LeftDivide &&
      ((column(left) && row(right)) || (row(left) && column(right)))) {
    const std::string x = spread(left, factor(a), right), y = spread(right, r, left);
    const bool sum = node.op == Operator::Add || node.op == Operator::Subtract;
    const bool one_is_turned = transposed(left.shape) == right.shape;
    out.insert(one_is_turned ? out.end() : out.begin(), sum ? join(x, op, y) : join("(" + x + ")", op, "(" + y + ")"));
  }
  return out;
}

// --- the messages ----------------------------------------------------------------------------------------------------

Diagnostic ShapeError::operands(const SyntaxNode& node, const Value& left, const Value& right, const char* code,
                                std::string message, const std::string& why) {
  Diagnostic d = error_at(code, frame_.tree[node.args[1]].span, std::move(message));
  d.also = {frame_.tree[node.args[0]].span};
  d.detail = {fmt::format("{} is {} but {} is {}: {}.", quoted(node.args[0]), shape(left), quoted(node.args[1]),
                          shape(right), why)};
  d.notes = origins({node.args[0], node.args[1]});
  d.repair = first_that_fits(node.span, repairs(node, left, right));
  return d;
}

Diagnostic ShapeError::argument(const SyntaxNode& call, std::size_t which, const Value& value, const char* code,
                                std::string message, const std::vector<std::string>& texts) {
  const SyntaxId id = call.args[which];
  Diagnostic d = error_at(code, frame_.tree[id].span, std::move(message));
  d.detail = {fmt::format("{} is {}.", quoted(id), shape(value))};
  d.notes = origins({id});
  d.repair = first_that_fits(call.span, texts);
  return d;
}

std::vector<std::string> ShapeError::origins(const std::vector<SyntaxId>& in) {
  std::vector<SyntaxId> names, open(in.rbegin(), in.rend());
  while (!open.empty() && names.size() < kMostOrigins) {
    const SyntaxId id = open.back();
    open.pop_back();
    const SyntaxNode& n = frame_.tree[id];
    const auto known = [&](SyntaxId other) { return frame_.tree[other].text == n.text; };
    if (n.kind == SyntaxKind::Name && std::ranges::none_of(names, known)) names.push_back(id);
    open.insert(open.end(), n.args.rbegin(), n.args.rend());
  }
  std::vector<std::string> out;
  TermPool& pool = elaborator_.pool_;
  for (const SyntaxId id : names) {
    const std::string& name = frame_.tree[id].text;
    if (frame_.parameters) {
      const auto argument = frame_.parameters->find(name);
      if (argument != frame_.parameters->end()) {
        out.push_back(fmt::format("{} is {} in this call of {}", name, shape(argument->second), frame_.name));
        continue;
      }
    }
    const Named* named = frame_.scope.find(name);
    const SymbolId* symbol = named ? std::get_if<SymbolId>(&named->what) : nullptr;
    if (!symbol) continue;
    const Symbol& s = pool.symbols[*symbol];
    std::string line = fmt::format("{} is {}", name, text(s.shape, pool.dims));
    if (!named->declared.empty()) {
      const Place place = frame_.tree.source->place(named->declared.begin);
      line += fmt::format(" ({} at {}:{})", s.kind == SymbolKind::Let ? "let" : "declared", place.line, place.column);
    }
    out.push_back(std::move(line));
  }
  return out;
}

Diagnostic ShapeError::unknown_name(const SyntaxNode& node) {
  TermPool& pool = elaborator_.pool_;
  const bool call = node.kind == SyntaxKind::Call;
  std::vector<std::string> names;
  if (frame_.parameters)
    for (const auto& [name, value] : *frame_.parameters) names.push_back(name);
  for (const auto& [name, named] : frame_.scope.names()) {
    const bool function = std::holds_alternative<FunctionId>(named.what) || std::holds_alternative<Macro>(named.what);
    if (function == call) names.push_back(name);
  }
  if (call) {
    for (const std::string& name : primitive_names())
      if (name != "I" && name != "pi" && name != "d") names.push_back(name);
    for (std::size_t f = 0; f < pool.functions.size(); ++f) names.push_back(pool.functions[FunctionId(f)].name);
    for (std::string& name : elaborator_.work_.vocabulary.names()) names.push_back(std::move(name));
  } else {
    for (const char* name : {"pi", "ones", "zeros", "eye"}) names.emplace_back(name);
  }
  Diagnostic d =
      error_at("E-NAME-01", call ? node.mark : node.span,
               fmt::format("`{}` is {}", node.text, call ? "no function that is known here" : "not declared"));
  const auto near = nearest(node.text, names);
  if (!near) return d;
  d.repair = *near;
  if (const Named* named = frame_.scope.find(*near); named && !named->declared.empty()) {
    const Place place = frame_.tree.source->place(named->declared.begin);
    d.notes.push_back(fmt::format("{} is declared at {}:{}", *near, place.line, place.column));
  }
  return d;
}

}  // namespace dvec
