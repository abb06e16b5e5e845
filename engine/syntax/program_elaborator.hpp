#pragma once
/// A parsed file to a program, statement by statement; and one-liners, whose names are not declared.

#include <set>

#include "syntax/expression.hpp"

namespace dvec {

class ProgramElaborator {
 public:
  ProgramElaborator(const SyntaxTree& tree, const Vocabulary& vocabulary, TermPool& pool,
                    const ElaborateOptions& options)
      : tree_(tree), work_{.pool = pool, .vocabulary = vocabulary, .options = options}, expressions_(work_) {
    work_.program = &program_;
  }
  ProgramElaborator(const ProgramElaborator&) = delete;
  ProgramElaborator& operator=(const ProgramElaborator&) = delete;

  /// The statements of the file.
  Result<Program> run();
  /// The expression of the tree, derived by the names in `wrt`, or by every variable; names get their shapes from use.
  Result<Program> run_expression(const std::vector<std::string>& wrt);
  /// The expression of the tree as the program's output; names get their shapes from use.
  Result<Program> run_value();
  /// The one claim of the tree; names get their shapes from use.
  Result<Program> run_claim();

 private:
  void identify_sizes();
  Dim identified(Dim d);
  bool is_new(const Spelled& name);
  void broken(const Spelled& name, const Diagnostics& why);
  void statement(const Statement& s, const DimStatement& dim);
  void statement(const Statement& s, const VarStatement& var);
  void statement(const Statement& s, const FunctionStatement& function);
  void statement(const Statement& s, const LetStatement& let);
  void statement(const Statement& s, const DeriveStatement& derive);
  void statement(const Statement& s, const OutputStatement& output);
  void statement(const Statement& s, const ClaimStatement& claim);
  void statement(const Statement& s, const AssumeStatement& assume);
  Diagnostic different_sides(const ClaimStatement& claim, const Value& left, const Value& right);
  Result<Program> finish();

  /// Declares the names of one or two expressions (the sides of a claim) by what their use says about them.
  void infer(const std::vector<SyntaxId>& roots);

  const SyntaxTree& tree_;
  Elaboration work_;
  Program program_;
  Scope scope_;
  ExpressionElaborator expressions_;
  std::vector<std::pair<std::string, Dim>> identified_;  ///< sizes that an assumption puts in the place of others
  std::set<const Statement*> identifications_;
};

}  // namespace dvec
