#include "non_idealities.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/backends/engine/cost_model.hpp>

namespace spinule {
namespace {

bool same(const hardware& a, const hardware& b) {
  const auto all = constants_of(a), others = constants_of(b);
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].value.value != others[i].value.value) return false;
  const auto choices = choices_of(a), other_choices = choices_of(b);
  for (std::size_t i = 0; i < choices.size(); ++i)
    if (choices[i].value != other_choices[i].value) return false;
  return a.adc.clips == b.adc.clips;
}

hardware with(hardware hw, const std::vector<std::string>& overrides) {
  override_hardware(hw, overrides);
  return hw;
}

bool has_chosen(const hardware& hw, const std::string& choice) {
  const auto all = choices_of(hw);
  return choice.empty() ||
         std::ranges::any_of(all, [&](const named_choice& c) { return c.key + "=" + c.value == choice; });
}

}  // namespace

const std::vector<non_ideality>& non_idealities() {
  static const std::vector<non_ideality> all{
      {"forming",
       "cells broken down once keep the sign of a weight and not its size, and spread",
       {"device.programming=write_verify", "device.error_0=0", "device.error_1=0", "device.error_2=0",
        "device.error_3=0", "device.error_4=0"},
       "device.programming=forming"},
      {"pulse by pulse",
       "cells take steps that differ, and stop near their target",
       {"device.programming=write_verify", "device.error_0=0", "device.error_1=0", "device.error_2=0",
        "device.error_3=0", "device.error_4=0"},
       "device.programming=pulses"},
      {"residual error",
       "what write-verify leaves between the target and the cell",
       {"device.error_0=0", "device.error_1=0", "device.error_2=0", "device.error_3=0", "device.error_4=0"},
       "device.programming=write_verify"},
      {"levels", "a cell takes one of a few conductances", {"device.levels=0"}},
      {"weight digits", "a weight is a whole number of a few digits", {"array.slices=1", "device.bits_per_slice=0"}},
      {"on/off ratio", "a cell that is off conducts all the same", {"device.g_min=0", "device.pristine=0"}},
      {"drift", "conductances change with the age of the array", {"device.drift=none"}},
      {"stuck cells", "cells that no pulse changes", {"device.stuck_on=0", "device.stuck_off=0"}},
      {"read noise", "every read of a cell differs", {"device.read_noise=0"}},
      {"1/f noise", "reads wander, the farther the older the array", {"device.flicker=0"}},
      {"telegraph noise", "traps of single cells fill and empty", {"device.telegraph_cells=0"}},
      {"wire resistance", "lines, drivers and sense amplifiers take a part of the voltage", {"array.wires=ignored"}},
      {"one-bit converter", "a sum gives full scale or nothing", {"adc.kind=sar"}, "adc.kind=sense_amplifier"},
      {"converter bits", "sums are rounded to the codes of the converter", {"adc.bits=32"}, "adc.converter=linear"},
      {"converter range", "sums beyond full scale are clipped", {"adc=unclipped"}, "adc.converter=linear"},
      {"row converter bits", "values that drive a row are rounded", {"dac.bits=0"}},
  };
  return all;
}

std::vector<non_ideality> non_idealities_of(const hardware& hw) {
  std::vector<non_ideality> present;
  for (const auto& one : non_idealities()) {
    if (has_chosen(hw, one.needs) && !same(with(hw, one.off), hw)) present.push_back(one);
  }
  return present;
}

std::vector<std::string> at_the_price_of(const hardware& hw) {
  // What the meter charges for one conversion, by whatever model, becomes a constant.
  const auto charged = [&](std::uint32_t converted) {
    cost_meter meter{hw, {{{"in", 1, true}, {"out", 1}}, {{"in->out", 0, 1, 1, {1}}}}};
    const population_activity nothing[2]{};
    projection_activity read;
    read.array = {.tiles_read = 1, .conversions = converted, .phases = 1, .widest = converted};
    meter.tick({nothing, {&read, 1}});
    return meter.report();
  };
  const cost_report one = charged(1), none = charged(0);
  double pj = 0;
  for (const cost& c : one.dynamic) pj += c.component == "conversion" ? c.energy_pj : 0;
  return {"adc.model=growth", fmt::format("adc.energy={}", pj),
          fmt::format("adc.time={}", (one.latency_us - none.latency_us) * 1e3), "adc.energy_growth=1",
          "adc.time_growth=1"};
}

}  // namespace spinule
