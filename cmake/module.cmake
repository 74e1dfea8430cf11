# spinule_module(NAME <link arguments>): the library spinule_NAME (alias spinule::NAME) from NAME/src, headers in
# NAME/include. Every module but core links core and no other module of ours.
function(spinule_module name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${name}/src/*.cpp)
  add_library(spinule_${name} ${sources})
  add_library(spinule::${name} ALIAS spinule_${name})
  set_target_properties(spinule_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  target_include_directories(spinule_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/${name}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(spinule_${name} PUBLIC cxx_std_20)
  target_link_libraries(spinule_${name} PRIVATE $<BUILD_INTERFACE:spinule_flags>)
  target_link_libraries(spinule_${name} ${ARGN})
  if(NOT name STREQUAL "core")
    target_link_libraries(spinule_${name} PUBLIC spinule_core)
  endif()
  # What most sources include is parsed once: by core, which has macros of its own, by io, which reads JSON, and by models
  # for all others. -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON builds without, as a row of `./dev check` does.
  set(parsed_once <algorithm> <cmath> <functional> <memory> <span> <string> <vector> <fmt/format.h> <spinule/network.hpp>)
  if(name STREQUAL "io")
    list(APPEND parsed_once <nlohmann/json.hpp>)
  endif()
  if(name STREQUAL "core" OR name STREQUAL "models" OR name STREQUAL "io")
    target_precompile_headers(spinule_${name} PRIVATE ${parsed_once})
  else()
    target_precompile_headers(spinule_${name} REUSE_FROM spinule_models)
  endif()
endfunction()

# spinule_tests(NAME): one test program from tests/NAME/*_test.cpp.
function(spinule_tests name)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${name}/*_test.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(test_${name} ${sources})
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(test_${name} PRIVATE spinule spinule_flags GTest::gmock GTest::gtest_main fmt::fmt ${ARGN})
  target_compile_options(test_${name} PRIVATE ${body_flags})
  target_precompile_headers(test_${name} REUSE_FROM test_precompiled)
  if(NOT name STREQUAL "laws")  # whose files are large
    set_target_properties(test_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
  endif()
  gtest_discover_tests(test_${name} TEST_PREFIX ${name}/ DISCOVERY_MODE PRE_TEST)
endfunction()
