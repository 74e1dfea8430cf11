// How long a tick takes when everything waits for everything, and when messages travel and cores work one by one.
#include <algorithm>
#include <map>
#include <utility>

#include "cost_plan.hpp"
#include "message_estimate.hpp"

namespace spinule {
namespace {

/// What the parts of a tick take, each by itself.
struct tick_parts {
  std::vector<mesh_message> messages;
  std::vector<double> before;       // [units] ns before it takes messages: what has come earlier
  std::vector<double> after;        // [units] ns when they have come: an array's read
  std::vector<double> neurons;      // [populations] ns of the busiest circuit, crossbar
  std::vector<std::uint32_t> with;  // [units] the one whose messages serve it too, as they lie on one node
};

/// Lines of a band cross the mesh from where their sources are; when all have come, its arrays are read.
tick_parts crossbar_parts(const cost_plan& plan, const price_list& prices, const tick_activity& a) {
  tick_parts parts;
  parts.before.resize(plan.units);
  parts.after.resize(plan.units);
  for (std::uint32_t u = 0; u < plan.units; ++u) parts.with.push_back(u);
  for (std::size_t j = 0; j < a.projections.size(); ++j) {
    const auto& p = plan.layout.projections[j];
    const auto& did = a.projections[j];
    const double read = array_time(prices, did.array);
    const std::uint64_t source = std::min(plan.populations[p.source].first_unit, plan.units);
    const std::uint32_t home = plan.node_at(plan.populations[p.source].first_unit);
    std::uint64_t unit = plan.projections[j].first_unit;
    for (std::size_t b = 0; b < p.band_tiles.size(); unit += p.band_tiles[b], ++b) {
      const auto lines = b < did.band_lines.size() ? did.band_lines[b] : 0;
      std::map<std::uint32_t, std::uint32_t> first_on;  // of a node: one packet serves its arrays
      for (std::uint64_t u = unit; lines > 0 && u < unit + p.band_tiles[b]; ++u) {
        parts.after[u] = read;
        const auto [first, fresh] = first_on.emplace(plan.node_of[u], static_cast<std::uint32_t>(u));
        parts.with[u] = first->second;
        for (std::uint32_t n = 0; fresh && n < lines; ++n)
          parts.messages.push_back({home, first->first, static_cast<std::uint32_t>(source), first->second, 0, 0});
      }
    }
  }
  for (std::size_t i = 0; i < a.populations.size(); ++i) {
    const auto& layout = plan.layout.populations[i];
    parts.neurons.push_back(layout.input ? 0 : circuit_time(prices, layout, a.populations[i]));
  }
  return parts;
}

/// What cores do and send where nobody knows which neuron is on which.
struct core_load {
  std::vector<core_activity> cores;
  std::vector<core_message> messages;
};

/// Everything is spread evenly over the cores of a population; what is due comes first, messages leave last.
core_load even_load(const cost_plan& plan, const tick_activity& a) {
  core_load load{std::vector<core_activity>(plan.units), {}};
  const auto share = [](std::uint64_t n, std::uint64_t cores, std::uint64_t core) {
    return n / cores + (core < n % cores ? 1 : 0);
  };
  for (std::size_t i = 0; i < a.populations.size(); ++i) {
    const auto& p = plan.populations[i];
    for (std::uint64_t c = 0; c < p.cores; ++c) {
      core_activity& core = load.cores[p.first_unit + c];
      const std::uint64_t neurons = share(plan.layout.populations[i].neurons, p.cores, c);
      core.active = std::min(share(a.populations[i].active, p.cores, c), neurons);
      core.inactive = neurons - core.active;
      core.spikes = share(a.populations[i].spikes, p.cores, c);
    }
  }
  for (std::size_t j = 0; j < a.projections.size(); ++j) {
    const auto& p = plan.layout.projections[j];
    const auto &from = plan.populations[p.source], &to = plan.populations[p.target];
    if (to.cores == 0) continue;
    for (std::uint64_t c = 0; c < to.cores; ++c)
      load.cores[to.first_unit + c].due += share(a.projections[j].synaptic_events, to.cores, c);
    for (std::uint64_t n = 0; n < a.projections[j].messages; ++n) {
      core_message m{core_message::outside, static_cast<std::uint32_t>(to.first_unit + n % to.cores), 0};
      if (from.cores > 0) {
        m.from = static_cast<std::uint32_t>(from.first_unit + n / to.cores % from.cores);
        const core_activity& sender = load.cores[m.from];
        m.active = sender.active;
        m.inactive = sender.inactive;
        m.spikes = sender.spikes;
      }
      load.messages.push_back(m);
    }
  }
  return load;
}

/// Cores update their neurons and send; what they get takes them the message itself and its synapses.
tick_parts core_parts(const cost_plan& plan, const price_list& prices, const tick_activity& a) {
  const auto& hw = prices.hw;
  const auto updating = [&](const auto& did) {
    return static_cast<double>(did.active) * hw.neuron.active_time.value +
           static_cast<double>(did.inactive) * hw.neuron.inactive_time.value +
           static_cast<double>(did.spikes) * hw.neuron.spike_time.value;
  };
  tick_parts parts;
  for (const core_activity& core : a.cores) {
    parts.before.push_back(static_cast<double>(core.due) * prices.synapse_time);
    parts.after.push_back(updating(core));
  }
  std::vector<double> sending(plan.units);  // ns of a core's messages so far
  for (const core_message& m : a.messages) {
    const double work = hw.message.in_time.value + static_cast<double>(m.synapses) * prices.synapse_time;
    mesh_message sent{0, plan.node_of[m.to], static_cast<std::uint32_t>(plan.units), m.to, 0, work};
    if (m.from != core_message::outside) {
      sent.from_unit = m.from;
      sent.from_node = plan.node_of[m.from];
      sent.leaves_ns = updating(m) + (sending[m.from] += hw.message.out_time.value);
    }
    parts.messages.push_back(sent);
  }
  for (std::uint64_t c = 0; c < plan.units; ++c) parts.after[c] += sending[c];
  return parts;
}

tick_parts digital_parts(const cost_plan& plan, const price_list& prices, const tick_activity& a) {
  if (!a.cores.empty()) return core_parts(plan, prices, a);
  const core_load even = even_load(plan, a);
  return core_parts(plan, prices, {a.populations, a.projections, even.cores, even.messages});
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

namespace {

/// Messages travel as the latency model says; `free_ns` as of `message_mesh::deliver`.
void deliver(const cost_plan& plan, const hardware& hw, std::vector<mesh_message> messages,
             std::vector<double>& free_ns) {
  const auto units = static_cast<std::uint32_t>(plan.units), buffer = static_cast<std::uint32_t>(hw.mesh.buffer.value);
  const mesh_times times{hw.mesh.packet_time.value, hw.mesh.hop_x_time.value, hw.mesh.hop_y_time.value};
  if (hw.mesh.latency == latency_model::detailed)
    message_estimate{plan.nodes, plan.width, units, buffer, times}.deliver(std::move(messages), free_ns);
  else
    message_mesh{plan.nodes, plan.width, units, buffer, times}.deliver(std::move(messages), free_ns);
}

}  // namespace

void queue_events(hardware_clock& clock, const cost_plan& plan, const price_list& prices, const tick_activity& a) {
  const auto& hw = prices.hw;
  tick_parts parts = parts_of(plan, prices, a);
  auto& ready = clock.ready_ns;
  ready.resize(plan.units);
  const bool digital = hw.kind == hardware_kind::digital;
  const double began = clock.time_ns;

  // Arrays and cores begin when they are ready; so do the messages of each, and those from outside with the first.
  std::vector<double> free = ready;
  for (std::size_t u = 0; u < free.size(); ++u) free[u] += parts.before[u];
  const double first_ready = ready.empty() ? began : *std::min_element(ready.begin(), ready.end());
  for (auto& m : parts.messages) m.leaves_ns += m.from_unit < ready.size() ? ready[m.from_unit] : first_ready;
  deliver(plan, hw, std::move(parts.messages), free);
  for (std::size_t u = 0; u < parts.with.size(); ++u) free[u] = std::max(free[u], free[parts.with[u]]);

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
