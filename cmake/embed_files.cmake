# Run as a script by spinule_embed: writes OUTPUT, a source that holds the bytes of FILES.
set(arrays "")
set(entries "")
set(n 0)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(APPEND arrays "constexpr unsigned char file_${n}[] = {${bytes}0};\n")
  string(APPEND entries "  {\"${name}\", {reinterpret_cast<const char*>(file_${n}), sizeof file_${n} - 1}},\n")
  math(EXPR n "${n} + 1")
endforeach()
file(WRITE ${OUTPUT} "#include <initializer_list>
#include <span>
#include <string_view>

#include \"embedded.hpp\"

namespace spinule {
namespace {
${arrays}const std::initializer_list<embedded_file> files = {
${entries}};
}  // namespace

std::span<const embedded_file> ${FUNCTION}();
std::span<const embedded_file> ${FUNCTION}() { return {files.begin(), files.size()}; }
}  // namespace spinule
")
