#include "oracle/witness.hpp"

#include <cmath>
#include <map>

#include "oracle/evaluate.hpp"
#include "oracle/float_field.hpp"
#include "oracle/sample.hpp"

namespace dvec {

namespace {

using Doubles = FloatField<double>;

constexpr std::uint64_t kAttempts = 240;
constexpr std::uint64_t kSmallest = 80;     ///< attempts at sizes 1 and 2; then 3 is among them
constexpr double kDiffers = 1e-6;           ///< relative: far above what rounding does to small whole entries
constexpr double kRounding = 1e-12;         ///< of the largest intermediate value

/// Whole numbers where no attribute forbids it.
void make_whole(Matrix<double>& m, Attribute a) {
  const bool free = a == Attribute::None || a == Attribute::Nonsingular || a == Attribute::Constant || a == Attribute::Symmetric;
  for (double& v : m)
    if (free)
      v = std::round(v * 2);
    else if (a == Attribute::Positive)
      v = std::ceil(v * 2);
}

bool uses_opaque(const Schedule& schedule) {
  for (std::size_t s = 0; s < schedule.size(); ++s) {
    const Node& n = schedule.node(s);
    if (n.op == Op::Apply && schedule.pool().functions[n.function].kind == ElementFunction::Kind::Opaque) return true;
  }
  return false;
}

bool differ(const Witness& w, const std::vector<Series<double>>& values) {
  double worst = 0, scale = 0, largest = 0;
  for (std::size_t i = 0; i < w.left.size(); ++i) {
    worst = std::max(worst, std::abs(w.left[i] - w.right[i]));
    scale = std::max({scale, std::abs(w.left[i]), std::abs(w.right[i])});
  }
  for (const auto& series : values)
    for (const auto& m : series)
      for (const double v : m) largest = std::max(largest, std::abs(v));
  return worst > kDiffers * scale && worst > kRounding * largest;
}

}  // namespace

std::optional<Witness> find_witness(const TermPool& pool, TermId left, TermId right, std::span<const Definition> definitions,
                                    const EqualOptions& options) {
  const std::array roots{left, right};
  const Schedule schedule(pool, roots, definitions);
  const Doubles field(Doubles::Opaque::StandIn);
  const std::vector<std::string>& names = schedule.size_symbols();
  const std::vector<bool> definite = under_definite_functions(schedule);
  for (std::uint64_t attempt = 0; attempt < kAttempts; ++attempt) {
    const std::uint64_t key = combine(options.seed, 7000 + attempt);
    Witness w;
    for (std::size_t i = 0; i < names.size(); ++i)
      w.sizes[names[i]] = 1 + static_cast<std::int64_t>(combine(key, i) % (attempt < kSmallest ? 2 : 3));
    if (options.admissible && !options.admissible(w.sizes)) continue;
    try {
      std::map<std::string, Matrix<double>> drawn;
      Evaluation<Doubles> evaluation(field, 0);
      const auto values = evaluation.run(schedule, Layout(schedule, w.sizes), [&](std::uint32_t slot, std::size_t r, std::size_t c) {
        const SymbolId s = schedule.node(slot).symbol;
        const Symbol& symbol = pool.symbols[s];
        Matrix<double> m = draw_matrix(field, symbol.attributes, r, c, combine(combine(key, hash_text(symbol.name)), s.value));
        if (r == c && !definite.empty() && definite[slot] && may_be_dominant(symbol.attributes)) make_dominant(field, m, 1);
        make_whole(m, symbol.attributes);
        drawn[symbol.name] = m;
        return Series<double>{m};
      });
      w.left = value_at(schedule, values, schedule.slot(left))[0];
      w.right = value_at(schedule, values, schedule.slot(right))[0];
      if (!differ(w, values)) continue;
      w.values.assign(drawn.begin(), drawn.end());
      if (uses_opaque(schedule))
        w.functions = "opaque functions stand for t -> sin(1.3*t+c)+0.1*t^3+0.4*t, with c fixed for each name";
      return w;
    } catch (const Undefined&) {
    } catch (const Unsupported&) {
      return std::nullopt;
    } catch (const LimitReached&) {
    }
  }
  return std::nullopt;
}

}  // namespace dvec
