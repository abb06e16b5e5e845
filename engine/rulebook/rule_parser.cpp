#include "rulebook/rule_parser.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "rulebook/block_reader.hpp"
#include "rulebook/linearity.hpp"
#include "rulebook/rule_blocks.hpp"
#include "syntax/elaborate.hpp"
#include "syntax/parser.hpp"
#include "term/traverse.hpp"

namespace dvec {

namespace {

constexpr std::size_t kTeachLimit = 240;

/// The fields that a block of each kind must and may have.
struct Layout {
  std::vector<std::string> needed, allowed;
};

const Layout& layout(const std::string& keyword) {
  static const std::map<std::string, Layout> table = {
      {"operator", {{"for", "form", "d", "source", "teach"}, {"function", "sizes"}}},
      {"linear", {{"for", "form", "vec", "adjoint", "source", "teach"}, {"sizes"}}},
      {"rule", {{"for", "from", "to", "source", "teach"}, {"sizes"}}},
      {"element", {{"source", "teach"}, {"d", "domain", "kink"}}},
      {"define", {{"for", "is", "source", "teach"}, {}}},
  };
  return table.at(keyword);
}

class FileParser {
 public:
  FileParser(const SourceText& source, const std::set<std::string>& keys, TermPool& pool, ParsedRules& out,
             std::vector<std::string>& errors, RuleSelection selection)
      : source_(source), keys_(keys), pool_(pool), out_(out), errors_(errors), selection_(selection) {}

  /// Names of elementwise functions first: their derivatives may use each other.
  bool blocks() {
    auto split = split_blocks(source_);
    if (!split) {
      report(split.errors());
      return false;
    }
    blocks_ = std::move(*split);
    for (const RuleBlock& b : blocks_)
      if (b.keyword == "element") declare_element(b);
    return true;
  }

  void rules() {
    std::string chapter;
    for (const RuleBlock& b : blocks_) {
      if (b.keyword == "chapter") {
        chapter = std::string(source_.slice(b.header));
        std::erase(chapter, '"');
        continue;
      }
      if (b.keyword == "rule" && selection_ == RuleSelection::Differentiation) continue;
      if (!fields_are_right(b)) continue;
      Rule rule;
      rule.chapter = chapter;
      rule.file = source_.name();
      rule.span = b.whole;
      BlockReader reader(source_, b, pool_, out_.vocabulary);
      rule.source = reader.text("source");
      rule.teach = reader.text("teach");
      squeeze(rule.teach);
      report(read(b, reader, rule));
      if (!rule.name.empty()) add(b, std::move(rule));
    }
  }

 private:
  void report(const Diagnostics& why) {
    for (const Diagnostic& d : why) errors_.push_back(without_marks(render(d, source_)));
  }

  /// Sizes of rules are called ?m inside and m by their authors.
  static std::string without_marks(const std::string& rendered) {
    std::string out;
    for (std::size_t i = 0; i < rendered.size(); ++i) {
      const bool mark =
          rendered[i] == '?' && i + 1 < rendered.size() && std::isalpha(static_cast<unsigned char>(rendered[i + 1]));
      if (!mark) out += rendered[i];
    }
    return out;
  }

  static void squeeze(std::string& text) {
    std::string out;
    for (const char c : text) {
      const char d = c == '\n' ? ' ' : c;
      if (d != ' ' || (!out.empty() && out.back() != ' ')) out += d;
    }
    text = out;
  }

  void declare_element(const RuleBlock& b) {
    const std::string header(source_.slice(b.header));
    const std::string name = header.substr(0, header.find('('));
    if (pool_.functions.find(name)) {
      report({error_at("E-RULE-05", b.header, "the elementwise function " + name + " is defined twice")});
      return;
    }
    const BlockReader reader(source_, b, pool_, out_.vocabulary);
    pool_.functions.add({name, ElementFunction::Kind::Primitive, {}, {}, reader.text("kink"), reader.text("domain")});
  }

  bool fields_are_right(const RuleBlock& b) {
    const std::size_t before = errors_.size();
    const Layout& l = layout(b.keyword);
    for (const std::string& f : l.needed)
      if (!b.fields.contains(f)) report({error_at("E-RULE-02", b.whole, "the field " + f + " is missing")});
    for (const auto& [name, at] : b.fields)
      if (std::ranges::find(l.needed, name) == l.needed.end() && std::ranges::find(l.allowed, name) == l.allowed.end())
        report({error_at("E-RULE-02", at, "a block of kind " + b.keyword + " has no field " + name)});
    if (errors_.size() > before) return false;
    const std::string sources(source_.slice(b.fields.at("source")));
    for (std::size_t at = 0; at < sources.size();) {
      const std::size_t end = std::min(sources.find(',', at), sources.size());
      std::string key = sources.substr(at, end - at);
      key = key.substr(0, key.find(':'));
      std::erase(key, ' ');
      if (!keys_.empty() && !keys_.contains(key))
        report({error_at("E-RULE-03", b.fields.at("source"), "the source " + key + " is not in sources.bib")});
      at = end + 1;
    }
    if (source_.slice(b.fields.at("teach")).size() > kTeachLimit)
      report({error_at("E-RULE-02", b.fields.at("teach"), "the teaching sentence has more than 240 characters")});
    return errors_.size() == before;
  }

  void add(const RuleBlock& b, Rule rule) {
    const auto same = std::ranges::find_if(
        out_.rules, [&](const Rule& r) { return r.name == rule.name && r.kind != RuleKind::Define; });
    if (same != out_.rules.end())
      report({error_at("E-RULE-05", b.header,
                       "the rule " + rule.name + " is defined twice (first in " + same->file + ")")});
    else
      out_.rules.push_back(std::move(rule));
  }

  Diagnostics read(const RuleBlock& b, BlockReader& reader, Rule& rule) {
    if (b.keyword == "element") return element(b, reader, rule);
    if (b.keyword == "define") return define(b, reader, rule);
    const std::string header(source_.slice(b.header));
    const std::string name = header.substr(0, header.find(' '));
    if (name.find('/') == std::string::npos)
      return {error_at("E-RULE-01", b.header, "a rule is named family/what-it-does")};
    if (const auto at = b.fields.find("function"); at != b.fields.end()) {
      const std::string f(source_.slice(at->second));
      rule.function = pool_.functions.add({"?" + f, ElementFunction::Kind::Opaque, {}, {}, "", ""});
      reader.scope().bind(f, rule.function);
    }
    if (Diagnostics why = reader.declare(rule); !why.empty()) return why;
    Diagnostics why = b.keyword == "operator" ? operator_(reader, rule)
                      : b.keyword == "linear" ? linear(reader, rule)
                                              : identity(header, reader, rule);
    if (why.empty()) why = unused(b, rule);
    if (why.empty()) rule.name = name;
    return why;
  }

  Diagnostic shapes_differ(Span where, TermId a, TermId b, const std::string& what) const {
    Diagnostic d = error_at("E-RULE-04", where, what);
    d.detail = {dvec::text(pool_.shape(a), pool_.dims) + " against " + dvec::text(pool_.shape(b), pool_.dims)};
    return d;
  }

  /// A block is found by its operator, and its variables are the node's arguments: no two the same.
  [[nodiscard]] bool is_one_operator(TermId form) const {
    const Node& n = pool_[form];
    std::set<TermId> seen;
    return !n.args.empty() &&
           std::ranges::all_of(n.args, [&](TermId a) { return pool_[a].op == Op::Symbol && seen.insert(a).second; });
  }

  Diagnostics operator_(BlockReader& reader, Rule& rule) {
    rule.kind = RuleKind::Operator;
    rule.text = "d(" + reader.text("form") + ") = " + reader.text("d");
    DVEC_TRY(form, reader.expression("form"));
    rule.form = form;
    if (!is_one_operator(form))
      return {error_at("E-RULE-01", reader.span("form"), "the form is one operator on variables")};
    for (const SymbolId v : rule.variables) {
      const Symbol s = pool_.symbols[v];
      rule.slots.push_back(reader.direction("d" + s.name, s.shape));
    }
    DVEC_TRY(d, reader.expression("d"));
    rule.differential = d;
    if (pool_.shape(d) != pool_.shape(form))
      return {
          shapes_differ(reader.span("d"), d, form, "a differential has the shape of what it is the differential of")};
    const bool constant = pool_[d].op == Op::Zeros || pool_[d].op == Op::Number;
    if (!constant && !is_linear(pool_, d, rule.slots))
      return {error_at("E-RULE-06", reader.span("d"),
                       "the differential is not linear in the differentials of its arguments")};
    return {};
  }

  Diagnostics linear(BlockReader& reader, Rule& rule) {
    rule.kind = RuleKind::Linear;
    rule.text = "L[X] = " + reader.text("form") + ",  vec L[X] = (" + reader.text("vec") +
                ")*vec(X),  L*[G] = " + reader.text("adjoint");
    const std::string form_text = reader.text("form");
    const std::size_t open = form_text.find('['), close = form_text.find(']');
    if (open == std::string::npos || close == std::string::npos)
      return {error_at("E-RULE-06", reader.span("form"),
                       "the slot of a linear operator is written in square brackets: [X]")};
    const std::string slot = form_text.substr(open + 1, close - open - 1);
    for (const SymbolId v : rule.variables)
      if (pool_.symbols[v].name == slot) {
        rule.slot = v;
        reader.scope().bind_slot(slot, v);
      }
    if (!rule.slot.valid())
      return {error_at("E-RULE-07", reader.span("form"), "the slot " + slot + " is not declared by for")};
    DVEC_TRY(form, reader.expression("form"));
    rule.form = form;
    if (!is_one_operator(form))
      return {error_at("E-RULE-01", reader.span("form"), "the form is one operator on variables")};
    if (!is_linear(pool_, form, std::array{rule.slot}))
      return {error_at("E-RULE-06", reader.span("form"), "the form is not linear in its slot")};
    DVEC_TRY(vec_form, reader.expression("vec"));
    rule.vec_form = vec_form;
    if (occurs(pool_, rule.slot, vec_form))
      return {error_at("E-RULE-06", reader.span("vec"), "the vec form speaks of the slot " + slot)};
    const Shape in = pool_.symbols[rule.slot].shape, out = pool_.shape(form);
    const Shape wanted{pool_.dims.multiply(out.rows, out.cols), pool_.dims.multiply(in.rows, in.cols)};
    if (pool_.shape(vec_form) != wanted)
      return {
          shapes_differ(reader.span("vec"), vec_form, pool_.zeros(wanted), "the vec form maps vec(X) to vec(L[X])")};
    rule.upstream = pool_.symbols.add({"G", SymbolKind::Pattern, out, Attribute::None, {}});
    reader.scope().bind("G", rule.upstream);
    DVEC_TRY(adjoint, reader.expression("adjoint"));
    rule.adjoint = adjoint;
    if (occurs(pool_, rule.slot, adjoint))
      return {error_at("E-RULE-06", reader.span("adjoint"), "the adjoint speaks of the slot " + slot)};
    if (pool_.shape(adjoint) != in)
      return {
          shapes_differ(reader.span("adjoint"), adjoint, pool_.symbol(rule.slot), "the adjoint has the slot's shape")};
    return {};
  }

  Diagnostics identity(const std::string& header, BlockReader& reader, Rule& rule) {
    rule.kind = RuleKind::Identity;
    rule.two_way = header.find("<=>") != std::string::npos;
    if (!rule.two_way && header.find("=>") == std::string::npos)
      return {error_at("E-RULE-01", reader.span("from"), "an identity is directed (=>) or two-way (<=>)")};
    rule.text = reader.text("from") + " = " + reader.text("to");
    DVEC_TRY(from, reader.expression("from"));
    DVEC_TRY(to, reader.expression("to"));
    rule.form = from;
    rule.to = to;
    if (pool_.shape(from) != pool_.shape(to))
      return {shapes_differ(reader.span("to"), from, to, "both sides have one shape")};
    for (const SymbolId v : rule.variables)
      if (occurs(pool_, v, to) && !occurs(pool_, v, from))
        return {error_at("E-RULE-07", reader.span("to"), pool_.symbols[v].name + " is not bound by the left side")};
    return {};
  }

  Diagnostics unused(const RuleBlock& b, const Rule& rule) const {
    for (const SymbolId v : rule.variables)
      if (!occurs(pool_, v, rule.form))
        return {error_at("E-RULE-07", b.fields.at("for"), pool_.symbols[v].name + " does not occur in the rule")};
    return {};
  }

  Diagnostics element(const RuleBlock& b, BlockReader& reader, Rule& rule) {
    const std::string header(source_.slice(b.header));
    const std::size_t open = header.find('('), close = header.find(')');
    if (open == std::string::npos || close == std::string::npos)
      return {error_at("E-RULE-01", b.header, "an elementwise function is written f(x)")};
    const std::string name = header.substr(0, open), parameter = header.substr(open + 1, close - open - 1);
    rule.kind = RuleKind::Element;
    rule.function = *pool_.functions.find(name);
    if (b.fields.contains("d")) {
      auto tree = parse_expression(source_, reader.span("d"));
      if (!tree) return tree.errors();
      auto body = elaborate_body(*tree, tree->root, parameter, reader.scope(), pool_);
      if (!body) return body.errors();
      pool_.functions.set_derivative(rule.function, *body);
      rule.text = name + "'(" + parameter + ") = " + reader.text("d");
    } else {
      rule.text = name + "'(" + parameter + ") has no closed form here";
    }
    rule.name = "element/" + name;
    return {};
  }

  Diagnostics define(const RuleBlock& b, BlockReader& reader, Rule& rule) {
    const std::string header(source_.slice(b.header));
    const std::size_t open = header.find('('), close = header.rfind(')');
    if (open == std::string::npos || close == std::string::npos)
      return {error_at("E-RULE-01", b.header, "a derived operator is written as its call: mean(A,1)")};
    DerivedOperator derived;
    derived.name = header.substr(0, open);
    auto declarations = parse_variables(source_, reader.span("for"));
    if (!declarations) return declarations.errors();
    derived.declarations = std::make_shared<const SyntaxTree>(std::move(*declarations));
    auto body = parse_expression(source_, reader.span("is"));
    if (!body) return body.errors();
    derived.body = std::make_shared<const SyntaxTree>(std::move(*body));
    const auto& declared = std::get<VarStatement>(derived.declarations->statements.at(0).what).items;
    for (std::size_t at = open + 1; at < close;) {
      const std::size_t end = std::min(header.find(',', at), close);
      std::string part = header.substr(at, end - at);
      std::erase(part, ' ');
      DerivedParameter p;
      if (const auto literal = Rational::parse(part)) {
        p.literal = *literal;
      } else {
        const auto known =
            std::ranges::find_if(declared, [&](const VariableDeclaration& v) { return v.name.name == part; });
        if (known == declared.end()) return {error_at("E-RULE-07", b.header, part + " is not declared by for")};
        p.name = part;
        p.declaration = *known;
      }
      derived.parameters.push_back(std::move(p));
      at = end + 1;
    }
    out_.vocabulary.add(derived);
    rule.kind = RuleKind::Define;
    rule.text = header + " = " + reader.text("is");
    rule.name = "define/" + header;
    std::erase(rule.name, ' ');
    // The meaning as a term, for the record and the tests.
    Rule scratch;
    if (Diagnostics why = reader.declare(scratch); !why.empty()) return why;
    auto meaning = reader.expression("is");
    if (!meaning) return meaning.errors();
    rule.variables = scratch.variables;
    rule.dims = scratch.dims;
    rule.form = *meaning;
    return {};
  }

  const SourceText& source_;
  const std::set<std::string>& keys_;
  TermPool& pool_;
  ParsedRules& out_;
  std::vector<std::string>& errors_;
  RuleSelection selection_;
  std::vector<RuleBlock> blocks_;
};

}  // namespace

std::optional<RuleErrors> parse_rules(const std::vector<RuleText>& texts, const std::set<std::string>& keys,
                                      TermPool& pool, ParsedRules& out, RuleSelection selection) {
  RuleErrors errors;
  std::deque<FileParser> files;
  for (const RuleText& t : texts) {
    out.sources.emplace_back(t.name, t.text);
    files.emplace_back(out.sources.back(), keys, pool, out, errors.rendered, selection);
  }
  bool readable = true;
  for (FileParser& f : files) readable = f.blocks() && readable;
  if (readable)
    for (FileParser& f : files) f.rules();
  if (errors.rendered.empty()) return std::nullopt;
  return errors;
}

std::set<std::string> bib_keys(const std::string& text) {
  std::set<std::string> out;
  for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@', at + 1)) {
    const std::size_t open = text.find('{', at), comma = text.find(',', at);
    if (open != std::string::npos && comma != std::string::npos && open < comma)
      out.insert(text.substr(open + 1, comma - open - 1));
  }
  return out;
}

}  // namespace dvec
