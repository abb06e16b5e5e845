#include "syntax/token_stream.hpp"

#include <algorithm>
#include <array>

namespace dvec {

bool is_statement_word(std::string_view word) {
  constexpr std::array<std::string_view, 8> kWords = {"dim",    "var",   "function", "let",
                                                      "derive", "claim", "output",   "assume"};
  return std::ranges::find(kWords, word) != kWords.end();
}

/// `var x` begins a statement, `var(x,1)` is a call.
bool TokenStream::begins_statement(std::size_t at) const {
  if (at + 1 >= tokens_.size() || tokens_[at].kind != TokenKind::Name || !is_statement_word(text(tokens_[at])))
    return false;
  const TokenKind next = tokens_[at + 1].kind;
  return next == TokenKind::Name || next == TokenKind::Label || (next == TokenKind::Open && text(tokens_[at]) != "var");
}

const Token& TokenStream::current() {
  while (round_ && tokens_[at_].kind == TokenKind::Line && !begins_statement(at_ + 1)) ++at_;
  return tokens_[at_];
}

const Token& TokenStream::ahead(int count) {
  (void)current();
  return tokens_[std::min(at_ + static_cast<std::size_t>(count), tokens_.size() - 1)];
}

Token TokenStream::take() {
  const Token token = current();
  last_ = token.span;
  if (token.kind != TokenKind::End) ++at_;
  return token;
}

bool TokenStream::accept(TokenKind wanted) {
  if (kind() != wanted) return false;
  take();
  return true;
}

bool TokenStream::within_round(bool inside) {
  const bool before = round_;
  round_ = inside;
  return before;
}

void TokenStream::begin_statement() {
  (void)current();
  statement_ = at_;
}

void TokenStream::skip_statement() {
  round_ = false;
  if (at_ > statement_ && at_statement()) return;
  int open = 0;
  for (std::size_t i = statement_; i < at_; ++i) {
    const TokenKind k = tokens_[i].kind;
    if (k == TokenKind::Open || k == TokenKind::OpenSquare) ++open;
    if (k == TokenKind::Close || k == TokenKind::CloseSquare) --open;
  }
  for (; tokens_[at_].kind != TokenKind::End; ++at_) {
    const bool ends = tokens_[at_].kind == TokenKind::Line || tokens_[at_].kind == TokenKind::Semicolon;
    if (ends && (open <= 0 || tokens_[at_ + 1].kind == TokenKind::End || begins_statement(at_ + 1))) return;
  }
}

}  // namespace dvec
