// The authors' loop of NALSM in plain arrays, and a network of Spinule beside it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

#include <spinule/models/nalsm.hpp>
#include <spinule/random.hpp>
#include <spinule/simulation.hpp>

namespace spinule {

/// One step: spike test, reset, propagation, V, refractory time, STDP, traces, astrocyte. What synapses do is theirs,
/// W exp(-time since the last spike) with the weight of now, or what Spinule makes of it: a spike adds the weight that
/// it leaves to a current, which decays.
struct authors_loop {
  struct edge {
    std::size_t from, to;
    double w;
    int kind;  ///< 1 from an excitatory unit, -1 from an inhibitory one, 0 from the input
  };
  std::size_t channels, units;
  std::vector<edge> edges;
  bool theirs = true;
  bool learns = false;
  double eta = 0.15, a = 0.15, base = 0.15, w_astro = 0.015, fade = 1;
  std::vector<double> v = std::vector<double>(channels + units, 0), current = v, kept = v, trace = v;
  std::vector<int> rest = std::vector<int>(channels + units, 0);
  std::vector<bool> fires = std::vector<bool>(channels + units, false);

  /// The neurons that fire in this step, after which `events` come in.
  std::vector<std::size_t> step(const std::vector<std::size_t>& events) {
    std::vector<std::size_t> fired;
    for (std::size_t i = 0; i < v.size(); ++i) {
      fires[i] = rest[i] <= 0 && v[i] >= 20;
      kept[i] = fires[i] ? 1 : kept[i] * std::exp(-1.0);
      rest[i] = fires[i] ? 2 : rest[i] - 1;
      if (fires[i]) fired.push_back(i), v[i] = 0;
    }
    if (theirs) {
      propagate_theirs();
      if (learns) learn(true, true);
    } else {
      if (learns) learn(true, false);
      propagate();
      if (learns) learn(false, true);
    }
    for (std::size_t i = 0; i < v.size(); ++i) v[i] += current[i] - v[i] / 64;
    for (const std::size_t c : events) v[c] += 100;
    for (std::size_t i = 0; i < v.size(); ++i) trace[i] = std::exp(-0.1) * (trace[i] + (fires[i] ? 0.1 : 0));
    const auto inputs = std::ranges::count_if(fired, [&](std::size_t i) { return i < channels; });
    a += (w_astro * static_cast<double>(std::ssize(fired) - 2 * inputs) + base - a) / 100;
    for (double* x : {&eta, &a, &w_astro, &base}) *x *= fade;
    return fired;
  }

 private:
  void propagate_theirs() {
    std::fill(current.begin(), current.end(), 0.0);
    for (const edge& e : edges) current[e.to] += e.w * kept[e.from];
  }
  void propagate() {
    for (double& u : current) u *= std::exp(-1.0);
    for (const edge& e : edges)
      if (fires[e.from]) current[e.to] += e.w;
  }
  void learn(bool arrivals, bool targets) {
    for (edge& e : edges) {
      const double on_pre = e.kind < 0 ? eta : -a, on_post = e.kind < 0 ? -a : eta;
      if (arrivals && fires[e.from]) e.w += on_pre * trace[e.to];
      if (targets && fires[e.to]) e.w += on_post * trace[e.from];
      e.w = std::clamp(e.w, e.kind > 0 ? 0.0 : -3.0, e.kind < 0 ? 0.0 : 3.0);
    }
  }
};

constexpr index_t small_channels = 40, small_units = 64, small_excitatory = 52;

/// The synapses that a simulation of a network of that size begins with, projection by projection.
inline std::vector<authors_loop::edge> edges_of(const nalsm_network& n, const simulation& sim) {
  std::vector<authors_loop::edge> edges;
  const index_t first_of[] = {small_channels, small_channels + small_excitatory};
  for (std::size_t p = 0; p < 6; ++p)
    for (const listed_synapse& s : sim.synapses(n.synapses[p])) {
      const index_t from = p < 2 ? 0 : first_of[p >= 4], to = first_of[p % 2];
      edges.push_back({from + s.source, to + s.target, s.weight, p < 2 ? 0 : p < 4 ? 1 : -1});
    }
  return edges;
}

using marks = std::vector<std::pair<moment, index_t>>;

/// The spikes of the units while `steps` steps of events at random go through the loop; the events go to `played`.
inline marks run(authors_loop& loop, int steps, std::vector<event>& played) {
  marks seen;
  random_stream draw{1, purpose::user, 3};
  for (int t = 0; t < steps; ++t) {
    std::vector<std::size_t> events;
    for (index_t c = 0; c < small_channels; ++c)
      if (draw.uniform() < 0.2) events.push_back(c), played.push_back({1000 * t, c});
    for (const std::size_t i : loop.step(events))
      if (i >= small_channels) seen.push_back({t - 1, static_cast<index_t>(i - small_channels)});  // tested a step late
  }
  return seen;
}

/// The same spikes of a simulation, in order; those of its last tick would be tested in a step that was not taken.
inline marks run(simulation& sim, const nalsm_network& n, int steps, const std::vector<event>& played) {
  for (const population& layer : n.whole.layers) sim.observe(layer);
  sim.play(n.whole.input, played);
  sim.run_ticks(steps);
  marks seen;
  for (const std::size_t k : {0, 1})
    for (const spike& s : sim.spikes(n.whole.layers[k]))
      if (s.when < steps - 1) seen.push_back({s.when, s.neuron + (k == 1 ? small_excitatory : 0)});
  std::ranges::sort(seen);
  return seen;
}

}  // namespace spinule
