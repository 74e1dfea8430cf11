// The choice of threads on machines whose every epoch takes what a law says.
#include "../../backends/src/thread_choice.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include <spinule/random.hpp>

namespace spinule::thread_choice_test {

/// Seconds that so much work takes on so many threads, at a time.
using machine = std::function<double(double work, int threads, double now)>;

/// How many times as long `epochs` of `work` take as on the best constant number of threads among 1, 2, 4 .. most.
double against_the_best(int most, double work, int epochs, const machine& on) {
  thread_choice choice{most, true};
  double now = 0;
  for (int e = 0; e < epochs; ++e) {
    EXPECT_GE(choice.threads(), 1);
    EXPECT_LE(choice.threads(), most);
    const double s = on(work, choice.threads(), now);
    choice.note(work, s);
    now += s;
  }
  double best = 1e300;
  for (int k = 1; k <= most; k *= 2) {
    double fixed = 0;
    for (int e = 0; e < epochs; ++e) fixed += on(work, k, fixed);
    best = std::min(best, fixed);
  }
  return now / best;
}

const machine quiet = [](double work, int threads, double) { return 1e-9 * work / threads; };
const machine meeting = [](double work, int threads, double) { return 1e-9 * work / threads + 1e-6 * (threads - 1); };
const machine slow_memory = [](double work, int threads, double) { return 1e-9 * work / std::min(threads, 2); };
const machine busy = [](double work, int threads, double) { return (threads > 1 ? 1.5e-9 : 1e-9) * work; };
/// Somebody waits for a processor in every epoch.
const machine jammed = [](double work, int threads, double) { return 1e-9 * work + (threads > 1 ? 4e-3 : 0); };

TEST(thread_choice, is_as_good_as_the_best_in_the_long_run) {
  for (const int most : {2, 3, 4, 16})
    for (const auto& on : {quiet, meeting, slow_memory, busy, jammed})
      for (const double work : {3e4, 1e6, 1e8})  // epochs of 30 us to 100 ms
        EXPECT_LT(against_the_best(most, work, static_cast<int>(2e10 / work), on), 1.1) << most << " " << work;
}

TEST(thread_choice, bears_noise) {
  for (const auto& on : {quiet, busy}) {
    random_stream random{1, purpose::user, 0};
    const auto noisy = [&](double work, int threads, double now) {
      const double stalled = threads > 1 && random.uniform() < 0.001 ? 4e-3 : 0;
      return on(work, threads, now) * (0.8 + 0.4 * random.uniform()) + stalled;
    };
    EXPECT_LT(against_the_best(2, 5e4, 300000, noisy), 1.1);
  }
}

TEST(thread_choice, follows_a_machine_that_gets_busy_and_quiet_again) {
  const machine changing = [](double work, int threads, double now) {
    return std::fmod(now, 8) < 4 ? quiet(work, threads, now) : busy(work, threads, now);
  };
  thread_choice choice{2, true};
  double now = 0, ideal = 0;
  while (now < 40) {
    const double s = changing(5e4, choice.threads(), now);
    ideal += std::min(changing(5e4, 1, now), changing(5e4, 2, now));
    choice.note(5e4, s);
    now += s;
  }
  EXPECT_LT(now / ideal, 1.2);
}

/// Threads that have just been made may share a core until the system moves them.
TEST(thread_choice, does_not_judge_by_the_first_turn) {
  const machine starting = [](double work, int threads, double now) {
    return (threads > 1 && now < 0.015 ? 20 : 1) * quiet(work, threads, now);
  };
  thread_choice choice{2, true};
  double now = 0;
  int alone = 0;
  while (now < 0.5) {
    alone += choice.threads() == 1;
    const double s = starting(1e6, choice.threads(), now);
    choice.note(1e6, s);
    now += s;
  }
  EXPECT_LT(alone, 21 * 5) << "epochs, of a millisecond alone, in five trials";
}

/// A trial that misled is found out within two turns.
TEST(thread_choice, soon_looks_back_at_what_it_left) {
  const machine hindered = [](double work, int threads, double now) {
    return (threads > 1 && now < 0.05 ? 5 : 1) * quiet(work, threads, now);
  };
  thread_choice choice{2, true};
  double now = 0;
  while (now < 0.15) {
    const double s = hindered(1e6, choice.threads(), now);
    choice.note(1e6, s);
    now += s;
  }
  EXPECT_EQ(choice.threads(), 2);
}

TEST(thread_choice, leaves_a_given_number_alone) {
  for (const auto& [most, chosen] : {std::pair{8, false}, {1, true}, {1, false}}) {
    thread_choice choice{most, chosen};
    EXPECT_FALSE(choice.asks());
    for (int i = 0; i < 1000; ++i) {
      choice.note(1, 1);
      ASSERT_EQ(choice.threads(), most);
    }
  }
}

TEST(thread_choice, tries_little_where_nothing_changes) {
  thread_choice choice{2, true};
  int tried = 0;
  for (int i = 0; i < 100000; ++i) {
    tried += choice.threads() == 2;
    choice.note(1e5, jammed(1e5, choice.threads(), 0));
  }
  EXPECT_LT(tried, 50) << "epochs, of 100 us alone and 4 ms else, in 10 s";
}

}  // namespace spinule::thread_choice_test
