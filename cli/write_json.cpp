#include "cli/write_json.hpp"

#include <array>
#include <cmath>

#include <nlohmann/json.hpp>

#include "cli/writers.hpp"
#include "term/print_latex.hpp"
#include "term/term_print.hpp"

namespace dvec::cli {

namespace {

using Json = nlohmann::ordered_json;

/// Input that is no UTF-8 may be quoted in a message: it is replaced, not refused.
std::string dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json head() { return {{"schema", "dvec/1"}, {"dvec", DVEC_VERSION}}; }

Json diagnostic(const Diagnostic& d, const SourceText* source) {
  const char* const severity = d.severity == Severity::Error ? "error" : d.severity == Severity::Warning ? "warning" : "note";
  Json out = {{"severity", severity}, {"code", d.code}};
  if (source != nullptr) {
    const Place begin = source->place(d.span.begin), end = source->place(d.span.end);
    out["line"] = begin.line;
    out["column"] = begin.column;
    out["end_column"] = end.line == begin.line ? end.column : begin.column + 1;
  }
  out["message"] = d.message;
  if (!d.detail.empty()) out["detail"] = d.detail;
  if (!d.notes.empty()) out["notes"] = d.notes;
  if (!d.repair.empty()) out["repair"] = d.repair;
  return out;
}

/// Rows of numbers; what is no number is null.
Json matrix(const Matrix<double>& m) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < m.rows(); ++i) {
    Json row = Json::array();
    for (std::size_t j = 0; j < m.cols(); ++j) row.push_back(std::isfinite(m(i, j)) ? Json(m(i, j)) : Json(nullptr));
    rows.push_back(std::move(row));
  }
  return rows;
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json check(const CheckView& c) {
  return {{"method", c.method}, {"points", c.points}, {"worst_relative_error", c.worst_relative_error}, {"ok", c.ok}};
}

/// Definitions as they are shown, each printed once.
struct Lets {
  Expansion expansion;
  std::vector<Json> shown;

  Lets(TermPool& pool, const Definitions& definitions) : expansion(pool, definitions) {
    for (const Binding& b : definitions) shown.push_back({{"name", pool.symbols[b.name].name}, {"expression", print(pool, b.value)}});
  }
};

Json result(Session& session, Lets& definitions, const ResultView& r) {
  TermPool& pool = session.pool;
  Json lets = Json::array();
  for (const std::size_t place : definitions.expansion.used(r.term)) lets.push_back(definitions.shown[place]);
  const std::optional<std::string> all = definitions.expansion.text(r.term);
  Json out = {{"kind", r.kind},
              {"of", r.of},
              {"wrt", text_or_null(r.wrt)},
              {"rows", pool.dims.text(r.shape.rows)},
              {"cols", pool.dims.text(r.shape.cols)},
              {"expression", print(pool, r.term)},
              {"lets", std::move(lets)},
              {"expanded", all ? Json(*all) : Json(nullptr)},
              {"operations", all ? Json(operations(*all)) : Json(nullptr)},
              {"latex", print_latex(pool, r.term)}};
  if (!r.notes.empty()) out["notes"] = r.notes;
  out["check"] = r.check ? check(*r.check) : Json(nullptr);
  if (r.value) out["value"] = matrix(*r.value);
  return out;
}

Json witness(const Witness& w) {
  Json sizes = Json::object(), values = Json::object();
  for (const auto& [name, size] : w.sizes) sizes[name] = size;
  for (const auto& [name, value] : w.values) values[name] = matrix(value);
  Json out = {{"sizes", std::move(sizes)}, {"values", std::move(values)}};
  if (!w.functions.empty()) out["functions"] = w.functions;
  out["left"] = matrix(w.left);
  out["right"] = matrix(w.right);
  return out;
}

Json claim(const ClaimView& c) {
  Json out = {{"label", c.label},
              {"verdict", c.verdict},
              {"expected", text_or_null(c.expected)},
              {"certificate", text_or_null(c.certificate)},
              {"error_bound", text_or_null(c.error_bound)},
              {"reason", text_or_null(c.reason)}};
  out["witness"] = c.witness ? witness(*c.witness) : Json(nullptr);
  out["repair"] = text_or_null(c.repair);
  return out;
}

}  // namespace

std::string json_of_errors(const Diagnostics& errors, const SourceText* source) {
  Json out = head();
  out["results"] = Json::array();
  out["claims"] = Json::array();
  out["diagnostics"] = Json::array();
  for (const Diagnostic& d : errors) out["diagnostics"].push_back(diagnostic(d, source));
  return dump(out);
}

std::string json_of_failure(const std::string& code, const std::string& message) {
  return json_of_errors({error_at(code, {}, message)}, nullptr);
}

std::string write_json(Session& session, const Report& report, const Options&) {
  Json out = head();
  out["results"] = Json::array();
  Lets definitions(session.pool, report.definitions);
  for (const ResultView& r : report.results) out["results"].push_back(result(session, definitions, r));
  if (!report.values.empty()) {
    Json values = Json::object();
    for (const auto& [name, value] : report.values) values[name] = matrix(value);
    out["values"] = std::move(values);
  }
  out["claims"] = Json::array();
  for (const ClaimView& c : report.claims) out["claims"].push_back(claim(c));
  if (!report.program.inferred.empty()) out["inferred"] = report.program.inferred;
  out["diagnostics"] = Json::array();
  for (const Diagnostic& d : report.warnings) out["diagnostics"].push_back(diagnostic(d, session.source.get()));
  for (const ClaimView& c : report.claims)
    for (const Diagnostic& d : c.ill_typed) out["diagnostics"].push_back(diagnostic(d, session.source.get()));
  return dump(out);
}

}  // namespace dvec::cli
