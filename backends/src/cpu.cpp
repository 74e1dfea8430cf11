#include <spinule/backends/cpu.hpp>

#include <fmt/format.h>

#include <spinule/error.hpp>

#include "clocked_engine.hpp"
#include "estimate.hpp"
#include "workers.hpp"

namespace spinule {

std::unique_ptr<engine> cpu::build(const network& net) const {
  if (threads < 0 || threads > 1024)
    throw spinule_error{"cpu", fmt::format("{} threads; give 1 to 1024, or 0 to have them chosen", threads)};
  const substrate rows{.place =
                           [this](const lowered_network& n, std::span<const shard_plan> shards) {
                             return make_row_fabric(n, shards, {.threads = threads, .learned = precision});
                           },
                       .account = nullptr};
  const engine_options options{.threads = threads > 0 ? threads : cores(),
                               .stepping = stepping,
                               .precision = precision,
                               .choose_threads = threads == 0};
  return within_memory(estimate(net), "cpu", [&] {
    return std::make_unique<clocked_engine>(lower(net, tick, loop_over(threads)), rows, options);
  });
}

memory_estimate cpu::estimate(const network& net) const {
  return estimate_memory(net, tick, {synapse_store::rows, precision, loop_threads(threads), true});
}

}  // namespace spinule
