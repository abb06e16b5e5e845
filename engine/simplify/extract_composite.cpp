/// Jacobians: composite free indices, read as Kronecker products, diagonals and permutations of vec.

#include <algorithm>
#include <array>
#include <numeric>

#include "simplify/extract.hpp"
#include "simplify/orient.hpp"
#include "support/result.hpp"

namespace dvec {

namespace {

bool contains(const IndexList& list, Index i) { return std::find(list.begin(), list.end(), i) != list.end(); }

/// Members of `list` that are in `wanted`, in the list's order.
IndexList only(const IndexList& list, const std::set<Index>& wanted) {
  IndexList out;
  for (const Index i : list)
    if (wanted.contains(i)) out.push_back(i);
  return out;
}

Monomial of_component(const Component& part) {
  Monomial m;
  m.factors = part.factors;
  m.bound = part.bound;
  return m;
}

void append(Monomial& to, const Component& part) {
  to.factors.insert(to.factors.end(), part.factors.begin(), part.factors.end());
  to.bound.insert(to.bound.end(), part.bound.begin(), part.bound.end());
}

}  // namespace

/// P with P * (kron in order `from`) = kron in order `to`, by swaps of neighbouring blocks: each kron(I,K,I).
TermId Extractor::permutation(const IndexList& from, const IndexList& to) {
  IndexList now = from;
  TermId product;
  const auto block = [&](std::size_t a, std::size_t b) {
    return size(IndexList(now.begin() + static_cast<std::ptrdiff_t>(a), now.begin() + static_cast<std::ptrdiff_t>(b)));
  };
  for (std::size_t k = 0; k < to.size(); ++k) {
    const auto at = static_cast<std::size_t>(std::find(now.begin(), now.end(), to[k]) - now.begin());
    if (at == k) continue;
    // The longest run that is already in its final order moves as one block.
    std::size_t run = 1;
    while (at + run < now.size() && k + run < to.size() && now[at + run] == to[k + run]) ++run;
    // A block (a, b) becomes (b, a): entry (b a) of the new order is entry (a b) of the old: K(a,b) on kron(a,b).
    const Dim a = block(k, at), b = block(at, at + run);
    const TermId swap = pool_.kron(std::array{pool_.eye(block(0, k)), pool_.commutation(b, a), pool_.eye(block(at + run, now.size()))});
    product = product.valid() ? pool_.matmul(swap, product) : swap;
    std::rotate(now.begin() + static_cast<std::ptrdiff_t>(k), now.begin() + static_cast<std::ptrdiff_t>(at),
                now.begin() + static_cast<std::ptrdiff_t>(at + run));
  }
  return product.valid() ? product : pool_.eye(size(to));
}

TermId Extractor::composites(const std::vector<Monomial>& terms, const IndexList& rows, const IndexList& cols) {
  std::vector<KronForm> forms;
  for (const Monomial& m : terms) {
    auto form = composite(m, rows, cols);
    if (!form) return {};
    if (std::ranges::none_of(forms, [&](KronForm& f) { return merge(f, *form); })) forms.push_back(std::move(*form));
  }
  // What was merged may now agree with what was not.
  for (bool again = true; again;) {
    again = false;
    for (std::size_t i = 0; i < forms.size() && !again; ++i)
      for (std::size_t k = i + 1; k < forms.size() && !again; ++k)
        if (merge(forms[i], forms[k])) {
          forms.erase(forms.begin() + static_cast<std::ptrdiff_t>(k));
          again = true;
        }
  }
  std::vector<TermId> out;
  for (const KronForm& f : forms) out.push_back(to_term(f));
  return pool_.sum(out, std::vector<Rational>(out.size(), Rational(1)));
}

/// A ⊗ B + A ⊗ C = A ⊗ (B+C), diag(vec A)*M + diag(vec B)*M = diag(vec(A+B))*M: two forms that differ in one place only
/// become one.
bool Extractor::merge(KronForm& into, const KronForm& other) {
  if (into.right == other.right && into.factors == other.factors && into.left.valid() && other.left.valid() &&
      into.left != other.left && pool_[into.left].op == Op::Diag && pool_[other.left].op == Op::Diag) {
    const TermId a = pool_[into.left].args[0], b = pool_[other.left].args[0];
    const auto inside = [&](TermId v) { return pool_[v].op == Op::Vec ? pool_[v].args[0] : v; };
    const bool stacked = pool_.shape(inside(a)) == pool_.shape(inside(b));
    const TermId sum = pool_.add(pool_.scale(into.scale, stacked ? inside(a) : a), pool_.scale(other.scale, stacked ? inside(b) : b));
    into.left = pool_.diag(stacked ? pool_.vec(sum) : sum);
    into.scale = pool_.number(1);
    return true;
  }
  if (into.left != other.left || into.right != other.right || into.factors.size() != other.factors.size()) return false;
  std::size_t differ = into.factors.size(), count = 0;
  for (std::size_t i = 0; i < into.factors.size(); ++i) {
    if (pool_.shape(into.factors[i]) != pool_.shape(other.factors[i])) return false;
    if (into.factors[i] == other.factors[i]) continue;
    differ = i;
    ++count;
  }
  if (count > 1 || into.factors.size() < 2) return false;
  if (count == 0) {
    into.scale = pool_.add(into.scale, other.scale);
    return true;
  }
  into.factors[differ] =
      pool_.add(pool_.scale(into.scale, into.factors[differ]), pool_.scale(other.scale, other.factors[differ]));
  into.scale = pool_.number(1);
  return true;
}

TermId Extractor::to_term(const KronForm& form) {
  // A column next to a row is their product; identities next to each other are one.
  std::vector<TermId> merged;
  for (const TermId f : form.factors) {
    if (!merged.empty()) {
      TermId& last = merged.back();
      if (pool_.shape(last).cols == pool_.dims.one() && pool_.shape(f).rows == pool_.dims.one()) {
        last = pool_.matmul(last, f);
        continue;
      }
      if (pool_[last].op == Op::Eye && pool_[f].op == Op::Eye) {
        last = pool_.eye(pool_.dims.multiply(pool_.shape(last).rows, pool_.shape(f).rows));
        continue;
      }
    }
    merged.push_back(f);
  }
  TermId t = pool_.kron(merged);
  if (form.left.valid()) t = pool_.matmul(form.left, t);
  if (form.right.valid()) t = pool_.matmul(t, form.right);
  const Node n = pool_[form.scale];
  if (n.op == Op::Sum && n.args.size() == 1) return pool_.times(n.numbers[0], pool_.scale(n.args[0], t));
  return pool_.scale(form.scale, t);
}

std::optional<Extractor::KronForm> Extractor::composite(const Monomial& m, const IndexList& rows, const IndexList& cols) {
  Monomial rest = m;
  rest.coefficient = Rational(1);
  rest.sizes.clear();
  rest.factors.clear();
  rest.bound.clear();
  TermId scalars = pool_.number(1);
  for (const Component& part : components(m)) {
    if (!part.free.empty()) {
      append(rest, part);
      continue;
    }
    std::vector<Piece> pieces;
    TermId scalar;
    if (!eliminate(part, pieces, scalar)) return std::nullopt;
    scalars = pool_.hadamard(scalars, scalar);
  }
  auto form = kron_of_groups(rest, rows, cols);
  if (form) form->scale = scaled(scalars, m);
  return form;
}

/// Free indices that some component or delta ties together form a group; groups are the factors of a ⊗. Factors that
/// touch only rows (only columns) which other parts reach too are diagonal scalings.
std::optional<Extractor::KronForm> Extractor::kron_of_groups(const Monomial& m, const IndexList& rows, const IndexList& cols) {
  IndexList free = rows;
  free.insert(free.end(), cols.begin(), cols.end());
  std::map<Index, Index> parent;
  for (const Index i : free) parent[i] = i;
  const auto find = [&](Index i) {
    while (parent.at(i) != i) i = parent.at(i);
    return i;
  };
  const auto join = [&](Index a, Index b) { parent[find(a)] = find(b); };
  for (const auto& [i, j] : m.equal) join(i, j);
  const std::vector<Component> parts = components(m);
  // A delta's second index never occurs in a factor, so a part that touches a row tied to a column is "row only" here.
  const auto side = [&](const Component& part) {
    bool r = false, c = false;
    for (const Index i : part.free) (contains(rows, i) ? r : c) = true;
    return std::pair(r, c);
  };
  for (const Component& part : parts) {
    const auto [r, c] = side(part);
    if (r && c)
      for (const Index i : part.free) join(i, *part.free.begin());
  }
  const auto reaches = [&](Index i, const IndexList& other) {
    return std::ranges::any_of(other, [&](Index j) { return find(j) == find(i); });
  };
  Monomial core = m, left = Monomial(), right = Monomial();
  core.factors.clear();
  core.bound.clear();
  bool has_left = false, has_right = false;
  std::vector<const Component*> own;
  for (const Component& part : parts) {
    const auto [r, c] = side(part);
    const bool one_sided = r != c;
    const bool covered = one_sided && std::ranges::all_of(part.free, [&](Index i) { return reaches(i, r ? cols : rows); });
    // Diagonal blocks keep their own entries; only what spans several groups is a scaling of the whole.
    std::set<Index> groups;
    for (const Index i : part.free) groups.insert(find(i));
    const bool tied = std::ranges::any_of(m.equal, [&](const auto& e) { return part.free.contains(e.first); });
    if (covered && !(tied && groups.size() == 1)) {
      append(r ? left : right, part);
      (r ? has_left : has_right) = true;
    } else {
      append(core, part);
      own.push_back(&part);
    }
  }
  for (const Component* part : own)
    for (const Index i : part->free) join(i, *part->free.begin());
  // Groups in order of their first row, then of their first column.
  std::vector<Index> order;
  for (const Index i : free)
    if (std::find(order.begin(), order.end(), find(i)) == order.end()) order.push_back(find(i));
  IndexList row_order, col_order;
  KronForm form;
  form.scale = pool_.number(1);
  for (const Index g : order) {
    std::set<Index> members;
    for (const Index i : free)
      if (find(i) == g) members.insert(i);
    const IndexList r = only(rows, members), c = only(cols, members);
    Monomial part;
    for (const Component& p : components(core))
      if (std::ranges::all_of(p.free, [&](Index i) { return members.contains(i); })) append(part, p);
    for (const auto& e : m.equal)
      if (members.contains(e.first)) part.equal.push_back(e);
    const TermId t = group(part, r, c);
    if (!t.valid()) return std::nullopt;
    form.factors.push_back(t);
    row_order.insert(row_order.end(), r.begin(), r.end());
    col_order.insert(col_order.end(), c.begin(), c.end());
  }
  const auto outside = [this](TermId& at, TermId t, bool before) {
    at = !at.valid() ? t : before ? pool_.matmul(t, at) : pool_.matmul(at, t);
  };
  if (row_order != rows) form.left = permutation(row_order, rows);
  if (col_order != cols) form.right = flipped(permutation(col_order, cols));
  if (has_left) {
    const TermId v = group(left, rows, {});
    if (!v.valid()) return std::nullopt;
    outside(form.left, pool_.diag(v), true);
  }
  if (has_right) {
    const TermId v = group(right, {}, cols);
    if (!v.valid()) return std::nullopt;
    outside(form.right, pool_.diag(v), false);
  }
  return form;
}

/// One factor of a ⊗: a plain matrix, a stacked one, a diagonal one, or a Hadamard product of spread parts.
TermId Extractor::group(const Monomial& m, const IndexList& rows, const IndexList& cols) {
  if (!m.equal.empty()) {
    if (m.equal.size() != rows.size() || rows.size() != cols.size()) return {};
    for (std::size_t k = 0; k < rows.size(); ++k)
      if (std::find(m.equal.begin(), m.equal.end(), std::pair(rows[k], cols[k])) == m.equal.end()) return {};
    if (m.factors.empty()) return pool_.eye(size(rows));
    Monomial entries = m;
    entries.equal.clear();
    const TermId v = group(entries, rows, {});
    return v.valid() ? pool_.diag(v) : v;
  }
  if (rows.size() <= 1 && cols.size() <= 1)
    return monomial(m, rows.empty() ? Index() : rows[0], cols.empty() ? Index() : cols[0], {size(rows), size(cols)});
  if (rows.empty()) {
    const TermId t = group(m, cols, {});
    return t.valid() ? flipped(t) : t;
  }
  if (m.factors.empty()) return pool_.ones({size(rows), size(cols)});
  if (cols.empty()) {
    // vec of the matrix whose column index is the major part.
    const std::vector<Component> parts = components(m);
    bool spans_all = false;
    for (const Component& p : parts) spans_all = spans_all || p.free.size() == rows.size();
    if (spans_all || rows.size() == 2) {
      const IndexList tail(rows.begin() + 1, rows.end());
      const TermId t = group(m, tail, {rows[0]});
      return t.valid() ? pool_.vec(t) : t;
    }
  }
  const std::vector<Component> parts = components(m);
  if (parts.size() < 2) return {};
  TermId product;
  for (const Component& p : parts) {
    // Spread over the rest: the part in its place, ones for every other index, in the group's order.
    const auto spread = kron_of_groups(of_component(p), rows, cols);
    if (!spread) return {};
    const TermId t = to_term(*spread);
    product = product.valid() ? pool_.hadamard(product, t) : t;
  }
  return product;
}

}  // namespace dvec
