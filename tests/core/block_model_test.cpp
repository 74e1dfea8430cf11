// Wide ports and block models: lanes, closed forms, what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/digital.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/error.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

#include "laws/linear_block.hpp"

namespace spinule::block_model_test {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;

template <class Use>
void on_all_back_ends(const network& net, Use use) {
  use("reference", simulation{net, reference{1_ms}});
  use("cpu", simulation{net, cpu{.tick = 1_ms, .threads = 1}});
  use("cpu, two threads, double", simulation{net, cpu{.tick = 1_ms, .threads = 2, .precision = precision::full}});
  use("digital", simulation{net, digital{.tick = 1_ms, .hardware = load_hardware("odin")}});
  use("crossbar", simulation{net, crossbar{.tick = 1_ms, .hardware = load_hardware("ideal")}});
}

/// What `work` says when it throws.
template <class Work>
std::string refusal(Work work) {
  try {
    work();
  } catch (const spinule_error& e) {
    return e.what();
  }
  return "nothing is wrong";
}

TEST(block_model, follows_its_closed_form_on_every_back_end) {
  network net;
  const double angle = 0.4, decay = 0.95;
  const auto in = net.add("in", spike_list{{{2_ms, 0}, {5_ms, 1}}}, 2);
  const auto cells = net.add("cells", spiral(3, angle, decay, 1e6), 5);
  // One push of 2 on lane 1 of neuron 3 at 2 ms + 1 ms, one of -0.5 on lane 2 at 5 ms + 4 ms.
  net.connect(in, cells[linear_block::branches],
              {{0, net.lane(cells[linear_block::branches], 3, 1), number{2}, 1_ms},
               {1, net.lane(cells[linear_block::branches], 3, 2), number{-0.5}, 4_ms}});
  on_all_back_ends(net, [&](const char* name, simulation sim) {
    sim.run(20_ms);  // ticks 0 to 19
    const auto after = [&](double push, int lane, int ticks_since, int part) {
      const double turned = 0.7 * lane + angle * ticks_since;
      return push * std::pow(decay, ticks_since) * (part == 0 ? std::cos(turned) : std::sin(turned));
    };
    for (int part = 0; part < 2; ++part)
      for (index_t i = 0; i < 5; ++i)
        EXPECT_NEAR(sim.read(cells, "x[" + std::to_string(part) + "]", i),
                    i == 3 ? after(2, 1, 16, part) + after(-0.5, 2, 10, part) : 0, 1e-6)
            << name << ", neuron " << i;
  });
}

TEST(block_model, fires_in_the_ticks_in_which_its_closed_form_is_above_threshold) {
  network net;
  const auto in = net.add("in", spike_list{{{0_ms, 0}}}, 1);
  const auto cells = net.add("cells", spiral(1, 0, 0.9, 1), 3);
  net.connect(in, cells[linear_block::first], all_to_all{}, {.weight = 2, .delay = 0_ms});  // 2 * 0.9^n
  on_all_back_ends(net, [&](const char* name, simulation sim) {
    sim.observe(cells);
    sim.run(20_ms);
    ASSERT_EQ(sim.spikes(cells).size(), 3u * 7u) << name;  // 2 * 0.9^6 = 1.063, 2 * 0.9^7 = 0.957
    EXPECT_EQ(sim.spikes(cells).back().when, 6) << name;
    EXPECT_THAT(sim.counts(cells), ElementsAre(7, 7, 7)) << name;
  });
}

TEST(block_model, gets_each_lane_by_itself_whatever_carries_the_synapses) {
  // Lane l of neuron n gets n + l from source l; x[0] of `spiral` would mix them, so each lane has its own axis here.
  linear_block m{.a = std::vector<double>(16, 0), .b = std::vector<double>(16, 0), .threshold = 1e6};
  for (index_t l = 0; l < 4; ++l) m.a[5 * l] = m.b[5 * l] = 1;
  network net;
  const auto in = net.add("in", spike_list{{{1_ms, 0}, {1_ms, 2}, {3_ms, 2}}}, 4);
  const auto cells = net.add("cells", m, 6);
  std::vector<listed<number>> list;
  for (index_t n = 0; n < 6; ++n)
    for (index_t l = 0; l < 4; ++l) list.push_back({l, 4 * n + l, number{1.0 + n + l}, 1_ms});
  net.connect(in, cells[linear_block::branches], list);
  on_all_back_ends(net, [&](const char* name, simulation sim) {
    sim.run(10_ms);
    for (index_t n = 0; n < 6; ++n) {
      EXPECT_EQ(sim.read(cells, "x[0]", n), 1.0 + n) << name;
      EXPECT_EQ(sim.read(cells, "x[1]", n), 0) << name;
      EXPECT_EQ(sim.read(cells, "x[2]", n), 2 * (3.0 + n)) << name;
      EXPECT_EQ(sim.read(cells, "x[3]", n), 0) << name;
    }
  });
}

TEST(block_model, sends_values_where_it_is_graded) {
  network net;
  const auto in = net.add("in", spike_list{{{0_ms, 0}}}, 1);
  const auto senders = net.add("senders", spiral<graded_linear_block>(1, 0, 0.5, 4), 2);
  const auto cells = net.add("cells", spiral<graded_linear_block>(3, 0, 1, 100), 2);
  net.connect(in, senders[graded_linear_block::first], all_to_all{}, {.weight = 8, .delay = 0_ms});  // 8 * 0.5^n
  net.connect(senders, cells[graded_linear_block::branches], {{0, 3, number{0.25}, 2_ms}, {1, 0, number{1}, 1_ms}});
  on_all_back_ends(net, [&](const char* name, simulation sim) {
    sim.run(3_ms);  // 4 (cut), 4, 2 have been sent
    EXPECT_NEAR(sim.read(cells, "x[0]", 0), 4 + 4, 1e-6) << name;
    EXPECT_NEAR(sim.read(cells, "x[0]", 1), 0.25 * 4, 1e-6) << name;
    sim.run(20_ms);
    EXPECT_NEAR(sim.read(cells, "x[0]", 0), 4 + 8, 1e-4) << name;
    EXPECT_NEAR(sim.read(cells, "x[0]", 1), 0.25 * 12, 1e-4) << name;
  });
}

/// Says too much.
struct babbler {
  bool backwards = false;
  using input = number;
  static constexpr int ports = 1;
  index_t width(int) const { return 1; }
  std::vector<block_field> fields() const { return {{.name = "x"}}; }
  template <class Real>
  class kernel {
   public:
    kernel(const babbler& m, milliseconds) : backwards_{m.backwards} {}
    void step(const block_tick<Real>& tick) const {
      tick.fire(backwards_ ? 1 : 0);
      tick.fire(backwards_ ? 0 : tick.count);
    }

   private:
    bool backwards_;
  };
};

TEST(block_model, may_send_from_its_own_neurons_only_and_in_order) {
  for (const bool backwards : {false, true}) {
    network net;
    net.add("cells", babbler{backwards}, 3);
    simulation fast{net, cpu{.tick = 1_ms}}, plain{net, reference{1_ms}};
    for (auto* sim : {&fast, &plain})
      EXPECT_THAT(refusal([&] { sim->run(1_ms); }), HasSubstr("ascending, and each at most once")) << backwards;
  }
}

TEST(wide_port, takes_every_wiring_rule_a_matrix_and_lanes_by_lane) {
  network net;
  const auto four = net.add("four", replay{}, 4);
  const auto many = net.add("many", replay{}, 12);
  const auto cells = net.add("cells", spiral(4), 3);
  const auto branches = cells[linear_block::branches];
  const auto lanes = [&](const projection& p) {
    std::vector<std::pair<index_t, index_t>> pairs;
    const simulation sim{net, cpu{.tick = 1_ms}};
    for (const auto& s : sim.synapses(p)) pairs.push_back({s.source, s.target});
    return pairs;
  };
  const std::vector<std::pair<index_t, index_t>> each{{0, 0}, {0, 4}, {0, 8},  {1, 1}, {1, 5}, {1, 9},
                                                      {2, 2}, {2, 6}, {2, 10}, {3, 3}, {3, 7}, {3, 11}};
  EXPECT_EQ(lanes(net.connect(four, branches, lane_by_lane{}, {.weight = 1, .delay = 1_ms})), each);
  EXPECT_EQ(lanes(net.connect(four, branches, all_to_all{}, {.weight = 1, .delay = 1_ms})).size(), 48u);
  EXPECT_EQ(lanes(net.connect(many, branches, one_to_one{}, {.weight = 1, .delay = 1_ms})).back().second, 11u);
  EXPECT_EQ(lanes(net.connect(four, branches, fixed_indegree{.k = 2}, {.weight = 1, .delay = 1_ms})).size(), 24u);
  EXPECT_EQ(lanes(net.connect(cells, branches, all_to_all{}, {.weight = 1, .delay = 1_ms})).size(), 36u)
      << "lanes have no autapse to leave out";
  std::vector<double> matrix(48, 0);
  matrix[12 + 7] = 2;  // source 1 to lane 3 of neuron 1
  const auto one = net.connect(four, branches, dense_matrix<number>{4, 12, matrix}, {.delay = 1_ms});
  EXPECT_EQ(lanes(one), (std::vector<std::pair<index_t, index_t>>{{1, 7}}));
}

TEST(wide_port, refuses_what_is_no_lane) {
  network net;
  const auto in = net.add("in", replay{}, 4);
  const auto cells = net.add("cells", spiral(4), 3);
  const auto branches = cells[linear_block::branches];
  EXPECT_EQ(net.lane(branches, 2, 3), 11u);
  EXPECT_EQ(net.lane(cells[linear_block::first], 2, 0), 2u);
  EXPECT_THAT(refusal([&] { net.lane(branches, 3, 0); }), HasSubstr("no neuron 3; it has 3"));
  EXPECT_THAT(refusal([&] { net.lane(branches, 0, 4); }), HasSubstr("port \"branches\" has no lane 4; it has 4"));
  EXPECT_THAT(refusal([&] {
                net.connect(in, branches, {{0, 12, number{1}, 1_ms}});
              }),
              HasSubstr("names a lane that does not exist: port \"branches\" has 3 neurons of 4"));
  EXPECT_THAT(refusal([&] {
                net.connect(in, branches, {{4, 0, number{1}, 1_ms}});
              }),
              HasSubstr("names a neuron that does not exist"));
  const std::vector<double> matrix(12, 1);
  EXPECT_THAT(refusal([&] {
                net.connect(in, branches, dense_matrix<number>{4, 3, matrix});
              }),
              HasSubstr("4 sources and 12 targets, 4 lanes a neuron"));
  EXPECT_THAT(refusal([&] { net.connect(cells, branches, lane_by_lane{}, {.weight = 1, .delay = 1_ms}); }),
              HasSubstr("as many sources as lanes, not 3 and 4"));
  const auto placed = net.add("placed", lif{}, 3, {.positions = grid(3, 1, 1)});
  EXPECT_THAT(refusal([&] { net.connect(placed, branches, distance_dependent{.c = 1}, {.weight = 1, .delay = 1_ms}); }),
              HasSubstr("the lanes of a port have no place"));
}

TEST(block_model, refuses_sizes_and_fields_that_cannot_be) {
  network net;
  EXPECT_THAT(refusal([&] { net.add("empty", linear_block{}, 3); }), HasSubstr("has no number"));
  EXPECT_THAT(refusal([&] {
                net.add("torn", linear_block{.a = {1, 0, 0, 1}, .b = {1, 2, 3}}, 3);
              }),
              HasSubstr("as long as one of its rows"));
  EXPECT_THAT(refusal([&] { net.add("vast", spiral(1000), 5'000'000); }),
              HasSubstr("port \"branches\" has 1000 lanes for 5000000 neurons"));
  EXPECT_THAT(refusal([&] {
                simulation{net, cpu{}}.read(net.add("cells", spiral(2), 3), "x", 0);
              }),
              HasSubstr("another network"));
  simulation sim{net, cpu{}};
  const auto cells = sim.population_at(0);
  EXPECT_THAT(refusal([&] { sim.read(cells, "x", 0); }), HasSubstr("it has x[0], x[1], peak"));
  EXPECT_THAT(refusal([&] {
                sim.set(cells, "threshold", std::vector<double>{1, 2, 3});
              }),
              HasSubstr("3 values of threshold; all neurons of this model share one"));
}

TEST(wide_port, of_many_lanes_is_cut_among_shards) {
  network net;
  const auto in = net.add("in", poisson{.rate = 50_Hz}, 2000);
  const auto cells = net.add("cells", spiral(2000, 0.3, 0.9, 0.8), 100);  // a shard has room for 32 neurons
  net.connect(in, cells[linear_block::branches], lane_by_lane{}, {.weight = 0.02, .delay = 1_ms});
  const auto after = [&](simulation sim) {
    sim.run(20_ms);
    return sim.state(cells, "x[1]");
  };
  const auto expected = after({net, reference{1_ms}});
  for (const int threads : {1, 2, 3})
    EXPECT_THAT(after({net, cpu{.tick = 1_ms, .threads = threads}}), testing::Pointwise(DoubleNear(1e-5), expected));
  const auto too_wide = net.add("too wide", spiral(70000), 1);
  net.connect(in, too_wide[linear_block::branches], {{0, 69999, number{1}, 1_ms}});
  EXPECT_THAT(refusal([&] { simulation{net, cpu{.tick = 1_ms}}; }), HasSubstr("70000 sums"));
}

TEST(wide_port, is_driven_lane_by_lane) {
  network net;
  const auto cells = net.add("cells", spiral(8, 0, 1, 1e9), 50);
  net.drive(cells[linear_block::branches], {.rate = 500_Hz, .weight = 0.01});
  std::vector<std::vector<double>> states;
  on_all_back_ends(net, [&](const char*, simulation sim) {
    sim.run(100_ms);
    states.push_back(sim.state(cells, "x[0]"));
  });
  for (const auto& other : states) EXPECT_THAT(other, testing::Pointwise(DoubleNear(1e-4), states[0]));
  double sum = 0, expected = 0;
  for (const double x : states[0]) sum += x / 50;
  for (index_t l = 0; l < 8; ++l) expected += 0.01 * 50 * std::cos(0.7 * l);  // 50 spikes a lane
  EXPECT_NEAR(sum, expected, 0.05);
  EXPECT_NE(states[0][0], states[0][1]);
}

TEST(wide_port, sums_weights_of_very_different_size_in_columns_of_their_own) {
  network net;
  const auto in = net.add("in", poisson{.rate = 100_Hz}, 20);
  const auto cells = net.add("cells", spiral(5, 0.2, 0.9, 50), 20);
  net.connect(in, cells[linear_block::branches], fixed_indegree{.k = 3}, {.weight = 1e4, .delay = 1_ms});
  net.connect(in, cells[linear_block::branches], fixed_indegree{.k = 3}, {.weight = 1e-6, .delay = 2_ms});
  ASSERT_EQ(lower(net, 1_ms)->quanta[1].size(), 3u);
  std::vector<std::vector<double>> states;
  on_all_back_ends(net, [&](const char*, simulation sim) {
    sim.run(50_ms);
    states.push_back(sim.state(cells, "x[0]"));
  });
  for (const auto& other : states) EXPECT_THAT(other, testing::Pointwise(DoubleNear(0.05), states[0]));
  EXPECT_EQ(states[0], states[2]) << "both in double";
}

}  // namespace spinule::block_model_test
