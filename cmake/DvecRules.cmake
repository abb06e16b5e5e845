# The rule book: rules/*.rules are checked when the project is built, and embedded.
#
# `dvec_rule_lint --embed OUT FILES...` reports an ill-formed rule as file:line:column and fails the build; else it
# writes OUT, a C++ file that holds the texts. dvec_rules_embedded is that file as a library.

file(GLOB lint_main CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/engine/rulebook/lint_main.cpp")
# Relative names: so a rule's place reads "rules/vec.rules:12:3" on every machine.
file(GLOB rule_files RELATIVE "${CMAKE_SOURCE_DIR}" CONFIGURE_DEPENDS rules/*.rules rules/sources.bib)

if(lint_main AND rule_files)
  add_executable(dvec_rule_lint ${lint_main})
  target_link_libraries(dvec_rule_lint PRIVATE dvec_rulebook)

  file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/rules")
  set(embedded "${CMAKE_BINARY_DIR}/rules/embedded_rules.cpp")
  add_custom_command(
    OUTPUT "${embedded}"
    COMMAND dvec_rule_lint --embed "${embedded}.new" ${rule_files}
    COMMAND "${CMAKE_COMMAND}" -E rename "${embedded}.new" "${embedded}"  # a failed check leaves no half file behind
    DEPENDS dvec_rule_lint ${rule_files}
    WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}"
    COMMENT "Checking and embedding the rule book"
    VERBATIM)
  add_library(dvec_rules_embedded STATIC "${embedded}")
  target_link_libraries(dvec_rules_embedded PUBLIC dvec_rulebook)
endif()
