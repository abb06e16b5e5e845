#include "network/index_space.hpp"

#include <algorithm>
#include <array>

namespace dvec {

Index IndexSpace::fresh(Dim d) {
  entries_.push_back({d, {}});
  return Index(entries_.size() - 1);
}

IndexList IndexSpace::fresh_list(Dim d) {
  if (d == dims_->one()) return {};
  return {fresh(d)};
}

IndexList IndexSpace::resolve(const IndexList& list) const {
  IndexList out;
  for (const Index i : list) {
    const IndexList& parts = entries_[i.value].parts;
    if (parts.empty())
      out.push_back(i);
    else
      for (const Index p : resolve(parts)) out.push_back(p);
  }
  return out;
}

std::optional<Dim> IndexSpace::divide(Dim a, Dim b) const {
  if (const auto x = dims_->as_constant(a), y = dims_->as_constant(b); x && y) {
    if (*y == 0 || *x % *y != 0) return std::nullopt;
    return dims_->constant(*x / *y);
  }
  std::vector<Dim> rest = dims_->factors(a);
  for (const Dim f : dims_->factors(b)) {
    const auto at = std::find(rest.begin(), rest.end(), f);
    if (at == rest.end()) return std::nullopt;
    rest.erase(at);
  }
  Dim out = dims_->one();
  for (const Dim f : rest) out = dims_->multiply(out, f);
  return out;
}

bool IndexSpace::split(Index i, Dim front) {
  const auto rest = divide(dim(i), front);
  if (!rest || *rest == dims_->one() || front == dims_->one()) return false;
  const Index a = fresh(front), b = fresh(*rest);
  entries_[i.value].parts = {a, b};
  return true;
}

std::optional<std::pair<IndexList, IndexList>> IndexSpace::cut(const IndexList& list, Dim front) {
  IndexList left;
  Dim missing = front;
  IndexList rest = resolve(list);
  while (missing != dims_->one()) {
    if (rest.empty()) return std::nullopt;
    const Index head = rest.front();
    if (const auto after = divide(missing, dim(head))) {
      left.push_back(head);
      rest.erase(rest.begin());
      missing = *after;
    } else {
      if (!split(head, missing)) return std::nullopt;
      rest = resolve(rest);
    }
  }
  return std::pair{left, rest};
}

std::optional<std::vector<std::pair<Index, Index>>> IndexSpace::match(const IndexList& a, const IndexList& b) {
  std::vector<std::pair<Index, Index>> equal;
  IndexList x = resolve(a), y = resolve(b);
  while (!x.empty() && !y.empty()) {
    const Index i = x.front(), j = y.front();
    if (i == j || dim(i) == dim(j)) {
      if (i != j) equal.emplace_back(i, j);
      x.erase(x.begin());
      y.erase(y.begin());
    } else if (!split(i, dim(j)) && !split(j, dim(i))) {
      return std::nullopt;
    } else {
      x = resolve(x);
      y = resolve(y);
    }
  }
  if (!x.empty() || !y.empty()) return std::nullopt;
  // A split made late may have divided an index that an earlier pair holds whole.
  std::vector<std::pair<Index, Index>> out;
  for (const auto& [i, j] : equal) {
    const IndexList p = resolve({i}), q = resolve({j});
    if (p.size() == 1 && q.size() == 1)
      out.emplace_back(p[0], q[0]);
    else if (const auto inner = match(p, q))
      out.insert(out.end(), inner->begin(), inner->end());
    else
      return std::nullopt;
  }
  return out;
}

}  // namespace dvec
