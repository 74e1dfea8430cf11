// The network of NALSM has the published numbers of synapses, and steps as the authors' loop does.
#include <spinule/models/nalsm.hpp>

#include <cmath>
#include <set>

#include <gmock/gmock.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/error.hpp>
#include <spinule/simulation.hpp>

#include "core/statistics.hpp"
#include "models/nalsm_loop.hpp"

namespace spinule::nalsm_test {

using testing::HasSubstr;

/// [projections] of a network.
std::vector<std::size_t> synapses_of(const nalsm_network& n, const simulation& sim) {
  std::vector<std::size_t> all;
  for (const projection& p : n.synapses) all.push_back(sim.weights(p).size());
  return all;
}

TEST(nalsm, has_as_many_synapses_as_its_kernel_says) {
  const nalsm_network made = nalsm{}.build({.channels = 784});
  const auto found = synapses_of(made, {made.whole.net, cpu{.tick = 1_ms, .threads = 1}});
  EXPECT_EQ(found[0] + found[1], 117600u);
  const double expected[] = {11029, 1380, 4141, 172};
  for (std::size_t k = 0; k < 4; ++k)
    EXPECT_NEAR(static_cast<double>(found[k + 2]), expected[k], 5 * std::sqrt(expected[k])) << k;
}

TEST(nalsm, connects_exactly_its_share_of_pairs_with_either_sign) {
  const nalsm_network made = nalsm{.neurons = 64, .input_weight = 2_mV}.build({.channels = 31});
  const simulation sim{made.whole.net, cpu{.tick = 1_ms, .threads = 1}};
  std::set<std::pair<index_t, index_t>> pairs;
  int positive = 0;
  for (const std::size_t k : {0, 1})
    for (const listed_synapse& s : sim.synapses(made.synapses[k])) {
      EXPECT_EQ(std::fabs(s.weight), 2);
      EXPECT_EQ(s.delay, 1_ms);
      positive += s.weight > 0;
      pairs.insert({s.source, s.target + (k == 1 ? 52 : 0)});
    }
  EXPECT_EQ(pairs.size(), 297u);  // floor(0.15 * 31 * 64)
  EXPECT_NEAR(positive, 148.5, 40);
}

struct run_of_both {
  marks by_hand, simulated;
};

/// 150 ms of events at random, through the loop and through a simulation.
run_of_both compare(bool theirs) {
  const nalsm_network made =
      nalsm{.neurons = small_units, .weight = 2.5_mV, .input_weight = 2.5_mV}.build({.channels = small_channels});
  simulation sim{made.whole.net, reference{.tick = 1_ms}};
  authors_loop loop{.channels = small_channels, .units = small_units, .edges = edges_of(made, sim), .theirs = theirs};
  std::vector<event> played;
  run_of_both seen{run(loop, 150, played), {}};
  seen.simulated = run(sim, made, 150, played);
  return seen;
}

TEST(nalsm, fires_as_the_loop_with_currents_that_add_up) {
  const run_of_both seen = compare(false);
  EXPECT_GT(seen.by_hand.size(), 200u);
  EXPECT_EQ(seen.simulated, seen.by_hand);
}

TEST(nalsm, fires_nearly_as_the_loop_whose_synapses_forget) {
  const run_of_both seen = compare(true);
  EXPECT_NEAR(static_cast<double>(seen.simulated.size()) / static_cast<double>(seen.by_hand.size()), 1, 0.05);
}

TEST(nalsm, refuses_what_it_cannot_be) {
  const auto refusal = [](const nalsm& n, index_t channels) {
    return error_of([&] { n.build({.channels = channels}); });
  };
  EXPECT_THAT(refusal({.neurons = 100}, 5), HasSubstr("fill no cube"));
  EXPECT_THAT(refusal({.neurons = 64}, 0), HasSubstr("at least one"));
  EXPECT_THAT(refusal({.neurons = 64, .density = 1.5}, 5), HasSubstr("share"));
  EXPECT_THAT(refusal({.neurons = 64, .tau = 1}, 5), HasSubstr("above 1 ms"));
}

}  // namespace spinule::nalsm_test
