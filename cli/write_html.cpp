#include <unordered_set>

#include <fmt/format.h>

#include "cli/spelling_out.hpp"
#include "cli/writers.hpp"
#include "term/print_latex.hpp"

namespace dvec::cli {

namespace {

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else out += c;
  }
  return out;
}

constexpr const char* kStyle =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "h2{font-size:1.1rem;margin:2rem 0 .3rem}h2 small{font-weight:normal;color:#666}"
    ".formula,pre{font-family:ui-monospace,monospace;background:#f5f5f2;padding:.6rem .8rem;overflow-x:auto;white-space:pre-wrap}"
    ".note{color:#666;margin:.2rem 0}.false{color:#a00}summary{cursor:pointer;color:#666}";

}  // namespace

std::string write_html(Session& session, const Report& report, const Options& options) {
  const TermPool& pool = session.pool;
  const Spelling spell(pool, options.ascii);
  const std::string title = escaped(session.source ? session.source->name() : "dvec");
  std::string out = fmt::format("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<h1>{}</h1>\n",
                                title, kStyle, title);
  if (session.source) out += fmt::format("<pre>{}</pre>\n", escaped(session.source->text()));
  std::vector<TermId> roots;
  for (const ResultView& r : report.results) roots.push_back(r.term);
  std::string lines;
  std::unordered_set<SymbolId> line_names;
  for (const Binding& b : report.answers.lines) line_names.insert(b.name);
  for (const Binding& b : used(pool, report.definitions, roots)) {
    if (line_names.contains(b.name)) lines += fmt::format("{} = {}\n", escaped(spell.name(pool.symbols[b.name].name)), escaped(spell.term(b.value)));
  }
  if (!lines.empty()) out += fmt::format("<h2>Names used below</h2>\n<div class=\"formula\">{}</div>\n", lines);
  for (const ResultView& r : report.results) {
    out += fmt::format("<h2>{} <small>{}</small></h2>\n<div class=\"formula\">{}{}</div>\n", escaped(r.title), escaped(spell.shape(r.shape)),
                       escaped(spell.left_side(r)), escaped(spell.term(r.term)));
    for (const std::string& note : r.notes) out += fmt::format("<p class=\"note\">note: {}</p>\n", escaped(note));
    if (r.check) out += fmt::format("<p class=\"note\">checked: {}</p>\n", escaped(r.check->detail));
    out += fmt::format("<details><summary>LaTeX</summary><pre>{}</pre></details>\n", escaped(print_latex(pool, r.term)));
  }
  for (const ClaimView& c : report.claims)
    out += fmt::format("<h2>claim {} <small class=\"{}\">{}</small></h2>\n<div class=\"formula\">{}</div>\n<p class=\"note\">{}</p>\n", escaped(c.label),
                       escaped(c.verdict), escaped(c.verdict), escaped(c.text), escaped(c.reason));
  return out + "</body>\n</html>\n";
}

}  // namespace dvec::cli
