// conductance_lif against a fine integration of its equations.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <spinule/backends/reference.hpp>
#include <spinule/models/conductance_lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/random.hpp>
#include <spinule/simulation.hpp>

namespace spinule::conductance_lif_test {

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

TEST(conductance_lif, follows_its_equations_to_third_order) {
  const auto fault = [](double tick) { return std::abs(membrane(milliseconds{tick}) - exact(2 + tick, 22 + tick)); };
  const double coarse = fault(0.4), middle = fault(0.2);
  EXPECT_LT(coarse, 5e-4) << "mV";
  EXPECT_GT(coarse / middle, 7.5);
}

/// A tick of the same equations by Runge-Kutta of fourth order in so many steps.
struct fine {
  conductance_lif m;
  double v = m.rest.value(), g_ex = 0, g_in = 0;
  void pass(double tick, int steps) {
    const double h = tick / steps;
    const auto slope = [&](double x, double t) {
      const double ex = g_ex * std::exp(-t / m.tau_excitatory.value());
      const double in = g_in * std::exp(-t / m.tau_inhibitory.value());
      return (-m.leak.value() * (x - m.rest.value()) - ex * (x - m.reversal_excitatory.value()) -
              in * (x - m.reversal_inhibitory.value()) + m.bias.value()) /
             m.capacitance.value();
    };
    for (int i = 0; i < steps; ++i) {
      const double t = i * h, a = slope(v, t), b = slope(v + h / 2 * a, t + h / 2), c = slope(v + h / 2 * b, t + h / 2),
                   d = slope(v + h * c, t + h);
      v += h / 6 * (a + 2 * b + 2 * c + d);
    }
    g_ex *= std::exp(-tick / m.tau_excitatory.value());
    g_in *= std::exp(-tick / m.tau_inhibitory.value());
  }
};

/// Spikes of one neuron under random input, as the model and as the fine integration say; refractory for 2 ms.
struct spike_times {
  std::vector<int> model, fine;
};
spike_times compare(conductance_lif m, double tick, double weight, double rate, std::uint32_t seed) {
  m.refractory = 2_ms;
  const conductance_lif::kernel<double> k{m, milliseconds{tick}};
  auto s = k.start();
  fine f{m};
  spike_times seen;
  random_stream random{seed, purpose::user, 7};
  for (int n = 0, held = 0; n < 20000; ++n) {
    const double ex = weight * static_cast<double>(random.poisson(rate * tick)),
                 in = weight * static_cast<double>(random.poisson(rate / 4 * tick));
    if (k.step(s, {ex, in})) seen.model.push_back(n);
    const double before = f.v;
    f.pass(tick, 20);
    f.g_ex += ex, f.g_in += in;
    if (held > 0) {
      f.v = before;
      --held;
    } else if (f.v >= m.threshold.value()) {
      seen.fine.push_back(n);
      f.v = m.reset.value();
      held = static_cast<int>(std::lround(2 / tick));
    }
  }
  return seen;
}

TEST(conductance_lif, fires_in_the_ticks_in_which_a_fine_integration_fires) {
  for (std::uint32_t seed = 1; seed <= 4; ++seed) {
    const auto usual = compare({}, 0.1, 3, 1.6, seed);
    EXPECT_GT(usual.fine.size(), 40u);
    EXPECT_EQ(usual.model, usual.fine);
    const auto fast = compare({.tau_excitatory = 0.2_ms, .tau_inhibitory = 2_ms}, 0.1, 22, 2, seed);
    EXPECT_GT(fast.fine.size(), 30u);
    EXPECT_EQ(fast.model, fast.fine);
  }
}

/// One tick from a random state with conductances up to `most`, the tick up to 3 ms.
struct trial_tick {
  double model, exact, x, y;
};
trial_tick random_tick(random_stream& random, double most) {
  const auto between = [&](double a, double b) { return a * std::pow(b / a, random.uniform()); };
  const conductance_lif m{.rest = millivolts{-70 + 20 * random.uniform()},
                          .threshold = 1_V,
                          .tau_excitatory = milliseconds{between(0.1, 20)},
                          .tau_inhibitory = milliseconds{between(0.1, 20)},
                          .refractory = 0_ms};
  const double tick = between(0.01, 3);
  fine f{m, -80 + 80 * random.uniform(), random.uniform() < 0.2 ? 0 : between(0.1, most), between(0.1, most)};
  conductance_lif::state<double> s{.v = f.v, .g_ex = f.g_ex, .g_in = f.g_in};
  const double x = tick / 200 * (10 + f.g_ex + f.g_in);
  conductance_lif::kernel<double>{m, milliseconds{tick}}.step(s, {});
  f.pass(tick, 50 + static_cast<int>(40 * x));
  return {s.v, f.v, x, tick / std::min(m.tau_excitatory.value(), m.tau_inhibitory.value())};
}

TEST(conductance_lif, errs_in_a_tick_by_less_than_its_header_says) {
  random_stream random{1, purpose::user, 3};
  double worst = 0;
  for (int i = 0; i < 10000; ++i)
    if (const auto t = random_tick(random, 500); t.x < 3)
      worst =
          std::max(worst, std::abs(t.model - t.exact) / ((std::pow(t.x, 4) + std::pow(t.x, 3) * t.y) / 24 * 80 + 1e-9));
  EXPECT_LT(worst, 1);
  EXPECT_GT(worst, 0.3) << "or say something sharper";
}

TEST(conductance_lif, stays_between_its_potentials_however_large_conductances_are) {
  random_stream random{2, purpose::user, 3};
  for (int i = 0; i < 2000; ++i) {
    const auto t = random_tick(random, 1e3);
    EXPECT_LE(t.model, 0);
    EXPECT_GE(t.model, -80);
    EXPECT_NEAR(t.model, t.exact, 20);
  }
  for (const double g : {1e4, 1e6, 1e9}) {
    const conductance_lif::kernel<double> k{{}, 1_ms};
    conductance_lif::state<double> s{.v = -60, .g_in = g};
    k.step(s, {});
    EXPECT_NEAR(s.v, -80, 0.05);
    EXPECT_GE(s.v, -80);
    s = {.v = -60, .g_ex = g, .g_in = g};
    k.step(s, {});
    EXPECT_LE(s.v, 0);
    EXPECT_GE(s.v, -80);
  }
}

TEST(conductance_lif, meets_a_strong_inhibition_as_a_fine_integration_does) {
  const conductance_lif::kernel<double> k{{}, 1_ms};
  conductance_lif::state<double> s{.v = -60, .g_in = 1000};
  fine f{{}, -60, 0, 1000};
  k.step(s, {});
  f.pass(1, 1000);
  EXPECT_NEAR(s.v, f.v, 0.5);
  EXPECT_GT(s.v, -80);
}

TEST(conductance_lif, starts_at_its_own_rest) {
  network net;
  const auto cells = net.add("cells", std::vector<conductance_lif>{{}, {.rest = -70_mV}});
  simulation sim{net, reference{}};
  for (const double rest : {-60.0, -70.0}) {
    const index_t i = rest == -70;
    EXPECT_EQ(sim.read(cells, "v", i), rest);
    sim.run(1_s);
    EXPECT_NEAR(sim.read(cells, "v", i), rest, 1e-9);
  }
}

TEST(conductance_lif, rests_where_currents_cancel_and_refuses_what_cannot_be) {
  network net;
  const auto cell = net.add("cell", unit, 1);
  simulation sim{net, reference{1_ms}};
  sim.run(1_s);
  EXPECT_NEAR(sim.read(cell, "v", 0), -60 + 50.0 / 10, 1e-9);
  EXPECT_THROW(net.add("a", conductance_lif{.leak = 0_nS}, 1), spinule_error);
  EXPECT_THROW(net.add("b", conductance_lif{.threshold = -70_mV}, 1), spinule_error);
}

}  // namespace spinule::conductance_lif_test
