// Every key that a hardware file may have.
#include <array>

#include "hardware_schema.hpp"
#include "pulse_constants.hpp"

namespace spinule {
namespace {

// A field of a field: the path from a preset to one constant, as a function without captures.
template <auto Part, auto Field>
constant& at(hardware& hw) {
  return hw.*Part.*Field;
}

using enum range_rule;
constexpr auto xbar = used_by::crossbar, digi = used_by::digital, both = used_by::both;
using hw = hardware;
using dev = device_constants;

constexpr fallback otherwise(double value, std::string_view source) { return {true, value, source}; }

constexpr std::string_view no_area = "no published area: not counted";
constexpr std::string_view one_exponent = "drift does not depend on the conductance";

constexpr std::array rules{
    constant_rule{"device.g_min", "uS", at_least_zero, xbar, at<&hw::device, &dev::g_min>},
    constant_rule{"device.g_max", "uS", above_zero, xbar, at<&hw::device, &dev::g_max>},
    constant_rule{"device.pristine", "uS", at_least_zero, xbar, at<&hw::device, &dev::pristine>},
    constant_rule{"device.levels", "levels", levels, xbar, at<&hw::device, &dev::levels>},
    constant_rule{"device.error_0", "uS", any, xbar, at<&hw::device, &dev::error_0>},
    constant_rule{"device.error_1", "1", any, xbar, at<&hw::device, &dev::error_1>},
    constant_rule{"device.error_2", "1/uS", any, xbar, at<&hw::device, &dev::error_2>},
    constant_rule{"device.error_3", "1/uS^2", any, xbar, at<&hw::device, &dev::error_3>},
    constant_rule{"device.error_4", "1/uS^3", any, xbar, at<&hw::device, &dev::error_4>},
    constant_rule{"device.read_noise", "1", at_least_zero, xbar, at<&hw::device, &dev::read_noise>},
    constant_rule{"device.flicker", "1", at_least_zero, xbar, at<&hw::device, &dev::flicker>},
    constant_rule{"device.flicker_exponent", "1", any, xbar, at<&hw::device, &dev::flicker_exponent>},
    constant_rule{"device.flicker_start", "s", above_zero, xbar, at<&hw::device, &dev::flicker_start>},
    constant_rule{"device.stuck_on", "1", fraction, xbar, at<&hw::device, &dev::stuck_on>},
    constant_rule{"device.stuck_off", "1", fraction, xbar, at<&hw::device, &dev::stuck_off>},
    constant_rule{"device.drift_nu", "1", any, xbar, at<&hw::device, &dev::drift_nu>},
    constant_rule{"device.drift_nu_sd", "1", any, xbar, at<&hw::device, &dev::drift_nu_sd>},
    constant_rule{"device.drift_nu_slope", "1", any, xbar, at<&hw::device, &dev::drift_nu_slope>,
                  otherwise(0, one_exponent)},
    constant_rule{"device.drift_nu_least", "1", any, xbar, at<&hw::device, &dev::drift_nu_least>,
                  otherwise(0, "conductances fall")},
    constant_rule{"device.drift_nu_most", "1", any, xbar, at<&hw::device, &dev::drift_nu_most>,
                  otherwise(1, "as 1/t: no published exponent is near it")},
    constant_rule{"device.drift_nu_sd_slope", "1", any, xbar, at<&hw::device, &dev::drift_nu_sd_slope>,
                  otherwise(0, one_exponent)},
    constant_rule{"device.drift_nu_sd_least", "1", at_least_zero, xbar, at<&hw::device, &dev::drift_nu_sd_least>,
                  otherwise(0, "not bounded")},
    constant_rule{"device.drift_nu_sd_most", "1", at_least_zero, xbar, at<&hw::device, &dev::drift_nu_sd_most>,
                  otherwise(1, "as 1/t: no published exponent is near it")},
    constant_rule{"device.drift_start", "s", above_zero, xbar, at<&hw::device, &dev::drift_start>},
    constant_rule{"device.relaxation", "uS", any, xbar, at<&hw::device, &dev::relaxation>},
    constant_rule{"device.relaxation_sd", "uS", at_least_zero, xbar, at<&hw::device, &dev::relaxation_sd>},
    constant_rule{"device.relaxation_sd_growth", "uS", at_least_zero, xbar,
                  at<&hw::device, &dev::relaxation_sd_growth>},
    constant_rule{"device.age", "s", at_least_zero, xbar, at<&hw::device, &dev::age>},
    constant_rule{"device.write_pulses", "pulses", count, xbar, at<&hw::device, &dev::write_pulses>},
    constant_rule{"device.write_energy", "pJ", at_least_zero, xbar, at<&hw::device, &dev::write_energy>},
    constant_rule{"device.write_time", "ns", at_least_zero, xbar, at<&hw::device, &dev::write_time>},
    constant_rule{"device.breakdown", "V", above_zero, xbar, at<&hw::device, &dev::breakdown>},
    constant_rule{"device.breakdown_sd", "V", at_least_zero, xbar, at<&hw::device, &dev::breakdown_sd>},
    constant_rule{"device.formed", "uS", above_zero, xbar, at<&hw::device, &dev::formed>},
    constant_rule{"device.formed_sd", "uS", at_least_zero, xbar, at<&hw::device, &dev::formed_sd>},
    constant_rule{"device.forming_voltage", "V", above_zero, xbar, at<&hw::device, &dev::forming_voltage>},
    constant_rule{"device.forming_start", "V", above_zero, xbar, at<&hw::device, &dev::forming_start>},
    constant_rule{"device.forming_step", "V", above_zero, xbar, at<&hw::device, &dev::forming_step>},
    constant_rule{"device.telegraph_cells", "1", fraction, xbar, at<&hw::device, &dev::telegraph_cells>,
                  otherwise(0, "no published fraction; 0.1 to 0.3 of resistive cells have an active trap")},
    constant_rule{"device.telegraph_shortest", "s", above_zero, xbar, at<&hw::device, &dev::telegraph_shortest>,
                  otherwise(1e-6, "dwell times of traps span 1 us to 1 s")},
    constant_rule{"device.telegraph_longest", "s", above_zero, xbar, at<&hw::device, &dev::telegraph_longest>,
                  otherwise(1, "dwell times of traps span 1 us to 1 s")},
    constant_rule{"device.telegraph_amplitude", "1", at_least_zero, xbar, at<&hw::device, &dev::telegraph_amplitude>,
                  otherwise(0.02, "1 to 3 % of a cell that is on, 10 to 30 % of one that is off")},
    constant_rule{"device.telegraph_spread", "1", at_least_zero, xbar, at<&hw::device, &dev::telegraph_spread>,
                  otherwise(0.5, "lognormal, as measured; its width is assumed")},
    constant_rule{"device.bits_per_slice", "bits", whole, xbar, at<&hw::device, &dev::bits_per_slice>,
                  otherwise(0, "any value between")},
    constant_rule{"pulses.step", "1", above_zero, xbar, at<&hw::pulses, &pulse_constants::step>},
    constant_rule{"pulses.step_sd", "1", at_least_zero, xbar, at<&hw::pulses, &pulse_constants::step_sd>},
    constant_rule{"pulses.lognormal", "1", flag, xbar, at<&hw::pulses, &pulse_constants::lognormal>},
    constant_rule{"pulses.up_down", "1", any, xbar, at<&hw::pulses, &pulse_constants::up_down>},
    constant_rule{"pulses.up_down_sd", "1", at_least_zero, xbar, at<&hw::pulses, &pulse_constants::up_down_sd>},
    constant_rule{"pulses.cycle_sd", "1", at_least_zero, xbar, at<&hw::pulses, &pulse_constants::cycle_sd>},
    constant_rule{"pulses.highest", "1", above_zero, xbar, at<&hw::pulses, &pulse_constants::highest>},
    constant_rule{"pulses.highest_sd", "1", at_least_zero, xbar, at<&hw::pulses, &pulse_constants::highest_sd>},
    constant_rule{"pulses.lowest", "1", below_zero, xbar, at<&hw::pulses, &pulse_constants::lowest>},
    constant_rule{"pulses.lowest_sd", "1", at_least_zero, xbar, at<&hw::pulses, &pulse_constants::lowest_sd>},
    constant_rule{"pulses.slope_up", "1", any, xbar, at<&hw::pulses, &pulse_constants::slope_up>},
    constant_rule{"pulses.slope_down", "1", any, xbar, at<&hw::pulses, &pulse_constants::slope_down>},
    constant_rule{"pulses.amplitude_up", "1", any, xbar, at<&hw::pulses, &pulse_constants::amplitude_up>},
    constant_rule{"pulses.amplitude_down", "1", any, xbar, at<&hw::pulses, &pulse_constants::amplitude_down>},
    constant_rule{"pulses.rate_up", "1", any, xbar, at<&hw::pulses, &pulse_constants::rate_up>},
    constant_rule{"pulses.rate_down", "1", any, xbar, at<&hw::pulses, &pulse_constants::rate_down>},
    constant_rule{"pulses.scale", "1", any, xbar, at<&hw::pulses, &pulse_constants::scale>},
    constant_rule{"pulses.offset", "1", any, xbar, at<&hw::pulses, &pulse_constants::offset>},
    constant_rule{"pulses.write_noise", "1", at_least_zero, xbar, at<&hw::pulses, &pulse_constants::write_noise>},
    constant_rule{"pulses.corrupt", "1", fraction, xbar, at<&hw::pulses, &pulse_constants::corrupt>},
    constant_rule{"pulses.tolerance", "1", above_zero, xbar, at<&hw::pulses, &pulse_constants::tolerance>},
    constant_rule{"pulses.verify_noise", "1", at_least_zero, xbar, at<&hw::pulses, &pulse_constants::verify_noise>},
    constant_rule{"pulses.most_pulses", "pulses", count, xbar, at<&hw::pulses, &pulse_constants::most_pulses>},
    constant_rule{"pulses.window", "1", some_fraction, xbar, at<&hw::pulses, &pulse_constants::window>,
                  otherwise(1, "the whole window; less where cells come to its top slower and slower")},
    constant_rule{"update.threshold", "steps", above_zero, xbar, at<&hw::update, &update_constants::threshold>,
                  otherwise(1, "a pulse as soon as one is due")},
    constant_rule{"update.refresh", "1", fraction, xbar, at<&hw::update, &update_constants::refresh>,
                  otherwise(0.25, "refresh above 3/4 and 1/4 of the window, as in the IBM analog hardware kit")},
    constant_rule{"array.rows", "rows", count, xbar, at<&hw::array, &array_constants::rows>},
    constant_rule{"array.columns", "columns", count, xbar, at<&hw::array, &array_constants::columns>},
    constant_rule{"array.read_voltage", "V", above_zero, xbar, at<&hw::array, &array_constants::read_voltage>},
    constant_rule{"array.read_time", "ns", above_zero, xbar, at<&hw::array, &array_constants::read_time>},
    constant_rule{"array.settle_time", "ns", at_least_zero, xbar, at<&hw::array, &array_constants::settle_time>},
    constant_rule{"array.row_resistance", "ohm", at_least_zero, xbar, at<&hw::array, &array_constants::row_resistance>},
    constant_rule{"array.column_resistance", "ohm", at_least_zero, xbar,
                  at<&hw::array, &array_constants::column_resistance>},
    constant_rule{"array.driver_resistance", "ohm", at_least_zero, xbar,
                  at<&hw::array, &array_constants::driver_resistance>},
    constant_rule{"array.sense_resistance", "ohm", at_least_zero, xbar,
                  at<&hw::array, &array_constants::sense_resistance>},
    constant_rule{"array.temperature", "K", above_zero, xbar, at<&hw::array, &array_constants::temperature>,
                  otherwise(300, "room temperature, at which resistances are stated; used with wires = exact only")},
    constant_rule{"array.slices", "slices", count, xbar, at<&hw::array, &array_constants::slices>,
                  otherwise(1, "a weight is one pair of cells")},
    constant_rule{"array.feature", "nm", at_least_zero, xbar, at<&hw::array, &array_constants::feature>,
                  otherwise(0, no_area)},
    constant_rule{"array.cell_pitch", "1", above_zero, xbar, at<&hw::array, &array_constants::cell_pitch>,
                  otherwise(4, "side of a cell with a transistor, in features; 2 without one (NeuroSim)")},
    constant_rule{"driver.energy", "pJ", at_least_zero, xbar, at<&hw::driver, &driver_constants::energy>},
    constant_rule{"driver.time", "ns", at_least_zero, xbar, at<&hw::driver, &driver_constants::time>},
    constant_rule{"driver.area", "um^2", at_least_zero, xbar, at<&hw::driver, &driver_constants::area>,
                  otherwise(0, no_area)},
    constant_rule{"dac.bits", "bits", some_bits, xbar, at<&hw::dac, &dac_constants::bits>},
    constant_rule{"dac.energy", "pJ", at_least_zero, xbar, at<&hw::dac, &dac_constants::energy>},
    constant_rule{"dac.time", "ns", at_least_zero, xbar, at<&hw::dac, &dac_constants::time>},
    constant_rule{"dac.area", "um^2", at_least_zero, xbar, at<&hw::dac, &dac_constants::area>, otherwise(0, no_area)},
    constant_rule{"adc.bits", "bits", bits, xbar, at<&hw::adc, &adc_constants::bits>},
    constant_rule{"adc.range_cells", "cells", above_zero, xbar, at<&hw::adc, &adc_constants::range_cells>},
    constant_rule{"adc.expected_activity", "1", fraction, xbar, at<&hw::adc, &adc_constants::expected_activity>},
    constant_rule{"adc.expected_sigmas", "1", above_zero, xbar, at<&hw::adc, &adc_constants::expected_sigmas>},
    constant_rule{"adc.range_share", "1", some_fraction, xbar, at<&hw::adc, &adc_constants::range_share>,
                  otherwise(1, "the largest sum of the recordings; used with range = data only")},
    constant_rule{"adc.energy", "pJ", at_least_zero, xbar, at<&hw::adc, &adc_constants::energy>},
    constant_rule{"adc.time", "ns", at_least_zero, xbar, at<&hw::adc, &adc_constants::time>},
    constant_rule{"adc.reference_bits", "bits", bits, xbar, at<&hw::adc, &adc_constants::reference_bits>},
    constant_rule{"adc.energy_growth", "1", above_zero, xbar, at<&hw::adc, &adc_constants::energy_growth>},
    constant_rule{"adc.time_growth", "1", above_zero, xbar, at<&hw::adc, &adc_constants::time_growth>},
    constant_rule{"adc.columns_per_adc", "columns", count, xbar, at<&hw::adc, &adc_constants::columns_per_adc>},
    constant_rule{"adc.node", "nm", at_least_zero, xbar, at<&hw::adc, &adc_constants::node>,
                  otherwise(0, "not named; models that need it are refused")},
    constant_rule{
        "adc.figure_of_merit", "pJ", at_least_zero, xbar, at<&hw::adc, &adc_constants::figure_of_merit>,
        otherwise(0.03, "Walden: 10 to 50 fJ a step are typical, 1 to 5 the best; used with model = walden only")},
    constant_rule{"adc.area", "um^2", at_least_zero, xbar, at<&hw::adc, &adc_constants::area>, otherwise(0, no_area)},
    constant_rule{"adc.area_growth", "1", above_zero, xbar, at<&hw::adc, &adc_constants::area_growth>,
                  otherwise(1, no_area)},
    constant_rule{"accumulator.energy", "pJ", at_least_zero, xbar,
                  at<&hw::accumulator, &accumulator_constants::energy>},
    constant_rule{"accumulator.time", "ns", at_least_zero, xbar, at<&hw::accumulator, &accumulator_constants::time>},
    constant_rule{"accumulator.area", "um^2", at_least_zero, xbar, at<&hw::accumulator, &accumulator_constants::area>,
                  otherwise(0, no_area)},
    constant_rule{"neuron.active_energy", "pJ", at_least_zero, both, at<&hw::neuron, &neuron_constants::active_energy>},
    constant_rule{"neuron.inactive_energy", "pJ", at_least_zero, both,
                  at<&hw::neuron, &neuron_constants::inactive_energy>},
    constant_rule{"neuron.spike_energy", "pJ", at_least_zero, both, at<&hw::neuron, &neuron_constants::spike_energy>},
    constant_rule{"neuron.active_time", "ns", at_least_zero, both, at<&hw::neuron, &neuron_constants::active_time>},
    constant_rule{"neuron.inactive_time", "ns", at_least_zero, both, at<&hw::neuron, &neuron_constants::inactive_time>},
    constant_rule{"neuron.spike_time", "ns", at_least_zero, both, at<&hw::neuron, &neuron_constants::spike_time>},
    constant_rule{"neuron.per_circuit", "neurons", count, xbar, at<&hw::neuron, &neuron_constants::per_circuit>},
    constant_rule{"neuron.area", "um^2", at_least_zero, xbar, at<&hw::neuron, &neuron_constants::area>,
                  otherwise(0, no_area)},
    constant_rule{"synapse.energy", "pJ", at_least_zero, digi, at<&hw::synapse, &synapse_constants::energy>},
    constant_rule{"synapse.time", "ns", at_least_zero, digi, at<&hw::synapse, &synapse_constants::time>},
    constant_rule{"synapse.cycles", "cycles", at_least_zero, digi, at<&hw::synapse, &synapse_constants::cycles>},
    constant_rule{"message.out_energy", "pJ", at_least_zero, digi, at<&hw::message, &message_constants::out_energy>},
    constant_rule{"message.out_time", "ns", at_least_zero, digi, at<&hw::message, &message_constants::out_time>},
    constant_rule{"message.in_energy", "pJ", at_least_zero, digi, at<&hw::message, &message_constants::in_energy>},
    constant_rule{"message.in_time", "ns", at_least_zero, digi, at<&hw::message, &message_constants::in_time>},
    constant_rule{"capacity.core_neurons", "neurons", count, digi,
                  at<&hw::capacity, &capacity_constants::core_neurons>},
    constant_rule{"capacity.chip_neurons", "neurons", count, digi,
                  at<&hw::capacity, &capacity_constants::chip_neurons>},
    constant_rule{"capacity.chip_synapses", "synapses", count, digi,
                  at<&hw::capacity, &capacity_constants::chip_synapses>},
    constant_rule{"capacity.chip_area", "um^2", at_least_zero, digi, at<&hw::capacity, &capacity_constants::chip_area>,
                  otherwise(0, no_area)},
    constant_rule{"mesh.per_node", "units", count, both, at<&hw::mesh, &mesh_constants::per_node>},
    constant_rule{"mesh.packet_energy", "pJ", at_least_zero, both, at<&hw::mesh, &mesh_constants::packet_energy>},
    constant_rule{"mesh.packet_time", "ns", at_least_zero, both, at<&hw::mesh, &mesh_constants::packet_time>},
    constant_rule{"mesh.hop_x_energy", "pJ", at_least_zero, both, at<&hw::mesh, &mesh_constants::hop_x_energy>},
    constant_rule{"mesh.hop_x_time", "ns", at_least_zero, both, at<&hw::mesh, &mesh_constants::hop_x_time>},
    constant_rule{"mesh.hop_y_energy", "pJ", at_least_zero, both, at<&hw::mesh, &mesh_constants::hop_y_energy>},
    constant_rule{"mesh.hop_y_time", "ns", at_least_zero, both, at<&hw::mesh, &mesh_constants::hop_y_time>},
    constant_rule{"mesh.buffer", "messages", count, both, at<&hw::mesh, &mesh_constants::buffer>,
                  otherwise(16, "no published size; used with mesh.latency = event_queue or detailed only")},
    constant_rule{"mesh.nodes", "nodes", whole, both, at<&hw::mesh, &mesh_constants::nodes>,
                  otherwise(0, "as many as it takes")},
    constant_rule{"mesh.area", "um^2", at_least_zero, xbar, at<&hw::mesh, &mesh_constants::area>,
                  otherwise(0, no_area)},
    constant_rule{"standing.array_power", "uW", at_least_zero, xbar,
                  at<&hw::standing, &standing_constants::array_power>},
    constant_rule{"standing.node_power", "uW", at_least_zero, xbar, at<&hw::standing, &standing_constants::node_power>},
    constant_rule{"standing.chip_power", "uW", at_least_zero, digi, at<&hw::standing, &standing_constants::chip_power>},
    constant_rule{"sync.time", "ns", at_least_zero, digi, at<&hw::sync, &sync_constants::time>},
    constant_rule{"sync.per_doubling", "ns", at_least_zero, digi, at<&hw::sync, &sync_constants::per_doubling>},
    constant_rule{"sync.maximum", "ns", at_least_zero, digi, at<&hw::sync, &sync_constants::maximum>},
    constant_rule{"clock.frequency", "MHz", at_least_zero, digi, at<&hw::clock, &clock_constants::frequency>},
    constant_rule{"clock.power", "uW/MHz", at_least_zero, digi, at<&hw::clock, &clock_constants::power>},
    constant_rule{"quantised.bits", "bits", bits, both, at<&hw::quantised, &quantised_constants::bits>,
                  otherwise(8, "usual resolution of networks for inference")},
    constant_rule{"quantised.multiply", "pJ", at_least_zero, both, at<&hw::quantised, &quantised_constants::multiply>,
                  otherwise(0.2, "8 bits at 45 nm, 0.9 V (Horowitz 2014)")},
    constant_rule{"quantised.add", "pJ", at_least_zero, both, at<&hw::quantised, &quantised_constants::add>,
                  otherwise(0.1, "32 bits at 45 nm, 0.9 V (Horowitz 2014)")},
    constant_rule{"quantised.fetch", "pJ", at_least_zero, both, at<&hw::quantised, &quantised_constants::fetch>,
                  otherwise(1.25, "an eighth of 64 bits read from 8 kB of SRAM, 10 pJ at 45 nm (Horowitz 2014)")},
    constant_rule{"tick.minimum", "ns", at_least_zero, both, at<&hw::tick, &tick_constants::minimum>},
};

template <auto Part, auto Field>
choice_rule choice(std::string_view key, std::vector<std::string_view> allowed, bool may_lack = false,
                   used_by kinds = used_by::crossbar) {
  return {key,
          std::move(allowed),
          kinds,
          may_lack,
          [](hardware& h, std::size_t i) {
            auto& value = h.*Part.*Field;
            value = static_cast<std::remove_reference_t<decltype(value)>>(i);
          },
          [](const hardware& h) { return static_cast<std::size_t>(h.*Part.*Field); }};
}

const auto& all_choices() {
  static const std::array choices{
      choice<&hw::device, &dev::programming>("device.programming", {"write_verify", "forming", "pulses"}),
      choice<&hw::pulses, &pulse_constants::response>("device.pulses",
                                                      {response_names().begin(), response_names().end()}),
      choice<&hw::update, &update_constants::scheme>("update.scheme", {"direct", "mixed_precision"}, true),
      choice<&hw::device, &dev::unused>("device.unused", {"pristine", "programmed"}),
      choice<&hw::device, &dev::drift>("device.drift", {"none", "power", "logarithmic"}),
      choice<&hw::device, &dev::compensation>("device.compensation", {"none", "global"}),
      choice<&hw::array, &array_constants::wires>("array.wires", {"ignored", "exact"}),
      choice<&hw::array, &array_constants::access>("array.access", {"resistor", "transistor"}),
      choice<&hw::array, &array_constants::signs>("array.signs", {"differential", "offset"}, true),
      choice<&hw::dac, &dac_constants::scheme>("dac.scheme", {"amplitude", "bit_serial", "pulse_width", "single_spike"},
                                               true),
      choice<&hw::mesh, &mesh_constants::latency>("mesh.latency", {"simple", "sum", "event_queue", "detailed"}, true,
                                                  used_by::both),
      choice<&hw::mesh, &mesh_constants::sync>("mesh.sync", {"barrier", "asynchronous"}, true, used_by::both),
      choice<&hw::mesh, &mesh_constants::placement>("mesh.placement", {"order", "greedy", "partition"}, true,
                                                    used_by::both),
      choice<&hw::adc, &adc_constants::converter>("adc.converter", {"none", "linear"}),
      choice<&hw::adc, &adc_constants::range>("adc.range", {"cells", "rows", "expected", "data"}),
      choice<&hw::adc, &adc_constants::circuit>(
          "adc.kind", {"sar", "ramp", "flash", "sense_amplifier", "integrate_and_fire"}, true),
      choice<&hw::adc, &adc_constants::model>("adc.model", {"growth", "circuit", "survey", "walden", "neurosim"}, true),
  };
  return choices;
}

}  // namespace

std::span<const constant_rule> constant_rules() { return rules; }
std::span<const choice_rule> choice_rules() { return all_choices(); }

const constant_rule* find_constant(std::string_view key) {
  for (const auto& rule : rules) {
    if (rule.key == key) return &rule;
  }
  return nullptr;
}

const choice_rule* find_choice(std::string_view key) {
  for (const auto& rule : all_choices()) {
    if (rule.key == key) return &rule;
  }
  return nullptr;
}

}  // namespace spinule
