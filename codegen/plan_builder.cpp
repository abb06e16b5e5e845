#include "codegen/plan_builder.hpp"

#include <algorithm>
#include <set>

#include "support/result.hpp"

namespace dvec {

namespace {

constexpr std::size_t kLongestName = 24;

EntryExpr number(const Rational& value) { return {.kind = EntryExpr::Kind::Number, .number = value}; }

}  // namespace

/// Reshaped matrices and blocks of matrices are read where they stand; rows and columns are copied.
bool PlanBuilder::is_view(NodeId id) const {
  const Compute c = graph_[id].compute;
  return c == Compute::Reshape || (c == Compute::Slice && graph_.extent({id, false}) == Extent::Full);
}

std::string PlanBuilder::name_of(NodeRef r) const {
  const auto known = names_.find(r.node);
  if (known == names_.end()) return "";
  return known->second + (r.transposed && !graph_.is_scalar(r) ? "t" : "");
}

/// A name made of the names of what the value is computed from; empty when those have none.
std::string PlanBuilder::describe(NodeId id) const {
  const ValueNode& n = graph_[id];
  const std::string first = n.args.empty() ? "" : name_of(n.args[0]);
  const auto of_first = [&](const char* what) { return first.empty() ? "" : what + first; };
  switch (n.compute) {
    case Compute::Call: {
      const std::string f = graph_.pool().functions[n.function].name;
      const std::string order = n.order == 0 ? "" : n.order == 1 ? "d" : "d" + std::to_string(n.order);
      return first.empty() ? "" : order + f + "_" + first;
    }
    case Compute::Product: {
      const std::string second = name_of(n.args[1]);
      return first.empty() || second.empty() ? "" : first + "_" + second;
    }
    case Compute::Total: return of_first("sum_");
    case Compute::ColumnSums: return of_first("colsum_");
    case Compute::RowSums: return of_first("rowsum_");
    case Compute::Diagonal: return of_first("diagonal_");
    case Compute::Factorise: return of_first(n.decomposition == Decomposition::Cholesky ? "llt_" : n.decomposition == Decomposition::Lu ? "lu_" : "cod_");
    case Compute::Solve: {
      const std::string factor = name_of(graph_[n.args[0]].args[0]), second = name_of(n.args[1]);
      return factor.empty() || second.empty() ? "" : "inv_" + factor + "_" + second;
    }
    case Compute::Invert: {
      const std::string matrix = name_of(graph_[n.args[0]].args[0]);
      return matrix.empty() ? "" : "inv_" + matrix;
    }
    case Compute::LogDet: case Compute::Det: {
      const std::string matrix = name_of(graph_[n.args[0]].args[0]);
      return matrix.empty() ? "" : (n.compute == Compute::Det ? "det_" : "logdet_") + matrix;
    }
    case Compute::Reshape: return of_first(n.shape.cols == graph_.pool().dims.one() ? "vec_" : "reshaped_");
    case Compute::Power: {
      std::string base = first;
      if (graph_[n.args[0]].compute == Compute::Size)  // 1/(N-1) is reciprocal_N_minus_1
        for (const char c : graph_.pool().dims.text(graph_[n.args[0]].first))
          base += c == '-' ? "_minus_" : c == '+' ? "_plus_" : std::string(1, c);
      if (base.empty()) return "";
      return n.numbers[0] == Rational(-1) ? "reciprocal_" + base : n.numbers[0] == Rational(1, 2) ? "sqrt_" + base : "";
    }
    case Compute::Slice: return of_first("block_");
    case Compute::ColumnMaxima: return of_first("colmax_");
    case Compute::LowerTriangle: return of_first("tril_");
    case Compute::CholeskyFactor: case Compute::PseudoInverse: {
      const std::string matrix = name_of(graph_[n.args[0]].args[0]);
      return matrix.empty() ? "" : (n.compute == Compute::PseudoInverse ? "pinv_" : "chol_") + matrix;
    }
    case Compute::MatrixFunction: return first.empty() ? "" : std::string(dvec::name(n.primary)) + "_" + first;
    case Compute::Place: case Compute::TriangleRows: return "";
    case Compute::PickMatrix: return "selection";
    case Compute::Identity: return "eye";
    case Compute::Commutation: return "K";
    case Compute::Kronecker: return "kron";
    case Compute::DiagonalMatrix: return of_first("diag_");
    case Compute::Argument: case Compute::Number: case Compute::Size: case Compute::Pi: case Compute::Spread: case Compute::Add:
    case Compute::Multiply: case Compute::PowerBy: case Compute::WithDiagonal: return "";
  }
  throw Bug("unknown computation");
}

void PlanBuilder::name_values(const std::vector<Requested>& requested, Names& names) {
  const auto give = [&](NodeId n, const std::string& wish) {
    if (!wish.empty() && !names_.contains(n)) names_[n] = names.unique(wish);
  };
  for (const ValueId a : plan_->arguments) {
    for (const NodeId n : placement_.needed())
      if (graph_[n].compute == Compute::Argument && graph_[n].symbol == (*plan_)[a].symbol) names_[n] = (*plan_)[a].name;
  }
  // Names of the program first, then results, then what is made of these.
  for (const NodeId n : placement_.needed())
    if (placement_.stored(n) && graph_[n].compute != Compute::Argument) give(n, graph_[n].name);
  for (const Requested& r : requested)
    if (placement_.stored(r.node.node)) give(r.node.node, r.output.field);
  for (const NodeId n : placement_.needed()) {
    if (!placement_.stored(n)) continue;
    if (const std::string wish = describe(n); wish.size() <= kLongestName) give(n, wish);
  }
  // What is left is named after its reader.
  std::map<NodeId, std::string> from_reader;
  for (auto it = placement_.needed().rbegin(); it != placement_.needed().rend(); ++it) {
    const ValueNode& n = graph_[*it];
    if (placement_.stored(*it)) give(*it, from_reader.contains(*it) ? from_reader.at(*it) : "value");
    const std::string mine = names_.contains(*it) ? names_.at(*it) : from_reader.contains(*it) ? from_reader.at(*it) : "value";
    const bool two_sided = n.compute == Compute::Product || n.compute == Compute::Solve;
    for (std::size_t i = 0; i < n.args.size(); ++i) {
      std::string wish = mine;
      if (two_sided) wish += i == 0 ? "_left" : "_right";
      else if (placement_.stored(*it)) wish += "_part";
      if (wish.size() > 2 * kLongestName) wish = "part";
      from_reader.try_emplace(n.args[i].node, wish);
    }
  }
}

EntryExpr PlanBuilder::entries(NodeRef r) const {
  const ValueNode& n = graph_[r];
  if (placement_.stored(r.node)) {
    const bool turned = r.transposed && !graph_.is_scalar(r);
    return {.kind = EntryExpr::Kind::Value, .value = values_.at(r.node), .transposed = turned};
  }
  EntryExpr e;
  const auto argument = [&](NodeRef a) { return entries(r.transposed ? graph_.transpose(a) : a); };
  switch (n.compute) {
    case Compute::Number: return number(n.numbers[0]);
    case Compute::Size:
      e.kind = EntryExpr::Kind::Size;
      e.size = n.first;
      return e;
    case Compute::Pi: e.kind = EntryExpr::Kind::Pi; return e;
    case Compute::Spread: return argument(n.args[0]);
    case Compute::Add:
      e.kind = EntryExpr::Kind::Add;
      e.coefficients = n.numbers;
      break;
    case Compute::Multiply:
      e.kind = EntryExpr::Kind::Multiply;
      if (!n.numbers[0].is_one()) e.args.push_back(number(n.numbers[0]));
      break;
    case Compute::Power:
      e.kind = EntryExpr::Kind::Power;
      e.number = n.numbers[0];
      break;
    case Compute::PowerBy: e.kind = EntryExpr::Kind::PowerBy; break;
    case Compute::Call:
      e.kind = EntryExpr::Kind::Call;
      e.function = n.function;
      e.order = n.order;
      break;
    case Compute::ColumnSums: case Compute::Total:
      require(placement_.is_inner_sum(r.node) && (!r.transposed || graph_.is_scalar(r)), "an inner sum is read as it stands");
      e.kind = EntryExpr::Kind::Sum;
      e.args.push_back(entries(n.args[0]));
      return e;
    default: throw Bug("this value has to be stored");
  }
  for (const NodeRef a : n.args) e.args.push_back(argument(a));
  return e;
}

EntryExpr PlanBuilder::scale_of(const ValueNode& scaled, NodeRef product) const {
  EntryExpr e{.kind = EntryExpr::Kind::Multiply};
  if (!scaled.numbers[0].is_one()) e.args.push_back(number(scaled.numbers[0]));
  for (const NodeRef a : scaled.args)
    if (a != product) e.args.push_back(entries(a));
  return e.args.empty() ? number(1) : e.args.size() == 1 ? e.args.front() : e;
}

/// A*B; or, when the matrix of a matrix-vector product is not stored, the sums of its entries times those of the vector.
void PlanBuilder::add_product(Instruction& to, NodeRef product) const {
  const ValueNode& n = graph_[product];
  NodeRef left = n.args[0], right = n.args[1];
  if (product.transposed) {
    std::swap(left, right);
    left = graph_.transpose(left);
    right = graph_.transpose(right);
  }
  if (!placement_.is_sum_of_entries(product.node)) {
    to.kind = InstructionKind::Product;
    to.operands = {operand(left), operand(right)};
    return;
  }
  const bool matrix_first = graph_.extent(left) == Extent::Full;
  NodeRef matrix = matrix_first ? left : right;
  NodeRef vector = graph_.transpose(matrix_first ? right : left);  // along the rows of the matrix, or down its columns
  if (matrix.transposed) {  // columns are contiguous as they stand
    matrix = graph_.transpose(matrix);
    vector = graph_.transpose(vector);
  }
  to.kind = graph_.extent(vector) == Extent::Row ? InstructionKind::RowSums : InstructionKind::ColumnSums;
  to.domain = graph_.shape(matrix);
  to.entries = {.kind = EntryExpr::Kind::Multiply, .args = {entries(vector), entries(matrix)}};
}

void PlanBuilder::add_value(NodeId id) {
  const ValueNode& n = graph_[id];
  PlanValue v{.name = names_.at(id), .shape = n.shape, .formula = n.formula};
  if (graph_.pool().is_scalar(n.shape)) {
    v.structure = Structure::Scalar;
    v.storage = Storage::Local;
  } else if (n.compute == Compute::Factorise) {
    v.storage = Storage::Factor;
  } else if (is_view(id)) {
    v.storage = Storage::View;
  } else if (fields_.contains(id)) {
    v.storage = Storage::Output;
  }
  if (n.compute == Compute::Kronecker || n.compute == Compute::Commutation || n.compute == Compute::Identity ||
      n.compute == Compute::DiagonalMatrix || n.compute == Compute::PickMatrix || n.compute == Compute::Spread)
    v.structure = Structure::Materialised;
  else if (!graph_.pool().is_scalar(n.shape) && n.shape.rows == n.shape.cols && graph_.symmetric({id, false}))
    v.structure = Structure::Symmetric;
  values_[id] = ValueId(plan_->values.size());
  plan_->values.push_back(std::move(v));
}

void PlanBuilder::add_instruction(NodeId id) {
  const ValueNode& n = graph_[id];
  Instruction i{.result = values_.at(id)};
  i.scale = number(1);
  if (const NodeRef product = placement_.absorbs(id); product.node.valid()) {
    add_product(i, product);
    i.scale = scale_of(n, product);
    plan_->instructions.push_back(std::move(i));
    return;
  }
  const auto whole = [&](InstructionKind kind) {
    i.kind = kind;
    for (const NodeRef a : n.args) i.operands.push_back(operand(a));
  };
  const auto sum = [&](InstructionKind kind) {
    i.kind = kind;
    i.domain = graph_.shape(n.args[0]);
    i.entries = entries(n.args[0]);
  };
  switch (n.compute) {
    case Compute::Argument: return;
    case Compute::Number: case Compute::Size: case Compute::Pi: case Compute::Spread: case Compute::Add: case Compute::Multiply:
    case Compute::Power: case Compute::PowerBy: case Compute::Call: {
      // The node itself counts as stored: its arguments are what its entries are made of.
      i.kind = InstructionKind::Map;
      EntryExpr& e = i.entries;
      switch (n.compute) {
        case Compute::Number: e = number(n.numbers[0]); break;
        case Compute::Size: e = {.kind = EntryExpr::Kind::Size, .size = n.first}; break;
        case Compute::Pi: e = {.kind = EntryExpr::Kind::Pi}; break;
        case Compute::Spread: e = entries(n.args[0]); break;
        case Compute::Add: e = {.kind = EntryExpr::Kind::Add, .coefficients = n.numbers}; break;
        case Compute::Multiply:
          e = {.kind = EntryExpr::Kind::Multiply};
          if (!n.numbers[0].is_one()) e.args.push_back(number(n.numbers[0]));
          break;
        case Compute::Power: e = {.kind = EntryExpr::Kind::Power, .number = n.numbers[0]}; break;
        case Compute::PowerBy: e = {.kind = EntryExpr::Kind::PowerBy}; break;
        case Compute::Call: e = {.kind = EntryExpr::Kind::Call, .function = n.function, .order = n.order}; break;
        default: throw Bug("not entrywise");
      }
      if (n.compute != Compute::Spread)
        for (const NodeRef a : n.args) e.args.push_back(entries(a));
      break;
    }
    case Compute::WithDiagonal:
      i.kind = InstructionKind::Map;
      i.entries = entries(n.args[0]);
      i.diagonal = entries(n.args[1]);
      break;
    case Compute::Total: sum(InstructionKind::Total); break;
    case Compute::ColumnSums: sum(InstructionKind::ColumnSums); break;
    case Compute::RowSums: sum(InstructionKind::RowSums); break;
    case Compute::Product: add_product(i, {id, false}); break;
    case Compute::Diagonal: whole(InstructionKind::Diagonal); break;
    case Compute::Factorise:
      whole(InstructionKind::Factorise);
      i.decomposition = n.decomposition;
      break;
    case Compute::Solve: whole(InstructionKind::Solve); break;
    case Compute::Invert: whole(InstructionKind::Invert); break;
    case Compute::LogDet: whole(InstructionKind::LogDet); break;
    case Compute::Det: whole(InstructionKind::Det); break;
    case Compute::Reshape: whole(InstructionKind::Reshape); break;
    case Compute::Kronecker: {
      i.kind = InstructionKind::Materialise;
      i.materialised = Structure::ImplicitKronecker;
      i.factors = n.factors;
      std::size_t next = 0;
      for (KroneckerFactor& f : i.factors) {
        if (f.structure != Structure::Dense) continue;
        f.operand = operand(n.args[next++]);
        i.operands.push_back(f.operand);
      }
      break;
    }
    case Compute::Commutation:
      i.kind = InstructionKind::Materialise;
      i.materialised = Structure::ImplicitCommutation;
      i.first = n.first;
      i.second = n.second;
      break;
    case Compute::Identity:
      i.kind = InstructionKind::Materialise;
      i.materialised = Structure::Identity;
      break;
    case Compute::DiagonalMatrix:
      whole(InstructionKind::Materialise);
      i.materialised = Structure::Diagonal;
      break;
    case Compute::PickMatrix:
      i.kind = InstructionKind::Materialise;
      i.materialised = n.materialised;
      i.first = n.first;
      i.second = n.second;
      break;
    case Compute::Slice: case Compute::Place:
      whole(n.compute == Compute::Slice ? InstructionKind::Slice : InstructionKind::Place);
      i.places = n.places;
      break;
    case Compute::ColumnMaxima: whole(InstructionKind::ColumnMaxima); break;
    case Compute::LowerTriangle: whole(InstructionKind::LowerTriangle); break;
    case Compute::TriangleRows:
      whole(InstructionKind::TriangleRows);
      i.triangle = n.triangle;
      i.first = n.first;
      break;
    case Compute::CholeskyFactor: whole(InstructionKind::CholeskyFactor); break;
    case Compute::PseudoInverse: whole(InstructionKind::PseudoInverse); break;
    case Compute::MatrixFunction:
      whole(InstructionKind::MatrixFunction);
      i.primary = n.primary;
      i.first = n.first;
      break;
  }
  plan_->instructions.push_back(std::move(i));
}

void PlanBuilder::add_output(const Requested& r, Names& names) {
  PlanOutput out = r.output;
  const ValueId held = values_.at(r.node.node);
  const Storage storage = (*plan_)[held].storage;
  const bool scalar = graph_.is_scalar(r.node);
  const bool taken = std::ranges::any_of(plan_->outputs, [&](const PlanOutput& o) { return o.value == held; });
  if (scalar || (storage == Storage::Output && !taken && !r.node.transposed)) {
    out.value = held;
  } else {
    out.value = ValueId(plan_->values.size());
    plan_->values.push_back({.name = names.unique(out.field), .shape = graph_.shape(r.node), .storage = Storage::Output, .formula = {}});
    plan_->instructions.push_back({.kind = InstructionKind::Copy, .result = out.value, .operands = {operand(r.node)}});
  }
  plan_->outputs.push_back(std::move(out));
}

void PlanBuilder::build(KernelPlan& plan, const std::vector<Requested>& requested, Names& names) {
  plan_ = &plan;
  for (const Requested& r : requested) {
    const ValueNode& n = graph_[r.node];
    if (!r.node.transposed && n.compute != Compute::Argument && !is_view(r.node.node)) fields_[r.node.node] = true;
  }
  name_values(requested, names);
  for (const NodeId n : placement_.needed()) {
    if (!placement_.stored(n)) continue;
    if (graph_[n].compute == Compute::Argument) {
      for (const ValueId a : plan.arguments)
        if (plan[a].symbol == graph_[n].symbol) values_[n] = a;
      continue;
    }
    add_value(n);
  }
  for (const NodeId n : placement_.needed())
    if (placement_.stored(n)) add_instruction(n);
  for (const Requested& r : requested) add_output(r, names);
}

}  // namespace dvec
