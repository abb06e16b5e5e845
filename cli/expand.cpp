/// dvec expand: the entries of an expression, written out.

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/entries.hpp"
#include "cli/make_report.hpp"
#include "cli/session.hpp"
#include "cli/spelling_out.hpp"
#include "cli/verbs.hpp"
#include "syntax/elaborate.hpp"
#include "term/print_latex.hpp"
#include "term/print_numpy.hpp"
#include "term/print_octave.hpp"
#include "term/term_print.hpp"
#include "term/traverse.hpp"

namespace dvec::cli {

namespace {

/// "m=2" for every size that occurs; the rest are 2.
struct Sizes {
  DimValues values;
  std::vector<std::string> assumed;
};

Result<Sizes> sizes_of(const TermPool& pool, const Program& program, TermId term, const Options& options) {
  std::set<std::string> needed(program.dims.begin(), program.dims.end());
  for (const TermId t : reachable(pool, term))
    for (const Dim d : {pool.shape(t).rows, pool.shape(t).cols}) needed.insert(pool.dims.symbols(d).begin(), pool.dims.symbols(d).end());
  Sizes out;
  for (const std::string& given : options.dims) {
    const std::size_t at = given.find('=');
    const std::string name = given.substr(0, at);
    const auto value = at == std::string::npos ? std::nullopt : Rational::parse(given.substr(at + 1));
    const auto whole = value ? value->to_int64() : std::nullopt;
    if (!whole || *whole < 1)
      return error_at("E-USE-03", {}, fmt::format("--dims takes sizes as NAME=NUMBER, a positive integer, not `{}`", given));
    if (!needed.contains(name)) {
      Diagnostic d = error_at("E-USE-03", {}, fmt::format("there is no size {} here", name));
      d.detail.push_back(needed.empty() ? "No size is open." : fmt::format("The sizes are {}.", fmt::join(needed, ", ")));
      return d;
    }
    out.values[name] = *whole;
  }
  for (const std::string& n : needed)
    if (out.values.try_emplace(n, 2).second) out.assumed.push_back(n);
  return out;
}

std::string print_entry(const TermPool& pool, const Spelling& spell, TermId t, Format format) {
  switch (format) {
    case Format::Text: case Format::Html: return spell.term(t);
    case Format::Json: return print(pool, t);
    case Format::Latex: return print_latex(pool, t);
    case Format::Octave: return print_octave(pool, t);
    case Format::Numpy: return print_numpy(pool, t);
  }
  return {};
}

std::string rows_of(const Matrix<std::string>& m, const char* open, const char* between, const char* row_end, const char* close) {
  std::string out = open;
  for (std::size_t i = 0; i < m.rows(); ++i) {
    if (i > 0) out += row_end;
    for (std::size_t j = 0; j < m.cols(); ++j) out += (j > 0 ? between : "") + m(i, j);
  }
  return out + close;
}

std::string write_entries(const Matrix<std::string>& m, const std::string& heading, const Options& options) {
  switch (options.format) {
    case Format::Latex: return rows_of(m, "\\begin{bmatrix}\n  ", " & ", " \\\\\n  ", "\n\\end{bmatrix}\n");
    case Format::Octave: return rows_of(m, "[", ", ", ";\n ", "]\n");
    case Format::Numpy: return rows_of(m, "np.array([[", ", ", "],\n          [", "]])\n");
    case Format::Json: {
      nlohmann::ordered_json entries = nlohmann::ordered_json::array();
      for (std::size_t i = 0; i < m.rows(); ++i) {
        entries.emplace_back(nlohmann::ordered_json::array());
        for (std::size_t j = 0; j < m.cols(); ++j) entries.back().push_back(m(i, j));
      }
      const nlohmann::ordered_json out = {{"schema", "dvec/1"},
                                          {"dvec", DVEC_VERSION},
                                          {"entries", std::move(entries)},
                                          {"results", nlohmann::ordered_json::array()},
                                          {"claims", nlohmann::ordered_json::array()},
                                          {"diagnostics", nlohmann::ordered_json::array()}};
      return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
    }
    case Format::Text: case Format::Html: break;
  }
  std::string out = options.quiet ? "" : heading;
  std::size_t width = 0;
  const auto place = [&](std::size_t i, std::size_t j) { return fmt::format("({},{})", i + 1, j + 1); };
  if (m.size() > 0) width = place(m.rows() - 1, m.cols() - 1).size();
  for (std::size_t j = 0; j < m.cols(); ++j)
    for (std::size_t i = 0; i < m.rows(); ++i)
      out += m.size() == 1 ? m(i, j) + "\n" : fmt::format("{:<{}}  {}\n", place(i, j), width, m(i, j));
  return out;
}

}  // namespace

Response expand_verb(const Options& options) {
  Session session(RuleSelection::Differentiation);
  session.source = std::make_unique<SourceText>("<expression>", options.expression.value_or(""));
  if (options.format == Format::Html)
    return refuse(session, {error_at("E-USE-04", {}, "expand writes text, latex, json, octave and numpy")}, options);
  Result<Program> program = read_value(*session.source, session.book.vocabulary(), session.pool);
  if (!program) return refuse(session, program.errors(), options);
  TermPool& pool = session.pool;
  TermId term = program->outputs.at(0);
  if (!program->derivatives.empty()) {  // the derivatives in it, in closed form
    program->derive = {term};
    program->derive_spans = {{}};
    Result<Report> report = make_report(session, *program, options, Tracing::Sweeps);
    if (!report) return refuse(session, report.errors(), options);
    const std::optional<TermId> all = Expansion(pool, report->definitions).term(report->results.at(0).term);
    if (!all) throw LimitReached("the derivative is too large to be written out");
    term = *all;
  }
  const Result<Sizes> sizes = sizes_of(pool, *program, term, options);
  if (!sizes) return refuse(session, sizes.errors(), options);

  const Matrix<TermId> entries = Entries(pool, sizes->values, program->variables).of(term);
  const Spelling spell(pool, options.ascii);
  Matrix<std::string> texts(entries.rows(), entries.cols());
  for (std::size_t k = 0; k < entries.size(); ++k) texts[k] = print_entry(pool, spell, entries[k], options.format);

  std::string heading;
  if (!program->inferred.empty()) heading += fmt::format("inferred: {}\n", spell.prose(fmt::format("{}", fmt::join(program->inferred, ", "))));
  std::vector<std::string> values;
  for (const auto& [name, value] : sizes->values) {
    const bool assumed = std::ranges::count(sizes->assumed, name) > 0;
    values.push_back(fmt::format("{} = {}{}", spell.name(name), value, assumed ? " (not given)" : ""));
  }
  if (!values.empty()) heading += fmt::format("sizes: {}\n", fmt::join(values, ", "));
  return {write_entries(texts, heading.empty() ? "" : heading + "\n", options), "", Status::Done};
}

}  // namespace dvec::cli
