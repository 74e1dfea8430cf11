// Changing and listing the keys of a preset.
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <spinule/backends/hardware.hpp>
#include <spinule/error.hpp>

#include "hardware_schema.hpp"
#include "measure.hpp"

namespace spinule {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  return first == text.npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

void override_choice(hardware& hw, const choice_rule& rule, std::string_view value, const std::string& where) {
  for (std::size_t i = 0; i < rule.allowed.size(); ++i) {
    if (rule.allowed[i] == value) return rule.set(hw, i);
  }
  throw spinule_error{where, fmt::format("{} must be one of: {}", rule.key, fmt::join(rule.allowed, ", "))};
}

double amount_of(const constant_rule& rule, std::string_view text, const std::string& where) {
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{})
    throw spinule_error{where, fmt::format("{} must be a number{}", rule.key,
                                           rule.unit == "1" ? "" : fmt::format(", in {}", rule.unit))};
  const auto unit = trimmed(text.substr(static_cast<std::size_t>(end - text.data())));
  const auto factor = unit.empty() ? 1 : conversion(unit, rule.unit);
  if (!factor)
    throw spinule_error{
        where, fmt::format("{} has unit \"{}\"; it must be one of: {}", rule.key, unit, units_like(rule.unit))};
  if (const auto fault = fault_in(rule, number * *factor); !fault.empty()) throw spinule_error{where, fault};
  return number * *factor;
}

void override_constant(hardware& hw, const constant_rule& rule, std::string_view text, const std::string& where) {
  constant& c = rule.of(hw);
  const std::string before = amount_text(c.value, rule.unit);
  c = {.value = amount_of(rule, text, where),
       .unit = std::string{rule.unit},
       .node = c.node,
       .source = fmt::format("set by the user in place of {}", before),
       .kind = "user",
       .low = {},
       .high = {},
       .where = where};
}

void set_zero(constant& c) {
  c.value = 0;
  c.low = c.high = {};
  c.source = "switched to ideal by the user";
  c.kind = "user";
}

}  // namespace

void make_device_ideal(hardware& hw) {
  auto& d = hw.device;
  d.programming = programming_mode::write_verify;
  d.unused = unused_cells::programmed;
  d.drift = drift_law::none;
  for (constant* c : {&d.levels, &d.error_0, &d.error_1, &d.error_2, &d.error_3, &d.error_4, &d.read_noise, &d.flicker,
                      &d.stuck_on, &d.stuck_off, &d.telegraph_cells}) {
    set_zero(*c);
  }
}

namespace {

[[noreturn]] void refuse_key(const hardware& hw, std::string_view key, const std::string& where) {
  std::vector<std::string> keys;
  for (const auto& c : constants_of(hw)) keys.push_back(c.key);
  for (const auto& c : choices_of(hw)) keys.push_back(c.key);
  throw spinule_error{
      where, fmt::format("unknown key \"{}\" of hardware \"{}\"; known are: {}", key, hw.name, fmt::join(keys, ", "))};
}

/// What "device", "wires" and "adc" take, which are parts and no keys; empty for everything else.
std::string_view choices_of_part(const hardware& hw, std::string_view part) {
  if (hw.kind != hardware_kind::crossbar) return "";
  return part == "device" || part == "wires" ? "ideal" : part == "adc" ? "none or unclipped" : "";
}

void set_one(hardware& hw, std::string_view assignment) {
  const std::string where{assignment};
  const auto equals = assignment.find('=');
  if (equals == assignment.npos) throw spinule_error{where, "must be key=value, e.g. adc.bits=6"};
  const auto key = trimmed(assignment.substr(0, equals)), value = trimmed(assignment.substr(equals + 1));

  const auto* choice = find_choice(key);
  const auto* number = find_constant(key);
  if (hw.kind == hardware_kind::crossbar && key == "device" && value == "ideal") {
    make_device_ideal(hw);
  } else if (hw.kind == hardware_kind::crossbar && key == "wires" && value == "ideal") {
    hw.array.wires = wire_model::ignored;
  } else if (hw.kind == hardware_kind::crossbar && key == "adc" && value == "none") {
    hw.adc.converter = converter_kind::none;
  } else if (hw.kind == hardware_kind::crossbar && key == "adc" && value == "unclipped") {
    hw.adc.clips = false;
  } else if (choice != nullptr && applies(choice->kinds, hw.kind)) {
    override_choice(hw, *choice, value, where);
  } else if (number != nullptr && applies(number->kinds, hw.kind)) {
    override_constant(hw, *number, value, where);
  } else if (const auto choices = choices_of_part(hw, key); !choices.empty()) {
    throw spinule_error{where, fmt::format("{} must be {}", key, choices)};
  } else {
    refuse_key(hw, key, where);
  }
}

}  // namespace

void override_hardware(hardware& hw, std::span<const std::string> assignments) {
  hardware changed = hw;
  for (const auto& assignment : assignments) set_one(changed, assignment);
  complete(changed);
  try {
    check_relations(changed);
  } catch (const relation_error& wrong) {
    throw spinule_error{fmt::format("{}", fmt::join(assignments, ", ")), wrong.fault};
  }
  hw = std::move(changed);
}

void override_hardware(hardware& hw, const std::string& assignment) { override_hardware(hw, {&assignment, 1}); }

double amount_of(const hardware& hw, const std::string& key, const std::string& text, const std::string& where) {
  const auto* rule = find_constant(key);
  if (rule == nullptr || !applies(rule->kinds, hw.kind)) refuse_key(hw, key, where);
  return amount_of(*rule, trimmed(text), where);
}

bool takes_whole_numbers(const std::string& key) {
  const auto* rule = find_constant(key);
  return rule != nullptr && whole_only(rule->range);
}

std::vector<named_constant> constants_of(const hardware& hw) {
  hardware copy = hw;
  std::vector<named_constant> all;
  for (const auto& rule : constant_rules()) {
    if (applies(rule.kinds, hw.kind)) all.push_back({std::string{rule.key}, rule.of(copy)});
  }
  return all;
}

hardware_description describe(const hardware& hw) {
  const auto bound = [](const std::optional<double>& x) { return x ? fmt::format("{}", *x) : ""; };
  hardware_description d{hw.name, hw.about, {}};
  for (const auto& c : choices_of(hw)) d.choices.push_back({c.key, c.value});
  for (const auto& [key, c] : constants_of(hw)) {
    if (is_pulse_constant(key) && hw.device.programming != programming_mode::pulses) continue;
    const std::string band = c.low || c.high ? bound(c.low) + " .. " + bound(c.high) : "";
    d.constants.push_back({key, c.value, c.unit, c.node, c.source, c.kind, band});
  }
  return d;
}

std::vector<named_choice> choices_of(const hardware& hw) {
  std::vector<named_choice> all;
  for (const auto& rule : choice_rules()) {
    if (!applies(rule.kinds, hw.kind)) continue;
    all.push_back(
        {std::string{rule.key}, std::string{rule.allowed[rule.at(hw)]}, {rule.allowed.begin(), rule.allowed.end()}});
  }
  return all;
}

}  // namespace spinule
