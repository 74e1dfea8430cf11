# spinule_embed(TARGET FUNCTION FILES...): adds to TARGET a source that defines
# `std::span<const spinule::embedded_file> spinule::FUNCTION()` with the name and bytes of each file (globs allowed).
function(spinule_embed target function)
  file(GLOB files CONFIGURE_DEPENDS ${ARGN})
  string(REPLACE ";" "$<SEMICOLON>" list "${files}")
  set(output ${PROJECT_BINARY_DIR}/embedded/${function}.cpp)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DFUNCTION=${function} "-DFILES=${list}" -P ${PROJECT_SOURCE_DIR}/cmake/embed_files.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/embed_files.cmake VERBATIM)
  target_sources(${target} PRIVATE ${output})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/cmake)
endfunction()
