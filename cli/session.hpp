#pragma once
/// One run: the pool, the rule book, the source that was read, and the program in it.

#include <memory>
#include <optional>
#include <string>

#include "cli/options.hpp"
#include "cli/response.hpp"
#include "rulebook/rule_book.hpp"
#include "support/result.hpp"
#include "syntax/program.hpp"

namespace dvec::cli {

struct Session {
  TermPool pool;
  RuleBook book;
  std::unique_ptr<SourceText> source;

  explicit Session(RuleSelection rules = RuleSelection::All);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
};

/// What stands where the options say: a file, standard input, or the expression itself.
/// Errors: E-FILE-01 (cannot be read), E-FILE-02 (too large, a limit).
[[nodiscard]] Result<std::unique_ptr<SourceText>> read_source(const Options& options);

/// Reads the source into the session and elaborates it; an expression's shapes are inferred. With --wrt on a file, what
/// the file derives is replaced by the derivatives of its objective (`--of`, or the last 1×1 let).
/// Errors: those of reading, syntax and elaboration; E-USE-01 for an objective or a variable that is not there.
[[nodiscard]] Result<Program> read_input(Session& session, const Options& options);

/// The response to input that cannot be used: diagnostics on standard error, in JSON as well.
[[nodiscard]] Response refuse(const Session& session, const Diagnostics& errors, const Options& options);

}  // namespace dvec::cli
