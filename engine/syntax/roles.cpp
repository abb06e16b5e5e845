#include "syntax/roles.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <unordered_set>

#include "oracle/evaluate.hpp"
#include "oracle/prime_field.hpp"
#include "oracle/sample.hpp"
#include "term/traverse.hpp"

namespace dvec {

namespace {

/// A prime field in which everything has a value: where the field has none, a random function of the argument serves. What is
/// wanted here is that equal expressions get equal values, not that an answer is right.
class TotalField : public PrimeField {
 public:
  TotalField() : PrimeField(prime_pairs()[0], 1, Exponents::Unused) {}

  [[nodiscard]] Value inverse(const Value& a) const { return is_zero(a) ? one() : PrimeField::inverse(a); }
  void invert(std::span<Value> values) const {
    for (Value& v : values) v = inverse(v);
  }
  [[nodiscard]] Value power(const Value& a, const Rational& exponent) const {
    const auto k = exponent.to_int64();
    if (!k) return random(exponent.hash(), a);
    return *k < 0 ? PrimeField::power(inverse(a), Rational(-*k)) : PrimeField::power(a, exponent);
  }
  [[nodiscard]] bool has_power(const Value&, const Rational&) const { return true; }
  [[nodiscard]] std::optional<Value> root_if(const Value& a, std::int64_t order) const {
    return random(combine(kRoot, static_cast<std::uint64_t>(order)), a);
  }
  [[nodiscard]] Value power_by(const Value& a, const Value& exponent) const { return random(combine(kPower, exponent.p), a); }
  [[nodiscard]] Value primitive(Primitive f, const Value& a) const {
    if (f == Primitive::Sqrt) return *root_if(a, 2);
    return random(static_cast<std::uint64_t>(f) + 1, a);
  }
  [[nodiscard]] Value polygamma(int k, const Value& a) const { return random(combine(kPolygamma, static_cast<std::uint64_t>(k)), a); }
  [[nodiscard]] Value opaque(std::uint64_t name, int order, const Value& a) const {
    const auto role = functions.find(name);
    return random(combine(role == functions.end() ? name : role->second, static_cast<std::uint64_t>(order)), a);
  }

  std::unordered_map<std::uint64_t, std::uint64_t> functions;  ///< hash of an opaque function's name -> its role

 private:
  [[nodiscard]] Value random(std::uint64_t key, const Value& a) const { return PrimeField::draw(Draw::Any, combine(key, a.p)); }
  static constexpr std::uint64_t kRoot = 101, kPower = 102, kPolygamma = 103;
};

using Values = Matrix<PrimeField::Value>;

constexpr std::uint64_t kMarked = 7, kWithoutValue = 11;
constexpr double kDearest = 2e4;           ///< multiplications of one evaluation
constexpr std::size_t kLargestSweep = 4096;  ///< names in one definition times its nodes

class RoleFinder {
 public:
  RoleFinder(const Program& program, TermPool& pool) : program_(program), pool_(pool) {
    for (const std::string& d : program.dims) out_.sizes[d] = 1;
    for (const SymbolId v : program.variables) see(v);
    for (const Binding& b : program.lets) {
      see(b.name);
      see(b.value);
    }
    for (const Derivative& d : program.derivatives) {
      see(d.of);
      see(d.wrt);
      if (d.direction) see(*d.direction);
      see(d.result);
    }
    for (const SymbolId s : all_)
      for (const Dim d : {pool.symbols[s].shape.rows, pool.symbols[s].shape.cols})
        for (const std::string& name : pool.dims.symbols(d)) {
          out_.sizes.emplace(name, 1);
          std::vector<SymbolId>& having = having_[name];
          if (having.empty() || having.back() != s) having.push_back(s);
        }
  }

  Roles run() {
    declared();
    set_sizes();
    functions();
    forwards();
    backwards();
    for (const auto& [s, context] : context_) out_.symbols[s] = combine(out_.symbols[s], context);
    for (auto& [f, role] : out_.functions) role = combine(role, function_context_[f]);
    out_.sizes = size_roles();
    return std::move(out_);
  }

 private:
  void see(SymbolId s) {
    if (seen_.insert(s).second) all_.push_back(s);
  }
  void see(TermId t) {
    for (const TermId u : reachable(pool_, t))
      if (pool_[u].op == Op::Symbol) see(pool_[u].symbol);
  }

  // --- declarations --------------------------------------------------------------------------------------------------

  /// A shape by what the roles of its sizes are, as a number.
  [[nodiscard]] std::uint64_t shape_role(Shape s, const std::string& marked = {}) const {
    DimValues values;
    for (const Dim d : {s.rows, s.cols})
      for (const std::string& name : pool_.dims.symbols(d)) {
        const std::uint64_t role = out_.sizes.at(name);
        values[name] = static_cast<std::int64_t>((name == marked ? scramble(role) : role) % 1000003) + 2;
      }
    const auto value = [&](Dim d) {
      const auto v = pool_.dims.evaluate_exact(d, values);
      return v ? v->hash() : 0;
    };
    return combine(value(s.rows), combine(value(s.cols), kMarked));
  }
  [[nodiscard]] std::uint64_t size_role(const std::string& name) const {
    std::uint64_t sum = 0;
    if (const auto having = having_.find(name); having != having_.end())
      for (const SymbolId s : having->second) sum += combine(out_.symbols.at(s), shape_role(pool_.symbols[s].shape, name));
    return sum;
  }
  [[nodiscard]] std::map<std::string, std::uint64_t, std::less<>> size_roles() const {
    std::map<std::string, std::uint64_t, std::less<>> out;
    for (const auto& [name, role] : out_.sizes) out[name] = size_role(name);
    return out;
  }
  /// Sizes by the variables that have them, variables by their sizes.
  void declared() {
    const auto label = [this](SymbolId s) {
      const Symbol& symbol = pool_.symbols[s];
      const std::uint64_t known = combine(static_cast<std::uint64_t>(symbol.kind), static_cast<std::uint64_t>(symbol.attributes));
      out_.symbols[s] = combine(known, shape_role(symbol.shape));
    };
    for (const SymbolId s : all_) label(s);
    constexpr int kRounds = 2;
    for (int round = 0; round < kRounds; ++round) {
      out_.sizes = size_roles();
      for (const SymbolId s : all_) label(s);
    }
  }
  /// Sizes at which values are taken: 2, 3 or 4, unequal for unequal roles where they are few.
  void set_sizes() {
    std::set<std::uint64_t> distinct;
    for (const auto& [name, role] : out_.sizes) distinct.insert(role);
    for (const auto& [name, role] : out_.sizes)
      sizes_[name] = 2 + static_cast<std::int64_t>(std::distance(distinct.begin(), distinct.find(role)) % 3);
  }

  // --- values --------------------------------------------------------------------------------------------------------

  /// A term's value where names have the given ones; nothing where it is too dear or has none.
  using Given = std::function<const Values&(SymbolId)>;
  [[nodiscard]] std::optional<Values> value(const Schedule& schedule, const Layout& layout, TermId term, const Given& given) const {
    try {
      const auto dear = cost(schedule, layout);
      if (!dear || dear->multiplications > kDearest) return std::nullopt;
      const Inputs<PrimeField::Value> inputs = [&](std::uint32_t slot, std::size_t, std::size_t) {
        const Values& v = given(schedule.node(slot).symbol);
        if (v.empty()) throw LimitReached("a name that is too large to be drawn");
        return Series<PrimeField::Value>{v};
      };
      const auto values = Evaluation<TotalField>(field_, 0).run(schedule, layout, inputs);
      return value_at(schedule, values, schedule.slot(term))[0];
    } catch (const Undefined&) {
    } catch (const Unsupported&) {
    } catch (const LimitReached&) {
    }
    return std::nullopt;
  }
  [[nodiscard]] static std::uint64_t hash(const std::optional<Values>& m) {
    if (!m) return kWithoutValue;
    std::uint64_t h = combine(m->rows(), m->cols());
    for (std::size_t i = 0; i < m->size(); ++i) h = combine(h, (*m)[i].p);
    return h;
  }
  [[nodiscard]] Values drawn(SymbolId s, std::uint64_t key) const {
    const Symbol& symbol = pool_.symbols[s];
    const auto size = [&](Dim d) { return static_cast<std::size_t>(std::max<std::int64_t>(0, pool_.dims.evaluate(d, sizes_).value_or(0))); };
    constexpr std::size_t kLargest = 1000;
    const std::size_t r = size(symbol.shape.rows), c = size(symbol.shape.cols);
    if (r * c > kLargest) return {};
    return draw_matrix(field_, symbol.attributes, r, c, key);
  }

  void functions() {
    for (const FunctionId f : program_.functions) {
      const ElementFunction& function = pool_.functions[f];
      std::uint64_t role = kWithoutValue;
      if (function.kind == ElementFunction::Kind::Defined) {
        const TermId t = pool_.apply(f, 0, pool_.number(Rational(7, 3)));
        const Schedule schedule(pool_, std::array{t}, {});
        role = hash(value(schedule, Layout(schedule, sizes_), t, [](SymbolId) -> const Values& { throw Undefined("a name in a body"); }));
      } else {
        field_.functions[hash_text(function.name)] = role;
      }
      out_.functions[f] = role;
    }
  }

  void forwards() {
    for (const Derivative& d : program_.derivatives)
      out_.symbols[d.result] = combine(out_.symbols[d.result], combine(kind(d), out_.symbols.at(d.wrt)));
    for (const SymbolId s : all_) values_[s] = drawn(s, out_.symbols.at(s));
    for (const Binding& b : program_.lets) {
      const Schedule schedule(pool_, std::array{b.value}, {});
      const auto v = value(schedule, Layout(schedule, sizes_), b.value, [this](SymbolId s) -> const Values& { return values_.at(s); });
      out_.symbols[b.name] = combine(out_.symbols[b.name], hash(v));
      values_[b.name] = v ? *v : drawn(b.name, out_.symbols[b.name]);
    }
  }

  [[nodiscard]] static std::uint64_t kind(const Derivative& d) {
    return combine(static_cast<std::uint64_t>(d.kind), combine(static_cast<std::uint64_t>(d.convention), d.by_vech ? 1 : 0));
  }

  void backwards() {
    for (const Derivative& d : program_.derivatives) {
      answers_to(d.of, combine(kind(d), out_.symbols.at(d.wrt)));
      context_[d.wrt] += combine(kind(d), 3);
      if (d.direction) answers_to(*d.direction, combine(kind(d), 4));
    }
    for (auto b = program_.lets.rbegin(); b != program_.lets.rend(); ++b)
      answers_to(b->value, combine(out_.symbols.at(b->name), context_[b->name]));
  }

  /// Adds to the context of each name in the term how the term's value answers to it; `context` is the term's own.
  void answers_to(TermId term, std::uint64_t context) {
    const Node& n = pool_[term];
    if (n.op == Op::Symbol) {
      context_[n.symbol] += context;
      return;
    }
    std::vector<SymbolId> names;
    std::vector<FunctionId> functions;
    const std::vector<TermId> nodes = reachable(pool_, term);
    for (const TermId t : nodes) {
      if (pool_[t].op == Op::Symbol) names.push_back(pool_[t].symbol);
      if (pool_[t].op == Op::Apply && out_.functions.contains(pool_[t].function) &&
          std::ranges::find(functions, pool_[t].function) == functions.end())
        functions.push_back(pool_[t].function);
    }
    if (names.size() * nodes.size() > kLargestSweep) {
      for (const SymbolId s : names) context_[s] += combine(context, kWithoutValue);
      return;
    }
    const Schedule schedule(pool_, std::array{term}, {});
    const Layout layout(schedule, sizes_);
    for (const SymbolId s : names) {
      const Values marked = drawn(s, combine(out_.symbols.at(s), kMarked));
      context_[s] += combine(context, hash(value(schedule, layout, term, [&](SymbolId t) -> const Values& { return t == s ? marked : values_.at(t); })));
    }
    if (program_.functions.size() < 2) return;
    for (const FunctionId f : functions) {
      std::uint64_t& role = field_.functions[hash_text(pool_.functions[f].name)];
      const std::uint64_t before = role;
      role = combine(role, kMarked);
      function_context_[f] += combine(context, hash(value(schedule, layout, term, [&](SymbolId t) -> const Values& { return values_.at(t); })));
      role = before;
    }
  }

  const Program& program_;
  TermPool& pool_;
  TotalField field_;
  Roles out_;
  DimValues sizes_;
  std::vector<SymbolId> all_;
  std::unordered_map<std::string, std::vector<SymbolId>> having_;  ///< a size's name -> the names in whose shapes it is
  std::unordered_set<SymbolId> seen_;
  std::unordered_map<SymbolId, Values> values_;
  std::unordered_map<SymbolId, std::uint64_t> context_;
  std::unordered_map<FunctionId, std::uint64_t> function_context_;
};

}  // namespace

Roles roles(const Program& program, TermPool& pool) { return RoleFinder(program, pool).run(); }

}  // namespace dvec
