// A worm of five joints swims at once, by four numbers that nobody trained: an oscillator in the head, and joints that
// bend as the one before is bent. The circuit is that of Bhattasali, Zador & Engel (NeurIPS 2022, arXiv 2201.05242)
// without its inputs for turning and speed; the body in its fluid is our own.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/models/rate_unit.hpp>
#include <spinule/models/rectified_unit.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/value_list.hpp>
#include <spinule/simulation.hpp>

#include "support/viscous_swimmer.hpp"

using namespace spinule;

/// For n joints n cells for the back, from head to tail, then n for the belly, and as many muscles; each step is a
/// tick. The four weights are as its authors start them; `prop` is how much a joint feels of the one before.
simulation circuit(index_t n, double prop, double osc = 1, double ipsi = 1, double contra = -1) {
  network net;
  std::vector<value_list::entry> beats{{0_ms, 0, 1}};  // back and belly in turn, 30 steps each
  for (int t = 30; t < 6000; t += 30)
    for (const index_t side : {0u, 1u}) beats.push_back({t * 1_ms, side, (t / 30 + side) % 2 == 0 ? 1.0 : 0.0});
  const auto oscillator = net.add("oscillator", value_list{beats}, 2);
  const auto stretch = net.add("stretch", rate_unit{.tau = 1e9_ms}, 2 * n);  // holds what is written to it
  const auto b = net.add("b", rectified_unit{}, 2 * n), muscle = net.add("muscle", rectified_unit{}, 2 * n);
  std::vector<listed<number>> wave, both;
  for (index_t i = 0; i < 2 * n; ++i) {
    if (i % n > 0) wave.push_back({i - 1, i, number{prop}});
    both.push_back({i, i, number{ipsi}});
    both.push_back({i, (i + n) % (2 * n), number{contra}});
  }
  net.connect(oscillator, b, {{0, 0, number{osc}}, {1, n, number{osc}}});
  net.connect(stretch, b, wave);
  net.connect(b, muscle, both);
  return {net, cpu{.tick = 1_ms, .threads = 1}};
}

/// [n] torques of the next step, for angles as shares of their limit.
std::vector<double> torques(simulation& sim, const std::vector<double>& q) {
  std::vector<double> stretched;
  for (const double sign : {1.0, -1.0})
    for (const double x : q) stretched.push_back(std::clamp(sign * x, 0.0, 1.0));
  sim.write(sim.population_at(1), "m", stretched);
  sim.run_ticks(1);
  auto y = sim.state(sim.population_at(3), "y");
  for (std::size_t i = 0; i < q.size(); ++i) y[i] -= y[q.size() + i];
  y.resize(q.size());
  return y;
}

double swim(index_t joints, double prop) {
  simulation sim = circuit(joints, prop);
  viscous_swimmer body{static_cast<int>(joints)};
  for (int step = 0; step < 600; ++step) {
    auto q = body.angles();
    for (double& x : q) x /= body.limit();
    body.step(torques(sim, q));
  }
  return body.distance();
}

int main() {
  simulation five = circuit(5, 1);
  const auto t = torques(five, {0.5, -0.25, 0, 0, 0});
  fmt::print("bent by 0.5, -0.25, 0, 0, 0: torques {}, {}, {}, {}, {}\n", t[0], t[1], t[2], t[3], t[4]);
  bool swims = t == std::vector<double>{1, 0.5, -0.25, 0, 0};
  for (const index_t joints : {3u, 5u, 8u, 13u}) {
    const double with = swim(joints, 1), without = swim(joints, 0);
    fmt::print("{:2} joints: {:.2f} body lengths in ten beats, {:.2f} where no joint feels another\n", joints, with,
               without);
    swims = swims && with > 0.4 && std::abs(without) < 0.1;
  }
  return swims ? 0 : 1;
}
