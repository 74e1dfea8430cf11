// Weights that are followed are those that would have been read between shorter runs.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/error.hpp>
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

namespace spinule::follow_test {

using testing::HasSubstr;

struct learner {
  network net{3};
  population from = net.add("from", poisson{.rate = 50_Hz}, 8);
  population_of<lif> to = net.add("to", lif{}, 6);
  projection learned = net.connect(from, to, fixed_probability{0.7}, {.weight = 6_mV, .delay = uniform{1_ms, 4_ms}},
                                   pair_stdp{.lambda = 0.05, .w_max = 12_mV});
};

TEST(follow, keeps_what_would_have_been_read) {
  const learner l;
  const auto check = [&](const auto& backend) {
    simulation read{l.net, backend}, followed{l.net, backend};
    const auto all = followed.follow(l.learned, 30_ms), some = followed.follow(l.learned, 50_ms, {5, 2});
    followed.run(100_ms);
    followed.run(7_ms);
    const auto& a = followed.followed(all);
    const auto& b = followed.followed(some);
    EXPECT_EQ(a.when, (std::vector<moment>{0, 30, 60, 90}));
    EXPECT_EQ(b.when, (std::vector<moment>{0, 50, 100}));
    std::vector<double> expected_all, expected_some;
    for (moment now = 0; now <= 100; now += 10) {
      const auto keep = [&](std::vector<double>& to, const std::vector<double>& w) {
        to.insert(to.end(), w.begin(), w.end());
      };
      if (now % 30 == 0) keep(expected_all, read.weights(l.learned));
      if (now % 50 == 0)
        for (const index_t source : {5, 2}) keep(expected_some, read.weights(l.learned, source));
      read.run(10_ms);
    }
    EXPECT_EQ(a.values, expected_all);
    EXPECT_EQ(b.values, expected_some);
    EXPECT_EQ(a.synapses, read.weights(l.learned).size());
    EXPECT_NE(std::vector<double>(a.values.end() - 5, a.values.end()), std::vector<double>(5, 6.0));
    followed.reset();
    EXPECT_TRUE(followed.followed(all).when.empty());
    followed.run(30_ms);
    EXPECT_EQ(followed.followed(all).when, (std::vector<moment>{0, 30}));
  };
  check(reference{1_ms});
  check(cpu{.tick = 1_ms});
}

TEST(follow, refuses_what_it_cannot) {
  learner l;
  const auto fixed = l.net.connect(l.from, l.to, all_to_all{}, {.weight = 1_mV});
  simulation sim{l.net, cpu{.tick = 1_ms}};
  const auto said = [&](auto call) -> std::string {
    try {
      call();
    } catch (const spinule_error& e) {
      return e.what();
    }
    return "not refused";
  };
  EXPECT_THAT(said([&] { sim.follow(fixed, 1_ms); }), HasSubstr("static"));
  EXPECT_THAT(said([&] { sim.follow(l.learned, 0_ms); }), HasSubstr("one tick or more"));
  EXPECT_THAT(said([&] { sim.follow(l.learned, 0.5_ms); }), HasSubstr("follow"));
  EXPECT_THAT(said([&] { sim.follow(l.learned, 1_ms, {8}); }), HasSubstr("has no source 8"));
  EXPECT_THAT(said([&] { static_cast<void>(sim.followed(follow_id{3})); }), HasSubstr("another simulation"));
}

}  // namespace spinule::follow_test
