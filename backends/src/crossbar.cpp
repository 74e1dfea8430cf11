#include <spinule/backends/crossbar.hpp>

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include <spinule/error.hpp>

#include "estimate.hpp"
#include "hardware_accountant.hpp"
#include "programmed_tiles.hpp"
#include "static_only.hpp"
#include "tile_fabric.hpp"

namespace spinule {
namespace {

void check(const crossbar& on, const network& net) {
  if (on.hardware.kind != hardware_kind::crossbar)
    throw spinule_error{"crossbar",
                        fmt::format("\"{}\" is digital hardware; use the back end `digital`", on.hardware.name)};
  refuse_plasticity(net, "crossbar", false);
  const auto expect = [&](const std::string& name, const char* what) {
    const auto all = net.projections();
    if (std::none_of(all.begin(), all.end(), [&](const auto& p) { return p.name == name; }))
      throw spinule_error{fmt::format("projection \"{}\"", name),
                          fmt::format("is to be {}, but the network has none of that name", what)};
  };
  for (const auto& f : on.frozen) expect(f.name, "frozen");
  for (const auto& e : on.exceptions) expect(e.name, "on other hardware");
}

}  // namespace

std::unique_ptr<engine> crossbar::build(const network& net) const {
  check(*this, net);
  const auto place = [this](const lowered_network& n,
                            std::span<const shard_plan> shards) -> std::unique_ptr<synapse_fabric> {
    const auto program = [&](index_t j) {
      const connectivity& c = n.synapses(j);
      const std::string& name = n.descriptions[j].name;
      const auto f = std::find_if(frozen.begin(), frozen.end(), [&](const auto& x) { return x.name == name; });
      const auto other = std::ranges::find(exceptions, name, &projection_hardware::name);
      const spinule::hardware& on = other == exceptions.end() ? hardware : other->hardware;
      auto tiles = f == frozen.end() ? tiled_projection{c, on, n.seed, chip, j, name}
                                     : tiled_projection::random_forming(c.lines(), c.targets, f->gain / c.quantum, on,
                                                                        n.seed, chip, j, name);
      if (n.summaries[j].graded) tiles.carry_values(n.summaries[j].largest_amplitude);
      return tiles;
    };
    return std::make_unique<tile_fabric>(n, shards, program);
  };
  const auto account = [this](const lowered_network& n, synapse_fabric& synapses) -> std::unique_ptr<accountant> {
    return std::make_unique<hardware_accountant>(hardware, n, synapses);
  };
  const substrate tiles{.largest_shard = std::numeric_limits<std::uint32_t>::max(), .place = place, .account = account};
  return within_memory(estimate(net), "crossbar", [&] {
    return std::make_unique<clocked_engine>(lower(net, tick), tiles, engine_options{1, stepping, precision});
  });
}

memory_estimate crossbar::estimate(const network& net) const {
  storage how{synapse_store::tiles, precision};
  how.pair_bytes = pair_bytes(hardware);
  for (const auto& e : exceptions) how.pair_bytes = std::max(how.pair_bytes, pair_bytes(e.hardware));
  return estimate_memory(net, tick, how);
}

}  // namespace spinule
