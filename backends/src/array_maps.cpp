#include <spinule/backends/engine/array_maps.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include <spinule/backends/engine/tile.hpp>
#include <spinule/backends/resistive_array.hpp>
#include <spinule/engine/lowering.hpp>
#include <spinule/error.hpp>

#include "programmed_projection.hpp"
#include "projection_weights.hpp"
#include "tile_wires.hpp"

namespace spinule {
namespace {

/// What the pairs of a tile hold and what they are to hold, uS.
struct tile_values {
  std::vector<float> held, error;  ///< [rows * pairs]
  double mean_error = 0;
};

tile_values values_of(const tiled_projection& tiles, const tiled_projection::placement& at, const connectivity& c,
                      bool frozen) {
  tile_values v;
  const double unit = 1 / tiles.quanta_per_us();
  std::vector<std::int64_t> asked(c.targets);
  for (const auto line : at.lines) {
    if (!frozen) for_each_weight(c, line, [&](index_t target, std::int64_t code) { asked[target] = code; });
    for (index_t target = at.first_target; target < at.first_target + at.pairs; ++target) {
      const double held = tiles.weight(line, target) * unit;
      const double error = frozen ? 0 : held - static_cast<double>(asked[target]) * unit;
      v.held.push_back(static_cast<float>(held));
      v.error.push_back(static_cast<float>(error));
      v.mean_error += std::abs(error);
    }
    if (!frozen) for_each_weight(c, line, [&](index_t target, std::int64_t) { asked[target] = 0; });
  }
  v.mean_error /= static_cast<double>(v.held.size());
  return v;
}

/// [rows * pairs], of the cells of each weight the one that loses most, all rows driven with 1 V.
std::vector<float> drops_of(const std::vector<double>& conductances, std::uint32_t rows, const tile_columns& columns,
                            const array_wires& wires) {
  const std::vector<double> volts(rows, 1.0);
  const auto read = resistive_array{rows, columns.count(), conductances, wires}.solve(volts, {.tolerance = 1e-6});
  std::vector<float> drops;
  for (std::size_t row = 0; row < rows; ++row)
    for (std::uint32_t pair = 0; pair < columns.pairs; ++pair) {
      double least = 1;
      for (std::uint32_t s = 0; s < columns.slices; ++s)
        for (const std::size_t column : {columns.plus(pair, s), columns.minus(pair, s)}) {
          const std::size_t at = row * columns.count() + column;
          least = std::min(least, read.word[at] - read.bit[at]);
        }
      drops.push_back(static_cast<float>(1 - least));
    }
  return drops;
}

array_map map_of(const lowered_network& n, const crossbar& on, index_t j, const map_options& o) {
  const connectivity& c = n.synapses(j);
  const std::string& name = n.descriptions[j].name;
  const bool frozen = std::ranges::find(on.frozen, name, &frozen_projection::name) != on.frozen.end();
  const auto tiles = programmed_projection(on, n, j);
  array_map map;
  map.projection = name;
  map.tiles = tiles.tiles();
  map.mean_error = -1;
  tile_values worst;
  for (std::uint32_t t = 0; t < tiles.tiles(); ++t) {
    auto v = values_of(tiles, tiles.tile(t), c, frozen);
    if (v.mean_error <= map.mean_error) continue;
    map.tile = t;
    map.mean_error = v.mean_error;
    worst = std::move(v);
  }
  const auto at = tiles.tile(map.tile);
  map.rows = static_cast<std::uint32_t>(at.lines.size());
  map.pairs = at.pairs;
  map.conductance = picture_of(worst.held, map.rows, map.pairs, o.most_pixels);
  map.error = picture_of(worst.error, map.rows, map.pairs, o.most_pixels);
  const auto& array = hardware_for(on, name).array;
  const auto wires = wires_of(hardware_for(on, name));
  if (wires.perfect()) return map;
  crossbar gated = on;  // whose cells are kept apart from what wires make of them
  gated.hardware.array.access = cell_access::transistor;
  for (auto& e : gated.exceptions) e.hardware.array.access = cell_access::transistor;
  const auto cells = programmed_projection(gated, n, j).conductances(map.tile);
  const tile_columns columns{map.pairs, static_cast<std::uint32_t>(array.slices.value),
                             array.signs == sign_storage::offset};
  map.drop = picture_of(drops_of(cells, map.rows, columns, wires), map.rows, map.pairs, o.most_pixels);
  return map;
}

}  // namespace

tiled_projection::placement tiled_projection::tile(std::uint32_t which) const {
  for (const auto& band : tiles_->bands)
    for (const auto& tile : band.tiles)
      if (tile.number == which)
        return {std::span{tiles_->line_of}.subspan(band.first_row, band.rows), tile.first_target, tile.columns};
  throw spinule_error{"array", fmt::format("there is no tile {}; there are {}", which, tiles())};
}

std::vector<double> tiled_projection::conductances(std::uint32_t which) const {
  std::vector<std::uint32_t> rows;
  for (const auto& band : tiles_->bands)
    for (const auto& tile : band.tiles) {
      if (tile.number != which || tiles_->cells.empty()) continue;
      rows.resize(band.rows);
      std::iota(rows.begin(), rows.end(), 0);
      return spinule::conductances(*tiles_, band, tile, rows);
    }
  return {};
}

array_picture picture_of(std::span<const float> values, std::uint32_t rows, std::uint32_t columns,
                         std::uint32_t most_pixels) {
  if (most_pixels == 0) throw spinule_error{"array map", "0 pixels show nothing; give at least 1"};
  const std::uint32_t tall = (rows + most_pixels - 1) / most_pixels, wide = (columns + most_pixels - 1) / most_pixels;
  array_picture p;
  if (values.empty()) return p;
  p.rows = (rows + tall - 1) / tall;
  p.columns = (columns + wide - 1) / wide;
  std::vector<float> pixels(std::size_t{p.rows} * p.columns);
  for (std::uint32_t r = 0; r < rows; ++r)
    for (std::uint32_t c = 0; c < columns; ++c) {
      float& pixel = pixels[std::size_t{r / tall} * p.columns + c / wide];
      const float value = values[std::size_t{r} * columns + c];
      if (std::abs(value) > std::abs(pixel)) pixel = value;
    }
  for (const float pixel : pixels) p.largest = std::max<double>(p.largest, std::abs(pixel));
  for (const float pixel : pixels)
    p.levels.push_back(p.largest > 0 ? static_cast<std::int8_t>(std::lround(127 * (pixel / p.largest))) : 0);
  return p;
}

std::vector<array_map> array_maps(const network& net, const crossbar& on, const map_options& options) {
  check_crossbar(on, net);
  const auto lowered = lower(net, on.tick);
  const lowered_network& n = *lowered;
  std::vector<array_map> maps;
  for (index_t j = 0; j < n.descriptions.size(); ++j)
    if (!n.descriptions[j].plasticity && n.synapses(j).synapses() > 0) maps.push_back(map_of(n, on, j, options));
  while (maps.size() > options.most_maps) maps.erase(std::ranges::min_element(maps, {}, &array_map::mean_error));
  return maps;
}

}  // namespace spinule
