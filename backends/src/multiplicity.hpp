// A guard on what sources emit.
#pragma once

#include <span>
#include <string>

#include <fmt/format.h>

#include <spinule/engine/lowering.hpp>
#include <spinule/error.hpp>

namespace spinule {

/// Throws when one neuron of `fired` (ascending) occurs more often than the sums of a tick were sized for.
inline void check_multiplicity(std::span<const index_t> fired, std::uint32_t most, const std::string& population) {
  if (fired.size() <= most) return;
  std::uint32_t run = 0;
  for (std::size_t i = 1; i < fired.size(); ++i) {
    run = fired[i] == fired[i - 1] ? run + 1 : 0;
    if (run >= most)
      throw spinule_error{
          fmt::format("population \"{}\"", population),
          fmt::format("channel {} has more than {} events in one tick; use a shorter tick", fired[i], most)};
  }
}

}  // namespace spinule
