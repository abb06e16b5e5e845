#include "rulebook/rule_blocks.hpp"

#include <array>
#include <algorithm>

namespace dvec {

namespace {

constexpr std::array kKeywords = {"chapter", "operator", "linear", "rule", "element", "define"};

Span trimmed(const std::string& text, std::size_t begin, std::size_t end) {
  while (begin < end && (text[begin] == ' ' || text[begin] == '\n')) ++begin;
  while (end > begin && (text[end - 1] == ' ' || text[end - 1] == '\n')) --end;
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

std::size_t word_end(const std::string& text, std::size_t at) {
  while (at < text.size() && text[at] != ' ' && text[at] != '\n') ++at;
  return at;
}

}  // namespace

Result<std::vector<RuleBlock>> split_blocks(const SourceText& source) {
  const std::string& text = source.text();
  std::vector<RuleBlock> blocks;
  Span* open = nullptr;  // the field that continuation lines belong to
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::size_t indent = 0;
    while (at + indent < end && text[at + indent] == ' ') ++indent;
    const std::size_t first = at + indent;
    const Span line{static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(end)};
    if (first == end || text[first] == '#') {
      open = nullptr;
    } else if (indent == 0) {
      const std::size_t stop = word_end(text, first);
      const std::string keyword = text.substr(first, stop - first);
      if (std::find(kKeywords.begin(), kKeywords.end(), keyword) == kKeywords.end())
        return error_at("E-RULE-01", line, "a block begins with chapter, operator, linear, rule, element or define, not " + keyword);
      blocks.push_back({keyword, trimmed(text, stop, end), {}, line});
      open = nullptr;
    } else if (blocks.empty() || indent == 1) {
      return error_at("E-RULE-01", line, "a field stands in a block, indented by two spaces");
    } else if (indent == 2) {
      const std::size_t stop = word_end(text, first);
      const std::string name = text.substr(first, stop - first);
      const auto [field, fresh] = blocks.back().fields.emplace(name, trimmed(text, stop, end));
      if (!fresh) return error_at("E-RULE-01", line, "the field " + name + " is given twice");
      open = &field->second;
      blocks.back().whole.end = line.end;
    } else if (open) {
      open->end = trimmed(text, first, end).end;
      blocks.back().whole.end = line.end;
    } else {
      return error_at("E-RULE-01", line, "a continuation line follows a field");
    }
    at = end + 1;
  }
  return blocks;
}

}  // namespace dvec
