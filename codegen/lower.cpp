#include "codegen/lower.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "codegen/flops.hpp"
#include "codegen/plan_builder.hpp"
#include "codegen/schedule.hpp"
#include "codegen/term_lowering.hpp"
#include "term/term_print.hpp"

namespace dvec {

namespace {

constexpr std::uint64_t kLongestFormula = 400;  // nodes of a term whose formula is printed
constexpr std::uint64_t kLongestTitle = 60;

/// The value of every size symbol at which alternatives are compared.
DimValues reference_sizes(const Program& program, const LowerOptions& options) {
  DimValues sizes = options.reference_sizes;
  std::int64_t next = 20;
  for (const std::string& d : program.dims) {
    if (d == program.dims.front()) {
      sizes.emplace(d, 1000);
      continue;
    }
    sizes.emplace(d, next);
    next = next + 3 > 50 ? 20 : next + 3;
  }
  return sizes;
}

class Lowering {
 public:
  Lowering(const Program& program, const Answers& answers, TermPool& pool, const LowerOptions& options)
      : program_(program), answers_(answers), pool_(pool), sizes_(reference_sizes(program, options)), graph_(pool),
        algebra_(graph_, [this](Dim d) { return size(d); }), terms_(algebra_, definitions_) {
    plan_.pool = &pool;
    plan_.name = identifier(options.name);
  }

  Result<KernelPlan> run() {
    for (const Binding& b : program_.lets) definitions_.emplace(pool_.symbol(b.name), b.value);
    for (const Binding& b : answers_.lines) definitions_.emplace(pool_.symbol(b.name), b.value);
    for (const Derivation& d : answers_.derivations) definitions_.emplace(pool_.symbol(d.request.result), d.result);
    for (const std::string& d : program_.dims) {
      dim_names_[d] = names_.unique(d);
      fields_.take(dim_names_[d]);
    }
    ask();
    if (asked_.empty())
      return error_at("E-EMIT-01", {}, "the program asks for nothing to compute: it has no `derive` and no `output`");
    std::vector<Requested> requested;
    for (const Asked& a : asked_) {
      DVEC_TRY(value, terms_.lower(a.term));
      requested.push_back({a.output, algebra_.materialise(value)});
    }
    std::vector<NodeId> results;
    for (const Requested& r : requested) results.push_back(r.node.node);
    const Placement placement(graph_, results);
    add_arguments(placement);
    add_functions(placement);
    PlanBuilder(graph_, placement).build(plan_, requested, names_);
    schedule(plan_);
    finish();
    if (const auto why = verify(plan_)) throw Bug("the plan is not sound: " + *why);
    return std::move(plan_);
  }

 private:
  struct Asked {
    TermId term;
    PlanOutput output;
  };

  double size(Dim d) const {
    const auto value = pool_.dims.evaluate_exact(d, sizes_);
    return value ? value->to_double() : 30.0;
  }

  const Derivation* derivation(TermId result) const {
    for (const Derivation& d : answers_.derivations)
      if (pool_.symbol(d.request.result) == result) return &d;
    return nullptr;
  }

  [[nodiscard]] std::string formula(TermId term) const {
    return pool_[term].weight <= kLongestFormula ? print(pool_, term) : "";
  }

  [[nodiscard]] std::string definition(TermId term) const {
    const auto known = definitions_.find(term);
    return formula(known == definitions_.end() ? term : known->second);
  }

  /// Does stop(...) occur in the term, or in what its names stand for?
  bool has_stop(TermId term) {
    if (const auto known = has_stop_.find(term); known != has_stop_.end()) return known->second;
    std::vector<TermId> todo{term};
    std::set<TermId> seen{term};
    bool found = false;
    while (!todo.empty() && !found) {
      const TermId t = todo.back();
      todo.pop_back();
      found = pool_[t].op == Op::Stop;
      std::vector<TermId> next(pool_[t].args.begin(), pool_[t].args.end());
      if (const auto definition = definitions_.find(t); definition != definitions_.end()) next.push_back(definition->second);
      for (const TermId u : next)
        if (seen.insert(u).second) todo.push_back(u);
    }
    return has_stop_[term] = found;
  }

  /// The output for a term, made when there is none yet.
  std::size_t request(TermId term, const std::string& otherwise) {
    for (std::size_t i = 0; i < asked_.size(); ++i)
      if (asked_[i].term == term) return i;
    const Derivation* d = derivation(term);
    const bool short_enough = pool_[term].weight <= kLongestTitle;
    PlanOutput out{.title = short_enough ? print(pool_, term) : otherwise, .formula = definition(term)};
    const bool named = pool_[term].op == Op::Symbol;
    if (d == nullptr) {
      out.field = fields_.unique(named ? pool_.symbols[pool_[term].symbol].name : otherwise);
      asked_.push_back({term, std::move(out)});
      return asked_.size() - 1;
    }
    // What is differentiated stands before its derivatives.
    const std::size_t of = request(d->request.of, "value");
    out.title = pool_.symbols[d->request.result].name;
    out.field = fields_.unique(out.title);
    out.derivative = d->request.kind;
    out.of = of;
    out.convention = d->request.convention;
    out.by_vech = d->request.by_vech;
    out.stopped = has_stop(d->request.of);
    asked_.push_back({term, std::move(out)});
    for (const std::string& note : d->notes)
      if (std::ranges::find(plan_.notes, note) == plan_.notes.end()) plan_.notes.push_back(note);
    return asked_.size() - 1;
  }

  void ask() {
    // Objectives, then outputs, then derivatives in the order of the program.
    for (const TermId t : program_.derive)
      if (const Derivation* d = derivation(t)) request(d->request.of, "value");
    for (const TermId t : program_.outputs) request(t, "output");
    for (const TermId t : program_.derive) request(t, "derived");
  }

  /// Variables that the kernel needs, or that it derives by, in order of declaration.
  void add_arguments(const Placement& placement) {
    std::set<SymbolId> used;
    for (const NodeId n : placement.needed())
      if (graph_[n].compute == Compute::Argument) used.insert(graph_[n].symbol);
    for (const Asked& a : asked_)
      if (const Derivation* d = derivation(a.term)) {
        used.insert(d->request.wrt);
        if (d->request.direction && pool_[*d->request.direction].op == Op::Symbol) used.insert(pool_[*d->request.direction].symbol);
      }
    for (const SymbolId v : program_.variables) {
      if (!used.contains(v)) continue;
      const Symbol& s = pool_.symbols[v];
      PlanValue argument{.name = names_.unique(s.name), .shape = s.shape, .storage = Storage::Argument, .symbol = v, .formula = {}};
      if (pool_.is_scalar(s.shape)) argument.structure = Structure::Scalar;
      else if (has(s.attributes, Attribute::Symmetric | Attribute::Spd)) argument.structure = Structure::Symmetric;
      plan_.arguments.emplace_back(plan_.values.size());
      plan_.values.push_back(std::move(argument));
    }
  }

  void add_functions(const Placement& placement) {
    std::set<FunctionId> used;
    for (const NodeId n : placement.needed())
      if (graph_[n].compute == Compute::Call && pool_.functions[graph_[n].function].kind == ElementFunction::Kind::Opaque)
        used.insert(graph_[n].function);
    plan_.functions.assign(used.begin(), used.end());  // ids ascend in order of declaration
    for (const FunctionId f : plan_.functions) plan_.function_names.push_back(names_.unique(pool_.functions[f].name));
  }

  ValueId argument(SymbolId symbol) const {
    for (const ValueId a : plan_.arguments)
      if (plan_[a].symbol == symbol) return a;
    return {};
  }

  /// Size symbols on which anything in the plan depends.
  void add_dims() {
    std::set<std::string> used;
    const auto take = [&](Dim d) {
      if (d.valid())
        for (const std::string& s : pool_.dims.symbols(d)) used.insert(s);
    };
    const auto entries = [&](const auto& self, const EntryExpr& e) -> void {
      take(e.size);
      for (const EntryExpr& a : e.args) self(self, a);
    };
    for (const PlanValue& v : plan_.values) {
      take(v.shape.rows);
      take(v.shape.cols);
    }
    for (const Instruction& i : plan_.instructions) {
      for (const Dim d : {i.domain.rows, i.domain.cols, i.first, i.second}) take(d);
      for (const Shape p : i.places) {
        take(p.rows);
        take(p.cols);
      }
      for (const KroneckerFactor& f : i.factors) {
        take(f.shape.rows);
        take(f.shape.cols);
      }
      entries(entries, i.entries);
      entries(entries, i.scale);
      if (i.diagonal) entries(entries, *i.diagonal);
    }
    for (const std::string& d : program_.dims) {
      if (!used.contains(d)) continue;
      plan_.dims.push_back(d);
      plan_.dim_names.push_back(dim_names_.at(d));
    }
  }

  void finish() {
    add_dims();
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      const Derivation* d = derivation(asked_[i].term);
      if (d == nullptr) continue;
      plan_.outputs[i].wrt = argument(d->request.wrt);
      if (d->request.direction && pool_[*d->request.direction].op == Op::Symbol)
        plan_.outputs[i].direction = argument(pool_[*d->request.direction].symbol);
    }
    const auto say = [&](const Binding& b) {
      const std::string text = formula(b.value);
      if (terms_.has_met(pool_.symbol(b.name)) && !text.empty()) plan_.formulas.push_back({pool_.symbols[b.name].name, text});
    };
    for (const Binding& b : program_.lets) say(b);
    for (const Binding& b : answers_.lines) say(b);
    plan_.flops = pool_.dims.constant(0);
    for (const Instruction& i : plan_.instructions) plan_.flops = pool_.dims.add(plan_.flops, flops_of(plan_, i, pool_.dims));
  }

  const Program& program_;
  const Answers& answers_;
  TermPool& pool_;
  DimValues sizes_;
  ValueGraph graph_;
  StructuredAlgebra algebra_;
  TermMap definitions_;
  TermLowering terms_;
  std::vector<Asked> asked_;
  std::map<TermId, bool> has_stop_;
  std::map<std::string, std::string> dim_names_;
  Names names_;   ///< of values
  Names fields_;  ///< of the result
  KernelPlan plan_;
};

}  // namespace

Result<KernelPlan> lower(const Program& program, const Answers& answers, TermPool& pool, const LowerOptions& options) {
  return Lowering(program, answers, pool, options).run();
}

}  // namespace dvec
