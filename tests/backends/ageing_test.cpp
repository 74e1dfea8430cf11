// What time does to an array, and what is done about it.
#include <cmath>

#include <gtest/gtest.h>

#include <spinule/backends/engine/device.hpp>
#include <spinule/backends/engine/tile.hpp>

#include "ks_distance.hpp"
#include "weight_ramp.hpp"

namespace spinule::ageing_test {

hardware aged(const std::vector<std::string>& changes) {
  hardware hw = load_hardware("ideal");
  override_hardware(hw, std::vector<std::string>{"device.drift=power", "device.drift_nu=0.05", "device.drift_start=20",
                                                 "device.age=1y", "device.g_min=0.1"});
  override_hardware(hw, changes);
  return hw;
}

double mean_error(const tiled_projection& tiles, const connectivity& c) {
  double error = 0;
  for (std::size_t line = 0; line < c.lines(); ++line)
    for (auto s = c.offsets[line]; s < c.offsets[line + 1]; ++s)
      error += std::abs(tiles.weight(line, c.target[s]) - c.weight(s)) / 1e6 / static_cast<double>(c.synapses());
  return error;
}

TEST(ageing, drift_that_all_cells_share_is_compensated) {
  const auto c = weight_ramp();
  const double factor = std::pow(365.25 * 86400 / 20, -0.05);
  const tiled_projection drifted{c, aged({}), 1, 0, 0}, given_back{c, aged({"device.compensation=global"}), 1, 0, 0};
  EXPECT_NEAR(drifted.weight(0, 1) / -700000, factor, 1e-4);
  EXPECT_GT(mean_error(drifted, c), 0.2);
  EXPECT_LT(mean_error(given_back, c), 1e-4);
}

TEST(ageing, what_differs_from_cell_to_cell_is_not) {
  const auto c = weight_ramp();
  const std::vector<std::string> spread{"device.drift_nu_sd=0.02"};
  auto both = spread;
  both.push_back("device.compensation=global");
  const double drifted = mean_error({c, aged(spread), 1, 0, 0}, c),
               given_back = mean_error({c, aged(both), 1, 0, 0}, c);
  EXPECT_LT(given_back, drifted / 2);
  EXPECT_GT(given_back, 0.02);
}

TEST(ageing, compensation_is_of_what_is_read_too) {
  const auto c = weight_ramp();
  tiled_projection tiles{c, aged({"device.compensation=global"}), 1, 0, 0};
  const std::vector<std::uint32_t> rows{0, 3, 9};
  std::vector<std::int32_t> input(c.targets);
  tiles.read(rows, 1, input);
  for (index_t t = 0; t < c.targets; ++t) {
    double sum = 0;
    for (const auto r : rows) sum += tiles.weight(r, t);
    EXPECT_NEAR(input[t], sum, 2);
  }
}

TEST(ageing, flicker_grows_with_the_logarithm_of_time) {
  device d{.g_max = 25, .flicker = 0.0088, .age = 1};
  const double q = 0.0088 * std::pow(10.0 / 25, -0.65);
  EXPECT_NEAR(d.flicker_variance(10), 100 * q * q * std::log((1 + 2.5e-7) / 5e-7), 1e-12);
  EXPECT_NEAR(d.flicker_variance(0.01) / 1e-4, 0.04 * std::log((1 + 2.5e-7) / 5e-7), 1e-9);  // at most 0.2 G
  const double young = d.flicker_variance(10);
  d.age = 86400;
  EXPECT_GT(d.flicker_variance(10), young);
  d.flicker = 0;
  EXPECT_EQ(d.flicker_variance(10), 0);
}

TEST(ageing, flicker_is_the_variance_of_reads) {
  connectivity c{.sources = 1, .targets = 1, .delays = {1}, .offsets = {0, 1}, .target = {0}, .code = {1'000'000}};
  hardware hw = load_hardware("ideal");
  override_hardware(
      hw, std::vector<std::string>{"device.g_min=0", "device.pristine=0", "device.flicker=0.01", "device.age=1000"});
  tiled_projection tiles{c, hw, 1, 0, 0};
  const device d = device::of(hw);
  const double expected = std::sqrt(d.flicker_variance(d.g_max)) * tiles.quanta_per_us();
  double sum = 0, squares = 0;
  std::vector<double> deviations;
  const int n = 20000;
  for (int t = 0; t < n; ++t) {
    std::vector<std::int32_t> input(1);
    tiles.read(std::vector<std::uint32_t>{0}, t, input);
    sum += input[0];
    squares += double{1} * input[0] * input[0];
    deviations.push_back((input[0] - 1e6) / expected);
  }
  EXPECT_NEAR(std::sqrt(squares / n - sum / n * (sum / n)) / expected, 1, 0.02);
  EXPECT_LT(ks_distance(deviations, normal_law), ks_limit(n));
}

}  // namespace spinule::ageing_test
