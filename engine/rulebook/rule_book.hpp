#pragma once
/// The loaded rule book.

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rulebook/rule_parser.hpp"
#include "rulebook/trace.hpp"

namespace dvec {

class RuleBook {
 public:
  /// Parses the texts. Elementwise functions are added to the pool's table.
  /// Errors: those of parse_rules, rendered.
  [[nodiscard]] static std::variant<RuleBook, RuleErrors> load(const std::vector<RuleText>& texts,
                                                               const std::set<std::string>& keys, TermPool& pool,
                                                               RuleSelection selection = RuleSelection::All);

  [[nodiscard]] std::span<const Rule> rules() const { return parsed_->rules; }
  [[nodiscard]] const Vocabulary& vocabulary() const { return parsed_->vocabulary; }
  /// By name; nothing when there is none.
  [[nodiscard]] const Rule* find(std::string_view name) const;

  /// A rule and what its variables stand for at a node.
  struct Instance {
    const Rule* rule = nullptr;
    Bindings bindings;
  };
  /// The operator block of op(args), binary for n-ary operators, with the variables bound to the arguments. Of `like`
  /// only the operator is looked at, and what the arguments do not say: the shape of a reshape, the function of a matrix.
  [[nodiscard]] std::optional<Instance> operator_block(TermPool& pool, const Node& like, std::span<const TermId> args) const;
  /// The linear block of the operator with the slot (of the given shape) at this argument and the others as given
  /// (the entry at `slot` is not looked at).
  [[nodiscard]] std::optional<Instance> linear_block(TermPool& pool, const Node& like, std::size_t slot, Shape slot_shape,
                                                     std::span<const TermId> args) const;

 private:
  [[nodiscard]] static const std::vector<const Rule*>& blocks(const std::map<Op, std::vector<const Rule*>>& by_op, Op op);

  std::shared_ptr<ParsedRules> parsed_;
  std::map<Op, std::vector<const Rule*>> operators_, linear_;  ///< blocks by the operator that they are about
  std::map<std::string, const Rule*, std::less<>> by_name_;
};

/// The rule book that was checked and embedded when the program was built.
[[nodiscard]] RuleBook embedded_rule_book(TermPool& pool, RuleSelection selection = RuleSelection::All);

}  // namespace dvec
