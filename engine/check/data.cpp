#include "check/data.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include <fmt/format.h>

namespace dvec {

namespace {

/// Whole numbers tried for a size that is not linear in its symbol (n*(n+1)/2).
constexpr std::int64_t kLargestTried = 4096;

/// Where the value of a size symbol comes from.
struct Known {
  std::int64_t value;
  std::string file;
};

class Fitting {
 public:
  Fitting(const TermPool& pool, const std::map<SymbolId, Matrix<double>>& values) : pool_(pool), values_(values) {}

  Result<DataSet> run() {
    for (const auto& [symbol, matrix] : values_)
      if (contradicts_numbers(symbol, matrix)) misfits_.insert(symbol);
    take_single_symbols();
    solve_others();
    for (const auto& [symbol, matrix] : values_) check(symbol, matrix);
    if (!errors_.empty()) return errors_;
    DataSet out;
    for (const auto& [name, known] : known_) out.sizes[name] = known.value;
    out.values = values_;
    return out;
  }

 private:
  [[nodiscard]] std::string file_of(SymbolId s) const { return pool_.symbols[s].name + ".csv"; }

  template <class Use>
  void each_size(Use use) {
    for (const auto& [symbol, matrix] : values_) {
      if (misfits_.contains(symbol)) continue;
      const Shape shape = pool_.symbols[symbol].shape;
      use(symbol, shape.rows, static_cast<std::int64_t>(matrix.rows()));
      use(symbol, shape.cols, static_cast<std::int64_t>(matrix.cols()));
    }
  }

  /// Does a size that is a number differ? Then the file must not fix any other size.
  [[nodiscard]] bool contradicts_numbers(SymbolId symbol, const Matrix<double>& m) const {
    const Shape shape = pool_.symbols[symbol].shape;
    const auto differs = [&](Dim d, std::size_t n) {
      const auto fixed = pool_.dims.as_constant(d);
      return fixed && *fixed != static_cast<std::int64_t>(n);
    };
    return differs(shape.rows, m.rows()) || differs(shape.cols, m.cols());
  }

  void take_single_symbols() {
    each_size([&](SymbolId s, Dim d, std::int64_t n) {
      if (const auto name = pool_.dims.as_symbol(d)) known_.try_emplace(*name, Known{n, file_of(s)});
    });
  }

  void solve_others() {
    for (bool progress = true; progress;) {
      progress = false;
      each_size([&](SymbolId s, Dim d, std::int64_t n) {
        std::string unknown;
        for (const std::string& name : pool_.dims.symbols(d)) {
          if (known_.contains(name)) continue;
          if (!unknown.empty()) return;
          unknown = name;
        }
        if (unknown.empty()) return;
        if (const auto solution = solve(d, unknown, n)) {
          known_.emplace(unknown, Known{*solution, file_of(s)});
          progress = true;
        }
      });
    }
  }

  [[nodiscard]] std::optional<Rational> at(Dim d, const std::string& unknown, std::int64_t value) const {
    DimValues sizes = sizes_so_far();
    sizes[unknown] = value;
    return pool_.dims.evaluate_exact(d, sizes);
  }

  /// The positive whole number at which the size d is n: by the line through two points, else the smallest by trial.
  [[nodiscard]] std::optional<std::int64_t> solve(Dim d, const std::string& unknown, std::int64_t n) const {
    const auto first = at(d, unknown, 1), second = at(d, unknown, 2);
    if (first && second && !(*second == *first)) {
      const auto guess = (Rational(1) + (Rational(n) - *first) / (*second - *first)).to_int64();
      if (guess && *guess >= 1 && at(d, unknown, *guess) == Rational(n)) return guess;
    }
    for (std::int64_t k = 1; k <= std::min(n, kLargestTried); ++k)
      if (at(d, unknown, k) == Rational(n)) return k;
    return std::nullopt;
  }

  [[nodiscard]] DimValues sizes_so_far() const {
    DimValues sizes;
    for (const auto& [name, known] : known_) sizes[name] = known.value;
    return sizes;
  }

  void check(SymbolId symbol, const Matrix<double>& m) {
    if (misfits_.contains(symbol)) return refuse(symbol, m);
    const Shape shape = pool_.symbols[symbol].shape;
    const DimValues sizes = sizes_so_far();
    for (const Dim d : {shape.rows, shape.cols}) {
      std::vector<std::string> unknown;
      for (const std::string& name : pool_.dims.symbols(d))
        if (!known_.contains(name)) unknown.push_back(name);
      if (unknown.size() == 1) return refuse(symbol, m, fmt::format(": no {} fits", unknown.front()));
      if (unknown.size() > 1) return undetermined(symbol, m, unknown.front());
    }
    const auto rows = pool_.dims.evaluate(shape.rows, sizes), cols = pool_.dims.evaluate(shape.cols, sizes);
    if (rows != static_cast<std::int64_t>(m.rows()) || cols != static_cast<std::int64_t>(m.cols()))
      return refuse(symbol, m);
    check_attributes(symbol, m);
  }

  void undetermined(SymbolId symbol, const Matrix<double>& m, const std::string& size) {
    const Symbol& s = pool_.symbols[symbol];
    Diagnostic e = error_at("E-DATA-06", s.declared, fmt::format("no file determines the size {}", size));
    e.detail.push_back(fmt::format("{} is {}×{} and {} is {}", file_of(symbol), m.rows(), m.cols(), s.name,
                                   text(s.shape, pool_.dims)));
    e.repair = fmt::format("dim {} = ...", size);
    errors_.push_back(e);
  }

  /// "X.csv is 10×6 but X is N×p1 with p1 = 7 from G1.csv".
  void refuse(SymbolId symbol, const Matrix<double>& m, const std::string& why = "") {
    const Symbol& s = pool_.symbols[symbol];
    std::vector<std::string> names;
    for (const Dim d : {s.shape.rows, s.shape.cols})
      for (const std::string& name : pool_.dims.symbols(d))
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    std::string where;
    for (const std::string& name : names)
      if (const auto it = known_.find(name); it != known_.end() && it->second.file != file_of(symbol))
        where +=
            fmt::format("{}{} = {} from {}", where.empty() ? " with " : ", ", name, it->second.value, it->second.file);
    Diagnostic e = error_at("E-DATA-05", s.declared,
                            fmt::format("{} is {}×{} but {} is {}{}{}", file_of(symbol), m.rows(), m.cols(), s.name,
                                        pool_.is_scalar(s.shape) ? "a scalar" : text(s.shape, pool_.dims), where, why));
    const auto fits = [&](Dim d, std::size_t n) {
      const auto value = pool_.dims.evaluate(d, sizes_so_far());
      return !value || *value == static_cast<std::int64_t>(n);
    };
    if (m.rows() != m.cols() && fits(s.shape.rows, m.cols()) && fits(s.shape.cols, m.rows()))
      e.repair = fmt::format("the transpose of {} fits", file_of(symbol));
    errors_.push_back(e);
  }

  void contradict(SymbolId symbol, const std::string& attribute, const std::string& what) {
    const Symbol& s = pool_.symbols[symbol];
    errors_.push_back(
        error_at("E-DATA-08", s.declared,
                 fmt::format("{} is declared {}, but in {} {}", s.name, attribute, file_of(symbol), what)));
  }

  void check_attributes(SymbolId symbol, const Matrix<double>& m) {
    check_entries(symbol, m);
    if (m.rows() == m.cols() && !pool_.is_scalar(pool_.symbols[symbol].shape)) check_structure(symbol, m);
  }

  void check_entries(SymbolId symbol, const Matrix<double>& m) {
    struct Condition {
      Attribute attribute;
      bool (*holds)(double);
    };
    static constexpr Condition conditions[] = {
        {Attribute::Positive, [](double a) { return a > 0; }},
        {Attribute::Unit, [](double a) { return a > 0 && a < 1; }},
        {Attribute::Sign, [](double a) { return std::abs(a) == 1.0; }},
        {Attribute::Integer, [](double a) { return a >= 1 && a == std::floor(a); }},
    };
    for (const auto& [attribute, holds] : conditions) {
      if (!has(pool_.symbols[symbol].attributes, attribute)) continue;
      const auto bad = std::ranges::find_if_not(m, holds);
      if (bad == m.end()) continue;
      const auto k = static_cast<std::size_t>(bad - m.begin());
      contradict(symbol, text(attribute), fmt::format("entry ({},{}) is {}", k % m.rows() + 1, k / m.rows() + 1, *bad));
    }
  }

  void check_structure(SymbolId symbol, const Matrix<double>& m) {
    const Attribute set = pool_.symbols[symbol].attributes;
    double largest = 0;
    for (const double a : m) largest = std::max(largest, std::abs(a));
    const double rounding = 1e-12 * largest;  // of files written with 12 digits or more
    struct Condition {
      Attribute attribute;
      double (*defect)(const Matrix<double>&, std::size_t, std::size_t);
    };
    using M = const Matrix<double>&;
    static constexpr Condition conditions[] = {
        {Attribute::Symmetric, [](M a, std::size_t i, std::size_t j) { return a(i, j) - a(j, i); }},
        {Attribute::Spd, [](M a, std::size_t i, std::size_t j) { return a(i, j) - a(j, i); }},
        {Attribute::Skew, [](M a, std::size_t i, std::size_t j) { return a(i, j) + a(j, i); }},
        {Attribute::Diagonal, [](M a, std::size_t i, std::size_t j) { return i == j ? 0 : a(i, j); }},
        {Attribute::Lower, [](M a, std::size_t i, std::size_t j) { return i < j ? a(i, j) : 0; }},
        {Attribute::Upper, [](M a, std::size_t i, std::size_t j) { return i > j ? a(i, j) : 0; }},
    };
    for (const auto& [attribute, defect] : conditions) {
      if (!has(set, attribute)) continue;
      for (std::size_t k = 0; k < m.size(); ++k) {
        const std::size_t i = k % m.rows(), j = k / m.rows();
        if (std::abs(defect(m, i, j)) <= rounding) continue;
        contradict(
            symbol, text(attribute),
            fmt::format("entry ({},{}) is {} and entry ({},{}) is {}", i + 1, j + 1, m(i, j), j + 1, i + 1, m(j, i)));
        break;
      }
    }
  }

  const TermPool& pool_;
  const std::map<SymbolId, Matrix<double>>& values_;
  std::map<std::string, Known, std::less<>> known_;
  std::set<SymbolId> misfits_;
  Diagnostics errors_;
};

}  // namespace

Result<DataSet> fit_data(const TermPool& pool, const std::map<SymbolId, Matrix<double>>& values) {
  return Fitting(pool, values).run();
}

Result<DataSet> read_data(const TermPool& pool, const Program& program, const std::filesystem::path& directory,
                          const CsvLimits& limits) {
  std::error_code error;
  if (!std::filesystem::is_directory(directory, error))
    return error_at("E-DATA-01", {}, fmt::format("{} is no directory", directory.string()));
  std::map<SymbolId, Matrix<double>> values;
  Diagnostics errors;
  for (const SymbolId symbol : program.variables) {
    const Symbol& s = pool.symbols[symbol];
    auto matrix = read_csv(directory / (s.name + ".csv"), s.declared, limits);
    if (matrix)
      values.emplace(symbol, std::move(*matrix));
    else
      errors.insert(errors.end(), matrix.errors().begin(), matrix.errors().end());
  }
  if (!errors.empty()) return errors;
  return fit_data(pool, values);
}

}  // namespace dvec
