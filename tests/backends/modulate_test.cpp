// Modulators: graded populations onto levels, and onto what a projection brings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/digital.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/models/conductance_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/rate_unit.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/value_list.hpp>
#include <spinule/simulation.hpp>

#include "networks.hpp"

namespace spinule::modulate_test {

using testing::HasSubstr;

template <class Call>
std::string refusal(Call call) {
  try {
    call();
  } catch (const spinule_error& e) {
    return e.what();
  }
  return "nothing was refused";
}

/// A leak that a level closes: x <- x (1 - leak (1 - level)) + input; sends x.
struct gated_unit {
  double leak = 0.5;
  using input = number;
  static constexpr int ports = 2;
  static constexpr port<gated_unit, number> jump{0, "jump"};
  static constexpr port<gated_unit, number> gate{1, "gate", any_finite, takes::values};
  static constexpr auto receptors = std::tuple{jump, gate};
  double largest_output() const { return 1000; }
  template <class Real>
  struct state {
    Real x = 0;
    static constexpr auto fields = std::tuple{field{"x", &state::x}};
  };
  template <class Real>
  class kernel {
   public:
    kernel(const gated_unit& m, milliseconds) : leak_{static_cast<Real>(m.leak)} {}
    Real step(state<Real>& s, const arriving_at<gated_unit, Real>& in) const {
      return s.x = s.x * (1 - leak_ * (1 - in[1])) + in[0];
    }

   private:
    Real leak_;
  };
};

std::vector<std::function<simulation(const network&)>> back_ends() {
  return {[](const network& net) {
            return simulation{net, reference{1_ms}};
          },
          [](const network& net) {
            return simulation{net, cpu{.tick = 1_ms, .threads = 1}};
          },
          [](const network& net) {
            return simulation{net, cpu{.tick = 1_ms, .threads = 2}};
          },
          [](const network& net) {
            return simulation{net, digital{.tick = 1_ms, .hardware = load_hardware("loihi_davies2018")}};
          },
          [](const network& net) {
            return simulation{net, crossbar{.tick = 1_ms, .hardware = load_hardware("ideal")}};
          }};
}

TEST(modulate, a_level_is_held_as_long_as_its_modulator_holds_it_and_is_never_added_up) {
  network net;
  const auto pulse = net.add("pulse", spike_list{{{0_ms, 0}}}, 1);
  const auto glia = net.add("glia", value_list{{{2_ms, 0, 0.5}, {2_ms, 1, 0.25}, {6_ms, 0, 0.0}, {6_ms, 1, 0.0}}}, 2);
  const auto unit = net.add("unit", gated_unit{}, 1);
  net.connect(pulse, unit, all_to_all{}, {.weight = 8});
  net.modulate(glia, unit[gated_unit::gate], all_to_all{}, {.weight = 1, .delay = 1_ms});
  for (const auto& make : back_ends()) {
    simulation sim = make(net);
    const auto probe = sim.probe(unit, "x");
    sim.run(9_ms);
    double x = 0;
    for (int t = 0; t < 9; ++t) {
      const double level = t >= 3 && t < 7 ? 0.75 : 0;  // the same in every tick
      x = x * (1 - 0.5 * (1 - level)) + (t == 0 ? 8 : 0);
      EXPECT_NEAR(sim.traced(probe).values[static_cast<std::size_t>(t)], x, 1e-5) << t;
    }
  }
}

TEST(modulate, a_gain_multiplies_spikes_by_what_was_sent_before_them) {
  network net;
  spike_list spikes;
  for (int t = 0; t < 10; ++t)
    for (index_t i = 0; i < 2; ++i) spikes.spikes.push_back({milliseconds{1.0 * t}, i});
  const auto input = net.add("input", spikes, 2);
  const auto each = net.add("each", value_list{{{3_ms, 0, 2.0}, {5_ms, 1, -1.5}}}, 2);
  const auto all = net.add("all", value_list{{{4_ms, 0, 0.5}, {8_ms, 0, 0.0}}}, 1);
  const auto unit = net.add("unit", gated_unit{.leak = 1}, 2);  // forgets at once
  const auto first = net.connect(input, unit, std::vector<listed<number>>{{0, 0, 1, 1_ms}, {1, 0, 10, 3_ms}});
  const auto second = net.connect(input, unit, std::vector<listed<number>>{{0, 1, 1, 0_ms}});
  net.modulate(each, first, factor::gain, 2_ms);
  net.modulate(all, second);
  for (const auto& make : back_ends()) {
    simulation sim = make(net);
    const auto probe = sim.probe(unit, "x");
    sim.run(15_ms);
    for (int t = 0; t < 15; ++t) {
      const auto of = [&](double value, int from, int delay, int lag) {
        return t - delay >= 0 && t - delay < 10 && t - delay - lag >= from ? value : 0;
      };
      const double one = of(2.0, 3, 1, 2) + 10 * of(-1.5, 5, 3, 2);
      const double two = of(0.5, 4, 0, 1) - of(0.5, 8, 0, 1);
      EXPECT_NEAR(sim.traced(probe).values[2 * static_cast<std::size_t>(t)], one, 1e-4) << t;
      EXPECT_NEAR(sim.traced(probe).values[2 * static_cast<std::size_t>(t) + 1], two, 1e-4) << t;
    }
  }
}

TEST(modulate, a_modulated_loop_gives_the_same_spikes_everywhere) {
  network net{7};
  const auto noise = net.add("noise", poisson{.rate = 300_Hz}, 200);
  const auto cells = net.add("cells", lif{.tau = 10_ms, .threshold = 4_mV, .refractory = 2_ms}, 2000);
  const auto glia = net.add("glia", rate_unit{.tau = 50_ms, .bias = 1, .largest = 2}, 1);
  net.connect(noise, cells, fixed_indegree{.k = 10}, {.weight = 1_mV, .delay = 1_ms});
  const auto loop = net.connect(cells, cells, fixed_indegree{.k = 10},
                                {.weight = normal{0_mV, 0.4_mV}, .delay = uniform{1_ms, 4_ms}});
  net.connect(cells, glia, all_to_all{}, {.weight = 0.01, .delay = 1_ms});
  net.modulate(glia, loop, factor::gain, 3_ms);
  const auto with = [&](simulation sim) {
    sim.observe(cells);
    sim.run(60_ms);
    sim.run(40_ms);
    const auto s = sim.spikes(cells);
    return std::vector<spike>{s.begin(), s.end()};
  };
  const auto expected = with({net, reference{1_ms}});
  ASSERT_GT(expected.size(), 1000u);
  EXPECT_EQ(expected, with({net, cpu{.tick = 1_ms, .threads = 2, .precision = precision::full}}));
  EXPECT_EQ(with({net, cpu{.tick = 1_ms, .threads = 1}}), with({net, cpu{.tick = 1_ms, .threads = 3}}));
}

TEST(modulate, what_cannot_be_is_refused_in_words) {
  network net;
  const auto spiking = net.add("spiking", lif{}, 3);
  const auto cells = net.add("cells", conductance_lif{}, 3);
  const auto glia = net.add("glia", rate_unit{}, 2);
  const auto unit = net.add("unit", gated_unit{}, 3);
  const auto static_one = net.connect(spiking, unit, all_to_all{}, {.weight = 1, .delay = 1_ms});
  const auto plastic = net.connect(spiking, spiking, all_to_all{}, {.weight = 1_mV, .delay = 1_ms},
                                   pair_stdp<millivolts>{.w_max = 2_mV});
  EXPECT_THAT(refusal([&] { net.connect(spiking, unit[gated_unit::gate], all_to_all{}, {.weight = 1}); }),
              HasSubstr("port \"gate\" is a level and takes values, and \"spiking\" sends spikes"));
  EXPECT_THAT(refusal([&] { net.modulate(spiking, unit[gated_unit::gate], all_to_all{}, {.weight = 1}); }),
              HasSubstr("population \"spiking\": spikes; a modulator is a graded model"));
  EXPECT_THAT(refusal([&] { net.modulate(glia, unit[gated_unit::jump], all_to_all{}, {.weight = 1}); }),
              HasSubstr("port \"jump\" is no level; use `connect`"));
  EXPECT_THAT(refusal([&] { net.connect(glia, cells, all_to_all{}, {.weight = 1_nS, .delay = 1_ms}); }),
              HasSubstr("port \"excitatory\" takes spikes, and \"glia\" sends values"));
  EXPECT_THAT(refusal([&] { net.modulate(spiking, static_one); }), HasSubstr("a modulator is a graded model"));
  EXPECT_THAT(refusal([&] { net.modulate(glia, static_one); }), HasSubstr("give it 1, or 3, one for each source"));
  const auto one = net.add("one", rate_unit{}, 1);
  EXPECT_THAT(refusal([&] { net.modulate(one, plastic, factor::learning); }), HasSubstr("has no third factor"));
  EXPECT_THAT(refusal([&] { net.modulate(one, static_one, factor::gain, 0_ms); }), HasSubstr("give one tick or more"));
  net.modulate(one, static_one, factor::gain, 0.5_ms);
  EXPECT_THAT(refusal([&] { net.modulate(one, static_one); }), HasSubstr("is modulated already"));
  EXPECT_THAT(refusal([&] { simulation sim(net, cpu{.tick = 1_ms}); }), HasSubstr("modulation"));
}

TEST(modulate, a_negative_gain_onto_conductances_stops_the_run) {
  network net;
  const auto spikes = net.add("spikes", spike_list{{{1_ms, 0}}}, 1);
  const auto cells = net.add("cells", conductance_lif{}, 1);
  const auto gain = net.add("gain", value_list{{{0_ms, 0, -3}}}, 1);
  const auto synapses =
      net.connect(spikes, cells[conductance_lif::excitatory], all_to_all{}, {.weight = 10_nS, .delay = 1_ms});
  net.modulate(gain, synapses, factor::gain, 1_ms);
  simulation plain{net, reference{1_ms}}, fast{net, cpu{.tick = 1_ms}};
  for (simulation* sim : {&plain, &fast})
    EXPECT_THAT(refusal([&] { sim->run(5_ms); }),
                HasSubstr("\"gain\": neuron 0 sends -3 to a port that takes nothing below 0"));
}

TEST(modulate, a_drive_onto_a_level_is_refused) {
  network net;
  const auto unit = net.add("unit", gated_unit{}, 3);
  EXPECT_THAT(refusal([&] { net.drive(unit[gated_unit::gate], {.rate = 1_kHz, .weight = 1}); }),
              HasSubstr("port \"gate\" takes values, and a drive sends spikes"));
}

TEST(modulate, a_modulator_that_modulates_itself_without_delay_is_refused) {
  network net;
  const auto unit = net.add("unit", gated_unit{}, 2);
  net.modulate(unit, unit[gated_unit::gate], all_to_all{}, {.weight = 0.1, .delay = 0_ms});
  EXPECT_THAT(refusal([&] { simulation sim(net, cpu{.tick = 1_ms}); }),
              HasSubstr("projections without delay form a cycle"));
}

}  // namespace spinule::modulate_test
