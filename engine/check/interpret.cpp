#include "check/interpret.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "oracle/evaluate.hpp"
#include "oracle/float_field.hpp"
#include "term/term_print.hpp"
#include "term/traverse.hpp"

namespace dvec {

namespace {

using Field = FloatField<double>;

constexpr std::uint64_t kLargestShown = 60;  ///< nodes of a term that a message writes out

class Interpreter {
 public:
  Interpreter(const TermPool& pool, std::span<const Definition> definitions, const DataSet& data,
              const InterpretLimits& limits)
      : pool_(pool), definitions_(definitions), data_(data), limits_(limits) {}

  Result<std::vector<Matrix<double>>> run(std::span<const TermId> terms) const {
    const Schedule schedule(pool_, terms, definitions_);
    if (auto missing = what_has_no_value(schedule); !missing.empty()) return missing;
    if (!within_limits(schedule)) return error_at("E-EVAL-04", {}, "a size is no positive whole number on this data");
    std::vector<Series<double>> values;
    try {
      values = evaluate(schedule);
    } catch (const Undefined& why) {
      return undefined(terms, why.what());
    } catch (const Unsupported& why) {
      return error_at("E-EVAL-03", {}, fmt::format("cannot be evaluated in double precision: {}", why.what()));
    }
    std::vector<Matrix<double>> out;
    for (const TermId t : terms) out.push_back(value_at(schedule, values, schedule.slot(t)).front());
    return out;
  }

 private:
  [[nodiscard]] std::vector<Series<double>> evaluate(const Schedule& schedule) const {
    const Field field(Field::Opaque::Refused);
    return Evaluation<Field>(field, 0, static_cast<std::size_t>(limits_.entries))
        .run(schedule, Layout(schedule, data_.sizes), [&](std::uint32_t slot, std::size_t rows, std::size_t cols) {
          const Matrix<double>& given = data_.values.at(schedule.node(slot).symbol);
          require(given.rows() == rows && given.cols() == cols, "a variable's value has its declared shape");
          return Series<double>{given};
        });
  }

  /// False when a size is no positive whole number. Throws LimitReached past the limits.
  [[nodiscard]] bool within_limits(const Schedule& schedule) const {
    const auto price = cost(schedule, data_.sizes);
    if (!price) return false;
    double largest = 0, all = 0;
    for (std::size_t slot = 0; slot < schedule.size(); ++slot) {
      const Shape s = schedule.node(slot).shape;
      const auto rows = pool_.dims.evaluate(s.rows, data_.sizes), cols = pool_.dims.evaluate(s.cols, data_.sizes);
      if (!rows || !cols) return false;
      const double entries = static_cast<double>(*rows) * static_cast<double>(*cols);
      largest = std::max(largest, entries);
      all += entries;
    }
    const auto refuse = [](double needed, const char* what, double limit) {
      if (needed > limit)
        throw LimitReached(fmt::format("the values need {:.3g} {}; the limit is {:.3g}", needed, what, limit));
    };
    refuse(largest, "entries in one matrix", limits_.entries);
    refuse(all, "entries in all matrices", limits_.all_entries);
    refuse(price->multiplications, "multiplications", limits_.multiplications);
    return true;
  }

  /// Sizes, variables and functions that this data gives no value to.
  [[nodiscard]] Diagnostics what_has_no_value(const Schedule& schedule) const {
    Diagnostics errors;
    for (const std::string& name : schedule.size_symbols())
      if (!data_.sizes.contains(name)) {
        Diagnostic e = error_at("E-EVAL-04", {}, fmt::format("the size {} has no value: no file determines it", name));
        e.repair = fmt::format("dim {} = ...", name);
        errors.push_back(e);
      }
    for (const std::uint32_t slot : schedule.variables()) {
      const SymbolId s = schedule.node(slot).symbol;
      if (!data_.values.contains(s))
        errors.push_back(
            error_at("E-EVAL-04", pool_.symbols[s].declared, fmt::format("{} has no value", pool_.symbols[s].name)));
    }
    std::vector<FunctionId> opaque;
    for (std::size_t slot = 0; slot < schedule.size(); ++slot)
      if (const Node& n = schedule.node(slot); n.op == Op::Apply) add_opaque(n.function, opaque);
    for (const FunctionId f : opaque) {
      const std::string& name = pool_.functions[f].name;
      Diagnostic e =
          error_at("E-EVAL-01", {}, fmt::format("the function {} has no body, so it has no values on data", name));
      e.repair = fmt::format("function {}(x) = tanh(x)", name);
      e.notes.push_back(fmt::format("a body gives it one, for example  {}", e.repair));
      errors.push_back(e);
    }
    return errors;
  }

  /// Opaque functions among f and those that its body calls, each once.
  void add_opaque(FunctionId f, std::vector<FunctionId>& found) const {
    const ElementFunction& e = pool_.functions[f];
    if (e.kind == ElementFunction::Kind::Opaque && std::ranges::find(found, f) == found.end()) found.push_back(f);
    if (e.kind == ElementFunction::Kind::Defined) add_opaque(e.body, found);
  }
  void add_opaque(const ScalarExpr& body, std::vector<FunctionId>& found) const {
    if (body.kind == ScalarExpr::Kind::Call) add_opaque(body.function, found);
    for (const ScalarExpr& a : body.args) add_opaque(a, found);
  }

  /// The error that names the innermost term without a value: parts are evaluated by themselves, arguments before their
  /// users. Only errors pay for this.
  [[nodiscard]] Diagnostic undefined(std::span<const TermId> terms, const std::string& why) const {
    const Schedule used(pool_, terms, definitions_);
    for (const Definition& d : definitions_)
      if (used.slot(d.name) != Schedule::kNone)
        if (auto found = culprit(d.value, pool_.symbols[d.name].name)) return *found;
    for (const TermId t : terms)
      if (auto found = culprit(t, "")) return *found;
    return error_at("E-EVAL-02", {}, fmt::format("not defined on this data: {}", why));
  }

  [[nodiscard]] std::optional<Diagnostic> culprit(TermId within, const std::string& name) const {
    if (!failure(within)) return std::nullopt;
    for (const TermId t : reachable(pool_, within)) {
      const auto why = failure(t);
      if (!why) continue;
      const std::string shown = pool_[t].weight <= kLargestShown ? print(pool_, t) : "a part too large to be shown";
      return error_at(
          "E-EVAL-02", {},
          fmt::format("{}{} is not defined on this data: {}", shown, name.empty() ? "" : " (in " + name + ")", *why));
    }
    return std::nullopt;
  }

  /// Why the term has no value; nothing when it has one, or when that is no matter of this data.
  [[nodiscard]] std::optional<std::string> failure(TermId t) const {
    const Schedule schedule(pool_, std::span(&t, 1), definitions_);
    if (!what_has_no_value(schedule).empty()) return std::nullopt;
    try {
      static_cast<void>(evaluate(schedule));
    } catch (const Undefined& why) {
      return why.what();
    } catch (const Unsupported&) {
      return std::nullopt;
    }
    return std::nullopt;
  }

  const TermPool& pool_;
  std::span<const Definition> definitions_;
  const DataSet& data_;
  const InterpretLimits& limits_;
};

}  // namespace

Result<std::vector<Matrix<double>>> interpret(const TermPool& pool, std::span<const TermId> terms,
                                              std::span<const Definition> definitions, const DataSet& data,
                                              const InterpretLimits& limits) {
  return Interpreter(pool, definitions, data, limits).run(terms);
}

}  // namespace dvec
