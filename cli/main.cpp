/// The command line: what may be asked, and how every ending becomes an exit status.

#include <pthread.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <new>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/verbs.hpp"
#include "cli/write_json.hpp"
#include "support/result.hpp"

namespace {

using namespace dvec;
using namespace dvec::cli;

constexpr const char* kExamples = R"help(Examples:
  dvec derive examples/01_least_squares.dv
  dvec derive -e "x'*A*x" --wrt x
  dvec explain examples/03_batchnorm.dv
  dvec check examples/03_batchnorm.dv --format json
  dvec emit examples/03_batchnorm.dv --target eigen -o batchnorm.hpp
  dvec eval tests/network/programs/bn_nm1_relu.dv --data tests/data/network --show R
  dvec prove "vec(A*X*B) == kron(B',A)*vec(X)"
  dvec expand "vec(A*X)" --dims m=2,n=2,p=1
  dvec rules kronecker/product
  dvec rules --coverage examples/0[1-5]*.dv

Exit status: 0 done, and every check held; 1 a claim was refuted or a check failed; 2 bad input or usage;
3 could not decide, or a stated limit was reached; 4 an internal error.)help";

Response internal_error(const std::string& what, const Options& options) {
  Response r;
  r.status = Status::Internal;
  r.diagnostics = fmt::format(
      "dvec: internal error: {}\n"
      "This is a bug in dvec {}, not in your input, and no result is shown. Please report it to whoever gave you dvec, with\n"
      "the lines above, the command you ran, and the file it read.\n",
      what, DVEC_VERSION);
  if (options.format == Format::Json) r.text = json_of_failure("E-BUG-01", what);
  return r;
}

Response limit_reached(const std::string& what, const Options& options) {
  Response r;
  r.status = Status::Undecided;
  r.diagnostics = fmt::format("dvec: a limit was reached: {}\n", what);
  if (options.format == Format::Json) r.text = json_of_failure("E-LIMIT-01", what);
  return r;
}

using Verb = std::function<Response(const Options&)>;

Response guarded(const Verb& verb, const Options& options) {
  try {
    return verb(options);
  } catch (const LimitReached& limit) {
    return limit_reached(limit.what(), options);
  } catch (const std::bad_alloc&) {
    return limit_reached("there is not enough memory", options);
  } catch (const std::exception& bug) {
    return internal_error(bug.what(), options);
  } catch (...) {
    return internal_error("an exception of unknown type", options);
  }
}

struct Job {
  const Verb* verb;
  const Options* options;
  Response response;
};

/// Terms nest as deep as programs write them, and some walks over them recurse: they get a stack that is larger than the
/// limits on nesting need. Its pages cost nothing until they are used.
Response with_large_stack(const Verb& verb, const Options& options) {
  Job job{&verb, &options, {}};
  const auto run = [](void* argument) -> void* {
    auto* j = static_cast<Job*>(argument);
    j->response = guarded(*j->verb, *j->options);
    return nullptr;
  };
  for (std::size_t megabytes = 1024; megabytes >= 64; megabytes /= 4) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_t thread{};
    const bool started = pthread_attr_setstacksize(&attributes, megabytes << 20U) == 0 &&
                         pthread_create(&thread, &attributes, run, &job) == 0;
    pthread_attr_destroy(&attributes);
    if (!started) continue;
    pthread_join(thread, nullptr);
    return job.response;
  }
  return guarded(verb, options);
}

struct CommandLine {
  CLI::App app{"dvec: derivatives of matrix programs, in closed form, explained and checked", "dvec"};
  Options options;
  Verb verb;

  CommandLine() {
    app.footer(kExamples);
    app.set_version_flag("--version", std::string("dvec ") + DVEC_VERSION);
    app.require_subcommand(1);
    app.fallthrough(false);
    program_verb("derive", "the derivatives that FILE asks for, in closed form", derive_verb, true);
    program_verb("explain", "the same with every step: rule, formula, source", explain_verb, true);
    program_verb("check", "the derivatives of FILE checked numerically; its claims decided", check_verb, true);

    CLI::App* emit = program_verb("emit", "kernel source", emit_verb, true);
    emit->add_option("--target", options.target, "eigen: a kernel; selftest: a program that tests it by differences; plan: what both are printed from")
        ->capture_default_str();
    emit->add_option("--name", options.name, "name of the kernel; the file's name if not given");
    emit->add_option("--header", options.header, "the header that the self-test includes; NAME.hpp if not given");

    CLI::App* eval = program_verb("eval", "values of the outputs of FILE on CSV data", eval_verb, true);
    eval->add_option("--data", options.data, "directory with NAME.csv for each variable")->required();
    eval->add_option("--show", options.show, "names whose values are wanted as well")->delimiter(',');
    eval->add_option("--out", options.out, "directory to write every value to, as CSV");

    CLI::App* prove = verb_named("prove", "is a claim LHS == RHS true?", prove_verb);
    expression(prove, "CLAIM", "LHS == RHS or LHS != RHS", prove_verb);

    CLI::App* expand = verb_named("expand", "the entries of an expression, written out", expand_verb);
    expression(expand, "EXPR", "an expression", expand_verb);
    expand->add_option("--dims", options.dims, "sizes: m=2,n=2")->delimiter(',');

    CLI::App* rules = verb_named("rules", "the rule book", rules_verb);
    rules->add_option("NAME", options.names, "a rule, or the first part of some rules' names; with --coverage, programs");
    rules->add_flag("--coverage", options.coverage, "how often each rule is a step in the derivations of some programs");
  }

 private:
  CLI::App* verb_named(const std::string& name, const std::string& what, Verb run) {
    CLI::App* sub = app.add_subcommand(name, what);
    sub->callback([this, run] { verb = run; });
    static const std::map<std::string, Format> formats = {{"text", Format::Text},     {"latex", Format::Latex},
                                                          {"json", Format::Json},     {"octave", Format::Octave},
                                                          {"numpy", Format::Numpy},   {"html", Format::Html}};
    sub->add_option("--format", options.format, "text, latex, json, octave, numpy or html")
        ->transform(CLI::CheckedTransformer(formats, CLI::ignore_case).description(""))
        ->option_text("FORMAT");
    sub->add_option("-o,--output", options.output, "write to this file instead of standard output, whole or not at all");
    sub->add_option("--seed", options.seed, "seed of random checks")->capture_default_str();
    sub->add_flag("--quiet,-q", options.quiet, "results only");
    sub->add_flag("--ascii", options.ascii, "no characters beyond ASCII");
    return sub;
  }

  CLI::App* program_verb(const std::string& name, const std::string& what, const Verb& run, bool derives) {
    CLI::App* sub = verb_named(name, what, run);
    CLI::Option* file = sub->add_option("FILE", options.file, "a program; - for standard input");
    CLI::Option* e = sub->add_option("-e", options.expression, "an expression instead of a file; shapes are inferred")->option_text("EXPR");
    file->excludes(e);
    if (derives) {
      sub->add_option("--wrt", options.wrt, "derive by this variable")->delimiter(',');
      sub->add_option("--of", options.of, "what --wrt derives: a let of FILE; the last scalar one if not given");
    }
    sub->callback([this, run] {
      if (options.file.empty() && !options.expression) throw CLI::RequiredError("FILE or -e EXPR");
      verb = run;
    });
    return sub;
  }

  void expression(CLI::App* sub, const std::string& name, const std::string& what, Verb run) {
    CLI::Option* positional = sub->add_option(name, options.expression, what);
    CLI::Option* e = sub->add_option("-e", options.expression, "the same, where it begins with a minus sign")->option_text(name);
    positional->excludes(e);
    sub->callback([this, name, run] {
      if (!options.expression) throw CLI::RequiredError(name);
      verb = run;
    });
  }
};

/// `dvec prove "-A == B"`: an expression may begin with a minus sign and is no option then.
std::vector<std::string> arguments(int argc, char** argv) {
  std::vector<std::string> out(argv + 1, argv + argc);
  const bool takes_expression = out.size() > 1 && (out[0] == "prove" || out[0] == "expand");
  if (takes_expression && out[1].starts_with('-') && !out[1].starts_with("--") &&
      out[1].find_first_of("*'=+/(^ ") != std::string::npos)
    out.insert(out.begin() + 1, "-e");
  std::ranges::reverse(out);  // the order in which CLI11 takes them
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine line;
  try {
    line.app.parse(arguments(argc, argv));
  } catch (const CLI::ParseError& e) {
    const int status = line.app.exit(e);
    return status == 0 ? 0 : static_cast<int>(Status::BadInput);
  }
  return deliver(with_large_stack(line.verb, line.options), line.options);
}
