/// Jacobians: composite free indices, read as Kronecker products, diagonals and permutations of vec.

#include <algorithm>
#include <array>
#include <tuple>

#include "simplify/cost.hpp"
#include "simplify/extract.hpp"
#include "simplify/orient.hpp"
#include "simplify/scalar_product.hpp"
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

void append(Monomial& to, const Component& part) {
  to.factors.insert(to.factors.end(), part.factors.begin(), part.factors.end());
  to.bound.insert(to.bound.end(), part.bound.begin(), part.bound.end());
}

/// Free indices that belong to one factor of a ⊗.
class IndexGroups {
 public:
  IndexGroups(const IndexList& rows, const IndexList& cols) : rows_(rows), cols_(cols), free_(rows) {
    free_.insert(free_.end(), cols.begin(), cols.end());
    for (const Index i : free_) parent_[i] = i;
  }

  [[nodiscard]] Index of(Index i) const {
    while (parent_.at(i) != i) i = parent_.at(i);
    return i;
  }
  void join(Index a, Index b) { parent_[of(a)] = of(b); }
  void join(const std::set<Index>& all) {
    for (const Index i : all) join(i, *all.begin());
  }
  [[nodiscard]] bool reaches(Index i, const IndexList& other) const {
    return std::ranges::any_of(other, [&](Index j) { return of(j) == of(i); });
  }

  /// A row and a column at one place that nothing ties to anything are an outer product there: beside a factor that has
  /// both, kron(a*b',C) needs no permutation where kron(a,C,b') does.
  void pair_lone_ends() {
    if (std::ranges::none_of(rows_, [&](Index i) { return reaches(i, cols_); })) return;
    for (std::size_t k = 0; k < std::min(rows_.size(), cols_.size()); ++k)
      if (members(of(rows_[k])).size() == 1 && members(of(cols_[k])).size() == 1) join(rows_[k], cols_[k]);
  }

  /// Groups in the order of their first row; a group without rows stands where its first column comes into order, and one
  /// without columns where it is asked for.
  [[nodiscard]] std::vector<Index> order(Columnless place) const {
    std::vector<Index> out;
    const auto add_before = [&](Index g, auto at) {
      if (std::ranges::find(out, g) == out.end()) out.insert(at, g);
    };
    const auto rows_of = [&](bool columnless) {
      for (const Index i : rows_)
        if (place == Columnless::InPlace || (first_column(of(i)) == 0) == columnless) add_before(of(i), out.end());
    };
    rows_of(place == Columnless::First);
    rows_of(place != Columnless::First);
    for (const Index j : cols_)
      add_before(of(j), std::ranges::find_if(out, [&](Index g) { return first_column(g) > first_column(of(j)); }));
    return out;
  }
  [[nodiscard]] std::set<Index> members(Index group) const {
    std::set<Index> out;
    for (const Index i : free_)
      if (of(i) == group) out.insert(i);
    return out;
  }

 private:
  [[nodiscard]] std::size_t first_column(Index group) const {
    std::size_t k = 0;
    while (k < cols_.size() && of(cols_[k]) != group) ++k;
    return k < cols_.size() ? k + 1 : 0;  // 0: it has none
  }

  const IndexList &rows_, &cols_;
  IndexList free_;
  std::map<Index, Index> parent_;
};

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

/// Of the ways to arrange each term the one that asks for no permutation, or for the one that most terms have, and then the
/// shortest: what all terms have at their right end is counted once.
std::vector<Extractor::KronForm> Extractor::placed(const std::vector<Monomial>& terms, const IndexList& rows, const IndexList& cols) {
  std::vector<std::vector<KronForm>> choices;
  std::map<TermId, std::size_t> at_left, at_right;
  for (const Monomial& m : terms) {
    choices.emplace_back();
    std::set<TermId> left, right;
    for (const Ties ties : {Ties::Join, Ties::Scale})
      for (const Columnless place : {Columnless::InPlace, Columnless::First, Columnless::Last}) {
        if (ties == Ties::Scale && m.equal.empty()) continue;
        auto form = composite(m, rows, cols, {place, ties});
        if (!form) continue;
        left.insert(form->left);
        right.insert(form->right);
        choices.back().push_back(std::move(*form));
      }
    if (choices.back().empty()) return {};
    for (const TermId t : left) ++at_left[t];
    for (const TermId t : right) ++at_right[t];
  }
  const auto length = [&](const KronForm& f) {
    const bool shared = terms.size() > 1 && f.right.valid() && at_right[f.right] == terms.size();
    return cost(pool_, to_term(f)) - (shared ? cost(pool_, f.right) : 0);
  };
  std::vector<KronForm> out;
  for (const std::vector<KronForm>& forms : choices)
    out.push_back(*std::ranges::min_element(forms, {}, [&](const KronForm& f) {
      const bool permuted = f.left.valid() && pool_[f.left].op != Op::Diag;
      return std::tuple(permuted ? terms.size() - at_left[f.left] : 0, permuted ? cost(pool_, f.left) : 0, length(f));
    }));
  return out;
}

TermId Extractor::composites(const std::vector<Monomial>& terms, const IndexList& rows, const IndexList& cols) {
  std::vector<KronForm> forms;
  for (KronForm& form : placed(terms, rows, cols))
    if (std::ranges::none_of(forms, [&](KronForm& f) { return merge(f, form); })) forms.push_back(std::move(form));
  if (forms.empty()) return {};
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
  return sum_of(std::move(forms));
}

/// The sum, with what all terms are multiplied by outside: scalars, then a permutation or diagonal at one end.
TermId Extractor::sum_of(std::vector<KronForm> forms) {
  std::vector<ScalarProduct> scales;
  for (const KronForm& f : forms) scales.push_back(scalar_product(pool_, f.scale));
  std::vector<ScalarProduct*> all;
  for (ScalarProduct& s : scales) all.push_back(&s);
  const ScalarProduct common = forms.size() > 1 ? take_common(all) : ScalarProduct();
  for (std::size_t i = 0; i < forms.size(); ++i) forms[i].scale = pool_.times(scales[i].coefficient, powers_term(pool_, scales[i]));
  std::vector<TermId> terms;
  const auto add_ends = [&](TermId KronForm::*end) {
    for (std::size_t i = 0; i < forms.size(); ++i) {
      const TermId shared = forms[i].*end;
      const auto has_it = [&](const KronForm& f) { return f.*end == shared; };
      if (!shared.valid() || std::ranges::count_if(forms, has_it) < 2) continue;
      std::vector<KronForm> inside;
      std::ranges::copy_if(forms, std::back_inserter(inside), has_it);
      std::erase_if(forms, has_it);
      for (KronForm& f : inside) f.*end = TermId();
      const TermId sum = sum_of(std::move(inside));
      terms.push_back(end == &KronForm::right ? pool_.matmul(sum, shared) : pool_.matmul(shared, sum));
      i = static_cast<std::size_t>(-1);  // those before it may still pair up
    }
  };
  add_ends(&KronForm::right);
  add_ends(&KronForm::left);
  for (const KronForm& f : forms) terms.push_back(to_term(f));
  return scaled(pool_, common, pool_.sum(terms, std::vector<Rational>(terms.size(), Rational(1))));
}

/// (A ⊗ B)*K(n,q) = K(m,p)*(B ⊗ A) for A m×n, B p×q: the same form with its permutation at the other end.
/// Source: Magnus & Neudecker 2019, 3.7.
std::optional<Extractor::KronForm> Extractor::at_other_end(const KronForm& form) {
  if (form.left.valid() || !form.right.valid() || form.factors.size() != 2) return std::nullopt;
  const Shape a = pool_.shape(form.factors[0]), b = pool_.shape(form.factors[1]);
  if (form.right != pool_.commutation(a.cols, b.cols)) return std::nullopt;
  return KronForm{form.scale, pool_.commutation(a.rows, b.rows), TermId(), {form.factors[1], form.factors[0]}};
}

/// M + K*M = (I+K)*M: two forms that differ in the permutation at their left end only.
bool Extractor::merge_permuted(KronForm& into, const KronForm& other) {
  const auto plain = [&](TermId left) { return !left.valid() || pool_[left].op == Op::Commutation; };
  for (const bool turn_first : {false, true})
    for (const bool turn_second : {false, true}) {
      const std::optional<KronForm> a = turn_first ? at_other_end(into) : into, b = turn_second ? at_other_end(other) : other;
      if (!a || !b || a->factors != b->factors || a->right != b->right || a->scale != b->scale || a->left == b->left) continue;
      if (!plain(a->left) || !plain(b->left)) continue;
      Dim rows = pool_.dims.one();
      for (const TermId f : a->factors) rows = pool_.dims.multiply(rows, pool_.shape(f).rows);
      const auto matrix = [&](TermId left) { return left.valid() ? left : pool_.eye(rows); };
      into = *a;
      into.left = pool_.add(matrix(a->left), matrix(b->left));
      return true;
    }
  return false;
}

/// A ⊗ B + A ⊗ C = A ⊗ (B+C), diag(vec A)*M + diag(vec B)*M = diag(vec(A+B))*M: two forms that differ in one place only
/// become one.
bool Extractor::merge(KronForm& into, const KronForm& other) {
  if (into.right == other.right && into.factors == other.factors && into.left.valid() && other.left.valid() &&
      into.left != other.left && pool_[into.left].op == Op::Diag && pool_[other.left].op == Op::Diag) {
    const TermId a = pool_[into.left].args[0], b = pool_[other.left].args[0];
    const auto inside = [&](TermId v) { return pool_[v].op == Op::Vec ? pool_[v].args[0] : v; };
    const bool stacked = pool_.shape(inside(a)) == pool_.shape(inside(b));
    const auto part = [&](const KronForm& f, TermId v) { return scaled(pool_, scalar_product(pool_, f.scale), stacked ? inside(v) : v); };
    const TermId sum = pool_.add(part(into, a), part(other, b));
    into.left = pool_.diag(stacked ? pool_.vec(sum) : sum);
    into.scale = pool_.number(1);
    return true;
  }
  if (merge_permuted(into, other)) return true;
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
  const auto part = [&](const KronForm& f) { return scaled(pool_, scalar_product(pool_, f.scale), f.factors[differ]); };
  const TermId sum = pool_.add(part(into), part(other));
  const bool negative = std::ranges::all_of(pool_[sum].numbers, [](const Rational& c) { return c.is_negative(); });
  const Rational sign(negative && pool_[sum].op == Op::Sum ? -1 : 1);
  into.factors[differ] = multiplied_through(pool_, sign, sum);
  into.scale = pool_.number(sign);
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
  return scaled(pool_, scalar_product(pool_, form.scale), t);
}

std::optional<Extractor::KronForm> Extractor::composite(const Monomial& m, const IndexList& rows, const IndexList& cols,
                                                        Arrangement how) {
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
    scalars = multiplied(scalars, scalar);
  }
  auto form = kron_of_groups(rest, rows, cols, how);
  if (form) form->scale = scaled_by(scalars, m);
  return form;
}

/// delta(j,l)*A[i,j] with rows (j,i) and column l is A[i,l] as well: then eye and A meet in a column, khatrirao(eye,A), and no
/// diagonal scaling is needed. On the way to scalings it is the other way round: what has columns too is written with them only.
Monomial Extractor::across_deltas(const Monomial& m, const IndexList& rows, const IndexList& cols, Ties ties) {
  Monomial out = m;
  const auto column_of = [&](Index row) {
    const auto at = std::ranges::find_if(m.equal, [&](const auto& e) { return e.first == row && contains(cols, e.second); });
    return at == m.equal.end() ? Index() : at->second;
  };
  if (ties == Ties::Scale) {
    for (const Component& part : components(m)) {
      const auto is_row = [&](Index i) { return contains(rows, i); };
      if (std::ranges::all_of(part.free, is_row)) continue;
      if (!std::ranges::all_of(part.free, [&](Index i) { return !is_row(i) || column_of(i).valid(); })) continue;
      for (Factor& f : out.factors)
        if (std::ranges::find(part.factors, f) != part.factors.end())
          for (IndexList* list : {&f.rows, &f.cols})
            for (Index& i : *list)
              if (is_row(i)) i = column_of(i);
    }
    return out;
  }
  const auto place = [&](Index i) { return std::ranges::find(rows, i) - rows.begin(); };
  for (const Component& part : components(m)) {
    if (part.free.size() != 2 || !std::ranges::all_of(part.free, [&](Index i) { return contains(rows, i); })) continue;
    const Index a = *part.free.begin(), b = *std::next(part.free.begin());
    const auto other_side = [&](Index i) {
      Index found;
      for (const auto& [first, second] : m.equal)
        if (first == i) found = !found.valid() && contains(cols, second) ? second : Index();
      return found;
    };
    const Index at = other_side(a), bt = other_side(b);
    const Index from = at.valid() ? a : b, to = at.valid() ? at : bt, alone = at.valid() ? b : a;
    const bool elsewhere = std::ranges::any_of(m.factors, [&](const Factor& f) {
      return indices_of(f).contains(alone) && std::ranges::find(part.factors, f) == part.factors.end();
    });
    if (at.valid() == bt.valid() || elsewhere || std::abs(place(a) - place(b)) != 1) continue;
    if (std::ranges::any_of(m.equal, [&](const auto& e) { return e.first == alone; })) continue;
    for (Factor& f : out.factors)
      if (std::ranges::find(part.factors, f) != part.factors.end()) {
        std::ranges::replace(f.rows, from, to);
        std::ranges::replace(f.cols, from, to);
      }
  }
  return out;
}

/// Free indices that some component or delta ties together form a group; groups are the factors of a ⊗. Factors that
/// touch only rows (only columns) which other parts reach too are diagonal scalings.
std::optional<Extractor::KronForm> Extractor::kron_of_groups(const Monomial& whole, const IndexList& rows, const IndexList& cols,
                                                              Arrangement how) {
  const Monomial m = across_deltas(whole, rows, cols, how.ties);
  IndexGroups groups(rows, cols);
  for (const auto& [i, j] : m.equal) groups.join(i, j);
  const std::vector<Component> parts = components(m);
  // A delta's second index never occurs in a factor, so a part that touches a row tied to a column is "row only" here.
  const auto side = [&](const Component& part) {
    bool r = false, c = false;
    for (const Index i : part.free) (contains(rows, i) ? r : c) = true;
    return std::pair(r, c);
  };
  for (const Component& part : parts) {
    const auto [r, c] = side(part);
    if (r && c) groups.join(part.free);
  }
  const auto tied = [&](Index i) { return std::ranges::any_of(m.equal, [&](const auto& e) { return e.first == i || e.second == i; }); };
  Monomial core = m, left = Monomial(), right = Monomial();
  core.factors.clear();
  core.bound.clear();
  bool has_left = false, has_right = false;
  std::vector<const Component*> own;
  for (const Component& part : parts) {
    const auto [r, c] = side(part);
    // Diagonal blocks keep their own entries; only what spans several groups is a scaling of the whole.
    std::set<Index> spanned;
    for (const Index i : part.free) spanned.insert(groups.of(i));
    const bool hangs_on_delta = std::ranges::any_of(part.free, tied);
    const bool reached = std::ranges::all_of(part.free, [&](Index i) { return groups.reaches(i, r ? cols : rows); });
    if (r != c && (reached ? !(hangs_on_delta && spanned.size() == 1) : hangs_on_delta && spanned.size() > 1)) {
      append(r ? left : right, part);
      (r ? has_left : has_right) = true;
    } else {
      append(core, part);
      own.push_back(&part);
    }
  }
  for (const Component* part : own) groups.join(part->free);
  groups.pair_lone_ends();
  IndexList row_order, col_order;
  KronForm form;
  form.scale = pool_.number(1);
  for (const Index g : groups.order(how.place)) {
    const std::set<Index> members = groups.members(g);
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
    const TermId v = group(right, cols, {});
    if (!v.valid()) return std::nullopt;
    outside(form.right, pool_.diag(v), false);
  }
  return form;
}

/// Deltas between rows alone or columns alone become factors eye[i,j], and so do those with which the rest is no plain
/// diagonal. What is left in `equal` pairs each row with the column at its own place.
Monomial Extractor::deltas_as_factors(const Monomial& m, const IndexList& rows, const IndexList& cols) {
  Monomial out = m;
  out.equal.clear();
  std::map<Index, std::vector<Index>> classes;  // the first index of each class, and the others
  for (const auto& [i, j] : m.equal) classes[i].push_back(j);
  const auto same = [&](Index i, Index j) {
    return std::ranges::any_of(classes, [&](const auto& c) {
      const auto in = [&](Index k) { return k == c.first || std::ranges::find(c.second, k) != c.second.end(); };
      return in(i) && in(j);
    });
  };
  bool diagonal = !rows.empty() && rows.size() == cols.size();
  for (std::size_t k = 0; diagonal && k < rows.size(); ++k) diagonal = same(rows[k], cols[k]);
  if (diagonal)
    for (std::size_t k = 0; k < rows.size(); ++k) out.equal.emplace_back(rows[k], cols[k]);
  for (const auto& [first, others] : classes) {
    // Around the lone column: khatrirao(eye,eye), where the rows meet in it.
    IndexList members = others;
    members.insert(members.begin(), first);
    const auto hub = std::ranges::find_if(members, [&](Index i) { return cols.size() == 1 && i == cols[0]; });
    if (!diagonal && hub != members.end()) std::iter_swap(members.begin(), hub);
    for (std::size_t k = 1; k < members.size(); ++k)
      if (!diagonal || contains(rows, members[k]))
        out.factors.push_back({pool_.eye(space_.dim(first)), Rational(1), {members[0]}, {members[k]}});
  }
  return out;
}

/// One factor of a ⊗: a plain matrix, a stacked one, a diagonal one, or a Hadamard product of spread parts.
TermId Extractor::group(const Monomial& whole, const IndexList& rows, const IndexList& cols) {
  const Monomial m = deltas_as_factors(whole, rows, cols);
  if (!m.equal.empty()) {
    if (m.factors.empty()) return pool_.eye(size(rows));
    Monomial entries = m;
    entries.equal.clear();
    const TermId v = group(entries, rows, {});
    return v.valid() ? pool_.diag(v) : v;
  }
  if (rows.size() <= 1 && cols.size() <= 1)
    return monomial(m, rows.empty() ? Index() : rows[0], cols.empty() ? Index() : cols[0], {size(rows), size(cols)});
  if (rows.size() < 2 && cols.size() > 1) {
    const TermId t = group(m, cols, rows);
    return t.valid() ? flipped(t) : t;
  }
  if (m.factors.empty()) return pool_.ones({size(rows), size(cols)});
  if (cols.empty()) {
    // vec of the matrix whose column index is the major part.
    const IndexList tail(rows.begin() + 1, rows.end());
    if (const TermId t = group(m, tail, {rows[0]}); t.valid()) return pool_.vec(t);
  }
  // Parts on the same indices are multiplied before they are spread.
  std::map<std::set<Index>, Monomial> places;
  for (const Component& p : components(m)) append(places[p.free], p);
  if (places.size() == 1 && places.begin()->first.size() == rows.size() + cols.size()) return product_through(m, rows, cols);
  TermId product;
  for (const auto& [place, part] : places) {
    // Spread over the rest: the part in its place, ones for every other index, in the group's order.
    const auto spread = kron_of_groups(part, rows, cols);
    if (!spread) return {};
    const TermId t = to_term(*spread);
    product = product.valid() ? pool_.hadamard(product, t) : t;
  }
  return product;
}

/// Rows and columns that meet in one summed index only: a matrix product, often with a Khatri-Rao product at its left.
TermId Extractor::product_through(const Monomial& m, const IndexList& rows, const IndexList& cols) {
  for (const Index k : m.bound) {
    Monomial open = m, left, right;
    std::erase(open.bound, k);
    bool apart = true;
    for (const Component& p : components(open)) {
      const bool r = std::ranges::any_of(p.free, [&](Index i) { return contains(rows, i); });
      const bool c = std::ranges::any_of(p.free, [&](Index i) { return contains(cols, i); });
      apart = apart && !(r && c);
      append(r ? left : right, p);
    }
    if (!apart || left.factors.empty() || right.factors.empty()) continue;
    const TermId a = group(left, rows, {k}), b = group(right, {k}, cols);
    if (a.valid() && b.valid()) return pool_.matmul(a, b);
  }
  return {};
}

}  // namespace dvec
