#pragma once
/// A case in a process of its own: a crash or an endless loop is a finding, not the end of the test.

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "examine.hpp"

namespace dvec::property {

struct Limits {
  int seconds = 20;  ///< of processor time
  std::size_t megabytes = 4096;
};

namespace detail {

constexpr std::size_t kStack = std::size_t{96} << 20U;  // as deep as terms of these programs nest, and more

inline void confine(const Limits& limits) {
  for (const int s : {SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGBUS, SIGTERM, SIGINT}) std::signal(s, SIG_DFL);
  const auto at_most = [](auto what, rlim_t most) {
    rlimit r{};
    ::getrlimit(what, &r);
    r.rlim_cur = std::min<rlim_t>(most, r.rlim_max);
    ::setrlimit(what, &r);
  };
  at_most(RLIMIT_CPU, static_cast<rlim_t>(limits.seconds));
  at_most(RLIMIT_CORE, 0);
  at_most(RLIMIT_STACK, kStack);
#ifndef __SANITIZE_ADDRESS__
  at_most(RLIMIT_AS, static_cast<rlim_t>(limits.megabytes) << 20U);
#endif
}

inline void write_all(int to, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::write(to, text.data() + done, text.size() - done);
    if (n <= 0) return;
    done += static_cast<std::size_t>(n);
  }
}

}  // namespace detail

/// What `work` finds, in a child that starts from this process as it is.
inline Finding isolated(const std::function<Finding()>& work, const Limits& limits = {}) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("cannot make a pipe");
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child == 0) {
    ::close(ends[0]);
    detail::confine(limits);
    const Finding f = work();
    detail::write_all(ends[1], std::to_string(static_cast<int>(f.outcome)) + " " + std::to_string(f.derivatives) + " " +
                                   std::to_string(f.zero) + " " + f.detail);
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t n = 0; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(n));
  ::close(ends[0]);
  int state = 0;
  ::waitpid(child, &state, 0);
  if (WIFSIGNALED(state))
    return WTERMSIG(state) == SIGXCPU || WTERMSIG(state) == SIGKILL
               ? Finding{Outcome::Hang, "no answer in " + std::to_string(limits.seconds) + " s of processor time"}
               : Finding{Outcome::Crash, std::string("ended by signal ") + strsignal(WTERMSIG(state))};
  Finding f;
  int outcome = 0, taken = 0;
  if (std::sscanf(text.c_str(), "%d %d %d %n", &outcome, &f.derivatives, &f.zero, &taken) < 3) return {Outcome::Crash, "ended without a word"};
  f.outcome = static_cast<Outcome>(outcome);
  f.detail = text.substr(static_cast<std::size_t>(taken));
  return f;
}

}  // namespace dvec::property
