// For back ends whose weights nothing changes yet.
#pragma once

#include <spinule/error.hpp>
#include <spinule/network.hpp>

namespace spinule {

/// Throws `spinule_error` when spikes change the weights of a projection.
inline void refuse_plasticity(const network& net, const char* backend) {
  for (const auto& p : net.projections())
    if (p.plasticity && p.plasticity->learns())
      throw spinule_error{
          "projection \"" + p.name + "\"",
          std::string{backend} + " does not change weights yet; use cpu or reference, or leave the rule out"};
}

}  // namespace spinule
