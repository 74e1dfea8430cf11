// What a GraphML text consists of, checked before the reader of Boost is given it: that one trusts its input.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace spinule {

inline constexpr std::size_t most_graphml_bytes = std::size_t{64} << 20;
inline constexpr std::size_t most_graphml_parts =
    2'000'000;                                 ///< elements and attributes; some 200 bytes of memory each
inline constexpr int most_graphml_depth = 32;  ///< parsers of XML call themselves for each

struct graphml_outline {
  bool directed = true;
  std::vector<std::string> ids;  ///< of the nodes, in order; no two are equal
  std::size_t edges = 0;
};

/// Throws `file_error{where:line, ...}` for all that `read_graphml` refuses, but for values that their type has not.
graphml_outline outline_of(const std::string& text, const std::string& where);

}  // namespace spinule
