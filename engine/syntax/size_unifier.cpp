#include "syntax/size_unifier.hpp"

#include <algorithm>

namespace dvec {

namespace {

bool is_unknown(const std::string& symbol) { return symbol.starts_with('?'); }

}  // namespace

Dim SizeUnifier::fresh(Use use) { return dims_->symbol((use == Use::Name ? "?n" : "?c") + std::to_string(made_++)); }

Dim SizeUnifier::resolve(Dim d) const {
  for (bool changed = true; changed;) {
    changed = false;
    const std::vector<std::string> symbols = dims_->symbols(d);
    for (const std::string& s : symbols) {
      const auto value = known_.find(s);
      if (value == known_.end()) continue;
      d = dims_->substitute(d, s, value->second);
      changed = true;
    }
  }
  return d;
}

bool SizeUnifier::unknown(Dim d) const {
  const Dim resolved = resolve(d);
  return std::ranges::any_of(dims_->symbols(resolved), is_unknown);
}

bool SizeUnifier::open_constant(Dim d) const {
  const auto symbol = dims_->as_symbol(resolve(d));
  return symbol && symbol->starts_with("?c");
}

bool SizeUnifier::unify(Dim a, Dim b) {
  bool waits = false;
  if (!step(a, b, waits)) return false;
  if (waits) waiting_.emplace_back(a, b);
  return true;
}

bool SizeUnifier::step(Dim a, Dim b, bool& waits) {
  a = resolve(a);
  b = resolve(b);
  if (a == b) return true;
  const auto occurs = [this](const std::string& s, Dim in) { return std::ranges::count(dims_->symbols(in), s) > 0; };
  const auto bind = [&](Dim name, Dim value) {
    const auto symbol = dims_->as_symbol(name);
    if (!symbol || !is_unknown(*symbol) || occurs(*symbol, value)) return false;
    known_[*symbol] = value;
    return true;
  };
  const auto by = dims_->as_symbol(b);
  if (by && by->starts_with("?c") && bind(b, a)) return true;
  if (bind(a, b) || bind(b, a)) return true;
  if (!unknown(a) && !unknown(b)) return false;

  // Monomials: common factors go; a product that is 1 has factors that are 1.
  std::vector<Dim> left = dims_->factors(a), right = dims_->factors(b);
  const std::size_t before = left.size() + right.size();
  for (auto it = left.begin(); it != left.end();) {
    const auto twin = std::ranges::find(right, *it);
    if (twin == right.end()) {
      ++it;
      continue;
    }
    right.erase(twin);
    it = left.erase(it);
  }
  if (left.empty() || right.empty()) {
    for (const Dim d : left.empty() ? right : left) {
      if (d == a || d == b) {  // a sum, n*(n+1)/2 say: it has no factors
        waits = true;
        return true;
      }
      if (!step(d, dims_->one(), waits)) return false;
    }
    return true;
  }
  if (left.size() + right.size() < before) {
    const auto product = [this](const std::vector<Dim>& factors) {
      Dim p = dims_->one();
      for (const Dim d : factors) p = dims_->multiply(p, d);
      return p;
    };
    return step(product(left), product(right), waits);
  }
  waits = true;
  return true;
}

bool SizeUnifier::guess(const std::vector<std::string>& order) {
  while (!waiting_.empty()) {
    const auto [a, b] = waiting_.back();
    waiting_.pop_back();
    std::vector<Dim> open = dims_->factors(resolve(a)), known = dims_->factors(resolve(b));
    if (unknown(b)) std::swap(open, known);
    const auto is_open = [this](Dim d) { return dims_->as_symbol(d) && is_unknown(*dims_->as_symbol(d)); };
    const auto is_known = [this](Dim d) { return dims_->as_symbol(d) && !is_unknown(*dims_->as_symbol(d)); };
    if (open.size() != known.size() || !std::ranges::all_of(open, is_open) || !std::ranges::all_of(known, is_known))
      return false;
    const auto serial = [this](Dim d) { return std::stoi(dims_->as_symbol(d)->substr(2)); };
    std::ranges::sort(open, {}, serial);
    if (open.size() == 2 && serial(open[0]) + 1 == serial(open[1]))
      std::ranges::sort(known, {},
                        [&](Dim d) { return std::ranges::find(order, *dims_->as_symbol(d)) - order.begin(); });
    for (std::size_t i = 0; i < open.size(); ++i)
      if (!unify(open[i], known[i])) return false;
    if (!settle()) return false;
  }
  return true;
}

bool SizeUnifier::settle() {
  for (bool progress = true; progress;) {
    progress = false;
    std::vector<std::pair<Dim, Dim>> still;
    for (const auto& [a, b] : std::exchange(waiting_, {})) {
      bool waits = false;
      if (!step(a, b, waits)) return false;
      if (waits)
        still.emplace_back(a, b);
      else
        progress = true;
    }
    waiting_ = std::move(still);
  }
  return true;
}

}  // namespace dvec
