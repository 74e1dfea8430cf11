#include "hardware_schema.hpp"

#include <cmath>

#include <fmt/format.h>

#include "conversion.hpp"
#include "measure.hpp"

namespace spinule {
namespace {

using enum range_rule;

bool is_whole(double value) { return value == std::floor(value) && value <= 0x1p31; }

}  // namespace

bool applies(used_by kinds, hardware_kind kind) {
  return kinds == used_by::both || (kinds == used_by::crossbar) == (kind == hardware_kind::crossbar);
}

std::string fault_in(const constant_rule& rule, double value) {
  const auto fault = [&](std::string_view right) {
    return fmt::format("{} is {}; it must be {}", rule.key, amount_text(value, rule.unit), right);
  };
  if (!std::isfinite(value)) return fault("a finite number");
  const double most = most_of(rule.unit);
  const auto within = [&] {
    if (std::abs(value) <= most) return std::string{};
    return fault(value > 0 ? "at most " + amount_text(most, rule.unit) : "at least " + amount_text(-most, rule.unit));
  };
  switch (rule.range) {
    case any:
      return within();
    case at_least_zero:
      return value >= 0 ? within() : fault("0 or more");
    case above_zero:
      return value > 0 ? within() : fault("more than 0");
    case below_zero:
      return value < 0 ? within() : fault("less than 0");
    case flag:
      return value == 0 || value == 1 ? "" : fault("0 or 1");
    case fraction:
      return value >= 0 && value <= 1 ? "" : fault("between 0 and 1");
    case some_fraction:
      return value > 0 && value <= 1 ? "" : fault("more than 0 and at most 1");
    case count:
      return is_whole(value) && value >= 1 ? "" : fault("a whole number from 1");
    case levels:
      return is_whole(value) && value >= 0 && value != 1 ? "" : fault("0 (any value) or a whole number from 2");
    case bits:
      return is_whole(value) && value >= 2 && value <= 32
                 ? ""
                 : fault(rule.key == "adc.bits" ? "a whole number from 2 to 32 (no converter: adc.converter = \"none\")"
                                                : "a whole number from 2 to 32");
    case some_bits:
      return is_whole(value) && (value == 0 || (value >= 2 && value <= 24))
                 ? ""
                 : fault("0 (any value) or a whole number from 2 to 24");
    case whole:
      return is_whole(value) && value >= 0 ? "" : fault("a whole number from 0");
  }
  return "";
}

void complete(hardware& h) {
  for (const auto& rule : constant_rules()) {
    constant& c = rule.of(h);
    if (!rule.otherwise.given || !applies(rule.kinds, h.kind) || !c.unit.empty()) continue;
    c.value = rule.otherwise.value;
    c.unit = rule.unit;
    c.source = rule.otherwise.source;
    c.kind = "assumption";
    c.node = "any";
    c.where = fmt::format("{}, which no file gives", rule.key);
  }
  complete_pulses(h);
}

namespace {

void check_cells_of_weights(const hardware& h) {
  const auto refuse = [](const constant& at, const std::string& what) { throw relation_error{at.where, what}; };
  const auto& array = h.array;
  const double slices = array.slices.value, bits = h.device.bits_per_slice.value;
  const bool offset = array.signs == sign_storage::offset;
  if (array.columns.value < 2 * slices)
    refuse(array.columns,
           fmt::format("array.columns is {:g}; {} takes {:g} columns", array.columns.value,
                       offset ? "a weight and the column that is subtracted" : "a differential pair", 2 * slices));
  if (slices > 1 && bits == 0)
    refuse(array.slices, "array.slices is above 1; device.bits_per_slice must say how many bits each slice holds");
  if (slices * bits > 32)
    refuse(array.slices, fmt::format("{:g} slices of {:g} bits are more than 32 bits of a weight", slices, bits));
  if (offset && slices * bits == 1)
    refuse(h.device.bits_per_slice, "1 bit has no middle for array.signs = \"offset\"; use 2 or more");
  if ((offset || bits > 0) && h.device.programming == programming_mode::forming)
    refuse(array.columns,
           "slices and array.signs = \"offset\" need device.programming = \"write_verify\" or \"pulses\"");
  if (h.dac.scheme != value_input::amplitude && h.dac.bits.value == 0)
    refuse(h.dac.bits, "dac.bits is 0; values that come in pulses need a whole number of bits from 2");
  if (h.dac.scheme != value_input::amplitude && array.wires == wire_model::exact)
    refuse(h.dac.bits, "array.wires = \"exact\" knows values as amplitudes only; use dac.scheme = \"amplitude\"");
}

// Below 0 the sum counts as 0, which the coefficients of a fit may come to somewhere, but not everywhere.
void check_error(const device_constants& d) {
  const bool alone = d.error_1.value == 0 && d.error_2.value == 0 && d.error_3.value == 0 && d.error_4.value == 0;
  if (alone && d.error_0.value < 0)
    throw file_error{
        d.error_0.where,
        fmt::format("device.error_0 is {:g} uS, and device.error_1 to error_4 are 0; an sd must be 0 or more",
                    d.error_0.value)};
}

struct clipped_line {
  const char* name;
  const constant &value, &slope, &least, &most;
};

void check_drift(const device_constants& d) {
  for (const auto& [name, value, slope, least, most] :
       {clipped_line{"drift_nu", d.drift_nu, d.drift_nu_slope, d.drift_nu_least, d.drift_nu_most},
        clipped_line{"drift_nu_sd", d.drift_nu_sd, d.drift_nu_sd_slope, d.drift_nu_sd_least, d.drift_nu_sd_most}}) {
    if (least.value > most.value)
      throw relation_error{least.where, fmt::format("device.{0}_least is {1:g}, but device.{0}_most is {2:g}; it must "
                                                    "not be the larger",
                                                    name, least.value, most.value)};
    if (slope.value == 0 && (value.value < least.value || value.value > most.value))
      throw relation_error{value.where, fmt::format("device.{0} is {1:g}; it must be from device.{0}_least, {2:g}, to "
                                                    "device.{0}_most, {3:g}, or device.{0}_slope must not be 0",
                                                    name, value.value, least.value, most.value)};
  }
}

}  // namespace

void check_relations(const hardware& h) {
  if (h.kind == hardware_kind::digital) {
    if (h.synapse.cycles.value > 0 && h.clock.frequency.value <= 0) {
      throw relation_error{h.clock.frequency.where,
                           "clock.frequency is 0, but synapse.cycles counts cycles; it must be more than 0"};
    }
    return;
  }
  check_conversion(h);
  const auto& d = h.device;
  if (d.g_min.value >= d.g_max.value) {
    throw relation_error{d.g_min.where,
                         fmt::format("device.g_min is {:g} uS, but device.g_max is {:g} uS; g_min must be the smaller",
                                     d.g_min.value, d.g_max.value)};
  }
  if (d.pristine.value >= d.g_max.value) {
    throw relation_error{d.pristine.where,
                         fmt::format("device.pristine is {:g} uS, but device.g_max is {:g} uS; it must be the smaller",
                                     d.pristine.value, d.g_max.value)};
  }
  check_error(d);
  check_drift(d);
  if (h.array.temperature.value < 200 || h.array.temperature.value > 500)
    throw relation_error{h.array.temperature.where,
                         fmt::format("array.temperature is {:g} K; the resistance of wires is known from 200 to 500 K",
                                     h.array.temperature.value)};
  if (d.programming == programming_mode::forming && d.pristine.value >= d.formed.value) {
    throw relation_error{
        d.formed.where,
        fmt::format("device.formed is {:g} uS, but device.pristine is {:g} uS; formed must be the larger",
                    d.formed.value, d.pristine.value)};
  }
  if (d.stuck_on.value + d.stuck_off.value > 1) {
    throw relation_error{
        d.stuck_on.where,
        "device.stuck_on and device.stuck_off add up to more than 1; together they must stay within 1"};
  }
  if (std::abs(h.pulses.up_down.value) >= 1) {
    throw relation_error{h.pulses.up_down.where,
                         fmt::format("pulses.up_down is {:g}; beyond -1 or 1 pulses of one sign would change theirs",
                                     h.pulses.up_down.value)};
  }
  if (h.update.refresh.value > 0.5)
    throw relation_error{
        h.update.refresh.where,
        fmt::format("update.refresh is {:g}; it must be at most 0.5, for one cell of a pair is above it "
                    "and the other above 1 - it",
                    h.update.refresh.value)};
  if (d.telegraph_shortest.value > d.telegraph_longest.value)
    throw relation_error{
        d.telegraph_shortest.where,
        fmt::format("device.telegraph_shortest is {:g} s, but device.telegraph_longest is {:g} s; it must not "
                    "be the longer",
                    d.telegraph_shortest.value, d.telegraph_longest.value)};
  if (d.telegraph_cells.value > 0 && h.array.wires == wire_model::exact)
    throw relation_error{d.telegraph_cells.where,
                         "array.wires = \"exact\" knows no traps; set device.telegraph_cells = 0"};
  check_cells_of_weights(h);
}

}  // namespace spinule
