// The numbers of a pulse response as constants of hardware.
#include <array>
#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <spinule/backends/pulsed_cells.hpp>

#include "hardware_schema.hpp"
#include "pulse_constants.hpp"

namespace spinule {
namespace {

struct pulse_number {
  constant pulse_constants::*of;
  double pulse_response::*in;
};
using c = pulse_constants;
using r = pulse_response;

constexpr std::array numbers{
    pulse_number{&c::step, &r::step},
    pulse_number{&c::step_sd, &r::step_sd},
    pulse_number{&c::up_down, &r::up_down},
    pulse_number{&c::up_down_sd, &r::up_down_sd},
    pulse_number{&c::cycle_sd, &r::cycle_sd},
    pulse_number{&c::highest, &r::highest},
    pulse_number{&c::highest_sd, &r::highest_sd},
    pulse_number{&c::lowest, &r::lowest},
    pulse_number{&c::lowest_sd, &r::lowest_sd},
    pulse_number{&c::slope_up, &r::slope_up},
    pulse_number{&c::slope_down, &r::slope_down},
    pulse_number{&c::amplitude_up, &r::amplitude_up},
    pulse_number{&c::amplitude_down, &r::amplitude_down},
    pulse_number{&c::rate_up, &r::rate_up},
    pulse_number{&c::rate_down, &r::rate_down},
    pulse_number{&c::scale, &r::scale},
    pulse_number{&c::offset, &r::offset},
    pulse_number{&c::write_noise, &r::write_noise},
    pulse_number{&c::corrupt, &r::corrupt},
};

constexpr std::string_view from_response = "pulse response ";

// Constants that a file or an option has set say so by their place.
bool is_set(const constant& k) { return !k.where.empty() && !k.where.starts_with(from_response); }

void fill(constant& k, double value, const std::string& response, std::string_view unit) {
  if (is_set(k)) return;
  k = {.value = value,
       .unit = std::string{unit},
       .node = "as published",
       .source = fmt::format("of the pulse response {}", response),
       .kind = "fit",
       .low = {},
       .high = {},
       .where = std::string{from_response} + response};
}

}  // namespace

bool is_pulse_constant(std::string_view key) { return key.starts_with("pulses.") || key.starts_with("update."); }

std::span<const std::string_view> response_names() {
  static const std::vector<pulse_response> responses = pulse_responses();
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const auto& one : responses) all.push_back(one.name);
    return all;
  }();
  return names;
}

void complete_pulses(hardware& hw) {
  if (hw.kind != hardware_kind::crossbar) return;
  pulse_constants& p = hw.pulses;
  const pulse_response named = pulse_responses()[p.response];
  for (const auto& n : numbers) fill(p.*n.of, named.*n.in, named.name, "1");
  fill(p.lognormal, named.lognormal_steps ? 1 : 0, named.name, "1");
  const write_limits usual;
  fill(p.tolerance, usual.tolerance, named.name, "1");
  fill(p.verify_noise, usual.read_noise, named.name, "1");
  fill(p.most_pulses, usual.most_pulses, named.name, "pulses");
}

pulse_response response_of(const hardware& hw) {
  const pulse_constants& p = hw.pulses;
  pulse_response response = pulse_responses()[p.response];
  for (const auto& n : numbers) response.*n.in = (p.*n.of).value;
  response.lognormal_steps = p.lognormal.value > 0;
  return response;
}

write_limits write_limits_of(const hardware& hw) {
  return {.tolerance = hw.pulses.tolerance.value,
          .most_pulses = static_cast<int>(hw.pulses.most_pulses.value),
          .read_noise = hw.pulses.verify_noise.value};
}

}  // namespace spinule
