# Run by CTest with -DSOURCE, -DCXX and -DFLAGS (include folders, separated by |): the program compiles as it stands and
# does not with -DWRONG, where the first error of the compiler says what the program's first line promises.
string(REPLACE "|" ";" flags "${FLAGS}")
set(compile ${CXX} -std=c++20 -fsyntax-only ${flags} ${SOURCE})

execute_process(COMMAND ${compile} RESULT_VARIABLE failed ERROR_VARIABLE said)
if(failed)
  message(FATAL_ERROR "the right program does not compile:\n${said}")
endif()

file(STRINGS ${SOURCE} expected LIMIT_COUNT 1)
string(REGEX REPLACE "^// first error: " "" expected "${expected}")
execute_process(COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C ${compile} -DWRONG RESULT_VARIABLE failed ERROR_VARIABLE said)
if(NOT failed)
  message(FATAL_ERROR "the wrong program compiles")
endif()
string(REGEX MATCH "error: [^\n]*" first "${said}")
string(FIND "${first}" "${expected}" at)
if(at EQUAL -1)
  message(FATAL_ERROR "the first error is \"${first}\" and does not say \"${expected}\"")
endif()
