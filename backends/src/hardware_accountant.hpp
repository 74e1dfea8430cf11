// Counts what a tick did on emulated hardware and prices it with a cost_meter.
#pragma once

#include <spinule/backends/cost_model.hpp>

#include "clocked_engine.hpp"

namespace spinule {

/// A projection on tiles, as an engine's synapse array.
class tile_array final : public synapse_array {
 public:
  tile_array(tiled_projection tiles, const connectivity& synapses) : tiles_{std::move(tiles)}, synapses_{&synapses} {}
  std::unique_ptr<synapse_array> clone() const override { return std::make_unique<tile_array>(*this); }
  void reset(std::uint64_t episode) override;
  void deliver(std::span<const arrival> arrivals, moment now, std::size_t shard, std::int32_t* sums,
               std::uint64_t* marks) override;

  tiled_projection& tiles() { return tiles_; }
  const tiled_projection& tiles() const { return tiles_; }
  /// What the read of tick `now` took; nothing when there was none.
  tile_activity activity(moment now) const { return read_at_ == now ? activity_ : tile_activity{}; }

 private:
  tiled_projection tiles_;
  const connectivity* synapses_;
  std::vector<std::uint32_t> lines_;
  tile_activity activity_;
  moment read_at_ = -1;
};

class hardware_accountant final : public accountant {
 public:
  hardware_accountant(const hardware& hw, const lowered_network& net,
                      std::span<const std::unique_ptr<synapse_array>> projections);
  std::unique_ptr<accountant> clone() const override { return std::make_unique<hardware_accountant>(*this); }
  void reset() override;
  void count(const tick_view& tick, std::span<const std::unique_ptr<synapse_array>> projections) override;
  cost_report report(std::span<const std::unique_ptr<synapse_array>> projections) const override;

 private:
  /// Number of distinct neurons of a population that received something.
  std::uint64_t count_receivers(index population, const tick_view& tick);

  const lowered_network* net_;
  cost_meter meter_;
  std::vector<population_activity> populations_;
  std::vector<projection_activity> projections_;
  std::vector<std::vector<moment>> reached_;  ///< [populations][neurons] last tick with input
};

}  // namespace spinule
