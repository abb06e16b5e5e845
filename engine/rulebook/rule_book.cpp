#include "rulebook/rule_book.hpp"

#include <algorithm>

#include "rulebook/instantiate.hpp"
#include "support/result.hpp"

namespace dvec {

std::variant<RuleBook, RuleErrors> RuleBook::load(const std::vector<RuleText>& texts, const std::set<std::string>& keys,
                                                  TermPool& pool, RuleSelection selection) {
  RuleBook book;
  book.parsed_ = std::make_shared<ParsedRules>();
  if (auto errors = parse_rules(texts, keys, pool, *book.parsed_, selection)) return *errors;
  for (const Rule& r : book.rules()) {
    book.by_name_.emplace(r.name, &r);
    if (r.kind == RuleKind::Operator) book.operators_[pool[r.form].op].push_back(&r);
    if (r.kind == RuleKind::Linear) book.linear_[pool[r.form].op].push_back(&r);
  }
  return book;
}

const Rule* RuleBook::find(std::string_view name) const {
  const auto at = by_name_.find(name);
  return at == by_name_.end() ? nullptr : at->second;
}

const std::vector<const Rule*>& RuleBook::blocks(const std::map<Op, std::vector<const Rule*>>& by_op, Op op) {
  static const std::vector<const Rule*> none;
  const auto at = by_op.find(op);
  return at == by_op.end() ? none : at->second;
}

namespace {

/// What a node says beside its arguments.
bool payload_fits(TermPool& pool, const Node& form, const Node& like, Bindings& b) {
  const Dim one = pool.dims.one();
  switch (form.op) {
    case Op::Reshape: return bind(pool, form.shape, like.shape, b);
    case Op::MatrixFunction:
      return form.primary == like.primary && (!form.first.valid() || bind(pool, {form.first, one}, {like.first, one}, b));
    default: return true;
  }
}

}  // namespace

std::optional<RuleBook::Instance> RuleBook::operator_block(TermPool& pool, const Node& like,
                                                           std::span<const TermId> args) const {
  // A.^q with a number q is the scalar-exponent block with q bound.
  const Op written = like.op == Op::Power ? Op::PowerBy : like.op;
  for (const Rule* block : blocks(operators_, written)) {
    const Rule& r = *block;
    const Node form = pool[r.form];
    if (form.args.size() != args.size()) continue;
    Instance out{&r, {}};
    bool fits = payload_fits(pool, form, like, out.bindings);
    for (std::size_t i = 0; fits && i < args.size(); ++i)
      fits = pool[form.args[i]].op == Op::Symbol && bind(pool, pool[form.args[i]].symbol, args[i], out.bindings);
    if (fits) return out;
  }
  return std::nullopt;
}

std::optional<RuleBook::Instance> RuleBook::linear_block(TermPool& pool, const Node& like, std::size_t slot,
                                                         Shape slot_shape, std::span<const TermId> args) const {
  const Op op = like.op;
  for (const Rule* block : blocks(linear_, op)) {
    const Rule& r = *block;
    const Node form = pool[r.form];
    if (form.args.size() != args.size()) continue;
    // Commutative operators list their arguments in structural order: the slot is found, not counted.
    std::size_t at = form.args.size();
    for (std::size_t i = 0; i < form.args.size(); ++i)
      if (pool[form.args[i]].op == Op::Symbol && pool[form.args[i]].symbol == r.slot) at = i;
    if (at == form.args.size() || (op != Op::Hadamard && at != slot)) continue;
    Instance out{&r, {}};
    const TermId stand_in = pool.zeros(slot_shape);
    bool fits = payload_fits(pool, form, like, out.bindings) && bind(pool, r.slot, stand_in, out.bindings);
    for (std::size_t i = 0; fits && i < args.size(); ++i) {
      if (i == slot) continue;
      const std::size_t form_at = op == Op::Hadamard ? 1 - at : i;
      fits = bind(pool, pool[form.args[form_at]].symbol, args[i], out.bindings);
    }
    if (!fits) continue;
    out.bindings.terms.erase(out.bindings.terms.begin());  // the stand-in; its sizes stay bound
    return out;
  }
  return std::nullopt;
}

}  // namespace dvec
