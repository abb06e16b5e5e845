#include "calculus/fresh_names.hpp"

#include <algorithm>

namespace dvec {

FreshNames::FreshNames(const TermPool& pool, const Program& program) : used_(program.dims.begin(), program.dims.end()) {
  for (const SymbolId v : program.variables) used_.insert(pool.symbols[v].name);
  for (const Binding& b : program.lets) used_.insert(pool.symbols[b.name].name);
  for (const FunctionId f : program.functions) used_.insert(pool.functions[f].name);
}

std::string FreshNames::take(std::string wanted) {
  wanted.resize(std::min(wanted.find('('), wanted.size()));  // D_grad(R,x), of a derivative of a derivative: D_grad
  while (!used_.insert(wanted).second) wanted += "_";
  return wanted;
}

}  // namespace dvec
