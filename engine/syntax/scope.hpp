#pragma once
/// What names stand for at one place of a text.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "syntax/syntax_tree.hpp"
#include "term/term_pool.hpp"

namespace dvec {

/// `let quad(A,x) = x'*A*x`: put in at each call.
struct Macro {
  const SyntaxTree* tree = nullptr;
  std::vector<Spelled> parameters;
  SyntaxId body;
};

struct Named {
  std::variant<SymbolId, Dim, FunctionId, Macro> what;
  Span declared;  ///< empty where the text does not declare it
};

class Scope {
 public:
  void bind(std::string name, SymbolId symbol, Span declared = {}) { put(std::move(name), {symbol, declared}); }
  void bind(std::string name, Dim size, Span declared = {}) { put(std::move(name), {size, declared}); }
  void bind(std::string name, FunctionId function, Span declared = {}) { put(std::move(name), {function, declared}); }
  void bind(std::string name, Macro macro, Span declared = {}) { put(std::move(name), {std::move(macro), declared}); }
  /// The slot written `[name]`.
  void bind_slot(std::string name, SymbolId slot) { slots_[std::move(name)] = slot; }

  [[nodiscard]] const Named* find(std::string_view name) const {
    const auto known = names_.find(name);
    return known == names_.end() ? nullptr : &known->second;
  }
  [[nodiscard]] std::optional<SymbolId> slot(std::string_view name) const {
    const auto known = slots_.find(name);
    return known == slots_.end() ? std::nullopt : std::optional(known->second);
  }
  [[nodiscard]] const std::map<std::string, Named, std::less<>>& names() const { return names_; }

 private:
  void put(std::string name, Named named) { names_.insert_or_assign(std::move(name), std::move(named)); }
  std::map<std::string, Named, std::less<>> names_;
  std::map<std::string, SymbolId, std::less<>> slots_;
};

}  // namespace dvec
