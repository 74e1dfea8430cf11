// Threads that come and go while a network runs change no spike; and small networks are not cut for threads.
#include <gtest/gtest.h>

#include <set>

#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/random.hpp>
#include <spinule/simulation.hpp>
#include <spinule/wiring.hpp>

#include "../../backends/src/clocked_engine.hpp"
#include "networks.hpp"

namespace spinule::changing_threads_test {

/// The `cpu` back end on a clock that says of every epoch that it took long, with a number of threads as without, so
/// that the choice wanders among all numbers.
struct restless {
  int most = 4;
  std::shared_ptr<std::set<int>> seen = std::make_shared<std::set<int>>();

  std::unique_ptr<engine> build(const network& net) const {
    const substrate rows{.place = [](const lowered_network& n,
                                     std::span<const shard_plan> shards) { return make_row_fabric(n, shards, {}); },
                         .account = nullptr};
    const auto watched = std::make_shared<clocked_engine*>(nullptr);
    const auto clock = [watched, all = seen, now = 0.0, random = random_stream{1, purpose::user, 0}]() mutable {
      if (*watched) all->insert((*watched)->threads());
      return now += 0.02 + 10 * random.uniform();
    };
    auto made = std::make_unique<clocked_engine>(
        lower(net, 1_ms), rows, engine_options{.threads = most, .choose_threads = true, .seconds = clock});
    *watched = made.get();
    return made;
  }
};

network large(milliseconds delay) {
  network net;
  const auto in = net.add("in", poisson{.rate = 100_Hz}, 100);
  const auto cells = net.add("cells", lif{}, 20000);
  net.connect(in, cells, fixed_indegree{.k = 5}, {.weight = 4_mV, .delay = 20_ms});
  net.connect(cells, cells, fixed_indegree{.k = 5}, {.weight = 1_mV, .delay = delay});
  return net;
}

TEST(changing_threads, leave_every_spike_as_it_is) {
  const network net = large(5_ms);
  const auto expected = spikes_of({net, cpu{.tick = 1_ms, .threads = 1}}, 2, {500_ms});
  ASSERT_GT(expected[1].size(), 1000u);
  const restless engine;
  EXPECT_EQ(expected, spikes_of({net, engine}, 2, {500_ms}));
  EXPECT_EQ(*engine.seen, (std::set{1, 2, 4}));
}

TEST(worthwhile_threads, grow_with_the_work_of_an_epoch) {
  EXPECT_EQ(worthwhile_threads(*lower(large(1_ms), 1_ms), 64), 1);
  EXPECT_EQ(worthwhile_threads(*lower(large(2_ms), 1_ms), 64), 2);
  EXPECT_EQ(worthwhile_threads(*lower(large(8_ms), 1_ms), 64), 10);
  EXPECT_EQ(worthwhile_threads(*lower(large(8_ms), 1_ms), 3), 3);
}

TEST(worthwhile_threads, are_one_for_small_networks) {
  EXPECT_EQ(worthwhile_threads(*lower(network{}, 1_ms), 64), 1);
  network net;
  net.add("cells", lif{}, 200);
  EXPECT_EQ(worthwhile_threads(*lower(net, 1_ms), 64), 1);
}

}  // namespace spinule::changing_threads_test
