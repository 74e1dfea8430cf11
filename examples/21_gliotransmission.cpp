// An astrocyte releases gliotransmitter when its calcium rises, and a terminal beside it then sends less: the times of
// the releases, and what spikes of 1 Hz bring their target before and after.
#include <cmath>
#include <initializer_list>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/models/chi_astrocyte.hpp>
#include <spinule/models/gliotransmission_terminal.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

using namespace spinule;

/// What the n-th of spikes 1 s apart brings, by the equations of Tsodyks and Markram with a utilisation for each.
double closed_form(std::initializer_list<double> utilisations) {
  double u = 0, x = 1, brings = 0;
  for (const double utilisation : utilisations) {
    u *= std::exp(-3.33);
    x = 1 - (1 - x) * std::exp(-2.0);
    u += utilisation * (1 - u);
    brings = u * x;
    x -= brings;
  }
  return brings;
}

int main() {
  spike_list every_second;
  for (int s = 0; s < 30; ++s) every_second.spikes.push_back({milliseconds{1000.0 * s + 900}, 0});
  const chi_astrocyte closed{.o_delta = kilohertz{0.0006}, .f = kilohertz{0.002}, .ip3_bias = 0.8};

  network net;
  const auto neuron = net.add("neuron", every_second, 1);
  const auto terminal = net.add("terminal", gliotransmission_terminal{}, 1);
  const auto astrocyte = net.add("astrocyte", closed, 1);
  const auto target = net.add("target", leaky_integrator{.tau = 0.001_ms}, 1);  // keeps what the tick brought
  net.connect(neuron, terminal, one_to_one{}, {.weight = 1});
  net.modulate(astrocyte, terminal[gliotransmission_terminal::glial], one_to_one{}, {.weight = 1, .delay = 1_ms});
  net.connect(terminal, target, one_to_one{}, {.weight = 1});
  net.initialise(astrocyte, "i", 0.4);
  net.initialise(astrocyte, "c", 0.0);

  simulation sim{net, cpu{.tick = 1_ms, .precision = precision::full}};
  const auto brought = sim.probe(target, "m"), left = sim.probe(astrocyte, "x");
  sim.run(30_s);

  const auto& x = sim.traced(left).values;
  std::vector<double> releases;
  for (std::size_t t = 1; t < x.size(); ++t)
    if (x[t] < x[t - 1] - 0.1) releases.push_back(0.001 * static_cast<double>(t));
  for (const double s : releases) fmt::print("gliotransmitter at {:.3f} s\n", s);
  const auto& m = sim.traced(brought).values;
  fmt::print("a spike brings {:.4f} before the first release and {:.4f} after it\n", m[1900], m[2900]);
  const double bound = 0.857726 * std::exp(-0.5 / 60 * (2.9 - 2.084));  // share of receptors, one release ago
  return releases.size() == 2 && std::fabs(releases[0] - 2.084) < 0.0015 && std::fabs(releases[1] - 19.349) < 0.0015 &&
                 std::fabs(m[1900] - closed_form({0.6, 0.6})) < 1e-4 &&
                 std::fabs(m[2900] - closed_form({0.6, 0.6, 0.6 * (1 - bound)})) < 1e-4
             ? 0
             : 1;
}
