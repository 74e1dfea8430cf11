// Evidence in closed form, its network, and what is refused.
#include <spinule/learning/motif_layer.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/digital.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/error.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/threshold_unit.hpp>
#include <spinule/random.hpp>
#include <spinule/simulation.hpp>

#include "core/statistics.hpp"

namespace spinule::learning::motif_layer_test {

using testing::HasSubstr;

constexpr motif_shape small{6, 9, 4};

motif_layer random_layer(motif_shape shape, std::uint64_t seed) {
  random_stream draw{seed, purpose::user, 0};
  motif_parameters p{shape, {}, {}};
  for (std::size_t i = 0; i < shape.weights(); ++i) p.weights.push_back(static_cast<float>(draw.normal()));
  for (index_t b = 0; b < shape.motifs; ++b) p.bias.push_back(static_cast<float>(draw.normal()));
  return motif_layer{std::move(p)};
}

/// Some addresses more than once in a bin.
raster random_raster(index_t addresses, std::uint32_t bins, std::uint64_t seed) {
  random_stream draw{seed, purpose::user, 1};
  std::vector<raster_event> events;
  for (std::uint32_t i = 0; i < bins * addresses / 4; ++i)
    events.push_back({static_cast<std::uint32_t>(draw.below(std::uint64_t{bins})),
                      static_cast<index_t>(draw.below(std::uint64_t{addresses}))});
  return {addresses, bins, std::move(events)};
}

TEST(raster, has_the_bins_in_which_a_replay_population_fires) {
  random_stream draw{1, purpose::user, 2};
  std::vector<event> events;
  for (int i = 0; i < 500; ++i)
    events.push_back({static_cast<std::int64_t>(draw.below(std::uint64_t{30000})),
                      static_cast<std::uint32_t>(draw.below(std::uint64_t{40}))});
  for (const milliseconds bin : {1_ms, 0.1_ms, milliseconds{1.0 / 3}, 4_ms}) {
    network net;
    const auto in = net.add("in", replay{}, 40);
    simulation sim{net, reference{bin}};
    sim.observe(in);
    sim.play(in, events);
    const raster binned{events, 40, bin, 20_ms};
    sim.run_ticks(static_cast<ticks>(binned.bins()));
    std::vector<raster_event> fired;
    for (const spike& s : sim.spikes(in)) fired.push_back({static_cast<std::uint32_t>(s.when), s.neuron});
    EXPECT_EQ(binned, (raster{40, binned.bins(), fired})) << bin.value();
    EXPECT_EQ(binned, (raster{binned.as_recording(bin).events, 40, bin, 20_ms})) << bin.value();
  }
}

TEST(raster, counts_events_once_or_as_often_as_they_are) {
  const raster r{3, 5, {{4, 1}, {0, 2}, {4, 1}, {0, 1}}};
  const std::vector<raster_event> sorted{{0, 1}, {0, 2}, {4, 1}, {4, 1}};
  EXPECT_TRUE(std::ranges::equal(r.events(), sorted));
  EXPECT_EQ(r.once(), (raster{3, 5, {{0, 1}, {0, 2}, {4, 1}}}));
  EXPECT_EQ(common_events(r, raster{3, 5, {{0, 2}, {4, 1}, {3, 0}}}), 2u);
}

TEST(raster, refuses_what_is_out_of_range) {
  const auto of = [](std::vector<event> events, milliseconds bin, milliseconds length) {
    return error_of([&] { raster(events, 3, bin, length); });
  };
  EXPECT_THAT(of({{0, 1}, {5, 3}}, 1_ms, 9_ms), HasSubstr("event 1: address 3 must be below 3"));
  EXPECT_THAT(of({{-1, 1}}, 1_ms, 9_ms), HasSubstr("event 0 lies at -1 us, before the start"));
  EXPECT_THAT(of({}, 0_ms, 9_ms), HasSubstr("a bin of 0 ms: give 1 us to 1 s"));
  EXPECT_THAT(of({}, milliseconds{std::nan("")}, 9_ms), HasSubstr("a bin of nan ms"));
  EXPECT_THAT(of({}, 1_ms, 0_ms), HasSubstr("a length of 0 ms must be positive"));
  EXPECT_THAT(of({}, 0.001_ms, milliseconds{1e300}), HasSubstr("more than 2^31 - 1 bins"));
  EXPECT_THAT(error_of([] { raster(3, 5, {{5, 0}}); }), HasSubstr("bin 5 must be below 5"));
  EXPECT_THAT(error_of([] { raster(3, 5, {{0, 3}}); }), HasSubstr("address 3 must be below 3"));
  EXPECT_THAT(error_of([] { raster(0, 5, {}); }), HasSubstr("0 addresses and 5 bins"));
}

TEST(motif_layer, has_the_evidence_of_its_definition_to_the_bit) {
  const motif_layer layer = random_layer(small, 1);
  const raster events = random_raster(6, 50, 1);
  std::vector<std::vector<double>> count(50, std::vector<double>(6));
  for (const auto& e : events.events()) ++count[e.bin][e.address];
  const auto evidence = layer.evidence(events);
  ASSERT_EQ(evidence.size(), 200u);
  for (std::uint32_t t = 0; t < 50; ++t)
    for (index_t b = 0; b < 4; ++b) {
      double sum = 0;
      for (index_t a = 6; a-- > 0;)  // in another order: the sum is exact
        for (std::uint32_t d = 0; d < std::min(t + 1, 9u); ++d)
          sum += static_cast<double>(layer.parameters().weights[small.place(a, d, b)]) * count[t - d][a];
      ASSERT_EQ(evidence[t * 4 + b], sum + static_cast<double>(layer.parameters().bias[b])) << t << " " << b;
    }
}

TEST(motif_layer, rounds_its_weights_to_a_24th_power_of_their_sum) {
  const motif_layer layer{{{2, 1, 1}, {0.7f, 1e-9f}, {0.1f}}};
  EXPECT_EQ(layer.step(), 0x1p-24);
  EXPECT_EQ(layer.synapses(), 1u);
  EXPECT_NEAR(layer.parameters().weights[0], 0.7, 0x1p-25);
  const motif_layer again{layer.parameters()};
  EXPECT_EQ(again.parameters().weights, layer.parameters().weights);
  EXPECT_EQ((motif_layer{{{1, 1, 1}, {0}, {0}}}.synapses()), 0u);
}

/// A spike that comes s bins before the end meets the synapse of delay s.
TEST(motif_layer, hears_a_motif_whose_kernel_is_that_motif_reversed_in_time) {
  const motif_shape shape{3, 5, 1};
  motif_parameters p{shape, std::vector<float>(15), {-2.5f}};
  const std::vector<raster_event> motif{{0, 2}, {1, 0}, {4, 1}};  // from its first bin on
  for (const auto& [offset, address] : motif) p.weights[shape.place(address, 5 - 1 - offset, 0)] = 1;
  const motif_layer layer{p};
  EXPECT_EQ(layer.synapses(), 3u);
  const auto complete = [&](std::vector<raster_event> events) {
    const raster found = layer.detect({3, 30, std::move(events)});
    return std::vector(found.events().begin(), found.events().end());
  };
  EXPECT_EQ(complete({{10, 2}, {11, 0}, {14, 1}}), (std::vector<raster_event>{{14, 0}}));
  EXPECT_EQ(complete({{14, 2}, {13, 0}, {10, 1}}), std::vector<raster_event>{});
  EXPECT_EQ(complete({{10, 2}, {10, 0}, {10, 1}}), std::vector<raster_event>{});
}

TEST(motif_layer, gives_the_same_evidence_and_detections_on_every_back_end) {
  const motif_layer whole = random_layer({30, 12, 20}, 3);
  const raster events = random_raster(30, 200, 3);
  for (const motif_layer& layer : {whole, whole.pruned(500)}) {
    const auto evidence = layer.evidence(events);
    const double threshold = threshold_for(evidence, 300);  // some evidence is equal to it
    const raster expected = layer.detect(events, threshold);
    ASSERT_GE(expected.events().size(), 300u);
    network net;
    const auto in = net.add("in", replay{}, 30);
    const auto out = net.add("out", layer.units<threshold_unit>(threshold));
    net.connect(in, out, layer.projection(5_ms));
    const auto expect_the_same = [&](simulation sim) {
      sim.observe(out);
      const probe_id sums = sim.probe(out, "sum");
      sim.play(in, events.as_recording(5_ms));
      sim.run_ticks(200);
      std::vector<raster_event> found;
      for (const spike& s : sim.spikes(out)) found.push_back({static_cast<std::uint32_t>(s.when), s.neuron});
      EXPECT_EQ((raster{20, 200, found}), expected);
      EXPECT_EQ(sim.traced(sums).values, evidence);
    };
    expect_the_same({net, reference{5_ms}});
    for (const auto how : {stepping::sweep, stepping::visit, stepping::automatic})
      for (const auto bits : {precision::single, precision::full})
        expect_the_same({net, cpu{.tick = 5_ms, .threads = 2, .stepping = how, .precision = bits}});
    expect_the_same({net, crossbar{.tick = 5_ms, .hardware = load_hardware("ideal")}});
    expect_the_same({net, digital{.tick = 5_ms, .hardware = load_hardware("loihi_davies2018")}});
  }
}

TEST(motif_layer, may_lag_behind) {
  const motif_layer layer = random_layer(small, 4);
  const auto now = layer.projection(2_ms), later = layer.projection(2_ms, 1_ms);
  ASSERT_EQ(now.size(), layer.synapses());
  for (std::size_t i = 0; i < now.size(); ++i) EXPECT_EQ(later[i].delay, now[i].delay + 1_ms);
  EXPECT_EQ(std::ranges::max_element(now, {}, &listed<number>::delay)->delay, 16_ms);
}

TEST(motif_layer, keeps_the_largest_weights) {
  const motif_layer layer{{{2, 2, 2}, {4, -3, 2, 2, -2, 1, 0, 8}, {1, 2}}};
  const auto kept = [&](std::size_t k) { return layer.pruned(k).parameters().weights; };
  EXPECT_EQ(kept(1), (std::vector<float>{0, 0, 0, 0, 0, 0, 0, 8}));
  EXPECT_EQ(kept(3), (std::vector<float>{4, -3, 0, 0, 0, 0, 0, 8}));
  EXPECT_EQ(kept(5), (std::vector<float>{4, -3, 2, 2, 0, 0, 0, 8}));
  EXPECT_EQ(kept(8), layer.parameters().weights);
  EXPECT_EQ(layer.pruned(3).synapses(), 3u);
  EXPECT_EQ(layer.pruned(3).parameters().bias, layer.parameters().bias);
  EXPECT_THAT(error_of([&] { layer.pruned(0); }), HasSubstr("0 weights cannot be kept: give 1 to 8"));
  EXPECT_THAT(error_of([&] { layer.pruned(9); }), HasSubstr("9 weights cannot be kept: give 1 to 8"));
}

TEST(motif_layer, hears_with_its_mirror_image_what_it_hears_of_exchanged_addresses) {
  const std::vector<index_t> mirror{3, 1, 4, 0, 2, 5};
  const motif_layer layer = random_layer(small, 2), both = layer.mirrored(mirror);
  const raster events = random_raster(6, 50, 2);
  std::vector<raster_event> exchanged;
  for (const auto& e : events.events()) exchanged.push_back({e.bin, mirror[e.address]});
  const auto as_is = layer.evidence(events), other = layer.evidence({6, 50, exchanged}), all = both.evidence(events);
  ASSERT_EQ(all.size(), 2 * as_is.size());
  EXPECT_EQ(both.step(), layer.step());
  for (std::size_t t = 0; t < 50; ++t)
    for (std::size_t b = 0; b < 4; ++b) {
      EXPECT_EQ(all[t * 8 + b], as_is[t * 4 + b]);
      EXPECT_EQ(all[t * 8 + 4 + b], other[t * 4 + b]);
    }
  EXPECT_THAT(error_of([&] { layer.mirrored(std::vector<index_t>{0, 1}); }), HasSubstr("a mirror of 2 addresses"));
  EXPECT_THAT(error_of([&] {
                layer.mirrored(std::vector<index_t>{1, 2, 0, 3, 4, 5});
              }),
              HasSubstr("exchanges address 0 with 1"));
}

TEST(motif_layer, gives_the_mean_probability_of_the_bins_that_hold_a_whole_motif) {
  const motif_layer layer{{{1, 3, 1}, {std::log(3.0f), 0, 0}, {0}}};
  EXPECT_NEAR(layer.mean_probability({1, 6, {{1, 0}, {2, 0}, {5, 0}}})[0], (0.75 + 0.5 + 0.5 + 0.75) / 4, 1e-6);
}

TEST(motif_layer, refuses_what_cannot_be) {
  const auto of = [](motif_shape s, std::vector<float> w, std::vector<float> b) {
    return error_of([&] { motif_layer({s, w, b}); });
  };
  constexpr float nan = std::numeric_limits<float>::quiet_NaN(), infinite = std::numeric_limits<float>::infinity();
  EXPECT_THAT(of({0, 1, 1}, {}, {0}), HasSubstr("0 addresses, 1 delays and 1 motifs: give at least one of each"));
  EXPECT_THAT(of({0x80000000u, 0x80000000u, 4}, {}, {0, 0, 0, 0}), HasSubstr("are more than 2^40 weights"));
  EXPECT_THAT(error_of([&] { random_layer(small, 1).projection(0_ms); }), HasSubstr("a bin of 0 ms"));
  EXPECT_THAT(of({2, 1, 2}, {1, 2, 3}, {0, 0}), HasSubstr("want 4 weights and 2 biases, not 3 and 2"));
  EXPECT_THAT(of({2, 3, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, nan, 1, 2}, {0, 0}),
              HasSubstr("the weight of address 1, delay 1 and motif 1 is nan"));
  EXPECT_THAT(of({1, 1, 2}, {1, 2}, {0, infinite}), HasSubstr("the bias of motif 1 is inf"));
  const motif_layer layer = random_layer(small, 1);
  EXPECT_THAT(error_of([&] { layer.evidence(random_raster(6, 8, 1)); }),
              HasSubstr("a layer of 9 delays is longer than a recording of 8 bins"));
  EXPECT_THAT(error_of([&] { layer.evidence(random_raster(5, 20, 1)); }), HasSubstr("5 addresses, the layer 6"));
  EXPECT_THAT(error_of([&] { layer.detect(random_raster(6, 20, 1), std::nan("")); }), HasSubstr("not finite"));
  EXPECT_THAT(error_of([&] {
                layer.evidence(std::vector<event>{{0, 6}}, 1_ms, 20_ms);
              }),
              HasSubstr("address 6 must be below 6"));
  EXPECT_THAT(error_of([&] { threshold_for(std::vector<double>{1, 2}, 3); }), HasSubstr("3 detections among 2"));
}

}  // namespace spinule::learning::motif_layer_test
