// Activity into energy and time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <spinule/backends/engine/tile.hpp>
#include <spinule/backends/hardware.hpp>
#include <spinule/costs.hpp>
#include <spinule/time.hpp>

namespace spinule {

/// What is laid out on the hardware. Indices of populations and projections are positions in these lists.
struct population_layout {
  std::string name;
  index_t neurons = 0;
  bool input = false;  ///< spikes come from outside: no neurons to update, they enter at node 0
  double rate = 1;     ///< spikes that a neuron is expected to send, over those of other populations; for placement
};
/// Digital: messages that are expected from one core of the source to one of the target, both counted from the first of
/// their population; of an input all come from 0.
struct expected_messages {
  std::uint32_t from = 0, to = 0;
  double count = 0;
  double alike = 0;  ///< if every neuron sent one spike
};
struct projection_layout {
  std::string name;
  std::uint32_t source = 0, target = 0;
  std::uint64_t synapses = 0;
  std::vector<std::uint32_t> band_tiles;      ///< crossbar: `tiled_projection::band_tiles()`
  bool carries_values = false;                ///< crossbar: its rows are driven through converters
  std::vector<std::uint32_t> band_rows = {};  ///< crossbar: `tiled_projection::band_rows()`
  /// For placement, where known: crossbar: [bands] spikes that are expected on the lines of a band; digital: messages.
  /// Else what the rate of the source gives, evenly over cores.
  std::vector<double> band_spikes = {};
  std::vector<expected_messages> messages = {};
};
struct hardware_layout {
  std::vector<population_layout> populations;
  std::vector<projection_layout> projections;
};

/// What happened in one tick, in the order of the layout.
struct population_activity {
  std::uint64_t active = 0;  ///< neurons with input in this tick
  std::uint64_t spikes = 0;
};
/// Links of the mesh that messages cross.
struct crossed_links {
  double x = 0, y = 0;
};
struct projection_activity {
  std::uint64_t messages = 0;                      ///< digital: sent in this tick, one per spike and destination core
  std::uint64_t synaptic_events = 0;               ///< arriving in this tick: the sum over spikes of their fan-outs
  tile_activity array;                             ///< crossbar: what `tiled_projection::read` returned
  std::span<const std::uint32_t> band_lines = {};  ///< crossbar, for an event queue: lines driven in each band
  std::optional<crossed_links> links = {};         ///< digital: by all messages; unknown: by the mean over all cores
};
/// Digital: what one core does in a tick.
struct core_activity {
  std::uint64_t active = 0, inactive = 0;  ///< neurons with and without input
  std::uint64_t spikes = 0;
  std::uint64_t due = 0;  ///< synaptic operations before the first message
};
/// Digital: a message, with what its sender has done by then.
struct core_message {
  static constexpr std::uint32_t outside = 0xffffffff;
  std::uint32_t from, to;                              ///< cores; `outside`: of an input
  std::uint64_t synapses;                              ///< operations when it comes
  std::uint64_t active = 0, inactive = 0, spikes = 0;  ///< of its sender, up to the neuron that sends it
};
struct tick_activity {
  std::span<const population_activity> populations;
  std::span<const projection_activity> projections;
  /// Digital, for models that follow messages, where the core of each neuron is known: [cores], and messages, those of
  /// each core in the order in which it sends them. Without, all are spread evenly over the cores of a population.
  std::span<const core_activity> cores = {};
  std::span<const core_message> messages = {};
};

struct cost_plan;
struct price_list;
class digital_times;

/// How far the hardware has come. `ready`: when each core is, where ticks have no barrier.
struct hardware_clock {
  double time_ns = 0;
  std::vector<double> ready_ns;
};

/// Counts events, tick by tick, and prices them when asked.
///
/// *Placement.* Units are numbered: crossbar: tiles in the order of projections and bands; digital: cores of
/// `capacity.core_neurons`, population by population. `mesh.placement` puts `mesh.per_node` of them to a node of a
/// square row-major grid; a population of a crossbar lives where the first tile of its first incoming projection is.
/// Inputs enter at node 0. A spike goes to every destination node (core) as a packet of its own along X, then Y: an
/// upper bound for hardware with multicast.
///
/// *Time* is as fast as the hardware can, not real time. By `mesh.latency = simple`, crossbar, per tick, in series:
///   array read  = max over projections of
///                 phases (driver + dac, of values, + max(read, settle)) + rounds (t_converters + bands t_add)
///   neurons     = max over populations of min(neurons, per_circuit) t_neuron + t_spike (if one fires)
///   routing     = max over projections of (spikes t_packet + farthest hops)
/// Digital: max over cores (neurons of a population evenly spread) of the time to generate messages and the time to
/// process them, then routing and the barrier sync + per_doubling log2(nodes) (as SANA-FE's simple model, with even
/// load). By `sum` everything follows everything; by `event_queue` messages travel one by one through links with finite
/// buffers and cores work them off as they come; `detailed` estimates from the messages under way how long each one
/// takes. Where the core of each neuron is known, a core updates its neurons one after the other, a message leaves when
/// its neuron has fired, and synapses are worked on when it comes. No tick is shorter than `tick.minimum`.
///
/// Two ledgers: events times constants, and standing power times that time, or times the time replayed where that is
/// longer: in real time. Programming is in neither (`tiled_projection::programming`).
///
/// *Ranges.* The same events and ticks are priced with each constant at the ends of its published range, and with all
/// at once: those that are prices, energies, powers, times and the read voltage, on which no event depends. How many
/// bits a converter has, what a cell holds and how fast the clock runs are choices; none of them is a range here.
///
/// Copyable; copies share the plan.
class cost_meter {
 public:
  /// Throws `spinule_error` for a layout whose indices do not fit, or that takes more nodes than `mesh.nodes` or 2^32.
  cost_meter(const hardware& hw, const hardware_layout& layout);

  /// How spikes of a projection reach its tiles: for `tiled_projection::route`.
  std::span<const band_route> routes(std::size_t projection) const;

  /// Digital: whether the latency model asks for `tick_activity::cores` and `messages`.
  bool follows_messages() const;
  /// Digital: the first core of a population that is no input, and the links from one core to another, of which
  /// the first may be `core_message::outside`.
  std::uint32_t first_core(std::size_t population) const;
  crossed_links links_between(std::uint32_t from, std::uint32_t to) const;

  /// Adds one tick. Both spans must be as long as the lists of the layout.
  void tick(const tick_activity& activity);
  void reset();
  /// `tick_us`: how long a tick lasts where the input comes from.
  cost_report report(double tick_us = 0) const;

  std::uint64_t ticks_counted() const { return ticks_; }
  double latency_us() const { return clock_.time_ns * 1e-3; }
  /// Links that spikes cross if every population fires as it is expected to, at the placement in use.
  double expected_hops() const;
  /// Crossbar: tiles and mesh nodes in use. Digital: cores, nodes and chips.
  std::uint64_t units() const;
  std::uint32_t nodes() const;
  std::uint32_t chips() const;

 private:
  /// One tick, of at least the shortest length.
  void advance(hardware_clock& clock, const price_list& prices, const tick_activity& a) const;
  /// The same for all clocks.
  void advance_all(const tick_activity& a);

  std::shared_ptr<const cost_plan> plan_;
  std::uint64_t ticks_ = 0;
  std::shared_ptr<const digital_times> times_;  // of all clocks, where latency is simple
  std::vector<double> room_;                    // for them
  hardware_clock clock_;
  std::vector<hardware_clock> low_clocks_, high_clocks_;  // [ranges], of those that move time
  std::vector<population_activity> populations_;
  std::vector<projection_activity> projections_;
};

}  // namespace spinule
