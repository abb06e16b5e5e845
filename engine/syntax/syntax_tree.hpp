#pragma once
/// What the parser makes of a text: expressions in one arena, and the statements that hold them.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "support/id.hpp"
#include "support/source_text.hpp"

namespace dvec {

struct SyntaxTag;
using SyntaxId = Id<SyntaxTag>;

enum class SyntaxKind : std::uint8_t {
  Number,     ///< 12, 0.5, 1e-3
  Name,       ///< X, gamma, pi
  Slot,       ///< [X] in a rule: the slot of X
  Call,       ///< name(args), with derivative marks: a''(B). Also A(1,2), which elaboration tells apart by the name
  Index,      ///< (expression)(args): args[0] is what is indexed
  Unary,      ///< + -
  Binary,     ///< two arguments
  Transpose,  ///< one argument
  Block,      ///< [A, B; C, D]: args row by row, `rows` holds the number of arguments of each row
  Colon,      ///< a bare : among the arguments of a call
};

enum class Operator : std::uint8_t {
  Add,
  Subtract,
  Times,
  Divide,
  LeftDivide,
  EntryTimes,
  EntryDivide,
  EntryLeftDivide,
  Power,
  EntryPower,
  Kronecker,  ///< the spelling ⊗
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Range,  ///< a:b
};

/// The operator as programs write it: "+", ".*".
[[nodiscard]] const char* text(Operator op);

struct SyntaxNode {
  SyntaxKind kind = SyntaxKind::Number;
  Operator op = Operator::Add;  ///< Unary, Binary
  int primes = 0;               ///< Call: derivative marks between name and bracket
  bool bracketed = false;       ///< written in round brackets
  Span span;                    ///< the whole of it, brackets of a bracketed expression included
  Span mark;                    ///< the operator, or the name of a call
  std::string text;             ///< Number: as written; Name, Slot, Call: the name
  std::vector<SyntaxId> args;
  std::vector<std::uint32_t> rows;  ///< Block
};

/// A name at a place.
struct Spelled {
  std::string name;
  Span span;
};

struct DimDeclaration {
  Spelled name;
  SyntaxId value;  ///< `dim n = 3`; not valid without
};

struct VariableDeclaration {
  Spelled name;
  SyntaxId rows, cols;  ///< x(n): rows only; no bracket: neither
  std::vector<Spelled> attributes;
};

struct DimStatement {
  std::vector<DimDeclaration> items;
};
struct VarStatement {
  std::vector<VariableDeclaration> items;
};
struct FunctionStatement {
  Spelled name;
  std::optional<Spelled> parameter;  ///< with a body
  SyntaxId body;
};
struct LetStatement {
  Spelled name;
  std::vector<Spelled> parameters;  ///< none: a binding; some: a macro
  SyntaxId value;
};
struct DeriveStatement {
  std::vector<SyntaxId> items;
};
struct OutputStatement {
  std::vector<SyntaxId> items;
};
struct ClaimStatement {
  std::string label;
  SyntaxId left, right;
  bool negated = false;             ///< !=
  std::optional<Spelled> expected;  ///< true, false, ill-typed, undecided
};
struct AssumeStatement {
  SyntaxId left, right;
  std::string relation;  ///< > >= < <= == !=
};

struct Statement {
  Span span;
  std::variant<DimStatement, VarStatement, FunctionStatement, LetStatement, DeriveStatement, OutputStatement,
               ClaimStatement, AssumeStatement>
      what;
};

/// A parsed file (statements), a parsed expression (root), or a list of declarations (one VarStatement). It points to
/// its source, which must outlive it.
struct SyntaxTree {
  const SourceText* source = nullptr;
  std::vector<SyntaxNode> nodes;  ///< arguments stand before their users
  std::vector<Statement> statements;
  SyntaxId root;  ///< of an expression

  [[nodiscard]] const SyntaxNode& operator[](SyntaxId id) const { return nodes.at(id.value); }
};

}  // namespace dvec
