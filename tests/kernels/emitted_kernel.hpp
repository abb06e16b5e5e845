#pragma once
/// Programs of the source tree as emitted kernels, and a compiler to run them with.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

#include "codegen/emit_eigen.hpp"
#include "codegen/emit_selftest.hpp"
#include "codegen/lower.hpp"
#include "rulebook/rule_book.hpp"
#include "simplify/derive.hpp"
#include "syntax/elaborate.hpp"

namespace dvec::test {

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline void write_text(const std::filesystem::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

/// A program with all that is made from it.
struct EmittedKernel {
  std::string stem;  ///< "03_batchnorm"
  std::unique_ptr<TermPool> pool = std::make_unique<TermPool>();
  Program program;
  KernelPlan plan;
  std::string header, self_test;
};

/// Throws with the diagnostics when the program has errors.
inline EmittedKernel emit_text(const std::string& stem, const std::string& text) {
  EmittedKernel k;
  k.stem = stem;
  const RuleBook book = embedded_rule_book(*k.pool);
  const SourceText source(stem + ".dv", text);
  const auto value = [&source](auto result) {
    if (!result) throw std::runtime_error(render(result.errors(), source));
    return std::move(result).value();
  };
  k.program = value(read_program(source, book.vocabulary(), *k.pool));
  const Answers answers = value(derive(k.program, book, *k.pool));
  LowerOptions options;
  options.name = stem;
  k.plan = value(lower(k.program, answers, *k.pool, options));
  const EmitOptions names{stem + ".dv", stem + ".hpp"};
  k.header = emit_eigen(k.plan, names);
  k.self_test = emit_selftest(k.plan, names);
  return k;
}

/// `path` is relative to the source tree.
inline EmittedKernel emit_file(const std::filesystem::path& path) {
  return emit_text(path.stem().string(), read_text(std::filesystem::path(DVEC_SOURCE_DIR) / path));
}

/// A folder of its own, removed at the end.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "dvec_kernels_XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct Outcome {
  int status = 0;
  std::string output;  ///< standard output and error
};

/// Runs a shell command.
inline Outcome run(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  Outcome outcome;
  char buffer[4096];
  for (std::size_t n = fread(buffer, 1, sizeof buffer, pipe); n > 0; n = fread(buffer, 1, sizeof buffer, pipe)) outcome.output.append(buffer, n);
  const int status = pclose(pipe);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

/// Compiles SOURCE in the folder, every warning an error; status 0 and no output when there is nothing to say.
inline Outcome compile(const Folder& folder, const std::string& source, const std::string& flags) {
  const char* compiler = std::getenv("CXX");
  return run("cd '" + folder.path().string() + "' && " + (compiler != nullptr ? compiler : "g++") +
             " -std=c++17 -Wall -Wextra -Wpedantic -Wshadow -Werror $(pkg-config --cflags eigen3 | sed 's/-I/-isystem /g') " + flags + " " + source);
}

/// Text of a program that compares values with CSV files and counts in `compared` and `wrong`.
inline constexpr const char* kCompare = R"(
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>
namespace {
Eigen::MatrixXd read_csv(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::vector<double>> rows;
  for (std::string line; std::getline(file, line);) {
    std::istringstream cells(line);
    rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(std::stod(cell));
  }
  if (rows.empty()) throw std::runtime_error("cannot read " + path);
  Eigen::MatrixXd m(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(rows[0].size()));
  for (Eigen::Index i = 0; i < m.rows(); ++i)
    for (Eigen::Index j = 0; j < m.cols(); ++j) m(i, j) = rows[static_cast<std::size_t>(i)].at(static_cast<std::size_t>(j));
  return m;
}
int wrong = 0, compared = 0;
void compare(const std::string& name, const Eigen::MatrixXd& ours, const std::string& path) {
  const Eigen::MatrixXd reference = read_csv(path);
  ++compared;
  const bool shape = ours.rows() == reference.rows() && ours.cols() == reference.cols();
  const double error = shape ? (ours - reference).cwiseAbs().maxCoeff() : 1;
  if (shape && ours.allFinite() && error <= 1e-12 * reference.cwiseAbs().maxCoeff()) return;
  ++wrong;
  std::printf("%s: error %.1e\n", name.c_str(), error);
}
Eigen::MatrixXd matrix(double x) { return Eigen::MatrixXd::Constant(1, 1, x); }
Eigen::MatrixXd matrix(const Eigen::MatrixXd& x) { return x; }
}
)";

}  // namespace dvec::test
