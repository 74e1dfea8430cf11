// Where things are on the hardware, worked out once.
#pragma once

#include <cstdint>
#include <vector>

#include <spinule/backends/engine/cost_model.hpp>

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

struct cost_plan {
  hardware hw;
  hardware_layout layout;
  std::uint64_t units = 0;  // tiles or cores
  std::uint32_t nodes = 0, width = 1, chips = 1;
  std::vector<population_plan> populations;
  std::vector<projection_plan> projections;
  double conversion_energy = 0, conversion_time = 0;  // at the resolution in use
  double synapse_time = 0, sync_time = 0;

  cost_plan(const hardware& h, const hardware_layout& l);

 private:
  void check() const;
  void size_mesh(std::uint64_t all_units);
  void place_tiles();
  void place_cores();
  void route_messages();
};

/// One ledger of events and one of standing power, from the totals of `ticks_run` ticks that took `time_ns`.
cost_report price(const cost_plan& plan, std::uint64_t ticks_run, double time_ns,
                  std::span<const population_activity> populations, std::span<const projection_activity> projections);

}  // namespace spinule
