# dvec_layer(<name> <dir> LINKS <layers and libraries...> [EXCEPT <files...>])
#
# Makes the library dvec_<name> of all *.cpp in <dir>, except the named files. A layer without sources is an interface
# library, so that headers-only layers, and layers still to come, can be linked all the same.
#
# Headers are included by layer: #include "term/term_pool.hpp". The include directory of a layer holds one entry, a link
# named after the layer; a file therefore finds the headers of exactly those layers that its own layer links.

# Sets <result> to an include directory in which <dir> is found under <name>, and nothing else is.
function(dvec_include_root result name dir)
  set(root "${CMAKE_BINARY_DIR}/layers/${name}")
  file(MAKE_DIRECTORY "${root}")
  file(CREATE_LINK "${CMAKE_SOURCE_DIR}/${dir}" "${root}/${name}" SYMBOLIC)
  set(${result} "${root}" PARENT_SCOPE)
endfunction()

function(dvec_layer name dir)
  cmake_parse_arguments(PARSE_ARGV 2 layer "" "" "LINKS;EXCEPT")

  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${dir}/*.cpp")
  foreach(file IN LISTS layer_EXCEPT)
    list(REMOVE_ITEM sources "${CMAKE_SOURCE_DIR}/${dir}/${file}")
  endforeach()
  if(sources)
    add_library(dvec_${name} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(dvec_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  dvec_include_root(root ${name} ${dir})
  target_include_directories(dvec_${name} ${scope} "${root}")

  foreach(link IN LISTS layer_LINKS)
    if(TARGET dvec_${link})  # a layer by its short name; anything else is a library from outside
      set(link dvec_${link})
    endif()
    target_link_libraries(dvec_${name} ${scope} ${link})
  endforeach()
endfunction()
