#include "converter_scale.hpp"

#include <algorithm>
#include <cmath>

#include "projection_weights.hpp"

namespace spinule {
namespace {

double expected_sum(const programmed_tiles& tiles, const adc_constants& adc, const connectivity& c, const auto& part) {
  const double p = adc.expected_activity.value, k = adc.expected_sigmas.value;
  double largest = 0;
  std::vector<double> sum(tiles.targets), squares(tiles.targets);
  for (const auto& band : tiles.bands) {
    std::fill(sum.begin(), sum.end(), 0);
    std::fill(squares.begin(), squares.end(), 0);
    for (std::uint32_t r = 0; r < band.rows; ++r) {
      for_each_weight(c, tiles.line_of[band.first_row + r], [&](index_t target, std::int64_t code) {
        const double w = part(code);
        sum[target] += w;
        squares[target] += w * w;
      });
    }
    for (index_t j = 0; j < tiles.targets; ++j)
      largest = std::max(largest, std::abs(p * sum[j]) + k * std::sqrt(p * (1 - p) * squares[j]));
  }
  return largest;
}

}  // namespace

double full_scale_of(const hardware& hw, double expected, double fully_on) {
  double quanta = 0;
  switch (hw.adc.range) {
    case converter_range::cells:
      quanta = hw.adc.range_cells.value * fully_on;
      break;
    case converter_range::rows:
      quanta = hw.array.rows.value * fully_on;
      break;
    case converter_range::expected:
    case converter_range::data:  // until it is measured
      quanta = std::max(expected, fully_on);
      break;
  }
  return quanta > 0 ? quanta : 1;
}

void scale_converters(programmed_tiles& tiles, const hardware& hw, const connectivity& c, const weight_cells& weights,
                      double largest) {
  if (tiles.slices == 1) {
    const auto code = [](std::int64_t x) { return static_cast<double>(x); };
    tiles.full_scale = full_scale_of(hw, expected_sum(tiles, hw.adc, c, code), largest);
    return;
  }
  for (std::uint32_t s = 0; s < tiles.slices; ++s) {
    const auto part = [&](std::int64_t x) { return weights.part(x, s); };
    tiles.slice_scale.push_back(full_scale_of(hw, expected_sum(tiles, hw.adc, c, part), weights.fully_on(s)));
  }
  tiles.full_scale = tiles.slice_scale.back();
  for (double& scale : tiles.slice_scale) scale /= tiles.full_scale;
}

double expected_random_sum(const programmed_tiles& tiles, const adc_constants& adc, const device& cell,
                           double voltage) {
  const double p = adc.expected_activity.value, k = adc.expected_sigmas.value;
  const double z =
      cell.breakdown_sd > 0 ? (voltage - cell.breakdown) / cell.breakdown_sd : (voltage > cell.breakdown ? 9 : -9);
  const double formed = 0.5 * std::erfc(-z / std::sqrt(2.0));
  const double step = cell.formed - cell.pristine;
  const double variance = 2 * (formed * cell.formed_sd * cell.formed_sd + formed * (1 - formed) * step * step);
  return k * tiles.quanta_per_us *
         std::sqrt(p * variance * std::min<double>(tiles.rows_per_tile, static_cast<double>(tiles.lines)));
}

}  // namespace spinule
