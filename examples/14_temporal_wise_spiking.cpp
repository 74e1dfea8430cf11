// Forty spiking units that run for four steps stand for forty rectifiers, and come nearer to them with the same
// weights, by a factor for each step (temporal-wise spiking mechanism) or by another threshold at inference (threshold
// guidance). After Cao et al., Spiking Diffusion Models (arXiv 2408.16467), without the diffusion.
#include <cmath>

#include <fmt/format.h>

#include <spinule/backends/reference.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/soft_reset_lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

#include "support/rectifier_layer.hpp"

using namespace spinule;
using numbers = std::vector<double>;

const rectifier_layer wanted;
const numbers w = wanted.weights();

/// Cells that do not leak, each with a decoder m <- 0.8 m + 0.2 x, where a spike of step t leaves 0.2 * 0.8^(3 - t).
simulation built(const synapse<millivolts>& synapses) {
  network net;
  const auto input = net.add("input", replay{}, wanted.channels);
  const auto layer = net.add("layer", soft_reset_lif{.tau = 1e9_ms, .threshold = 1_mV}, wanted.cells);
  const auto decoder = net.add("decoder", leaky_integrator{.tau = -1 / std::log(0.8) * 1_ms}, wanted.cells);
  net.connect(input, layer, dense_matrix<millivolts>{wanted.channels, wanted.cells, w}, synapses);
  net.connect(layer, decoder, one_to_one{}, {.weight = 1});
  return {net, reference{1_ms}};
}

/// [cells] the sum over steps of 0.8^(3 - t) times the spikes; with p, the input of step t is scaled by p[t].
numbers decoded(simulation& sim, const std::vector<event>& spikes, const numbers& p = {}) {
  sim.reset();
  sim.play(sim.population_at(0), spikes);
  for (int t = 0; t < wanted.steps; ++t) {
    numbers scaled = w;
    for (double& x : scaled) x *= p.empty() ? 1 : p[t];
    if (!p.empty()) sim.assign(sim.projection_at(0), scaled);
    sim.run_ticks(1);
  }
  numbers m = sim.state(sim.population_at(2), "m");
  for (double& x : m) x /= 0.2;
  return m;
}

/// Root mean square over the cells and 100 samples from `first` on.
double error(simulation& sim, std::uint64_t first, const numbers& p = {}) {
  double squares = 0;
  for (std::uint64_t n = first; n < first + 100; ++n) {
    const auto spikes = wanted.spikes(n);
    const numbers y = decoded(sim, spikes, p), rectified = wanted.outputs(spikes);
    for (std::size_t j = 0; j < y.size(); ++j) squares += std::pow(y[j] - 2.952 * rectified[j], 2) / 100 / y.size();
  }
  return std::sqrt(squares);
}

int main() {
  simulation plain = built({}), wise = built({.lowest = -4_mV, .highest = 4_mV});
  numbers p(4, 1.0);
  const double before = error(plain, 100), with_ones = error(wise, 100, p);
  double least = error(wise, 0, p);  // of other samples, on which p is tuned
  for (const double change : {0.3, -0.3, 0.1, -0.1, 0.1, -0.1})
    for (double& x : p) {
      x += change;
      const double now = error(wise, 0, p);
      now < least ? void(least = now) : void(x -= change);
    }
  const double after = error(wise, 100, p);
  plain.set(plain.population_at(1), "threshold", 0.8_mV);
  const double guided = error(plain, 100);
  fmt::print("error of the plain network {:.3f}, with p = 1 {:.3f}, with a threshold of 0.8 {:.3f}\n", before,
             with_ones, guided);
  fmt::print("with p = {:.1f} {:.1f} {:.1f} {:.1f}: {:.3f}\n", p[0], p[1], p[2], p[3], after);
  return with_ones == before && after < 0.9 * before && guided < 0.9 * before ? 0 : 1;
}
