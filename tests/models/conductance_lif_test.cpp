// conductance_lif against a fine integration of its equations.
#include <gtest/gtest.h>

#include <cmath>

#include <spinule/backends/reference.hpp>
#include <spinule/models/conductance_lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

namespace spinule {
namespace {

const conductance_lif unit{.threshold = 0_mV, .refractory = 4_ms, .bias = 50_pA};

/// v 20 ms after a spike of 30 nS excitatory and 20 nS inhibitory, from -60 mV, in steps of `tick`.
double membrane(milliseconds tick) {
  network net;
  const auto in = net.add("in", spike_list{.spikes = {{2_ms, 0}}}, 1);
  const auto cell = net.add("cell", unit, 1);
  net.connect(in, cell[conductance_lif::excitatory], one_to_one{}, {.weight = 30_nS, .delay = 0_ms});
  net.connect(in, cell[conductance_lif::inhibitory], one_to_one{}, {.weight = 20_nS, .delay = 0_ms});
  simulation sim{net, reference{tick}};
  sim.run(2_ms + tick + 20_ms);  // input of the tick at 2 ms acts from the end of that tick on
  return sim.read(cell, "v", 0);
}

/// The same by Runge-Kutta of fourth order in steps of 1 us, the spike at `arrival`.
double exact(double arrival, double end) {
  double v = -60, g_ex = 0, g_in = 0;
  const double h = 1e-3;
  const auto slope = [&](double x, double after) {
    const double ex = g_ex * std::exp(-after / 5), in = g_in * std::exp(-after / 10);
    return (-10 * (x + 60) - ex * (x - 0) - in * (x + 80) + 50) / 200;
  };
  for (int i = 0; i < static_cast<int>(std::lround(end / h)); ++i) {
    if (i == static_cast<int>(std::lround(arrival / h))) g_ex = 30, g_in = 20;
    const double a = slope(v, 0), b = slope(v + h / 2 * a, h / 2), c = slope(v + h / 2 * b, h / 2),
                 d = slope(v + h * c, h);
    v += h / 6 * (a + 2 * b + 2 * c + d);
    g_ex *= std::exp(-h / 5);
    g_in *= std::exp(-h / 10);
  }
  return v;
}

TEST(conductance_lif, follows_its_equations_to_second_order) {
  const auto fault = [](double tick) { return std::abs(membrane(milliseconds{tick}) - exact(2 + tick, 22 + tick)); };
  const double coarse = fault(0.4), middle = fault(0.2), fine = fault(0.1);
  EXPECT_LT(fine, 2e-4) << "mV";
  EXPECT_NEAR(coarse / middle, 4, 0.4);
  EXPECT_NEAR(middle / fine, 4, 0.4);
}

TEST(conductance_lif, rests_where_currents_cancel_and_refuses_what_cannot_be) {
  network net;
  const auto cell = net.add("cell", unit, 1);
  simulation sim{net, reference{1_ms}};
  sim.run(1_s);
  EXPECT_NEAR(sim.read(cell, "v", 0), -60 + 50.0 / 10, 1e-9);
  EXPECT_THROW(net.add("a", conductance_lif{.leak = 0_nS}, 1), error);
  EXPECT_THROW(net.add("b", conductance_lif{.threshold = -70_mV}, 1), error);
}

}  // namespace
}  // namespace spinule
