#include "network/certificate.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "support/result.hpp"

namespace dvec {

namespace {

constexpr int kMaxLeaves = 5000;

/// One connected part, certified by refinement and, on ties, by trying each member of the smallest open class.
class Labelling {
 public:
  Labelling(const IndexSpace& space, const Component& part, const IndexList& free, const AtomName& name,
            const IsSymmetric& symmetric)
      : part_(part) {
    std::map<Index, std::string>& first = kind_;
    for (std::size_t i = 0; i < free.size(); ++i) first[free[i]] = "f" + std::to_string(i);
    for (const Index i : part.bound) first[i] = "b" + space.dims().key(space.dim(i));
    for (const Factor& f : part.factors) {
      Head h{name(f.atom) + "^" + f.exponent.text(), symmetric && f.rows.size() == f.cols.size() && symmetric(f.atom)};
      heads_.push_back(h);
    }
    colour_ = rank(first);
  }

  std::string run() {
    search(colour_);
    return best_;
  }

 private:
  struct Head {
    std::string text;
    bool symmetric;
  };
  using Colouring = std::map<Index, int>;

  static Colouring rank(const std::map<Index, std::string>& text) {
    std::set<std::string> sorted;
    for (const auto& [i, t] : text) sorted.insert(t);
    Colouring out;
    for (const auto& [i, t] : text) out[i] = static_cast<int>(std::distance(sorted.begin(), sorted.find(t)));
    return out;
  }

  static std::string slot(const IndexList& list, const Colouring& colour, Index marked) {
    std::string out;
    for (const Index i : list) out += (i == marked ? "*" : "") + std::to_string(colour.at(i)) + ",";
    return out;
  }

  static std::string factor_text(const Head& h, const Factor& f, const Colouring& colour, Index marked) {
    std::string r = slot(f.rows, colour, marked), c = slot(f.cols, colour, marked);
    if (h.symmetric && c < r) std::swap(r, c);
    return h.text + "[" + r + ";" + c + "]";
  }

  Colouring refine(Colouring colour) const {
    std::size_t classes = 0;
    for (;;) {
      std::set<int> distinct;
      for (const auto& [i, c] : colour) distinct.insert(c);
      if (distinct.size() == classes || distinct.size() == colour.size()) return colour;  // each its own: nothing to tell apart
      classes = distinct.size();
      std::map<Index, std::vector<std::string>> around;
      for (std::size_t k = 0; k < part_.factors.size(); ++k)
        for (const Index i : indices_of(part_.factors[k]))
          around[i].push_back(factor_text(heads_[k], part_.factors[k], colour, i));
      std::map<Index, std::string> next;
      for (const auto& [i, c] : colour) {
        std::string text = std::to_string(c);
        text.insert(0, 8 - std::min<std::size_t>(8, text.size()), '0');
        std::vector<std::string>& list = around[i];
        std::sort(list.begin(), list.end());
        for (const std::string& s : list) text += "|" + s;
        next[i] = text;
      }
      colour = rank(next);
    }
  }

  void search(const Colouring& start) {
    if (++leaves_ > kMaxLeaves) throw LimitReached("a monomial has too many symmetries to be put into normal form");
    const Colouring colour = refine(start);
    std::map<int, std::vector<Index>> classes;
    for (const auto& [i, c] : colour) classes[c].push_back(i);
    const std::vector<Index>* open = nullptr;
    for (const auto& [c, members] : classes)
      if (members.size() > 1 && (!open || members.size() < open->size())) open = &members;
    if (!open) {
      // Ranks are relative to the part: what each is (a free place, a bound size) is said along with them.
      std::map<int, std::string> legend;
      for (const auto& [i, c] : colour) legend[c] = kind_.at(i);
      std::vector<std::string> factors;
      for (std::size_t k = 0; k < part_.factors.size(); ++k)
        factors.push_back(factor_text(heads_[k], part_.factors[k], colour, Index()));
      for (const auto& [c, kind] : legend) factors.push_back(std::to_string(c) + "=" + kind + " ");
      std::sort(factors.begin(), factors.end());
      std::string text;
      for (const std::string& f : factors) text += f;
      if (best_.empty() || text < best_) best_ = text;
      return;
    }
    for (const Index i : *open) {
      Colouring next = colour;
      for (auto& [j, c] : next) c = 2 * c + (j == i ? 1 : 0);
      search(next);
    }
  }

  const Component& part_;
  std::map<Index, std::string> kind_;  ///< "f0": the free index in place 0; "b" and a size's key: bound
  std::vector<Head> heads_;
  Colouring colour_;
  std::string best_;
  int leaves_ = 0;
};

}  // namespace

AtomName structural_names(const TermPool& pool, const Network& network) {
  std::vector<TermId> atoms;
  for (const Monomial& m : network.terms)
    for (const Factor& f : m.factors) atoms.push_back(f.atom);
  std::sort(atoms.begin(), atoms.end());
  atoms.erase(std::unique(atoms.begin(), atoms.end()), atoms.end());
  std::sort(atoms.begin(), atoms.end(), [&pool](TermId a, TermId b) { return pool.compare(a, b) < 0; });
  std::unordered_map<TermId, std::string> names;
  const auto text = [](std::size_t i, char kind) {
    std::string digits = std::to_string(i);
    return std::string(1, kind) + std::string(8 - std::min<std::size_t>(8, digits.size()), '0') + digits;
  };
  for (std::size_t i = 0; i < atoms.size(); ++i) names.emplace(atoms[i], text(i, 'a'));
  return [names = std::move(names), text](TermId t) {
    const auto at = names.find(t);
    return at != names.end() ? at->second : text(t.value, 'z');
  };
}

std::vector<Component> components(const Monomial& m) {
  const std::set<Index> bound(m.bound.begin(), m.bound.end());
  std::vector<std::size_t> group(m.factors.size());
  std::iota(group.begin(), group.end(), 0);
  const auto find = [&](std::size_t a) {
    while (group[a] != a) a = group[a];
    return a;
  };
  std::map<Index, std::size_t> owner;
  for (std::size_t k = 0; k < m.factors.size(); ++k)
    for (const Index i : indices_of(m.factors[k])) {
      if (!bound.contains(i)) continue;
      const auto [at, fresh] = owner.emplace(i, k);
      if (!fresh) {
        const std::size_t a = find(at->second), b = find(k);
        group[std::max(a, b)] = std::min(a, b);
      }
    }
  std::map<std::size_t, Component> parts;
  for (std::size_t k = 0; k < m.factors.size(); ++k) {
    Component& part = parts[find(k)];
    part.factors.push_back(m.factors[k]);
    for (const Index i : indices_of(m.factors[k]))
      if (!bound.contains(i)) part.free.insert(i);
  }
  for (const auto& [i, k] : owner) parts[find(k)].bound.push_back(i);
  std::vector<Component> out;
  for (auto& [k, part] : parts) out.push_back(std::move(part));
  return out;
}

std::string certificate(const IndexSpace& space, const Monomial& m, const IndexList& free, const AtomName& name,
                        const IsSymmetric& symmetric) {
  std::vector<std::string> parts;
  for (const Component& part : components(m)) parts.push_back(Labelling(space, part, free, name, symmetric).run());
  std::sort(parts.begin(), parts.end());
  std::string out;
  std::vector<std::string> sizes;
  for (const auto& [d, e] : m.sizes) sizes.push_back(space.dims().key(d) + "^" + e.text() + " ");
  std::sort(sizes.begin(), sizes.end());
  for (const std::string& s : sizes) out += s;
  const auto position = [&](Index i) { return std::distance(free.begin(), std::find(free.begin(), free.end(), i)); };
  for (const auto& [i, j] : m.equal) out += "d" + std::to_string(position(i)) + "=" + std::to_string(position(j)) + " ";
  for (const std::string& p : parts) out += p + " ";
  return out;
}

void collect(const IndexSpace& space, Network& network, const AtomName& name, const IsSymmetric& symmetric) {
  if (network.terms.size() < 2) return;
  IndexList free = network.rows;
  free.insert(free.end(), network.cols.begin(), network.cols.end());
  std::map<std::string, Monomial> by_text;
  for (Monomial& m : network.terms) {
    const std::string text = certificate(space, m, free, name, symmetric);
    const auto [at, fresh] = by_text.emplace(text, m);
    if (!fresh) at->second.coefficient += m.coefficient;
  }
  network.terms.clear();
  for (auto& [text, m] : by_text)
    if (!m.coefficient.is_zero()) network.terms.push_back(std::move(m));
}

}  // namespace dvec
