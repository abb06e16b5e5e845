/// dvec rules: the rule book, one block of it, or which of it the derivations of some files use.

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/make_report.hpp"
#include "cli/narrate.hpp"
#include "cli/spelling_out.hpp"
#include "cli/verbs.hpp"
#include "syntax/spelling.hpp"

namespace dvec::cli {

namespace {

const char* word(RuleKind kind) {
  switch (kind) {
    case RuleKind::Operator: return "operator";
    case RuleKind::Linear: return "linear";
    case RuleKind::Identity: return "identity";
    case RuleKind::Element: return "element";
    case RuleKind::Define: return "define";
  }
  return "";
}

std::string page(const Rule& rule) {
  std::string out = fmt::format("{}   {}\n", rule.name, word(rule.kind));
  std::string text = rule.text;
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  std::string line;
  for (const char c : text + "\n") {
    if (c != '\n') {
      line += c;
      continue;
    }
    const std::size_t begin = line.find_first_not_of(' ');
    if (begin != std::string::npos) out += "    " + line.substr(begin) + "\n";
    line.clear();
  }
  if (!rule.source.empty() && text.find("source ") == std::string::npos) out += fmt::format("    source   {}\n", rule.source);
  if (!rule.teach.empty() && text.find("teach ") == std::string::npos) out += fmt::format("    {}\n", rule.teach);
  return out;
}

std::string listing(const RuleBook& book) {
  std::size_t width = 0;
  for (const Rule& r : book.rules()) width = std::max(width, r.name.size());
  std::string out, chapter;
  for (const Rule& r : book.rules()) {
    if (r.chapter != chapter) out += fmt::format("{}{}\n", out.empty() ? "" : "\n", r.chapter);
    chapter = r.chapter;
    out += fmt::format("  {:<{}}  {:<8}  {}\n", r.name, width, word(r.kind), r.teach);
  }
  return out;
}

std::string as_json(const std::vector<const Rule*>& rules) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (const Rule* r : rules)
    list.push_back({{"name", r->name}, {"kind", word(r->kind)}, {"chapter", r->chapter}, {"text", r->text}, {"source", r->source}, {"teach", r->teach}});
  const Json out = {{"schema", "dvec/1"}, {"dvec", DVEC_VERSION}, {"rules", std::move(list)}, {"diagnostics", Json::array()}};
  return out.dump(2) + "\n";
}

/// How often each rule is a step in the derivations of the files.
Response coverage(const Options& options) {
  if (options.names.empty()) {
    const Session session;
    return refuse(session, {error_at("E-USE-05", {}, "--coverage takes the programs whose derivations are looked at")}, options);
  }
  std::map<std::string, int> counts;
  TellingFigures figures;
  Response response;
  for (const std::string& file : options.names) {
    Session session;
    Options one = options;
    one.file = file;
    Result<Program> program = read_input(session, one);
    if (!program) return refuse(session, program.errors(), one);
    Result<Report> report = make_report(session, std::move(*program), one, Tracing::All);
    if (!report) return refuse(session, report.errors(), one);
    const Narration narration = narration_of(session, *report);
    for (const Step& s : steps_of(narration)) ++counts[s.rule];
    figures.by_rules += narration.figures.by_rules;
    figures.in_part += narration.figures.in_part;
    figures.by_certificate += narration.figures.by_certificate;
    response.status = worse(response.status, status_of(*report));
  }
  const Session session;
  std::size_t used = 0, all = 0;
  for (const Rule& r : session.book.rules()) {
    if (r.kind == RuleKind::Element || r.kind == RuleKind::Define) continue;  // no steps of their own
    const auto found = counts.find(r.name);
    const int n = found == counts.end() ? 0 : found->second;
    ++all;
    if (n > 0) ++used;
    response.text += fmt::format("{:>6}  {}\n", n, r.name);
  }
  response.text += fmt::format("{} of {} rules are steps of these derivations\n", used, all);
  response.text += fmt::format("simplifications: {} told by rules, {} by rules and a certificate, {} by a certificate only\n", figures.by_rules,
                               figures.in_part, figures.by_certificate);
  return response;
}

}  // namespace

Response rules_verb(const Options& options) {
  if (options.coverage) return coverage(options);
  const Session session;
  std::vector<const Rule*> chosen;
  std::vector<std::string> names;
  for (const Rule& r : session.book.rules()) names.push_back(r.name);
  for (const std::string& wanted : options.names) {
    const std::size_t before = chosen.size();
    for (const Rule& r : session.book.rules())
      if (r.name == wanted || r.name.starts_with(wanted + "/")) chosen.push_back(&r);
    if (chosen.size() > before) continue;
    Diagnostic d = error_at("E-USE-05", {}, fmt::format("there is no rule {}", wanted));
    d.repair = nearest(wanted, names).value_or("");
    return refuse(session, {d}, options);
  }
  if (options.names.empty())
    for (const Rule& r : session.book.rules()) chosen.push_back(&r);
  const Spelling spell(session.pool, options.ascii);
  if (options.format == Format::Json) return {as_json(chosen), "", Status::Done};
  if (options.names.empty()) return {spell.prose(listing(session.book)), "", Status::Done};
  std::string out;
  for (const Rule* r : chosen) out += (out.empty() ? "" : "\n") + page(*r);
  return {spell.prose(out), "", Status::Done};
}

}  // namespace dvec::cli
