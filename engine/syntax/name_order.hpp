#pragma once
/// Names in the order of their roles, so that answers do not depend on what the names are.

#include "syntax/program.hpp"

namespace dvec {

/// Orders the sizes by their roles, gives every symbol and every declared function of the program a new id, in the order of their roles (names decide between
/// equal ones), and makes all terms anew from them: in sums and products arguments stand in the order of ids. The lists of the
/// program keep their order.
void order_by_role(Program& program, TermPool& pool);

}  // namespace dvec
