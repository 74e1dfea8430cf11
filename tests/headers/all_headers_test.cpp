// Every header beside all that the system has, in a program as the README writes it.
#include "system_headers.hpp"

#include <gtest/gtest.h>

#include "all_headers.hpp"

using namespace spinule;

namespace {

TEST(all_headers, serve_a_program_that_qualifies_nothing) {
  network net{42};
  const auto retina = net.add("retina", spike_list{{{1_ms, 0}}}, 1);
  const auto cortex = net.add("cortex", lif{.tau = 64_ms, .threshold = 20_mV}, 10);
  net.connect(retina, cortex, all_to_all{}, {.weight = 30_mV, .delay = 1_ms});
  net.connect(cortex, cortex, fixed_indegree{.k = 2}, {.weight = normal{0_mV, 1_mV}, .delay = uniform{1_ms, 2_ms}});
  simulation sim{net, cpu{.tick = 1_ms}};
  sim.run(3_ms);
  EXPECT_EQ(sim.spike_count(), 11u);
  const event click{.time_us = 1000, .channel = 0};
  const labelled_recording said{.events = {{click}, 2_ms}, .label = 1};
  EXPECT_EQ(said.events.events.front(), click);
  EXPECT_THROW(throw spinule_error("here", "nothing is wrong"), spinule_error);
}

}  // namespace
