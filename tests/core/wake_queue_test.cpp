// The heap of wake times against a plain list of them.
#include <spinule/engine/wake_queue.hpp>

#include <gtest/gtest.h>

#include <spinule/random.hpp>

namespace spinule::wake_queue_test {

TEST(wake_queue, tells_of_each_neuron_once_at_the_time_set_last) {
  constexpr index_t neurons = 50;
  wake_queue queue;
  random_stream random{4, purpose::user, 0};
  for (int round = 0; round < 3; ++round) {
    queue.reset(neurons);
    std::vector<moment> due(neurons, wake_queue::never);
    for (moment now = 0; now < 2000; ++now) {
      std::vector<index_t> told, expected;
      queue.take(now, told);
      std::sort(told.begin(), told.end());
      told.erase(std::unique(told.begin(), told.end()), told.end());
      for (index_t i = 0; i < neurons; ++i)
        if (due[i] == now) expected.push_back(i);
      ASSERT_EQ(told, expected);
      for (index_t i = 0; i < neurons; ++i) {
        if (due[i] != now && random.uniform() > 0.1) continue;  // woken, or something arrived
        due[i] =
            random.uniform() < 0.1 ? wake_queue::never : now + 1 + static_cast<moment>(random.below(std::uint64_t{30}));
        queue.schedule(i, due[i]);
      }
    }
  }
}

}  // namespace spinule::wake_queue_test
