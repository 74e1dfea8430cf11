// For back ends whose weights nothing changes yet.
#pragma once

#include <spinule/error.hpp>
#include <spinule/network.hpp>

namespace spinule {

/// Throws `spinule_error` when spikes change the weights of a projection, or when they are to be assigned and cannot
/// be.
inline void refuse_plasticity(const network& net, const char* backend, bool assigns) {
  for (const auto& p : net.projections())
    if (p.plasticity && (p.plasticity->learns() || !assigns))
      throw spinule_error{"projection \"" + p.name + "\"",
                          std::string{backend} + " does not change weights yet; use cpu or reference, or leave the " +
                              (p.plasticity->learns() ? "rule out" : "bounds out")};
}

}  // namespace spinule
