// A small liquid over the weight of its synapses: how many spikes a spike leads to, how far apart different inputs and
// versions of one input end, how many of either it tells apart, and how many numbers it remembers.
#include <algorithm>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/learning/branching.hpp>
#include <spinule/learning/liquid_measures.hpp>
#include <spinule/models/liquid.hpp>

using namespace spinule;
using namespace spinule::learning;

constexpr index_t channels = 40;
constexpr milliseconds length = 200_ms;

/// Poisson trains of 20 Hz in every channel; those of one `pattern` differ by a jitter of a few ms.
recording input(std::uint64_t pattern, std::uint64_t version) {
  random_stream trains{1, purpose::user, pattern}, jitter{2, purpose::user, version};
  recording r{{}, length};
  for (std::uint32_t c = 0; c < channels; ++c)
    for (double t = 50 * trains.exponential(); t < length.value(); t += 50 * trains.exponential())
      r.events.push_back({std::int64_t(1000 * std::clamp(t + 4 * jitter.normal(), 0.0, length.value() - 1)), c});
  std::ranges::sort(r.events, {}, &event::time_us);
  return r;
}

/// How many of the numbers that it is given, one every 10 ms as a share of channels that fire, it remembers.
double memory_of(const liquid& l) {
  std::vector<double> numbers;
  std::vector<moment> at;
  recording r{{}, 20_s};
  random_stream random{3, purpose::user, 0};
  for (std::int64_t step = 0; step < 2000; ++step) {
    numbers.push_back(random.uniform());
    at.push_back(10 * step + 9);
    for (std::uint32_t c = 0; c < channels * numbers.back(); ++c) r.events.push_back({10'000 * step, c});
  }
  simulation sim{l.net, cpu{.tick = 1_ms}};
  for (const auto& layer : l.layers) sim.observe(layer);
  sim.play(l.input, r);
  sim.run(r.length);
  const joint_activity all = joined(l.net, sim, l.layers);
  return memory_capacity(filtered_states(all.spikes, all.neurons, 1_ms, 20_ms, at), numbers, 30).capacity;
}

double mean(const std::vector<double>& x) { return std::reduce(x.begin(), x.end()) / static_cast<double>(x.size()); }

int main() {
  fmt::print("weight  branching  apart: different, alike  rank: different, alike  remembers\n");
  std::vector<double> branching;
  for (const millivolts weight : {0.5_mV, 1_mV, 2_mV, 3_mV, 4_mV, 6_mV}) {
    const grid_liquid recipe{.neurons = 216, .weight = weight, .input_weight = 6_mV, .patch = 0};
    const liquid l = recipe.build({.channels = channels});
    simulation sim{l.net, cpu{.tick = 1_ms}};
    for (const auto& layer : l.layers) sim.observe(layer);
    state_table first, different, alike;  // 100 states each: of one input again and again, of others, of its versions
    std::vector<double> local;
    for (std::uint64_t i = 0; i < 201; ++i) {
      sim.reset();
      sim.play(l.input, input(i > 100 ? i : 0, i));
      sim.run(length);
      const joint_activity all = joined(l.net, sim, l.layers);
      const auto state = filtered_states(all.spikes, all.neurons, 1_ms, 20_ms, std::vector{sim.now() - 1});
      for (int k = 0; i == 0 && k < 100; ++k) first.add(state.row(0));
      if (i > 0) (i > 100 ? different : alike).add(state.row(0));
      local.push_back(local_branching(all, sim.now()));
    }
    branching.push_back(mean(local));
    fmt::print("{:3.1f} mV  {:9.2f}  {:16.2f}, {:5.2f}  {:15}, {:5}  {:9.1f}\n", weight.value(), branching.back(),
               mean(separation(first, different)), mean(separation(first, alike)), rank_of(different, 0.1).rank,
               rank_of(alike, 0.1).rank, memory_of(l));
  }
  return std::ranges::is_sorted(branching) && branching.front() < 1 && branching.back() > 1 ? 0 : 1;
}
