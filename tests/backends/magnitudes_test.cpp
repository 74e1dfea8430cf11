// Weights of any size onto one port: what is delivered is what was asked for, and the same on every back end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/digital.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/learning/pair_stdp.hpp>

#include "networks.hpp"

namespace spinule::magnitudes_test {

constexpr index_t width = 24;

/// Projections of random kind and size onto one population that forgets within a tick; the j-th source fires in tick
/// j + 1, so that what a target holds then is what projection j brought.
struct mixture {
  network net;
  population_of<lif> to;
  std::size_t projections;

  explicit mixture(std::uint64_t seed) : net{seed} {
    random_stream random{seed, purpose::user, 0};
    to = net.add("to", lif{.tau = 1_us, .threshold = 1e30_mV}, width);
    projections = 2 + random.below(5);
    for (std::size_t j = 0; j < projections; ++j) {
      spike_list list;
      for (index_t i = 0; i < width; ++i) list.spikes.push_back({milliseconds{double(j)}, i});
      const auto from = net.add("from" + std::to_string(j), list, width);
      const millivolts size{(random.uniform() < 0.5 ? -1 : 1) * std::pow(10.0, 16 * random.uniform() - 8)};
      const auto spread = 0.3 * (size < 0_mV ? -size : size);
      switch (random.below(4)) {
        case 0:
          net.connect(from, to, fixed_probability{0.4}, {.weight = size, .delay = 1_ms});
          break;
        case 1:
          net.connect(from, to, all_to_all{}, {.weight = normal{size, spread}, .delay = 1_ms});
          break;
        case 2:
          net.connect(from, to, fixed_indegree{.k = 5}, {.weight = normal{0_mV, spread}, .delay = 1_ms});
          break;
        default:
          std::vector<listed<millivolts>> all;
          for (index_t i = 0; i < width; ++i) all.push_back({i, (5 * i) % width, (1 + 0.1 * i) * size, 1_ms});
          net.connect(from, to, all);
      }
    }
  }
};

/// [ticks][neurons] of the membrane.
template <class Backend>
std::vector<std::vector<double>> received(const mixture& m, const Backend& on) {
  simulation sim{m.net, on};
  std::vector<std::vector<double>> all(m.projections + 1);
  for (auto& tick : all) {
    sim.run(1_ms);
    for (index_t i = 0; i < width; ++i) tick.push_back(sim.read(m.to, "v", i));
  }
  return all;
}

TEST(magnitudes, what_is_delivered_is_within_a_hundredth_of_what_was_asked_for) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const mixture m{seed};
    const auto got = received(m, reference{1_ms});
    const auto net = lower(m.net, 1_ms);
    for (index_t j = 0; j < m.projections; ++j) {
      std::vector<double> asked(width, 0), allowed(width, 0);
      row_drawer drawer{*net, j};
      for (index_t r = 0; r < drawer.rows(); ++r) {
        const drawn_row row = drawer.row(r);
        for (std::size_t k = 0; k < row.partners.size(); ++k) {
          const index_t target = drawer.by_source() ? row.partners[k] : r;
          asked[target] += row.weight(k);
          allowed[target] += 0.01 * std::max(std::fabs(row.weight(k)), net->summaries[j].usual);
        }
      }
      for (index_t i = 0; i < width; ++i)
        EXPECT_NEAR(got[j + 1][i], asked[i], allowed[i]) << "seed " << seed << " projection " << j;
    }
  }
}

TEST(magnitudes, all_back_ends_deliver_the_same) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const mixture m{seed};
    const auto expected = received(m, reference{1_ms});
    for (const auto how : {stepping::sweep, stepping::visit, stepping::automatic})
      EXPECT_EQ(expected, received(m, cpu{.tick = 1_ms, .threads = 2, .stepping = how, .precision = precision::full}));
    EXPECT_EQ(expected, received(m, crossbar{.tick = 1_ms, .precision = precision::full}));
    EXPECT_EQ(expected, received(m, digital{.tick = 1_ms, .precision = precision::full}));
  }
}

/// A balanced network whose cells also get, rarely, what makes them fire at once, and all the time next to nothing.
network taught(index_t n = 400) {
  network net = balanced(n);
  const auto e = net.find("excitatory"), i = net.find("inhibitory");
  const auto teacher = net.add("teacher", poisson{.rate = 3_Hz}, n);
  const auto hum = net.add("hum", poisson{.rate = 50_Hz}, 200);
  net.connect(teacher, population_of<lif>{e}, one_to_one{}, {.weight = 1e7_mV, .delay = 1_ms});
  net.connect(hum, population_of<lif>{e}, fixed_indegree{.k = 20}, {.weight = 1e-3_mV, .delay = 2_ms});
  net.connect(hum, population_of<current_lif>{i}[current_lif::inhibitory], fixed_indegree{.k = 20},
              {.weight = uniform{-2e-3_pA, -1e-3_pA}, .delay = 2_ms});
  return net;
}

TEST(magnitudes, networks_of_several_sums_per_port_agree_on_every_back_end) {
  const network net = taught();
  ASSERT_GT(lower(net, 0.5_ms)->quanta[net.find("excitatory").id].size(), static_cast<std::size_t>(lif::ports));
  const auto expected = spikes_of({net, reference{0.5_ms}}, 3, {200_ms});
  ASSERT_GT(total(expected), 500u);
  for (const auto how : {stepping::sweep, stepping::visit, stepping::automatic})
    EXPECT_EQ(expected,
              spikes_of({net, cpu{.tick = 0.5_ms, .threads = 1, .stepping = how, .precision = precision::full}}, 3,
                        {200_ms}));
}

TEST(magnitudes, and_for_any_number_of_threads) {
  const network net = taught(4000);
  const auto one = spikes_of({net, cpu{.tick = 1_ms, .threads = 1}}, 3, {30_ms});
  ASSERT_GT(total(one), 500u);
  for (const int threads : {2, 3}) EXPECT_EQ(one, spikes_of({net, cpu{.tick = 1_ms, .threads = threads}}, 3, {30_ms}));
  const auto hard = spikes_of({net, crossbar{.tick = 1_ms}}, 3, {30_ms});
  EXPECT_EQ(one, hard);
  EXPECT_EQ(one, spikes_of({net, digital{.tick = 1_ms}}, 3, {30_ms}));
}

TEST(magnitudes, what_a_port_gets_otherwise_does_not_move_the_start_of_a_plastic_weight) {
  network net;
  const auto from = net.add("from", spike_list{}, 30), teacher = net.add("teacher", spike_list{}, 30);
  const auto to = net.add("to", lif{}, 30);
  const auto one =
      net.connect(from, to, all_to_all{}, {.weight = 0.0005_mV, .delay = 1_ms}, pair_stdp{.w_max = 0.01_mV});
  const auto many =
      net.connect(from, to, fixed_indegree{.k = 7}, {.weight = uniform{1e-4_mV, 5e-3_mV}}, pair_stdp{.w_max = 0.01_mV});
  net.connect(teacher, to, one_to_one{}, {.weight = 5_mV, .delay = 1_ms});
  simulation exact{net, reference{1_ms}};
  for (const double w : exact.weights(one)) EXPECT_EQ(w, 0.0005);
  simulation full{net, cpu{.tick = 1_ms, .precision = precision::full}}, single{net, cpu{.tick = 1_ms}};
  EXPECT_EQ(exact.weights(one), full.weights(one));
  EXPECT_EQ(exact.weights(many), full.weights(many));
  for (const double w : single.weights(one)) EXPECT_EQ(w, 0.0005f);
  const auto rounded = single.weights(many), given = exact.weights(many);
  for (std::size_t i = 0; i < given.size(); ++i) EXPECT_EQ(rounded[i], static_cast<float>(given[i]));
}

TEST(magnitudes, a_burst_of_one_neuron_in_one_tick_may_be_any_length_that_the_list_says) {
  network net;
  spike_list list;
  for (int k = 0; k < 300; ++k) list.spikes.push_back({1_ms, 0});
  const auto from = net.add("from", list, 1);
  const auto to = net.add("to", lif{.tau = 1_us, .threshold = 1e9_mV}, 1);
  net.connect(from, to, all_to_all{}, {.weight = 3_mV});
  for (const bool on_cpu : {false, true}) {
    simulation sim = on_cpu ? simulation{net, cpu{.tick = 1_ms}} : simulation{net, reference{1_ms}};
    sim.run(2_ms);
    EXPECT_EQ(sim.read(to, "v", 0), 900);
  }
}

}  // namespace spinule::magnitudes_test
