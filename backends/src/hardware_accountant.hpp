// Counts what a tick did on emulated hardware and prices it with a cost_meter.
#pragma once

#include <spinule/backends/engine/cost_model.hpp>

#include "clocked_engine.hpp"
#include "receiver_count.hpp"

namespace spinule {

class hardware_accountant final : public accountant {
 public:
  /// [projections][sources] the cores that a spike reaches, less those that it reaches by an earlier projection as
  /// well.
  using destinations = std::vector<std::vector<std::uint32_t>>;

  /// `synapses` has one bundle per projection, numbered alike.
  hardware_accountant(const hardware& hw, const lowered_network& net, synapse_fabric& synapses);
  std::unique_ptr<accountant> clone() const override { return std::make_unique<hardware_accountant>(*this); }
  void reset() override;
  void count(const tick_view& tick, const synapse_fabric& synapses) override;
  cost_report report(const synapse_fabric& synapses) const override;

 private:
  const lowered_network* net_;
  std::vector<const connectivity*> synapses_;         ///< [projections]
  std::shared_ptr<const destinations> destinations_;  ///< digital
  cost_meter meter_;
  std::vector<population_activity> populations_;
  std::vector<projection_activity> projections_;
  std::vector<receiver_count> receivers_;  ///< [populations]
  std::vector<std::size_t> number_;        ///< [projections] among those onto its target
};

}  // namespace spinule
