#include "syntax/vocabulary.hpp"

namespace dvec {

void Vocabulary::add(DerivedOperator derived) { by_name_[derived.name].push_back(std::move(derived)); }

const std::vector<DerivedOperator>& Vocabulary::find(std::string_view name) const {
  static const std::vector<DerivedOperator> kNone;
  const auto known = by_name_.find(name);
  return known == by_name_.end() ? kNone : known->second;
}

std::vector<std::string> Vocabulary::names() const {
  std::vector<std::string> out;
  for (const auto& [name, overloads] : by_name_) out.push_back(name);
  return out;
}

std::string text(const DerivedOperator& derived) {
  std::string call = derived.name + "(", shapes;
  bool first = true;
  for (const DerivedParameter& p : derived.parameters) {
    if (!first) call += ",";
    first = false;
    if (p.literal) {
      call += p.literal->text();
      continue;
    }
    call += p.name;
    const SyntaxTree& tree = *derived.declarations;
    const auto size = [&](SyntaxId id) {
      return id.valid() ? std::string(tree.source->slice(tree[id].span)) : std::string("1");
    };
    shapes += (shapes.empty() ? "" : ", ") + p.name + " " + size(p.declaration.rows) + "×" + size(p.declaration.cols);
  }
  return call + ")" + (shapes.empty() ? "" : " for " + shapes);
}

const std::vector<std::string>& primitive_names() {
  static const std::vector<std::string> kNames = {
      "I", "chol", "commutation_matrix", "d", "det", "diag", "diagvec", "duplication_matrix", "elimination_matrix", "expm", "eye", "grad", "hess", "inv", "jac", "kron", "logdet", "logm", "logsumexp", "mpower", "ones", "pi", "pinv", "reshape", "softmax", "sqrt", "sqrtm", "stop", "sum", "trace", "tril", "vec", "zeros"};
  return kNames;
}

}  // namespace dvec
