#include "conversion.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "hardware_schema.hpp"

namespace spinule {
namespace {

/// Energy at 32 nm and 100 MS/s of a converter of 4 to 10 bits, the best of Murmann's survey as the ADC model of
/// Accelergy fits it, pJ; other nodes follow a power law of that fit.
constexpr std::array survey_pj{0.92, 0.94, 1.07, 1.31, 1.71, 2.34, 3.31};
constexpr double survey_least = 4, survey_node = 32, survey_energy_power = 1.880;
/// Of the same fit: area at 32 nm for 4 and for 8 bits, um^2.
constexpr double survey_area_4 = 3274, survey_area_8 = 3939, survey_area_power = 1.556;

/// NeuroSim's successive approximation, low standby power: (per_bit b + base) uW + column exp(-slope log10 R) W.
struct neurosim_node {
  double nm, per_bit, base, column, slope;
};
constexpr std::array neurosim_nodes{
    neurosim_node{7, 0.1061, 0.8847, 0.043555, 2.3},  neurosim_node{14, 0.3132, 2.5681, 0.061085, 2.3},
    neurosim_node{22, 0.538, 4.3753, 0.072341, 2.3},  neurosim_node{32, 1.1294, 8.8998, 0.079449, 2.297},
    neurosim_node{45, 2.1691, 16.693, 0.100225, 2.3}, neurosim_node{65, 3.7506, 25.844, 0.121272, 2.303},
};

/// Between two nodes each number follows a power law.
neurosim_node neurosim_at(double nm) {
  auto high = std::ranges::find_if(neurosim_nodes, [&](const auto& n) { return n.nm >= nm; });
  if (high == neurosim_nodes.begin()) return *high;
  const auto low = high - 1;
  const double share = std::log(nm / low->nm) / std::log(high->nm / low->nm);
  const auto between = [&](double a, double b) { return a * std::pow(b / a, share); };
  return {nm, between(low->per_bit, high->per_bit), between(low->base, high->base), between(low->column, high->column),
          between(low->slope, high->slope)};
}

double levels(double bits) { return std::exp2(bits) - 1; }

/// How much longer a conversion is than one of the reference resolution.
double steps_over(const hardware& hw, double bits) {
  const double reference = hw.adc.reference_bits.value;
  switch (hw.adc.circuit) {
    case converter_circuit::sar:
      return (bits + 1) / (reference + 1);
    case converter_circuit::ramp:
      return std::exp2(bits - reference);
    default:
      return 1;
  }
}

/// How many more comparisons it takes, each of the same energy.
double comparisons_over(const hardware& hw, double bits) {
  const bool flash = hw.adc.circuit == converter_circuit::flash;
  return flash ? levels(bits) / levels(hw.adc.reference_bits.value) : steps_over(hw, bits);
}

double survey_energy(double bits, double nm) {
  return survey_pj[static_cast<std::size_t>(bits - survey_least)] * std::pow(nm / survey_node, survey_energy_power);
}

double survey_area(double bits, double nm) {
  return survey_area_4 * std::pow(survey_area_8 / survey_area_4, (bits - 4) / 4) *
         std::pow(nm / survey_node, survey_area_power);
}

double area_of(const hardware& hw, double bits) {
  const auto& adc = hw.adc;
  if (adc.model == conversion_model::survey) return survey_area(bits, adc.node.value);
  const bool flash = adc.circuit == converter_circuit::flash && adc.model != conversion_model::growth;
  const double grown =
      flash ? comparisons_over(hw, bits) : std::pow(adc.area_growth.value, bits - adc.reference_bits.value);
  return adc.area.value * grown;
}

}  // namespace

double conversion_bits(const hardware& hw) {
  if (hw.adc.converter == converter_kind::none) return hw.adc.reference_bits.value;
  return hw.adc.circuit == converter_circuit::sense_amplifier ? 1 : hw.adc.bits.value;
}

conversion_law::conversion_law(const hardware& hw) {
  const auto& adc = hw.adc;
  const double bits = conversion_bits(hw), above = bits - adc.reference_bits.value;
  area_um2 = area_of(hw, bits);
  if (adc.model == conversion_model::growth) {
    energy_pj = adc.energy.value * std::pow(adc.energy_growth.value, above);
    time_ns = adc.time.value * std::pow(adc.time_growth.value, above);
    return;
  }
  const bool counts = adc.circuit == converter_circuit::integrate_and_fire && adc.converter != converter_kind::none;
  time_ns = adc.time.value * steps_over(hw, bits);
  side_by_side = adc.circuit == converter_circuit::ramp || adc.circuit == converter_circuit::integrate_and_fire;
  if (counts) time_per_code_ns = std::exchange(time_ns, 0) / (std::exp2(adc.reference_bits.value - 1) - 1);
  switch (adc.model) {
    case conversion_model::survey:
      energy_pj = survey_energy(bits, adc.node.value);
      break;
    case conversion_model::walden:
      energy_pj = adc.figure_of_merit.value * std::exp2(bits);
      break;
    case conversion_model::neurosim: {
      const auto n = neurosim_at(adc.node.value);
      time_ns = bits + 1;
      energy_pj = (n.per_bit * bits + n.base) * time_ns * 1e-3;
      column_uw = n.column * 1e6;
      column_slope = n.slope;
      break;
    }
    default:
      if (counts)
        energy_per_code_pj = adc.energy.value / (std::exp2(adc.reference_bits.value - 1) - 1);
      else
        energy_pj = adc.energy.value * comparisons_over(hw, bits);
  }
}

double conversion_law::energy(double conversions, double codes, double column_us) const {
  double each = energy_pj;
  if (column_uw > 0 && column_us > 0)
    each += column_uw * std::exp(column_slope * (std::log10(column_us) - 6)) * time_ns * 1e-3;
  return conversions * each + codes * energy_per_code_pj;
}

double conversion_law::time(double in_turn, double longest) const {
  return (side_by_side ? std::min(in_turn, 1.0) : in_turn) * time_ns + longest * time_per_code_ns;
}

void check_conversion(const hardware& hw) {
  const auto& adc = hw.adc;
  const double bits = conversion_bits(hw), nm = adc.node.value;
  const auto refuse = [&](const constant& at, const std::string& what) { throw relation_error{at.where, what}; };
  if (adc.model == conversion_model::survey) {
    if (bits < survey_least || bits >= survey_least + static_cast<double>(survey_pj.size()))
      refuse(adc.bits, fmt::format("adc.model is \"survey\", which knows 4 to 10 bits; this converter has {:g}", bits));
    if (nm <= 0) refuse(adc.node, "adc.node is 0 nm; adc.model = \"survey\" needs the node, as 32 nm");
  }
  if (adc.model == conversion_model::neurosim) {
    if (nm < neurosim_nodes.front().nm || nm > neurosim_nodes.back().nm)
      refuse(adc.node, fmt::format("adc.node is {:g} nm; adc.model = \"neurosim\" knows 7 to 65 nm", nm));
    if (adc.circuit != converter_circuit::sar)
      refuse(adc.node, "adc.model = \"neurosim\" is a model of successive approximation; it needs adc.kind = \"sar\"");
  }
}

}  // namespace spinule
