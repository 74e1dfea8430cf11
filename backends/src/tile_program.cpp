// Cutting a projection into tiles and writing the cells.
#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <spinule/backends/engine/device.hpp>
#include <spinule/backends/engine/tile.hpp>
#include <spinule/error.hpp>

#include "converter_scale.hpp"
#include "pair_writer.hpp"
#include "programmed_tiles.hpp"
#include "projection_weights.hpp"
#include "pulsed_row.hpp"
#include "tile_wires.hpp"
#include "weight_cells.hpp"

namespace spinule {
namespace {

constexpr double most_bytes = 8.0 * (1u << 30);

class array_builder {
 public:
  array_builder(std::size_t lines, index_t targets, const hardware& hw, std::uint64_t seed, std::uint32_t chip,
                std::uint32_t projection, const std::string& name, double tick_s)
      : cell_{device::of(hw)}, hw_{hw}, name_{name} {
    t_.name = name;
    t_.lines = lines;
    t_.targets = targets;
    t_.rows_per_tile = static_cast<std::uint32_t>(hw.array.rows.value);
    t_.slices = static_cast<std::uint32_t>(hw.array.slices.value);
    const auto columns = static_cast<std::uint32_t>(hw.array.columns.value);
    const bool offset = hw.array.signs == sign_storage::offset;
    t_.pairs_per_tile = offset ? columns / t_.slices - 1 : columns / (2 * t_.slices);
    t_.offset = offset;
    t_.cells_of_weight = (offset ? 1 : 2) * t_.slices;
    t_.scheme = hw.dac.scheme;
    t_.converts = hw.adc.converter == converter_kind::linear;
    t_.clips = hw.adc.clips;
    t_.one_bit = hw.adc.circuit == converter_circuit::sense_amplifier;
    t_.counts = hw.adc.circuit == converter_circuit::integrate_and_fire;
    t_.bits = t_.converts ? static_cast<int>(hw.adc.bits.value) : 32;
    t_.dac_bits = static_cast<int>(hw.dac.bits.value);
    t_.wires = wires_of(hw);
    t_.cell_energy = hw.array.read_voltage.value * hw.array.read_voltage.value * hw.array.read_time.value * 1e-3;
    t_.tick_s = tick_s;
    t_.seed = seed;
    t_.chip = chip;
    t_.projection = projection;
    key_ = random_stream{seed, purpose::device, chip, projection}.bits64();
  }

  std::shared_ptr<const programmed_tiles> from(const connectivity& c) {
    const auto magnitude = magnitudes_of(c);
    const bool forming = cell_.programming == programming_mode::forming;
    const double window = forming ? cell_.formed - cell_.rest() : cell_.g_max - cell_.rest();
    weights_ = weight_cells{hw_, cell_, forming ? magnitude.mean : magnitude.largest, window};
    t_.quanta_per_us = magnitude.largest > 0 ? weights_.quanta_per_us(t_.slices - 1) : 1;
    for (std::uint32_t s = 0; t_.slices > 1 && s < t_.slices; ++s) t_.slice_quanta.push_back(weights_.quanta_per_us(s));
    if (forming && magnitude.several) {
      t_.note = fmt::format("{}: forming keeps the sign of a weight and not its size; all have the mean size", name_);
    }
    place(c);
    scale_converters(t_, hw_, c, weights_, magnitude.largest);
    const bool by_pulses = cell_.programming == programming_mode::pulses;
    write_rows([&](std::uint32_t row, auto&& put, pair_writer& writer) {
      const auto codes = codes_of(c, row);
      if (by_pulses) return pulse_row(codes, row, put, writer);
      write_row(codes, row, put, writer);
    });
    return finish(weighted_pairs_of(t_));
  }

  std::shared_ptr<const programmed_tiles> blank(const connectivity& largest) {
    const double most = magnitudes_of(largest).largest;
    weights_ = weight_cells{hw_, cell_, most, cell_.g_max - cell_.g_min};
    t_.quanta_per_us = most > 0 ? weights_.quanta_per_us(0) : 1;
    place(largest);
    scale_converters(t_, hw_, largest, weights_, most);
    write_rows([&](std::uint32_t row, auto&& put, pair_writer& writer) {
      const auto codes = codes_of(largest, row);
      for (const auto& tile : t_.bands[row / t_.rows_per_tile].tiles)
        for (index_t target = tile.first_target; target < tile.first_target + tile.columns; ++target) {
          if (codes[target] != 0) {
            put(target, cell_pair{0, 0}, 0);
            continue;
          }
          const std::uint64_t pair = std::uint64_t{t_.line_of[row]} * t_.targets + target;
          const double plus = writer.left_alone(pair, false), minus = writer.left_alone(pair, true);
          put(target, writer.take({plus, minus}), 0);
        }
    });
    return finish();
  }

  std::shared_ptr<const programmed_tiles> random(double gain, double voltage) {
    t_.quanta_per_us = gain;
    place_all();
    t_.full_scale =
        full_scale_of(hw_, expected_random_sum(t_, hw_.adc, cell_, voltage), gain * (cell_.formed - cell_.pristine));
    write_rows([&](std::uint32_t row, auto&& put, pair_writer& writer) {
      const std::uint64_t first = std::uint64_t{t_.line_of[row]} * t_.targets;
      for (index_t target = 0; target < t_.targets; ++target) {
        auto plus = writer.stream(first + target, false), minus = writer.stream(first + target, true);
        const double a = writer.book(cell_.form_at(voltage, plus)), b = writer.book(cell_.form_at(voltage, minus));
        put(target, writer.take({a, b}), 0);
      }
    });
    return finish(weighted_pairs_of(t_));
  }

 private:
  void place(const connectivity& c) {
    std::vector<char> used;
    t_.row_of.assign(t_.lines, programmed_tiles::no_row);
    for (std::size_t line = 0; line < t_.lines; ++line) {
      bool any = false;
      for_each_weight(c, line, [&](index_t target, std::int64_t) {
        if (!any) used.resize(add_row(line, used));
        any = true;
        used[target / t_.pairs_per_tile] = 1;
      });
    }
    close_band(used);
    allocate();
  }

  void place_all() {
    std::vector<char> used;
    t_.row_of.assign(t_.lines, programmed_tiles::no_row);
    for (std::size_t line = 0; line < t_.lines; ++line) {
      used.resize(add_row(line, used));
      std::fill(used.begin(), used.end(), 1);
    }
    close_band(used);
    allocate();
  }

  // Gives the line the next row, opening a band where one is full; the number of tiles across.
  std::size_t add_row(std::size_t line, std::vector<char>& used) {
    const auto row = static_cast<std::uint32_t>(t_.line_of.size());
    if (row % t_.rows_per_tile == 0) {
      close_band(used);
      t_.bands.push_back({.first_row = row, .rows = 0, .width = 0, .cells = 0, .tiles = {}, .target_of = {}});
    }
    ++t_.bands.back().rows;
    t_.row_of[line] = row;
    t_.line_of.push_back(static_cast<std::uint32_t>(line));
    return (t_.targets + t_.pairs_per_tile - 1) / t_.pairs_per_tile;
  }

  void close_band(std::vector<char>& used) {
    for (std::size_t i = 0; i < used.size(); ++i) {
      if (!used[i]) continue;
      auto& band = t_.bands.back();
      const auto first = static_cast<index_t>(i * t_.pairs_per_tile);
      const std::uint32_t columns = std::min(t_.pairs_per_tile, t_.targets - first);
      band.tiles.push_back({first, columns, band.width, t_.tile_count++});
      band.width += columns;
      for (index_t j = 0; j < columns; ++j) band.target_of.push_back(first + j);
    }
    std::fill(used.begin(), used.end(), 0);
  }

  void allocate() {
    std::size_t cells = 0;
    for (auto& band : t_.bands) {
      band.cells = cells;
      cells += std::size_t{band.rows} * band.width;
    }
    const bool noisy = cell_.noisy();
    const bool wired = !t_.wires.perfect();
    t_.plane = cells;
    const std::size_t held = cells * t_.slices;
    const double bytes = static_cast<double>(cells) * pair_bytes(hw_);
    if (bytes > most_bytes) {
      throw spinule_error{
          name_,
          fmt::format("its {} tiles would take {:.1f} GiB; at most 8 GiB: use fewer delays, or fewer lines x targets",
                      t_.tile_count, bytes / (1u << 30))};
    }
    if (cell_.exact() && !wired)
      t_.whole.resize(t_.converts ? held : cells);
    else
      t_.analogue.resize(held);
    if (noisy) t_.moment.resize(held);
    if (wired) t_.cells.resize(2 * held);
    t_.row_energy.resize(t_.line_of.size());
  }

  // Runs write(row, put, writer) for every row; put(target, pair, code) stores a pair where its tile is placed.
  template <class Write>
  void write_rows(Write&& write) {
    const bool certain = cell_.certain();
    std::vector<std::uint64_t> written(t_.line_of.size()), pulses(t_.line_of.size());
    std::vector<double> fresh(t_.line_of.size()), old(t_.line_of.size());
    std::vector<std::vector<telegraph_trap>> traps(cell_.telegraph_cells > 0 ? t_.line_of.size() : 0);
    tbb::parallel_for(
        tbb::blocked_range<std::uint32_t>{0, static_cast<std::uint32_t>(t_.line_of.size())}, [&](const auto& range) {
          for (std::uint32_t row = range.begin(); row != range.end(); ++row) {
            const auto& band = t_.bands[row / t_.rows_per_tile];
            const std::size_t first = band.cells + std::size_t{row - band.first_row} * band.width;
            pair_writer writer{.cell = cell_, .certain = certain, .key = key_, .cell_energy = t_.cell_energy};
            std::size_t at = 0;
            write(
                row,
                [&](index_t target, const cell_pair& pair, std::int64_t code, std::uint32_t slice = 0) {
                  store(first + at, slice, pair, code);
                  if (!traps.empty()) trap(first + at, pair_at(row, target, slice), slice, pair, traps[row]);
                  if (slice + 1 == t_.slices) ++at;
                },
                writer);
            t_.row_energy[row] = writer.energy;
            written[row] = writer.written;
            pulses[row] = writer.pulses;
            fresh[row] = writer.fresh;
            old[row] = writer.old;
          }
        });
    for (std::size_t row = 0; row < written.size(); ++row) {
      t_.programming.cells += written[row];
      t_.programming.pulses += pulses[row];
    }
    for (const auto& row : traps) t_.traps.insert(t_.traps.end(), row.begin(), row.end());
    t_.programming.time_ns = programming_time(pulses);
    if (hw_.device.compensation == drift_compensation::global) t_.gain = gain_of(fresh, old);
  }

  // In the order of rows, which no thread changes.
  static double gain_of(const std::vector<double>& fresh, const std::vector<double>& old) {
    const double now = std::accumulate(old.begin(), old.end(), 0.0);
    return now > 0 ? std::accumulate(fresh.begin(), fresh.end(), 0.0) / now : 1;
  }

  // Pulses of one row of a band follow one another; bands are written at the same time.
  double programming_time(const std::vector<std::uint64_t>& pulses) const {
    std::uint64_t longest = 0;
    for (const auto& band : t_.bands) {
      std::uint64_t sum = 0;
      for (std::uint32_t r = 0; r < band.rows; ++r) sum += pulses[band.first_row + r];
      longest = std::max(longest, sum / std::max<std::uint64_t>(band.tiles.size(), 1));
    }
    return static_cast<double>(longest) * hw_.device.write_time.value;
  }

  // [targets] weights of a row; those in between are 0.
  std::vector<std::int64_t> codes_of(const connectivity& c, std::uint32_t row) const {
    std::vector<std::int64_t> codes(t_.targets);
    for_each_weight(c, t_.line_of[row], [&](index_t target, std::int64_t code) { codes[target] = code; });
    return codes;
  }

  // Cells of a row that is written pulse by pulse, uS; one that holds nothing is left alone.
  std::vector<double> aims_of(const std::vector<std::int64_t>& codes, std::uint32_t row, std::uint32_t slice) const {
    std::vector<double> aims(2 * codes.size(), pulsed_row::left_alone);
    for (index_t target = 0; target < t_.targets; ++target) {
      if (codes[target] == 0 && !weights_.offset()) continue;
      const cell_targets to = weights_.targets(codes[target], slice);
      if (to.plus > cell_.rest() || weights_.offset()) aims[2 * target] = to.plus;
      if (to.minus > cell_.rest() && !weights_.offset()) aims[2 * target + 1] = to.minus;
    }
    if (!weights_.offset()) return aims;
    for (const auto& tile : t_.bands[row / t_.rows_per_tile].tiles)
      aims[2 * tile.first_target + 1] = weights_.targets(0, slice).minus;
    return aims;
  }

  void pulse_row(const std::vector<std::int64_t>& codes, std::uint32_t row, auto&& put, pair_writer& writer) const {
    std::vector<pulsed_row> slices;
    for (std::uint32_t s = 0; s < t_.slices; ++s) {
      const auto number = static_cast<std::uint32_t>(s * t_.lines + t_.line_of[row]);
      const pulsed_row& written = slices.emplace_back(aims_of(codes, row, s), hw_, cell_, key_, number);
      writer.written += written.cells;
      writer.pulses += written.pulses;
    }
    put_row(codes, row, put, writer, [&](index_t target, bool minus, std::uint32_t s) {
      return slices[s].settled(target, minus, writer, pair_at(row, target, s));
    });
  }

  void write_row(const std::vector<std::int64_t>& codes, std::uint32_t row, auto&& put, pair_writer& writer) const {
    put_row(codes, row, put, writer, [&](index_t target, bool minus, std::uint32_t s) {
      const cell_targets to = weights_.targets(codes[target], s);
      return writer.write(minus ? to.minus : to.plus, pair_at(row, target, s), minus);
    });
  }

  // Pairs in the order of their band, of each all slices. `cell(target, minus, slice)`: uS of a cell that is written.
  // With an offset the minus cell of a tile's first target is that of all, always in the middle of its window.
  void put_row(const std::vector<std::int64_t>& codes, std::uint32_t row, auto&& put, pair_writer& writer,
               auto&& cell) const {
    std::vector<double> shared(t_.slices);
    for (const auto& tile : t_.bands[row / t_.rows_per_tile].tiles) {
      for (std::uint32_t s = 0; weights_.offset() && s < t_.slices; ++s)
        shared[s] = writer.pulse_energy(cell(tile.first_target, true, s));
      for (index_t target = tile.first_target; target < tile.first_target + tile.columns; ++target)
        for (std::uint32_t s = 0; s < t_.slices; ++s) {
          const double plus = cell(target, false, s);
          if (weights_.offset())
            put(target, cell_pair{writer.pulse_energy(plus), shared[s]}, codes[target], s);
          else
            put(target, writer.take({plus, cell(target, true, s)}), codes[target], s);
        }
    }
  }

  std::uint64_t pair_at(std::uint32_t row, index_t target, std::uint32_t slice) const {
    return (std::uint64_t{slice} * t_.lines + t_.line_of[row]) * t_.targets + target;
  }

  // Traps of both cells of a pair: slow ones are kept, of fast ones the mean and the variance.
  void trap(std::size_t at, std::uint64_t number, std::uint32_t slice, const cell_pair& pair,
            std::vector<telegraph_trap>& slow) {
    const double q = t_.quanta_of(slice);
    at += slice * t_.plane;
    for (const bool minus : {false, true}) {
      const std::uint64_t cell = 2 * number + minus;
      auto found = draw_trap(cell_, minus ? pair.minus : pair.plus, {key_, purpose::device, cell, 1});
      if (!found) continue;
      found->at = at;
      found->cell = cell;
      found->step = static_cast<float>(found->step * q * (minus ? -1 : 1));
      if (!is_white(*found, t_.tick_s)) {
        slow.push_back(*found);
        continue;
      }
      const double full = found->full(), step = found->step;
      t_.analogue[at] -= static_cast<float>(full * step);
      t_.moment[at] += static_cast<float>(full * (1 - full) * step * step);
    }
  }

  void store(std::size_t at, std::uint32_t slice, const cell_pair& pair, std::int64_t code) {
    const double q = t_.quanta_of(slice), r = cell_.read_noise;
    const std::size_t in_plane = at + slice * t_.plane;
    if (!t_.analogue.empty())
      t_.analogue[in_plane] = static_cast<float>(pair.difference() * q);
    else if (t_.slices > 1 && t_.converts)
      t_.whole[in_plane] = static_cast<std::int32_t>(std::llround(weights_.part(code, slice)));
    else if (slice == 0)
      t_.whole[at] = static_cast<std::int32_t>(weights_.kept(code));
    if (!t_.cells.empty()) {
      t_.cells[2 * in_plane] = static_cast<float>(pair.plus);
      t_.cells[2 * in_plane + 1] = static_cast<float>(pair.minus);
    }
    if (t_.moment.empty()) return;
    const double flicker = cell_.flicker_variance(pair.plus) + cell_.flicker_variance(pair.minus);
    t_.moment[in_plane] = static_cast<float>(pair.squares() * (r * q) * (r * q) + flicker * q * q);
  }

  std::shared_ptr<const programmed_tiles> finish(weighted_pairs weighted = {}) {
    t_.weighted = std::move(weighted);
    if (!t_.cells.empty()) hand_through_wires(t_, hw_.array.access, cell_);
    t_.programming.energy_pj = static_cast<double>(t_.programming.pulses) * hw_.device.write_energy.value;
    return std::make_shared<programmed_tiles>(std::move(t_));  // not const: see `own`
  }

  device cell_;
  const hardware& hw_;
  std::string name_;
  std::uint64_t key_ = 0;
  programmed_tiles t_;
  weight_cells weights_;
};

}  // namespace

tiled_projection::tiled_projection(const connectivity& synapses, const hardware& hw, std::uint64_t seed,
                                   std::uint32_t chip, std::uint32_t projection, const std::string& name, double tick_s)
    : tiled_projection{
          array_builder{synapses.lines(), synapses.targets, hw, seed, chip, projection, name, tick_s}.from(synapses)} {}

tiled_projection tiled_projection::random_forming(std::size_t lines, index_t targets, double gain, const hardware& hw,
                                                  std::uint64_t seed, std::uint32_t chip, std::uint32_t projection,
                                                  const std::string& name, double tick_s) {
  hardware forming = hw;
  forming.device.programming = programming_mode::forming;
  forming.array.slices.value = 1;
  forming.array.signs = sign_storage::differential;
  array_builder builder{lines, targets, forming, seed, chip, projection, name, tick_s};
  return tiled_projection{builder.random(gain, hw.device.forming_voltage.value)};
}

tiled_projection tiled_projection::blank(const connectivity& largest, const hardware& hw, std::uint64_t seed,
                                         std::uint32_t chip, std::uint32_t projection, const std::string& name) {
  array_builder builder{largest.lines(), largest.targets, hw, seed, chip, projection, name, 1e-3};
  return tiled_projection{builder.blank(largest)};
}

}  // namespace spinule
