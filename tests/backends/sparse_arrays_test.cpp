// Arrays of which few pairs hold a weight: their reads touch no others, and the law of a read stays what it was.
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include <spinule/backends/engine/converter_ranges.hpp>
#include <spinule/backends/engine/tile.hpp>
#include <spinule/random.hpp>

namespace spinule::sparse_arrays_test {
namespace {

constexpr index_t sources = 60, targets = 40;
constexpr double read_noise = 0.05;
constexpr int reads = 20000;

/// One weight in ten, +-100000 quanta.
connectivity few_weights() {
  connectivity c{.sources = sources, .targets = targets, .delays = {1}, .offsets = {0}, .target = {}, .code = {}};
  random_stream random{1, purpose::wiring, 0};
  for (index_t s = 0; s < sources; ++s) {
    for (index_t t = 0; t < targets; ++t) {
      if (random.uniform() >= 0.1) continue;
      c.target.push_back(t);
      c.code.push_back(random.uniform() < 0.5 ? 100'000 : -100'000);
    }
    c.offsets.push_back(c.target.size());
  }
  return c;
}

/// Of which cells at rest are heard, too, for want of a converter.
hardware formed_cells(const std::vector<std::string>& changes) {
  hardware hw = load_hardware("random_rram_40nm");
  override_hardware(hw, std::vector<std::string>{"adc=none", "array.rows=32", "array.columns=48", "device.pristine=3",
                                                 "device.read_noise=0.05"});
  override_hardware(hw, changes);
  return hw;
}

/// Of which cells at rest have noise of a tenth of a step.
hardware quiet_at_rest() {
  return formed_cells({"adc.converter=linear", "adc.bits=12", "adc.expected_activity=0.5", "device.pristine=0.01"});
}

struct law {
  double mean = 0, variance = 0;
};

/// Of independent cells, each G (1 + r xi), of rows driven with `values`.
law law_of(const tiled_projection& tiles, const std::vector<std::uint32_t>& lines, const std::vector<float>& values,
           index_t target, double pristine) {
  const double q = tiles.quanta_per_us();
  law of_column;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const double w = tiles.weight(lines[i], target), a = values.empty() ? 1 : static_cast<double>(values[i]);
    const double formed = pristine + std::abs(w) / q;
    of_column.mean += a * w;
    of_column.variance += std::pow(a * read_noise * q, 2) * (formed * formed + pristine * pristine);
  }
  return of_column;
}

void expect_the_law(tiled_projection tiles, const std::vector<std::uint32_t>& lines, const std::vector<float>& values,
                    double pristine = 3) {
  std::vector<double> sum(targets), squares(targets);
  std::vector<std::int32_t> input(targets);
  for (int t = 0; t < reads; ++t) {
    std::fill(input.begin(), input.end(), 0);
    tiles.read(lines, values, t, input);
    for (index_t j = 0; j < targets; ++j) sum[j] += input[j], squares[j] += std::pow(input[j], 2);
  }
  for (index_t j = 0; j < targets; ++j) {
    const law of_column = law_of(tiles, lines, values, j, pristine);
    if (of_column.mean == 0 && pristine < 3) {  // no weight
      EXPECT_EQ(squares[j], 0) << "target " << j;
      continue;
    }
    const double mean = sum[j] / reads, variance = squares[j] / reads - mean * mean;
    EXPECT_NEAR(mean, of_column.mean, 5 * std::sqrt(of_column.variance / reads) + 1) << "target " << j;
    EXPECT_NEAR(variance / of_column.variance, 1, 5 * std::sqrt(2.0 / reads)) << "target " << j;
  }
}

TEST(sparse_arrays, have_the_noise_of_all_cells_those_at_rest_included) {
  const tiled_projection tiles{few_weights(), formed_cells({}), 1, 0, 0};
  expect_the_law(tiles, {7}, {});
  expect_the_law(tiles, {0, 3, 3, 8, 31, 40, 41, 59}, {});  // two bands; a line that is pulsed twice
}

TEST(sparse_arrays, have_the_noise_of_rows_that_carry_values) {
  tiled_projection tiles{few_weights(), formed_cells({}), 1, 0, 0};
  tiles.carry_values(1);
  expect_the_law(tiles, {2, 9, 40}, {1, -1, 64.0f / 127});
}

TEST(sparse_arrays, have_the_noise_of_columns_with_weights_where_a_converter_hears_no_others) {
  tiled_projection tiles{few_weights(), quiet_at_rest(), 1, 0, 0};
  expect_the_law(tiles, {7}, {}, 0.01);
  expect_the_law(tiles, {0, 3, 3, 8, 31, 40, 41, 59}, {}, 0.01);
  tiles.carry_values(1);
  expect_the_law(tiles, {2, 9, 40}, {1, -1, 64.0f / 127}, 0.01);
}

TEST(sparse_arrays, are_heard_at_rest_where_a_converter_sees_them) {
  const hardware hw = formed_cells({"adc.converter=linear", "adc.bits=8"});
  tiled_projection tiles{few_weights(), hw, 1, 0, 0};
  const std::vector<std::uint32_t> lines{0, 3, 8, 31};
  std::vector<int> heard(targets);
  for (int t = 0; t < 1000; ++t) {
    std::vector<std::int32_t> input(targets);
    tiles.read(lines, t, input);
    for (index_t j = 0; j < targets; ++j) heard[j] += input[j] != 0;
  }
  for (index_t j = 0; j < targets; ++j) EXPECT_GT(heard[j], 100) << "target " << j;
}

TEST(sparse_arrays, convert_every_column_whether_or_not_it_is_heard) {
  tiled_projection tiles{few_weights(), quiet_at_rest(), 1, 0, 0};
  std::vector<std::int32_t> input(targets);
  const tile_activity now = tiles.read(std::vector<std::uint32_t>{0, 40}, 0, input);
  EXPECT_EQ(now.conversions, 2 * targets);
  EXPECT_EQ(now.clipped, 0);
  EXPECT_EQ(now.widest, 24);
}

TEST(sparse_arrays, find_the_largest_sum_among_the_columns_that_are_heard) {
  tiled_projection tiles{few_weights(), quiet_at_rest(), 1, 0, 0};
  const auto sums = std::make_shared<sum_record>();
  tiles.observe(sums);
  std::vector<std::int32_t> input(targets);
  tiles.read(std::vector<std::uint32_t>{1, 2}, 0, input);
  double largest = 0;
  for (index_t j = 0; j < targets; ++j) largest = std::max(largest, std::abs(tiles.weight(1, j) + tiles.weight(2, j)));
  EXPECT_NEAR(sums->largest(), largest, 1e-6 * largest);
}

TEST(sparse_arrays, add_up_their_weights_where_reads_are_exact) {
  tiled_projection tiles{few_weights(), formed_cells({"device.read_noise=0"}), 1, 0, 0};
  const std::vector<std::uint32_t> lines{1, 2, 2, 30, 50};
  std::vector<std::int32_t> input(targets);
  tiles.read(lines, 0, input);
  for (index_t j = 0; j < targets; ++j) {
    double expected = 0;
    for (const auto line : lines) expected += tiles.weight(line, j);
    EXPECT_NEAR(input[j], expected, 1) << "target " << j;  // each band is rounded by itself
  }
}

}  // namespace
}  // namespace spinule::sparse_arrays_test
