// How long a tick takes when everything waits for everything, and when messages travel and cores work one by one.
#include <algorithm>
#include <utility>

#include "cost_plan.hpp"
#include "message_mesh.hpp"

namespace spinule {
namespace {

/// What the parts of a tick take, each by itself.
struct tick_parts {
  std::vector<mesh_message> messages;
  std::vector<double> before;             // [units] ns before it takes messages: what has come earlier
  std::vector<double> after;              // [units] ns when they have come: an array's read
  std::vector<double> neurons;            // [populations] ns of the busiest circuit, crossbar
  std::vector<std::uint64_t> first_unit;  // [populations]
};

/// Lines of a band cross the mesh from where their sources are; when all have come, its arrays are read.
tick_parts crossbar_parts(const cost_plan& plan, const price_list& prices, const tick_activity& a) {
  tick_parts parts;
  parts.before.resize(plan.units);
  parts.after.resize(plan.units);
  for (std::size_t j = 0; j < a.projections.size(); ++j) {
    const auto& p = plan.layout.projections[j];
    const auto& did = a.projections[j];
    const double read = array_time(prices, did.array);
    const std::uint32_t home = plan.node_at(plan.populations[p.source].first_unit);
    std::uint64_t unit = plan.projections[j].first_unit;
    for (std::size_t b = 0; b < p.band_tiles.size(); unit += p.band_tiles[b], ++b) {
      const auto lines = b < did.band_lines.size() ? did.band_lines[b] : 0;
      std::uint32_t last = plan.nodes;
      for (std::uint64_t u = unit; lines > 0 && u < unit + p.band_tiles[b]; ++u) {
        parts.after[u] = read;
        const std::uint32_t node = plan.node_of[u];
        if (node == std::exchange(last, node)) continue;  // one packet serves the arrays of a node
        for (std::uint32_t n = 0; n < lines; ++n)
          parts.messages.push_back({home, node, static_cast<std::uint32_t>(u), 0, 0});
      }
    }
  }
  for (std::size_t i = 0; i < a.populations.size(); ++i) {
    const auto& layout = plan.layout.populations[i];
    parts.neurons.push_back(layout.input ? 0 : circuit_time(prices, layout, a.populations[i]));
  }
  return parts;
}

/// Cores update their even share of the neurons and send as they go; synaptic operations that are due come first, then
/// messages as they arrive.
tick_parts digital_parts(const cost_plan& plan, const price_list& prices, const tick_activity& a) {
  const auto& hw = prices.hw;
  tick_parts parts;
  parts.before.resize(plan.units);
  parts.after.resize(plan.units);
  std::vector<double> sending(plan.units);  // ns until a core has sent what it has sent so far
  const auto share = [](std::uint64_t n, std::uint64_t cores, std::uint64_t core) {
    return n / cores + (core < n % cores ? 1 : 0);
  };
  for (std::size_t i = 0; i < a.populations.size(); ++i) {
    const auto& p = plan.populations[i];
    for (std::uint64_t c = 0; c < p.cores; ++c) {
      const auto neurons = static_cast<double>(share(plan.layout.populations[i].neurons, p.cores, c));
      const double active = std::min(static_cast<double>(share(a.populations[i].active, p.cores, c)), neurons);
      sending[p.first_unit + c] =
          active * hw.neuron.active_time.value + (neurons - active) * hw.neuron.inactive_time.value +
          static_cast<double>(share(a.populations[i].spikes, p.cores, c)) * hw.neuron.spike_time.value;
      parts.after[p.first_unit + c] = sending[p.first_unit + c];
    }
  }
  for (std::size_t j = 0; j < a.projections.size(); ++j) {
    const auto& p = plan.layout.projections[j];
    const auto &from = plan.populations[p.source], &to = plan.populations[p.target];
    if (to.cores == 0) continue;
    for (std::uint64_t c = 0; c < to.cores; ++c)
      parts.before[to.first_unit + c] +=
          static_cast<double>(share(a.projections[j].synaptic_events, to.cores, c)) * prices.synapse_time;
    for (std::uint64_t n = 0; n < a.projections[j].messages; ++n) {
      const std::uint64_t target = to.first_unit + n % to.cores;
      double leaves = 0;
      std::uint32_t node = 0;
      if (from.cores > 0) {
        const std::uint64_t source = from.first_unit + n / to.cores % from.cores;
        leaves = sending[source] += hw.message.out_time.value;
        parts.after[source] = sending[source];
        node = plan.node_of[source];
      }
      parts.messages.push_back(
          {node, plan.node_of[target], static_cast<std::uint32_t>(target), leaves, hw.message.in_time.value});
    }
  }
  return parts;
}

double way_time(const cost_plan& plan, const hardware& hw, const mesh_message& m) {
  const mesh_way way = way_between(m.from_node, m.to_node, plan.width);
  return hw.mesh.packet_time.value + way.x * hw.mesh.hop_x_time.value + way.y * hw.mesh.hop_y_time.value + m.work_ns;
}

tick_parts parts_of(const cost_plan& plan, const price_list& prices, const tick_activity& a) {
  return plan.hw.kind == hardware_kind::crossbar ? crossbar_parts(plan, prices, a) : digital_parts(plan, prices, a);
}

}  // namespace

double summed_time(const cost_plan& plan, const price_list& prices, const tick_activity& a) {
  const tick_parts parts = parts_of(plan, prices, a);
  double sum = prices.sync_time;
  for (const auto& m : parts.messages) sum += way_time(plan, prices.hw, m);
  for (const auto* all : {&parts.before, &parts.after, &parts.neurons})
    for (const double ns : *all) sum += ns;
  return sum;
}

void queue_events(hardware_clock& clock, const cost_plan& plan, const price_list& prices, const tick_activity& a) {
  const auto& hw = prices.hw;
  tick_parts parts = parts_of(plan, prices, a);
  auto& ready = clock.ready_ns;
  ready.resize(plan.units);
  const bool digital = hw.kind == hardware_kind::digital;
  const double began = clock.time_ns;

  // Arrays and cores begin when they are ready; a source waits for the unit beside which it is.
  std::vector<double> free = ready;
  for (std::size_t u = 0; u < free.size(); ++u) free[u] += parts.before[u];
  message_mesh mesh{plan.nodes,
                    plan.width,
                    static_cast<std::uint32_t>(plan.units),
                    static_cast<std::uint32_t>(hw.mesh.buffer.value),
                    {hw.mesh.packet_time.value, hw.mesh.hop_x_time.value, hw.mesh.hop_y_time.value}};
  std::vector<double> first_ready(plan.nodes, 0);
  for (std::size_t u = 0; u < ready.size(); ++u)
    first_ready[plan.node_of[u]] = std::max(first_ready[plan.node_of[u]], ready[u]);
  for (auto& m : parts.messages) m.leaves_ns += first_ready[m.from_node];
  mesh.deliver(parts.messages, free);

  for (std::size_t u = 0; u < ready.size(); ++u)
    ready[u] = digital ? std::max(free[u], ready[u] + parts.after[u]) : free[u] + parts.after[u];
  for (std::size_t i = 0; i < parts.neurons.size(); ++i) {  // when all arrays of a population have been read
    const std::uint64_t home = plan.populations[i].first_unit;
    if (home == population_plan::outside) continue;
    double done = ready[home];
    for (std::size_t j = 0; j < plan.projections.size(); ++j) {
      if (plan.layout.projections[j].target != i) continue;
      std::uint64_t unit = plan.projections[j].first_unit;
      for (const auto tiles : plan.layout.projections[j].band_tiles)
        for (std::uint32_t t = 0; t < tiles; ++t) done = std::max(done, ready[unit++]);
    }
    ready[home] = done + parts.neurons[i];
  }
  const double last = ready.empty() ? began : *std::max_element(ready.begin(), ready.end());
  const bool barrier = hw.mesh.sync == tick_barrier::barrier;
  clock.time_ns = barrier ? std::max(last + prices.sync_time, began + hw.tick.minimum.value) : std::max(last, began);
  if (barrier) std::fill(ready.begin(), ready.end(), clock.time_ns);
}

}  // namespace spinule
