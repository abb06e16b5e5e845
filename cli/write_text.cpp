#include <algorithm>
#include <array>
#include <unordered_set>

#include <fmt/format.h>

#include "cli/spelling_out.hpp"
#include "cli/writers.hpp"
#include "support/source_text.hpp"

namespace dvec::cli {

namespace {

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t have = code_points(text);
  return have < width ? text + std::string(width - have, ' ') : text;
}

std::string without_blank_end(std::string text) {
  while (text.ends_with("\n\n")) text.pop_back();
  return text;
}

class TextWriter {
 public:
  TextWriter(Session& session, const Report& report, const Options& options)
      : pool_(session.pool), report_(report), options_(options), spell_(session.pool, options.ascii) {}

  std::string checks() {
    inferred();
    for (std::size_t k = 0; k < report_.checks.size(); ++k) {
      const CheckView& c = report_.checks[k];
      const std::string& name = pool_.symbols[report_.program.derivatives[k].result].name;
      out_ += fmt::format("{}: {}, {}\n", name, c.ok ? "ok" : "NOT CHECKED", spell_.prose(c.detail));
    }
    if (!report_.checks.empty() && !report_.claims.empty()) out_ += "\n";
    for (const ClaimView& c : report_.claims) claim(c);
    if (report_.checks.empty() && report_.claims.empty()) out_ += "there is nothing to check: no derivative, no claim\n";
    return out_;
  }

  std::string run() {
    inferred();
    lines();
    for (const ResultView& r : report_.results) result(r);
    for (const auto& [name, value] : report_.values) named_value(name, value);
    for (const ClaimView& c : report_.claims) claim(c);
    return out_;
  }

 private:
  void inferred() {
    if (options_.quiet || report_.program.inferred.empty()) return;
    out_ += fmt::format("inferred: {}\n\n", spell_.prose(fmt::format("{}", fmt::join(report_.program.inferred, ", "))));
  }

  /// The names that the closed forms use and the source does not have.
  void lines() {
    std::vector<TermId> roots;
    for (const ResultView& r : report_.results) roots.push_back(r.term);
    std::vector<std::array<std::string, 2>> rows;
    std::unordered_set<SymbolId> lines;
    for (const Binding& b : report_.answers.lines) lines.insert(b.name);
    for (const Binding& b : used(pool_, report_.definitions, roots)) {
      if (!lines.contains(b.name)) continue;
      const Symbol& s = pool_.symbols[b.name];
      rows.push_back({spell_.name(s.name) + " = " + spell_.term(b.value), spell_.shape(s.shape)});
    }
    if (rows.empty()) return;
    std::size_t width = 0;
    for (const auto& row : rows) width = std::max(width, std::min<std::size_t>(code_points(row[0]), 90));
    out_ += "with\n";
    for (const auto& row : rows) out_ += fmt::format("    {}   {}\n", padded(row[0], width), row[1]);
    out_ += "\n";
  }

  void result(const ResultView& r) {
    out_ += fmt::format("{}   {}\n", r.title, spell_.shape(r.shape));
    out_ += fmt::format("    {}{}\n", r.kind == "expression" ? "= " : left(r), spell_.term(r.term));
    if (!options_.quiet) {
      for (const std::string& note : r.notes) out_ += fmt::format("    note: {}\n", spell_.prose(note));
      if (r.check) out_ += fmt::format("    {}: {}\n", r.check->ok ? "checked" : "NOT CHECKED", spell_.prose(r.check->detail));
    }
    if (r.value) matrix(*r.value, "    ");
    out_ += "\n";
  }

  std::string left(const ResultView& r) const {
    const std::string side = spell_.left_side(r);
    return side.empty() ? "= " : side;
  }

  void matrix(const Matrix<double>& m, const std::string& indent) {
    constexpr std::size_t most = 8;  // rows and columns shown; --format json and --out have all
    std::vector<std::string> rows;
    std::size_t width = 0;
    std::vector<std::vector<std::string>> cells;
    for (std::size_t i = 0; i < std::min(m.rows(), most); ++i) {
      cells.emplace_back();
      for (std::size_t j = 0; j < std::min(m.cols(), most); ++j) {
        cells.back().push_back(fmt::format("{:.6g}", m(i, j)));
        width = std::max(width, cells.back().back().size());
      }
    }
    for (const auto& row : cells) {
      out_ += indent;
      for (const std::string& c : row) out_ += std::string(width - c.size() + 2, ' ') + c;
      out_ += m.cols() > most ? "  ..." : "";
      out_ += "\n";
    }
    if (m.rows() > most || m.cols() > most) out_ += fmt::format("{}  ({} rows, {} columns)\n", indent, m.rows(), m.cols());
  }

  void named_value(const std::string& name, const Matrix<double>& value) {
    out_ += fmt::format("{}   {}{}{}\n", name, value.rows(), options_.ascii ? "x" : "×", value.cols());
    matrix(value, "    ");
    out_ += "\n";
  }

  void claim(const ClaimView& c) {
    const std::string label = c.label.empty() ? "" : fmt::format(" \"{}\"", c.label);
    out_ += fmt::format("claim{}: {}", label, c.verdict);
    if (!c.certificate.empty()) out_ += fmt::format(" ({}{})", c.certificate, c.error_bound.empty() ? "" : ", error bound " + c.error_bound);
    if (!c.expected.empty()) out_ += c.expected == c.verdict ? ", as expected" : fmt::format(", expected {}", c.expected);
    out_ += "\n";
    if (!options_.quiet) {
      if (!c.text.empty()) out_ += fmt::format("    {}\n", c.text);
      if (!c.reason.empty()) out_ += fmt::format("    {}\n", spell_.prose(c.reason));
      if (c.witness) witness(*c.witness);
      if (!c.repair.empty()) out_ += fmt::format("    did you mean  {} ?\n", spell_.prose(c.repair));
    }
    out_ += "\n";
  }

  void witness(const Witness& w) {
    std::vector<std::string> sizes;
    for (const auto& [name, size] : w.sizes) sizes.push_back(fmt::format("{} = {}", spell_.name(name), size));
    if (!w.functions.empty()) sizes.push_back(w.functions);
    out_ += fmt::format("    witness: {}\n", sizes.empty() ? "" : fmt::format("{}", fmt::join(sizes, ", ")));
    for (const auto& [name, value] : w.values) small(spell_.name(name), value);
    small("left side", w.left);
    small("right side", w.right);
  }

  /// [a, b; c, d] on one line.
  void small(const std::string& name, const Matrix<double>& m) {
    std::string rows;
    for (std::size_t i = 0; i < m.rows(); ++i) {
      if (i > 0) rows += "; ";
      for (std::size_t j = 0; j < m.cols(); ++j) rows += fmt::format("{}{:.6g}", j > 0 ? ", " : "", m(i, j));
    }
    const bool scalar = m.size() == 1;
    out_ += fmt::format("        {} = {}{}{}\n", name, scalar ? "" : "[", rows, scalar ? "" : "]");
  }

  TermPool& pool_;
  const Report& report_;
  const Options& options_;
  Spelling spell_;
  std::string out_;
};

}  // namespace

std::string write_text(Session& session, const Report& report, const Options& options) {
  return without_blank_end(TextWriter(session, report, options).run());
}

std::string write_check_text(Session& session, const Report& report, const Options& options) {
  return without_blank_end(TextWriter(session, report, options).checks());
}

std::string write(Session& session, const Report& report, const Options& options) {
  switch (options.format) {
    case Format::Text: return write_text(session, report, options);
    case Format::Latex: return write_latex(session, report);
    case Format::Json: return write_json(session, report, options);
    case Format::Octave: return write_octave(session, report);
    case Format::Numpy: return write_numpy(session, report);
    case Format::Html: return write_html(session, report, options);
  }
  return {};
}

}  // namespace dvec::cli
