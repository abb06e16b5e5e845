#include "support/diagnostic.hpp"

#include <fmt/format.h>

namespace dvec {

namespace {

const char* word(Severity severity) {
  switch (severity) {
    case Severity::Note: return "note";
    case Severity::Warning: return "warning";
    case Severity::Error: return "error";
  }
  return "error";
}

/// The marker line: `~` under other operands, `^~~` under the culprit; columns count code points.
std::string marker_line(const Diagnostic& diagnostic, const SourceText& source, std::size_t line) {
  std::string out;
  const auto mark = [&](Span span, char first, char rest) {
    const Place begin = source.place(span.begin);
    if (begin.line != line) return;
    const Place end = source.place(span.end);
    const std::size_t width = code_points(source.line(line));
    const std::size_t last = end.line == line ? end.column : width + 1;
    if (out.size() + 1 < std::max(last, begin.column + 1)) out.resize(std::max(last, begin.column + 1) - 1, ' ');
    for (std::size_t c = begin.column; c < std::max(last, begin.column + 1); ++c)
      out[c - 1] = c == begin.column ? first : rest;
  };
  for (const Span span : diagnostic.also) mark(span, '~', '~');
  mark(diagnostic.span, '^', '~');
  return out;
}

}  // namespace

Diagnostic error_at(std::string code, Span span, std::string message) {
  Diagnostic d;
  d.code = std::move(code);
  d.span = span;
  d.message = std::move(message);
  return d;
}

std::string render(const Diagnostic& diagnostic, const SourceText& source) {
  const Place place = source.place(diagnostic.span.begin);
  std::string out = fmt::format("{}:{}:{}: {} {}: {}\n", source.name(), place.line, place.column,
                                word(diagnostic.severity), diagnostic.code, diagnostic.message);
  const std::string_view line = source.line(place.line);
  if (!line.empty()) {
    std::string shown(line);
    for (char& c : shown)
      if (c == '\t') c = ' ';
    out += fmt::format("    {}\n    {}\n", shown, marker_line(diagnostic, source, place.line));
  }
  for (const std::string& detail : diagnostic.detail) out += fmt::format("    {}\n", detail);
  for (std::size_t i = 0; i < diagnostic.notes.size(); ++i) {
    const bool with_repair = i + 1 == diagnostic.notes.size() && !diagnostic.repair.empty();
    out += with_repair ? fmt::format("    note: {}; did you mean  {} ?\n", diagnostic.notes[i], diagnostic.repair)
                       : fmt::format("    note: {}\n", diagnostic.notes[i]);
  }
  if (diagnostic.notes.empty() && !diagnostic.repair.empty())
    out += fmt::format("    note: did you mean  {} ?\n", diagnostic.repair);
  return out;
}

std::string render(const Diagnostics& diagnostics, const SourceText& source) {
  std::string out;
  for (const Diagnostic& d : diagnostics) out += render(d, source);
  return out;
}

}  // namespace dvec
