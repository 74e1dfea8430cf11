// Where things are on the hardware, worked out once.
#pragma once

#include <cstdint>
#include <vector>

#include <spinule/backends/engine/cost_model.hpp>

#include "conversion.hpp"

namespace spinule {

struct projection_plan {
  std::vector<band_route> routes;  // crossbar
  double mean_x = 0, mean_y = 0;   // digital: links per message
  std::uint32_t far_x = 0, far_y = 0;
};

struct population_plan {
  std::uint64_t first_core = 0, cores = 0;
  std::uint32_t home = 0;  // crossbar: mesh node
};

/// Constants as events and ticks are charged for, and what follows from them.
struct price_list {
  hardware hw;
  double cell_energy = 1;     // of a read, over that which was counted
  conversion_law conversion;  // at the resolution in use
  double synapse_time = 0, sync_time = 0;

  price_list() = default;
  price_list(const hardware& h, std::uint32_t nodes);
};

/// One constant, or all, at the ends of the published range. What such a constant changes is a price: neither the
/// events nor the spikes depend on it.
struct price_range {
  std::string constant;
  bool moves_time = false;
  price_list low, high;
};

/// Of every constant of `hw` that is a price and has a range.
std::vector<price_range> price_ranges(const hardware& hw, std::uint32_t nodes);
/// All of `ranges` at once.
price_range together(const hardware& hw, std::uint32_t nodes, const std::vector<price_range>& ranges);

struct cost_plan {
  hardware hw;
  hardware_layout layout;
  std::uint64_t units = 0;  // tiles or cores
  std::uint32_t nodes = 0, width = 1, chips = 1;
  double expected_hops = 0;
  std::vector<population_plan> populations;
  std::vector<projection_plan> projections;
  price_list prices;
  std::vector<price_range> ranges;  // the last: all together

  cost_plan(const hardware& h, const hardware_layout& l);

 private:
  void check() const;
  void size_mesh(std::uint64_t all_units);
  void place_tiles();
  void place_cores();
  void route_messages();
};

/// What was counted in `ticks` ticks.
struct activity_totals {
  std::uint64_t ticks = 0;
  double duration_us = 0;
  std::span<const population_activity> populations;
  std::span<const projection_activity> projections;
};

/// ns of a tick: the slowest of each stage, one stage after the other.
double simple_time(const cost_plan& plan, const price_list& prices, const tick_activity& a);

/// Ground of all components in use.
std::vector<ground> areas_of(const cost_plan& plan);
/// The same synapses without spikes, beside what `r` holds.
quantised_network quantised_beside(const cost_plan& plan, const activity_totals& totals, const cost_report& r);

/// One ledger of events and one of standing power, at these prices, by which the ticks took `time_ns`.
cost_report price(const cost_plan& plan, const price_list& prices, double time_ns, const activity_totals& totals);

}  // namespace spinule
