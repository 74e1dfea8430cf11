#include "array_options.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <spinule/backends/engine/device.hpp>
#include <spinule/random.hpp>

#include "network_training.hpp"
#include "parse_number.hpp"
#include "replaying.hpp"
#include "usage_error.hpp"

namespace spinule {
namespace {

using learning::array_effects;

/// "5%" or "0.05".
double share_of(const std::string& text, const char* option, double most) {
  const bool percent = text.ends_with('%');
  const double x = parse_number(std::string_view{text}.substr(0, text.size() - (percent ? 1 : 0)), option);
  const double share = percent ? x / 100 : x;
  if (!(share >= 0 && share <= most))
    throw usage_error{option, fmt::format("\"{}\" is not a share from 0 to {}, as 0.05 or 5%", text, most)};
  return share;
}

/// Variance of the conductances of many cells that are written to a target, uS^2, faults apart.
double written_variance(const device& cell, double target, std::uint32_t part) {
  if (cell.certain()) return 0;
  constexpr std::uint64_t cells = 4096;
  double sum = 0, squares = 0;
  for (std::uint64_t i = 0; i < cells; ++i) {
    random_stream random{1, purpose::device, i, part};
    const double g = cell.program(target, random).conductance - target;
    sum += g;
    squares += g * g;
  }
  return std::max(0.0, (squares - sum * sum / cells) / (cells - 1));
}

/// Deviation of one read, over the largest weight, for weights of 0 to the largest.
std::vector<double> noise_of(device cell) {
  constexpr std::uint32_t points = 17;
  cell.stuck_on = cell.stuck_off = 0;
  cell.levels = 0;
  const double rest = cell.rest(), window = cell.g_max - rest;
  const double resting = cell.unused == unused_cells::programmed ? written_variance(cell, rest, points) : 0;
  std::vector<double> all;
  for (std::uint32_t k = 0; k < points; ++k) {
    const double g = std::max(cell.g_min, rest + window * k / (points - 1));
    const double read = cell.read_noise * cell.read_noise * (g * g + rest * rest) + cell.flicker_variance(g) +
                        cell.flicker_variance(rest);
    all.push_back(std::sqrt(written_variance(cell, g, k) + resting + read) / window);
  }
  return std::ranges::all_of(all, [](double x) { return x == 0; }) ? std::vector<double>{} : all;
}

void add_converters(array_effects& effects, const hardware& hw) {
  if (hw.adc.converter != converter_kind::linear || hw.adc.bits.value > 22) return;
  effects.sum_bits = static_cast<int>(hw.adc.bits.value);
  effects.rows = static_cast<std::size_t>(hw.array.rows.value);
  effects.activity = hw.adc.expected_activity.value;
  effects.sigmas = hw.adc.expected_sigmas.value;
  if (hw.adc.range == converter_range::cells) effects.full_scale = hw.adc.range_cells.value;
  if (hw.adc.range == converter_range::rows) effects.full_scale = hw.array.rows.value;
}

hardware hardware_for(const network_options& o) {
  hardware hw = of_option("--hardware", [&] { return load_hardware(o.hardware); });
  of_option("--set", [&] { override_hardware(hw, o.overrides); });
  return hw;
}

bool has_delays_of_synapses(const projection_description& p, const learnable& learn) {
  if (learn.delay) return true;
  if (p.rule) return !p.delay.is_constant();
  const auto& all = p.list->delay;
  return std::ranges::any_of(all, [&](milliseconds delay) { return delay != all.front(); });
}

/// Name of the first projection whose synapses have delays of their own; empty if there is none.
std::string projection_of_many_delays(const described_network& d) {
  for (std::size_t k = 0; k < d.learn.size(); ++k)
    if (const auto& p = d.net.projections()[k]; has_delays_of_synapses(p, d.learn[k])) return p.name;
  return "";
}

}  // namespace

array_effects effects_of(const hardware& hw) {
  if (hw.kind != hardware_kind::crossbar)
    throw usage_error{"--hardware", fmt::format("\"{}\" is a digital core, on which weights are what they are; name a "
                                                "crossbar, or leave it out",
                                                hw.name)};
  const device cell = device::of(hw);
  if (cell.programming != programming_mode::write_verify)
    throw usage_error{"--hardware",
                      fmt::format("training aims at cells that are written and verified, and those of \"{}\" are not; "
                                  "give --set device.programming=write_verify, or other hardware",
                                  hw.name)};
  array_effects effects{.noise = noise_of(cell), .levels = cell.levels, .drop = cell.stuck_off};
  effects.least = std::max(0.0, (cell.g_min - cell.rest()) / (cell.g_max - cell.rest()));
  add_converters(effects, hw);
  return effects;
}

array_effects array_effects_of(const network_options& o) {
  if (o.hardware.empty() && !o.overrides.empty())
    throw usage_error{"--set", "changes hardware, and there is none; give --hardware NAME too"};
  array_effects effects;
  if (!o.hardware.empty()) {
    effects = effects_of(hardware_for(o));
  }
  if (o.weight_noise) effects.noise.assign(1, share_of(*o.weight_noise, "--weight-noise", 10));
  if (o.drop_connect) effects.drop = share_of(*o.drop_connect, "--drop-connect", 0.99);
  for (const auto& [option, given] : {std::pair{"--weight-levels", o.weight_levels}, {"--sum-bits", o.sum_bits}})
    if (given == 1) throw usage_error{option, "1 tells no sizes apart; give 2 or more, or 0 for any size"};
  if (o.weight_levels) effects.levels = *o.weight_levels;
  if (o.sum_bits) effects.sum_bits = *o.sum_bits;
  effects.clip = o.weight_clip;
  return effects;
}

std::string leave_out_of_training(network_options& o, const described_network& d) {
  if (o.hardware.empty()) return "";
  const hardware hw = hardware_for(o);
  check_overrides(hw, o.overrides);
  std::vector<std::string> parts;
  const auto& cells = hw.device;
  if (hw.array.wires == wire_model::exact) parts.emplace_back("resistance of wires");
  if (cells.stuck_on.value > 0) parts.push_back(fmt::format("{:.3g} % of cells stuck on", 100 * cells.stuck_on.value));
  if (cells.telegraph_cells.value > 0) parts.emplace_back("telegraph noise");
  if (cells.bits_per_slice.value > 0) parts.emplace_back("digits of weights");
  if (hw.adc.range == converter_range::data) parts.emplace_back("a range of converters from data (it is as expected)");
  if (hw.adc.circuit == converter_circuit::sense_amplifier) parts.emplace_back("converters of one bit");
  const int bits = o.sum_bits ? 0 : array_effects_of(o).sum_bits;
  if (const std::string name = projection_of_many_delays(d); bits > 0 && !name.empty()) {
    o.sum_bits = 0;
    parts.push_back(fmt::format(
        "sums of {} bits, as with --sum-bits 0, for the synapses of \"{}\" have delays of their own", bits, name));
  }
  return parts.empty() ? "" : fmt::format("Not learned as on arrays: {}", fmt::join(parts, "; "));
}

std::string effects_text(const array_effects& e) {
  std::vector<std::string> parts;
  if (!e.noise.empty()) {
    const auto [least, most] = std::ranges::minmax(e.noise);
    parts.push_back(least == most
                        ? fmt::format("noise of {:.3g} % of the largest weight", 100 * most)
                        : fmt::format("noise of {:.3g} to {:.3g} % of the largest weight", 100 * least, 100 * most));
  }
  if (e.levels > 0) parts.push_back(fmt::format("cells of {} levels", e.levels));
  if (e.least > 0) parts.push_back(fmt::format("no weight below {:.3g} % of the largest", 100 * e.least));
  if (e.drop > 0) parts.push_back(fmt::format("{:.3g} % of synapses missing", 100 * e.drop));
  if (e.sum_bits > 0) parts.push_back(fmt::format("sums of {} bits for each {} rows", e.sum_bits, e.rows));
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace spinule
