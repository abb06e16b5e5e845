#include "term/term_print.hpp"

#include "term/term_layout.hpp"

namespace dvec {

std::string print(const TermPool& pool, TermId term) { return lay_out(pool, term, Notation(pool)); }

}  // namespace dvec
