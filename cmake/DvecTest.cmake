# dvec_test(<name> LABELS <labels...> SOURCES <files...> [LINKS <libraries...>] [TIMEOUT <seconds>])
#
# One Catch2 executable, one CTest entry. Tests know where the source tree is (DVEC_SOURCE_DIR) and which program to run
# (DVEC_BINARY). They start in the source tree, so that the names of files in messages are the same everywhere.
function(dvec_test name)
  cmake_parse_arguments(PARSE_ARGV 1 test "" "TIMEOUT" "LABELS;SOURCES;LINKS")
  if(NOT test_TIMEOUT)
    set(test_TIMEOUT 120)
  endif()

  add_executable(${name} ${test_SOURCES})
  target_link_libraries(${name} PRIVATE dvec_catch_main ${test_LINKS})
  dvec_include_root(root tests tests)  # what tests share: #include "tests/run_dvec.hpp"
  target_include_directories(${name} PRIVATE "${root}")
  target_compile_definitions(${name} PRIVATE DVEC_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  if(TARGET dvec)
    target_compile_definitions(${name} PRIVATE DVEC_BINARY="$<TARGET_FILE:dvec>")
  endif()

  if("unit" IN_LIST test_LABELS)
    add_dependencies(unit_tests ${name})
  endif()

  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  set_tests_properties(${name} PROPERTIES LABELS "${test_LABELS}" TIMEOUT ${test_TIMEOUT})
endfunction()
