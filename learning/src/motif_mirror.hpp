// Addresses that are exchanged with each other.
#pragma once

#include <span>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/recording.hpp>

namespace spinule::learning {

inline void check_mirror(const char* where, std::span<const index_t> mirror, index_t addresses) {
  if (mirror.size() != addresses)
    throw spinule_error{where, fmt::format("a mirror of {} addresses, not of {}", mirror.size(), addresses)};
  for (index_t a = 0; a < addresses; ++a)
    if (mirror[a] >= addresses || mirror[mirror[a]] != a)
      throw spinule_error{where, fmt::format("the mirror exchanges address {} with {}, which must be below {} and be "
                                             "exchanged with it",
                                             a, mirror[a], addresses)};
}

}  // namespace spinule::learning
