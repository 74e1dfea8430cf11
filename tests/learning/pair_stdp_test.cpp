// Pair STDP gives the published weights and the sum over all pairs, however it is run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/digital.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

#include "learning/pair_of_neurons.hpp"

namespace spinule::pair_stdp_test {

using testing::HasSubstr;
namespace dependence = weight_dependence;

struct golden {
  double mu;
  bool nearest;
  double weight;
};

TEST(pair_stdp, gives_the_published_weights_to_ten_digits) {
  // facts: w0 = 50, w_max = 100, lambda = 0.01, alpha = 1, both taus 20 ms.
  const std::vector<double> pre{10, 30, 50, 90}, post{15, 28, 60, 95};
  const auto check = [&](const auto& rule, double expected) {
    const pair_of_neurons two{pre, post, rule, 50_mV};
    EXPECT_NEAR(two.weight_after(100_ms, reference{0.1_ms}), expected, 1e-10);
    EXPECT_NEAR(two.weight_after(100_ms, cpu{.tick = 0.1_ms, .threads = 1, .precision = precision::full}), expected,
                1e-10);
    EXPECT_NEAR(two.weight_after(100_ms, cpu{.tick = 0.1_ms, .threads = 1}), expected, 1e-4);
  };
  for (const golden& g : {golden{1, false, 50.423615617116},
                          {1, true, 50.545928646504},
                          {0.4, false, 50.645478224454},
                          {0.4, true, 50.832809511073},
                          {0, false, 50.858808604347},
                          {0, true, 51.109863223714}}) {
    const auto each = [&](auto paired) {
      check(pair_stdp{.w_max = 100_mV, .dependence = dependence::guetig{g.mu, g.mu}, .paired = paired}, g.weight);
      if (g.mu == 1)
        check(pair_stdp{.w_max = 100_mV, .dependence = dependence::multiplicative{}, .paired = paired}, g.weight);
      if (g.mu == 0)
        check(pair_stdp{.w_max = 100_mV, .dependence = dependence::additive{}, .paired = paired}, g.weight);
    };
    g.nearest ? each(spike_pairs::nearest_symmetric{}) : each(spike_pairs::all_to_all{});
  }
}

TEST(pair_stdp, does_not_count_a_pair_in_one_tick) {
  const pair_stdp rule{.lambda = 0.1, .w_max = 100_mV, .dependence = dependence::additive{}};
  const auto check = [&](const auto& on, double tolerance) {
    EXPECT_NEAR((pair_of_neurons{{10}, {10}, rule, 50_mV}.weight_after(20_ms, on)), 50, tolerance);
    // With one more arrival before: the second spike of the target is late for it, and early for nobody.
    const double late = 10 * std::exp(-0.25);
    EXPECT_NEAR((pair_of_neurons{{5, 10}, {10}, rule, 50_mV}.weight_after(20_ms, on)), 50 + late, tolerance);
    EXPECT_NEAR((pair_of_neurons{{5, 10, 10, 15}, {10}, rule, 50_mV}.weight_after(20_ms, on)), 50 + late - late,
                tolerance);
  };
  check(reference{1_ms}, 1e-12);
  check(cpu{.tick = 1_ms, .threads = 1, .precision = precision::full}, 1e-12);
  check(cpu{.tick = 1_ms, .threads = 1}, 1e-4);
}

TEST(pair_stdp, has_its_delay_before_the_synapse) {
  const pair_stdp rule{.lambda = 0.1, .w_max = 100_mV, .dependence = dependence::additive{}};
  const pair_of_neurons two{{10}, {16}, rule, 50_mV, 4_ms};
  EXPECT_NEAR(two.weight_after(30_ms, reference{1_ms}), 50 + 10 * std::exp(-2.0 / 20), 1e-9);
}

TEST(pair_stdp, drifts_to_where_depression_balances_potentiation) {
  // Uncorrelated Poisson trains, multiplicative, equal taus: u = 1 / (1 + alpha).
  network net{4};
  const auto sender = net.add("sender", poisson{.rate = 50_Hz}, 40);
  const auto teacher = net.add("teacher", poisson{.rate = 50_Hz}, 40);
  const auto cell = net.add("cell", lif{.tau = 1_ms, .threshold = 1e6_mV, .refractory = 0_ms}, 40);
  net.connect(teacher, cell, one_to_one{}, {.weight = 3e6_mV});
  const auto learned = net.connect(sender, cell, all_to_all{}, {.weight = 90_mV, .delay = 1_ms},
                                   pair_stdp{.lambda = 0.005, .alpha = 1.05, .w_max = 100_mV});
  simulation sim{net, cpu{.tick = 1_ms, .threads = 1}};
  sim.run(20_s);
  double mean = 0;
  for (const double w : sim.weights(learned)) mean += w / 1600;
  EXPECT_NEAR(mean, 100 / 2.05, 0.3);
}

/// What the rule says, pair by pair, for additive changes within bounds that are never met.
double all_pairs(const std::vector<double>& pre, const std::vector<double>& post, double tau_plus, double tau_minus,
                 double step, double alpha) {
  double sum = 0;
  for (const double a : pre)
    for (const double b : post)
      if (a != b) sum += a < b ? step * std::exp(-(b - a) / tau_plus) : -alpha * step * std::exp(-(a - b) / tau_minus);
  return sum;
}

TEST(pair_stdp, is_the_sum_over_all_pairs_of_random_trains) {
  random_stream random{3, purpose::user, 1};
  for (int round = 0; round < 20; ++round) {
    std::vector<double> pre, post;  // 100 Hz for 3 s: longer than the traces are kept without catching up
    for (int t = 1; t < 3000; ++t) {
      if (random.uniform() < 0.1) pre.push_back(t);
      if (random.uniform() < 0.1) post.push_back(t);
    }
    const pair_stdp rule{.tau_plus = 16.8_ms,
                         .tau_minus = 33.7_ms,
                         .lambda = 1e-5,
                         .alpha = 0.9,
                         .w_max = 100_mV,
                         .dependence = dependence::additive{}};
    const pair_of_neurons two{pre, post, rule, 50_mV};
    const double expected = 50 + all_pairs(pre, post, 16.8, 33.7, 1e-3, 0.9);
    EXPECT_NEAR(two.weight_after(3_s, reference{1_ms}), expected, 1e-11);
    EXPECT_NEAR(two.weight_after(3_s, cpu{.tick = 1_ms, .threads = 1, .precision = precision::full}), expected, 1e-11);
    EXPECT_NEAR(two.weight_after(3_s, cpu{.tick = 1_ms, .threads = 1}), expected, 1e-4);
  }
}

TEST(pair_stdp, refuses_traces_too_slow_for_float) {
  const pair_stdp rule{.tau_plus = 1000_s, .w_max = 100_mV};
  const pair_of_neurons two{{10}, {12}, rule, 50_mV};
  try {
    two.weight_after(20_ms, cpu{.tick = 0.1_ms, .threads = 1});
    ADD_FAILURE() << "not refused";
  } catch (const spinule_error& e) {
    EXPECT_THAT(e.what(), HasSubstr("the trace of arrivals decays over 1e+07 ticks, too slowly to tell ticks apart"));
  }
  EXPECT_NEAR(two.weight_after(20_ms, cpu{.tick = 0.1_ms, .threads = 1, .precision = precision::full}),
              two.weight_after(20_ms, reference{0.1_ms}), 1e-10);
}

/// Traces that lose next to nothing in a run, or in a tick all that they have.
TEST(pair_stdp, takes_traces_of_any_length) {
  const std::vector<double> pre{10, 12, 20, 31}, post{15, 18, 20, 40};
  for (const double tau_plus : {1e-30, 1e-3, 20.0, 1e12})
    for (const double tau_minus : {1e-30, 1e-3, 1e12}) {
      const pair_stdp rule{.tau_plus = milliseconds{tau_plus}, .tau_minus = milliseconds{tau_minus}, .w_max = 1_mV};
      const pair_of_neurons two{pre, post, rule, 0.5_mV};
      const double w = two.weight_after(60_ms, reference{1_ms});
      EXPECT_TRUE(w >= 0 && w <= 1) << tau_plus << ", " << tau_minus;
      EXPECT_NEAR(two.weight_after(60_ms, cpu{.tick = 1_ms, .precision = precision::full}), w, 1e-9);
      if (tau_plus < 1e12) {
        EXPECT_NEAR(two.weight_after(60_ms, cpu{.tick = 1_ms}), w, 1e-6);
      }
    }
}

/// Three schemes of nearest neighbours, by hand: additive, lambda 1 % of 1 mV, alpha 1, pairs t apart count exp(-t /
/// 20).
TEST(pair_stdp, pairs_neighbours_as_they_are_named) {
  const std::vector<double> pre{10, 12, 20, 31}, post{15, 18, 20, 40};
  const auto e = [](double t) { return 0.01 * std::exp(-t / 20); };
  const auto check = [&](auto paired, double change) {
    const pair_stdp rule{.w_max = 1_mV, .dependence = dependence::additive{}, .paired = paired};
    const pair_of_neurons two{pre, post, rule, 0.5_mV};
    EXPECT_NEAR(two.weight_after(60_ms, reference{1_ms}) - 0.5, change, 1e-14);
    EXPECT_NEAR(two.weight_after(60_ms, cpu{.tick = 1_ms, .precision = precision::full}) - 0.5, change, 1e-14);
  };
  // Every spike with the last one of the other side; 20 and 20 are together and do not see each other.
  check(spike_pairs::nearest_symmetric{}, e(3) + e(6) + e(8) - e(2) - e(11) + e(9));
  // Arrivals with the first spike of the target after them: 10 and 12 with 15, 20 and 31 with 40.
  check(spike_pairs::presynaptic_centred{}, e(5) + e(3) - e(2) - e(11) + e(20) + e(9));
  // Neighbours alone: 12 and 15, 18 and 20; 20 (target) and 31 are not parted by the arrival of the same tick, but that
  // one is still unpaired; 31 and 40.
  check(spike_pairs::reduced_symmetric{}, e(3) - e(2) + e(9));
}

TEST(pair_stdp, sees_spikes_when_they_come_to_the_synapse) {
  // A delay of 4 ms, of which a share lies in the dendrite: the source's spike comes to the synapse after the rest of
  // it, the target's own spike after this share. Times apart are those there.
  const pair_stdp rule{.lambda = 0.01, .w_max = 1_mV, .dependence = dependence::additive{}};
  const auto change = [&](double pre, double post, double dendritic) {
    const pair_of_neurons two{{pre}, {post}, rule, 0.5_mV, 4_ms, dendritic};
    const double w = two.weight_after(60_ms, reference{1_ms});
    EXPECT_NEAR(two.weight_after(60_ms, cpu{.tick = 1_ms, .precision = precision::full}), w, 1e-15);
    return w - 0.5;
  };
  EXPECT_NEAR(change(10, 16, 0), 0.01 * std::exp(-2 / 20.0), 1e-14);    // 14 and 16
  EXPECT_NEAR(change(10, 16, 0.5), 0.01 * std::exp(-6 / 20.0), 1e-14);  // 12 and 18
  EXPECT_NEAR(change(10, 16, 1), 0.01 * std::exp(-10 / 20.0), 1e-14);   // 10 and 20
  EXPECT_NEAR(change(10, 8, 0), -0.01 * std::exp(-6 / 20.0), 1e-14);    // 14 and 8
  EXPECT_NEAR(change(10, 8, 1), 0.01 * std::exp(-2 / 20.0), 1e-14);     // 10 and 12
  EXPECT_NEAR(change(10, 7, 0.875), 0, 1e-14);                          // 10.5 and 10.5: together
}

/// Trains in which spikes of both sides coincide, with a delay of one tick before the synapse, one pair after the
/// other.
TEST(pair_stdp, of_coincident_trains_is_exact) {
  const std::vector<double> pre{2, 5, 7, 8, 10, 11, 15, 17, 20, 21, 22, 23, 26, 28},
      post{3, 7, 8, 10, 12, 13, 14, 16, 17, 18, 19, 20, 21, 22};
  const pair_stdp rule{.lambda = 0.01, .w_max = 1_mV, .dependence = dependence::additive{}};
  const pair_of_neurons two{pre, post, rule, 0.5_mV, 1_ms};
  EXPECT_NEAR(two.weight_after(40_ms, reference{1_ms}), 0.310314631394, 1e-12);
  EXPECT_NEAR(two.weight_after(40_ms, cpu{.tick = 1_ms, .precision = precision::full}), 0.310314631394, 1e-12);
  EXPECT_NEAR(two.weight_after(40_ms, cpu{.tick = 1_ms}), 0.310314631394, 1e-6);
}

TEST(pair_stdp, keeps_weights_within_bounds_on_both_signs) {
  const std::vector<double> close{10, 20, 30}, after{11, 21, 31}, before{9, 19, 29};
  for (const double sign : {1.0, -1.0}) {
    const pair_stdp rule{.lambda = 0.9, .w_max = sign * 10_mV, .dependence = dependence::additive{}};
    for (const auto& on : {cpu{.tick = 1_ms, .threads = 1}}) {
      EXPECT_FLOAT_EQ(static_cast<float>(pair_of_neurons{close, after, rule, sign * 5_mV}.weight_after(50_ms, on)),
                      static_cast<float>(sign * 10));
      EXPECT_EQ(pair_of_neurons(
                    close, before,
                    pair_stdp{.lambda = 0.9, .alpha = 5, .w_max = sign * 10_mV, .dependence = dependence::additive{}},
                    sign * 5_mV)
                    .weight_after(50_ms, on),
                0);
    }
  }
}

TEST(pair_stdp, refuses_weights_that_begin_outside_its_bounds) {
  network net{1};
  const auto from = net.add("from", poisson{.rate = 5_Hz}, 10);
  const auto to = net.add("to", lif{}, 10);
  const auto said = [&](auto pairs, synapse<millivolts> s, millivolts w_max) {
    try {
      net.connect(from, to, pairs, s, pair_stdp{.w_max = w_max});
    } catch (const spinule_error& e) {
      return std::string{e.what()};
    }
    return std::string{"not refused"};
  };
  EXPECT_THAT(said(all_to_all{}, {.weight = 2_mV}, 1_mV), HasSubstr("can be 2 where the bounds are 0 to 1"));
  EXPECT_THAT(said(all_to_all{}, {.weight = uniform{-0.5_mV, 0.5_mV}}, 1_mV),
              HasSubstr("can be -0.5 where the bounds are 0 to 1"));
  EXPECT_THAT(said(all_to_all{}, {.weight = normal{0.5_mV, 0.1_mV}}, 1_mV), HasSubstr("where the bounds are 0 to 1"));
  EXPECT_THAT(said(all_to_all{}, {.weight = 0.5_mV}, -1_mV), HasSubstr("can be 0.5 where the bounds are -1 to 0"));
  const std::vector<listed<millivolts>> list{{0, 1, 0.5_mV, 0_ms}, {3, 2, 1.25_mV, 0_ms}};
  EXPECT_THAT(said(list, {}, 1_mV), HasSubstr("weight 1.25 lies outside the bounds 0 to 1"));
  EXPECT_TRUE(net.projections().empty());
  EXPECT_EQ(said(all_to_all{}, {.weight = clipped{normal{0.5_mV, 0.1_mV}, 0_mV, 1_mV}}, 1_mV), "not refused");
}

TEST(pair_stdp, refuses_bounds_beyond_what_numbers_hold) {
  for (const double w_max : {1e31, 1e39, 1e300, -1e39}) {
    const auto said = [&](const auto& on) {
      try {
        pair_of_neurons{{10}, {12}, pair_stdp{.w_max = millivolts{w_max}}, 0_mV}.weight_after(20_ms, on);
      } catch (const spinule_error& e) {
        return std::string{e.what()};
      }
      return std::string{"not refused"};
    };
    const auto names_the_cause =
        testing::AnyOf(HasSubstr("beyond any use; from 1e-30 to 1e30"), HasSubstr("more than single precision holds"));
    EXPECT_THAT(said(cpu{.tick = 1_ms}), names_the_cause) << w_max;
    EXPECT_THAT(said(reference{1_ms}), names_the_cause) << w_max;
  }
}

TEST(pair_stdp, refuses_what_it_cannot_be) {
  network net{1};
  const auto from = net.add("from", poisson{.rate = 5_Hz}, 10);
  const auto to = net.add("to", lif{}, 10);
  const auto refused = [&](const auto& rule, synapse<millivolts> s) {
    try {
      net.connect(from, to, all_to_all{}, s, rule);
    } catch (const spinule_error& e) {
      return std::string{e.what()};
    }
    return std::string{"not refused"};
  };
  EXPECT_THAT(refused(pair_stdp<millivolts>{}, {.weight = 1_mV}), HasSubstr("w_max"));
  EXPECT_THAT(refused(pair_stdp{.tau_plus = 0_ms, .w_max = 1_mV}, {.weight = 1_mV}), HasSubstr("tau_plus = 0 ms"));
  EXPECT_THAT(refused(pair_stdp{.lambda = -1, .w_max = 1_mV}, {.weight = 1_mV}), HasSubstr("lambda = -1"));
  EXPECT_THAT(refused(pair_stdp{.w_max = 1_mV, .dependence = dependence::power_law{-1}}, {.weight = 1_mV}),
              HasSubstr("mu = -1"));
  EXPECT_THAT(refused(pair_stdp{.w_max = 1_mV}, {.weight = 1_mV, .weight_bits = 8}), HasSubstr("weight_bits"));
  EXPECT_THAT(refused(pair_stdp{.w_max = 1_mV}, {.weight = 1_mV, .dendritic = 1.5}), HasSubstr("dendritic = 1.5"));
  EXPECT_TRUE(net.projections().empty());
  net.connect(from, to, all_to_all{}, {.weight = 1_mV, .delay = 1_ms}, pair_stdp{.w_max = 2_mV});
  EXPECT_THROW((simulation{net, crossbar{}}), spinule_error);
  EXPECT_THROW((simulation{net, digital{}}), spinule_error);
}

}  // namespace spinule::pair_stdp_test
