// Networks that every back end must agree on, and their spikes.
#pragma once

#include <ostream>
#include <vector>

#include <spinule/models/current_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

namespace spinule {

inline void PrintTo(const spike& s, std::ostream* out) { *out << s.neuron << "@" << s.when; }

/// Noise into a recurrent pair of populations, with spread delays, weights and time constants.
inline network balanced(index_t n = 400) {
  network net{11};
  const double degree = 20, p = degree / n;
  const auto noise = net.add("noise", poisson{.rate = 20_Hz}, 100);
  std::vector<lif> units;
  random_stream random{1, purpose::user, 0};
  for (index_t i = 0; i < n; ++i)
    units.push_back({.tau = milliseconds{5 + 30 * random.uniform()}, .threshold = 15_mV, .refractory = 2_ms});
  const auto e = net.add("excitatory", std::move(units));
  const auto i = net.add("inhibitory", current_lif{.tau_inhibitory = 4_ms}, n / 4);
  net.connect(noise, e, fixed_probability{0.2}, {.weight = normal{4_mV, 0.5_mV}, .delay = 0_ms});
  net.connect(noise, i[current_lif::excitatory], fixed_indegree{.k = 20}, {.weight = 600_pA, .delay = 1_ms});
  net.connect(e, e, fixed_probability{p}, {.weight = normal{1_mV, 0.3_mV}, .delay = uniform{1_ms, 12_ms}});
  net.connect(e, i[current_lif::excitatory], fixed_outdegree{.k = 10}, {.weight = 150_pA, .delay = 2_ms});
  net.connect(i, e, fixed_probability{4 * p}, {.weight = -2_mV, .delay = 1_ms});
  net.connect(i, i[current_lif::inhibitory], fixed_probability{4 * p},
              {.weight = uniform{-200_pA, -100_pA}, .delay = uniform{1_ms, 3_ms}});
  net.initialise(e, "v", uniform{0_mV, 14_mV});
  return net;
}

inline std::vector<std::vector<spike>> spikes_of(simulation sim, index_t populations,
                                                 std::vector<milliseconds> pieces) {
  for (index_t p = 0; p < populations; ++p) sim.observe(sim.population_at(p));
  for (const auto piece : pieces) sim.run(piece);
  std::vector<std::vector<spike>> all;
  for (index_t p = 0; p < populations; ++p) {
    const auto s = sim.spikes(sim.population_at(p));
    all.emplace_back(s.begin(), s.end());
  }
  return all;
}

inline std::size_t total(const std::vector<std::vector<spike>>& all) {
  std::size_t n = 0;
  for (const auto& s : all) n += s.size();
  return n;
}

}  // namespace spinule
