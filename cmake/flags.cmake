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
if(SPINULE_WARNINGS_AS_ERRORS)
  target_compile_options(spinule_flags INTERFACE -Werror)
endif()
if(SPINULE_SANITIZE)
  # GCC's flow analysis sees ghosts in instrumented code, above all in Boost.Optional.
  target_compile_options(spinule_flags INTERFACE -fsanitize=${SPINULE_SANITIZE} -fno-omit-frame-pointer
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(spinule_flags INTERFACE -fsanitize=${SPINULE_SANITIZE})
endif()
