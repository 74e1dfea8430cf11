// Spike timing sorts synapses: of a thousand onto one neuron some become strong and the others weak, the more of them
// weak the faster their sources fire, so that the neuron answers to inputs of any rate. After Song, Miller & Abbott,
// Nat. Neurosci. 3 (2000), with larger steps of learning, to be done in minutes of its life.
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/models/conductance_lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

using namespace spinule;

constexpr nanosiemens strongest = 0.15_nS;
constexpr milliseconds resolution = 0.5_ms;

struct outcome {
  double rate_hz;
  double weak, strong;  // share of weights in the lowest and in the highest fifth
};

/// The neuron after `life`, with the rule or, without one, the weights it starts with.
template <class... Rule>
outcome live(kilohertz input, milliseconds life, const Rule&... rule) {
  network net;
  const auto excitation = net.add("excitation", poisson{.rate = input}, 1000);
  const auto inhibition = net.add("inhibition", poisson{.rate = 10_Hz}, 200);
  const conductance_lif unit{.capacitance = 200_pF,
                             .leak = 10_nS,
                             .rest = -70_mV,
                             .threshold = -54_mV,
                             .reset = -60_mV,
                             .reversal_inhibitory = -70_mV,
                             .tau_inhibitory = 5_ms,
                             .refractory = 0_ms};
  const auto neuron = net.add("neuron", unit, 1);
  net.connect(inhibition, neuron[conductance_lif::inhibitory], all_to_all{}, {.weight = 0.5_nS, .delay = 1_ms});
  const auto learned = net.connect(excitation, neuron[conductance_lif::excitatory], all_to_all{},
                                   {.weight = uniform{0_nS, strongest}, .delay = 1_ms}, rule...);
  simulation sim{net, cpu{.tick = resolution, .threads = 1}};
  sim.run(life);
  sim.clear_counts();
  sim.run(10_s);
  const auto weights = sim.weights(learned);
  const auto share = [&](double from, double to) {
    const auto within = [&](double w) { return w >= from * strongest.value() && w <= to * strongest.value(); };
    return static_cast<double>(std::ranges::count_if(weights, within)) / static_cast<double>(weights.size());
  };
  return {sim.counts(neuron)[0] / 10.0, share(0, 0.2), share(0.8, 1)};
}

int main() {
  const pair_stdp rule{.lambda = 0.02, .alpha = 1.05, .w_max = strongest, .dependence = weight_dependence::additive{}};
  std::vector<outcome> fixed, plastic;
  fmt::print("inputs  fixed weights  plastic weights  of them weak  strong\n");
  for (const kilohertz input : {10_Hz, 20_Hz, 40_Hz}) {
    const outcome f = fixed.emplace_back(live(input, 1_s));
    const outcome p = plastic.emplace_back(live(input, 2000 / input.in(1_Hz) * 1_s, rule));
    fmt::print("{:3.0f} Hz  {:10.1f} Hz  {:12.1f} Hz  {:10.0f} %  {:4.0f} %\n", input.in(1_Hz), f.rate_hz, p.rate_hz,
               100 * p.weak, 100 * p.strong);
  }
  const double without = fixed[2].rate_hz / fixed[0].rate_hz, with = plastic[2].rate_hz / plastic[0].rate_hz;
  fmt::print("Four times the input: {:.0f} times the output with fixed weights, {:.1f} times with plastic ones\n",
             without, with);
  return without > 50 && with < 10 && plastic[0].weak < plastic[1].weak && plastic[1].weak < plastic[2].weak ? 0 : 1;
}
