/// dvec_rule_lint [--embed OUT.cpp] FILES...: checks the rule book; a bad block fails the build with its place.

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "rulebook/rule_book.hpp"

namespace {

/// A raw string literal; pieces, since compilers limit the length of one.
std::string literal(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 8000) out += "R\"dvec~(" + text.substr(at, 8000) + ")dvec~\"\n";
  return out.empty() ? "\"\"" : out;
}

}  // namespace

int main(int argc, char** argv) {
  std::string embed;
  std::vector<dvec::RuleText> texts;
  std::string sources;
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    if (arg == "--embed" && i + 1 < argc) {
      embed = argv[++i];
      continue;
    }
    std::ifstream in(arg);
    if (!in) {
      std::cerr << arg << ": cannot be read\n";
      return 2;
    }
    std::ostringstream text;
    text << in.rdbuf();
    if (arg.ends_with(".bib"))
      sources = text.str();
    else
      texts.push_back({arg, text.str()});
  }
  dvec::TermPool pool;
  const auto loaded = dvec::RuleBook::load(texts, dvec::bib_keys(sources), pool);
  if (const auto* errors = std::get_if<dvec::RuleErrors>(&loaded)) {
    for (const std::string& e : errors->rendered) std::cerr << e;
    return 1;
  }
  if (embed.empty()) return 0;
  std::ofstream out(embed);
  out << "// Made from rules/ by dvec_rule_lint.\n#include \"rulebook/embedded_rules.hpp\"\n#include \"rulebook/rule_book.hpp\"\n"
         "#include \"support/result.hpp\"\n\nnamespace dvec {\n\n"
         "const std::vector<RuleText>& embedded_rule_texts() {\n  static const std::vector<RuleText> texts = {\n";
  for (const dvec::RuleText& t : texts) out << "{\"" << t.name << "\",\n" << literal(t.text) << "},\n";
  out << "  };\n  return texts;\n}\n\nconst std::string& embedded_sources() {\n  static const std::string text =\n"
      << literal(sources)
      << ";\n  return text;\n}\n\nRuleBook embedded_rule_book(TermPool& pool, RuleSelection selection) {\n"
         "  auto loaded = RuleBook::load(embedded_rule_texts(), {}, pool, selection);  // sources were checked when this was made\n"
         "  if (const auto* errors = std::get_if<RuleErrors>(&loaded))\n"
         "    throw Bug(\"the embedded rule book does not load: \" + errors->rendered.at(0));\n"
         "  return std::get<RuleBook>(std::move(loaded));\n}\n\n}  // namespace dvec\n";
  return out ? 0 : 2;
}
