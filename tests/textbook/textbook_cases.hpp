#pragma once
/// tests/textbook/cases.txt: derivatives with the line that a textbook prints, and dvec's beside it.

#include <sstream>
#include <string>
#include <vector>

#include "tests/run_dvec.hpp"

namespace dvec::test {

struct NamedLine {
  std::string name, expression;
};

struct TextbookCase {
  std::string topic, name, title, source;
  std::vector<std::string> program;  ///< its last line is the question
  std::vector<NamedLine> where;      ///< the textbook's own lines
  std::string textbook;
  std::vector<NamedLine> with;       ///< dvec's own lines
  std::string dvec;

  [[nodiscard]] std::string statements() const {
    std::string out;
    for (const std::string& s : program) out += s + "\n";
    return out;
  }
  [[nodiscard]] bool declares(const std::string& let) const {
    for (const std::string& s : program)
      if (s.starts_with("let " + let + " ")) return true;
    return false;
  }
};

struct TextbookFile {
  std::string head;  ///< the comment it begins with
  std::vector<TextbookCase> cases;
};

inline NamedLine named_line(const std::string& text) {
  const std::size_t is = text.find(" = ");
  if (is == std::string::npos) throw std::runtime_error("a line is NAME = EXPRESSION, not " + text);
  return {text.substr(0, is), text.substr(is + 3)};
}

inline TextbookFile read_textbook(const std::string& text) {
  TextbookFile out;
  std::istringstream in(text);
  std::string topic;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("#")) {
      out.head += line + "\n";
    } else if (line.starts_with("topic ")) {
      topic = line.substr(6);
    } else if (line.starts_with("case ")) {
      out.cases.emplace_back();
      out.cases.back().topic = topic;
      out.cases.back().name = line.substr(5);
    } else if (line.starts_with("    ")) {
      out.cases.at(out.cases.size() - 1).program.push_back(line.substr(4));
    } else if (!line.empty()) {
      TextbookCase& c = out.cases.at(out.cases.size() - 1);
      const std::string field = line.substr(2, line.find(' ', 2) - 2), value = line.substr(std::min(line.size(), std::size_t{11}));
      if (field == "title") c.title = value;
      else if (field == "where") c.where.push_back(named_line(value));
      else if (field == "textbook") c.textbook = value;
      else if (field == "source") c.source = value;
      else if (field == "with") c.with.push_back(named_line(value));
      else if (field == "dvec") c.dvec = value;
      else throw std::runtime_error("unknown field in " + c.name + ": " + line);
    }
  }
  return out;
}

inline std::string written(const TextbookFile& file) {
  std::string out = file.head, topic;
  for (const TextbookCase& c : file.cases) {
    if (c.topic != topic) out += "\ntopic " + c.topic + "\n";
    topic = c.topic;
    out += "\ncase " + c.name + "\n  title    " + c.title + "\n";
    for (const std::string& s : c.program) out += "    " + s + "\n";
    for (const NamedLine& l : c.where) out += "  where    " + l.name + " = " + l.expression + "\n";
    out += "  textbook " + c.textbook + "\n  source   " + c.source + "\n";
    for (const NamedLine& l : c.with) out += "  with     " + l.name + " = " + l.expression + "\n";
    out += "  dvec     " + c.dvec + "\n";
  }
  return out;
}

}  // namespace dvec::test
