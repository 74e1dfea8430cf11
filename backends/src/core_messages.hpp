// What digital cores do and send in a tick.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <spinule/backends/engine/cost_model.hpp>

#include "clocked_engine.hpp"
#include "core_reach.hpp"

namespace spinule {

/// What cores of `core_neurons` neurons do in one tick and the messages they send. Neurons are updated in order.
class core_work {
 public:
  core_work(const lowered_network& net, const cost_meter& meter, std::vector<core_reach> reaches, index_t core_neurons);
  /// `tick` says which neurons are reached.
  void count(const tick_view& tick);
  std::span<const core_activity> cores() const { return cores_; }
  std::span<const core_message> messages() const { return messages_; }

 private:
  struct population {
    bool input;
    std::uint32_t first_core;
    index_t neurons;
    std::vector<std::size_t> out;  ///< projections
  };
  void update(const population& p, std::span<const index_t> fired, std::span<const std::uint64_t> reached);
  void send(const population& p, index_t neuron, const core_message& as);

  std::vector<population> populations_;
  std::vector<core_reach> reaches_;         ///< [projections]
  std::vector<std::uint32_t> target_core_;  ///< [projections] the first of the target
  index_t core_neurons_;
  std::vector<core_activity> cores_;
  std::vector<core_message> messages_;
};

}  // namespace spinule
