#pragma once
/// Names for the lines that calculus adds to a program: never one that the program uses itself.

#include <set>
#include <string>

#include "syntax/program.hpp"

namespace dvec {

class FreshNames {
 public:
  FreshNames(const TermPool& pool, const Program& program);

  /// `wanted`, up to its first bracket, where it is free, else with as many underscores after it as make it free. Given once only.
  [[nodiscard]] std::string take(std::string wanted);

 private:
  std::set<std::string> used_;
};

}  // namespace dvec
