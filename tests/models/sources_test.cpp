// When sources send, against whole numbers of ticks.
#include <spinule/models/sources.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/simulation.hpp>

namespace spinule::sources_test {

using testing::ElementsAre;

const std::vector<double> usual_ticks{0.001, 0.007, 0.01, 0.0125, 0.02, 0.025, 0.03, 0.05, 0.07, 0.1, 0.125,
                                      0.15,  0.2,   0.3,  0.5,    0.7,  0.9,   1,    1.1,  2.5,  10,  1.0 / 3};

source_setting setting_at(milliseconds tick, index_t size = 1) {
  return {.size = size, .tick = tick, .seed = 3, .population = 0, .where = "source"};
}

/// The ticks below `end` in which a source of one neuron sends.
template <class Kernel>
std::vector<moment> sent(Kernel kernel, moment end) {
  std::vector<moment> when;
  std::vector<index_t> fired;
  for (moment t = 0; t < end; ++t) {
    fired.clear();
    kernel.emit(t, fired);
    when.insert(when.end(), fired.size(), t);
  }
  return when;
}

std::vector<moment> from_to(moment first, moment last) {
  std::vector<moment> all;
  for (moment t = first; t < last; ++t) all.push_back(t);
  return all;
}

template <class Source>
std::vector<moment> sent_within(Source source, milliseconds start, milliseconds stop, milliseconds tick, moment end) {
  source.start = start;
  source.stop = stop;
  const auto often = sent(typename Source::kernel{source, setting_at(tick)}, end);
  const std::set<moment> once{often.begin(), often.end()};
  return {once.begin(), once.end()};
}

TEST(sources, keep_to_windows_of_whole_ticks) {
  const direct_current current;
  EXPECT_EQ(sent_within(current, 0.07_ms, 0.14_ms, 0.01_ms, 30), from_to(7, 14));
  EXPECT_EQ(sent_within(current, 3 * 0.1_ms, 7 * 0.1_ms, 0.1_ms, 30), from_to(3, 7));
  for (const double tick : usual_ticks)
    for (int start = 0; start < 60; ++start)
      for (const int n : {1, 2, 17}) {
        const poisson busy{.rate = kilohertz{50 / tick < 1e3 ? 50 / tick : 1e3}};  // 50 a tick: never none
        ASSERT_EQ(
            sent_within(current, start * milliseconds{tick}, (start + n) * milliseconds{tick}, milliseconds{tick}, 90),
            from_to(start, start + n))
            << tick;
        if (busy.rate.value() * tick < 49) continue;
        ASSERT_EQ(
            sent_within(busy, start * milliseconds{tick}, (start + n) * milliseconds{tick}, milliseconds{tick}, 90),
            from_to(start, start + n))
            << tick;
      }
}

TEST(sources, send_in_the_ticks_that_begin_within_a_window_between_ticks) {
  EXPECT_EQ(sent_within(direct_current{}, 1.5_ms, 4.2_ms, 1_ms, 9), from_to(2, 5));
  EXPECT_EQ(sent_within(direct_current{}, -5_ms, 2_ms, 1_ms, 9), from_to(0, 2));
  EXPECT_TRUE(sent_within(direct_current{}, 1.2_ms, 1.8_ms, 1_ms, 9).empty());
}

TEST(sources, of_lists_send_in_the_tick_that_contains_a_spike) {
  spike_list::kernel late{spike_list{{{1677721.9_ms, 0}}}, setting_at(0.1_ms)};
  std::vector<index_t> fired;
  late.emit(16777218, fired);
  EXPECT_TRUE(fired.empty());
  late.emit(16777219, fired);
  EXPECT_EQ(fired.size(), 1u);
  for (const double tick : usual_ticks) {
    spike_list list, between;
    for (int k = 0; k < 1000; ++k) {
      list.spikes.push_back({k * milliseconds{tick}, 0});
      between.spikes.push_back({(k + 0.9) * milliseconds{tick}, 0});
    }
    ASSERT_EQ(sent(spike_list::kernel{list, setting_at(milliseconds{tick})}, 1100), from_to(0, 1000)) << tick;
    ASSERT_EQ(sent(spike_list::kernel{between, setting_at(milliseconds{tick})}, 1100), from_to(0, 1000)) << tick;
  }
}

TEST(sources, of_lists_are_exact_far_from_zero) {
  for (const moment first : {moment{30'000'000}, moment{1} << 40, moment{1} << 50}) {
    spike_list list;
    for (int k = 0; k < 500; ++k) list.spikes.push_back({static_cast<double>(first + k) / 10 * 1_ms, 0});
    spike_list::kernel kernel{list, setting_at(0.1_ms)};
    for (int k = 0; k < 500; ++k) {
      std::vector<index_t> fired;
      kernel.emit(first + k, fired);
      ASSERT_EQ(fired.size(), 1u) << k;
    }
  }
}

/// A tick of units / per_us microseconds.
void expect_replayed(std::int64_t units, std::int64_t per_us, bool nearest) {
  const milliseconds tick{static_cast<double>(units) / static_cast<double>(per_us) * 1e-3};
  std::vector<event> events;
  std::vector<moment> expected;
  for (std::int64_t us = 0; us < 3000; us += 1 + us % 3) {
    events.push_back({us, 0});
    expected.push_back(nearest ? (2 * us * per_us + units) / (2 * units) : us * per_us / units);
  }
  std::swap(events[100], events[200]);  // in any order
  replay::kernel kernel{{.nearest = nearest}, setting_at(tick)};
  kernel.play(events, 0);
  ASSERT_EQ(sent(kernel, 3100), expected) << tick.value() << nearest;
}

TEST(sources, replay_whole_microseconds_in_whole_numbers) {
  for (const bool nearest : {false, true})
    for (const auto& [units, per_us] : std::vector<std::pair<std::int64_t, std::int64_t>>{
             {1, 1}, {2, 1}, {5, 2}, {7, 1}, {25, 2}, {33, 1}, {100, 1}, {250, 1}, {1000, 3}, {1000, 7}, {1000, 1}})
      expect_replayed(units, per_us, nearest);
}

TEST(sources, replay_events_of_any_distant_time) {
  for (const std::int64_t us : {std::int64_t{1} << 53, (std::int64_t{1} << 53) + 1, std::int64_t{1} << 61})
    for (const int part : {0, 99}) {
      replay::kernel kernel{{}, setting_at(0.1_ms)};
      const std::vector<event> events{{us / 100 * 100 + part, 0}};
      kernel.play(events, 5);
      std::vector<index_t> fired;
      kernel.emit(us / 100 + 4, fired);
      EXPECT_TRUE(fired.empty());
      kernel.emit(us / 100 + 5, fired);
      EXPECT_EQ(fired.size(), 1u);
    }
}

TEST(sources, played_on_for_ever_keep_no_more_than_twice_what_waits) {
  const tick_grid grid{1_ms};
  spike_queue queue;
  std::vector<index_t> fired;
  for (moment now = 0; now < 2000; ++now) {  // two events at once and two later on, again and again
    queue.drop_emitted();
    queue.add(std::vector<event>{{0, 2}, {0, 1}, {5000, 4}, {5000, 3}}, now, grid, false);
    queue.sort();
    ASSERT_LE(queue.size(), 40u);
    fired.clear();
    queue.emit(now, fired);
    const std::vector<index_t> due = now < 5 ? std::vector<index_t>{1, 2} : std::vector<index_t>{1, 2, 3, 4};
    ASSERT_EQ(fired, due) << now;
  }
}

template <class Backend>
std::vector<spike> of_episode(const network& net, population cells, std::uint64_t episode, const Backend& on) {
  simulation sim{net, on};
  sim.observe(cells);
  sim.reset(episode);
  sim.run(100_ms);
  const auto all = sim.spikes(cells);
  return {all.begin(), all.end()};
}

TEST(sources, of_chance_differ_in_all_64_bits_of_the_episode) {
  network net{5};
  const auto noise = net.add("noise", poisson{.rate = 100_Hz}, 40);
  const auto driven = net.add("driven", lif{.threshold = 2_mV}, 40);
  net.drive(driven, {.rate = 2_kHz, .weight = 0.5_mV});
  const std::vector<std::uint64_t> episodes{0, 1, std::uint64_t{1} << 32, (std::uint64_t{1} << 32) + 1,
                                            std::uint64_t{1} << 63};
  for (const population& cells : {population{noise}, population{driven}}) {
    std::vector<std::vector<spike>> seen;
    for (const auto e : episodes) {
      const auto spikes = of_episode(net, cells, e, cpu{.tick = 1_ms, .threads = 1});
      EXPECT_GT(spikes.size(), 100u);
      EXPECT_EQ(of_episode(net, cells, e, cpu{.tick = 1_ms, .threads = 1}), spikes);
      EXPECT_EQ(std::count(seen.begin(), seen.end(), spikes), 0) << e;
      seen.push_back(spikes);
    }
  }
  EXPECT_EQ(of_episode(net, noise, episodes[3], reference{1_ms}),
            of_episode(net, noise, episodes[3], cpu{.tick = 1_ms, .threads = 1}));
}

}  // namespace spinule::sources_test
