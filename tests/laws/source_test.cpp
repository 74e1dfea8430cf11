// What every source promises, by itself and in a network. A source joins by one line.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/value_list.hpp>

#include "laws/run_laws.hpp"
#include "laws/trial.hpp"

namespace spinule::laws {
namespace {

/// A source of 20 neurons at a tick of 0.5 ms, run for 200 ticks.
template <class Source>
struct source_trial {
  using source_type = Source;
  std::string name;
  Source source;
  moment first, stop;   ///< it emits in some ticks of first .. stop - 1 and in no other
  double mean;          ///< events in all
  bool chance = false;  ///< draws afresh for each episode; `mean` is then that of a Poisson law
  bool plays = false;
};

/// What recordings are played to sources that take them.
std::vector<event> tape() {
  std::vector<event> events;
  for (std::int64_t us = 2'000; us < 70'000; us += 333)
    events.push_back({us, static_cast<std::uint32_t>(us / 333 * 7 % 20)});
  return events;
}
template <class Source>
source_trial<Source> played(std::string name, Source source, moment first, moment stop) {
  return {std::move(name), source, first, stop, static_cast<double>(tape().size()), false, true};
}
template <class Source>
source_trial<Source> by_chance(std::string name, Source source, moment first, moment stop, double mean) {
  return {std::move(name), source, first, stop, mean, true, false};
}
template <class Source>
source_trial<Source> certain(std::string name, Source source, moment first, moment stop, double mean) {
  return {std::move(name), source, first, stop, mean, false, false};
}
const value_list listed_values{{{1_ms, 0, 0.5}, {50_ms, 3, -2}, {20.5_ms, 1, 0.25}, {75_ms, 0, 0}, {60_ms, 1, 1}}};
const spike_list listed_spikes{{{90_ms, 2}, {1_ms, 0}, {20.5_ms, 3}, {20.5_ms, 1}, {20.5_ms, 1}, {99.5_ms, 19}}};

// clang-format off
using all_sources = testing::Types<
    on<[] { return by_chance("poisson_throughout", poisson{.rate = 50_Hz}, 0, 200, 20 * 50 * 0.1); }>,
    on<[] { return by_chance("poisson_window", poisson{.rate = 400_Hz, .start = 20_ms, .stop = 50_ms}, 40, 100, 20 * 400 * 0.03); }>,
    on<[] { return by_chance("poisson_of_no_rate", poisson{}, 0, 0, 0); }>,
    on<[] { return by_chance("poisson_closed_window", poisson{.rate = 400_Hz, .start = 50_ms, .stop = 50_ms}, 0, 0, 0); }>,
    on<[] { return certain("direct_current_throughout", direct_current{.amplitude = -2}, 0, 200, 20 * 200); }>,
    on<[] { return certain("direct_current_window", direct_current{.start = 20_ms, .stop = 50_ms}, 40, 100, 20 * 60); }>,
    on<[] { return certain("list", listed_spikes, 2, 200, 6); }>,
    on<[] { return certain("values", listed_values, 2, 200, 148 + 159 + 100); }>,
    on<[] { return certain("values_none", value_list{}, 0, 0, 0); }>,
    on<[] { return certain("list_of_nothing", spike_list{}, 0, 0, 0); }>,
    on<[] { return played("replay_containing", replay{}, 4, 140); }>,
    on<[] { return played("replay_nearest", replay{.nearest = true}, 4, 141); }>>;
// clang-format on

constexpr index_t size = 20;
using emission = std::vector<std::pair<moment, index_t>>;

template <class On>
class source_law : public testing::Test {
 protected:
  using source = typename On::trial_type::source_type;
  using kernel = typename source::kernel;
  static kernel fresh(std::uint64_t seed = 3, index_t population = 1) {
    return kernel{On::make().source, source_setting{size, 0.5_ms, seed, population, "source"}};
  }
  static void begin(kernel& k, const std::vector<event>& events = tape(), moment start = 0) {
    if constexpr (requires { k.play(events, start); }) k.play(events, start);
  }
  static emission emitted(kernel& k, moment from = 0, moment to = 200) {
    emission all;
    for (moment now = from; now < to; ++now) {
      std::vector<index_t> fired{99};  // what is there already stays
      if constexpr (graded<source>) {
        std::vector<float> values{99};
        k.emit(now, fired, values);
        EXPECT_EQ(values.size(), fired.size());
        EXPECT_FALSE(std::ranges::count(values, 0.0f)) << "of 0 nothing is sent";
      } else {
        k.emit(now, fired);
      }
      EXPECT_EQ(fired.front(), 99u);
      EXPECT_TRUE(std::is_sorted(fired.begin() + 1, fired.end())) << "tick " << now;
      for (std::size_t i = 1; i < fired.size(); ++i) all.emplace_back(now, fired[i]);
    }
    return all;
  }
  static emission emitted_by(kernel k) {
    begin(k);
    return emitted(k);
  }
  /// The source onto neurons, and neurons with a gain of 1 beside it.
  static world make() {
    world w{.net = network{3}, .tick = 0.5_ms, .length = 200};
    const auto from = w.net.add("source", On::make().source, size);
    const auto cells = w.net.add("cells", lif{.tau = 8_ms}, 30);
    w.net.connect(from, cells, fixed_indegree{.k = 6}, {.weight = 6_mV, .delay = uniform{0.5_ms, 5_ms}});
    w.net.connect(from, cells, fixed_indegree{.k = 3}, {.weight = 4_mV});
    if (On::make().plays) w.begin = [from](simulation& sim) { sim.play(from, tape()); };
    return w;
  }
};
TYPED_TEST_SUITE(source_law, all_sources, by_name);

TYPED_TEST(source_law, emits_ascending_neurons_of_its_population_within_its_window) {
  const auto t = TypeParam::make();
  const auto all = this->emitted_by(this->fresh());
  EXPECT_EQ(all.empty(), t.mean == 0);
  for (const auto& [when, neuron] : all) {
    EXPECT_LT(neuron, size);
    EXPECT_GE(when, t.first);
    EXPECT_LT(when, t.stop);
  }
}

TYPED_TEST(source_law, emits_as_many_events_as_it_should) {
  const auto t = TypeParam::make();
  double sum = 0, squares = 0;
  const int episodes = t.chance ? 100 : 1;
  auto k = this->fresh();
  for (int e = 0; e < episodes; ++e) {
    k.reset(static_cast<std::uint64_t>(e));
    this->begin(k);
    const auto count = static_cast<double>(this->emitted(k).size());
    sum += count / episodes, squares += count * count / episodes;
  }
  EXPECT_NEAR(sum, t.mean, t.chance ? 5 * std::sqrt(t.mean / episodes) : 0);
  EXPECT_NEAR(squares - sum * sum, t.chance ? t.mean : 0, 5 * t.mean * std::sqrt(2.0 / episodes)) << "of a Poisson law";
}

TYPED_TEST(source_law, begins_anew_after_reset_and_draws_afresh_for_another_episode) {
  const auto t = TypeParam::make();
  auto k = this->fresh();
  const auto first = this->emitted_by(k);
  this->begin(k);
  this->emitted(k, 0, 77);
  for (const std::uint64_t episode : {0, 5, 0}) {
    k.reset(episode);
    this->begin(k);
    EXPECT_EQ(first != this->emitted(k), t.chance && t.mean > 0 && episode != 0) << episode;
  }
}

TYPED_TEST(source_law, depends_on_seed_and_population_where_it_draws) {
  const auto t = TypeParam::make();
  const auto first = this->emitted_by(this->fresh());
  EXPECT_EQ(first != this->emitted_by(this->fresh(4)), t.chance && t.mean > 0);
  EXPECT_EQ(first != this->emitted_by(this->fresh(3, 2)), t.chance && t.mean > 0);
}

TYPED_TEST(source_law, is_continued_alike_by_copies) {
  auto k = this->fresh();
  this->begin(k);
  this->emitted(k, 0, 50);
  auto copy = k;
  const auto rest = this->emitted(copy, 50, 200);
  EXPECT_EQ(rest, this->emitted(k, 50, 200));
}

TYPED_TEST(source_law, merges_what_is_played_in_parts_and_in_any_order) {
  if (!TypeParam::make().plays) GTEST_SKIP() << "takes no recordings";
  const auto expected = this->emitted_by(this->fresh());
  const auto all = tape();
  const auto part = [&](auto wanted) {
    std::vector<event> some;
    for (const event& e : all)
      if (wanted(e)) some.push_back(e);
    return some;
  };
  auto halves = this->fresh();  // by channel, interleaved in time
  this->begin(halves, part([](const event& e) { return e.channel % 2 == 0; }));
  this->begin(halves, part([](const event& e) { return e.channel % 2 == 1; }));
  EXPECT_EQ(expected, this->emitted(halves));

  auto backward = this->fresh();
  auto turned = all;
  std::ranges::reverse(turned);
  this->begin(backward, turned);
  EXPECT_EQ(expected, this->emitted(backward));

  auto later = this->fresh();  // the second part while the first is playing, its times from then on
  const auto early = part([](const event& e) { return e.time_us < 30'000; });
  auto late = part([](const event& e) { return e.time_us >= 30'000; });
  this->begin(later, early);
  auto found = this->emitted(later, 0, 40);
  for (event& e : late) e.time_us -= 20'000;
  this->begin(later, late, 40);
  const auto rest = this->emitted(later, 40, 200);
  found.insert(found.end(), rest.begin(), rest.end());
  EXPECT_EQ(expected, found);
}

TYPED_TEST(source_law, is_forgotten_by_reset_where_it_was_played) {
  if (!TypeParam::make().plays) GTEST_SKIP() << "takes no recordings";
  auto k = this->fresh();
  this->begin(k);
  this->emitted(k, 0, 50);
  k.reset(0);
  EXPECT_TRUE(this->emitted(k).empty());
}

TYPED_TEST(source_law, drives_neurons_alike_on_every_back_end) {
  const auto w = this->make();
  const outcome o = run(w, on_reference());
  auto k = this->fresh(3, 0);
  this->begin(k);
  emission seen;
  for (const spike& s : o.spikes[0]) seen.emplace_back(s.when, s.neuron);
  if (!graded<typename TestFixture::source>) {
    EXPECT_EQ(seen, this->emitted(k)) << "what is recorded is what was emitted";
  }
  expect_the_reference(w);
}

TYPED_TEST(source_law, keeps_the_laws_of_runs) {
  for (const auto& on : {on_reference(), on_cpu(stepping::automatic, precision::single)})
    expect_laws_of_runs(this->make(), on);
}

}  // namespace
}  // namespace spinule::laws
