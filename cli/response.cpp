#include "cli/response.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace dvec::cli {

namespace {

/// Devices and pipes are written to; only files are replaced.
bool is_special(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode);
}

std::string write_through(std::FILE* file, const std::string& text) {
  const bool good = std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
  return good ? "" : std::strerror(errno);
}

}  // namespace

std::string write_file(const std::string& path, const std::string& text) {
  if (is_special(path)) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    if (file == nullptr) return std::strerror(errno);
    std::string why = write_through(file, text);
    if (std::fclose(file) != 0 && why.empty()) why = std::strerror(errno);
    return why;
  }
  // A symbolic link stays one: what it points to is replaced.
  std::string target = path;
  if (char* resolved = ::realpath(path.c_str(), nullptr)) {
    target = resolved;
    std::free(resolved);
  }
  std::string temporary = target + ".XXXXXX";
  const int descriptor = ::mkstemp(temporary.data());
  if (descriptor < 0) return std::strerror(errno);
  std::FILE* file = ::fdopen(descriptor, "w");
  std::string why = file == nullptr ? std::strerror(errno) : write_through(file, text);
  if (file != nullptr && std::fclose(file) != 0 && why.empty()) why = std::strerror(errno);
  struct stat old {};
  const mode_t mask = ::umask(0);
  ::umask(mask);
  const mode_t mode = ::stat(target.c_str(), &old) == 0 ? old.st_mode & 07777 : 0666 & ~mask;
  if (why.empty() && ::chmod(temporary.c_str(), mode) != 0) why = std::strerror(errno);
  if (why.empty() && std::rename(temporary.c_str(), target.c_str()) != 0) why = std::strerror(errno);
  if (!why.empty()) ::unlink(temporary.c_str());
  return why;
}

int deliver(const Response& response, const Options& options) {
  std::fwrite(response.diagnostics.data(), 1, response.diagnostics.size(), stderr);
  std::fflush(stderr);
  std::string why;
  if (options.output.empty() || options.output == "-") {
    why = write_through(stdout, response.text);
    if (!why.empty()) fmt::print(stderr, "dvec: cannot write the result: {}\n", why);
  } else if (response.status != Status::BadInput && response.status != Status::Internal) {
    why = write_file(options.output, response.text);
    if (!why.empty()) fmt::print(stderr, "dvec: cannot write {}: {}\n", options.output, why);
  } else if (!response.text.empty()) {
    why = write_through(stdout, response.text);  // what is said about the failure is no result
  }
  return static_cast<int>(why.empty() ? response.status : worse(response.status, Status::BadInput));
}

Status worse(Status a, Status b) {
  const auto rank = [](Status s) {
    switch (s) {
      case Status::Done: return 0;
      case Status::Undecided: return 1;
      case Status::Refuted: return 2;
      case Status::BadInput: return 3;
      case Status::Internal: return 4;
    }
    return 4;
  };
  return rank(a) >= rank(b) ? a : b;
}

}  // namespace dvec::cli
