// Where things are on the hardware, worked out once.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <spinule/backends/engine/cost_model.hpp>

#include "conversion.hpp"
#include "placement.hpp"

namespace spinule {

struct projection_plan {
  std::vector<band_route> routes;  // crossbar
  double mean_x = 0, mean_y = 0;   // digital: links per message
  std::uint32_t far_x = 0, far_y = 0;
  std::uint64_t first_unit = 0;  // crossbar: its first tile
};

struct population_plan {
  static constexpr std::uint64_t outside = ~std::uint64_t{0};
  std::uint64_t first_unit = outside;  // crossbar: the tile beside which its neurons are; digital: its first core
  std::uint64_t cores = 0;             // digital
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
  std::vector<std::uint32_t> node_of;  // [units]
  std::vector<population_plan> populations;
  std::vector<projection_plan> projections;
  price_list prices;
  std::vector<price_range> ranges;  // the last: all together

  cost_plan(const hardware& h, const hardware_layout& l);
  /// Of a unit, or where spikes from outside enter.
  std::uint32_t node_at(std::uint64_t unit) const;

 private:
  void check() const;
  void size_mesh(std::uint64_t all_units);
  void count_tiles();
  void count_cores();
  void place();
  /// `alike`: if all neurons fired at the rate of their population.
  double expected_lines(std::size_t projection, std::size_t band, bool alike = false) const;
  std::optional<unit_traffic> expected_traffic(bool alike) const;
  void settle(const std::vector<std::uint32_t>& places);
  void route_bands(std::size_t projection);
  void route_messages(std::size_t projection);
};

/// What was counted in `ticks` ticks.
struct activity_totals {
  std::uint64_t ticks = 0;
  double duration_us = 0;
  std::span<const population_activity> populations;
  std::span<const projection_activity> projections;
};

/// ns of the read of one projection's arrays, and of the busiest neuron circuit of a population.
double array_time(const price_list& prices, const tile_activity& array);
double circuit_time(const price_list& prices, const population_layout& layout, const population_activity& did);

/// ns of a tick on a crossbar: the slowest of each stage, one stage after the other.
double crossbar_time(const cost_plan& plan, const price_list& prices, const tick_activity& a);

/// ns of a tick in which nothing happens at the same time.
double summed_time(const cost_plan& plan, const price_list& prices, const tick_activity& a);
/// Moves the clock on by a tick in which messages travel one by one (`message_mesh`).
void queue_events(hardware_clock& clock, const cost_plan& plan, const price_list& prices, const tick_activity& a);

/// Ground of all components in use.
std::vector<ground> areas_of(const cost_plan& plan);
/// The same synapses without spikes, beside what `r` holds.
quantised_network quantised_beside(const cost_plan& plan, const activity_totals& totals, const cost_report& r);

/// One ledger of events and one of standing power, at these prices, by which the ticks took `time_ns`.
cost_report price(const cost_plan& plan, const price_list& prices, double time_ns, const activity_totals& totals);

}  // namespace spinule
