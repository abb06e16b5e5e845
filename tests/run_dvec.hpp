#pragma once
/// Runs the program as a user does, and compares texts with files as a reviewer does.

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace dvec::test {

struct Run {
  int status = -1;  ///< exit status; -1: ended by a signal, or by us after the time limit
  std::string out;
  std::string err;
};

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline std::filesystem::path source_dir() { return DVEC_SOURCE_DIR; }

/// A directory that is removed with all it holds.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "dvec-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary directory");
    path_ = pattern;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// `program arguments...` from the source tree, with `input` on standard input.
inline Run run_program(const std::string& program, const std::vector<std::string>& arguments, const std::string& input = "",
                       int seconds = 60) {
  const TemporaryDirectory files;
  const auto file = [&](const char* name) { return (files.path() / name).string(); };
  std::ofstream(file("in"), std::ios::binary) << input;
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child == 0) {
    const auto redirect = [&](const char* name, int flags, int to) {
      const int d = ::open(file(name).c_str(), flags, 0600);
      if (d < 0 || ::dup2(d, to) < 0) ::_exit(126);
    };
    redirect("in", O_RDONLY, 0);
    redirect("out", O_WRONLY | O_CREAT, 1);
    redirect("err", O_WRONLY | O_CREAT, 2);
    if (::chdir(source_dir().c_str()) != 0) ::_exit(126);
    std::vector<char*> argv{const_cast<char*>(program.c_str())};
    for (const std::string& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
    argv.push_back(nullptr);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  int state = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  auto pause = std::chrono::microseconds(500);
  bool ended = false;
  while (!(ended = ::waitpid(child, &state, WNOHANG) == child) && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(pause);
    if (pause < std::chrono::milliseconds(20)) pause *= 2;
  }
  if (!ended) {
    ::kill(child, SIGKILL);
    ::waitpid(child, &state, 0);
  }
  Run run;
  run.status = ended && WIFEXITED(state) ? WEXITSTATUS(state) : -1;
  run.out = read_file(file("out"));
  run.err = read_file(file("err"));
  if (!ended) run.err += "\n[ended by the test: no answer in " + std::to_string(seconds) + " s]\n";
  return run;
}

inline Run run_dvec(const std::vector<std::string>& arguments, const std::string& input = "", int seconds = 60) {
  return run_program(DVEC_BINARY, arguments, input, seconds);
}

/// The first lines in which two texts differ, with a little of what stands around them.
inline std::string difference(const std::string& expected, const std::string& got) {
  const auto lines = [](const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  };
  const std::vector<std::string> a = lines(expected), b = lines(got);
  std::size_t first = 0;
  while (first < a.size() && first < b.size() && a[first] == b[first]) ++first;
  std::size_t tail = 0;
  while (tail + first < a.size() && tail + first < b.size() && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  std::string out = "@@ line " + std::to_string(first + 1) + "\n";
  for (std::size_t i = first >= 2 ? first - 2 : 0; i < first; ++i) out += "  " + a[i] + "\n";
  for (std::size_t i = first; i + tail < a.size() && i < first + 20; ++i) out += "- " + a[i] + "\n";
  for (std::size_t i = first; i + tail < b.size() && i < first + 20; ++i) out += "+ " + b[i] + "\n";
  if (a == b && expected != got) out += "(the texts differ in their last line break)\n";
  return out;
}

/// Compares with a committed file; `./test --renew-goldens` (DVEC_RENEW_GOLDENS=1) rewrites it instead. Returns the
/// difference, empty when there is none.
inline std::string against_golden(const std::filesystem::path& golden, const std::string& got) {
  const char* renew = std::getenv("DVEC_RENEW_GOLDENS");
  if (renew != nullptr && std::string(renew) == "1") {
    std::filesystem::create_directories(golden.parent_path());
    std::ofstream(golden, std::ios::binary) << got;
    return "";
  }
  if (!std::filesystem::exists(golden)) return golden.string() + " does not exist: ./test --renew-goldens writes it";
  const std::string expected = read_file(golden);
  return expected == got ? "" : golden.string() + "\n" + difference(expected, got);
}

}  // namespace dvec::test
