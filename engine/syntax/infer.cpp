/// One-liners: names without declarations get their shapes from their use.

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "syntax/derivative_request.hpp"
#include "syntax/parser.hpp"
#include "syntax/program_elaborator.hpp"
#include "syntax/spelling.hpp"

namespace dvec {

namespace {

constexpr std::size_t kMostTrials = 3000;  // assignments of "column" and "scalar" to lower-case names

/// Does a name begin with a capital letter (Latin, Greek or Cyrillic)?
bool is_capital(std::string_view name) {
  const auto byte = [&](std::size_t k) { return k < name.size() ? static_cast<unsigned char>(name[k]) : 0u; };
  if (byte(0) < 0x80) return byte(0) >= 'A' && byte(0) <= 'Z';
  const unsigned code = (byte(0) & 0x1Fu) << 6 | (byte(1) & 0x3Fu);  // two bytes suffice for these alphabets
  return (code >= 0xC0 && code <= 0xDE) || (code >= 0x391 && code <= 0x3A9) || (code >= 0x410 && code <= 0x42F);
}

/// The names of a text by what their places say about them, each in the order of the text.
struct Names {
  std::vector<std::string> sizes, matrices, functions;
  std::set<std::string> used;
};

void add_once(std::vector<std::string>& to, const std::string& name) {
  if (std::ranges::count(to, name) == 0) to.push_back(name);
}

Names names_of(const SyntaxTree& tree, const TermPool& pool, const Vocabulary& vocabulary) {
  Names names;
  const auto known_function = [&](const std::string& name) {
    return std::ranges::count(primitive_names(), name) > 0 ||
           pool.functions.find(name) || !vocabulary.find(name).empty();
  };
  std::vector<std::size_t> order(tree.nodes.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return tree.nodes[i].mark.begin; });

  // Names inside sizes, and words that are no names.
  std::set<std::uint32_t> sizes, words;
  for (const std::size_t i : order) {
    const SyntaxNode& n = tree.nodes[i];
    if (n.kind != SyntaxKind::Call) continue;
    const bool sized = n.text == "ones" || n.text == "zeros" || n.text == "eye" || n.text == "commutation_matrix" ||
                       n.text == "duplication_matrix" || n.text == "elimination_matrix" || n.text == "reshape";
    if (sized) {
      std::vector<SyntaxId> open(n.args.begin() + (n.text == "reshape" && !n.args.empty() ? 1 : 0), n.args.end());
      while (!open.empty()) {
        const SyntaxId id = open.back();
        open.pop_back();
        if (tree[id].kind == SyntaxKind::Name) sizes.insert(id.value);
        open.insert(open.end(), tree[id].args.begin(), tree[id].args.end());
      }
    }
    if ((n.text == "grad" || n.text == "jac" || n.text == "hess") && n.args.size() == 3) words.insert(n.args[2].value);
  }
  for (const std::size_t i : order) {
    const SyntaxNode& n = tree.nodes[i];
    if (n.kind == SyntaxKind::Name && sizes.contains(static_cast<std::uint32_t>(i))) add_once(names.sizes, n.text);
    if (n.kind == SyntaxKind::Name || n.kind == SyntaxKind::Call) names.used.insert(n.text);
  }
  for (const std::size_t i : order) {
    const SyntaxNode& n = tree.nodes[i];
    if (n.kind == SyntaxKind::Call && n.args.size() == 1 && !known_function(n.text)) add_once(names.functions, n.text);
    if (n.kind != SyntaxKind::Name || words.contains(static_cast<std::uint32_t>(i))) continue;
    if (n.text == "pi" || n.text == "I" || n.text == "ones" || n.text == "zeros" || n.text == "eye") continue;
    if (std::ranges::count(names.sizes, n.text) == 0) add_once(names.matrices, n.text);
  }
  std::erase_if(names.functions, [&](const std::string& f) { return std::ranges::count(names.matrices, f) > 0; });
  return names;
}

/// One way to read the names, with what speaks against it.
struct Reading {
  std::vector<Shape> shapes;  ///< parallel to Names::matrices; sizes may be unknown
  std::size_t cost = 0;
};

}  // namespace

void ProgramElaborator::infer(const std::vector<SyntaxId>& roots) {
  TermPool& pool = work_.pool;
  const Names names = names_of(tree_, pool, work_.vocabulary);
  for (const std::string& size : names.sizes) {
    scope_.bind(size, pool.dims.symbol(size));
    program_.dims.push_back(size);
  }
  for (const std::string& function : names.functions) {
    ElementFunction opaque;
    opaque.name = function;
    const FunctionId f = pool.functions.declare(std::move(opaque));
    scope_.bind(function, f);
    program_.functions.push_back(f);
  }

  std::vector<std::size_t> lower;
  for (std::size_t i = 0; i < names.matrices.size(); ++i)
    if (!is_capital(names.matrices[i])) lower.push_back(i);

  // Reads the names with these lower-case ones as scalars. Fewer scalars are better; so are matrices that are no
  // vectors, and a scalar result.
  const auto read = [&](const std::vector<std::size_t>& scalars) -> std::optional<Reading> {
    SizeUnifier sizes(pool.dims);
    Parameters given;
    Reading reading;
    for (std::size_t i = 0; i < names.matrices.size(); ++i) {
      const bool scalar = std::ranges::count(scalars, i) > 0;
      const bool column = !scalar && std::ranges::count(lower, i) > 0;
      const Dim rows = scalar ? pool.dims.one() : sizes.fresh(SizeUnifier::Use::Name);
      const Dim cols = scalar || column ? pool.dims.one() : sizes.fresh(SizeUnifier::Use::Name);
      given[names.matrices[i]] = {.shape = {rows, cols}};
      reading.shapes.push_back({rows, cols});
    }
    std::vector<Shape> results;
    expressions_.forget_constants();
    bool good = true;
    for (const SyntaxId root : roots) {
      const auto shape = expressions_.shape(tree_, root, scope_, sizes, given);
      good = good && shape;
      if (shape) results.push_back(*shape);
    }
    if (good && results.size() == 2) good = sizes.unify(results[0], results[1]);
    good = sizes.settle() && good && sizes.guess(names.sizes);
    for (Shape& s : reading.shapes) s = sizes.resolve(s);
    if (!good) return std::nullopt;
    const Dim one = pool.dims.one();
    reading.cost = 2 * scalars.size();
    for (std::size_t i = 0; i < names.matrices.size(); ++i) {
      const bool scalar = std::ranges::count(scalars, i) > 0, column = !scalar && std::ranges::count(lower, i) > 0;
      if (!scalar && (reading.shapes[i].rows == one || (!column && reading.shapes[i].cols == one))) reading.cost += 3;
    }
    for (const Shape& s : expressions_.constants())
      if (sizes.resolve(s) == Shape{one, one}) reading.cost += 3;
    const bool only_scalars = std::ranges::all_of(reading.shapes, [&](Shape s) { return s == Shape{one, one}; });
    if (roots.size() == 1 && (only_scalars || sizes.resolve(results[0]) != Shape{one, one})) reading.cost += 3;
    return reading;
  };

  // None of the lower-case names a scalar, one, two, ...
  std::optional<Reading> best;
  std::size_t trials = 0;
  for (std::size_t count = 0; count <= lower.size() && trials < kMostTrials; ++count) {
    if (best && 2 * count >= best->cost) break;
    std::vector<bool> chosen(lower.size(), false);
    std::fill(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(count), true);
    do {
      std::vector<std::size_t> scalars;
      for (std::size_t i = 0; i < lower.size(); ++i)
        if (chosen[i]) scalars.push_back(lower[i]);
      if (auto reading = read(scalars); reading && (!best || reading->cost < best->cost)) best = std::move(reading);
    } while (++trials < kMostTrials && std::prev_permutation(chosen.begin(), chosen.end()));
  }
  if (!best) {  // no reading conforms: the plain one shows where
    best.emplace();
    for (std::size_t i = 0; i < names.matrices.size(); ++i)
      best->shapes.push_back(
          {pool.dims.symbol("?r" + std::to_string(i)),
           is_capital(names.matrices[i]) ? pool.dims.symbol("?k" + std::to_string(i)) : pool.dims.one()});
  }

  // Sizes that are still open get names: n if there is one only, else m, n, p, ...
  std::vector<std::string> open;
  for (const Shape& s : best->shapes)
    for (const Dim d : {s.rows, s.cols})
      for (const std::string& symbol : pool.dims.symbols(d))
        if (symbol.starts_with('?')) add_once(open, symbol);
  std::vector<std::string> letters = {"m", "n", "p", "q", "r", "s", "k", "l", "t"};
  if (open.size() == 1) std::swap(letters[0], letters[1]);
  for (std::size_t i = 1; letters.size() < open.size() + names.used.size() + 9; ++i)
    letters.push_back("n" + std::to_string(i));
  std::erase_if(letters, [&](const std::string& l) { return names.used.contains(l); });
  for (std::size_t i = 0; i < open.size(); ++i) {
    for (Shape& s : best->shapes)
      for (Dim* d : {&s.rows, &s.cols}) *d = pool.dims.substitute(*d, open[i], pool.dims.symbol(letters[i]));
    program_.dims.push_back(letters[i]);
  }
  for (std::size_t i = 0; i < names.matrices.size(); ++i) {
    const SymbolId symbol = pool.symbols.add(
        {.name = names.matrices[i], .kind = SymbolKind::Variable, .shape = best->shapes[i], .declared = {}});
    scope_.bind(names.matrices[i], symbol);
    program_.variables.push_back(symbol);
    const bool scalar = pool.is_scalar(best->shapes[i]);
    program_.inferred.push_back(
        fmt::format("{} is {}", names.matrices[i], scalar ? "a scalar" : text(best->shapes[i], pool.dims)));
  }
  for (const std::string& size : names.sizes) program_.inferred.push_back(fmt::format("{} is a size", size));
  for (const std::string& f : names.functions)
    program_.inferred.push_back(fmt::format("{} is an elementwise function", f));
}

Result<Program> ProgramElaborator::run_expression(const std::vector<std::string>& wrt) {
  infer({tree_.root});
  const auto value = expressions_.term(tree_, tree_.root, scope_);
  if (!value) return finish();
  if (!program_.derivatives.empty()) {
    program_.derive = {value->term};
    program_.derive_spans = {tree_[tree_.root].span};
    return finish();
  }
  std::vector<SymbolId> by;
  for (const std::string& name : wrt) {
    const Named* known = scope_.find(name);
    const SymbolId* symbol = known ? std::get_if<SymbolId>(&known->what) : nullptr;
    if (!symbol) {
      Diagnostic d = error_at("E-NAME-01", {}, fmt::format("`{}` does not occur in the expression", name));
      std::vector<std::string> names;
      for (const SymbolId v : program_.variables) names.push_back(work_.pool.symbols[v].name);
      d.repair = nearest(name, names).value_or("");
      return d;
    }
    by.push_back(*symbol);
  }
  if (wrt.empty()) by = program_.variables;
  DimTable& dims = work_.pool.dims;
  const bool scalar = work_.pool.is_scalar(value->shape);
  for (const SymbolId x : by) {
    const Shape s = work_.pool.symbols[x].shape;
    Derivative request{
        .kind = scalar ? DerivativeKind::Gradient : DerivativeKind::Jacobian, .of = value->term, .wrt = x};
    if (!scalar) request.convention = Convention::Unconstrained;
    request.span = tree_[tree_.root].span;
    const Shape shape =
        scalar ? s : Shape{dims.multiply(value->shape.rows, value->shape.cols), dims.multiply(s.rows, s.cols)};
    const std::string written(tree_.source->slice(request.span));
    program_.derive.push_back(work_.pool.symbol(request_derivative(program_, work_.pool, request, shape, written)));
    program_.derive_spans.push_back(request.span);
  }
  return finish();
}

Result<Program> ProgramElaborator::run_value() {
  infer({tree_.root});
  if (const auto value = expressions_.term(tree_, tree_.root, scope_)) program_.outputs = {value->term};
  return finish();
}

Result<Program> ProgramElaborator::run_claim() {
  const Statement& s = tree_.statements.at(0);
  const ClaimStatement& claim = std::get<ClaimStatement>(s.what);
  infer({claim.left, claim.right});
  statement(s, claim);
  return finish();
}

Result<Program> read_expression(const SourceText& source, const std::vector<std::string>& wrt,
                                const Vocabulary& vocabulary, TermPool& pool) {
  DVEC_TRY(tree, parse_expression(source, whole(source)));
  return ProgramElaborator(tree, vocabulary, pool, {}).run_expression(wrt);
}

Result<Program> read_value(const SourceText& source, const Vocabulary& vocabulary, TermPool& pool) {
  DVEC_TRY(tree, parse_expression(source, whole(source)));
  return ProgramElaborator(tree, vocabulary, pool, {}).run_value();
}

Result<Program> read_claim(const SourceText& source, const Vocabulary& vocabulary, TermPool& pool) {
  DVEC_TRY(tree, parse_claim(source, whole(source)));
  return ProgramElaborator(tree, vocabulary, pool, {}).run_claim();
}

}  // namespace dvec
