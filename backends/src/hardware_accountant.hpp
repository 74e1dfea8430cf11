// Counts what a tick did on emulated hardware and prices it with a cost_meter.
#pragma once

#include <optional>

#include <spinule/backends/engine/cost_model.hpp>

#include "clocked_engine.hpp"
#include "core_messages.hpp"
#include "event_count.hpp"
#include "receiver_count.hpp"

namespace spinule {

class tile_fabric;

class hardware_accountant final : public accountant {
 public:
  /// On tiles `synapses` has one bundle per projection, numbered alike. `spikes` as `expected_spikes` takes them.
  hardware_accountant(const hardware& hw, const lowered_network& net, synapse_fabric& synapses,
                      std::span<const measured_spikes> spikes);
  std::unique_ptr<accountant> clone() const override { return std::make_unique<hardware_accountant>(*this); }
  void reset() override;
  bool at_once() const override { return on_tiles_; }
  bool asks_what_is_reached() const override { return !on_tiles_; }
  bool asks_which_are_reached() const override { return work_.has_value(); }
  void count(const tick_view& tick, const synapse_fabric& synapses) override;
  cost_report report(const synapse_fabric& synapses) const override;

 private:
  hardware_accountant(const hardware& hw, const lowered_network& net, synapse_fabric& synapses,
                      std::span<const measured_spikes> spikes, network_fan_out fan_out);
  void count_tiles(const tick_view& tick, const tile_fabric& tiles);

  const lowered_network* net_;
  bool on_tiles_;
  std::shared_ptr<const std::vector<spike_fan_out>> fan_outs_;  ///< [projections]
  std::vector<event_count> events_;                             ///< [projections]
  std::vector<std::size_t> bundle_;                             ///< [projections] of those that are alone in theirs
  cost_meter meter_;
  std::vector<population_activity> populations_;
  std::vector<projection_activity> projections_;
  std::vector<receiver_count> receivers_;  ///< [populations] on tiles, whose noise reaches others as well
  std::vector<std::size_t> number_;        ///< [projections] among those onto its target
  std::optional<core_work> work_;          ///< digital, where the latency model follows messages
};

}  // namespace spinule
