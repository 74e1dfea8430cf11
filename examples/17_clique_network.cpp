// A network that is never at rest by itself: of six rate units on a ring neighbours excite each other and are cliques,
// and all others are inhibited through synapses that tire. A low gain leaves all units at one level, with a higher one
// a clique wins for ever, and with a high one clique follows clique. After Gros, New J. Phys. 9 (2007) 109, in the form
// of Varriale & Gros (2018).
#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include <spinule/backends/reference.hpp>
#include <spinule/models/sigmoid_unit.hpp>
#include <spinule/simulation.hpp>

using namespace spinule;

constexpr milliseconds step = 0.5_ms;  // Euler steps of 0.1 ms make the period 0.3 % longer

/// y of the six units in the last eight of `seconds`, tick by tick.
std::vector<std::vector<double>> activity(double gain, int seconds) {
  network net;
  const auto units = net.add("units", sigmoid_unit{.gain = gain}, 6);
  const auto terminals = net.add("terminals", depleting_terminal{}, 6);
  std::vector<listed<number>> excitation, inhibition;
  for (index_t i = 0; i < 6; ++i)
    for (index_t apart = 1; apart < 6; ++apart) {
      const bool clique = apart == 1 || apart == 5;
      (clique ? excitation : inhibition).push_back({i, (i + apart) % 6, number{clique ? 0.4 : -1}, step});
    }
  net.connect(units, units, excitation);
  net.connect(units, terminals, one_to_one{}, {.weight = 1});
  net.connect(terminals, units, inhibition);
  net.initialise(units, "x", std::vector{0.001, 0.002, 0.003, 0.004, 0.005, 0.006});

  simulation sim{net, reference{step}};
  sim.run((seconds - 8) * 1_s);
  const auto probe = sim.probe(units, "y");
  sim.run(8_s);
  const auto& y = sim.traced(probe).values;
  std::vector<std::vector<double>> rows;
  for (std::size_t t = 0; t < y.size(); t += 6) rows.emplace_back(y.begin() + t, y.begin() + t + 6);
  return rows;
}

double highest(const std::vector<std::vector<double>>& rows) {
  double most = 0;
  for (const auto& y : rows) most = std::max(most, *std::ranges::max_element(y));
  return most;
}

int main() {
  const auto level = activity(1, 20), winner = activity(5, 20), wandering = activity(10, 40);
  std::vector<double> rises;  // when the first unit passes 1/2, in ms
  for (std::size_t t = 1; t < wandering.size(); ++t) {
    const double before = wandering[t - 1][0], now = wandering[t][0];
    if (before < 0.5 && now >= 0.5) rises.push_back(step.value() * (t - 1 + (0.5 - before) / (now - before)));
  }
  const double period = (rises.back() - rises.front()) / (rises.size() - 1);
  const auto [low, high] = std::ranges::minmax(level.back());
  fmt::print("gain  1: every unit at {:.6f}\n", high);
  fmt::print("gain  5: a clique at {:.5f} for ever\n", highest(winner));
  fmt::print("gain 10: clique after clique, each unit up to {:.3f}, once in {:.1f} ms\n", highest(wandering), period);
  const auto near = [](double x, double published, double by) { return std::abs(x - published) <= by; };
  return near(low, 0.262547, 5e-7) && near(high, 0.262547, 5e-7) && near(highest(winner), 0.80680, 1e-5) &&
                 near(highest(wandering), 0.989, 5e-4) && near(period, 648.4, 0.1)
             ? 0
             : 1;
}
