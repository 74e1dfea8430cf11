// A plasticity rule of a user's own does what its equations say.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

#include "learning/vogels.hpp"

namespace spinule::own_rule_test {

constexpr double target_hz = 3;

/// Forty neurons that would fire at some 13 Hz, each under a hundred inhibitory synapses that learn.
struct inhibited {
  network net{5};
  population_of<lif> cells = net.add("cells", lif{}, 40);
  projection learned;

  explicit inhibited(double eta) {
    const auto inhibition = net.add("inhibition", poisson{.rate = 20_Hz}, 100);
    net.drive(cells, {.rate = 8_kHz, .weight = 0.1_mV});
    learned = net.connect(inhibition, cells, all_to_all{}, {.weight = -0.01_mV, .delay = 1_ms},
                          vogels<millivolts>{.eta = eta, .w_max = -0.5_mV});
  }
};

TEST(own_rule, brings_neurons_to_the_rate_at_which_it_rests) {
  const inhibited n{0.01};
  for (const precision held : {precision::single, precision::full}) {
    simulation sim{n.net, cpu{.tick = 0.5_ms, .threads = 1, .precision = held}};
    const auto mean_hz = [&](double seconds) {
      sim.clear_counts();
      sim.run(seconds * 1_s);
      const auto counts = sim.counts(n.cells);
      return std::accumulate(counts.begin(), counts.end(), 0.0) / (40 * seconds);
    };
    EXPECT_GT(mean_hz(1), 3 * target_hz);
    sim.run(20_s);
    // Some 5 % above: an arrival keeps its target from firing, so that the two are not quite independent.
    EXPECT_NEAR(mean_hz(40), target_hz, 0.1 * target_hz);
  }
}

TEST(own_rule, is_the_same_on_cpu_and_reference) {
  const inhibited n{0.01};
  simulation plain{n.net, reference{0.5_ms}},
      fast{n.net, cpu{.tick = 0.5_ms, .threads = 1, .precision = precision::full}};
  for (simulation* sim : {&plain, &fast}) {
    sim->observe(n.cells);
    sim->run(5_s);
  }
  const auto a = plain.spikes(n.cells), b = fast.spikes(n.cells);
  ASSERT_GT(a.size(), 500u);
  EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin(), b.end()));
  const auto v = plain.weights(n.learned), w = fast.weights(n.learned);
  ASSERT_EQ(v.size(), 4000u);
  for (std::size_t s = 0; s < v.size(); ++s) ASSERT_NEAR(v[s], w[s], 1e-12);
}

TEST(own_rule, drifts_as_its_equations_say) {
  // Independent trains: every arrival changes w by eta w_max (2 r tau - alpha) in the mean, where tau is the sum of the
  // exponential over whole ticks, but not the one of the pair itself.
  const double q = std::exp(-1.0 / 20), tau_s = 1e-3 * q / (1 - q);
  for (const double rate_hz : {1.5, target_hz, 6.0}) {
    network net{2};
    const auto sender = net.add("sender", poisson{.rate = 20_Hz}, 100);
    const auto teacher = net.add("teacher", poisson{.rate = rate_hz * 1_Hz}, 100);
    const auto cell = net.add("cell", lif{.tau = 1_ms, .threshold = 1e3_mV, .refractory = 0_ms}, 100);
    net.connect(teacher, cell, one_to_one{}, {.weight = 3e3_mV});
    const auto learned = net.connect(sender, cell, all_to_all{}, {.weight = 0.5_mV, .delay = 1_ms},
                                     vogels<millivolts>{.eta = 1e-4, .w_max = 1_mV});
    simulation sim{net, cpu{.tick = 1_ms, .threads = 1, .precision = precision::full}};
    sim.run(50_s);
    const auto w = sim.weights(learned);
    const double drift = std::accumulate(w.begin(), w.end(), 0.0) / static_cast<double>(w.size()) - 0.5;
    EXPECT_NEAR(drift / (1e-4 * 20 * 50), 2 * rate_hz * tau_s - 0.12, 0.005) << rate_hz << " Hz";
  }
}

TEST(own_rule, is_refused_with_a_trace_that_does_not_decay) {
  network net{1};
  const auto from = net.add("from", poisson{.rate = 5_Hz}, 10);
  const auto to = net.add("to", lif{}, 10);
  for (const double tau : {0.0, -1.0, std::numeric_limits<double>::infinity()}) {
    struct careless : vogels<millivolts> {
      void check(const std::string&) const {}
    } rule;
    rule.tau = milliseconds{tau};
    rule.w_max = 1_mV;
    EXPECT_THROW(net.connect(from, to, all_to_all{}, {.weight = 0.5_mV, .delay = 1_ms}, rule), spinule_error) << tau;
  }
}

}  // namespace spinule::own_rule_test
