#include <spinule/backends/cpu.hpp>

#include <thread>

#include <fmt/format.h>

#include <spinule/error.hpp>

#include "clocked_engine.hpp"
#include "estimate.hpp"
#include "workers.hpp"

namespace spinule {

std::unique_ptr<engine> cpu::build(const network& net) const {
  if (threads < 0 || threads > 1024)
    throw spinule_error{"cpu", fmt::format("{} threads; give 1 to 1024, or 0 for one per core", threads)};
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  const substrate rows{.place =
                           [this](const lowered_network& n, std::span<const shard_plan> shards) {
                             return make_row_fabric(n, shards, true, threads, precision);
                           },
                       .account = nullptr};
  const engine_options options{threads > 0 ? threads : std::max(cores, 1), stepping, precision};
  return within_memory(estimate(net), "cpu", [&] {
    return std::make_unique<clocked_engine>(lower(net, tick, loop_over(threads)), rows, options);
  });
}

memory_estimate cpu::estimate(const network& net) const {
  return estimate_memory(net, tick, {synapse_store::rows, precision, std::max(threads, 1), true});
}

}  // namespace spinule
