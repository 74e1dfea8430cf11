// Eligibility and dopamine against the closed form of their equations.
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/learning/dopamine_stdp.hpp>
#include <spinule/models/rectified_unit.hpp>

#include "learning/pair_of_neurons.hpp"

namespace spinule::dopamine_stdp_test {

/// Spikes of both sides and of dopamine, ms; some of them together.
const std::vector<double> pre{4, 10, 11, 40, 90, 91, 130, 300, 700}, post{5, 11, 38, 60, 90, 160, 290, 710},
    dopamine{11, 45, 45, 46, 200, 500, 701};

/// exp(-t / tau), or 0 before t = 0.
double left(double t, double tau) { return t < 0 ? 0 : std::exp(-t / tau); }

/// The change of the weight from 0 to `end`: each step of the eligibility by what dopamine makes of it,
/// integral from t to end of exp(-(s - t) / tau_c) (n(s) - b) ds, spike of dopamine by spike. `delay` of both.
template <class Rule>
double change(const Rule& r, double delay, double end) {
  const double c = r.tau_c.value(), n = r.tau_n.value(), both = 1 / (1 / c + 1 / n);
  const auto moved = [&](double t) {
    if (t > end) return 0.0;
    double sum = -r.baseline.value() * c * (1 - left(end - t, c));
    for (const double spike : dopamine) {
      const double when = spike + 1, from = std::fmax(t, when);
      if (from > end) continue;
      sum += left(from - t, c) * left(from - when, n) / n * both * (1 - left(end - from, both));
    }
    return sum;
  };
  double sum = 0;
  for (const double p : pre)
    for (const double q : post) {
      const double apart = q - (p + delay);
      if (apart > 0) sum += r.a_plus * left(apart, r.tau_plus.value()) * moved(q);
      if (apart < 0) sum -= r.a_minus * left(-apart, r.tau_minus.value()) * moved(p + delay);
    }
  return r.w_max.value() * sum;
}

template <class Backend>
double learned(const dopamine_stdp<millivolts>& rule, millivolts start, const Backend& on, double end) {
  pair_of_neurons trial{pre, post, rule, start, 2_ms};
  const auto cells = trial.net.add("dopamine", spike_list{at(0, dopamine)}, 1);
  const auto counter = trial.net.add("counter", rectified_unit{.largest = 10}, 1);
  trial.net.connect(cells, counter, all_to_all{}, {.weight = 1});
  trial.net.modulate(counter, trial.learned, factor::learning, 1_ms);
  return trial.weight_after(milliseconds{end + 1}, on);
}

TEST(dopamine_stdp, is_the_closed_form_of_its_equations) {
  const dopamine_stdp rule{.tau_minus = 30_ms, .tau_c = 400_ms, .baseline = 2_Hz, .w_max = 100_mV};
  for (const double end : {95.0, 350.0, 1500.0, 4000.0}) {
    const double expected = 50 + change(rule, 2, end);
    EXPECT_GT(std::fabs(expected - 50), 1e-3);
    EXPECT_NEAR(learned(rule, 50_mV, reference{1_ms}, end), expected, 1e-11) << end;
    for (const auto by : {stepping::sweep, stepping::visit})
      EXPECT_NEAR(learned(rule, 50_mV, cpu{.tick = 1_ms, .stepping = by, .precision = precision::full}, end), expected,
                  1e-11)
          << end;
    EXPECT_NEAR(learned(rule, 50_mV, cpu{.tick = 1_ms}, end), expected, 1e-6 * 50) << end;
  }
}

/// tests/learning/rules_brian2.py: Brian2 2.5.1 on the same trains, in steps of 0.01 ms.
TEST(dopamine_stdp, is_what_brian2_gives) {
  const dopamine_stdp rule{.tau_minus = 30_ms, .tau_c = 400_ms, .baseline = 2_Hz, .w_max = 100_mV};
  for (const auto& [end, weight] : {std::pair{95.0, 47.467350}, {350.0, 38.761588}, {1500.0, 36.169015}})
    EXPECT_NEAR(learned(rule, 50_mV, cpu{.tick = 1_ms, .precision = precision::full}, end), weight, 0.01) << end;
}

TEST(dopamine_stdp, learns_nothing_without_dopamine) {
  const dopamine_stdp rule{.w_max = 100_mV};
  pair_of_neurons trial{pre, post, rule, 50_mV, 2_ms};
  const auto counter = trial.net.add("counter", rectified_unit{.largest = 10}, 1);
  trial.net.modulate(counter, trial.learned, factor::learning, 1_ms);
  EXPECT_EQ(trial.weight_after(900_ms, reference{1_ms}), 50);
  EXPECT_EQ(trial.weight_after(900_ms, cpu{.tick = 1_ms}), 50);
}

}  // namespace spinule::dopamine_stdp_test
