// Networks that no machine holds are refused at once, on every back end, before memory is taken.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <thread>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/digital.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/learning/triplet_stdp.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/tsodyks_markram_terminal.hpp>
#include <spinule/simulation.hpp>

namespace spinule::too_large_test {

using testing::AllOf;
using testing::HasSubstr;

long peak_memory_kib() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return used.ru_maxrss;
}

/// What `f` throws as an error of the library, without having taken much memory.
template <class F>
std::string refusal(F f) {
  const long before = peak_memory_kib();
  std::string text = "no error";
  try {
    f();
  } catch (const spinule_error& e) {
    text = e.what();
  }
  EXPECT_LT(peak_memory_kib() - before, 100 * 1024);
  return text;
}

template <class Use>
void on_every_back_end(Use use) {
  use(reference{}, "reference: ");
  use(cpu{.threads = 2}, "cpu: ");
  use(crossbar{}, "crossbar: ");
  use(digital{}, "digital: ");
}

void expect_refused(const network& net, const std::string& culprit) {
  on_every_back_end([&](const auto& on, const std::string& where) {
    EXPECT_THAT(refusal([&] {
                  simulation{net, on};
                }),
                AllOf(HasSubstr(where + "the network needs about "), HasSubstr(culprit + " takes "),
                      HasSubstr("are available")));
  });
}

/// More than any machine has: 2^31 neurons onto each of which 64 ports' worth would not matter, so several of them.
TEST(too_large, populations_are_refused) {
  network net;
  for (int i = 0; i < 2000; ++i) net.add(fmt::format("a{}", i), lif{}, std::int64_t{1} << 31);
  on_every_back_end([&](const auto& on, const std::string&) {
    EXPECT_THAT(refusal([&] { simulation{net, on}; }), HasSubstr("the network needs about "));
  });
}

TEST(too_large, a_population_of_2_to_the_31_takes_tens_of_gigabytes) {
  network net;
  net.add("a", lif{}, std::int64_t{1} << 31);
  on_every_back_end([&](const auto& on, const std::string&) {
    EXPECT_GT(on.estimate(net).bytes(), 30e9);
    EXPECT_LT(on.estimate(net).bytes(), 200e9);
    EXPECT_THAT(refusal([&] { check_memory(on.estimate(net), 16e9, "x"); }), HasSubstr("population \"a\" takes"));
  });
}

TEST(too_large, all_to_all_is_refused) {
  network net;
  const auto a = net.add("a", lif{}, 20000000), b = net.add("b", lif{}, 20000000);
  net.connect(a, b, all_to_all{}, {.weight = normal{1_mV, 0.1_mV}, .delay = 1_ms});
  expect_refused(net, "projection \"a->b\"");
}

TEST(too_large, ten_to_the_ten_synapses_take_what_their_weights_take) {
  network net;
  const auto a = net.add("a", lif{}, 100000), b = net.add("b", lif{}, 100000);
  net.connect(a, b, all_to_all{}, {.weight = normal{1_mV, 0.1_mV}, .delay = 1_ms});
  on_every_back_end([&](const auto& on, const std::string&) { EXPECT_GT(on.estimate(net).bytes(), 39e9); });
  const std::string text = refusal([&] { check_memory(cpu{}.estimate(net), 16e9, "cpu"); });
  EXPECT_THAT(text, AllOf(HasSubstr("1e+10 synapses"), HasSubstr(".weight_bits = 8 would take 9.3"),
                          HasSubstr(".procedural = true would take")));
}

TEST(too_large, indegrees_of_four_thousand_million_are_refused) {
  network net;
  const auto a = net.add("a", lif{}, 100), b = net.add("b", lif{}, 100000);
  net.connect(a, b, fixed_indegree{.k = 4000000000, .multapses = true},
              {.weight = normal{1_mV, 0.1_mV}, .delay = 1_ms});
  expect_refused(net, "projection \"a->b\"");
}

TEST(too_large, so_are_synapses_that_learn) {
  network net;
  const auto a = net.add("a", lif{}, 20000000), b = net.add("b", lif{}, 20000000);
  net.connect(a, b, fixed_indegree{.k = 1000000}, {.weight = 0.5_mV, .delay = 1_ms}, pair_stdp{.w_max = 1_mV});
  for (const auto& text : {refusal([&] { simulation{net, reference{}}; }), refusal([&] { simulation{net, cpu{}}; })})
    EXPECT_THAT(text, HasSubstr("projection \"a->b\" takes"));
}

TEST(too_large, procedural_projections_that_only_keep_their_law_are_not) {
  network net;
  const auto a = net.add("a", lif{}, 1000000), b = net.add("b", lif{}, 1000000);
  net.connect(a, b, fixed_outdegree{.k = 100000}, {.weight = normal{1_mV, 0.1_mV}, .delay = 1_ms, .procedural = true});
  EXPECT_LT(cpu{}.estimate(net).bytes(), 1e9);
  EXPECT_GT(digital{}.estimate(net).bytes(), 1e11) << "which keeps them";
}

TEST(too_large, probes_are_refused_before_the_run) {
  network net;
  const auto a = net.add("a", lif{}, 1000000);
  for (const bool on_cpu : {false, true}) {
    simulation sim = on_cpu ? simulation{net, cpu{.tick = 1_ms}} : simulation{net, reference{1_ms}};
    sim.probe(a, "v");
    EXPECT_THAT(refusal([&] { sim.run_ticks(100000000); }),
                AllOf(HasSubstr("population \"a\" probe: 1000000 neurons over 100000000 ticks take 728 TiB"),
                      HasSubstr("probe fewer")));
    sim.run_ticks(1);
  }
}

/// Each thread that draws rows needs room, and there are no more of them than cores.
/// Noise and wires each keep something of every pair.
TEST(too_large, the_estimate_counts_what_hardware_keeps_of_a_pair) {
  network net;
  const auto a = net.add("a", lif{}, 1000), b = net.add("b", lif{}, 1000);
  net.connect(a, b, all_to_all{}, {.weight = normal{1_mV, 0.1_mV}});
  const auto bytes = [&](const hardware& on) { return crossbar{.hardware = on}.estimate(net).items[2].bytes; };
  hardware on = load_hardware("ideal");
  const double plain = bytes(on);
  override_hardware(on, "device.read_noise=1%");
  const double noisy = bytes(on);
  EXPECT_NEAR(noisy - plain, 4e6, 1e5);
  override_hardware(on, "array.wires=exact");
  EXPECT_NEAR(bytes(on) - noisy, 8e6, 1e5);
}

TEST(too_large, the_estimate_counts_the_threads_that_build) {
  network net;
  const auto a = net.add("a", lif{}, 1000);
  net.connect(a, a, fixed_outdegree{.k = 10}, {.weight = 1_mV});
  const int cores = static_cast<int>(std::max(std::thread::hardware_concurrency(), 1u));
  const auto building = [&](int threads) { return cpu{.threads = threads}.estimate(net).items.back().bytes; };
  EXPECT_EQ(building(0), cores * building(1));
  EXPECT_EQ(building(cores), building(0));
  EXPECT_EQ(building(1024), building(0));
}

/// What is estimated is what is taken, for rows in every form.
TEST(too_large, the_estimate_is_right_to_a_third) {
  const auto check = [](const wiring& rule, const synapse<millivolts>& s, auto... learning) {
    network net;
    const auto a = net.add("a", lif{}, 2000), b = net.add("b", lif{}, 2000);
    net.connect(a, b, rule, s, learning...);
    const cpu on{.tick = 1_ms, .threads = 1};
    const double taken = static_cast<double>(simulation{net, on}.synapse_bytes());
    const double estimated = on.estimate(net).items[2].bytes - 12 * 2000;
    EXPECT_NEAR(estimated / taken, 1, 0.34) << taken;
  };
  const value<millivolts> drawn = normal{1_mV, 0.1_mV};
  for (const double p : {0.02, 0.2}) {
    check(fixed_probability{p}, {.weight = 1_mV, .delay = 1_ms});
    check(fixed_probability{p}, {.weight = drawn, .delay = 1_ms});
    check(fixed_probability{p}, {.weight = drawn, .delay = uniform{1_ms, 9_ms}});
    check(fixed_probability{p}, {.weight = drawn, .delay = uniform{1_ms, 9_ms}, .weight_bits = 16});
    check(fixed_probability{p}, {.weight = 0.5_mV, .delay = uniform{1_ms, 9_ms}}, pair_stdp{.w_max = 1_mV});
    check(fixed_probability{p}, {.weight = drawn, .delay = 1_ms}, pair_stdp{.w_max = 2_mV});
    check(fixed_probability{p}, {.weight = 0.5_mV, .delay = uniform{1_ms, 9_ms}, .dendritic = 1},
          pair_stdp{.w_max = 1_mV, .paired = spike_pairs::reduced_symmetric{}});
    check(fixed_probability{p}, {.weight = 0.5_mV, .delay = uniform{1_ms, 9_ms}}, triplet_stdp{.w_max = 1_mV});
  }
  check(fixed_indegree{50}, {.weight = drawn, .delay = 1_ms});
  check(all_to_all{}, {.weight = drawn, .delay = 1_ms});
  check(all_to_all{}, {.weight = drawn, .delay = 1_ms, .weight_bits = 8});
}

/// Terminals send amplitudes, and their synapses may learn all the same.
TEST(too_large, synapses_that_learn_are_counted_as_such_behind_terminals_too) {
  network net;
  const auto a = net.add("a", tsodyks_markram_terminal{}, 2000);
  const auto b = net.add("b", lif{}, 2000);
  net.connect(a, b, fixed_probability{0.1}, {.weight = 0.5_mV, .delay = 1_ms}, pair_stdp{.w_max = 1_mV});
  const cpu on{.tick = 1_ms, .threads = 1};
  const double taken = static_cast<double>(simulation{net, on}.synapse_bytes());
  EXPECT_NEAR((on.estimate(net).items[2].bytes - 12 * 2000) / taken, 1, 0.1);
}

}  // namespace spinule::too_large_test
