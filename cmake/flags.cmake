# Compiler flags. No -ffast-math and no contraction: the same bits on every compiler.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")  # lines in backtraces are enough

add_library(spinule_flags INTERFACE)
target_compile_options(spinule_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor)
# Part of the interface: models are compiled in the user's own files and must give the same bits there.
set(SPINULE_EXACT_FLAGS -ffp-contract=off -fno-trapping-math -fno-math-errno)
# Inner loops are compiled for several instruction sets and chosen among at run time, unless one is forced here.
set(levels auto baseline v3 v4)
if(NOT SPINULE_INSTRUCTION_SET IN_LIST levels)
  message(FATAL_ERROR "SPINULE_INSTRUCTION_SET is ${SPINULE_INSTRUCTION_SET}; it must be one of ${levels}")
endif()
set(SPINULE_FORCED_LEVEL "")
if(NOT SPINULE_INSTRUCTION_SET STREQUAL "auto")
  string(REPLACE "v" "" level ${SPINULE_INSTRUCTION_SET})
  string(REPLACE "baseline" 0 level ${level})
  set(SPINULE_FORCED_LEVEL SPINULE_FORCED_LEVEL=${level})
endif()
if(SPINULE_WARNINGS_AS_ERRORS)
  # Clang calls functions deprecated that libstdc++ itself uses.
  target_compile_options(spinule_flags INTERFACE -Werror $<$<CXX_COMPILER_ID:Clang>:-Wno-error=deprecated-declarations>)
endif()
if(SPINULE_SANITIZE)
  # GCC's flow analysis sees ghosts in instrumented code, above all in Boost.Optional.
  target_compile_options(spinule_flags INTERFACE -fsanitize=${SPINULE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(spinule_flags INTERFACE -fsanitize=${SPINULE_SANITIZE})
endif()
