#pragma once
/// Elaboration of one expression. It runs in one of two ways over the same code: looking for shapes only, where sizes
/// may be unknown and are unified, and making terms, where every size is known and a mismatch is a diagnostic.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "support/result.hpp"
#include "syntax/elaborate.hpp"
#include "syntax/size_unifier.hpp"
#include "syntax/value.hpp"

namespace dvec {

/// What one run of elaboration reads and writes.
struct Elaboration {
  TermPool& pool;
  const Vocabulary& vocabulary;
  ElaborateOptions options = {};
  Diagnostics errors = {};
  Program* program = nullptr;  ///< where derivatives and broadcasts are noted; without it derivatives are errors
  std::set<std::string, std::less<>> broken =
      {};                    ///< names whose declaration has an error: their use is no second error
  std::string subject = {};  ///< "B": the name that the broadcasts are noted for
};

class ExpressionElaborator {
 public:
  explicit ExpressionElaborator(Elaboration& work) : work_(work), pool_(work.pool) {}

  /// The term of an expression. Not set after an error.
  std::optional<Value> term(const SyntaxTree& tree, SyntaxId root, const Scope& scope);
  /// Both sides of a comparison: sizes left out on one side may be fixed by the other. The shapes may still differ.
  std::optional<std::pair<Value, Value>> terms(const SyntaxTree& tree, SyntaxId left, SyntaxId right,
                                               const Scope& scope);
  /// A size.
  std::optional<Dim> size(const SyntaxTree& tree, SyntaxId root, const Scope& scope);

  /// Shapes only: nothing when they do not conform. `given` are names without a declaration. Says nothing.
  std::optional<Shape> shape(const SyntaxTree& tree, SyntaxId root, const Scope& scope, SizeUnifier& sizes,
                             const Parameters& given);
  /// Shapes of the constants without sizes that `shape` has met since `forget_constants`.
  [[nodiscard]] const std::vector<Shape>& constants() const { return constants_; }
  void forget_constants() { constants_.clear(); }
  /// Do the shapes of an expression conform? Says nothing.
  bool conforms(const SyntaxTree& tree, const Scope& scope, const Parameters* parameters);

 private:
  friend class ShapeError;

  // Any expression. `evaluate` walks down the left operands, so that long sums need no deep stack.
  std::optional<Value> evaluate(const Frame& frame, SyntaxId id);
  std::optional<Value> operand(const Frame& frame, SyntaxId id);
  std::optional<Value> name(const Frame& frame, const SyntaxNode& node);
  std::optional<Value> named(const Named& named);
  std::optional<Value> transpose(const Value& a);
  std::optional<Value> negate(const Value& a, Operator sign);
  Value of_number(const Rational& q);
  std::vector<std::optional<Value>> run(const SyntaxTree& tree, const std::vector<SyntaxId>& roots, const Scope& scope);

  // Operators.
  struct Joint;
  std::optional<Value> operate(const Frame& frame, const SyntaxNode& node, Value left, Value right);
  std::optional<Joint> join(const Frame& frame, const SyntaxNode& node, const Value& left, const Value& right);
  TermId spread(const Value& v, const Joint& joint, bool is_left);
  void note_spread(const Frame& frame, const SyntaxNode& node, const Value& left, const Value& right,
                   const Joint& joint);
  std::optional<Value> entrywise(const Frame& frame, const SyntaxNode& node, const Value& left, const Value& right);
  std::optional<Value> product(const Frame& frame, const SyntaxNode& node, const Value& left, const Value& right);
  std::optional<Value> divide(const Frame& frame, const SyntaxNode& node, const Value& left, const Value& right);
  std::optional<Value> left_divide(const Frame& frame, const SyntaxNode& node, const Value& left, const Value& right);
  std::optional<Value> matrix_power(const Frame& frame, const SyntaxNode& node, const Value& base,
                                    const Value& exponent);
  std::optional<Value> comparison(const Frame& frame, const SyntaxNode& node, const Value& left, const Value& right);
  std::optional<Value> entry_power(const Frame& frame, const SyntaxNode& node, const Value& base,
                                   const Value& exponent);
  std::optional<Value> reciprocal(const Frame& frame, SyntaxId id, const Value& a);
  std::optional<Value> quotient(const Frame& frame, const SyntaxNode& node, const Value& over, const Value& under,
                                const Joint& joint, SyntaxId id);

  // Calls.
  using Handler = std::optional<Value> (ExpressionElaborator::*)(const Frame&, const SyntaxNode&);
  static Handler primitive(std::string_view name);
  std::optional<Value> call(const Frame& frame, const SyntaxNode& node);
  std::optional<Value> call_of(const Frame& frame, const SyntaxNode& node, const Named& named);
  // Slices and blocks.
  struct Ranged;
  std::optional<Dim> index_size(const Frame& frame, SyntaxId id, Dim whole);
  std::optional<Ranged> ranged(const Frame& frame, SyntaxId id, Dim whole);
  std::optional<Value> index(const Frame& frame, const SyntaxNode& node, const Value& indexed, std::size_t first);
  std::optional<Value> blocks(const Frame& frame, const SyntaxNode& node);

  std::optional<Value> elementwise(const Frame& frame, const SyntaxNode& node, FunctionId f);
  std::optional<Value> macro(const Frame& frame, const SyntaxNode& node, const Macro& macro);
  std::optional<Value> derived(const Frame& frame, const SyntaxNode& node, const std::vector<DerivedOperator>& forms);
  bool fits(const DerivedOperator& form, const std::vector<Value>& args, Parameters& bound);
  std::optional<Value> kron(const Frame& frame, const SyntaxNode& node);
  std::optional<Value> vec(const Frame& frame, const SyntaxNode& node);
  Value vec_of(const Value& a);
  std::optional<Value> diag(const Frame& frame, const SyntaxNode& node);
  std::optional<Value> square(const Frame& frame, const SyntaxNode& node);  // diagvec, trace, det, logdet, inv, chol
  std::optional<Value> along(const Frame& frame, const SyntaxNode& node);
  std::optional<Value> sqrt(const Frame& frame, const SyntaxNode& node);
  std::optional<Value> stop(const Frame& frame, const SyntaxNode& node);
  std::optional<Value> reshape(const Frame& frame, const SyntaxNode& node);
  std::optional<Value> constant(const Frame& frame, const SyntaxNode& node);  // ones, zeros, eye, I
  std::optional<Value> commutation(const Frame& frame, const SyntaxNode& node);
  std::optional<Value> vech_matrix(const Frame& frame, const SyntaxNode& node);      // duplication_matrix, elimination_matrix
  std::optional<Value> unary(const Frame& frame, const SyntaxNode& node);            // tril, pinv
  std::optional<Value> matrix_function(const Frame& frame, const SyntaxNode& node);  // expm, logm, sqrtm, mpower
  std::optional<Value> derivative(const Frame& frame, const SyntaxNode& node);
  std::optional<Shape> derivative_shape(const Frame& frame, const SyntaxNode& node, DerivativeKind kind,
                                        const Value& of, Shape wrt, bool by_vech);
  std::optional<std::vector<Value>> arguments(const Frame& frame, const SyntaxNode& node, std::size_t least,
                                              std::size_t most);
  std::optional<Dim> size_of(const Frame& frame, SyntaxId id);
  std::optional<Value> unknown(const Frame& frame, const SyntaxNode& node);

  // Sizes, known or not.
  [[nodiscard]] bool making_terms() const { return sizes_ == nullptr; }
  [[nodiscard]] Shape at(Shape s) const { return sizes_ ? sizes_->resolve(s) : s; }
  [[nodiscard]] bool one(Dim d) const { return (sizes_ ? sizes_->resolve(d) : d) == pool_.dims.one(); }
  [[nodiscard]] bool scalar(Shape s) const { return one(s.rows) && one(s.cols); }
  bool same(Dim a, Dim b) { return sizes_ ? sizes_->unify(a, b) : a == b; }
  [[nodiscard]] Shape unit() const { return {pool_.dims.one(), pool_.dims.one()}; }
  template <class F>
  TermId make(F&& f) {
    return making_terms() ? f() : TermId{};
  }

  // Errors. Nothing is said while only shapes are looked for.
  std::nullopt_t error(const Frame& frame, Diagnostic d);
  std::nullopt_t error(const Frame& frame, const char* code, Span span, std::string message);
  template <class F>
  std::nullopt_t report(const Frame& frame, F&& make_diagnostic) {
    return making_terms() ? error(frame, make_diagnostic()) : std::nullopt;
  }

  Elaboration& work_;
  TermPool& pool_;
  SizeUnifier* sizes_ = nullptr;       ///< set while only shapes are looked for
  const Parameters* given_ = nullptr;  ///< names without declaration, while only shapes are looked for
  std::vector<Shape> constants_;       ///< shapes of constants without sizes, in the order in which they are met
  std::size_t met_ = 0;                ///< how many of them have been met
  bool constants_known_ = false;
  bool needs_constants_ = false;  ///< a constant without sizes was met before its shape was looked for
  int depth_ = 0;                 ///< frames of `evaluate`
  int calls_ = 0;                 ///< macros and derived operators within each other
  std::uint64_t steps_ = 0;
};

}  // namespace dvec
