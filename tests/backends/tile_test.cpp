// Tiles: exact where devices are ideal, and the stated statistics where they are not.
#include <spinule/backends/engine/converter_ranges.hpp>
#include <spinule/backends/engine/tile.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gmock/gmock.h>

#include <spinule/error.hpp>
#include <spinule/random.hpp>

#include "ks_distance.hpp"

namespace spinule::tile_test {

connectivity random_matrix(index_t sources, index_t targets, double density, std::int32_t largest,
                           std::size_t delays = 1) {
  connectivity c{.sources = sources, .targets = targets, .delays = {}, .offsets = {0}, .target = {}, .code = {}};
  for (std::size_t d = 0; d < delays; ++d) c.delays.push_back(static_cast<ticks>(d + 1));
  random_stream random{1, purpose::wiring, sources};
  for (std::size_t line = 0; line < c.lines(); ++line) {
    for (index_t t = 0; t < targets; ++t) {
      if (random.uniform() >= density) continue;
      c.target.push_back(t);
      const auto span = 2 * static_cast<std::uint64_t>(largest) + 1;
      c.code.push_back(static_cast<std::int32_t>(random.below(span)) - largest);
    }
    c.offsets.push_back(c.target.size());
  }
  return c;
}

// One synapse of each given weight, from sources 0, 1, ... to target 0.
connectivity column(const std::vector<std::int32_t>& codes) {
  connectivity c{.sources = static_cast<index_t>(codes.size()),
                 .targets = 1,
                 .delays = {1},
                 .offsets = {0},
                 .target = {},
                 .code = codes};
  for (std::size_t i = 0; i < codes.size(); ++i) {
    c.target.push_back(0);
    c.offsets.push_back(i + 1);
  }
  return c;
}

std::vector<std::int32_t> exact_sums(const connectivity& c, const std::vector<std::uint32_t>& active) {
  std::vector<std::int32_t> sums(c.targets);
  for (const auto line : active) {
    for (auto s = c.offsets[line]; s < c.offsets[line + 1]; ++s) sums[c.target[s]] += c.weight(s);
  }
  return sums;
}

std::vector<std::uint32_t> random_lines(std::size_t lines, double activity, std::uint64_t seed) {
  random_stream random{seed, purpose::source, 0};
  std::vector<std::uint32_t> active;
  for (std::uint32_t l = 0; l < lines; ++l) {
    if (random.uniform() < activity) active.push_back(l);
    if (random.uniform() < activity * 0.05) active.push_back(l);
  }
  std::sort(active.begin(), active.end());
  return active;
}

hardware with(const std::string& preset, const std::vector<std::string>& changes = {}) {
  auto hw = load_hardware(preset);
  override_hardware(hw, changes);
  return hw;
}

TEST(tile, gives_exact_integer_sums_with_ideal_devices) {
  const auto hw = with("ideal", {"array.rows=30", "array.columns=34"});
  for (const std::int32_t largest : {1, 1000, 20'000'000}) {
    const auto c = random_matrix(70, 101, 0.15, largest, 3);
    tiled_projection tiles{c, hw, 1, 0, 0};
    EXPECT_GT(tiles.tiles(), 40u);
    for (std::uint64_t t = 0; t < 20; ++t) {
      const auto active = random_lines(c.lines(), 0.1, t);
      std::vector<std::int32_t> input(c.targets, 5);
      tiles.read(active, static_cast<moment>(t), input);
      auto expected = exact_sums(c, active);
      for (auto& x : expected) x += 5;
      EXPECT_EQ(input, expected);
    }
  }
}

TEST(tile, stays_exact_through_a_converter_of_enough_bits) {
  const auto hw =
      with("ideal", {"adc.converter=linear", "adc.bits=26", "adc.range=rows", "array.rows=64", "array.columns=64"});
  const auto c = random_matrix(200, 90, 0.15, 30000);
  tiled_projection tiles{c, hw, 1, 0, 0};
  const auto active = random_lines(c.lines(), 0.2, 1);
  std::vector<std::int32_t> input(c.targets);
  tiles.read(active, 0, input);
  EXPECT_EQ(input, exact_sums(c, active));
  EXPECT_EQ(tiles.counts().clipped, 0u);
}

TEST(tile, is_exact_with_a_finite_on_off_ratio_too) {
  const auto c = random_matrix(100, 50, 0.3, 77);
  tiled_projection tiles{c, with("ideal", {"device.g_min=20", "device.pristine=20"}), 1, 0, 0};
  const auto active = random_lines(c.lines(), 0.2, 1);
  std::vector<std::int32_t> input(c.targets);
  tiles.read(active, 0, input);
  EXPECT_EQ(input, exact_sums(c, active));
}

TEST(tile, merges_parallel_synapses) {
  connectivity c{.sources = 1, .targets = 2, .delays = {1}, .offsets = {0, 3}, .target = {0, 0, 1}, .code = {3, 4, -2}};
  tiled_projection tiles{c, with("ideal"), 1, 0, 0};
  std::vector<std::int32_t> input(2);
  tiles.read(std::vector<std::uint32_t>{0, 0}, 0, input);
  EXPECT_THAT(input, testing::ElementsAre(14, -4));
  EXPECT_EQ(tiles.counts().phases, 2u);
}

TEST(tile, does_not_place_tiles_without_synapses) {
  connectivity c{.sources = 8, .targets = 8, .delays = {1}, .offsets = {0}, .target = {}, .code = {}, .constant = 1};
  for (index_t s = 0; s < 8; ++s) {  // block diagonal, and source 2 has no synapse
    if (s != 2) c.target.push_back(s);
    c.offsets.push_back(c.target.size());
  }
  tiled_projection tiles{c, with("ideal", {"array.rows=4", "array.columns=8"}), 1, 0, 0};
  EXPECT_THAT(tiles.band_tiles(), testing::ElementsAre(2, 1));  // rows of sources 0 1 3 4 and 5 6 7
  std::vector<std::int32_t> input(8);
  const auto now = tiles.read(std::vector<std::uint32_t>{2, 3, 6}, 0, input);
  EXPECT_THAT(input, testing::ElementsAre(0, 0, 0, 1, 0, 0, 1, 0));
  EXPECT_EQ(now.lines, 2u);
  EXPECT_EQ(now.rows_driven, 3u);
  EXPECT_EQ(now.tiles_read, 3u);
  EXPECT_EQ(now.conversions, 12u);
}

TEST(tile, takes_two_femtojoules_to_read_a_cell_of_five_microsiemens) {
  // V^2 G t: 5 uS, 0.2 V, 10 ns -> 2 fJ; 25 uS, 0.5 V, 100 ns -> 625 fJ.
  const auto energy = [](const std::string& g, const std::string& v, const std::string& ns) {
    auto hw = with("ideal", {"device.g_max=" + g, "array.read_voltage=" + v, "array.read_time=" + ns});
    tiled_projection tiles{column({1}), hw, 1, 0, 0};
    std::vector<std::int32_t> input(1);
    return tiles.read(std::vector<std::uint32_t>{0}, 0, input).cell_energy_pj;
  };
  EXPECT_NEAR(energy("5", "0.2", "10"), 2e-3, 1e-12);
  EXPECT_NEAR(energy("25", "0.5", "100"), 0.625, 1e-12);
}

TEST(tile, counts_the_current_of_cells_without_weight) {
  const auto hw = with("ideal", {"device.g_min=1", "device.pristine=1", "device.g_max=11", "array.read_voltage=1",
                                 "array.read_time=1000"});
  connectivity c{.sources = 1, .targets = 3, .delays = {1}, .offsets = {0, 1}, .target = {0}, .code = {1}};
  tiled_projection tiles{c, hw, 1, 0, 0};
  std::vector<std::int32_t> input(3);
  EXPECT_NEAR(tiles.read(std::vector<std::uint32_t>{0}, 0, input).cell_energy_pj, 11 + 5 * 1, 1e-9);
}

TEST(tile, rounds_to_the_steps_of_its_converter_and_clips) {
  const auto hw = with("ideal", {"adc.converter=linear", "adc.bits=4", "adc.range=cells", "adc.range_cells=2"});
  tiled_projection tiles{column({700, 100, -700, 700, 700}), hw, 1, 0, 0};
  EXPECT_DOUBLE_EQ(tiles.full_scale(), 1400);  // 7 steps of 200 quanta
  const auto read = [&](std::vector<std::uint32_t> lines) {
    std::vector<std::int32_t> input(1);
    tiles.read(lines, 0, input);
    return input[0];
  };
  EXPECT_EQ(read({0}), 800);  // 3.5 steps: to even
  EXPECT_EQ(read({1}), 0);
  EXPECT_EQ(read({0, 1}), 800);
  EXPECT_EQ(read({2}), -800);
  EXPECT_EQ(read({0, 3}), 1400);
  EXPECT_EQ(tiles.counts().clipped, 0u);
  EXPECT_EQ(read({0, 3, 4}), 1400);
  EXPECT_EQ(tiles.counts().clipped, 1u);
  tiles.reset_counts();
  EXPECT_EQ(tiles.counts().conversions, 0u);
}

TEST(tile, counts_on_beyond_full_scale_where_its_converter_does_not_clip) {
  const auto hw =
      with("ideal", {"adc.converter=linear", "adc.bits=4", "adc.range=cells", "adc.range_cells=2", "adc=unclipped"});
  tiled_projection tiles{column({700, 100, -700, 700, 700}), hw, 1, 0, 0};
  std::vector<std::int32_t> input(1);
  tiles.read(std::vector<std::uint32_t>{0, 3, 4}, 0, input);
  EXPECT_EQ(input[0], 2000) << "10.5 steps of 200 quanta, to even; clipped it is 1400";
  EXPECT_EQ(tiles.counts().clipped, 0u);
}

TEST(tile, can_be_calibrated_to_what_it_sees) {
  auto hw = with("ideal", {"adc.converter=linear", "adc.bits=8"});
  tiled_projection tiles{column({10, 20, -90}), hw, 1, 0, 0};
  std::vector<std::int32_t> input(1);
  const auto sums = std::make_shared<sum_record>();
  tiles.observe(sums);
  tiles.read(std::vector<std::uint32_t>{0, 2}, 0, input);
  EXPECT_EQ(sums->largest(), 80);
  tiles.full_scale(sums->largest());
  EXPECT_EQ(tiles.full_scale(), 80);
  EXPECT_THROW(tiles.full_scale(0), spinule_error);
}

TEST(tile, expects_sums_of_the_stated_activity) {
  const auto c = random_matrix(512, 200, 0.15, 1);
  tiled_projection tiles{c, with("isaac_32nm"), 1, 0, 0};
  for (std::uint64_t t = 0; t < 50; ++t) {
    std::vector<std::int32_t> input(c.targets);
    tiles.read(random_lines(c.lines(), 0.09, t), static_cast<moment>(t), input);
  }
  EXPECT_LT(static_cast<double>(tiles.counts().clipped), 1e-3 * static_cast<double>(tiles.counts().conversions));
}

TEST(tile, has_read_noise_of_the_stated_mean_and_variance) {
  // Two cells per pair, each G (1 + r xi): the variance of a sum is r^2 times the sum of G+^2 + G-^2.
  const auto hw = with("ideal", {"device.g_min=5", "device.pristine=5", "device.g_max=25", "device.read_noise=0.05"});
  const std::vector<std::int32_t> codes{100000, -60000, 40000};
  tiled_projection tiles{column(codes), hw, 9, 0, 0};
  const double per_us = 100000 / 20.0;
  EXPECT_DOUBLE_EQ(tiles.quanta_per_us(), per_us);
  double variance = 0;
  for (const double w : codes) {
    const double on = 5 + std::abs(w) / per_us;
    variance += 0.05 * 0.05 * (on * on + 25) * per_us * per_us;
  }
  const int n = 100000;
  std::vector<double> x(n);
  for (int t = 0; t < n; ++t) {
    std::vector<std::int32_t> input(1);
    tiles.read(std::vector<std::uint32_t>{0, 1, 2}, t, input);
    x[static_cast<std::size_t>(t)] = input[0];
  }
  const double mean = std::accumulate(x.begin(), x.end(), 0.0) / n;
  double squares = 0;
  for (double& v : x) {
    v = (v - 80000) / std::sqrt(variance);
    squares += v * v;
  }
  EXPECT_NEAR(mean, 80000, 4 * std::sqrt(variance / n));
  EXPECT_NEAR(squares / n, 1, 0.02);
  EXPECT_LT(ks_distance(x, normal_law), ks_limit(n));
}

TEST(tile, gives_the_same_chip_for_the_same_seed_whatever_the_cut) {
  const auto c = random_matrix(64, 40, 0.5, 1000);
  const auto small = with("neurram_130nm", {"array.rows=16", "array.columns=16"});
  tiled_projection a{c, with("neurram_130nm"), 3, 1, 2}, b{c, small, 3, 1, 2}, other{c, small, 3, 2, 2};
  int different = 0;
  for (std::size_t line = 0; line < c.lines(); ++line) {
    for (index_t t = 0; t < c.targets; ++t) {
      EXPECT_EQ(a.weight(line, t), b.weight(line, t));
      different += a.weight(line, t) != other.weight(line, t);
    }
  }
  EXPECT_GT(different, 2000);
}

TEST(tile, repeats_its_noise_for_the_same_presentation_only) {
  const auto c = random_matrix(64, 40, 0.5, 1000);
  const auto hw = with("random_rram_40nm");
  const tiled_projection chip{c, hw, 3, 0, 0};
  const auto read = [&](std::uint64_t presentation, moment t) {
    auto copy = chip;
    copy.present(presentation);
    std::vector<std::int32_t> input(c.targets);
    copy.read(random_lines(c.lines(), 0.3, 1), t, input);
    return input;
  };
  EXPECT_EQ(read(4, 7), read(4, 7));
  EXPECT_NE(read(4, 7), read(5, 7));
  EXPECT_NE(read(4, 7), read(4, 8));
}

TEST(tile, has_the_programming_error_in_its_weights) {
  const auto c = random_matrix(128, 128, 1, 1000);
  tiled_projection tiles{
      c, with("neurram_130nm", {"device.error_0=1", "device.error_1=0", "device.error_2=0", "device.error_3=0"}), 1, 0,
      0};
  double squares = 0, n = 0;
  for (std::size_t line = 0; line < c.lines(); ++line) {
    for (auto s = c.offsets[line]; s < c.offsets[line + 1]; ++s) {
      if (std::abs(c.weight(s)) < 200) continue;  // far from the clip at 0 uS on one side; the other side is at 1 uS
      const double e = (tiles.weight(line, c.target[s]) - c.weight(s)) / tiles.quanta_per_us();
      squares += e * e;
      ++n;
    }
  }
  // One cell has sd 1, the other max(0, 1 + xi): mean 1.08332, second moment around 1 of 0.75162.
  EXPECT_NEAR(squares / n, 1 + 0.75162, 0.04);
  EXPECT_EQ(tiles.programming().cells, 2u * 128 * 128);
  EXPECT_EQ(tiles.programming().pulses, 9 * tiles.programming().cells);
  EXPECT_DOUBLE_EQ(tiles.programming().energy_pj, 175.0 * static_cast<double>(tiles.programming().pulses));
}

TEST(tile, forms_pattern_and_sign_of_a_frozen_projection) {
  connectivity c = random_matrix(200, 100, 0.15, 1);
  for (auto& w : c.code) w = w >= 0 ? 105 : -105;
  tiled_projection tiles{c, with("random_rram_40nm"), 1, 0, 0};
  EXPECT_TRUE(tiles.note().empty());
  double sum = 0, squares = 0, n = 0;
  for (std::size_t line = 0; line < c.lines(); ++line) {
    std::vector<std::int32_t> codes(c.targets);
    for (auto s = c.offsets[line]; s < c.offsets[line + 1]; ++s) codes[c.target[s]] = c.weight(s);
    for (index_t t = 0; t < c.targets; ++t) {
      const double ratio = codes[t] == 0 ? tiles.weight(line, t) : tiles.weight(line, t) / codes[t];
      if (codes[t] == 0) {
        EXPECT_EQ(ratio, 0);
        continue;
      }
      sum += ratio;
      squares += ratio * ratio;
      ++n;
    }
  }
  EXPECT_NEAR(sum / n, 1, 0.01);
  EXPECT_NEAR(std::sqrt(squares / n - sum / n * sum / n), 2.4624 / (14.2473 - 0.1), 0.01);
  EXPECT_EQ(tiles.programming().cells, c.synapses());
  EXPECT_GT(tiles.programming().pulses, 8 * c.synapses());

  c.code[0] = 50;
  EXPECT_THAT((tiled_projection{c, with("random_rram_40nm"), 1, 0, 0, "input"}.note()),
              testing::HasSubstr("input: forming keeps the sign"));
}

TEST(tile, can_be_weights_that_nobody_chose) {
  const double gain = 1000;
  auto tiles = tiled_projection::random_forming(256, 200, gain,
                                                with("random_rram_40nm", {"adc=none", "device.read_noise=0"}), 5, 0, 0);
  double sum = 0, squares = 0;
  for (std::size_t line = 0; line < 256; ++line) {
    for (index_t t = 0; t < 200; ++t) {
      sum += tiles.weight(line, t);
      squares += tiles.weight(line, t) * tiles.weight(line, t);
    }
  }
  const double n = 256 * 200, step = 14.2473 - 0.1;
  EXPECT_NEAR(sum / n / gain, 0, 0.2);
  EXPECT_NEAR(std::sqrt(squares / n) / gain, std::sqrt(2 * (0.5 * 2.4624 * 2.4624 + 0.25 * step * step)), 0.1);
  EXPECT_EQ(tiles.programming().pulses, 2u * 256 * 200);

  const std::vector<std::uint32_t> active{3, 100};
  std::vector<std::int32_t> input(200);
  tiles.read(active, 0, input);
  for (index_t t = 0; t < 200; ++t) EXPECT_NEAR(input[t], tiles.weight(3, t) + tiles.weight(100, t), 1);
}

TEST(tile, saturates_rather_than_wraps) {
  const auto hw = with("ideal", {"device.read_noise=0.001"});
  tiled_projection tiles{column({2'000'000'000, 2'000'000'000}), hw, 1, 0, 0};
  std::vector<std::int32_t> input{2'000'000'000};
  tiles.read(std::vector<std::uint32_t>{0}, 0, input);
  EXPECT_EQ(input[0], 2'147'483'647);
}

TEST(tile, says_how_much_memory_it_lacks) {
  connectivity c{
      .sources = 100000, .targets = 40000, .delays = {1}, .offsets = {0}, .target = {}, .code = {}, .constant = 1};
  for (index_t s = 0; s < c.sources; ++s) {
    for (index_t t = s % 64; t < c.targets; t += 8000) c.target.push_back(t);
    c.offsets.push_back(c.target.size());
  }
  try {
    tiled_projection{c, with("ideal", {"array.columns=80000"}), 1, 0, 0, "input->liquid"};
    FAIL();
  } catch (const spinule_error& e) {
    EXPECT_THAT(e.what(), testing::AllOf(testing::HasSubstr("input->liquid"), testing::HasSubstr("GiB")));
  }
}

TEST(tile, places_nothing_for_no_synapses) {
  connectivity c{.sources = 3, .targets = 3, .delays = {1}, .offsets = {0, 0, 0, 0}, .target = {}, .code = {}};
  tiled_projection tiles{c, with("random_rram_40nm"), 1, 0, 0};
  std::vector<std::int32_t> input(3);
  EXPECT_EQ(tiles.read(std::vector<std::uint32_t>{0, 1, 2}, 0, input).tiles_read, 0u);
  EXPECT_EQ(tiles.tiles(), 0u);
}

}  // namespace spinule::tile_test
