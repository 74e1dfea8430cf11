// How long digital cores need for a tick, at several prices at once.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cost_plan.hpp"

namespace spinule {

/// By `mesh.latency = simple` (`cost_meter`): what a tick asks of the busiest core is found once, and priced for all.
class digital_times {
 public:
  /// One time for each of `prices`.
  digital_times(const cost_plan& plan, std::span<const price_list* const> prices);
  /// [prices] ns of a tick, no less than the least; they lie in `room`.
  std::span<const double> of(const tick_activity& a, std::vector<double>& room) const;

 private:
  /// [prices] of each.
  using priced = std::vector<double>;
  std::size_t prices_;
  priced active_, inactive_, spike_, out_, in_, synapse_, sync_, minimum_;
  priced ways_;                                 ///< [projections][prices] ns of a message's way
  std::vector<std::uint64_t> cores_;            ///< [populations]
  std::vector<double> neurons_;                 ///< [populations] of a core
  std::vector<std::uint32_t> source_, target_;  ///< [projections]
};

}  // namespace spinule
