#include "check/csv.hpp"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace dvec {

namespace {

std::string_view trimmed(std::string_view s) {
  const std::size_t first = s.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return s.substr(first, s.find_last_not_of(" \t\r") - first + 1);
}

/// What is shown of an entry that is no number.
std::string shown(std::string_view cell) {
  std::string out;
  for (const char c : cell.substr(0, 30)) out += static_cast<unsigned char>(c) < ' ' ? '?' : c;
  return cell.size() > 30 ? out + "..." : out;
}

class CsvParser {
 public:
  CsvParser(std::string_view text, const std::string& name, Span at, const CsvLimits& limits)
      : text_(text), name_(name), at_(at), limits_(limits) {}

  Result<Matrix<double>> parse() {
    if (text_.size() > limits_.bytes)
      return error_at("E-DATA-07", at_,
                      fmt::format("{} has {} bytes; the limit is {}", name_, text_.size(), limits_.bytes));
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
    while (!text_.empty() && std::strchr(" \t\r\n", text_.back()) != nullptr && text_.back() != '\0')
      text_.remove_suffix(1);
    if (text_.empty()) return error_at("E-DATA-04", at_, name_ + " is empty");
    while (!text_.empty()) {
      ++line_;
      const std::size_t end = text_.find('\n');
      const std::string_view row = text_.substr(0, end);
      text_.remove_prefix(end == std::string_view::npos ? text_.size() : end + 1);
      if (auto why = add_row(row); !why.empty()) return why;
    }
    Matrix<double> out(line_, cols_);
    for (std::size_t i = 0; i < line_; ++i)
      for (std::size_t j = 0; j < cols_; ++j) out(i, j) = by_rows_[i * cols_ + j];
    return out;
  }

 private:
  [[nodiscard]] std::string place() const { return fmt::format("{}:{}", name_, line_); }

  Diagnostics add_row(std::string_view row) {
    std::size_t count = 0;
    for (bool more = true; more;) {
      const std::size_t comma = row.find(',');
      const std::string_view cell = trimmed(row.substr(0, comma));
      more = comma != std::string_view::npos;
      if (more) row.remove_prefix(comma + 1);
      ++count;
      if (cell.empty() && count == 1 && !more)
        return {error_at("E-DATA-03", at_, fmt::format("{}: a line without entries between rows", place()))};
      if (auto why = add_entry(cell, count); !why.empty()) return why;
    }
    if (line_ == 1) cols_ = count;
    if (count != cols_)
      return {error_at("E-DATA-03", at_,
                       fmt::format("{}: this row has {} {}, the first has {}", place(), count,
                                   count == 1 ? "entry" : "entries", cols_))};
    return {};
  }

  Diagnostics add_entry(std::string_view cell, std::size_t column) {
    const auto refuse = [&](const std::string& why) {
      Diagnostic d = error_at("E-DATA-02", at_, fmt::format("{}: entry {} is {}", place(), column, why));
      if (line_ == 1 && !cell.empty() && std::isalpha(static_cast<unsigned char>(cell.front())) != 0)
        d.notes.push_back("files have no header: the first line is the first row");
      if (cell.find_first_of("; \t") != std::string_view::npos) d.notes.push_back("entries are separated by commas");
      return Diagnostics{d};
    };
    if (cell.empty()) return refuse("empty");
    double value = 0;
    const char* begin = cell.data() + (cell.front() == '+' && cell.size() > 1 && cell[1] != '-' ? 1 : 0);
    const char* end = cell.data() + cell.size();
    const auto [stop, error] = std::from_chars(begin, end, value);
    if (error == std::errc::invalid_argument || stop != end) return refuse(fmt::format("no number: '{}'", shown(cell)));
    if (error == std::errc::result_out_of_range)
      return refuse(fmt::format("outside the range of doubles: '{}'", shown(cell)));
    if (!std::isfinite(value)) return refuse(fmt::format("not finite: '{}'", shown(cell)));
    if (by_rows_.size() >= limits_.entries)
      return {
          error_at("E-DATA-07", at_, fmt::format("{} has more than {} entries, the limit", name_, limits_.entries))};
    by_rows_.push_back(value);
    return {};
  }

  std::string_view text_;
  const std::string& name_;
  Span at_;
  const CsvLimits& limits_;
  std::size_t line_ = 0, cols_ = 0;
  std::vector<double> by_rows_;
};

Diagnostic unreadable(const std::filesystem::path& file, Span at, const std::string& why) {
  return error_at("E-DATA-01", at, fmt::format("cannot read {}: {}", file.string(), why));
}

/// The reason when the text does not get onto the disk under this descriptor, which is closed.
std::string write_all(int descriptor, const std::string& text) {
  std::FILE* file = ::fdopen(descriptor, "w");
  if (file == nullptr) {
    std::string why = std::strerror(errno);
    ::close(descriptor);
    return why;
  }
  std::string why = std::fwrite(text.data(), 1, text.size(), file) == text.size() ? "" : std::strerror(errno);
  if (std::fclose(file) != 0 && why.empty()) why = std::strerror(errno);
  return why;
}

}  // namespace

Result<Matrix<double>> parse_csv(std::string_view text, const std::string& name, Span at, const CsvLimits& limits) {
  return CsvParser(text, name, at, limits).parse();
}

Result<Matrix<double>> read_csv(const std::filesystem::path& file, Span at, const CsvLimits& limits) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status)) return unreadable(file, at, "there is no such file");
  if (std::filesystem::is_directory(status)) return unreadable(file, at, "it is a directory");
  std::ifstream in(file, std::ios::binary);
  if (!in) return unreadable(file, at, std::strerror(errno));
  std::string text;
  std::vector<char> block(std::size_t{1} << 16);
  while (in && text.size() <= limits.bytes) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    text.append(block.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) return unreadable(file, at, "reading it fails");
  return parse_csv(text, file.filename().string(), at, limits);
}

std::string csv_text(const Matrix<double>& values) {
  std::string out;
  for (std::size_t i = 0; i < values.rows(); ++i)
    for (std::size_t j = 0; j < values.cols(); ++j)
      fmt::format_to(std::back_inserter(out), "{:.17g}{}", values(i, j), j + 1 == values.cols() ? "\n" : ",");
  return out;
}

Diagnostics write_csv(const std::filesystem::path& file, const Matrix<double>& values) {
  const auto refuse = [&](const std::string& why) {
    return Diagnostics{error_at("E-DATA-09", {}, fmt::format("cannot write {}: {}", file.string(), why))};
  };
  std::string temporary = file.string() + ".XXXXXX";
  const int descriptor = ::mkstemp(temporary.data());
  if (descriptor < 0) return refuse(std::strerror(errno));
  std::string why = write_all(descriptor, csv_text(values));
  const mode_t mask = ::umask(0);
  ::umask(mask);
  if (why.empty() && ::chmod(temporary.c_str(), 0666 & ~mask) != 0) why = std::strerror(errno);
  if (why.empty() && std::rename(temporary.c_str(), file.c_str()) != 0) why = std::strerror(errno);
  if (why.empty()) return {};
  ::unlink(temporary.c_str());
  return refuse(why);
}

}  // namespace dvec
