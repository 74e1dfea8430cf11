# Run by CTest with -DSOURCE, -DCXX and -DFLAGS (include folders, separated by |): the program compiles as it stands and
# does not with -DWRONG, where the first error of the compiler, or the line that it shows with it, says what the
# program's first line promises, and all that it says is no longer than 36 lines.
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
string(REGEX MATCH "error: [^\n]*\n[^\n]*" first "${said}")
string(FIND "${first}" "${expected}" at)
if(at EQUAL -1)
  message(FATAL_ERROR "the first error is \"${first}\" and does not say \"${expected}\"")
endif()
string(REGEX MATCHALL "\n" lines "${said}")
list(LENGTH lines length)
if(length GREATER 36)
  message(FATAL_ERROR "the compiler says ${length} lines, more than 36:\n${said}")
endif()
