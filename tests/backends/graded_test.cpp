// Populations that send values: the same on every back end, and as a closed form has it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/digital.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/rate_unit.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/value_list.hpp>
#include <spinule/simulation.hpp>

#include "networks.hpp"

namespace spinule::graded_test {

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

simulation on_ideal(const network& net, precision held) {
  return {net, crossbar{.tick = 1_ms, .hardware = load_hardware("ideal"), .precision = held}};
}

/// Analogue values through two layers of rate units with delays and a loop, onto spiking units.
struct analogue {
  network net{11};
  population_of<value_list> signal;
  population_of<rate_unit> rates;
  population_of<lif> cells;
  projection in, back, out;

  explicit analogue(index_t n = 40) {
    value_list list;
    random_stream random{3, purpose::user, 0};
    for (index_t i = 0; i < 5; ++i)
      for (int t = 0; t < 40; ++t) list.values.push_back({milliseconds{t * 5.0}, i, 2 * random.uniform() - 1});
    signal = net.add("signal", list, 5);
    rates = net.add("rates", rate_unit{.tau = 8_ms, .largest = 3}, n);
    cells = net.add("cells", lif{.tau = 10_ms, .threshold = 2_mV, .refractory = 2_ms}, n);
    in = net.connect(signal, rates, all_to_all{}, {.weight = uniform{-1, 2}, .delay = uniform{1_ms, 4_ms}});
    back = net.connect(rates, rates, fixed_indegree{.k = 12}, {.weight = normal{0, 0.2}, .delay = 2_ms});
    out = net.connect(rates, cells, fixed_indegree{.k = 16},
                      {.weight = uniform{0_mV, 0.6_mV}, .delay = uniform{1_ms, 3_ms}});
    net.connect(cells, rates, fixed_indegree{.k = 3}, {.weight = 0.1, .delay = 1_ms});
  }
};

struct outcome {
  std::vector<spike> spikes;
  std::vector<double> rates;
  bool operator==(const outcome&) const = default;
};
outcome run(simulation sim, const analogue& a, std::vector<milliseconds> pieces = {200_ms}) {
  sim.observe(a.cells);
  for (const auto t : pieces) sim.run(t);
  const auto s = sim.spikes(a.cells);
  return {{s.begin(), s.end()}, sim.state(a.rates, "m")};
}

TEST(graded, a_value_reaches_a_leaky_unit_as_the_closed_form_says) {
  network net;
  const auto signal = net.add("signal", value_list{{{0_ms, 0, 0.5}, {30_ms, 0, 0.0}, {0_ms, 1, -0.25}}}, 2);
  const auto unit = net.add("unit", rate_unit{.tau = 10_ms}, 1);
  net.connect(signal, unit, std::vector<listed<number>>{{0, 0, 1.5, 2_ms}, {1, 0, 2.0, 0_ms}});
  for (const auto& make : std::vector<std::function<simulation()>>{
           [&] {
             return simulation{net, reference{1_ms}};
           },
           [&] {
             return simulation{net, cpu{.tick = 1_ms, .threads = 1, .precision = precision::full}};
           },
           [&] { return on_ideal(net, precision::full); }}) {
    simulation sim = make();
    const auto probe = sim.probe(unit, "m");
    sim.run(60_ms);
    double expected = 0;
    const double d = std::exp(-0.1);
    for (int t = 0; t < 60; ++t) {
      expected = d * expected + (1 - d) * ((t >= 2 && t < 32 ? 0.75 : 0) - 0.5);
      EXPECT_NEAR(sim.traced(probe).values[static_cast<std::size_t>(t)], expected, 1e-6) << t;
    }
  }
}

TEST(graded, every_back_end_gives_the_spikes_of_the_reference) {
  const analogue a;
  const outcome expected = run({a.net, reference{1_ms}}, a);
  ASSERT_GT(expected.spikes.size(), 50u);
  for (const auto by : {stepping::sweep, stepping::visit, stepping::automatic})
    EXPECT_EQ(expected, run({a.net, cpu{.tick = 1_ms, .threads = 1, .stepping = by, .precision = precision::full}}, a));
  EXPECT_EQ(expected, run(on_ideal(a.net, precision::full), a));
  const outcome single = run({a.net, cpu{.tick = 1_ms, .threads = 1}}, a);
  EXPECT_EQ(single, run(on_ideal(a.net, precision::single), a));
  EXPECT_EQ(single, run({a.net, digital{.tick = 1_ms, .hardware = load_hardware("loihi_davies2018")}}, a));
}

TEST(graded, threads_and_pieces_change_no_bit) {
  const analogue a{6000};
  const outcome whole = run({a.net, cpu{.tick = 1_ms, .threads = 1}}, a, {40_ms});
  for (const int threads : {0, 2, 5}) EXPECT_EQ(whole, run({a.net, cpu{.tick = 1_ms, .threads = threads}}, a, {40_ms}));
  EXPECT_EQ(whole, run({a.net, cpu{.tick = 1_ms, .threads = 2}}, a, {1_ms, 0_ms, 7_ms, 32_ms}));
}

TEST(graded, the_order_of_sources_changes_no_sum) {
  std::vector<double> sums;
  for (const bool backwards : {false, true}) {
    network net;
    value_list list;
    std::vector<listed<number>> synapses;
    for (index_t k = 0; k < 500; ++k) {
      const index_t i = backwards ? 499 - k : k;
      list.values.push_back({0_ms, i, std::sin(1.0 + k)});
      synapses.push_back({i, 0, std::cos(3.0 * k), 0_ms});
    }
    const auto signal = net.add("signal", list, 500);
    const auto unit = net.add("unit", rate_unit{.largest = 100}, 1);
    net.connect(signal, unit, std::move(synapses));
    simulation sim{net, cpu{.tick = 1_ms, .threads = 1}};
    sim.run(3_ms);
    sums.push_back(sim.read(unit, "m", 0));
  }
  EXPECT_EQ(sums[0], sums[1]);
  EXPECT_NE(sums[0], 0);
}

TEST(graded, assigned_weights_multiply_from_the_next_tick) {
  network net;
  const auto signal = net.add("signal", value_list{{{0_ms, 0, 0.5}}}, 1);
  const auto unit = net.add("unit", rate_unit{.tau = 1_us, .largest = 2}, 1);  // follows its input
  const auto p = net.connect(signal, unit, all_to_all{}, {.weight = 1, .lowest = -2, .highest = 2});
  for (const auto& make :
       std::vector<std::function<simulation()>>{[&] {
                                                  return simulation{net, reference{1_ms}};
                                                },
                                                [&] {
                                                  return simulation{net, cpu{.tick = 1_ms, .threads = 1}};
                                                }}) {
    simulation sim = make();
    sim.run(2_ms);
    EXPECT_NEAR(sim.read(unit, "m", 0), 0.5, 1e-6);
    sim.assign(p, std::vector<double>{-2.0});
    sim.run(1_ms);
    EXPECT_NEAR(sim.read(unit, "m", 0), -1, 1e-6);
    EXPECT_NEAR(sim.weights(p)[0], -2, 1e-6);
    sim.reset();
    sim.run(1_ms);
    EXPECT_NEAR(sim.read(unit, "m", 0), 0.5, 1e-6);
  }
}

/// Equal weights are sent as one number for as long as they are equal.
TEST(graded, weights_that_were_equal_may_be_assigned) {
  network net;
  const auto signal = net.add("signal", value_list{{{0_ms, 0, 0.5}, {0_ms, 1, -0.25}}}, 2);
  const auto unit = net.add("unit", rate_unit{.tau = 1_us, .largest = 9}, 3);  // follows its input
  const auto p =
      net.connect(signal, unit, std::vector<listed<number>>{{0, 0, 1, 0_ms}, {0, 2, 1, 0_ms}, {1, 1, 1, 0_ms}},
                  {.lowest = -2, .highest = 4});
  const std::vector<double> given{1, 1, 1}, assigned{-2, 3, 4};
  const auto expect = [&](simulation& sim, const std::vector<double>& w, const char* when) {
    sim.run(1_ms);
    const std::vector<double> values{0.5 * w[0], -0.25 * w[2], 0.5 * w[1]};
    for (index_t i = 0; i < 3; ++i) EXPECT_NEAR(sim.read(unit, "m", i), values[i], 1e-6) << when << ", unit " << i;
    for (std::size_t s = 0; s < 3; ++s) EXPECT_NEAR(sim.weights(p)[s], w[s], 1e-6) << when;
  };
  for (simulation sim : {simulation{net, reference{1_ms}}, simulation{net, cpu{.tick = 1_ms, .threads = 2}}}) {
    expect(sim, given, "at first");
    simulation before = sim;
    sim.assign(p, assigned);
    simulation after = sim;
    expect(sim, assigned, "assigned");
    expect(before, given, "a copy from before");
    expect(after, assigned, "a copy from after");
    sim.begin_episode(1);
    expect(sim, assigned, "in the next episode");
    sim.reset();
    expect(sim, given, "after reset");
  }
}

double energy_of(const cost_report& r, const std::string& component) {
  double sum = 0;
  for (const cost& c : r.dynamic)
    if (c.component == component) sum += c.energy_pj;
  return sum;
}

TEST(graded, a_crossbar_drives_its_rows_through_converters_and_counts_them) {
  network net;
  const auto signal = net.add("signal", value_list{{{0_ms, 0, 1.0}, {0_ms, 1, 0.3}}}, 2);
  const auto unit = net.add("unit", rate_unit{.tau = 1_us, .largest = 4}, 1);
  net.connect(signal, unit, all_to_all{}, {.weight = 1});
  hardware hw = load_hardware("ideal");
  override_hardware(hw, std::vector<std::string>{"dac.bits=2", "dac.energy=3", "dac.time=5000"});
  simulation sim{net, crossbar{.tick = 1_ms, .hardware = hw, .precision = precision::full}};
  simulation exact = on_ideal(net, precision::full);
  sim.run(10_ms);
  exact.run(10_ms);
  EXPECT_NEAR(exact.read(unit, "m", 0), 1.3, 1e-5);
  const double rounded = sim.read(unit, "m", 0) - 1;  // a converter of two bits
  EXPECT_GT(std::fabs(rounded - 0.3), 0.02);
  EXPECT_NEAR(rounded, 0.3, 1.0 / 3);
  EXPECT_NEAR(energy_of(*sim.costs(), "row conversion"), 10 * 2 * 3, 1e-9);
  EXPECT_GT(sim.costs()->latency_us, exact.costs()->latency_us);
}

TEST(graded, what_needs_spikes_is_refused_in_words) {
  analogue a;
  simulation sim{a.net, cpu{.tick = 1_ms}};
  EXPECT_THAT(refusal([&] { sim.observe(a.rates); }), HasSubstr("population \"rates\": sends values, not spikes"));
  EXPECT_THAT(refusal([&] { static_cast<void>(sim.counts(a.signal)); }), HasSubstr("sends values"));
  EXPECT_THAT(refusal([&] { sim.on_spikes(a.rates, [](moment, std::span<const index_t>) {}); }),
              HasSubstr("follow a field of its state with `probe`"));
  EXPECT_THAT(refusal([&] {
                a.net.connect(a.rates, a.cells, all_to_all{}, {.weight = 1_mV, .delay = 1_ms},
                              pair_stdp<millivolts>{.w_max = 2_mV});
              }),
              HasSubstr("the rule learns from spikes, and \"rates\" sends values"));
  EXPECT_THAT(refusal([&] {
                a.net.connect(a.rates, a.cells, all_to_all{}, {.weight = 1_mV, .delay = 1_ms, .weight_bits = 8});
              }),
              HasSubstr("leave weight_bits at 32"));
  EXPECT_THAT(refusal([&] {
                a.net.connect(a.rates, a.cells, fixed_outdegree{.k = 2},
                              {.weight = 1_mV, .delay = 1_ms, .procedural = true});
              }),
              HasSubstr("leave `procedural` out"));
  EXPECT_THAT(refusal([&] { sim.set(a.rates, "largest", 10.0); }), HasSubstr("built for 3"));
}

TEST(graded, lists_of_values_that_cannot_be_are_refused) {
  const auto building = [](const value_list& list) {
    return refusal([&] {
      network net;
      net.add("signal", list, 2);
      simulation sim{net, cpu{.tick = 1_ms}};
    });
  };
  EXPECT_THAT(building({{{0_ms, 2, 1.0}}}), HasSubstr("names neuron 2; the population has 2"));
  EXPECT_THAT(building({{{0_ms, 0, 1.0}, {0.4_ms, 0, 2.0}}}), HasSubstr("neuron 0 has two values in tick 0"));
  EXPECT_THAT(building({{{0_ms, 0, std::nan("")}}}), HasSubstr("values are finite"));
  EXPECT_THAT(building({{{milliseconds{-1}, 0, 1.0}}}), HasSubstr("none lies before the start"));
}

/// Says less than it sends.
struct boaster {
  using input = number;
  static constexpr int ports = 1;
  double largest_output() const { return 1; }
  template <class Real>
  struct state {
    Real x = 0;
    static constexpr auto fields = std::tuple{field{"x", &state::x}};
  };
  template <class Real>
  class kernel {
   public:
    kernel(const boaster&, milliseconds) {}
    Real step(state<Real>& s, Real) const { return s.x += Real{0.75}; }
  };
};

TEST(graded, a_value_beyond_the_largest_that_was_stated_stops_the_run) {
  network net;
  const auto b = net.add("boaster", boaster{}, 1);
  net.connect(b, net.add("unit", rate_unit{}, 1), all_to_all{}, {.weight = 1});
  for (const auto& make : std::vector<std::function<simulation()>>{[&] {
                                                                     return simulation{net, reference{1_ms}};
                                                                   },
                                                                   [&] {
                                                                     return simulation{net, cpu{.tick = 1_ms}};
                                                                   }}) {
    simulation sim = make();
    EXPECT_THAT(refusal([&] { sim.run(5_ms); }),
                HasSubstr("neuron 0 sends 1.5; its model says that no value is larger than 1"));
  }
}

/// Lanes summed, and the sum sent.
struct summing_block {
  index_t lanes = 3;
  using input = number;
  static constexpr int ports = 1;
  index_t width(int) const { return lanes; }
  double largest_output() const { return 50; }
  std::vector<block_field> fields() const { return {{.name = "sum"}}; }
  template <class Real>
  class kernel {
   public:
    kernel(const summing_block& m, milliseconds) : lanes_{m.lanes} {}
    void step(const block_tick<Real>& tick) const {
      const auto sum = tick.field(0);
      std::fill(sum.begin(), sum.end(), Real{0});
      const auto& [lanes, amounts] = tick.port(0);
      for (std::size_t k = 0; k < lanes.size(); ++k) sum[lanes[k] / lanes_] += amounts[k];
      for (index_t n = 0; n < tick.count; ++n) tick.send(n, sum[n]);
    }

   private:
    index_t lanes_;
  };
};

TEST(graded, a_block_model_sends_values_too) {
  network net;
  const auto signal = net.add("signal", value_list{{{0_ms, 0, 1.0}, {0_ms, 1, -0.5}}}, 2);
  const auto blocks = net.add("blocks", summing_block{}, 2);
  const auto unit = net.add("unit", rate_unit{.tau = 1_us, .largest = 9}, 2);
  net.connect(signal, blocks, std::vector<listed<number>>{{0, 0, 1, 0_ms}, {1, 2, 2, 0_ms}, {1, 5, 4, 0_ms}});
  net.connect(blocks, unit, one_to_one{}, {.weight = 2});
  for (const auto& make :
       std::vector<std::function<simulation()>>{[&] {
                                                  return simulation{net, reference{1_ms}};
                                                },
                                                [&] {
                                                  return simulation{net, cpu{.tick = 1_ms, .threads = 2}};
                                                },
                                                [&] { return on_ideal(net, precision::single); }}) {
    simulation sim = make();
    sim.run(3_ms);
    EXPECT_NEAR(sim.read(unit, "m", 0), 0, 1e-6);
    EXPECT_NEAR(sim.read(unit, "m", 1), -4, 1e-5);
  }
}

}  // namespace spinule::graded_test
