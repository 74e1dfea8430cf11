#include <spinule/backends/digital.hpp>

#include <fmt/format.h>

#include <spinule/error.hpp>

#include "estimate.hpp"
#include "hardware_accountant.hpp"
#include "static_only.hpp"

namespace spinule {

std::unique_ptr<engine> digital::build(const network& net) const {
  if (hardware.kind != hardware_kind::digital)
    throw spinule_error{"digital", fmt::format("\"{}\" is a crossbar; use the back end `crossbar`", hardware.name)};
  refuse_plasticity(net, "digital");
  const auto place = [](const lowered_network& n, std::span<const shard_plan> shards) {
    return make_row_fabric(n, shards, {.procedural = false, .marks_all = true});
  };
  const auto account = [this](const lowered_network& n, synapse_fabric& synapses) -> std::unique_ptr<accountant> {
    return std::make_unique<hardware_accountant>(hardware, n, synapses, spikes);
  };
  const substrate cores{.place = place, .account = account};
  return within_memory(estimate(net), "digital", [&] {
    return std::make_unique<clocked_engine>(lower(net, tick), cores, engine_options{1, stepping, precision});
  });
}

memory_estimate digital::estimate(const network& net) const {
  return estimate_memory(net, tick, {synapse_store::rows, precision});
}

}  // namespace spinule
